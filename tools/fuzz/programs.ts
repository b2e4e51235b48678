import { isDeepStrictEqual } from 'node:util';
import { ProgramReader } from '../../packages/rightarch/src/scan/index.ts';
import {
  arBytes,
  elfBytes,
  goInfoBytes,
  machOBytes,
  peBytes,
  zipBytes,
} from '../../packages/rightarch/src/testing/index.ts';
import { chunkSize, damaged, oneOf, type Random } from './damage.ts';

const elf = elfBytes({ type: 3, needed: ['libc.so.6'], soname: 'libx.so', runpath: '$ORIGIN' });
const jar = zipBytes({ members: [{ name: 'linux/amd64/libx.so', content: elf, descriptor: true }] });
const made = [
  elf,
  Buffer.concat([elf, goInfoBytes('go1.26', ['build\tGOARCH=amd64'])]),
  machOBytes(['x86_64', 'arm64']),
  peBytes({ machine: 0x14c, clr: 1 }),
  arBytes([['a.o/', elf]]),
  jar,
  zipBytes({ members: [{ name: 'lib/x.jar', content: jar, descriptor: true }], prefix: '#!/usr/bin/env java\n' }),
];

function read(bytes: Uint8Array, chunk: number): unknown {
  const reader = new ProgramReader(bytes.length);
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.end(true);
  return reader.facts();
}

/** Damaged programs and archives: facts that depend on how the bytes come are a fault. */
export function tryProgram(random: Random, given: readonly Uint8Array[]): { bytes: number; problem?: string } {
  const bytes = damaged(oneOf(given.length > 0 ? given : made, random), random);
  const whole = read(bytes, 1 << 20);
  const chunk = chunkSize(random);
  if (isDeepStrictEqual(read(bytes, chunk), whole)) return { bytes: bytes.length };
  return { bytes: bytes.length, problem: `a program differs in chunks of ${chunk}` };
}
