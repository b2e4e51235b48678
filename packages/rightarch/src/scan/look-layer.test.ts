import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../core/index.ts';
import type { Layer } from '../oci/index.ts';
import { testSource } from '../testing/index.ts';
import { findToc, readStargzFooter } from './find-toc.ts';
import { proofKeep } from './keep.ts';
import { scanLayer } from './layer.ts';
import { lookAtLayer } from './look-layer.ts';
import { parseToc } from './toc.ts';

/** Layers that the formats' own libraries wrote (tools/toc). */
function recorded(kind: 'estargz' | 'zstd') {
  const place = new URL(`../../testdata/toc/${kind}`, import.meta.url).pathname;
  const annotations = JSON.parse(readFileSync(`${place}.json`, 'utf8')) as Record<string, string>;
  return { bytes: readFileSync(`${place}.layer`), annotations };
}

function layerOf(bytes: Uint8Array, annotations: Record<string, string>): Layer {
  const descriptor = { mediaType: 'test', digest: digestOf(bytes), size: bytes.length, annotations };
  return { descriptor, diffId: `sha256:${'0'.repeat(64)}` as Digest, position: [1, 1], history: undefined };
}

async function look(bytes: Uint8Array, annotations: Record<string, string>, served: Uint8Array = bytes) {
  const layer = layerOf(bytes, annotations);
  const { descriptor } = layer;
  const reads: number[] = [];
  const source = testSource({
    root: descriptor,
    blobs: new Map([[descriptor.digest, served]]),
    onPart: (_, __, length) => reads.push(length),
  });
  return { facts: await lookAtLayer(source, layer, { keep: proofKeep }), reads };
}

describe.each(['estargz', 'zstd'] as const)('a recorded %s layer', (kind) => {
  const { bytes, annotations } = recorded(kind);

  it('is looked at with few of its bytes, and says of each file what reading the layer says', async () => {
    const { facts, reads } = await look(bytes, annotations);
    expect(facts?.lookedAt).toBe(kind === 'zstd' ? 'zstd:chunked' : 'estargz');
    expect(facts?.complete).toBe(false);
    expect(reads.reduce((sum, one) => sum + one)).toBeLessThan(bytes.length / 4);
    async function* stream() {
      yield bytes;
    }
    const whole = await scanLayer(layerOf(bytes, annotations), stream(), { image: 'test' });
    // eStargz adds its landmark and its table to the tar; the table is not listed in itself.
    const read = whole.files.filter(({ path }) => path !== 'stargz.index.json');
    expect(facts?.files.map(({ path }) => path).sort()).toEqual(read.map(({ path }) => path).sort());
    for (const file of facts?.files ?? []) {
      const same = read.find(({ path }) => path === file.path);
      const { program, ...rest } = file;
      const { program: readProgram, ...readRest } = same ?? {};
      expect({ ...rest, uname: '', gname: '' }).toEqual({ ...readRest, uname: '', gname: '' });
      if (program !== undefined) expect(program).toEqual(readProgram);
    }
    const programs = facts?.files.filter(({ program }) => program?.kind === 'elf').map(({ path }) => path);
    expect(programs?.sort()).toEqual(['bin/app', 'bin/holed']);
    expect(facts?.files.find(({ path }) => path === 'data/noise')?.program).toBeUndefined();
  });

  it('is read whole where nobody vouches for its table, or its place gives no parts', async () => {
    expect((await look(bytes, {})).facts).toBeUndefined();
    const layer = layerOf(bytes, annotations);
    const { part: _, ...source } = testSource({ root: layer.descriptor, blobs: new Map() });
    expect(await lookAtLayer(source, layer, { keep: proofKeep })).toBeUndefined();
  });

  it('is never told otherwise by other bytes: what is not as the table says is read whole', async () => {
    const sound = (await look(bytes, annotations)).facts;
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const other = Buffer.from(bytes);
        other[at]! ^= 1 << bit;
        const { facts } = await look(bytes, annotations, other);
        if (facts !== undefined) expect(facts.files).toEqual(sound?.files);
      }),
      { numRuns: 150 },
    );
  });

  it('is read whole where what it needs was cut off', async () => {
    const sound = (await look(bytes, annotations)).facts?.files;
    for (let cut = 1; cut < bytes.length; cut += 997) {
      const short = bytes.subarray(0, bytes.length - cut);
      for (const { facts } of [await look(bytes, annotations, short), await look(short, annotations)]) {
        if (facts !== undefined) expect(facts.files).toEqual(sound);
        // Of zstd:chunked what follows the table is not asked for; of eStargz the last bytes are.
        if (kind === 'estargz' || cut > 10_000) expect(facts).toBeUndefined();
      }
    }
  });
});

