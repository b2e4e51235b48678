/** Chunks that the first reader may be ahead of the second. */
const AHEAD = 8;

export interface Tee {
  readonly source: AsyncGenerator<Uint8Array, void, undefined>;
  readonly copy: AsyncIterableIterator<Uint8Array>;
  /** Ends the copy with an error: for a first reader that failed before it began to read. */
  stop(error: unknown): void;
}

/**
 * One stream for two readers, the second at most some chunks behind the first. The second may leave early without
 * stopping the first; where the first fails or leaves, the second fails with it.
 */
export function tee(stream: AsyncIterable<Uint8Array>): Tee {
  const waiting: Uint8Array[] = [];
  let left = false;
  let ended: { readonly error?: unknown } | undefined;
  let sleepers: (() => void)[] = [];
  const changed = () => new Promise<void>((resolve) => sleepers.push(resolve));
  const tell = () => {
    const awake = sleepers;
    sleepers = [];
    for (const wake of awake) wake();
  };
  const end = (how: { readonly error?: unknown }) => {
    ended ??= how;
    tell();
  };

  async function* source() {
    try {
      for await (const chunk of stream) {
        if (!left) waiting.push(chunk);
        tell();
        yield chunk;
        while (waiting.length >= AHEAD && !left) await changed();
      }
      end({});
    } catch (error) {
      end({ error });
      throw error;
    } finally {
      end({ error: new Error('the first reader has left') });
    }
  }

  const leave = () => {
    left = true;
    waiting.length = 0;
    tell();
  };
  // Not a generator: one that was never begun does not hear that it is to end.
  const copy: AsyncIterableIterator<Uint8Array> = {
    async next() {
      while (waiting.length === 0 && ended === undefined && !left) await changed();
      const value = waiting.shift();
      if (value !== undefined) {
        tell();
        return { done: false, value };
      }
      if (!left && ended !== undefined && 'error' in ended) throw ended.error;
      return { done: true, value: undefined };
    },
    async return() {
      leave();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => copy,
  };

  return { source: source(), copy, stop: (error) => end({ error }) };
}
