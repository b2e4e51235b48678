import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ElfParts, elfBytes, goInfoBytes } from '../testing/index.ts';
import { ElfReader } from './elf.ts';
import { readPropertyLevel } from './elf-level.ts';
import type { ElfFacts } from './types.ts';

function read(bytes: Uint8Array, chunk = 65_536, size = bytes.length): ElfFacts {
  const reader = new ElfReader(size);
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.end(bytes.length === size);
  return reader.facts();
}

const rich: ElfParts = {
  type: 3,
  interpreter: '/lib64/ld-linux-x86-64.so.2',
  needed: ['libstdc++.so.6', 'libc.so.6'],
  soname: 'libx.so.1',
  runpath: '$ORIGIN/../lib',
  rpath: '/opt/lib',
};

it('finds strings behind the dynamic section, as patchelf puts them, however the bytes arrive', () => {
  // Beyond the window that is kept of every file, and with more behind it than one chunk.
  const parts = { ...rich, needs: { 'libc.so.6': ['GLIBC_2.17'] }, padding: 300_000 };
  const facts = read(elfBytes(parts));
  expect(facts).toMatchObject({ needed: rich.needed, runpath: rich.runpath });
  for (const patched of [0, 60_000, 65_000, 65_400, 200_000, 3 << 20]) {
    const bytes = elfBytes({ ...parts, patched });
    for (const chunk of [4096, 65_536, 1 << 20, bytes.length]) expect(read(bytes, chunk)).toEqual(facts);
  }
});

it('the largest page by which its segments can be mapped', () => {
  for (const pages of [4096, 16_384, 32_768]) expect(read(elfBytes({ pages })).pages).toBe(pages);
  expect(read(elfBytes()).pages).toBeUndefined();
  expect(read(elfBytes({ pages: 65_536 })).pages).toBeUndefined();
});

it.each([17, 30])('finds strings among %s MB of names of symbols, as pandoc has them', (megabytes) => {
  const parts = { ...rich, needs: { 'libc.so.6': ['GLIBC_2.17'] } };
  const bytes = elfBytes({ ...parts, names: megabytes << 20, padding: 1000 });
  for (const chunk of [65_536, bytes.length]) expect(read(bytes, chunk)).toEqual(read(elfBytes(parts)));
});

it('the largest page in which no segment of an arm64 program takes from another what that one may', () => {
  const segments = (machine: 'amd64' | 'arm64', permissions: readonly [number, number]) => {
    const file = Buffer.from(elfBytes({ machine, soname: 'x', padding: 0x20000 }));
    for (const [i, [flags, offset, size]] of [
      [permissions[0], 0, 0x5000] as const,
      [permissions[1], 0x6000, 0x100] as const,
    ].entries()) {
      const at = 64 + i * 56;
      file.writeUInt32LE(1, at);
      file.writeUInt32LE(flags, at + 4);
      for (const [n, value] of [offset, 0x400000 + offset, 0x400000 + offset, size, size, 4096].entries())
        file.writeBigUInt64LE(BigInt(value), at + 8 + n * 8);
    }
    const { pages, sharesPages } = read(file);
    return [pages, sharesPages];
  };
  expect(segments('arm64', [5, 6])).toEqual([8192, true]);
  expect(segments('arm64', [4, 5])).toEqual([undefined, undefined]);
  expect(segments('amd64', [5, 6])).toEqual([undefined, undefined]);
});

it('flags that its loader goes by', () => {
  expect(read(elfBytes({ type: 3, flags1: 0x08000800 }))).toMatchObject({
    pie: true,
    noDefaults: true,
  });
  const plain = read(elfBytes({ type: 3, flags1: 1 }));
  expect([plain.pie, plain.noDefaults]).toEqual([undefined, undefined]);
});

