import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elfBytes, machOBytes, peBytes, type ZipPart, type ZipParts, zipBytes } from '../testing/index.ts';
import type { ZipFacts } from './types.ts';
import { ZipReader } from './zip.ts';

const CHUNKS = [1, 2, 3, 7, 511, 512, 513, 65_536];

function read(bytes: Uint8Array, chunk = 65_536, { inflatable = 1 << 28, libraries = 1 << 28 } = {}): ZipFacts {
  const reader = new ZipReader(bytes.length, { inflatable, libraries, names: 1 << 24 });
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.end(true);
  return reader.facts();
}

const amd64 = elfBytes({ soname: 'libx.so', padding: 700 });
const arm64 = elfBytes({ machine: 'arm64', soname: 'libx.so', padding: 700 });
const text = Buffer.from('Manifest-Version: 1.0\n');
const paths = ({ natives }: ZipFacts) => natives.map(({ path }) => path);

const JAR: readonly ZipPart[] = [
  { name: 'META-INF/', content: Buffer.alloc(0), stored: true },
  { name: 'META-INF/MANIFEST.MF', content: text },
  { name: 'org/x/Native.class', content: Buffer.from('cafebabe00000034', 'hex') },
  { name: 'linux/amd64/libx.so', content: amd64 },
  { name: 'linux/aarch64/libx.so', content: arm64, stored: true },
  { name: 'darwin/libx.dylib', content: machOBytes(['x86_64', 'arm64']) },
  { name: 'windows/x.dll', content: peBytes() },
  { name: 'META-INF/native/empty', content: Buffer.alloc(0), stored: true },
  { name: 'data.bin', content: randomBytes(1700) },
];
const NATIVES = ['linux/amd64/libx.so', 'linux/aarch64/libx.so', 'darwin/libx.dylib', 'windows/x.dll'];

