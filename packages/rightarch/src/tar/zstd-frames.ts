/** What stands in the way of decompressing, found before a decoder sees the bytes. */
export type FrameFault = 'damaged' | 'window' | 'trailing' | 'truncated';

type State = 'magic' | 'skippable' | 'descriptor' | 'header' | 'block' | 'checksum';

const MAGIC = 0xfd2fb528;

/**
 * Walks the frames and blocks of a zstd stream (RFC 8878, section 3.1) without decoding: decoders differ in what they
 * do about a huge window, bytes behind the last frame, and an end in the middle. Constant memory.
 */
export class ZstdFrames {
  readonly #most: number;
  readonly #bytes = Buffer.alloc(16);
  #filled = 0;
  #wanted = 4;
  #skip = 0;
  #state: State = 'magic';
  #frames = 0;
  #checksum = false;
  #singleSegment = false;
  #sizeBytes = 0;
  #last = false;

  /** `window` is the largest that a frame may ask for, in bytes. */
  constructor(window: number) {
    this.#most = window;
  }

  /** Takes the chunk from `from` on, up to the end of a frame. `at` is how far it came. */
  push(chunk: Uint8Array, from: number): { readonly at: number; readonly isEnd: boolean; readonly fault?: FrameFault } {
    let at = from;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const count = Math.min(this.#skip, chunk.length - at);
        this.#skip -= count;
        at += count;
        if (this.#isEnd()) return { at, isEnd: true };
        continue;
      }
      this.#bytes[this.#filled++] = chunk[at++]!;
      if (this.#filled < this.#wanted) continue;
      this.#filled = 0;
      const fault = this.#take();
      if (fault !== undefined) return { at, isEnd: false, fault };
      if (this.#isEnd()) return { at, isEnd: true };
    }
    return { at, isEnd: false };
  }

  #isEnd(): boolean {
    return this.#state === 'magic' && this.#filled === 0 && this.#skip === 0;
  }

  /** Whether the stream may end here. */
  end(): FrameFault | undefined {
    return this.#isEnd() && this.#frames > 0 ? undefined : 'truncated';
  }

  #next(state: State, wanted: number): undefined {
    this.#state = state;
    this.#wanted = wanted;
  }

  #take(): FrameFault | undefined {
    const bytes = this.#bytes;
    switch (this.#state) {
      case 'magic': {
        const magic = bytes.readUInt32LE(0);
        this.#frames++;
        if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) return this.#next('skippable', 4);
        if (magic === MAGIC) return this.#next('descriptor', 1);
        return this.#frames > 1 ? 'trailing' : 'damaged';
      }
      case 'skippable':
        this.#skip = bytes.readUInt32LE(0);
        return this.#next('magic', 4);
      case 'descriptor': {
        const flags = bytes[0]!;
        this.#singleSegment = (flags & 0x20) !== 0;
        this.#checksum = (flags & 0x04) !== 0;
        this.#sizeBytes = [this.#singleSegment ? 1 : 0, 2, 4, 8][flags >> 6]!;
        const dictionary = [0, 1, 2, 4][flags & 3]!;
        const length = (this.#singleSegment ? 0 : 1) + dictionary + this.#sizeBytes;
        return length === 0 ? this.#next('block', 3) : this.#next('header', length);
      }
      case 'header':
        return this.#window() > this.#most ? 'window' : this.#next('block', 3);
      case 'block': {
        const header = bytes.readUIntLE(0, 3);
        const kind = (header >> 1) & 3;
        if (kind === 3) return 'damaged';
        this.#last = (header & 1) === 1;
        this.#skip = kind === 1 ? 1 : header >> 3;
        if (!this.#last) return this.#next('block', 3);
        return this.#checksum ? this.#next('checksum', 4) : this.#next('magic', 4);
      }
      case 'checksum':
        return this.#next('magic', 4);
    }
  }

  #window(): number {
    const bytes = this.#bytes;
    if (!this.#singleSegment) {
      const base = 2 ** (10 + (bytes[0]! >> 3));
      return base + (base / 8) * (bytes[0]! & 7);
    }
    const at = this.#wanted - this.#sizeBytes;
    if (this.#sizeBytes === 8) return Number(bytes.readBigUInt64LE(at));
    return bytes.readUIntLE(at, this.#sizeBytes) + (this.#sizeBytes === 2 ? 256 : 0);
  }
}
