import type { ZipUnread } from './file-types.ts';

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
export const END_64 = 0x06064b50;
export const LOCATOR_64 = 0x07064b50;
export const SIGNATURE = 0x05054b50;

export const LOCAL_SIZE = 30;
export const CENTRAL_SIZE = 46;
export const END_SIZE = 22;
export const END_64_SIZE = 56;

const ENCRYPTED = 0x2041;
const HAS_DESCRIPTOR = 8;

/** What stands before the content of a member (APPNOTE.TXT 4.3.7). */
export interface LocalHeader {
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Absent where it stands behind the content, or in a zip64 field. */
  readonly compressedSize?: number;
  readonly nameSize: number;
  readonly extraSize: number;
}

/** Reads the 30 bytes of a local header; undefined where they cannot be one. */
export function readLocal(bytes: Buffer): LocalHeader | undefined {
  const flags = bytes.readUInt16LE(6);
  const size = bytes.readUInt32LE(18);
  const nameSize = bytes.readUInt16LE(26);
  // Bits 14 and 15 and versions beyond 6.3 do not occur: such bytes are compressed data that look like a header.
  if ((flags & 0xc000) !== 0 || bytes[4]! > 99) return undefined;
  const isKnown = (flags & HAS_DESCRIPTOR) === 0 && size !== 0xffffffff;
  return {
    method: bytes.readUInt16LE(8),
    isEncrypted: (flags & ENCRYPTED) !== 0,
    ...(isKnown ? { compressedSize: size } : {}),
    nameSize,
    extraSize: bytes.readUInt16LE(28),
  };
}

/** One member as the central directory names it (APPNOTE.TXT 4.3.12). */
export interface CentralHeader {
  readonly method: number;
  readonly isEncrypted: boolean;
  /** From the beginning of the archive; -1 where it stands in a zip64 field. */
  readonly offset: number;
  readonly nameSize: number;
  readonly extraSize: number;
  readonly commentSize: number;
}

/** Reads the 46 bytes of a central header. */
export function readCentral(bytes: Buffer): CentralHeader {
  const offset = bytes.readUInt32LE(42);
  return {
    method: bytes.readUInt16LE(10),
    isEncrypted: (bytes.readUInt16LE(8) & ENCRYPTED) !== 0,
    offset: offset === 0xffffffff ? -1 : offset,
    nameSize: bytes.readUInt16LE(28),
    extraSize: bytes.readUInt16LE(30),
    commentSize: bytes.readUInt16LE(32),
  };
}

/** The offset that a zip64 field of a central header holds behind the sizes that do not fit either. */
export function offset64(header: Buffer, extra: Buffer): number | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      let from = at + 4;
      if (header.readUInt32LE(24) === 0xffffffff) from += 8;
      if (header.readUInt32LE(20) === 0xffffffff) from += 8;
      return from + 8 <= Math.min(extra.length, at + 4 + length) ? u64(extra, from) : undefined;
    }
    at += 4 + length;
  }
  return undefined;
}

/** What the end records say of the directory before them. */
export interface DirectoryEnd {
  readonly members: number;
  readonly size: number;
  readonly offset: number;
}

/** The end record, and the zip64 one that counts where a field of the first is full. */
export function readEnd(end: Buffer, end64: Buffer | undefined): DirectoryEnd | ZipUnread {
  // Archives in several parts.
  if (end.readUInt16LE(4) !== end.readUInt16LE(6)) return 'layout';
  const found = { members: end.readUInt16LE(10), size: end.readUInt32LE(12), offset: end.readUInt32LE(16) };
  const isFull = found.members === 0xffff || found.size === 0xffffffff || found.offset === 0xffffffff;
  if (!isFull || end64 === undefined) return found;
  return { members: u64(end64, 32), size: u64(end64, 40), offset: u64(end64, 48) };
}

function u64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}
