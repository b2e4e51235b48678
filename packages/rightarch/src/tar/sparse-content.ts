import type { SparsePart } from './sparse.ts';
import type { EntrySink } from './types.ts';

const ZEROS = Buffer.alloc(1 << 16);

/** Puts the zeros between the parts of a sparse file, so that a sink sees what a program would read. */
export class SparseContent {
  readonly #sink: EntrySink;
  readonly #parts: readonly SparsePart[];
  readonly #size: number;
  #part = 0;
  #inPart = 0;
  #position = 0;

  constructor(sink: EntrySink, parts: readonly SparsePart[], size: number) {
    this.#sink = sink;
    this.#parts = parts.filter((part) => part.length > 0);
    this.#size = size;
  }

  write(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const part = this.#parts[this.#part]!;
      this.#fill(part.offset);
      const count = Math.min(part.length - this.#inPart, bytes.length - at);
      this.#sink.write(bytes.subarray(at, at + count));
      at += count;
      this.#inPart += count;
      this.#position += count;
      if (this.#inPart === part.length) {
        this.#part++;
        this.#inPart = 0;
      }
    }
  }

  finish(): void {
    this.#fill(this.#size);
  }

  #fill(until: number): void {
    while (this.#inPart === 0 && this.#position < until) {
      const count = Math.min(until - this.#position, ZEROS.length);
      this.#sink.write(ZEROS.subarray(0, count));
      this.#position += count;
    }
  }
}
