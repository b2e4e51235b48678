/**
 * `npx tsx tools/fuzz.ts [SECONDS] [FILE…]`: gives damaged programs and archives to the readers of `scan/` and looks
 * for what must not be: an exception, facts that depend on how the bytes come, a file that takes longer than a second
 * per MiB. Real files may be given; without them those of the tests are damaged. Prints the seed of each failure.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ProgramReader } from '../packages/rightarch/src/scan/index.ts';
import {
  arBytes,
  elfBytes,
  goInfoBytes,
  machOBytes,
  peBytes,
  zipBytes,
} from '../packages/rightarch/src/testing/index.ts';

const SECOND_PER_MIB = 1000;
const [seconds = '30', ...files] = process.argv.slice(2);

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
const corpus = files.length > 0 ? files.map((file) => readFileSync(file)) : made;

/** Small numbers by a linear congruence: a seed repeats a run on every machine. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function damaged(original: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = Buffer.from(original);
  for (let left = 1 + random(4); left > 0; left--) {
    // Most of what is interpreted stands at the two ends.
    const near = Math.min(bytes.length, 4096);
    const at = [random(near), bytes.length - 1 - random(near), random(bytes.length)][random(3)]!;
    const value = [0, 0xff, 0x7f, 0x80, random(256), bytes[at]! ^ (1 << random(8))][random(6)]!;
    bytes.fill(value, at, Math.min(at + [1, 1, 2, 4, 8][random(5)]!, bytes.length));
  }
  return random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

function read(bytes: Uint8Array, chunk: number): unknown {
  const reader = new ProgramReader(bytes.length);
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.end(true);
  return reader.facts();
}

const until = Date.now() + Number(seconds) * 1000;
let passed = 0;
let failed = 0;
for (let seed = 1; Date.now() < until; seed++) {
  const random = numbers(seed);
  const bytes = damaged(corpus[random(corpus.length)]!, random);
  const started = performance.now();
  let problem: string | undefined;
  try {
    const whole = read(bytes, 1 << 20);
    const ms = performance.now() - started;
    if (ms > SECOND_PER_MIB * Math.max(1, bytes.length / 2 ** 20)) problem = `took ${Math.round(ms)} ms`;
    const chunk = 1 + random(random(2) === 0 ? 97 : 65_536);
    if (!isDeepStrictEqual(read(bytes, chunk), whole)) problem = `differs in chunks of ${chunk}`;
  } catch (error) {
    problem = String(error);
  }
  if (problem === undefined) passed++;
  else {
    failed++;
    console.log(`seed ${seed}: ${problem}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
