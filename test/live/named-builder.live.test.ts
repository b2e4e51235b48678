import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { type BuildKitDaemon, buildKitDaemon, buildkitdPrograms } from '../support/buildkit-daemon.ts';
import { buildxAlone } from '../support/buildx-alone.ts';
import { typeLine } from '../support/command-line.ts';
import { listImage } from '../support/image-listing.ts';

// `builders:` with the name of a builder of `docker buildx`, of the driver `remote`: docker's own command and a BuildKit
// somewhere else, and no Docker Engine at all.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-named-'));
let daemon: BuildKitDaemon;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  needBases();
  env = await buildxAlone(directory);
  const bin = await buildkitdPrograms(join(REPOSITORY, '.cache', 'buildkitd'));
  daemon = buildKitDaemon(bin, join(directory, 'buildkitd'));
  await daemon.start();
  execFileSync('docker', ['buildx', 'create', '--name', 'far', '--driver', 'remote', daemon.address], { env });
});
afterAll(async () => {
  await daemon?.close();
  rmSync(directory, { recursive: true, force: true });
});

test('a builder of docker buildx is asked, and builds its platform', { timeout: 120_000 }, async () => {
  const work = join(directory, 'work');
  mkdirSync(work);
  const app = 'images:\n  app:\n    platforms: [linux/amd64]\n';
  writeFileSync(join(work, 'rightarch.yaml'), `${app}builders:\n  linux/amd64: far\n`);
  writeFileSync(join(work, 'Dockerfile'), 'FROM debian:bookworm-slim\nRUN uname -m | rev | rev > /cpu\n');
  const type = (words: readonly string[]) =>
    typeLine(work, [...words, '--mirror', `docker.io=oci:${BASES}`], {
      env: { RIGHTARCH_CACHE: join(directory, 'cache') },
      runProgram: programRunner(env),
    });
  const planned = await type(['plan', '--json']);
  expect(JSON.parse(planned.out), planned.all).toMatchObject({
    platforms: [{ platform: 'linux/amd64', how: 'native', engine: 'buildx' }],
  });
  const built = await type(['build']);
  expect(built.status, built.all).toBe(0);
  expect((await listImage({ layout: join(work, '.rightarch', 'app') })).files.get('/cpu')).toContain('x86_64');
  await daemon.kill();
  const gone = await type(['build']);
  expect(gone.status, gone.all).toBe(3);
  expect(gone.err).toContain('error[engine/builder-down]: The builder `far` for linux/amd64 does not answer');
});
