/**
 * `npm run corpus [parts of names] [--go-on] [--keep] [--made] [--no-cache]`: assembles the images of the list from real packages
 * for both CPUs and asks the proof about each. What was said of an image stays in .cache/corpus-results.json; at the end
 * docs/corpus.md is written from there, once every image of the list has a result, each with its day. Needs apt-get,
 * npm, Go and `uv`. With `--keep` the layouts stay in .cache/corpus and those that are there are
 * not made again: a run that was stopped goes on, and what a change of the proof does to all of them is known in
 * minutes. `--go-on` asks only about those that this very proof has not judged yet. `--made` judges only what is there. With `--no-cache` every layer is read, and what that took is told.
 * Status 1: of all results that this very proof left, in this run or before, one is not borne out by the facts about its
 * image, more than 2 % are undecided, or an image could not be made.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Asked, Judged } from './judge.ts';
import { openKept } from './kept.ts';
import { corpus } from './list.ts';
import { openMaker } from './make.ts';
import { isExpected, judgeResults, pageMark, renderPage, renderSlowest, shareUndecided } from './page.ts';
import type { CorpusImage } from './types.ts';
import { whichProof } from './which-proof.ts';

/** design.md, Quality bars. */
const MOST_UNDECIDED = 2;

const HERE = import.meta.dirname;
const CACHE = join(HERE, '..', '..', '.cache');
const PAGE = join(HERE, '..', '..', 'docs', 'corpus.md');

const { values, positionals } = parseArgs({
  options: {
    'go-on': { type: 'boolean' },
    keep: { type: 'boolean' },
    made: { type: 'boolean' },
    'no-cache': { type: 'boolean' },
  },
  allowPositionals: true,
});
const day = new Date().toISOString().slice(0, 10);
const kept = await openKept(join(CACHE, 'corpus-results.json'), whichProof());
const known = values['go-on'] === true ? kept.some(corpus) : new Map();
const chosen = corpus.filter(
  ({ name }) => !known.has(name) && (positionals.length === 0 || positionals.some((part) => name.includes(part))),
);
const maker = openMaker(CACHE);
const judge = fork(join(HERE, 'judge.ts'), { execArgv: [...process.execArgv, '--expose-gc'] });
const judged = new Map<string, Judged>();
/** Images that `--made` did not find: nothing is kept of them. */
let notThere = 0;
await mkdir(join(CACHE, 'corpus'), { recursive: true });
try {
  // The next image is made while this one is judged.
  let making: Promise<CorpusImage | undefined> | undefined;
  for (const [index] of chosen.entries()) {
    const made = await (making ?? make(chosen[0]!));
    const next = chosen[index + 1];
    making = next && make(next);
    if (made !== undefined) await tell(made, await ask(judge, askedOf(made)));
    if (made !== undefined && values.keep !== true && values.made !== true) await remove(made);
  }
} finally {
  judge.kill();
  await maker.close();
}
await writePage();
const held = kept.some(corpus);
const { rows, wrong, unmade } = judgeResults(held, corpus);
const undecided = shareUndecided(rows);
if (values['no-cache'] === true) console.log(renderSlowest(judged));
console.log(
  `${rows.length} platforms of ${held.size} images, ${judged.size} of them judged now, ${undecided.toFixed(1)} % undecided`,
);
for (const { name, platform, verdict } of wrong) console.log(`! ${verdict.padEnd(10)} ${name} ${platform}`);
console.log(`${wrong.length} platforms said otherwise than the facts, ${unmade + notThere} images not made`);
process.exitCode = wrong.length > 0 || undecided > MOST_UNDECIDED || unmade + notThere > 0 ? 1 : 0;

function layoutOf(image: CorpusImage): string {
  return image.from === 'bases' ? join(CACHE, 'bases') : join(CACHE, 'corpus', image.name);
}

function askedOf(image: CorpusImage): Asked {
  return {
    name: image.name,
    layout: layoutOf(image),
    ...(image.from === 'bases' && { reference: image.of }),
    ...(values['no-cache'] !== true && { cache: join(CACHE, 'corpus-scan') }),
  };
}

/** The image, once it is there; undefined where it cannot be made. */
async function make(image: CorpusImage): Promise<CorpusImage | undefined> {
  try {
    const isThere = existsSync(join(layoutOf(image), 'index.json'));
    if (values.made === true && !isThere) throw new Error('was not there to be judged');
    if ((values.keep !== true && values.made !== true) || !isThere) await maker.make(image, layoutOf(image));
    return image;
  } catch (error) {
    const said = `${(error as { stderr?: string }).stderr ?? ''}${(error as Error).message}`.trim();
    const why = said.split('\n').find((line) => /^E:|error|×/i.test(line)) ?? said;
    // What `--made` does not find says nothing about the image.
    if (values.made === true) notThere++;
    else await kept.enter(image.name, { day, rows: [], unmade: why });
    console.log(`NOT MADE   ${image.name}: ${why}`);
    return undefined;
  }
}

async function remove(image: CorpusImage): Promise<void> {
  if (image.from === 'bases') return;
  await rm(layoutOf(image), { recursive: true, force: true });
  await maker.sweep();
}

function ask(judge: ChildProcess, asked: Asked): Promise<Judged> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`the judge of ${asked.name} ended with ${code}`));
    judge.once('exit', onExit);
    judge.once('message', (answer: { readonly judged?: Judged; readonly error?: string }) => {
      judge.off('exit', onExit);
      if (answer.judged !== undefined) resolve(answer.judged);
      else reject(new Error(`${asked.name}: ${answer.error}`));
    });
    judge.send(asked);
  });
}

async function tell(image: CorpusImage, answer: Judged): Promise<void> {
  judged.set(image.name, answer);
  await kept.enter(image.name, { day, rows: answer.rows });
  for (const row of answer.rows) {
    const expected = isExpected(row, image);
    const cost = `${row.programs} programs, ${answer.seconds.toFixed(1)} s, ${answer.peakMegabytes} MB`;
    console.log(`${expected ? ' ' : '!'} ${row.verdict.padEnd(10)} ${row.name} ${row.platform} (${cost})`);
    for (const { code, message } of row.findings) console.log(`             ${code}: ${message}`);
    if (row.needs !== undefined) console.log(`             would be decided by: ${row.needs}`);
  }
}

async function writePage(): Promise<void> {
  const results = kept.all(corpus);
  if (results === undefined) return console.log('docs/corpus.md stays: of some images of the list there is no result');
  const before = existsSync(PAGE) ? (await readFile(PAGE, 'utf8')).split(pageMark)[0]! : '';
  await writeFile(PAGE, before + renderPage(results, corpus));
}
