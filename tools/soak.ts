/**
 * `npm run soak [linux/amd64|linux/arm64] [words of a case|of others]`: asks the proof about every case of the truth matrix, runs
 * each image on that CPU, and writes what was said and what happened to docs/truth.md. Needs root, x86-64 Linux,
 * qemu-system-x86 and what `.ci/run` installs; `npm run bases` comes first. The table says which tools were absent. Ended
 * by a signal it finishes what runs; what it did not come to, or what the words leave out, keeps the day on which it was run
 * last.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type TruthPlatform, type TruthRow, tryCase } from './oracle/truth.ts';
import { truthCases } from './oracle/truth-cases.ts';
import { truthTable } from './oracle/truth-table.ts';
import { openWorld } from './oracle/truth-world.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const satisfies readonly TruthPlatform[];
const FILE = join(import.meta.dirname, '..', 'docs', 'truth.md');

const asked = process.argv.slice(2);
const platforms = PLATFORMS.filter((platform) => !asked.some(isPlatform) || asked.includes(platform));
const words = asked
  .filter((word) => !isPlatform(word))
  .join(' ')
  .split('|');
const rows: TruthRow[] = [];
/** Cases that there are, and tools whose absence leaves cases out. */
let all = 0;
const absent = new Set<string>();
/** Every case that there is, as `name platform`, in order. */
const known = new Set<string>();
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopped = true));

/** Those whose cases are known: of another, every line of the table stays. */
const opened: TruthPlatform[] = [];
for (const platform of platforms) {
  if (stopped) break;
  opened.push(platform);
  const world = await openWorld(platform);
  try {
    const every = await truthCases(world);
    for (const one of every) known.add(`${one.name} ${platform}`);
    const cases = every.filter(({ name }) => words.some((one) => name.includes(one)));
    all += cases.length;
    for (const tool of world.absent) absent.add(tool);
    const found: (TruthRow | undefined)[] = cases.map(() => undefined);
    const queue = [...cases.entries()];
    // A machine that is emulated has one CPU; one more than there are keeps all busy while another is unpacked.
    const work = async () => {
      for (let next = queue.shift(); next !== undefined && !stopped; next = queue.shift()) {
        const [at, one] = next;
        const row = await tryCase(one, platform);
        found[at] = row;
        const mark = row.disagreement === '' ? 'agrees  ' : 'DISAGREES';
        console.log(`${mark} ${platform}  ${row.name}: ${row.verdict}; ${row.happened}  ${row.disagreement}`);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() + 1 }, work));
    rows.push(...found.filter((row) => row !== undefined));
  } finally {
    await world.close();
  }
}
const wrong = rows.filter(({ disagreement }) => disagreement !== '');
console.log(`${rows.length} of ${all} runs, ${wrong.length} disagreements`);
const day = new Date().toISOString().slice(0, 10);
writeFileSync(
  FILE,
  truthTable(readFileSync(FILE, 'utf8'), { rows, cases: [...known], platforms: opened, absent: [...absent], day }),
);
process.exitCode = wrong.length === 0 && rows.length === all && all > 0 ? 0 : 1;

function isPlatform(word: string): boolean {
  return word.startsWith('linux/');
}
