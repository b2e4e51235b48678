interface Capture {
  readonly start: number;
  readonly bytes: Buffer;
  filled: number;
}

/** Memory for the head of one window after the other: fresh memory for each file costs more than reading the file. */
export interface Scratch {
  bytes: Buffer;
}

/** Nothing yet; it grows to the longest head that was kept. */
export function emptyScratch(): Scratch {
  return { bytes: Buffer.allocUnsafe(0) };
}

/**
 * The parts of a stream that are worth keeping: its head up to a limit that may grow, and ranges asked for before
 * they pass. Everything else is forgotten at once.
 */
export class Window {
  readonly #head: Scratch;
  #headLength = 0;
  #limit: number;
  #position = 0;
  readonly #captures: Capture[] = [];

  /** What `get` returns holds until the next window with the same scratch takes bytes. */
  constructor(limit: number, scratch: Scratch = emptyScratch()) {
    this.#limit = limit;
    this.#head = scratch;
  }

  /** Bytes seen so far. */
  get position(): number {
    return this.#position;
  }

  push(chunk: Uint8Array): void {
    this.#keep(chunk);
    for (const capture of this.#captures) {
      const { start, bytes, filled } = capture;
      if (filled >= bytes.length || this.#position + chunk.length <= start + filled) continue;
      const from = start + filled - this.#position;
      if (from < 0) continue;
      const part = chunk.subarray(from, from + bytes.length - filled);
      bytes.set(part, filled);
      capture.filled += part.length;
    }
    this.#position += chunk.length;
  }

  /** Keeps the head up to `limit`, if nothing of it has been let go. */
  extend(limit: number): void {
    if (this.#headLength === this.#position) this.#limit = Math.max(this.#limit, limit);
  }

  /** Asks for a range; what has passed is taken from what is kept. False where a part of it is gone. */
  want(start: number, length: number): boolean {
    const passed = Math.max(0, Math.min(start + length, this.#position) - start);
    const kept = passed === 0 ? undefined : this.get(start, passed);
    if (passed > 0 && kept === undefined) return false;
    const bytes = Buffer.allocUnsafe(length);
    kept?.copy(bytes);
    this.#captures.push({ start, bytes, filled: passed });
    return true;
  }

  /** The bytes of a range where all of them are kept; with `partly`, what is kept from its start on. */
  get(start: number, length: number, partly = false): Buffer | undefined {
    if (start + length <= this.#headLength) return this.#head.bytes.subarray(start, start + length);
    for (const { start: first, bytes, filled } of this.#captures) {
      const from = start - first;
      if (from >= 0 && from + length <= filled) return bytes.subarray(from, from + length);
      if (partly && from >= 0 && from < filled) return bytes.subarray(from, filled);
    }
    return partly && start < this.#headLength ? this.#head.bytes.subarray(start, this.#headLength) : undefined;
  }

  #keep(chunk: Uint8Array): void {
    const end = Math.min(this.#limit, this.#position + chunk.length);
    if (this.#headLength !== this.#position || end <= this.#headLength) return;
    const { bytes } = this.#head;
    if (end > bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(end, bytes.length * 2)));
      bytes.copy(grown, 0, 0, this.#headLength);
      this.#head.bytes = grown;
    }
    this.#head.bytes.set(chunk.subarray(0, end - this.#position), this.#position);
    this.#headLength = end;
  }
}
