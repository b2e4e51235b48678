import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';

const EXAMPLES = join(REPOSITORY, 'examples');
const directory = mkdtempSync(join(tmpdir(), 'rightarch-clean-'));

/** The command line as a user has it, built. Throws where it ends with another status than 0. */
function rightarch(args: readonly string[], cwd = REPOSITORY): string {
  const bin = join(REPOSITORY, 'packages', 'rightarch', 'bin', 'rightarch.js');
  const env = { ...process.env, RIGHTARCH_CACHE: join(directory, 'cache') };
  return execFileSync(process.execPath, [bin, ...args], { cwd, encoding: 'utf8', env, maxBuffer: 1 << 28 });
}

/** What `verify` says of an image: nothing but that both platforms are proven, with programs in them. */
function expectClean(image: string): void {
  const proof = JSON.parse(rightarch(['verify', image, '--json'])) as {
    readonly diagnostics: readonly unknown[];
    readonly platforms: readonly {
      readonly platform: string;
      readonly verdict: string;
      readonly counts: Readonly<Record<string, number>>;
    }[];
  };
  expect(proof.diagnostics).toEqual([]);
  expect(proof.platforms).toMatchObject(
    ['linux/amd64', 'linux/arm64'].map((platform) => ({
      platform,
      verdict: 'proven',
      counts: { mismatch: 0, undecided: 0 },
    })),
  );
  for (const { counts } of proof.platforms) expect(counts['match']).toBeGreaterThan(500);
}

beforeAll(() => {
  needBases();
}, 600_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('verify raises no alarm', () => {
  it.each(['debian:bookworm-slim', 'node:22-slim', 'python:3.11-slim'])('on the base %s', (name) => {
    expectClean(`oci:${BASES}:docker.io/library/${name}`);
  });

  it.each(readdirSync(EXAMPLES))('on the example %s, as it is built', (name) => {
    const layout = join(directory, name);
    rightarch(['build', '--mirror', `docker.io=oci:${BASES}`, '-o', `oci:${layout}`], join(EXAMPLES, name));
    expectClean(`oci:${layout}`);
  });
});
