/** RFC 1951, 3.2.5: what length and distance codes begin at, and how many bits follow them. */
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** RFC 1951, 3.2.7: the order in which the lengths of the code length codes are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const WINDOW = 1 << 15;
const ROOM = 2 * WINDOW;
const LONGEST_MATCH = 258;
/** Bytes that one length and distance take at most (48 bits), and the header of a dynamic block (under 4,500 bits). */
const SYMBOL_BYTES = 8;
const HEADER_BYTES = 600;
/** What making the tables of a block costs, in bytes of output: blocks that hold nothing are not free. */
const BLOCK_COST = 2048;

/** A decoding table: `symbol << 4 | bits` by the next bits of the input; 0 where no code is. */
interface Code {
  readonly table: Uint16Array;
  bits: number;
}

const FIXED = (() => {
  const lengths = new Uint8Array(288);
  for (let i = 0; i < 288; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  const literals: Code = { table: new Uint16Array(512), bits: 0 };
  const distances: Code = { table: new Uint16Array(32), bits: 0 };
  fill(literals, lengths);
  fill(distances, new Uint8Array(32).fill(5));
  return { literals, distances };
})();

/** Fills a table from the lengths of its codes (RFC 1951, 3.2.2). False where there are more codes than bits allow. */
function fill(code: Code, lengths: Uint8Array): boolean {
  const counts = new Uint16Array(16);
  let longest = 0;
  for (const length of lengths) {
    counts[length]!++;
    if (length > longest) longest = length;
  }
  counts[0] = 0;
  const next = new Uint16Array(17);
  let left = 1;
  for (let length = 1; length <= 15; length++) {
    left = left * 2 - counts[length]!;
    if (left < 0) return false;
    next[length + 1] = (next[length]! + counts[length]!) << 1;
  }
  code.bits = Math.max(longest, 1);
  const size = 1 << code.bits;
  code.table.fill(0, 0, size);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    // Codes come with their first bit lowest.
    let value = next[length]!++;
    let reversed = 0;
    for (let i = 0; i < length; i++) {
      reversed = (reversed << 1) | (value & 1);
      value >>= 1;
    }
    for (let at = reversed; at < size; at += 1 << length) code.table[at] = (symbol << 4) | length;
  }
  return true;
}

/** `more` input is needed, the last block is `done`, the bytes are no deflate stream, or `limit` bytes have come out. */
export type InflateState = 'more' | 'done' | 'bad' | 'limit';

/**
 * Inflates raw deflate data (RFC 1951) as it comes, synchronously and in constant memory, which Node's zlib does not
 * offer: an archive inside an archive is read while a layer passes. Stops at `limit`; never throws.
 */
export class RawInflate {
  readonly #window = new Uint8Array(ROOM + LONGEST_MATCH);
  readonly #literals: Code = { table: new Uint16Array(1 << 15), bits: 0 };
  readonly #distances: Code = { table: new Uint16Array(1 << 15), bits: 0 };
  readonly #lengths = new Uint8Array(320);
  readonly #take: (bytes: Uint8Array) => void;
  #in: Uint8Array = new Uint8Array(0);
  #at = 0;
  #hold = 0;
  #held = 0;
  #short = false;
  #out = 0;
  #emitted = 0;
  #left = 0;
  #cost = 0;
  #isLast = false;
  #block: 'header' | 'stored' | 'codes' = 'header';
  #stored = 0;
  #code: { literals: Code; distances: Code } = FIXED;
  #state: InflateState = 'more';

  /** What `take` is given is valid only until it returns. */
  constructor(take: (bytes: Uint8Array) => void) {
    this.#take = take;
  }

  /** Begins another stream, of which no more than `limit` bytes are let out. */
  reset(limit: number): void {
    this.#in = new Uint8Array(0);
    this.#at = 0;
    this.#hold = 0;
    this.#held = 0;
    this.#short = false;
    this.#out = 0;
    this.#emitted = 0;
    this.#left = limit;
    this.#cost = 0;
    this.#isLast = false;
    this.#block = 'header';
    this.#state = 'more';
  }

