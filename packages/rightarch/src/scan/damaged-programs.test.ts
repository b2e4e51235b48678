import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arBytes, elfBytes, machOBytes, peBytes } from '../testing/index.ts';
import { ProgramReader } from './program.ts';
import type { ProgramFacts } from './types.ts';

function read(bytes: Uint8Array, chunk = 65_536, size = bytes.length): ProgramFacts {
  const reader = new ProgramReader(size);
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.end(bytes.length === size);
  return reader.facts();
}

/** The CPUs that a reader tells of, in its own words. */
function cpusOf(facts: ProgramFacts): readonly string[] {
  if (facts.kind === 'macho') return facts.architectures;
  if (facts.kind === 'pe') return facts.machine === undefined ? [] : [facts.machine];
  return facts.kind === 'archive' ? facts.machines.map(({ machine }) => String(machine)) : [];
}

const object = (machine: 'amd64' | 'arm64' | 's390x') => elfBytes({ machine, type: 1 });
const WHOLE: Readonly<
  Record<string, { readonly bytes: Uint8Array; readonly headers: number; readonly magic: string }>
> = {
  'Mach-O': { bytes: machOBytes(['arm64']), headers: 32, magic: 'cffaedfe' },
  'Mach-O of another byte order': { bytes: machOBytes(['i386']), headers: 28, magic: 'feedface' },
  'a fat Mach-O': { bytes: machOBytes(['x86_64', 'arm64e']), headers: 48, magic: 'cafebabe00000002' },
  'a fat Mach-O with wide offsets': {
    bytes: machOBytes(['x86_64', 'arm64'], 'fat64'),
    headers: 72,
    magic: 'cafebabf00000002',
  },
  'a Windows program': { bytes: peBytes({ machine: 0xaa64 }), headers: 0x200, magic: '4d5a' },
  'a .NET assembly': { bytes: peBytes({ machine: 0x14c, clr: 1 }), headers: 0x200, magic: '4d5a' },
  'an archive': {
    bytes: arBytes([
      ['/', Buffer.alloc(6)],
      ['a.o/', object('amd64')],
      ['a name longer than fits.o', object('arm64')],
      ['c.o/', object('s390x')],
    ]),
    headers: 8 + 60,
    magic: Buffer.from('!<arch>\n').toString('hex'),
  },
  'a thin archive': {
    bytes: arBytes([['a.o/', object('amd64')]], true),
    headers: 8 + 60,
    magic: Buffer.from('!<thin>\n').toString('hex'),
  },
};

describe.each(Object.entries(WHOLE))('%s', (_, { bytes, headers, magic }) => {
  const whole = read(bytes);
  const cpus = cpusOf(whole);

  it('cut anywhere names no CPU that it does not have, however its bytes come', () => {
    for (let length = 0; length < bytes.length; length++) {
      const facts = read(bytes.subarray(0, length));
      expect(cpus, `cut at ${length}`).toEqual(expect.arrayContaining([...cpusOf(facts)]));
      if (length > 8) expect(read(bytes.subarray(0, length), 7), `cut at ${length}, in sevens`).toEqual(facts);
    }
  });

  it('a content that ends early is none that is whole', () => {
    for (let length = 8; length < bytes.length; length += 13) {
      const facts = read(bytes.subarray(0, length), 64, bytes.length);
      expect(cpus).toEqual(expect.arrayContaining([...cpusOf(facts)]));
      // Of a thin or fat Mach-O the headers alone are read: they are whole before its content is.
      if (facts.kind !== 'macho' && facts.kind !== 'other')
        expect(facts, `ends at ${length}`).toHaveProperty('damaged');
    }
  });

  it('each byte of the headers flipped: never a throw, and the same in crumbs', () => {
    for (let at = 0; at < Math.min(headers, bytes.length); at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const hostile = Uint8Array.from(bytes);
        hostile[at] = hostile[at]! ^ mask;
        expect(read(hostile, 5), `byte ${at} ^ ${mask}`).toEqual(read(hostile));
      }
    }
  });

  it('any bytes behind the mark: never a throw, and the same in crumbs', () => {
    const mark = Buffer.from(magic, 'hex');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 97 }), (rest, chunk) => {
        const file = Uint8Array.from([...mark, ...rest]);
        expect(read(file, chunk)).toEqual(read(file));
      }),
    );
  });
});
