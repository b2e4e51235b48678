import { describe, expect, it } from 'vitest';
import { arBytes, elfBytes, elfMachines, machOBytes, peBytes, zipBytes } from '../testing/index.ts';
import { ProgramReader } from './program.ts';
import type { ElfFacts, ProgramFacts } from './types.ts';

function read(content: string | Uint8Array, chunk = 65_536): ProgramFacts {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const reader = new ProgramReader(bytes.length);
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.end(true);
  return reader.facts();
}

describe('#! lines, as binfmt_script.c splits them', () => {
  it.each<readonly [string, string, object]>([
    ['plain', '#!/bin/sh\n', { interpreter: '/bin/sh' }],
    ['blanks before and behind', '#! \t/bin/sh \t\nx', { interpreter: '/bin/sh' }],
    ['one argument', '#!/usr/bin/env  node\n', { interpreter: '/usr/bin/env', argument: 'node' }],
    [
      'all of the rest is one argument',
      '#!/usr/bin/env -S node --x \n',
      { interpreter: '/usr/bin/env', argument: '-S node --x' },
    ],
    ['no newline', '#!/bin/sh', { interpreter: '/bin/sh' }],
    ['no newline, one argument', '#!/bin/sh -e', { interpreter: '/bin/sh', argument: '-e' }],
    ['carriage return in the name', '#!/bin/sh\r\n', { interpreter: '/bin/sh\r', crlf: true }],
    ['carriage return in the argument', '#!/bin/sh -e\r\n', { interpreter: '/bin/sh', argument: '-e\r', crlf: true }],
    ['no name', '#!\n/bin/sh\n', { interpreter: '' }],
    ['only blanks', `#!${' '.repeat(300)}`, { interpreter: '' }],
    ['a name that is cut at 256 bytes', `#!/${'a'.repeat(300)}\n`, { interpreter: '' }],
    [
      'a long argument is cut, the name is whole',
      `#!/bin/sh ${'a'.repeat(300)}\n`,
      { interpreter: '/bin/sh', argument: 'a'.repeat(245) },
    ],
    ['bytes of UTF-8', '#!/opt/é\n', { interpreter: '/opt/é' }],
  ])('%s', (_, content, facts) => {
    expect(read(content)).toEqual({ kind: 'script', ...facts });
  });
});

