import { describe, expect, it } from 'vitest';
import { elfBytes } from '../testing/index.ts';
import { ProgramReader } from './program.ts';
import type { ProgramFacts } from './types.ts';

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
    ['Mach-O', Buffer.from('cffaedfe0c000001', 'hex'), { kind: 'macho', machine: 'arm64' }],
    [
      'fat Mach-O',
      Buffer.from(`cafebabe00000002${'01000007'.padEnd(40, '0')}${'0100000c'.padEnd(40, '0')}`, 'hex'),
      { kind: 'macho', machine: 'x86_64 + arm64' },
    ],
    ['a Java class', Buffer.from('cafebabe00000034aaaa', 'hex'), { kind: 'other' }],
    ['wasm', '\0asm\u0001\0\0\0', { kind: 'wasm' }],
    ['an archive', '!<arch>\nx', { kind: 'archive' }],
    ['DOS', 'MZ', { kind: 'pe' }],
  ])('%s', (_, content, facts) => {
    expect(read(content)).toEqual(facts);
    if (content.length > 0) expect(read(content, 1)).toEqual(facts);
  });

  it('PE names its machine', () => {
    const bytes = Buffer.alloc(0x90);
    bytes.write('MZ');
    bytes.writeUInt32LE(0x80, 0x3c);
    bytes.write('PE\0\0', 0x80);
    bytes.writeUInt16LE(0xaa64, 0x84);
    expect(read(bytes)).toEqual({ kind: 'pe', machine: 'arm64' });
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