describe('program headers behind everything else', () => {
  const parts = { ...rich, needs: { 'libc.so.6': ['GLIBC_2.17'] }, defines: ['libx.so.1', 'X_1'] };
  const whole = read(elfBytes(parts));

  it.each([
    ['of a small file', {}],
    ['beyond what is kept of every file', { padding: 200_000 }],
    ['beyond the longest head', { padding: 18 << 20 }],
    ['with all that a post-link tool moved right before them', { patched: 18 << 20 }],
  ])('%s', (_, more) => {
    const bytes = elfBytes({ ...parts, ...more, tableLast: true });
    for (const chunk of [4096, 65_536, bytes.length]) expect(read(bytes, chunk)).toEqual(whole);
  });

  it('what lies between the head and them is out of reach, and said so', () => {
    const bytes = elfBytes({ ...parts, patched: 18 << 20, padding: 8 << 20, tableLast: true });
    const { interpreter, needed, unread } = read(bytes);
    expect({ interpreter, needed, unread }).toEqual({ interpreter: rich.interpreter, needed: undefined, unread: true });
  });

  it('Go’s mark is found before they say where to look, and counts only where they say so', () => {
    const info = goInfoBytes('go1.26.8', ['build\tGOARCH=amd64', 'build\tGOAMD64=v3']);
    const bytes = Buffer.from(elfBytes({ padding: 18 << 20, tableLast: true }));
    bytes.set(info, 17 << 20);
    expect(read(bytes).go).toBeUndefined();
    // p_flags of the one PT_LOAD: writable.
    bytes[bytes.length - 56 + 4] = 6;
    expect(read(bytes)).toMatchObject({ level: 'v3', go: { version: 'go1.26.8', architecture: 'amd64' } });
  });
});

it('a patched file that is cut anywhere: damaged, and nothing is made up', () => {
  const parts = { ...rich, needs: { 'libc.so.6': ['GLIBC_2.17'] }, defines: ['libx.so.1', 'X_1'] };
  for (const more of [{ patched: 300 }, { patched: 300, tableLast: true }, { tableLast: true, padding: 100 }]) {
    const bytes = elfBytes({ ...parts, ...more });
    const whole: Partial<Record<string, unknown>> = { ...read(bytes) };
    for (let length = 4; length < bytes.length; length++) {
      for (const chunk of [97, bytes.length]) {
        const { damaged, partial, unread, versionsUnread, ...said } = read(bytes.subarray(0, length), chunk);
        expect(damaged, `cut at ${length}`).toBe(true);
        if (length < 64) continue;
        for (const [key, value] of Object.entries(said)) expect({ [key]: value }).toEqual({ [key]: whole[key] });
      }
    }
  }
});

describe('symbol versions', () => {
  const versions = {
    needs: { 'libc.so.6': ['GLIBC_2.17', 'GLIBC_2.38'], 'libm.so.6': ['GLIBC_2.29'] },
    weak: ['GLIBC_2.38'],
    defines: ['libx.so.1', 'X_1', 'X_2'],
  };
  it.each(['amd64', 'arm', 's390x'] as const)('of %s', (machine) => {
    expect(read(elfBytes({ ...rich, ...versions, machine }))).toMatchObject({
      needs: [
        { file: 'libc.so.6', versions: ['GLIBC_2.17'], weak: ['GLIBC_2.38'] },
        { file: 'libm.so.6', versions: ['GLIBC_2.29'] },
      ],
      defines: versions.defines,
    });
  });

  it('says nothing of damaged tables, and ends', () => {
    const bytes = Buffer.from(elfBytes({ ...rich, ...versions }));
    fc.assert(
      fc.property(fc.integer({ min: 64, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, value) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = flipped[at]! ^ value;
        const facts = read(flipped);
        if (facts.versionsUnread || facts.unread || facts.damaged || facts.partial) return;
        // A name, a flag or a chain may have changed. Each Elf64_Verdef (20 bytes) begins behind the one before, by a byte
        // at least: they may overlap.
        expect((facts.defines ?? []).length).toBeLessThanOrEqual(bytes.length - 19);
      }),
      { numRuns: 400 },
    );
  });

  it('bounds a table that leads back to itself', () => {
    const bytes = Buffer.from(elfBytes({ type: 3, defines: ['a', 'b'] }));
    // vd_next is unsigned: a step back is a step far out of the table.
    const at = bytes.indexOf(Buffer.from([1, 0, 0, 0, 2, 0]));
    bytes.writeUInt32LE(2 ** 32 - 28, at + 16);
    expect(read(bytes)).toMatchObject({ versionsUnread: true });
  });
});

