/**
 * `npm run fuzz -- [SECONDS] [FILE…]`: gives damaged programs, layers and image documents to their readers and looks
 * for what must not be: an error that is none of ours, an answer that depends on how the bytes come, a proof of what is
 * wrong, a second for less than a MiB. Real programs may be given; without them those of the tests are damaged. A
 * failure is printed with its seed; `SEED=n npm run fuzz -- 0` repeats that one, and `SEED=n` alone starts there.
 */
import { readFileSync } from 'node:fs';
import { numbers, oneOf, type Random } from './damage.ts';
import { tryImage } from './images.ts';
import { tryLayer } from './layers.ts';
import { tryProgram } from './programs.ts';

const [seconds = '30', ...files] = process.argv.slice(2);
const given = files.map((file) => readFileSync(file));
const subjects = [(random: Random) => tryProgram(random, given), tryLayer, tryImage];
/** CPU time, so that a busy machine is no finding. */
const MS_PER_MIB = 1000;

async function attempt(seed: number): Promise<string | undefined> {
  const random = numbers(seed);
  const before = process.cpuUsage();
  try {
    const { bytes, problem } = await oneOf(subjects, random)(random);
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    return problem ?? (ms > MS_PER_MIB * Math.max(1, bytes / 2 ** 20) ? `took ${Math.round(ms)} ms` : undefined);
  } catch (error) {
    return error instanceof Error ? error.stack : String(error);
  }
}

const until = Date.now() + Number(seconds) * 1000;
let passed = 0;
let failed = 0;
for (let seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31); ; seed++) {
  const problem = await attempt(seed);
  if (problem === undefined) passed++;
  else {
    failed++;
    console.log(`seed ${seed}: ${problem}`);
  }
  if (Date.now() >= until || failed >= 20) break;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