describe('machine code in an archive', () => {
  it.each<readonly [string, Partial<ZipParts>]>([
    ['as most tools write it', {}],
    [
      'with sizes behind the contents, as jar does',
      { members: JAR.map((part) => ({ ...part, descriptor: !part.stored })) },
    ],
    ['behind a launcher', { prefix: `#!/bin/sh\nexec java -jar "$0"\n${'PK'.repeat(50)}` }],
    ['with a comment', { comment: 'made by hand' }],
    ['with the end records of zip64', { wide: true }],
  ])('%s', (_, parts) => {
    const bytes = zipBytes({ members: JAR, ...parts });
    const facts = read(bytes);
    expect(facts.unread).toBeUndefined();
    expect(facts.members).toBe(JAR.length);
    expect(paths(facts)).toEqual(NATIVES);
    expect(facts.natives.map(({ program }) => (program.kind === 'elf' ? program.machine : program.kind))).toEqual([
      62,
      183,
      'macho',
      'pe',
    ]);
    for (const chunk of CHUNKS) expect(read(bytes, chunk), `chunks of ${chunk}`).toEqual(facts);
  });

  it('reads archives in archives, stored and deflated, with and without sizes', () => {
    const inner = zipBytes({ members: JAR.map((part) => ({ ...part, descriptor: !part.stored })) });
    for (const form of [{ stored: true }, {}, { descriptor: true }]) {
      const war = zipBytes({
        members: [
          { name: 'WEB-INF/lib/x.jar', content: inner, ...form },
          { name: 'a/liby.so', content: amd64 },
        ],
      });
      const ear = zipBytes({ members: [{ name: 'web.war', content: war, ...form }] });
      const facts = read(ear);
      expect(facts.unread).toBeUndefined();
      expect(paths(facts)).toEqual([
        ...NATIVES.map((path) => `web.war!/WEB-INF/lib/x.jar!/${path}`),
        'web.war!/a/liby.so',
      ]);
      for (const chunk of CHUNKS) expect(read(ear, chunk), `chunks of ${chunk}`).toEqual(facts);
    }
  });

  it('tells what a library is linked with, stored and deflated, with and without sizes', () => {
    const linked = { needed: ['libc.so.6'], needs: { 'libc.so.6': ['GLIBC_2.34'] }, runpath: '$ORIGIN' };
    const content = elfBytes({ ...linked, soname: 'liby.so.1', type: 3, padding: 200_000 });
    for (const form of [{ stored: true }, {}, { descriptor: true }]) {
      const bytes = zipBytes({ members: [{ name: 'linux/liby.so.1', content, ...form }, ...JAR] });
      const facts = read(bytes);
      expect(facts.unread).toBeUndefined();
      const { program } = facts.natives[0]!;
      expect(program).toEqual({
        kind: 'elf',
        machine: 62,
        type: 3,
        bits: 64,
        endian: 'little',
        osAbi: 0,
        flags: 0,
        soname: 'liby.so.1',
        needed: ['libc.so.6'],
        needs: [{ file: 'libc.so.6', versions: ['GLIBC_2.34'] }],
        runpath: '$ORIGIN',
      });
      for (const chunk of CHUNKS) expect(read(bytes, chunk), `chunks of ${chunk}`).toEqual(facts);
    }
  });

  it('of a library that is damaged or asks for too much the header is told, and every other member', () => {
    const content = elfBytes({ needed: ['libc.so.6'], type: 3, padding: 200_000 });
    const partial = { machine: 62, partial: true };
    const cut = zipBytes({ members: [{ name: 'libz.so', content: content.subarray(0, 400) }, ...JAR] });
    expect(read(cut).natives[0]!.program).toMatchObject(partial);
    expect(paths(read(cut))).toEqual(['libz.so', ...NATIVES]);
    const whole = zipBytes({ members: [{ name: 'libz.so', content, descriptor: true }, ...JAR] });
    const reader = new ZipReader(whole.length, { inflatable: 1 << 28, libraries: 1 << 28, names: 0 });
    reader.write(whole);
    reader.end(true);
    expect(reader.facts().natives[0]!.program).toMatchObject(partial);
    // What may be inflated ends in the library: the members behind it are still there.
    for (const chunk of CHUNKS) {
      const facts = read(whole, chunk, { libraries: 100_000 });
      expect(facts.unread, `chunks of ${chunk}`).toBeUndefined();
      expect(paths(facts)).toEqual(['libz.so', ...NATIVES]);
      expect(facts.natives[0]!.program).toMatchObject(partial);
    }
  });

  it('a member that is only named like an archive is none', () => {
    const facts = read(zipBytes({ members: [{ name: 'empty.jar', content: Buffer.from('none') }] }));
    expect(facts).toEqual({ kind: 'zip', members: 1, natives: [] });
  });

  it('what is not in the directory does not exist', () => {
    const whole = Buffer.from(
      zipBytes({
        members: [
          { name: 'liba.so', content: amd64, stored: true },
          { name: 'libb.so', content: arm64 },
        ],
      }),
    );
    // The same local headers and contents under a directory that names the second alone.
    const only = Buffer.from(zipBytes({ members: [{ name: 'libb.so', content: arm64 }] }));
    const second = whole.indexOf('PK\x03\x04', 4, 'latin1');
    const first = whole.subarray(0, second);
    const facts = read(Buffer.concat([first, only]));
    expect(paths(facts)).toEqual(['libb.so']);
    expect(facts.unread).toBeUndefined();
  });
});

