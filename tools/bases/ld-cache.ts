import { posix } from 'node:path';
import type { FileTree } from './file-tree.ts';

/** What ldconfig writes for one CPU: glibc's flags of its 64-bit libraries (sysdeps/generic/ldconfig.h, glibc 2.36). */
const LIBRARY_FLAGS = { amd64: 0x0303, arm64: 0x0a03 } as const;

/** e_machine of the ELF header (gABI): other CPUs' libraries do not enter the cache. */
const MACHINE = { amd64: 62, arm64: 183 } as const;

/** The CPUs that the bases are made for, by Debian's and OCI's common names. */
export type Architecture = keyof typeof LIBRARY_FLAGS;

interface CacheEntry {
  readonly name: string;
  readonly path: string;
}

/**
 * The bytes of /etc/ld.so.cache that `ldconfig` would write for this file system: the loader looks for libraries in
 * this file and in its built-in directories, never in ld.so.conf. Format: struct cache_file_new of glibc 2.36,
 * sysdeps/generic/dl-cache.h, without the optional extensions.
 */
export function makeLoaderCache(tree: FileTree, architecture: Architecture): Buffer {
  const entries = libraryDirectories(tree)
    .flatMap((directory) => librariesIn(tree, directory, architecture))
    .map((entry, order) => ({ ...entry, order }))
    .sort((a, b) => compareNames(b.name, a.name) || a.order - b.order);
  const stringsAt = 48 + 24 * entries.length;
  const table = Buffer.alloc(stringsAt);
  table.write('glibc-ld.so.cache1.1', 0, 'latin1');
  table.writeUInt32LE(entries.length, 20);
  table.writeUInt8(2, 28); // cache_file_new_flags_endian_little
  const strings: Buffer[] = [];
  let at = stringsAt;
  const place = (value: string) => {
    const bytes = Buffer.from(`${value}\0`);
    strings.push(bytes);
    at += bytes.length;
    return at - bytes.length;
  };
  for (const [index, { name, path }] of entries.entries()) {
    const entry = 48 + 24 * index;
    table.writeInt32LE(LIBRARY_FLAGS[architecture], entry);
    table.writeUInt32LE(place(name), entry + 4);
    table.writeUInt32LE(place(path), entry + 8);
  }
  table.writeUInt32LE(at - stringsAt, 24);
  return Buffer.concat([table, ...strings]);
}

/** The directories of ld.so.conf and its includes in order, then the built-in ones; each real directory once. */
function libraryDirectories(tree: FileTree): readonly string[] {
  const listed = configuredDirectories(tree, 'etc/ld.so.conf');
  const seen = new Set<string>();
  return [...listed, '/lib', '/usr/lib'].filter((directory) => {
    const real = tree.follow(directory.slice(1));
    if (real === undefined || tree.get(real)?.type !== 'directory' || seen.has(real)) return false;
    seen.add(real);
    return true;
  });
}

function configuredDirectories(tree: FileTree, path: string): string[] {
  if (tree.get(path) === undefined) return [];
  const lines = tree
    .read(path)
    .toString()
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim());
  return lines.flatMap((line) => {
    const include = /^include\s+\/?(.*)\/\*\.conf$/.exec(line)?.[1];
    if (include === undefined) return line === '' ? [] : [line];
    return childrenOf(tree, include)
      .filter((name) => name.endsWith('.conf'))
      .flatMap((name) => configuredDirectories(tree, `${include}/${name}`));
  });
}

function librariesIn(tree: FileTree, directory: string, architecture: Architecture): CacheEntry[] {
  const real = tree.follow(directory.slice(1))!;
  const names = new Set<string>();
  for (const name of childrenOf(tree, real)) {
    if (!/^(?:lib|ld-).*\.so(?:\.|$)/.test(name)) continue;
    const target = tree.follow(`${real}/${name}`);
    const inode = target === undefined ? undefined : tree.get(target);
    if (target === undefined || inode?.type !== 'file') continue;
    const soname = sonameOf(Buffer.from(inode.content), MACHINE[architecture]);
    if (soname === undefined) continue;
    // A link to a file that is named like its soname enters under its own name, as libfoo.so -> libfoo.so.1 does.
    const isLink = tree.get(`${real}/${name}`)?.type === 'symlink';
    names.add(isLink && posix.basename(target) === soname ? name : soname === '' ? name : soname);
  }
  return [...names].map((name) => ({ name, path: `${directory}/${name}` }));
}

function childrenOf(tree: FileTree, directory: string): string[] {
  const prefix = `${tree.follow(directory)}/`;
  const children: string[] = [];
  for (const [path] of tree.entries()) {
    if (path.startsWith(prefix) && !path.includes('/', prefix.length)) children.push(path.slice(prefix.length));
  }
  return children.sort();
}

/** DT_SONAME of a 64-bit little-endian library for a machine, '' where it has none, undefined for anything else. */
function sonameOf(elf: Buffer, machine: number): string | undefined {
  if (elf.length < 64 || elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) return undefined;
  if (elf.readUInt16LE(16) !== 3 || elf.readUInt16LE(18) !== machine) return undefined;
  const headers = Array.from({ length: elf.readUInt16LE(56) }, (_, index) => {
    const at = Number(elf.readBigUInt64LE(32)) + index * elf.readUInt16LE(54);
    const field = (offset: number) => Number(elf.readBigUInt64LE(at + offset));
    return { type: elf.readUInt32LE(at), offset: field(8), address: field(16), size: field(32) };
  });
  const dynamic = headers.find((header) => header.type === 2);
  if (dynamic === undefined) return undefined;
  let soname: number | undefined;
  let strings = 0;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const tag = Number(elf.readBigInt64LE(at));
    if (tag === 0) break;
    if (tag === 14) soname = Number(elf.readBigUInt64LE(at + 8));
    if (tag === 5) strings = Number(elf.readBigUInt64LE(at + 8));
  }
  const load = headers.find(({ type, address, size }) => type === 1 && address <= strings && strings < address + size);
  if (soname === undefined || load === undefined) return '';
  const at = strings - load.address + load.offset + soname;
  return elf.toString('latin1', at, elf.indexOf(0, at));
}

/** glibc's _dl_cache_libcmp (elf/dl-cache.c): runs of digits compare as numbers, a digit is more than any other character. */
export function compareNames(a: string, b: string): number {
  const parts = (name: string) => name.match(/\d+|\D/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < left.length && index < right.length; index++) {
    const [x, y] = [left[index]!, right[index]!];
    const [xDigits, yDigits] = [/^\d/.test(x), /^\d/.test(y)];
    if (xDigits !== yDigits) return xDigits ? 1 : -1;
    const difference = xDigits ? Number(x) - Number(y) : x.charCodeAt(0) - y.charCodeAt(0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
