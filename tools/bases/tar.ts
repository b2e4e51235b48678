import type { FileTree, Inode } from './file-tree.ts';

/** One entry of a package's tar, with what a link points at. */
export interface PackageEntry {
  readonly path: string;
  readonly inode: Inode;
  /** Path of the file that a hard link names; undefined for anything else. */
  readonly hardlink: string | undefined;
}

const BLOCK = 512;

/**
 * The entries of a Debian or npm package's tar. These are whole and honest (their digests were checked by apt and npm),
 * so anything unexpected throws.
 */
export function* readPackageTar(tar: Buffer): Generator<PackageEntry> {
  let long: { path?: string; link?: string } = {};
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const size = octal(header, 124, 12);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L') long.path = text(content, 0, size);
    else if (type === 'K') long.link = text(content, 0, size);
    else if (type === 'x') long = { ...long, ...paxNames(content) };
    else if (type !== 'g') {
      const prefix = text(header, 257, 6).startsWith('ustar') && header[263] === 0x30 ? text(header, 345, 155) : '';
      const path = long.path ?? (prefix === '' ? '' : `${prefix}/`) + text(header, 0, 100);
      yield entryOf(header, type, path, long.link ?? text(header, 157, 100), content);
      long = {};
    }
  }
  throw new Error('the tar of a package ends without its end marker');
}

function entryOf(header: Buffer, type: string, path: string, link: string, content: Buffer): PackageEntry {
  const kind = { '0': 'file', '\0': 'file', '1': 'file', '2': 'symlink', '5': 'directory' }[type];
  if (kind !== 'file' && kind !== 'symlink' && kind !== 'directory') {
    throw new Error(`${path}: a package has an entry of type ${JSON.stringify(type)}`);
  }
  return {
    path: clean(path),
    hardlink: type === '1' ? clean(link) : undefined,
    inode: {
      type: kind,
      mode: octal(header, 100, 8) & 0o7777,
      uid: octal(header, 108, 8),
      gid: octal(header, 116, 8),
      mtime: octal(header, 136, 12),
      content: kind === 'file' ? content : Buffer.alloc(0),
      link: kind === 'symlink' ? link : '',
    },
  };
}

/** The tar of a layer: ustar, with GNU long names where a path needs them; equal trees give equal bytes. */
export function writeLayerTar(entries: ReturnType<FileTree['takeLayer']>): Buffer {
  const blocks: Uint8Array[] = [];
  const written = new Map<Inode, string>();
  const add = (path: string, inode: Inode, type: string, link: string, content: Uint8Array) => {
    if (Buffer.byteLength(path) > 100) addLong('L', path);
    if (Buffer.byteLength(link) > 100) addLong('K', link);
    blocks.push(headerOf(path, inode, type, link, content.length), content, padding(content.length));
  };
  const addLong = (type: string, name: string) => {
    const content = Buffer.from(`${name}\0`);
    const inode: Inode = { type: 'file', mode: 0, uid: 0, gid: 0, mtime: 0, content, link: '' };
    blocks.push(headerOf('././@LongLink', inode, type, '', content.length), content, padding(content.length));
  };
  for (const [path, inode] of entries) {
    const earlier = written.get(inode);
    if (inode.type === 'directory') add(`${path}/`, inode, '5', '', Buffer.alloc(0));
    else if (inode.type === 'symlink') add(path, inode, '2', inode.link, Buffer.alloc(0));
    else if (earlier !== undefined) add(path, inode, '1', earlier, Buffer.alloc(0));
    else {
      written.set(inode, path);
      add(path, inode, '0', '', inode.content);
    }
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(path: string, inode: Inode, type: string, link: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const number = (value: number, at: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  Buffer.from(path).copy(header, 0, 0, 100);
  number(inode.mode, 100, 8);
  number(inode.uid, 108, 8);
  number(inode.gid, 116, 8);
  number(size, 124, 12);
  number(inode.mtime, 136, 12);
  header.fill(' ', 148, 156);
  header.write(type, 156, 'latin1');
  Buffer.from(link).copy(header, 157, 0, 100);
  header.write('ustar  \0', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

function octal(header: Buffer, at: number, width: number): number {
  const digits = text(header, at, width).trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error(`the tar of a package has the number ${JSON.stringify(digits)}`);
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function text(bytes: Buffer, at: number, width: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end < 0 || end > at + width ? at + width : end);
}

function paxNames(content: Buffer): { path?: string; link?: string } {
  const names: { path?: string; link?: string } = {};
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, space));
    if (!(length > 0)) throw new Error('the tar of a package has a damaged PAX header');
    const [key, ...value] = content.toString('utf8', space + 1, at + length - 1).split('=');
    if (key === 'path') names.path = value.join('=');
    if (key === 'linkpath') names.link = value.join('=');
    at += length;
  }
  return names;
}

function clean(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new Error(`${path}: a package writes outside of its root`);
  return parts.join('/');
}