describe('what is not understood is said', () => {
  const nested = (depth: number): Uint8Array =>
    depth === 0
      ? zipBytes({ members: JAR })
      : zipBytes({ members: [{ name: 'x.jar', content: nested(depth - 1), stored: true }] });
  it.each<readonly [string, Uint8Array, ZipFacts['unread']]>([
    ['encrypted', zipBytes({ members: [{ name: 'libx.so', content: amd64, encrypted: true }] }), 'encrypted'],
    ['another compression', zipBytes({ members: [{ name: 'libx.so', content: amd64, method: 14 }] }), 'compression'],
    [
      'deflated as said, but it is not',
      zipBytes({ members: [{ name: 'libx.so', content: amd64, stored: true, method: 8 }] }),
      'damaged',
    ],
    ['four archives deep', nested(4), 'too-deep'],
    ['an end record in the comment', zipBytes({ members: JAR, comment: `PK\x05\x06${'\0'.repeat(18)}` }), 'layout'],
    [
      'twice the same name',
      zipBytes({
        members: [
          { name: 'libx.so', content: amd64 },
          { name: 'libx.so', content: arm64 },
        ],
      }),
      'layout',
    ],
    ['more behind its end', Buffer.concat([zipBytes({ members: JAR }), Buffer.from('x')]), 'damaged'],
    [
      'a stored archive whose size comes later',
      zipBytes({ members: [{ name: 'x.jar', content: nested(0), stored: true, descriptor: true }] }),
      'damaged',
    ],
  ])('%s', (_, bytes, unread) => {
    for (const chunk of CHUNKS) expect(read(bytes, chunk).unread).toBe(unread);
  });

  it('three archives deep is read', () => {
    expect(read(nested(3)).unread).toBeUndefined();
    expect(read(nested(3)).natives).toHaveLength(NATIVES.length);
  });

  it('an archive of another offset, count or size than its end says', () => {
    const bytes = Buffer.from(zipBytes({ members: JAR }));
    for (const field of [8, 10, 12, 16]) {
      const hostile = Buffer.from(bytes);
      const at = bytes.length - 22 + field;
      hostile.writeUInt16LE(hostile.readUInt16LE(at) + 1, at);
      const facts = read(hostile);
      // The number of members on this disk (8) is looked at by nobody.
      if (field !== 8) expect(facts.unread, `field ${field}`).toBe('layout');
    }
  });

  it('a method in the directory that differs from the one at the content', () => {
    const bytes = Buffer.from(zipBytes({ members: [{ name: 'libx.so', content: amd64 }] }));
    bytes.writeUInt16LE(0, bytes.indexOf('PK\x01\x02', 0, 'latin1') + 10);
    expect(read(bytes).unread).toBe('layout');
  });
});

describe('hostile archives', () => {
  const bytes = zipBytes({
    members: [...JAR.slice(0, 5), { name: 'lib/y.jar', content: zipBytes({ members: JAR.slice(3, 5) }) }],
  });
  const whole = read(bytes);

  it('cut anywhere: damaged, never whole', () => {
    for (let length = 0; length < bytes.length; length += length < 200 || length > bytes.length - 200 ? 1 : 41) {
      expect(read(bytes.subarray(0, length)).unread, `cut at ${length}`).toBe('damaged');
    }
  });

  it('any byte of any header flipped: the same members, or it is said', () => {
    const marks = [
      ['PK\x03\x04', 30],
      ['PK\x01\x02', 46],
      ['PK\x05\x06', 22],
    ] as const;
    const starts = marks.flatMap(([mark, length]) => {
      const all: { start: number; length: number }[] = [];
      const text = Buffer.from(bytes).toString('latin1');
      for (let start = text.indexOf(mark); start >= 0; start = text.indexOf(mark, start + 1))
        all.push({ start, length });
      return all;
    });
    expect(starts.length).toBeGreaterThan(10);
    for (const { start, length } of starts) {
      for (let at = start; at < start + length; at++) {
        for (const mask of [0x01, 0x80, 0xff]) {
          const hostile = Uint8Array.from(bytes);
          hostile[at] = hostile[at]! ^ mask;
          const facts = read(hostile);
          // What is lost must be said; a name may change, a directory entry for text may turn into something else.
          if (facts.natives.length < whole.natives.length) expect(facts.unread, `byte ${at} ^ ${mask}`).toBeDefined();
        }
      }
    }
  });

  it('any bytes behind the mark, in any chunks: an answer, and the same one', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((any) => Buffer.from(any)),
      fc
        .constantFrom('PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x06\x06', 'PK\x06\x07', 'PK\x05\x05', 'PK')
        .map((mark) => Buffer.from(mark, 'latin1')),
      fc.constantFrom(...JAR.slice(1, 4)).map((part) => Buffer.from(zipBytes({ members: [part] }))),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 99 }), (pieces, chunk) => {
        const any = Buffer.concat(pieces);
        expect(read(any, chunk)).toEqual(read(any, Math.max(any.length, 1)));
      }),
    );
  });

  it('a bomb stops at the budget of its layer, and says so', () => {
    const bomb = zipBytes({
      members: [
        {
          name: 'x.jar',
          content: zipBytes({ members: [{ name: 'zeros', content: Buffer.alloc(3 << 20), stored: true }] }),
        },
      ],
    });
    expect(read(bomb, 65_536, { inflatable: 1 << 20 }).unread).toBe('too-large');
    expect(read(bomb).unread).toBeUndefined();
  });

  it('a large library takes nothing from the archives behind it', () => {
    const content = elfBytes({ type: 3, padding: 4 << 20 });
    const inner = zipBytes({ members: [{ name: 'liba.so', content: elfBytes({ type: 3 }) }] });
    const bytes = zipBytes({
      members: [
        { name: 'libbig.so', content },
        { name: 'in.jar', content: inner },
      ],
    });
    const facts = read(bytes, 65_536, { inflatable: 3 << 20 });
    expect(facts.unread).toBeUndefined();
    expect(paths(facts)).toEqual(['libbig.so', 'in.jar!/liba.so']);
  });

  it('names are counted by their length', () => {
    const content = elfBytes({ type: 3, needed: Array.from({ length: 50 }, () => `lib${'x'.repeat(1000)}.so`) });
    const bytes = zipBytes({ members: [{ name: 'liba.so', content }] });
    const facts = (names: number) => {
      const reader = new ZipReader(bytes.length, { inflatable: 0, libraries: 1 << 28, names });
      reader.write(bytes);
      reader.end(true);
      return reader.facts().natives[0]!.program;
    };
    expect(facts(60_000)).not.toHaveProperty('partial');
    expect(facts(40_000)).toHaveProperty('partial', true);
  });

  it('the budget is one for all archives', () => {
    const budget = { inflatable: 3 << 20, libraries: 1 << 28, names: 1 << 24 };
    const jar = zipBytes({
      members: [
        {
          name: 'x.jar',
          content: zipBytes({ members: [{ name: 'zeros', content: Buffer.alloc(2 << 20), stored: true }] }),
        },
      ],
    });
    const told = [0, 1, 2].map(() => {
      const reader = new ZipReader(jar.length, budget);
      reader.write(jar);
      reader.end(true);
      return reader.facts().unread;
    });
    expect(told).toEqual([undefined, 'too-large', 'too-large']);
  });
});

