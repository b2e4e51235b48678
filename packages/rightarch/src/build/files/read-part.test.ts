import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../core/index.ts';
import { readPart } from './read-part.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rightarch-part-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const damaged = (found: string) => new Error(`found ${found}`);

async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each([0, 1, 1000, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 1_000_000])(
  'a part of %i bytes is what it was, or an error',
  async (size) => {
    const file = join(directory, 'parts');
    const bytes = Buffer.alloc(size, 'content ');
    await writeFile(file, Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')]));
    const part = { offset: 6, size, digest: digestOf(bytes) };
    expect((await all(readPart(file, part, damaged))).equals(bytes)).toBe(true);
    if (size === 0) return;
    await expect(all(readPart(file, { ...part, offset: 5 }, damaged))).rejects.toThrow('found sha256:');
    // Cut off in the middle.
    await truncate(file, 6 + size - 1);
    await expect(all(readPart(file, part, damaged))).rejects.toThrow('found sha256:');
  },
);
