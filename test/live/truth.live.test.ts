import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TruthCase, tryCase } from '../../tools/oracle/truth.ts';
import { truthCases } from '../../tools/oracle/truth-cases.ts';
import { openWorld, type TruthWorld } from '../../tools/oracle/truth-world.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** One case of each kind that needs nothing but Debian; `npm run soak` runs all of them. */
const SAMPLE = [
  'static program',
  'static program for another CPU',
  'not on PATH',
  'without the exec bit',
  'a relative program below a directory that a user may not enter',
  'a working directory that is a file',
  'links in a circle',
  'a text without #!',
  '#! with CRLF',
  '#! with an argument and CRLF, dash',
  'a script through env -S for what is not there',
  'shell form, another CPU, dash',
  'shell form, an applet without a link, busybox',
  'exec "$@"',
  'a whiteout over the program',
  'a loader that is not there',
  'a loader for another CPU',
  'bash and its libraries',
  'bash without libtinfo',
  'a library for another CPU before the right one',
  'garbage before the right library',
  'a library that only ld.so.conf names',
  'a command for another CPU beside the start',
  'a library that needs a newer glibc',
  'a preload for another CPU',
] as const;

beforeAll(() => {
  execFileSync('npm', ['run', 'bases'], { cwd: REPOSITORY, stdio: 'inherit' });
}, 600_000);

describe.each(['linux/amd64', 'linux/arm64'] as const)('what is said of an image for %s happens', (platform) => {
  let world: TruthWorld;
  let cases: ReadonlyMap<string, TruthCase>;
  beforeAll(async () => {
    world = await openWorld(platform);
    cases = new Map((await truthCases(world)).map((one) => [one.name, one]));
  }, 300_000);
  afterAll(() => world.close());

  it.each(SAMPLE)('%s', async (name) => {
    const row = await tryCase(cases.get(name)!, platform);
    expect(row, `${row.verdict} ${row.predicted}; ${row.happened}`).toMatchObject({ disagreement: '' });
  });
});
