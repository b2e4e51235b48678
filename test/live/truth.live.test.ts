import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TruthCase, tryCase } from '../../tools/oracle/truth.ts';
import { caseKinds } from '../../tools/oracle/truth-cases.ts';
import { openWorld, type TruthWorld } from '../../tools/oracle/truth-world.ts';
import { sampled } from '../support/sampled.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** One case or two of each kind, those that start quickly; `npm run soak` runs all of them. */
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
  'gosu, a program for another CPU',
  'tini, a program for another CPU',
  's6-setuidgid, not on PATH',
  'a command behind cd that is for another CPU',
  'directories named for their CPU, of both',
  'directories named for their CPU, the right one for the other CPU as well',
  'a whole userland for the other CPU',
  'a hard link to a wrong program of a lower layer',
  'a native module for another Node, by a constructor alone',
  'an extension of Python for the other CPU, by its name',
  'greenlet left out by a marker of another machine',
  'an extension of Ruby for the other CPU',
  'an extension of PHP without its library',
  'a Go program for the other CPU',
  'a Go program with cgo on nothing',
  'a program for musl on musl',
  'a library for the other CPU on musl',
  'ECS, an entrypoint drops the image’s command',
  'Kubernetes, a variable in its args',
] as const;

/** Those that the sample is of: each of the others fetches packages, kernels or runtimes of its own, and is for the soak. */
const { startCases, launcherCases, purposeCases, libraryCases, moduleCases } = caseKinds;
const { nodeCases, pythonCases, languageCases, definitionCases } = caseKinds;
const kinds = [startCases, launcherCases, purposeCases, libraryCases, moduleCases].concat(
  nodeCases,
  pythonCases,
  languageCases,
  definitionCases,
);

beforeAll(() => {
  execFileSync('npm', ['run', 'bases'], { cwd: REPOSITORY, stdio: 'inherit' });
}, 600_000);

describe.each(['linux/amd64', 'linux/arm64'] as const)('what is said of an image for %s happens', (platform) => {
  let world: TruthWorld;
  let cases: ReadonlyMap<string, TruthCase>;
  beforeAll(async () => {
    world = await openWorld(platform);
    const made: TruthCase[] = [];
    for (const make of kinds) made.push(...(await make(world)));
    cases = new Map(made.map((one) => [one.name, one]));
  }, 600_000);
  afterAll(() => world.close());

  // An emulated machine is slow.
  it.concurrent.each(sampled(SAMPLE, platform === 'linux/arm64' ? 2 : 1))('%s', async (name) => {
    const row = await tryCase(cases.get(name)!, platform);
    expect(row, `${row.verdict} ${row.predicted}; ${row.happened}`).toMatchObject({ disagreement: '' });
  });
});
