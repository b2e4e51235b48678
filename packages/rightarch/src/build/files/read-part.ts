import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { Digest } from '../../core/index.ts';

/** Where a content lies in a file that holds many, and what it must be. */
export interface Part {
  readonly offset: number;
  readonly size: number;
  readonly digest: Digest;
}

/** One read that a disk answers at once; the thousands of small files of a layer cost a stream each otherwise. */
const AT_ONCE = 256 << 10;

/** The bytes of one part, hashed on their way. At their end `onDamage` makes the error where they are others. */
export async function* readPart(
  file: string,
  { offset, size, digest }: Part,
  onDamage: (found: Digest) => unknown,
): AsyncGenerator<Uint8Array> {
  if (size === 0) return;
  const hash = createHash('sha256');
  if (size <= AT_ONCE) {
    const bytes = readWhole(file, offset, size);
    hash.update(bytes);
    const found: Digest = `sha256:${hash.digest('hex')}`;
    if (found !== digest) throw await onDamage(found);
    yield bytes;
    return;
  }
  for await (const chunk of createReadStream(file, { start: offset, end: offset + size - 1, highWaterMark: 1 << 18 })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  const found: Digest = `sha256:${hash.digest('hex')}`;
  if (found !== digest) throw await onDamage(found);
}

function readWhole(file: string, offset: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  const handle = openSync(file, 'r');
  try {
    let filled = 0;
    while (filled < size) {
      const count = readSync(handle, bytes, filled, size - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(handle);
  }
}
