import { MessageChannel } from 'node:worker_threads';

/** Smaller buffers may be parts of Node's pool, which others use too, and cost the collector little. */
const LEAST = 64 << 10;

/** What is sent from a closed port is taken from its sender, and then let go. */
const nowhere = (() => {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
})();

/**
 * Frees the memory under a chunk now and not when the collector comes by. A layer runs through hundreds of large
 * buffers, and the memory that they hold makes V8 collect the whole heap every few of them: inflating 202 MB took
 * 586 ms without this and 489 ms with it. Only for a chunk that ends its buffer, of which nobody holds a part any more.
 */
export function giveBack(chunk: Uint8Array): void {
  const { buffer, byteOffset, byteLength } = chunk;
  if (byteOffset + byteLength !== buffer.byteLength || buffer.byteLength < LEAST) return;
  // Shared memory is nobody's to give.
  if (buffer instanceof ArrayBuffer) nowhere.postMessage(undefined, [buffer]);
}
