import { BLOCK } from './header.ts';
import { encodeName } from './name-bytes.ts';
import { paxRecord } from './pax.ts';
import type { TarEntry } from './types.ts';

/** What a new entry needs. Everything that is left out is zero or empty, so that equal input gives equal bytes. */
export type NewTarEntry = Pick<TarEntry, 'path' | 'type'> & Partial<Omit<TarEntry, 'path' | 'type' | 'sparse'>>;

/** The content of an entry is not as long as its header said: the file changed while it was read. */
export class TarContentProblem extends Error {
  readonly path: string;
  readonly want: number;
  readonly got: number;

  constructor(path: string, want: number, got: number) {
    super(`${path}: content of ${want} bytes announced, ${got} or more given`);
    this.name = 'TarContentProblem';
    this.path = path;
    this.want = want;
    this.got = got;
  }
}

const TYPE_FLAGS: Readonly<Record<TarEntry['type'], string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
  other: '0',
};

/**
 * The header of one entry: ustar, with a PAX header before it where ustar cannot say it. Directories get the slash
 * at the end that every tar gives them. Deterministic: attributes are sorted, no time or name comes from the host.
 */
export function tarHeader(entry: NewTarEntry): Uint8Array {
  if (entry.type === 'other') throw new TypeError('an entry of an unknown type cannot be written');
  const slash = entry.type === 'directory' && !entry.path.endsWith('/') ? '/' : '';
  const path = encodeName(entry.path === '' ? './' : entry.path + slash);
  const link = encodeName(entry.link ?? '');
  const size = entry.type === 'file' ? (entry.size ?? 0) : 0;
  const mtime = entry.mtime ?? 0;
  const seconds = Math.floor(mtime);
  const uid = entry.uid ?? 0;
  const gid = entry.gid ?? 0;

  const records: Buffer[] = [];
  const split = splitPath(path);
  if (split === undefined) records.push(paxRecord('path', path));
  if (link.length > 100 || !isPlain(link)) records.push(paxRecord('linkpath', link));
  if (size > 0o77777777777) records.push(paxRecord('size', String(size)));
  if (uid > 0o7777777) records.push(paxRecord('uid', String(uid)));
  if (gid > 0o7777777) records.push(paxRecord('gid', String(gid)));
  if (mtime !== seconds || seconds < 0 || seconds > 0o77777777777) records.push(paxRecord('mtime', String(mtime)));
  for (const key of Object.keys(entry.xattrs ?? {}).sort()) {
    records.push(paxRecord(`SCHILY.xattr.${key}`, Buffer.from(entry.xattrs![key]!, 'latin1')));
  }

  const [prefix, name] = split ?? [Buffer.alloc(0), path.subarray(0, 100)];
  const block = headerBlock({
    name,
    prefix,
    flag: TYPE_FLAGS[entry.type],
    mode: entry.mode ?? (entry.type === 'directory' ? 0o755 : 0o644),
    uid: uid > 0o7777777 ? 0 : uid,
    gid: gid > 0o7777777 ? 0 : gid,
    size: size > 0o77777777777 ? 0 : size,
    mtime: seconds < 0 || seconds > 0o77777777777 ? 0 : seconds,
    link: link.subarray(0, 100),
    uname: entry.uname ?? '',
    gname: entry.gname ?? '',
    device: entry.device,
  });
  if (records.length === 0) return block;
  const body = Buffer.concat(records);
  const extended = headerBlock({
    // The name that Go's writer gives it; readers ignore it.
    name: Buffer.from('PaxHeaders.0/entry'),
    prefix: Buffer.alloc(0),
    flag: 'x',
    mode: 0,
    uid: 0,
    gid: 0,
    size: body.length,
    mtime: 0,
    link: Buffer.alloc(0),
    uname: '',
    gname: '',
    device: undefined,
  });
  return Buffer.concat([extended, body, padding(body.length), block]);
}

/** The two blocks of zeros behind which nothing exists. */
export function tarEnd(): Uint8Array {
  return Buffer.alloc(2 * BLOCK);
}

/** The zeros that fill content of this size up to whole blocks. */
function padding(size: number): Buffer {
  const over = size % BLOCK;
  return Buffer.alloc(over === 0 ? 0 : BLOCK - over);
}

/**
 * A whole archive with its end marker, streamed. `open` gives the content of files whose size is not zero, and is
 * called when its turn comes. Throws `TarContentProblem` where the content is shorter or longer than said.
 */
export async function* writeTar(
  entries:
    | Iterable<{ readonly entry: NewTarEntry; readonly open?: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array> }>
    | AsyncIterable<{
        readonly entry: NewTarEntry;
        readonly open?: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
      }>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { entry, open } of entries) {
    const size = entry.type === 'file' ? (entry.size ?? 0) : 0;
    yield tarHeader(entry);
    let written = 0;
    if (open !== undefined && entry.type === 'file') {
      for await (const chunk of open()) {
        written += chunk.length;
        if (written > size) throw new TarContentProblem(entry.path, size, written);
        if (chunk.length > 0) yield chunk;
      }
    }
    if (written !== size) throw new TarContentProblem(entry.path, size, written);
    const fill = padding(size);
    if (fill.length > 0) yield fill;
  }
  yield tarEnd();
}

function isPlain(bytes: Buffer): boolean {
  return bytes.every((byte) => byte > 0 && byte < 0x80);
}

/** The path as ustar's prefix and name; undefined where only PAX can hold it. Cut as late as possible, as Go does. */
function splitPath(path: Buffer): readonly [prefix: Buffer, name: Buffer] | undefined {
  if (!isPlain(path)) return undefined;
  if (path.length <= 100) return [path.subarray(0, 0), path];
  const end = path.at(-1) === 0x2f ? path.length - 1 : path.length;
  const cut = path.subarray(0, Math.min(156, end)).lastIndexOf(0x2f);
  if (cut <= 0 || path.length - cut - 1 > 100) return undefined;
  return [path.subarray(0, cut), path.subarray(cut + 1)];
}

interface Fields {
  readonly name: Buffer;
  readonly prefix: Buffer;
  readonly flag: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly link: Buffer;
  readonly uname: string;
  readonly gname: string;
  readonly device: readonly [number, number] | undefined;
}

function headerBlock(fields: Fields): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (at: number, length: number, value: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), at, length - 1, 'latin1');
  fields.name.copy(block, 0);
  octal(100, 8, fields.mode & 0o7777);
  octal(108, 8, fields.uid);
  octal(116, 8, fields.gid);
  octal(124, 12, fields.size);
  octal(136, 12, fields.mtime);
  block.write(fields.flag, 156, 'latin1');
  fields.link.copy(block, 157);
  block.write('ustar\0' + '00', 257, 'latin1');
  block.write(fields.uname, 265, 31, 'utf8');
  block.write(fields.gname, 297, 31, 'utf8');
  octal(329, 8, fields.device?.[0] ?? 0);
  octal(337, 8, fields.device?.[1] ?? 0);
  fields.prefix.copy(block, 345);
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