  /** Bytes that came out, and what the tables of its blocks cost. */
  get cost(): number {
    return this.#cost;
  }

  /** What was pushed and is behind the end of the stream; it may begin in an earlier chunk. Ask when it is `done`. */
  get rest(): Uint8Array {
    return this.#in.subarray(this.#at);
  }

  /** `isEnd` where nothing follows: what is cut off is then `bad`. */
  push(chunk: Uint8Array, isEnd = false): InflateState {
    if (this.#state !== 'more') return this.#state;
    const rest = this.#in.length - this.#at;
    if (rest === 0) this.#in = chunk;
    else {
      const joined = new Uint8Array(rest + chunk.length);
      joined.set(this.#in.subarray(this.#at));
      joined.set(chunk, rest);
      this.#in = joined;
    }
    this.#at = 0;
    this.#state = this.#run(isEnd);
    this.#emit();
    if (this.#state === 'more' && isEnd) this.#state = 'bad';
    // What was taken in whole bytes ahead of need goes back.
    this.#at -= this.#held >> 3;
    this.#held &= 7;
    this.#hold &= (1 << this.#held) - 1;
    // The chunk is its owner's again after this call.
    if (this.#state === 'more') {
      this.#in = Uint8Array.from(this.#in.subarray(this.#at));
      this.#at = 0;
    }
    return this.#state;
  }

  #run(isEnd: boolean): InflateState {
    const has = (bytes: number) => isEnd || this.#in.length - this.#at >= bytes;
    for (;;) {
      if (this.#block === 'header') {
        if (!has(HEADER_BYTES)) return 'more';
        if (!this.#header()) return 'bad';
        this.#cost += BLOCK_COST;
        this.#left -= BLOCK_COST;
        if (this.#left <= 0) return 'limit';
      } else if (this.#block === 'stored') {
        const count = Math.min(this.#stored, this.#in.length - this.#at, ROOM - this.#out, this.#left);
        this.#window.set(this.#in.subarray(this.#at, this.#at + count), this.#out);
        this.#at += count;
        this.#stored -= count;
        this.#grow(count);
        if (this.#stored > 0) {
          if (this.#left <= 0) return 'limit';
          if (this.#at === this.#in.length) return 'more';
          continue;
        }
        if (this.#isLast) return 'done';
        this.#block = 'header';
      } else {
        const state = this.#codes(isEnd);
        if (state !== 'header') return state;
        if (this.#isLast) return 'done';
        this.#block = 'header';
      }
    }
  }

  /** Counts what was written to the window and empties it where it is full. */
  #grow(count: number): void {
    this.#out += count;
    this.#left -= count;
    this.#cost += count;
    if (this.#out < ROOM) return;
    this.#emit();
    this.#window.copyWithin(0, this.#out - WINDOW, this.#out);
    this.#out = WINDOW;
    this.#emitted = WINDOW;
  }

  #emit(): void {
    if (this.#emitted < this.#out) this.#take(this.#window.subarray(this.#emitted, this.#out));
    this.#emitted = this.#out;
  }

  #bits(count: number): number {
    while (this.#held < count) {
      if (this.#at >= this.#in.length) {
        this.#short = true;
        return 0;
      }
      this.#hold |= this.#in[this.#at++]! << this.#held;
      this.#held += 8;
    }
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#held -= count;
    return value;
  }

  /** The next symbol, or -1. */
  #symbol({ table, bits }: Code): number {
    // The last code of a stream may be shorter than the longest one: then fewer bits than that are there.
    while (this.#held < bits && this.#at < this.#in.length) {
      this.#hold |= this.#in[this.#at++]! << this.#held;
      this.#held += 8;
    }
    const entry = table[this.#hold & ((1 << bits) - 1)]!;
    const length = entry & 15;
    if (length === 0 || length > this.#held) return -1;
    this.#hold >>>= length;
    this.#held -= length;
    return entry >> 4;
  }

  #header(): boolean {
    this.#isLast = this.#bits(1) === 1;
    const type = this.#bits(2);
    if (this.#short || type === 3) return false;
    if (type === 0) {
      this.#hold = 0;
      // What was taken in whole bytes ahead of need goes back.
      this.#at -= this.#held >> 3;
      this.#held = 0;
      if (this.#in.length - this.#at < 4) return false;
      const length = this.#in[this.#at]! | (this.#in[this.#at + 1]! << 8);
      const check = this.#in[this.#at + 2]! | (this.#in[this.#at + 3]! << 8);
      this.#at += 4;
      this.#stored = length;
      this.#block = 'stored';
      return (length ^ check) === 0xffff;
    }
    this.#block = 'codes';
    this.#code = FIXED;
    return type === 1 || this.#dynamic();
  }

  #dynamic(): boolean {
    const lengths = this.#lengths;
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const count = this.#bits(4) + 4;
    if (literals > 286 || distances > 30) return false;
    lengths.fill(0, 0, 19);
    for (let i = 0; i < count; i++) lengths[ORDER[i]!] = this.#bits(3);
    // The table of literals is free until it is filled with its own.
    if (this.#short || !fill(this.#literals, lengths.subarray(0, 19))) return false;
    const total = literals + distances;
    const found = new Uint8Array(total);
    for (let at = 0; at < total; ) {
      const symbol = this.#symbol(this.#literals);
      if (symbol < 0) return false;
      if (symbol < 16) {
        found[at++] = symbol;
        continue;
      }
      if (symbol === 16 && at === 0) return false;
      const value = symbol === 16 ? found[at - 1]! : 0;
      const times = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      if (this.#short || at + times > total) return false;
      found.fill(value, at, at + times);
      at += times;
    }
    this.#code = { literals: this.#literals, distances: this.#distances };
    return (
      found[256] !== 0 &&
      fill(this.#literals, found.subarray(0, literals)) &&
      fill(this.#distances, found.subarray(literals))
    );
  }

  /** `header` where the block is at its end. */
  #codes(isEnd: boolean): InflateState | 'header' {
    const { literals, distances } = this.#code;
    const window = this.#window;
    for (;;) {
      if (!isEnd && this.#in.length - this.#at < SYMBOL_BYTES) return 'more';
      if (this.#left <= 0) return 'limit';
      const symbol = this.#symbol(literals);
      if (symbol < 0) return 'bad';
      if (symbol === 256) return 'header';
      if (symbol < 256) {
        window[this.#out] = symbol;
        this.#grow(1);
        continue;
      }
      if (symbol > 285) return 'bad';
      const length = LENGTH_BASE[symbol - 257]! + this.#bits(LENGTH_BITS[symbol - 257]!);
      const code = this.#symbol(distances);
      if (code < 0 || code > 29) return 'bad';
      const distance = DISTANCE_BASE[code]! + this.#bits(DISTANCE_BITS[code]!);
      if (this.#short || distance > this.#out) return 'bad';
      for (let i = 0, to = this.#out; i < length; i++, to++) window[to] = window[to - distance]!;
      this.#grow(length);
    }
  }
}

let shared: { readonly engine: RawInflate; readonly bytes: Buffer; size: number } | undefined;

/**
 * Up to `length` of the first bytes of a raw deflate stream of which only the beginning is at hand; undefined where it
 * is not one, or neither ends nor gives `least` bytes. What is returned holds until the next call.
 */
export function inflateHead(
  compressed: Uint8Array,
  { least, length }: { readonly least: number; readonly length: number },
): Buffer | undefined {
  if (shared === undefined) {
    const bytes = Buffer.alloc(4096);
    const engine = new RawInflate((piece) => {
      if (shared === undefined) return;
      const part = piece.subarray(0, bytes.length - shared.size);
      bytes.set(part, shared.size);
      shared.size += part.length;
    });
    shared = { engine, bytes, size: 0 };
  }
  shared.size = 0;
  // The headers of blocks count as well.
  shared.engine.reset(length + 4 * BLOCK_COST);
  const state = shared.engine.push(compressed, true);
  return shared.size >= least || state === 'done' ? shared.bytes.subarray(0, Math.min(shared.size, length)) : undefined;
}
