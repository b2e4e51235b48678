import { isAscii } from 'node:buffer';
import { decodeName } from './name-bytes.ts';
import type { TarSummary } from './types.ts';

export const BLOCK = 512;

type DamageKind = NonNullable<TarSummary['damage']>['kind'];

/** Thrown and caught inside this room: the reader turns it into `damage` of the summary. */
export class TarDamage extends Error {
  readonly kind: DamageKind;

  constructor(kind: DamageKind, detail: string) {
    super(detail);
    this.name = 'TarDamage';
    this.kind = kind;
  }
}

/** One header block, its numbers and texts read and nothing interpreted. */
export interface HeaderBlock {
  readonly format: 'v7' | 'ustar' | 'star' | 'gnu';
  readonly type: string;
  readonly name: string;
  readonly link: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly uname: string;
  readonly gname: string;
  readonly devMajor: number;
  readonly devMinor: number;
}

/** True for a block of zeros, two of which end an archive. */
export function isZeroBlock(bytes: Buffer, at: number): boolean {
  // The first byte of a header is the first of its name: nearly every block is decided by it.
  if (bytes[at] !== 0) return false;
  for (let i = at + 1; i < at + BLOCK; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Reads the header at `at`; undefined where its checksum does not hold, unsigned or signed (old tars summed chars). */
export function parseHeader(bytes: Buffer, at: number): HeaderBlock | undefined {
  if (!checksumHolds(bytes, at)) return undefined;
  const format = formatOf(bytes, at);
  let name = field(bytes, at, 100);
  let devMajor = 0;
  let devMinor = 0;
  let uname = '';
  let gname = '';
  if (format !== 'v7') {
    uname = bytes.toString('utf8', at + 265, endOf(bytes, at + 265, 32));
    gname = bytes.toString('utf8', at + 297, endOf(bytes, at + 297, 32));
    devMajor = number(bytes, at + 329, 8, 'devmajor');
    devMinor = number(bytes, at + 337, 8, 'devminor');
    const prefix = prefixOf(bytes, at, format);
    if (prefix !== undefined && prefix.length > 0) name = Buffer.concat([prefix, Buffer.from('/'), name]);
  }
  return {
    format,
    type: String.fromCharCode(bytes[at + 156]!),
    name: decodeName(name),
    link: bytes[at + 157] === 0 ? '' : decodeName(field(bytes, at + 157, 100)),
    mode: number(bytes, at + 100, 8, 'mode') & 0o7777,
    uid: number(bytes, at + 108, 8, 'uid'),
    gid: number(bytes, at + 116, 8, 'gid'),
    size: number(bytes, at + 124, 12, 'size'),
    mtime: number(bytes, at + 136, 12, 'mtime'),
    uname,
    gname,
    devMajor,
    devMinor,
  };
}

function checksumHolds(bytes: Buffer, at: number): boolean {
  const written = octal(bytes, at + 148, 8);
  const end = at + BLOCK;
  let unsigned = 0;
  for (let i = at; i < end; i++) unsigned += bytes[i]!;
  // The field itself counts as spaces.
  unsigned += 8 * 0x20;
  for (let i = at + 148; i < at + 156; i++) unsigned -= bytes[i]!;
  if (written === unsigned) return true;
  let high = 0;
  for (let i = at; i < end; i++) if (i < at + 148 || i >= at + 156) high += bytes[i]! >> 7;
  return written === unsigned - 256 * high;
}

const USTA = 0x75737461;

function formatOf(bytes: Buffer, at: number): HeaderBlock['format'] {
  // `ustar` and a NUL, whatever its version; GNU has two spaces and a NUL.
  if (bytes.readUInt32BE(at + 257) !== USTA || bytes[at + 261] !== 0x72) return 'v7';
  if (bytes[at + 262] === 0x20) return bytes[at + 263] === 0x20 && bytes[at + 264] === 0 ? 'gnu' : 'v7';
  if (bytes[at + 262] !== 0) return 'v7';
  return bytes.toString('latin1', at + 508, at + 512) === 'tar\0' ? 'star' : 'ustar';
}

function prefixOf(bytes: Buffer, at: number, format: HeaderBlock['format']): Buffer | undefined {
  if (bytes[at + 345] === 0) return undefined;
  if (format === 'ustar') return field(bytes, at + 345, 155);
  if (format === 'star') return field(bytes, at + 345, 131);
  // GNU keeps atime and ctime there. Go before 1.8 wrote a prefix, and Go's reader still honors it where the
  // two times do not parse (archive/tar reader.go, readHeader).
  if (octal(bytes, at + 345, 12) !== undefined && octal(bytes, at + 357, 12) !== undefined) return undefined;
  const times = field(bytes, at + 345, 155);
  return isAscii(times) ? times : undefined;
}

/** The bytes of a text field, up to its first NUL. */
export function field(bytes: Buffer, at: number, length: number): Buffer {
  return bytes.subarray(at, endOf(bytes, at, length));
}

function endOf(bytes: Buffer, at: number, length: number): number {
  let end = at;
  const limit = at + length;
  while (end < limit && bytes[end] !== 0) end++;
  return end;
}

/** A number in octal, or in base 256 where the first bit is set (GNU). Throws damage where it is neither. */
export function number(bytes: Buffer, at: number, length: number, what: string): number {
  const value = bytes[at]! & 0x80 ? base256(bytes, at, length) : octal(bytes, at, length);
  if (value === undefined || !Number.isSafeInteger(value)) {
    throw new TarDamage(what === 'size' ? 'size' : 'number', `${what} is not a number`);
  }
  return value;
}

function octal(bytes: Buffer, at: number, length: number): number | undefined {
  if (bytes[at]! & 0x80) return base256(bytes, at, length);
  let i = at;
  let end = at + length;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0)) i++;
  while (end > i && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--;
  let value = 0;
  for (; i < end && bytes[i] !== 0; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return value;
}

function base256(bytes: Buffer, at: number, length: number): number | undefined {
  // Two's complement over all the bits but the marker bit.
  const negative = (bytes[at]! & 0x40) !== 0;
  let value = 0n;
  for (let i = 0; i < length; i++) {
    let byte = bytes[at + i]!;
    if (i === 0) byte = negative ? byte | 0x80 : byte & 0x7f;
    value = (value << 8n) | BigInt(byte);
  }
  if (negative) value -= 1n << BigInt(8 * length);
  const result = Number(value);
  return Number.isSafeInteger(result) ? result : undefined;
}