describe('the footer of an eStargz layer', () => {
  const { bytes } = recorded('estargz');
  const footer = bytes.subarray(bytes.length - 51);

  it('says where the table begins; the older form too', () => {
    const toc = readStargzFooter(footer)?.toc ?? 0;
    expect(gunzipSync(bytes.subarray(toc)).includes('stargz.index.json')).toBe(true);
    const old = Buffer.concat([footer.subarray(0, 10), Buffer.from([22, 0]), footer.subarray(16)]);
    expect(readStargzFooter(old)).toEqual({ toc, footer: 47 });
  });

  it('is none where a byte of its fixed part is another', () => {
    for (let at = 10; at < 16; at++) {
      const other = Buffer.from(footer);
      other[at]! ^= 1;
      expect(readStargzFooter(other)).toBeUndefined();
    }
  });
});

describe('a hostile table of contents', () => {
  const digest = digestOf(Buffer.from('x'));
  const parse = (entries: unknown, limit = 100) =>
    parseToc(Buffer.from(JSON.stringify({ version: 1, entries })), 'estargz', limit);

  it.each([
    ['content behind the table', [{ type: 'reg', name: 'a', size: 1, offset: 101, digest }]],
    ['a size below zero', [{ type: 'reg', name: 'a', size: -1, offset: 1, digest }]],
    ['no digest', [{ type: 'reg', name: 'a', size: 1, offset: 1 }]],
    ['a piece without a file', [{ type: 'chunk', name: 'a', offset: 1 }]],
    ['a kind that is none', [{ type: 'toString', name: 'a' }]],
    ['a name that is none', [{ type: 'dir', name: 7 }]],
    [
      'pieces out of order',
      [
        { type: 'reg', name: 'a', size: 9, offset: 1, chunkDigest: digest },
        { type: 'chunk', name: 'a', offset: 2, chunkOffset: 9, chunkDigest: digest },
      ],
    ],
    [
      'a piece of another file',
      [
        { type: 'reg', name: 'a', size: 9, offset: 1, chunkDigest: digest },
        { type: 'chunk', name: 'b', offset: 2, chunkOffset: 3, chunkDigest: digest },
      ],
    ],
    ['no list', { length: 1 }],
  ])('is refused for %s', (_, entries) => {
    expect(parse(entries)).toBeUndefined();
  });

  it('never throws', () => {
    const value = fc.oneof(fc.jsonValue(), fc.integer(), fc.constantFrom('reg', 'dir', 'chunk', digest));
    const keys = fc.constantFrom('type', 'name', 'size', 'offset', 'endOffset', 'chunkOffset', 'digest', 'xattrs');
    fc.assert(fc.property(fc.array(fc.oneof(fc.dictionary(keys, value), fc.jsonValue())), (all) => void parse(all)));
  });

  it('is not asked for beyond the layer', async () => {
    const asked: number[] = [];
    const read = async (_: number, length: number) => {
      asked.push(length);
      return undefined;
    };
    const of = (position: string) => ({
      ...layerOf(Buffer.alloc(100), {
        'io.github.containers.zstd-chunked.manifest-checksum': digest,
        'io.github.containers.zstd-chunked.manifest-position': position,
      }).descriptor,
    });
    for (const position of ['90:11:20:1', '0:0:0:1', '1:2:3:4', '-1:2:3:1', `0:${2 ** 40}:9:1`]) {
      expect(await findToc(of(position), read)).toBeUndefined();
    }
    expect(asked).toEqual([]);
  });
});
