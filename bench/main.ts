/**
 * `npm run bench [-- PART…] [--rounds N] [--write]`: every figure in README and docs comes out of here. It starts and
 * installs what it needs, or says what is missing. Parts: verify, large, hostile, peers, build, start, push, check,
 * rewrite, engines; all of them unless told.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchBuild } from './build.ts';
import { benchCheck } from './check.ts';
import { benchHostile } from './hostile.ts';
import { benchLarge } from './large.ts';
import { keepsBar, type Row, watchMachine } from './measure.ts';
import { benchPeers } from './peers.ts';
import { benchPush } from './push.ts';
import { type BenchResult, renderPage, renderText } from './report.ts';
import { benchEngines, benchRewrite } from './rewrite.ts';
import { benchStart } from './start.ts';
import { benchVerify } from './verify.ts';
import { Missing, root } from './workspace.ts';

const parts = {
  verify: benchVerify,
  large: benchLarge,
  hostile: benchHostile,
  peers: benchPeers,
  build: benchBuild,
  start: benchStart,
  push: benchPush,
  check: benchCheck,
  rewrite: benchRewrite,
  engines: benchEngines,
} as const;
type Part = keyof typeof parts;

const isPart = (word: string): word is Part => Object.hasOwn(parts, word);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'boolean', default: false }, rounds: { type: 'string', default: '7' } },
  });
  const unknown = positionals.filter((word) => !isPart(word));
  const rounds = Number(values.rounds);
  if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
    process.stderr.write(`npm run bench [-- ${Object.keys(parts).join('|')}…] [--rounds N] [--write]\n`);
    return 2;
  }
  const asked = positionals.length > 0 ? positionals.filter(isPart) : (Object.keys(parts) as Part[]);
  const words = [...positionals, ...(values.rounds === '7' ? [] : ['--rounds', values.rounds])];
  const command = ['npm run bench', ...(words.length > 0 ? ['--', ...words] : [])].join(' ');
  let failed = false;
  for (const part of asked) {
    process.stderr.write(`measuring ${part} …\n`);
    const machine = watchMachine();
    const date = new Date().toISOString().slice(0, 10);
    let rows: readonly Row[] = [];
    let notMeasured: string | undefined;
    try {
      rows = await parts[part]({ rounds });
    } catch (error) {
      if (!(error instanceof Missing)) failed = true;
      notMeasured = (error as Error).message;
    }
    const result: BenchResult = {
      part,
      date,
      command,
      machine: machine(),
      rows,
      ...(notMeasured !== undefined ? { notMeasured } : {}),
    };
    process.stdout.write(`${renderText(result)}\n`);
    const missed = rows.filter((row) => keepsBar(row) === false).length;
    if (missed > 0) process.stdout.write(`${missed} of ${rows.length} figures miss their bar\n\n`);
    if (values.write && !(failed && notMeasured !== undefined)) write(result);
  }
  return failed ? 1 : 0;
}

/** Puts the figures of one part into the page. */
function write(result: BenchResult): void {
  const page = join(root, 'docs/benchmarks.md');
  writeFileSync(page, renderPage(readFileSync(page, 'utf8'), [result], Object.keys(parts)));
}

process.exitCode = await main();
