import type { Platform } from '../core/index.ts';
import type { FileTree, TreeNode } from '../scan/index.ts';
import { parsePlatformPackage } from './cpu-words.ts';

/** One package directory under some node_modules. */
export interface NodePackage {
  readonly path: string;
  readonly name: string;
}

/** Accelerators that their users do without: a `.node` for another CPU refutes nothing (npm pages, "optional"). */
const ACCELERATORS = new Set([
  'bufferutil',
  'utf-8-validate',
  'cpu-features',
  'fsevents',
  'msgpackr-extract',
  'cbor-extract',
]);
const ACCELERATOR_FAMILY = /^@(?:msgpackr-extract|cbor-extract)\//;

/**
 * Families that their owner needs when it builds, not when it serves: `next start` and Next's standalone output run
 * without @next/swc (nextjs.org/docs, output: standalone, which leaves it out).
 */
const BUILD_ONLY = /^@next\/swc-/;

/** The package that a path lies in: the last node_modules counts. */
export function packageOf(path: string): NodePackage | undefined {
  const at = path.lastIndexOf('/node_modules/');
  if (at < 0) return undefined;
  const match = /^\/node_modules\/((?:@[^/]+\/)?[^/@][^/]*)/.exec(path.slice(at));
  return match === null ? undefined : { path: path.slice(0, at) + match[0], name: match[1]! };
}

/** True where the packages that use this one work without it, as far as is known. */
export function isOptional(tree: FileTree, { path, name }: NodePackage): boolean {
  if (ACCELERATORS.has(name) || ACCELERATOR_FAMILY.test(name)) return true;
  if (parsePlatformPackage(name) !== undefined) return false;
  // npm's hidden lockfile says which packages are there only as optional dependencies.
  const root = path.slice(0, path.indexOf('/node_modules/') + '/node_modules'.length);
  const lock = tree.resolve(`${root}/.package-lock.json`);
  const content = lock.found ? lock.node.entry.content : undefined;
  const packages = content === undefined ? undefined : member(parseJson(content), 'packages');
  const key = path.slice(root.length - 'node_modules'.length);
  return member(member(packages, key), 'optional') === true;
}

/** A family of per-platform packages of which no member for this platform is installed. */
export interface EmptyFamily {
  readonly owner: NodePackage;
  readonly node: TreeNode;
  /** A member that would fit. */
  readonly member: string;
  /** Members for other platforms that are installed. */
  readonly installed: readonly string[];
}

/**
 * Reads one package.json: which family of optional dependencies, one for each platform, has a member for the
 * declared platform but none installed where Node would find it. A family with a portable member (wasm) installed,
 * and one that never had this platform, is not empty. Of a family with a member for each libc, only that of
 * `libc` counts, where it is known.
 */
export function emptyFamilies(
  tree: FileTree,
  manifest: { readonly path: string; readonly node: TreeNode },
  declared: Platform,
  libc: 'glibc' | 'musl' | undefined,
): readonly EmptyFamily[] {
  const { content } = manifest.node.entry;
  const owner = packageOf(manifest.path);
  if (content === undefined || owner === undefined) return [];
  const optional = member(parseJson(content), 'optionalDependencies');
  if (typeof optional !== 'object' || optional === null) return [];
  const names = Object.keys(optional);
  const families = new Map<string, string[]>();
  for (const name of names) {
    const parsed = parsePlatformPackage(name);
    if (parsed === undefined || BUILD_ONLY.test(name) || ACCELERATOR_FAMILY.test(name)) continue;
    families.set(parsed.family, [...(families.get(parsed.family) ?? []), name]);
  }
  const isInstalled = (name: string) => resolvable(tree, owner.path, name);
  const portable = names.some((name) => /wasm/.test(name) && isInstalled(name));
  const found: EmptyFamily[] = [];
  for (const members of families.values()) {
    const ofCpu = members.filter((name) => {
      const parsed = parsePlatformPackage(name);
      return parsed?.os === 'linux' && parsed.architecture === declared.architecture;
    });
    // A family that has one for each libc is asked for that of the image's Node (detect-libc, isMusl in napi-rs).
    const libcOf = (name: string) => parsePlatformPackage(name)?.libc;
    const isSplit = ofCpu.some((name) => libcOf(name) === 'musl') && ofCpu.some((name) => libcOf(name) === 'glibc');
    const fitting = isSplit && libc !== undefined ? ofCpu.filter((name) => libcOf(name) === libc) : ofCpu;
    // One member alone is no family: a package that exists for one platform only is an extra.
    const [member] = fitting;
    if (member === undefined || members.length < 2 || portable || fitting.some(isInstalled)) continue;
    found.push({ owner, node: manifest.node, member, installed: members.filter(isInstalled) });
  }
  return found;
}

/** Node's lookup: node_modules of every directory above (nodejs.org/api/modules.html, node_modules folders). */
function resolvable(tree: FileTree, from: string, name: string): boolean {
  let directory = from;
  for (;;) {
    if (tree.resolve(`${directory}/node_modules/${name}/package.json`).found) return true;
    if (tree.resolve(`${directory}/node_modules/${name}`).found) return true;
    const slash = directory.lastIndexOf('/');
    if (slash < 0 || directory === '') return false;
    directory = directory.slice(0, slash);
  }
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return undefined;
  }
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
