import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zstdStored } from '../testing/image.ts';
import { giveBack } from './give-back.ts';
import { type Compression, DecompressProblem, decompress, gzip, sniffCompression } from './index.ts';

async function* inChunks(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const problem = (bytes: Uint8Array, kind: Compression, options = {}, chunk = 1000) =>
  collect(decompress(inChunks(bytes, chunk), kind, options)).then(
    () => undefined,
    (error: unknown) => (error instanceof DecompressProblem ? error.kind : error),
  );

/** Bytes that neither repeat nor shrink to nothing, the same everywhere. */
function noise(size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let i = 0; i * 64 < size; i++) {
    const digest = createHash('sha256').update(`${i}`).digest();
    pieces.push(digest, Buffer.from(digest.toString('hex').slice(0, 32)));
  }
  return Buffer.concat(pieces).subarray(0, size);
}

const plain = noise(3_000_000);

describe('gzip in', () => {
  const packed = zlib.gzipSync(plain);

  test.each([1, 7, 65536, 4_000_000])('chunks of %d bytes', async (size) => {
    const some = size === 1 ? zlib.gzipSync(plain.subarray(0, 5000)) : packed;
    const out = await collect(decompress(inChunks(some, size), 'gzip'));
    expect(out.equals(size === 1 ? plain.subarray(0, 5000) : plain)).toBe(true);
  });

  test('several members are one stream, wherever the chunks end', async () => {
    const two = Buffer.concat([zlib.gzipSync('one'), zlib.gzipSync('two')]);
    for (const size of [1, 5, zlib.gzipSync('one').length, 1000]) {
      expect((await collect(decompress(inChunks(two, size), 'gzip'))).toString()).toBe('onetwo');
    }
  });

  test.each([0.3, 0.5, 0.93])('cut at %d of it, quick and slow readers get the same bytes first', async (part) => {
    const cut = packed.subarray(0, packed.length * part);
    const got = async (wait: number): Promise<number> => {
      let size = 0;
      try {
        for await (const bytes of decompress(inChunks(cut, 70_000), 'gzip')) {
          expect(plain.subarray(size, size + bytes.length).equals(bytes)).toBe(true);
          size += bytes.length;
          if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        }
      } catch {
        return size;
      }
      throw new Error('nothing was wrong');
    };
    const size = await got(0);
    expect(size).toBeGreaterThan((part - 0.05) * plain.length);
    expect(await got(1)).toBe(size);
    expect(await got(6)).toBe(size);
  });

  test('cut, damaged, followed by garbage or zeros, or empty', async () => {
    const small = zlib.gzipSync('hello'.repeat(100));
    for (let cut = 1; cut < small.length; cut++)
      expect(await problem(small.subarray(0, cut), 'gzip')).toBe('truncated');
    const wrongCrc = Buffer.from(small);
    wrongCrc[small.length - 8]! ^= 1;
    expect(await problem(wrongCrc, 'gzip')).toBe('damaged');
    expect(await problem(Buffer.from('not gzip at all'), 'gzip')).toBe('damaged');
    for (const size of [1, 7, small.length, 1000]) {
      for (const tail of ['garbage', '\0', '\0\0garbage']) {
        const kind = await problem(Buffer.concat([small, Buffer.from(tail)]), 'gzip', {}, size);
        expect(['trailing', 'damaged', 'truncated']).toContain(kind);
      }
    }
    expect(await problem(Buffer.alloc(0), 'gzip')).toBe('truncated');
  });

  test('what comes out is bounded', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(50_000_000));
    expect(await problem(bomb, 'gzip', { limit: 1_000_000 })).toBe('limit');
    expect(await problem(zlib.gzipSync('12345'), 'gzip', { limit: 5 })).toBeUndefined();
  });

  test('errors of the source come through as they are', async () => {
    const broken = async function* () {
      yield packed.subarray(0, 1000);
      throw new RangeError('cut');
    };
    await expect(collect(decompress(broken(), 'gzip'))).rejects.toThrow(new RangeError('cut'));
  });

  test('leaving early closes the source', async () => {
    let closed = false;
    const source = async function* () {
      try {
        for (;;) yield* inChunks(packed, 65536);
      } finally {
        closed = true;
      }
    };
    for await (const _ of decompress(source(), 'gzip')) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(true);
  });

  test('a slow reader holds the source back', async () => {
    let given = 0;
    const source = async function* () {
      for (let at = 0; at < packed.length; at += 10_000) {
        given += 10_000;
        yield packed.subarray(at, at + 10_000);
      }
    };
    const stream = decompress(source(), 'gzip')[Symbol.asyncIterator]();
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBeLessThan(packed.length / 2);
    await stream.return?.();
  });
});

