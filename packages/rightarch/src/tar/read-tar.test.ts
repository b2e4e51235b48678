import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gnuFixtures } from './gnu-fixtures.testdata.ts';
import { createTarReader, readTar, type TarHandlers, type TarSummary, tarEnd, tarHeader, writeTar } from './index.ts';
import { encodeName } from './name-bytes.ts';
import { paxRecord } from './pax.ts';
import type { NewTarEntry } from './write-tar.ts';

interface Seen {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly content: string;
  readonly complete: boolean;
  readonly entry: import('./types.ts').TarEntry;
}

/** Feeds the bytes in chunks of one size and keeps what came out. */
function read(bytes: Uint8Array, chunk = bytes.length || 1, more: Partial<TarHandlers> = {}) {
  const seen: Seen[] = [];
  const reader = createTarReader({
    ...more,
    onEntry(entry) {
      const chunks: Buffer[] = [];
      return {
        write: (piece) => {
          chunks.push(Buffer.from(piece));
        },
        end: (complete) => {
          const content = Buffer.concat(chunks).toString('latin1');
          seen.push({ path: entry.path, type: entry.type, size: entry.size, content, complete, entry });
        },
      };
    },
  });
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  return { seen, summary: reader.end() };
}

const entries: readonly { readonly entry: NewTarEntry; readonly content?: string }[] = [
  { entry: { path: 'bin', type: 'directory', mode: 0o755 } },
  {
    entry: { path: 'bin/tool', type: 'file', mode: 0o4755, uid: 1000, gid: 3_000_000, mtime: 12.5 },
    content: 'x'.repeat(513),
  },
  { entry: { path: 'bin/empty', type: 'file' }, content: '' },
  { entry: { path: `${'d/'.repeat(80)}${'n'.repeat(99)}`, type: 'file' }, content: 'deep' },
  { entry: { path: '日本語', type: 'symlink', link: 'bin/'.repeat(60) } },
  { entry: { path: 'hard', type: 'hardlink', link: 'bin/tool' } },
  { entry: { path: 'null', type: 'character', device: [1, 3] } },
  { entry: { path: 'pipe', type: 'fifo' } },
  {
    entry: { path: 'capable', type: 'file', xattrs: { 'security.capability': '\x01\x00\xff', 'user.a': 'b' } },
    content: '512'.repeat(512),
  },
];