describe('other programs', () => {
  it.each<readonly [string, string | Uint8Array, object]>([
    ['empty', '', { kind: 'empty' }],
    ['text', 'echo hi\n', { kind: 'other', text: true }],
    ['a byte order mark', '\ufeff#!/bin/sh\n', { kind: 'other', text: true, bom: true }],
    ['data', 'a\0b', { kind: 'other' }],
    ['Mach-O', machOBytes(['arm64']), { kind: 'macho', architectures: ['arm64'] }],
    ['Mach-O of 32 bits', machOBytes(['i386']), { kind: 'macho', architectures: ['i386'] }],
    [
      'Mach-O that ends in its header',
      Buffer.from('cffaedfe0c000001', 'hex'),
      { kind: 'macho', architectures: [], damaged: true },
    ],
    ['fat Mach-O', machOBytes(['x86_64', 'arm64e']), { kind: 'macho', architectures: ['x86_64', 'arm64e'] }],
    [
      'fat Mach-O with wide offsets',
      machOBytes(['x86_64h', 'arm64'], 'fat64'),
      { kind: 'macho', architectures: ['x86_64h', 'arm64'] },
    ],
    [
      'fat Mach-O without its slices',
      machOBytes(['x86_64', 'arm64']).subarray(0, 60),
      { kind: 'macho', architectures: ['x86_64', 'arm64'], damaged: true },
    ],
    ['a Java class', Buffer.from('cafebabe00000034aaaa', 'hex'), { kind: 'other' }],
    ['a Java class of a preview version', Buffer.from('cafebabeffff0041aaaa', 'hex'), { kind: 'other' }],
    ['a wasm module', '\0asm\u0001\0\0\0', { kind: 'wasm', form: 'module' }],
    ['a wasm component', '\0asm\u000d\0\u0001\0', { kind: 'wasm', form: 'component' }],
    ['wasm that ends', '\0asm', { kind: 'wasm', form: 'unknown' }],
    ['DOS', 'MZ', { kind: 'pe' }],
    ['a Windows program', peBytes({ machine: 0xaa64 }), { kind: 'pe', machine: 'arm64' }],
    [
      'a Windows program of a CPU we do not know',
      peBytes({ machine: 0x1234 }),
      { kind: 'pe', machine: 'unknown-4660' },
    ],
    ['.NET for any CPU', peBytes({ machine: 0x14c, clr: 1 }), { kind: 'pe', machine: 'i386', managed: 'any' }],
    [
      '.NET that asks for 32 bits',
      peBytes({ machine: 0x14c, clr: 3 }),
      { kind: 'pe', machine: 'i386', managed: 'bound' },
    ],
    ['.NET for one CPU', peBytes({ clr: 1 }), { kind: 'pe', machine: 'x86_64', managed: 'bound' }],
    [
      '.NET compiled ahead for Linux',
      peBytes({ machine: 0xaa64 ^ 0x7b79, clr: 1, precompiled: true }),
      { kind: 'pe', machine: 'arm64', managed: 'bound', system: 'linux' },
    ],
    [
      '.NET whose header is far behind',
      peBytes({ machine: 0x14c, clr: 1, distance: 30_000 }),
      { kind: 'pe', machine: 'i386', managed: 'any' },
    ],
    ['a PE file that is cut off', peBytes().subarray(0, 0x90), { kind: 'pe', damaged: true }],
    ['an archive', arBytes([['a.txt/', Buffer.from('abc')]]), { kind: 'archive', machines: [], members: 1 }],
    ['an archive of nothing', '!<arch>\n', { kind: 'archive', machines: [], members: 0 }],
    [
      'a thin archive',
      arBytes([['a.o/', elfBytes()]], true),
      { kind: 'archive', machines: [], members: 1, thin: true },
    ],
    [
      'an archive that is cut off',
      arBytes([['a.o/', elfBytes()]]).subarray(0, 99),
      { kind: 'archive', machines: [], members: 0, damaged: true },
    ],
    ['an archive with a name and no more', '!<arch>\nx', { kind: 'archive', machines: [], members: 0, damaged: true }],
    ['a zip archive', zipBytes({ members: [] }), { kind: 'zip', members: 0, natives: [] }],
  ])('%s', (_, content, facts) => {
    expect(read(content)).toEqual(facts);
    if (content.length > 0) expect(read(content, 1)).toEqual(facts);
  });

  it('a static library names each machine of its members once', () => {
    const objects = ['amd64', 'amd64', 'arm64'] as const;
    const names = ['a.o/', 'a name longer than fits.o', '/4'];
    const bytes = arBytes([
      ['/', Buffer.alloc(6)],
      ...objects.map((machine, i) => [names[i]!, elfBytes({ machine, type: 1, padding: i })] as const),
    ]);
    for (const chunk of [1, 7, 65_536]) {
      const facts = read(bytes, chunk);
      expect(facts).toMatchObject({
        kind: 'archive',
        members: 3,
        machines: [
          { machine: 62, type: 1 },
          { machine: 183, type: 1 },
        ],
      });
      expect(facts).not.toHaveProperty('damaged');
    }
  });

  it.each(Object.keys(elfMachines) as (keyof typeof elfMachines)[])('the header alone tells %s', (machine) => {
    const { kind, ...whole } = read(elfBytes({ machine, type: 1 })) as ElfFacts;
    const facts = read(arBytes([['x.o/', elfBytes({ machine, type: 1 })]]));
    expect(facts).toMatchObject({ machines: [{ kind, ...whole, partial: true }] });
  });

  it('ELF in crumbs is still ELF', () => {
    for (const chunk of [1, 2, 3, 5])
      expect(read(elfBytes({ machine: 's390x' }), chunk)).toMatchObject({ kind: 'elf', machine: 22 });
  });
});

describe('a file that comes in uneven chunks', () => {
  it.each([1, 2, 3])('%i bytes first', (first) => {
    const bytes = elfBytes({ interpreter: '/lib/ld.so' });
    const reader = new ProgramReader(bytes.length);
    reader.write(bytes.subarray(0, first));
    reader.write(bytes.subarray(first));
    reader.end(true);
    expect(reader.facts()).toEqual(read(bytes));
  });
});