describe('memory that goes back', () => {
  const packed = zlib.gzipSync(plain);
  async function* own(bytes: Uint8Array, handed: Uint8Array[] = []): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 100_000) {
      const chunk = Uint8Array.from(bytes.subarray(at, at + 100_000));
      handed.push(chunk);
      yield chunk;
    }
  }

  test.each([
    ['gzip', packed],
    ['zstd', zstdStored(plain)],
    ['none', plain],
  ] as const)('%s: every byte was there before its chunk went', async (kind, bytes) => {
    const hash = createHash('sha256');
    const gone: Uint8Array[] = [];
    for await (const chunk of decompress(own(bytes), kind, { transient: true, owned: true })) {
      hash.update(chunk);
      gone.push(chunk);
    }
    expect(hash.digest('hex')).toBe(createHash('sha256').update(plain).digest('hex'));
    if (kind !== 'zstd') expect(gone.filter(({ length }) => length === 0).length).toBeGreaterThan(0);
  });

  test('what came in goes only where it is ours', async () => {
    const handed: Uint8Array[] = [];
    await collect(decompress(own(packed, handed), 'gzip', { owned: true }));
    expect(handed.slice(0, -1).every(({ length }) => length === 0)).toBe(true);
    for (const kind of ['gzip', 'none'] as const) {
      const kept: Uint8Array[] = [];
      for await (const _ of decompress(own(packed, kept), kind, { transient: true }));
      expect(Buffer.concat(kept).equals(packed)).toBe(true);
    }
  });

  test('a part of a larger buffer, small buffers and shared memory stay', () => {
    const whole = new Uint8Array(200_000);
    const shared = new Uint8Array(new SharedArrayBuffer(100_000));
    giveBack(whole.subarray(0, 100_000));
    giveBack(Buffer.from('small'));
    giveBack(shared);
    expect([whole.length, shared.length]).toEqual([200_000, 100_000]);
    giveBack(whole.subarray(100_000));
    expect(whole.length).toBe(0);
  });
});

