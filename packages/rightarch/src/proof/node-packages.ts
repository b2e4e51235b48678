import type { Platform } from '../core/index.ts';
import { type FileTree, machineFit, machineText, type TreeNode } from '../scan/index.ts';
import { parsePlatformPackage } from './cpu-words.ts';
import { elfOf } from './view.ts';

/** One package directory under some node_modules. */
export interface NodePackage {
  readonly path: string;
  readonly name: string;
}

/**
 * Accelerators that their users do without: a `.node` for another CPU refutes nothing (npm pages, "optional"), and one
 * that is not there is replaced by plain JavaScript, by the package itself or by the one that uses it (their index.js,
 * read 2026-11-28).
 */
const ACCELERATORS = new Set([
  'bigint-buffer',
  'blake-hash',
  'bufferutil',
  'cbor-extract',
  'cpu-features',
  'dtrace-provider',
  'fsevents',
  'keccak',
  'msgpackr-extract',
  // Thin mode needs no native code (node-oracledb.readthedocs.io, from 6.0 on).
  'oracledb',
  'secp256k1',
  'tiny-secp256k1',
  'utf-8-validate',
]);
const ACCELERATOR_FAMILY = /^@(?:msgpackr-extract|cbor-extract)\//;

/** True of a package whose native code is only a faster way, for which there is plain JavaScript. */
export function isAccelerator({ name }: NodePackage): boolean {
  return ACCELERATORS.has(name) || ACCELERATOR_FAMILY.test(name);
}

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
export function isOptional(tree: FileTree, own: NodePackage): boolean {
  const { path, name } = own;
  if (isAccelerator(own)) return true;
  if (parsePlatformPackage(name) !== undefined) return false;
  // npm's hidden lockfile says which packages are there only as optional dependencies.
  const root = path.slice(0, path.indexOf('/node_modules/') + '/node_modules'.length);
  const lock = tree.resolve(`${root}/.package-lock.json`);
  const content = lock.found ? lock.node.entry.content : undefined;
  const packages = content === undefined ? undefined : member(parseJson(content), 'packages');
  const key = path.slice(root.length - 'node_modules'.length);
  return member(member(packages, key), 'optional') === true;
}

/** A family of per-platform packages of which no member for this platform is installed, or none with code for it. */
export interface EmptyFamily {
  readonly owner: NodePackage;
  readonly node: TreeNode;
  /** A member that would fit. */
  readonly member: string;
  /** What the member holds instead of code for this platform: nothing, or a file for another one. Absent where it is absent. */
  readonly holds?: { readonly path: string; readonly text: string | undefined };
  /** Members for other platforms that are installed. */
  readonly installed: readonly string[];
}

/**
 * Reads one package.json: which family of optional dependencies, one for each platform, has a member for the
 * declared platform but none installed where Node would find it, with machine code that fits in it. A family with a
 * portable member (wasm) installed, one whose owner has the code itself (esbuild's download, napi-rs built in place),
 * and one that never had this platform, is not empty. Of a family with a member for each libc, only that of `libc`
 * counts, where it is known.
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
  const isInstalled = (name: string) => resolvable(tree, owner.path, name) !== undefined;
  const insides = (name: string) => {
    const directory = resolvable(tree, owner.path, name);
    return directory === undefined ? undefined : codeIn(directory, declared);
  };
  const portable = names.some((name) => /wasm/.test(name) && insides(name)?.wasm === true);
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
    if (member === undefined || members.length < 2 || portable) continue;
    if (fitting.some((name) => insides(name)?.fits === true)) continue;
    if (holdsOwnBuild(tree, owner, declared)) continue;
    const hollow = fitting.find(isInstalled);
    const foreign = hollow === undefined ? undefined : insides(hollow)?.foreign;
    found.push({
      owner,
      node: manifest.node,
      member: hollow ?? member,
      ...(hollow !== undefined
        ? { holds: { path: foreign?.path ?? resolvable(tree, owner.path, hollow)!.path, text: foreign?.text } }
        : {}),
      installed: members.filter((name) => !fitting.includes(name) && isInstalled(name)),
    });
  }
  return found;
}

/** Node's lookup: node_modules of every directory above (nodejs.org/api/modules.html, node_modules folders). */
function resolvable(tree: FileTree, from: string, name: string): Directory | undefined {
  let directory = from;
  for (;;) {
    const found = tree.resolve(`${directory}/node_modules/${name}`);
    if (found.found) return found;
    const slash = directory.lastIndexOf('/');
    if (slash < 0 || directory === '') return undefined;
    directory = directory.slice(0, slash);
  }
}

interface Directory {
  readonly path: string;
  readonly node: TreeNode;
}

/** What the files of one package, and not of those that are installed inside it, hold of machine code. */
export interface PackageCode {
  /** A program or a library that may be executed on the declared platform. */
  readonly fits: boolean;
  readonly wasm: boolean;
  /** The first file with machine code of another platform or system. */
  readonly foreign: { readonly path: string; readonly text: string } | undefined;
}

/** What node-gyp leaves on its way to build/Release. */
const SCRAPS = new Set(['node_modules', 'obj.target', '.deps']);

export function codeIn({ path, node }: Directory, declared: Platform): PackageCode {
  let fits = false;
  let wasm = false;
  let foreign: PackageCode['foreign'];
  for (const [name, child] of node.children ?? []) {
    const at = `${path}/${name}`;
    if (child.children !== undefined) {
      if (SCRAPS.has(name)) continue;
      const inner = codeIn({ path: at, node: child }, declared);
      fits ||= inner.fits;
      wasm ||= inner.wasm;
      foreign ??= inner.foreign;
      continue;
    }
    const { program } = child.entry;
    const elf = elfOf(child.entry);
    if (program?.kind === 'wasm') wasm = true;
    // What depends on the machine is told elsewhere; it is not absent.
    else if (elf !== undefined && elf.type !== 1 && machineFit(elf, declared).fit !== 'mismatch') fits = true;
    else if ((elf !== undefined && elf.type !== 1) || program?.kind === 'macho' || program?.kind === 'pe')
      foreign ??= { path: at, text: machineText(program as Parameters<typeof machineText>[0]) };
  }
  return { fits, wasm, foreign };
}

/**
 * True where the package that owns a family has a binary of its own, which it takes before that of a member: a `.node`
 * beside its loader (napi-rs), what its install script downloaded, or its command itself (esbuild, lib/npm/node-platform.ts).
 */
function holdsOwnBuild(tree: FileTree, { path }: NodePackage, declared: Platform): boolean {
  const found = tree.resolve(path);
  return found.found && codeIn(found, declared).fits;
}

export function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return undefined;
  }
}

export function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