describe('the manifest of a jar', () => {
  const jar = (manifest: string, ...names: readonly string[]) =>
    zipBytes({
      members: [
        { name: 'META-INF/MANIFEST.MF', content: Buffer.from(manifest) },
        ...names.map((name) => ({ name, content: Buffer.from('x') })),
      ],
    });
  const main =
    'Manifest-Version: 1.0\r\nMain-Class: org.x.Ma\r\n in\r\nclass-path: lib/a.jar  b.jar\r\n\r\nName: a/\r\n';

  it('names the class that it starts, and whether that is a member', () => {
    const found = { main: 'org.x.Main', classPath: ['lib/a.jar', 'b.jar'] };
    for (const chunk of CHUNKS) {
      expect(read(jar(main, 'org/x/Other.class'), chunk).manifest).toEqual({ ...found, holdsMain: false });
      expect(read(jar(main, 'org/x/Main.class'), chunk).manifest).toEqual({ ...found, holdsMain: true });
    }
    expect(read(jar(main, 'META-INF/versions/17/org/x/Main.class')).manifest?.holdsMain).toBe(true);
    expect(read(jar('Manifest-Version: 1.0\n', 'a.txt')).manifest).toEqual({ holdsMain: false });
  });

  it('is that of the archive itself, and nothing is said where there is none or two', () => {
    const inner = { name: 'BOOT-INF/lib/a.jar', content: jar(main), stored: true };
    expect(read(zipBytes({ members: [inner] })).manifest).toBeUndefined();
    const own = { name: 'META-INF/MANIFEST.MF', content: Buffer.from(main) };
    expect(read(zipBytes({ members: [own, inner] })).manifest?.main).toBe('org.x.Main');
    expect(read(zipBytes({ members: [own, own] })).manifest).toBeUndefined();
    expect(read(zipBytes({ members: [{ ...own, content: Buffer.alloc(300_000, 32) }] })).manifest).toBeUndefined();
  });
});