describe('zstd in', () => {
  const frame = zstdStored(plain.subarray(0, 300_000));
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

  test('frames, and skippable ones between them, are one stream', async () => {
    const bytes = Buffer.concat([skippable, frame, skippable, frame]);
    for (const size of [1000, 7, 1 << 20]) {
      const out = await collect(decompress(inChunks(bytes, size), 'zstd'));
      expect(out.equals(Buffer.concat([plain.subarray(0, 300_000), plain.subarray(0, 300_000)]))).toBe(true);
    }
  });

  test('cut, damaged, followed by garbage, or empty', async () => {
    for (const cut of [1, 4, 6, 13, 15, 1000, frame.length - 1]) {
      expect(await problem(frame.subarray(0, cut), 'zstd')).toBe('truncated');
    }
    expect(await problem(Buffer.from('no zstd at all'), 'zstd')).toBe('damaged');
    expect(await problem(Buffer.concat([frame, Buffer.from('garbage!')]), 'zstd')).toMatch(/trailing|damaged/);
    expect(await problem(Buffer.alloc(0), 'zstd')).toBe('truncated');
  });

  test('a window that no decoder should make is refused', async () => {
    const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);
    expect(await problem(head, 'zstd')).toBe('damaged');
    // 192 MiB, which fzstd alone would take.
    head[5] = 0x8c;
    expect(await problem(head, 'zstd')).toBe('damaged');
    const later = Buffer.concat([frame, head]);
    expect(await problem(later, 'zstd')).toBe('damaged');
  });

  // 18 frames with checksums that zstd compressed, and three skippable ones, as containers/storage writes zstd:chunked.
  const real = readFileSync(new URL('../../testdata/toc/zstd.layer', import.meta.url));
  const unpack = (bytes: Uint8Array, size: number) => collect(decompress(inChunks(bytes, size), 'zstd'));

  test('real frames give what zstd 1.5.4 gives, wherever the chunks end', async () => {
    const whole = await unpack(real, 1 << 20);
    expect(createHash('sha256').update(whole).digest('hex')).toBe(
      '215085befeb94f0a83b59874d4f00facab0745f7aa0ac7ffdf70fd78f170f696',
    );
    for (const size of [97, 4096, 65_536]) expect((await unpack(real, size)).equals(whole)).toBe(true);
    const twice = await unpack(Buffer.concat([real, skippable, real]), 4096);
    expect(twice.equals(Buffer.concat([whole, whole]))).toBe(true);
  });

  test('real frames that are cut give the beginning of what they hold, or are told to be cut', async () => {
    const whole = await unpack(real, 1 << 20);
    for (let cut = 1; cut < real.length; cut += 1117) {
      const found = await unpack(real.subarray(0, cut), 4096).catch((error: unknown) => error);
      if (found instanceof DecompressProblem) expect(found.kind).toBe('truncated');
      else expect(whole.subarray(0, (found as Buffer).length).equals(found as Buffer)).toBe(true);
    }
  });

  test('real frames with damaged bytes end in an error of ours or within the limit, however they come', async () => {
    const limit = 4 << 20;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 64, max: 65_536 }),
        async (flips, size) => {
          const bytes = Buffer.from(real);
          for (const [at, mask] of flips) bytes[at]! ^= mask;
          const [one, other] = [await problem(bytes, 'zstd', { limit }, size), await problem(bytes, 'zstd', { limit })];
          expect([undefined, 'damaged', 'truncated', 'trailing', 'limit']).toContain(one);
          expect(one === undefined).toBe(other === undefined);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what comes out is bounded', async () => {
    expect(await problem(frame, 'zstd', { limit: 1000 })).toBe('limit');
  });
});

test('no compression is no change', async () => {
  expect((await collect(decompress(inChunks(plain), 'none'))).equals(plain)).toBe(true);
});

test('the first bytes name the compression', () => {
  expect(sniffCompression(zlib.gzipSync(''))).toBe('gzip');
  expect(sniffCompression(zstdStored(plain.subarray(0, 9)))).toBe('zstd');
  expect(sniffCompression(Buffer.from([0x5a, 0x2a, 0x4d, 0x18]))).toBe('zstd');
  expect(sniffCompression(Buffer.alloc(512))).toBe('none');
  expect(sniffCompression(Buffer.alloc(0))).toBe('none');
});

describe('gzip out', () => {
  test.each([0, 1, 32768, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000])('%d bytes come back', async (size) => {
    const packed = await collect(gzip(inChunks(plain.subarray(0, size), 9999)));
    expect(packed.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff');
    expect(zlib.gunzipSync(packed).equals(plain.subarray(0, size))).toBe(true);
    expect((await collect(decompress(inChunks(packed), 'gzip'))).length).toBe(size);
  });

  test('the same bytes for every chunking and concurrency', async () => {
    const first = createHash('sha256')
      .update(await collect(gzip(inChunks(plain, 1000), { concurrency: 1 })))
      .digest('hex');
    for (const [chunk, concurrency] of [
      [77_777, 2],
      [4_000_000, 8],
    ] as const) {
      const other = await collect(gzip(inChunks(plain, chunk), { concurrency }));
      expect(createHash('sha256').update(other).digest('hex')).toBe(first);
    }
    // Pinned: a Node that deflates otherwise would give every layer a new digest.
    expect(first).toBe('c417ff32b94069d51b1c1e621f211c73ee683c81d9af0b3cbca12dffb7fa55f8');
  });

  test('any bytes come back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 5 }), async (chunks) => {
        const packed = await collect(gzip(chunks));
        expect(zlib.gunzipSync(packed).equals(Buffer.concat(chunks))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('errors of the source come through', async () => {
    const broken = async function* () {
      yield plain;
      throw new Error('cut');
    };
    await expect(collect(gzip(broken()))).rejects.toThrow('cut');
  });
});