describe('what the headers say', () => {
  it.each(['amd64', 'arm64', 'arm', '386', 'riscv64', 'ppc64le', 's390x', 'loong64'] as const)('%s', (machine) => {
    const { type, interpreter, needed, soname, runpath, rpath } = rich;
    const facts = read(elfBytes({ ...rich, machine }));
    expect(facts).toMatchObject({ kind: 'elf', type, interpreter, needed, soname, runpath, rpath });
    expect(facts.damaged).toBeUndefined();
  });

  it('does not depend on how the bytes come', () => {
    const bytes = elfBytes({ ...rich, padding: 200_000 });
    const whole = read(bytes, bytes.length);
    for (const chunk of [1, 2, 3, 7, 511, 512, 513, 65_536]) expect(read(bytes, chunk)).toEqual(whole);
  });

  it('a static program has neither loader nor libraries', () => {
    const facts = read(elfBytes());
    expect(facts).toEqual({
      kind: 'elf',
      machine: 62,
      type: 2,
      bits: 64,
      endian: 'little',
      osAbi: 0,
      flags: 0,
    });
  });

  it('reads the program that runs this test as the kernel did', () => {
    const bytes = readFileSync(process.execPath);
    const facts = read(bytes);
    expect(read(bytes, 1 << 20)).toEqual(facts);
    expect(facts.damaged).toBeUndefined();
    // Node is an ELF file only on Linux.
    if (process.platform !== 'linux') return;
    expect(facts.machine).toBe(process.arch === 'arm64' ? 183 : 62);
    expect(facts.interpreter).toMatch(/^\/lib/);
    expect(facts.needed).toContain(facts.interpreter?.includes('musl') ? facts.needed?.[0] : 'libc.so.6');
  });
});

describe('damage', () => {
  const bytes = elfBytes(rich);

  it('a file cut anywhere is damaged, and no loader or library is made up', () => {
    for (let length = 4; length < bytes.length; length++) {
      const facts = read(bytes.subarray(0, length));
      expect(facts.damaged, `cut at ${length}`).toBe(true);
      if (facts.interpreter !== undefined) expect(facts.interpreter).toBe(rich.interpreter);
    }
  });

  it('a content that ends early is damaged', () => {
    expect(read(bytes.subarray(0, 300), 64, bytes.length).damaged).toBe(true);
  });

  it('each byte of the headers flipped: never a throw, never endless', () => {
    for (let at = 4; at < 64 + 56 * 3; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const hostile = Uint8Array.from(bytes);
        hostile[at] = hostile[at]! ^ mask;
        expect(read(hostile).kind).toBe('elf');
      }
    }
  });

  it('any bytes behind the magic: never a throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 97 }),
        (rest, wide, little, chunk) => {
          const file = Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1, ...rest]);
          const facts = read(file, chunk);
          expect(facts.kind).toBe('elf');
          expect(facts).toEqual(read(file));
        },
      ),
    );
  });

  it('absurd counts cost nothing', () => {
    const hostile = Buffer.from(bytes);
    hostile.writeUInt16LE(0xffff, 56);
    expect(read(hostile).damaged).toBe(true);
    hostile.writeUInt16LE(0xffff, 54);
    expect(read(hostile).damaged).toBe(true);
  });
});

describe('CPU levels that files state', () => {
  const note = (bits: number) => {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt32LE(4, 0);
    bytes.writeUInt32LE(16, 4);
    bytes.writeUInt32LE(5, 8);
    bytes.write('GNU\0', 12, 'latin1');
    bytes.writeUInt32LE(0xc0008002, 16);
    bytes.writeUInt32LE(4, 20);
    bytes.writeUInt32LE(bits, 24);
    return bytes;
  };
  it.each([
    [1, undefined],
    [3, 'v2'],
    [7, 'v3'],
    [15, 'v4'],
  ])('x86 ISA needed %i is %s', (bits, level) => {
    expect(readPropertyLevel(note(bits))).toBe(level);
    for (let length = 0; length < 28; length++)
      expect(readPropertyLevel(note(bits).subarray(0, length))).toBeUndefined();
  });
});
