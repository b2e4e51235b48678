import type { Platform } from '../core/index.ts';
import type { FileTree, TreeNode } from '../scan/index.ts';

/**
 * The directories that were built into a glibc's loader, read from the loader itself: its `system_dirs` is one run of
 * names, each with a slash and a NUL behind it (elf/dl-load.c). Undefined where the file was not kept or has none.
 */
export function builtInDirectories(loader: TreeNode): readonly string[] | undefined {
  const { content } = loader.entry;
  if (content === undefined) return undefined;
  // One loader serves hundreds of programs.
  const before = directoriesOf.get(content);
  if (before !== undefined) return before.length === 0 ? undefined : before;
  const text = Buffer.from(content).toString('latin1');
  let best: readonly string[] = [];
  for (const [run] of text.matchAll(/(?:\/[\w.+/-]*\/\0)+/g)) {
    const directories = run
      .split('\0')
      .filter((part) => part !== '')
      .map((part) => part.slice(0, -1));
    const isOne = directories.every((directory) => /\/lib(64|32|x32)?(\/|$)/.test(directory));
    if (isOne && directories.length > best.length) best = directories;
  }
  directoriesOf.set(content, best);
  return best.length === 0 ? undefined : best;
}

const directoriesOf = new WeakMap<Uint8Array, readonly string[]>();

/** What musl searches: its path file, else what is compiled in (ldso/dynlink.c). Undefined where the file was not kept. */
export function muslDirectories(tree: FileTree, interpreter: string): readonly string[] | undefined {
  const name = /\/ld-musl-([^/]+)\.so\.1$/.exec(interpreter)?.[1];
  const found = tree.resolve(`/etc/ld-musl-${name}.path`);
  if (!found.found) return ['/lib', '/usr/local/lib', '/usr/lib'];
  const { content, size } = found.node.entry;
  if (size === 0) return [];
  if (content === undefined) return undefined;
  return Buffer.from(content)
    .toString('utf8')
    .split(/[:\n]/)
    .filter((part) => part !== '');
}

/** An object that a loader is told to load before all others. */
export interface Preload {
  readonly name: string;
  /** As glibc's message calls the place. */
  readonly from: 'LD_PRELOAD' | '/etc/ld.so.preload';
}

/**
 * What LD_PRELOAD and, for glibc, /etc/ld.so.preload name, in the order in which they are loaded (elf/rtld.c,
 * handle_preload_list and do_preload; musl has the variable only). Undefined where the file was not kept.
 */
export function preloads(tree: FileTree, libc: 'glibc' | 'musl', value: string): readonly Preload[] | undefined {
  const own = value.split(libc === 'glibc' ? /[ :]/ : /[\s:]/).filter((name) => name !== '');
  const list: Preload[] = own.map((name) => ({ name, from: 'LD_PRELOAD' }));
  if (libc === 'musl') return list;
  const found = tree.resolve('/etc/ld.so.preload');
  if (!found.found || found.node.entry.size === 0) return list;
  const { content } = found.node.entry;
  if (content === undefined) return undefined;
  const lines = Buffer.from(content).toString('utf8').replace(/#.*/g, '');
  const names = lines.split(/[\s:]/).filter((name) => name !== '');
  return [...list, ...names.map((name) => ({ name, from: '/etc/ld.so.preload' as const }))];
}

/** _DL_CACHE_DEFAULT_ID of each CPU (sysdeps/generic/ldconfig.h, dl-cache.h of each): entries of others are passed over. */
const CACHE_FLAGS: Readonly<Record<string, number>> = { amd64: 0x0303, arm64: 0x0a03, '386': 0x0003, ppc64le: 0x0503 };
/** Of 32-bit ARM those of its float ABI, and those of files that state none (sysdeps/unix/sysv/linux/arm/dl-cache.h). */
const ARM_FLAGS: Readonly<Record<string, number>> = { 'hard float': 0x0903, 'soft float': 0x0b03 };
const UNMARKED = 0x0003;
const NEW_MAGIC = 'glibc-ld.so.cache1.1';
const OLD_MAGIC = 'ld.so-1.7.0';

export type CacheAnswer =
  /** What the cache says, if there is one: for a baseline CPU, and for a `better` one. */
  | { readonly ok: true; readonly path?: string; readonly better?: string }
  /** There is one, and it could not be read here. */
  | { readonly ok: false };

/** The path that /etc/ld.so.cache gives for a name (elf/dl-cache.c). */
export function cachedPath(
  tree: FileTree,
  name: string,
  { declared, abi }: { readonly declared: Platform; readonly abi: string | undefined },
): CacheAnswer {
  const found = tree.resolve('/etc/ld.so.cache');
  if (!found.found || found.node.entry.size === 0) return { ok: true };
  const { content } = found.node.entry;
  const isArm = declared.architecture === 'arm';
  const flags = isArm ? ARM_FLAGS[abi ?? ''] : CACHE_FLAGS[declared.architecture];
  if (content === undefined || flags === undefined) return { ok: false };
  const entries = readCache(content);
  if (entries === undefined) return { ok: false };
  const [own, unmarked] = [entries.get(`${flags} ${name}`), isArm ? entries.get(`${UNMARKED} ${name}`) : undefined];
  // Which of both stands first is by their order in the file.
  return own !== undefined && unmarked !== undefined ? { ok: false } : { ok: true, ...(own ?? unmarked) };
}

interface CacheEntry {
  path?: string;
  /** For a CPU with more than the baseline, as `hwcap` says. */
  better?: string;
}

const known = new WeakMap<Uint8Array, ReadonlyMap<string, CacheEntry>>();

/** Entries for every CPU; of several for one name the first. */
function readCache(content: Uint8Array): ReadonlyMap<string, CacheEntry> | undefined {
  const before = known.get(content);
  if (before !== undefined) return before;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  let start = 0;
  if (bytes.toString('latin1', 0, OLD_MAGIC.length) === OLD_MAGIC) start = bytes.indexOf(NEW_MAGIC, 0, 'latin1');
  if (start < 0 || bytes.toString('latin1', start, start + NEW_MAGIC.length) !== NEW_MAGIC) return undefined;
  if (bytes.length < start + 48) return undefined;
  const count = bytes.readUInt32LE(start + 20);
  if (start + 48 + count * 24 > bytes.length) return undefined;
  const text = (offset: number): string | undefined => {
    const at = start + offset;
    const end = at < bytes.length ? bytes.indexOf(0, at) : -1;
    return end < 0 ? undefined : bytes.toString('utf8', at, end);
  };
  const entries = new Map<string, CacheEntry>();
  for (let i = 0; i < count; i++) {
    const at = start + 48 + i * 24;
    const which = bytes.readBigUInt64LE(at + 16) === 0n ? 'path' : 'better';
    const [key, path] = [text(bytes.readUInt32LE(at + 4)), text(bytes.readUInt32LE(at + 8))];
    const id = `${bytes.readInt32LE(at)} ${key}`;
    if (key === undefined || path === undefined) continue;
    const entry = entries.get(id) ?? {};
    entry[which] ??= path;
    entries.set(id, entry);
  }
  known.set(content, entries);
  return entries;
}
