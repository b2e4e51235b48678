import type { Platform } from '../core/index.ts';
import type { FileTree } from '../scan/index.ts';
import { cpuWordsOf, parsePlatformPackage } from './cpu-words.ts';
import type { ModuleLanguage } from './module-rules.ts';
import { type NodePackage, packageOf } from './node-packages.ts';

/** Words by which packages name the choices that they make when they load: libc, ABI, runtime, OpenSSL of Prisma. */
const CHOICE =
  /(linux-?musl|musl|gnu|glibc|napi(-v\d+)?|abi\d+|node(-v\d+)?|electron(-v\d+)?|debian|rhel|openwrt|static|openssl-[\d.x]+|armv\d)(?=[-_./]|$)/g;

/** One native module, as far as its place says how it is chosen. */
export interface Choosable {
  readonly path: string;
  readonly language: ModuleLanguage;
  /** Of Ruby or PHP. */
  readonly extension?: { readonly choice: string };
}

/**
 * What several modules have in common of which a package opens one, or tries them until one loads: one key for all of
 * them. Undefined for a file that its package never looks at.
 */
export function choiceOf(
  { path, language, extension }: Choosable,
  { tree, declared }: { readonly tree: FileTree; readonly declared: Platform },
): string | undefined {
  const own = language === 'node' ? packageOf(path) : undefined;
  if (own === undefined) return extension?.choice ?? path;
  const family = parsePlatformPackage(own.name)?.family;
  const root = own.path.slice(0, own.path.length - own.name.length);
  if (family !== undefined) return `${root}${family}`;
  const inside = path.slice(own.path.length);
  const tried = inside.startsWith('/build/') ? triedByCmakeTs(tree, own, declared) : undefined;
  if (tried !== undefined) return tried.has(path) ? `${own.path}${CMAKE_TS}` : undefined;
  const place = isPrebuild(inside) ? '/prebuilds' : inside;
  return `${own.path}${place.replace(CHOICE, '').replace(/[-_.]+/g, '-')}`;
}

/** True for a module whose place names the libc of another runtime: that it loads says nothing of the one that is chosen. */
export function isForOtherLibc({ path, language }: Choosable, libc: 'glibc' | 'musl'): boolean {
  const own = language === 'node' ? packageOf(path) : undefined;
  if (own === undefined) return false;
  const family = parsePlatformPackage(own.name);
  if (family !== undefined) return family.libc !== libc;
  const inside = path.slice(own.path.length);
  const musl = /(?<![a-z0-9])(linux)?musl(?![a-z0-9])/.test(inside);
  const glibc = /(?<![a-z0-9])(gnu|glibc)(?![a-z0-9])/.test(inside);
  return libc === 'musl' ? glibc && !musl : musl && !glibc;
}

/**
 * What a package does with a module that does not load, in view of those of the same package that do: `unopened` where
 * it takes another before, `unknown` where its own program decides that, `opened` where nothing speaks against it.
 */
export function fateOf(module: Choosable, loading: readonly Choosable[]): 'opened' | 'unopened' | 'unknown' {
  const own = module.language === 'node' ? packageOf(module.path) : undefined;
  if (own === undefined) return 'opened';
  const place = (path: string) => path.slice(own.path.length);
  const beside = loading.filter(({ path }) => packageOf(path)?.path === own.path).map(({ path }) => place(path));
  const inside = place(module.path);
  // build/Release before any of prebuilds (node-gyp-build, load.resolve; node-pty, utils.js).
  if (isPrebuild(inside)) return beside.some(isRelease) ? 'unopened' : 'opened';
  // What stands in build/Release is opened and ends it (node-gyp-build, bindings), or a prebuild is tried next (node-pty).
  if (isRelease(inside) && beside.some(isPrebuild)) return 'unknown';
  const name = baseName(inside);
  if (beside.some((path) => baseName(path) === name)) return 'unknown';
  // Of several in build/Release one may be a test's; the one that is called as its package is the package.
  const isMain = plain(name.replace(/\.node$/, '')) === plain(own.name.replace(/^@[^/]+\//, ''));
  return isRelease(inside) && !isMain && beside.some(isRelease) ? 'unknown' : 'opened';
}

const CMAKE_TS = '/build/manifest.json';

/**
 * The files that cmake-ts tries, one after the other until one loads: those of its manifest for the system, the CPU and
 * the libc, which it takes for musl where there is /etc/alpine-release (cmake-ts 1.0, loader.ts, manifest.ts, libc.ts).
 * Undefined where there is no such manifest, or one of another shape.
 */
function triedByCmakeTs(tree: FileTree, own: NodePackage, declared: Platform): ReadonlySet<string> | undefined {
  const found = tree.resolve(`${own.path}${CMAKE_TS}`);
  const content = found.found ? found.node.entry.content : undefined;
  if (content === undefined) return undefined;
  const libc = tree.resolve('/etc/alpine-release').found ? 'musl' : 'glibc';
  const cpu = cpuWordsOf(declared);
  const tried = new Set<string>();
  try {
    for (const [key, file] of Object.entries(JSON.parse(Buffer.from(content).toString('utf8')))) {
      const config = JSON.parse(key) as Readonly<Record<string, unknown>>;
      if (typeof file !== 'string' || typeof config['arch'] !== 'string') return undefined;
      if (config['os'] !== 'linux' || !cpu.includes(config['arch'])) continue;
      // Older releases did not tell libcs apart.
      if (typeof config['libc'] !== 'string') return undefined;
      if (config['libc'] === libc) tried.add(`${own.path}/build/${file}`);
    }
  } catch {
    return undefined;
  }
  return tried;
}

function isPrebuild(inside: string): boolean {
  return inside.startsWith('/prebuilds/');
}

function isRelease(inside: string): boolean {
  return /^\/build\/Release\/[^/]+$/.test(inside);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function plain(name: string): string {
  return name.replace(/[-_.]/g, '').toLowerCase();
}
