/** One program header. */
export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  readonly align: number;
}

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
const ET_REL = 1;
const ET_EXEC = 2;
/** The kernel refuses more program headers than this (fs/binfmt_elf.c). */
const PROGRAM_HEADERS_LIMIT = 64 << 10;
/** Of the larger class. */
export const HEADER_SIZE = 64;

/** How the words of a file are laid out. */
export interface Layout {
  readonly wide: boolean;
  readonly little: boolean;
}

/** Integers of one file, in its byte order and word size. A word beyond 2^53 becomes Infinity: outside every file. */
export class Fields {
  readonly #bytes: Buffer;
  readonly #wide: boolean;
  readonly #little: boolean;

  constructor(bytes: Buffer, { wide, little }: Layout) {
    this.#bytes = bytes;
    this.#wide = wide;
    this.#little = little;
  }

  u16(at: number): number {
    return this.#little ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  u32(at: number): number {
    return this.#little ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  word(at: number): number {
    if (!this.#wide) return this.u32(at);
    const high = this.u32(this.#little ? at + 4 : at);
    // Two halves, because a BigInt for each word costs as much as the rest of the scan.
    return high < 2 ** 21 ? high * 2 ** 32 + this.u32(this.#little ? at : at + 4) : Number.POSITIVE_INFINITY;
  }
}

/** The file header. */
export interface Header extends Layout {
  readonly osAbi: number;
  readonly type: number;
  readonly machine: number;
  readonly flags: number;
  /** The program headers. */
  readonly table: { readonly offset: number; readonly size: number; readonly entry: number };
  readonly damaged: boolean;
}

/** Reads the file header from the first bytes of a file of this size. */
export function readHeader(first: Buffer | undefined, fileSize: number): Header {
  // A short file is padded with zeros, as the kernel's buffer is.
  const bytes = Buffer.alloc(HEADER_SIZE);
  first?.copy(bytes, 0, 0, Math.min(HEADER_SIZE, first.length));
  const wide = bytes[4] === 2;
  const little = bytes[5] !== 2;
  const fields = new Fields(bytes, { wide, little });
  const classed = (wide || bytes[4] === 1) && (little ? bytes[5] === 1 : true);
  const type = fields.u16(16);
  const entry = fields.u16(wide ? 54 : 42);
  const size = entry * fields.u16(wide ? 56 : 44);
  const offset = fields.word(wide ? 32 : 28);
  const wrongTable =
    size === 0
      ? type === ET_EXEC
      : entry !== (wide ? 56 : 32) || size > PROGRAM_HEADERS_LIMIT || offset + size > fileSize;
  return {
    wide,
    little,
    osAbi: bytes[7]!,
    type,
    machine: fields.u16(18),
    flags: fields.u32(wide ? 48 : 36),
    table: { offset, size, entry },
    damaged: !classed || fileSize < (wide ? 64 : 52) || (wrongTable && type !== ET_REL),
  };
}

/** Reads the program headers from the bytes of their table. */
export function readSegments(bytes: Buffer, { table, wide, little }: Header): readonly Segment[] {
  const fields = new Fields(bytes, { wide, little });
  const segments: Segment[] = [];
  for (let at = 0; at + table.entry <= table.size; at += table.entry) {
    segments.push({
      type: fields.u32(at),
      flags: fields.u32(at + (wide ? 4 : 24)),
      offset: fields.word(at + (wide ? 8 : 4)),
      address: fields.word(at + (wide ? 16 : 8)),
      size: fields.word(at + (wide ? 32 : 16)),
      align: fields.word(at + (wide ? 48 : 28)),
    });
  }
  return segments;
}
