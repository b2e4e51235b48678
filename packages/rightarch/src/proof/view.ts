import { formatPlatform, type Location, type Platform } from '../core/index.ts';
import { type Image, writtenInstruction } from '../oci/index.ts';
import { type ElfFacts, type FileFacts, type FileTree, machineText, type TreeNode } from '../scan/index.ts';

/** One image on one platform, as a proof looks at it. */
export interface View {
  /** How people wrote it. */
  readonly name: string;
  readonly image: Image;
  readonly declared: Platform;
  readonly tree: FileTree;
}

/** The image as a place, down to the layer that holds a node. */
export function placeOf(view: View, path?: string, node?: TreeNode): Location {
  const layer = node === undefined || node.layer === 0 ? undefined : view.image.layers[node.layer - 1];
  return {
    in: 'image',
    image: view.name,
    platform: view.declared,
    ...(layer !== undefined ? { layer: layer.descriptor.digest, layerIndex: layer.position } : {}),
    ...(path !== undefined ? { path } : {}),
  };
}

/** The instruction that made the layer of a node, as the history tells it: `COPY app /app`. */
export function instructionOf(view: View, node: TreeNode): { readonly instruction?: string } {
  const text = writtenInstruction(view.image.layers[node.layer - 1]?.history?.created_by);
  return text === '' ? {} : { instruction: text.length > 120 ? `${text.slice(0, 119)}…` : text };
}

/** The platform in words for messages. */
export function declaredText(view: View): string {
  return formatPlatform(view.declared);
}

/** What stands in a directory, links followed; undefined where there is none. */
export function childrenAt(tree: FileTree, path: string): ReadonlyMap<string, TreeNode> | undefined {
  const found = tree.resolve(path);
  return found.found ? found.node.children : undefined;
}

/** The ELF facts of a regular file, if it is one. */
export function elfOf(entry: FileFacts): ElfFacts | undefined {
  return entry.type === 'file' && entry.program?.kind === 'elf' ? entry.program : undefined;
}

/** What a program is, for evidence: never translated. */
export function programText(entry: FileFacts): string {
  const { program, type } = entry;
  if (type !== 'file' || program === undefined) return type;
  if (program.kind === 'script') return `script for ${program.interpreter}`;
  if (program.kind !== 'empty' && program.kind !== 'other') return machineText(program);
  if (program.kind === 'empty') return 'empty file';
  return program.kind === 'other' && program.text ? 'text' : 'data';
}

/** The value that a variable has for the started program: of several, the last. */
export function variable(env: readonly string[], name: string): string | undefined {
  return env.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** What containerd and Docker set where the image sets no PATH (containerd pkg/oci/spec.go, defaultUnixEnv). */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The directories of PATH for a start, in order; empty parts mean the working directory. */
export function searchPath(env: readonly string[], cwd: string): readonly string[] {
  const value = variable(env, 'PATH') ?? DEFAULT_PATH;
  if (value === '') return [];
  return value.split(':').map((part) => (part === '' ? cwd : part.startsWith('/') ? part : `${cwd}/${part}`));
}
