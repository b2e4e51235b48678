import { diagnostic } from '../messages/index.ts';
import { machineText, type ProgramFacts, type TreeNode } from '../scan/index.ts';
import { fitsPlatform } from './explain.ts';
import type { Judgement } from './judgement.ts';
import { isOptional, packageOf } from './node-packages.ts';
import { pythonAt, siteOf, stemOf } from './python-modules.ts';
import { declaredText, elfOf, instructionOf, placeOf, type View } from './view.ts';
import { saidWhenLoaded } from './when-loaded.ts';

/** A program that is no ELF file: of macOS, of Windows, or for WebAssembly. */
export type OtherProgram = Extract<ProgramFacts, { readonly kind: 'macho' | 'pe' | 'wasm' }>;

export interface OtherFound {
  readonly path: string;
  readonly node: TreeNode;
  readonly facts: OtherProgram;
}

/** The program of a file where it is for another system than Linux. */
export function otherProgramOf({ entry }: TreeNode): OtherProgram | undefined {
  if (entry.type !== 'file') return undefined;
  const { program } = entry;
  return program?.kind === 'macho' || program?.kind === 'pe' || program?.kind === 'wasm' ? program : undefined;
}

/**
 * A name that says itself which system it is for, as packages with files for every system have them:
 * `prebuilds/darwin-arm64/`, `tool.exe`, `esbuild.wasm`, `libfoo.dylib`, `_m.pyd`.
 */
const NAMED =
  /(^|[^a-z])(darwin|macos|macosx|mac|osx|apple|ios|win|windows|win32|win64|winx64|mingw|msvc|wasm|wasm32|wasi)(?![a-z])|\.(exe|dll|com|efi|pyd|dylib|wasm)$/i;

/**
 * What of another system stands where a Linux program belongs: a command on PATH, a command of a Node package, a Python
 * extension module. `node_modules` and `.venv` that were copied from a Mac are full of them. The rest is there as data,
 * because packages bring files for every system; whether a package has what it needs is asked of each package.
 */
export function judgeOtherSystems(
  view: View,
  found: readonly OtherFound[],
  around: {
    readonly commands: ReadonlyMap<string, string>;
    readonly linked: ReadonlySet<string>;
    readonly runtimes: { readonly node: string | undefined; readonly python: string | undefined };
    readonly wheels: ReadonlySet<string>;
  },
): readonly Judgement[] {
  return found.flatMap((one) => judgeOne(view, one, around) ?? []);
}

function judgeOne(
  view: View,
  { path, node, facts }: OtherFound,
  { commands, linked, runtimes, wheels }: Parameters<typeof judgeOtherSystems>[2],
): Judgement | undefined {
  const text = machineText(facts);
  const declared = declaredText(view);
  const at = placeOf(view, path, node);
  const made = instructionOf(view, node);
  const refuted = { verdict: 'refuted', path, node, evidence: text } as const;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const command = commands.get(path);
  if (command !== undefined && !NAMED.test(name) && !NAMED.test(command)) {
    const args = { path, command, declared, found: text, prints: `exec ${path}: exec format error`, ...made };
    return { ...refuted, diagnostic: diagnostic('proof/wrong-cpu-command', args, at), witness: command };
  }
  if (facts.kind === 'wasm') return undefined;
  const module = { path, declared, found: text, files: 1, ...made };
  const owner = packageOf(path);
  if (owner !== undefined && runtimes.node !== undefined) {
    if (!linked.has(path) || NAMED.test(owner.name) || NAMED.test(path.slice(owner.path.length + 1))) return undefined;
    if (isOptional(view.tree, owner)) return undefined;
    return {
      ...refuted,
      diagnostic: diagnostic(
        'proof/wrong-cpu-module',
        { ...module, owner: owner.name, language: 'node', prints: `exec ${path}: exec format error` },
        at,
      ),
      witness: path,
    };
  }
  const site = name.endsWith('.so') && facts.kind === 'macho' ? siteOf(path, wheels) : undefined;
  if (site === undefined || runtimes.python === undefined) return undefined;
  const parts = path.slice(site.path.length + 1).split('/');
  if (parts.slice(0, -1).some((part) => !/^[A-Za-z_]\w*$/.test(part))) return undefined;
  if (!/^[A-Za-z_]\w*\.(?:cpython-\d+t?-darwin|abi3)\.so$|^[A-Za-z_]\w*\.so$/.test(name)) return undefined;
  if (hasTwin(view, path, runtimes.python)) return undefined;
  const top = parts[0]!.replace(/\..*$/, '');
  const prints = saidWhenLoaded(view, { path, node, language: 'python', runtime: runtimes.python });
  return {
    ...refuted,
    diagnostic: diagnostic('proof/wrong-cpu-module', { ...module, owner: top, language: 'python', prints }, at),
    witness: `${runtimes.python} -c 'import ${[...parts.slice(0, -1), stemOf(name)].join('.')}'`,
  };
}

/** True where the same module is there for Linux, or as plain Python. */
function hasTwin(view: View, path: string, interpreter: string): boolean {
  const python = pythonAt(view, interpreter, 'glibc');
  const slash = path.lastIndexOf('/');
  const own = path.slice(slash + 1);
  const stem = stemOf(own);
  const beside = view.tree.resolve(path.slice(0, slash));
  for (const [name, node] of beside.found ? (beside.node.children ?? []) : []) {
    if (name === own || stemOf(name) !== stem) continue;
    if (/\.pyc?$/.test(name)) return true;
    if (name.endsWith('.so') && python.accepts(name) && fitsPlatform(elfOf(node.entry), view.declared)) return true;
  }
  return view.tree.resolve(`${path.slice(0, slash)}/${stem}/__init__.py`).found;
}
