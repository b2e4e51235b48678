import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

export interface GzipOptions {
  /** 6 unless told. */
  readonly level?: number;
  /** Blocks in work at once; it changes the speed and the memory, never the bytes. */
  readonly concurrency?: number;
}

const deflateRaw = promisify(zlib.deflateRaw) as (bytes: Uint8Array, options: zlib.ZlibOptions) => Promise<Buffer>;

const BLOCK = 1 << 20;
const WINDOW = 1 << 15;

/**
 * Compresses as pigz does: blocks of 1 MiB in parallel, each with the 32 KiB before it as dictionary, joined at sync
 * points into one member. The same bytes on every machine, Node version and thread count: the blocks are cut by
 * content alone, and the header is ours, because zlib writes the number of the operating system into it.
 */
export async function* gzip(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: GzipOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const level = options.level ?? 6;
  const concurrency = Math.max(1, options.concurrency ?? 4);
  const working: Promise<Buffer>[] = [];
  let crc = 0;
  let size = 0;
  let dictionary: Buffer | undefined;
  // RFC 1952: deflate, no flags, no time, no extra flags, unknown operating system.
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  try {
    for await (const block of blocks(stream)) {
      crc = zlib.crc32(block, crc);
      size += block.length;
      const job = deflateRaw(block, {
        level,
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
        ...(dictionary !== undefined ? { dictionary } : {}),
      });
      // Awaited in order; without this a failure behind the one awaited would go unhandled.
      job.catch(() => {});
      working.push(job);
      dictionary = block.subarray(Math.max(0, block.length - WINDOW));
      if (working.length >= concurrency) yield await working.shift()!;
    }
    while (working.length > 0) yield await working.shift()!;
  } finally {
    await Promise.allSettled(working);
  }
  const end = Buffer.alloc(10);
  // An empty last block with fixed codes (RFC 1951, 3.2.6), then the checksum and the size modulo 2^32.
  end[0] = 0x03;
  end.writeUInt32LE(crc, 2);
  end.writeUInt32LE(size % 2 ** 32, 6);
  yield end;
}

/** The stream in blocks of exactly 1 MiB; only the last may be shorter. */
async function* blocks(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafeSlow(BLOCK);
  let filled = 0;
  for await (const chunk of stream) {
    let at = 0;
    while (at < chunk.length) {
      const count = Math.min(BLOCK - filled, chunk.length - at);
      block.set(chunk.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled === BLOCK) {
        yield block;
        block = Buffer.allocUnsafeSlow(BLOCK);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