async function build(list: typeof entries): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const source = list.map(({ entry, content }) => ({
    entry: { ...entry, size: content?.length ?? 0 },
    open: () => [Buffer.from(content ?? '', 'latin1')],
  }));
  for await (const chunk of writeTar(source)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('round trip', () => {
  test('what is written is read', async () => {
    const { seen, summary } = read(await build(entries));
    expect(summary).toMatchObject({ entries: entries.length, ended: true, trailing: 0 });
    for (const [i, { entry, content }] of entries.entries()) {
      const { size: _, ...got } = seen[i]!.entry;
      expect(got).toMatchObject({ ...entry, mode: entry.mode ?? 0o644 });
      expect(seen[i]!.content).toBe(content ?? '');
    }
  });

  test.each([1, 2, 3, 7, 511, 512, 513, 65536])('chunks of %d bytes give the same', async (chunk) => {
    const bytes = await build(entries);
    expect(read(bytes, chunk)).toEqual(read(bytes));
  });

  test('any entry survives', () => {
    const name = fc.stringMatching(/^[a-z0-9._é日-]{1,120}$/).filter((text) => !/^\.*$/.test(text));
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
    const entry = fc.record({
      path,
      type: fc.constantFrom('file' as const, 'directory' as const, 'symlink' as const, 'hardlink' as const),
      mode: fc.integer({ min: 0, max: 0o7777 }),
      uid: fc.integer({ min: 0, max: 2 ** 32 }),
      gid: fc.integer({ min: 0, max: 2 ** 32 }),
      mtime: fc.integer({ min: -1000, max: 2 ** 40 }),
      link: path,
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), fc.integer({ min: 1, max: 2000 }), (list, chunk) => {
        const bytes = Buffer.concat([...list.map(tarHeader), tarEnd()]);
        const { seen, summary } = read(bytes, chunk);
        expect(summary.ended).toBe(true);
        expect(seen.map((one) => one.entry)).toMatchObject(
          list.map((one) => ({ ...one, path: one.path.replace(/^(\.\/)+/, '') })),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('damage', () => {
  test('cut anywhere, it says so or is whole', async () => {
    const bytes = await build(entries.slice(0, 4));
    const whole = read(bytes).seen.length;
    for (let cut = 0; cut < bytes.length; cut += cut % 512 < 2 || cut % 512 > 509 ? 1 : 97) {
      const { seen, summary } = read(bytes.subarray(0, cut));
      const complete = seen.filter((one) => one.complete).length;
      if (summary.damage === undefined) expect(summary.ended).toBe(true);
      else expect(summary).toMatchObject({ ended: false, damage: { kind: 'truncated' } });
      // A clean end never hides a file that was begun.
      if (summary.ended) expect(complete).toBe(seen.length);
      expect(complete).toBeLessThanOrEqual(whole);
    }
  });

  test('each flipped byte of a header is noticed by the checksum', () => {
    const header = Buffer.from(tarHeader({ path: 'bin/tool', type: 'file', size: 0 }));
    for (let at = 0; at < 512; at++) {
      const flipped = Buffer.concat([header, tarEnd()]);
      flipped[at] = flipped[at]! ^ 0x41;
      const { summary, seen } = read(flipped);
      // Only the two bytes behind the checksum's own digits carry nothing.
      if (at === 154 || at === 155) continue;
      expect({ at, kind: summary.damage?.kind }).toEqual({ at, kind: 'checksum' });
      expect(seen).toEqual([]);
    }
  });

  test('any bytes end without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), fc.integer({ min: 1, max: 700 }), (bytes, chunk) => {
        const { summary } = read(bytes, chunk);
        expect(summary.bytes).toBe(bytes.length);
      }),
    );
  });

  test('any change to a real archive, with its checksum made right, ends without a throw', async () => {
    const real = await build(entries);
    const place = fc.record({ at: fc.integer({ min: 0, max: real.length - 1 }), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(real);
        for (const { at, to } of changes) {
          bytes[at] = to;
          repairChecksum(bytes, at - (at % 512));
        }
        const { seen, summary } = read(bytes, 1000);
        if (summary.ended) for (const one of seen) expect(one.content.length).toBe(one.size);
      }),
      { numRuns: 300 },
    );
  });

  test('a size beyond what can be counted is damage', () => {
    const header = Buffer.from(tarHeader({ path: 'a', type: 'file' }));
    header.fill(0xff, 124, 136);
    repairChecksum(header, 0);
    expect(read(header).summary.damage?.kind).toBe('size');
    header.set([0x80, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 124);
    repairChecksum(header, 0);
    expect(read(header).summary.damage?.kind).toBe('size');
  });

  test('a PAX header without measure is refused before it is kept', () => {
    const header = Buffer.from(tarHeader({ path: 'a', type: 'file', size: 2 ** 30 }));
    header.write('x', 156, 'latin1');
    repairChecksum(header, 0);
    expect(read(header).summary.damage).toMatchObject({ kind: 'limit', offset: 0 });
  });

  test.each([
    ['no length', Buffer.from('path=a\n')],
    ['a length beyond the end', Buffer.from('99 path=a\n')],
    ['a NUL in a path', paxRecord('path', 'a\0b')],
    ['a number that is none', paxRecord('uid', '12x')],
    ['an endless number', paxRecord('size', '9'.repeat(30))],
    ['a negative size', paxRecord('size', '-1')],
  ])('PAX: %s', (_, body) => {
    const { summary, seen } = read(Buffer.concat([meta('x', body), tarHeader({ path: 'b', type: 'file' }), tarEnd()]));
    expect(summary.damage?.kind).toMatch(/^(pax|size)$/);
    expect(seen).toEqual([]);
  });

  test('too many entries are a limit', () => {
    const one = tarHeader({ path: 'a', type: 'file' });
    const { summary } = read(Buffer.concat([one, one, one]), 512, { limits: { entries: 2 } });
    expect(summary).toMatchObject({ entries: 2, damage: { kind: 'limit', offset: 1024 } });
  });

  test('names without measure are a limit', () => {
    const one = tarHeader({ path: 'a'.repeat(90), type: 'file' });
    expect(read(Buffer.concat([one, one]), 512, { limits: { names: 100 } }).summary.damage?.kind).toBe('limit');
  });
});

describe('the end', () => {
  test('after the end marker nothing exists', () => {
    const hidden = tarHeader({ path: 'hidden', type: 'file' });
    const { seen, summary } = read(Buffer.concat([tarHeader({ path: 'a', type: 'file' }), tarEnd(), hidden]), 100);
    expect(seen.map((one) => one.path)).toEqual(['a']);
    expect(summary).toMatchObject({ ended: true, trailing: hidden.filter((byte) => byte !== 0).length });
  });

  test('one block of zeros between entries is damage, as in Go', () => {
    const one = tarHeader({ path: 'a', type: 'file' });
    expect(read(Buffer.concat([one, Buffer.alloc(512), one, tarEnd()])).summary.damage?.kind).toBe('checksum');
  });

  test('an empty stream and two zero blocks are empty archives', () => {
    expect(read(Buffer.alloc(0)).summary).toEqual({ entries: 0, bytes: 0, ended: true, trailing: 0 });
    expect(read(Buffer.alloc(1024)).summary).toEqual({ entries: 0, bytes: 1024, ended: true, trailing: 0 });
  });
});

describe('forms', () => {
  test('GNU long names and links win over the header', () => {
    const path = 'p/'.repeat(200);
    const { seen } = read(
      Buffer.concat([
        meta('L', Buffer.from(`${path}\0`)),
        meta('K', Buffer.from('elsewhere\0')),
        tarHeader({ path: 'short', type: 'symlink', link: 'x' }),
        tarEnd(),
      ]),
    );
    expect(seen[0]!.entry).toMatchObject({ path: path.slice(0, -1), link: 'elsewhere' });
  });

  test('links, directories and devices have no content, whatever their size says', () => {
    for (const type of ['1', '2', '3', '5', '6']) {
      const header = Buffer.from(tarHeader({ path: 'a', type: 'file', size: 700 }));
      header.write(type, 156, 'latin1');
      repairChecksum(header, 0);
      const { seen, summary } = read(Buffer.concat([header, tarHeader({ path: 'b', type: 'file' }), tarEnd()]));
      expect(seen.map((one) => [one.path, one.size])).toEqual([
        ['a', 0],
        ['b', 0],
      ]);
      expect(summary.ended).toBe(true);
    }
  });

  test('a v7 name that ends in a slash is a directory, a ustar one a file', () => {
    const header = Buffer.from(tarHeader({ path: 'a/', type: 'file' }));
    expect(read(header).seen[0]!.type).toBe('file');
    header.fill(0, 156, 157);
    header.fill(0, 257, 512);
    repairChecksum(header, 0);
    expect(read(header).seen[0]).toMatchObject({ path: 'a', type: 'directory' });
  });

  test('signed checksums are taken', () => {
    const header = Buffer.from(tarHeader({ path: 'a', type: 'file' }));
    header.set([0xe9], 1);
    let sum = 8 * 32;
    for (let i = 0; i < 512; i++) if (i < 148 || i > 155) sum += header.readInt8(i);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    const { seen } = read(header);
    expect(encodeName(seen[0]!.path).toString('hex')).toBe('61e9');
  });

  test('numbers in base 256', () => {
    const header = Buffer.from(tarHeader({ path: 'a', type: 'file' }));
    header.set([0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe], 108);
    header.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 136);
    repairChecksum(header, 0);
    expect(read(header).seen[0]!.entry).toMatchObject({ uid: 4294967294, mtime: -1 });
  });

  test('global headers are ignored as Docker does, or applied where asked', () => {
    const bytes = Buffer.concat([
      meta('g', paxRecord('uid', '77')),
      tarHeader({ path: 'a', type: 'file' }),
      meta('x', paxRecord('uid', '5')),
      tarHeader({ path: 'b', type: 'file' }),
      tarEnd(),
    ]);
    expect(read(bytes).seen.map((one) => one.entry.uid)).toEqual([0, 5]);
    expect(read(bytes, 512, { globalHeaders: 'apply' }).seen.map((one) => one.entry.uid)).toEqual([77, 5]);
  });

  test('leading dots and slashes go, and `..` stays', () => {
    const paths = ['./a', '/a', './', '.', '././/b/', '../x', 'a/../b', '.hidden', './..'];
    const { seen } = read(Buffer.concat(paths.map((path) => tarHeader({ path, type: 'file' }))));
    expect(seen.map((one) => one.path)).toEqual(['a', 'a', '', '', 'b', '../x', 'a/../b', '.hidden', '..']);
  });
});

/** Written by GNU tar 1.34 of one directory in each of its formats; see the file for the command. */
describe.each(Object.entries(gnuFixtures))('GNU tar: %s', (name, packed) => {
  const bytes = gunzipSync(Buffer.from(packed, 'base64'));

  test.each([1, 511, 512, 65536])('chunks of %d bytes', (chunk) => {
    const { seen, summary } = read(bytes, chunk);
    expect(summary).toMatchObject({ ended: true, trailing: 0 });
    const by = new Map(seen.map((one) => [one.path, one]));
    expect(by.get('plain')).toMatchObject({ type: 'file', content: 'hello\n' });
    const holes = by.get('holes')!;
    expect(holes.content).toBe(`${'\0'.repeat(200_000)}data${'\0'.repeat(99_996)}`);
    expect(holes.entry.sparse).toBe(name === 'ustar' ? undefined : name === 'gnu' ? 'gnu' : 'pax');
    expect(by.get('soft')!.entry.link).toBe('plain');
    if (name !== 'ustar') expect(by.has(`${'l'.repeat(120)}/${'m'.repeat(120)}`)).toBe(true);
  });

  test('cut in the middle of the holes it is truncated, and no sink is left open', () => {
    const { seen, summary } = read(bytes.subarray(0, bytes.length - 10240 - 1024 - 4096));
    expect(summary.ended || summary.damage?.kind === 'truncated').toBe(true);
    for (const one of seen.filter((entry) => entry.complete)) expect(one.content.length).toBe(one.size);
  });
});

describe('sparse maps that lie', () => {
  const map = (records: readonly (readonly [string, string])[], size: number) =>
    read(
      Buffer.concat([
        meta('x', Buffer.concat(records.map(([key, value]) => paxRecord(key, value)))),
        tarHeader({ path: 'a', type: 'file', size }),
        Buffer.alloc(Math.ceil(size / 512) * 512, 'x'),
        tarEnd(),
      ]),
    ).summary.damage?.kind;

  test.each([
    ['parts that overlap', '0,4,2,4', '100', 8],
    ['a part outside', '98,4', '100', 4],
    ['more than is stored', '0,9', '100', 8],
    ['less than is stored', '0,4', '100', 8],
    ['an odd number of values', '0,4,9', '100', 4],
    ['no numbers', '0,x', '100', 4],
    ['more holes than any disk has', '0,4', '99999999999999', 4],
  ])('%s', (_, text, size, stored) => {
    expect(
      map(
        [
          ['GNU.sparse.map', text],
          ['GNU.sparse.size', size],
        ],
        stored,
      ),
    ).toMatch(/^(sparse|limit)$/);
  });

  test('a map of format 1.0 that does not end', () => {
    const records = [
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', '5'],
    ] as const;
    expect(map(records, 1024)).toBe('sparse');
  });
});

test('content that nobody asked for can be jumped over', async () => {
  const bytes = await build(entries);
  const offsets: number[] = [];
  const reader = createTarReader({
    onEntry(entry, offset) {
      if (entry.size > 0) offsets.push(offset);
      return undefined;
    },
  });
  let at = 0;
  while (at < bytes.length) {
    const jump = Math.min(reader.skippable, bytes.length - at);
    if (jump > 0) reader.skip(jump);
    else reader.write(bytes.subarray(at, at + 512));
    at += jump > 0 ? jump : 512;
  }
  const summary: TarSummary = reader.end();
  expect(summary).toEqual(read(bytes).summary);
  expect(bytes.toString('latin1', offsets[0], offsets[0]! + 4)).toBe('xxxx');
  expect(bytes.toString('latin1', offsets[1], offsets[1]! + 4)).toBe('deep');
});

test('readTar passes the errors of its stream on', async () => {
  const broken = (async function* () {
    yield Buffer.alloc(10);
    throw new Error('cut');
  })();
  await expect(readTar(broken, { onEntry: () => undefined })).rejects.toThrow('cut');
});

function meta(type: string, body: Uint8Array): Buffer {
  const header = Buffer.from(tarHeader({ path: 'meta', type: 'file', size: body.length }));
  header.write(type, 156, 'latin1');
  repairChecksum(header, 0);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function repairChecksum(bytes: Buffer, at: number): void {
  if (at + 512 > bytes.length) return;
  let sum = 8 * 32;
  for (let i = at; i < at + 512; i++) if (i < at + 148 || i > at + 155) sum += bytes[i]!;
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}
