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
