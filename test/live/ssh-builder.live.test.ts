import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { REPOSITORY } from '../support/assembled-bases.ts';
import { listImage } from '../support/image-listing.ts';
import { buildkitPrograms, type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';
import { type SshHost, startSshHost } from '../support/ssh-host.ts';
import { TWO, TwoBuilders } from '../support/two-builders.ts';

// `builders:` on a machine that is reached by ssh: a BuildKit there by `ssh://`, and the Docker there by the name of its
// context. The machine is this one, by a real sshd.

const here = new TwoBuilders('ssh');
let host: SshHost;
let docker: ReferenceBuilder;

beforeAll(async () => {
  await here.start();
  const cache = join(REPOSITORY, '.cache', 'buildkit');
  docker = await startBuildKit(join(here.directory, 'docker'), cache);
  const own = await buildkitPrograms(cache);
  const there = { PATH: `${here.bin}:${own}:/usr/bin:/bin`, DOCKER_HOST: docker.env['DOCKER_HOST']! };
  host = await startSshHost(join(here.directory, 'ssh'), there);
  const env = { ...docker.env, PATH: `${host.bin}:${here.bin}:${docker.env['PATH']}`, DOCKER_HOST: undefined };
  here.run = programRunner(env);
  execFileSync('docker', ['context', 'create', 'far', '--docker', `host=ssh://root@${host.name}`], { env });
}, 900_000);
afterAll(async () => {
  await host?.close();
  await docker?.close();
  await here.close();
});
beforeEach(() => here.begin());

test('BuildKit and Docker there each build a platform', { timeout: 180_000 }, async () => {
  const address = `ssh://root@${host.name}${here.first.address.replace('unix://', '')}`;
  here.configure({ [TWO[0]]: address, [TWO[1]]: 'far' });
  here.write(
    'Dockerfile',
    'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS make',
    'ARG TARGETARCH',
    // This Docker has no bridge.
    'RUN --network=none echo "for $TARGETARCH" | rev | rev > /made',
    'FROM scratch',
    'COPY --from=make /made /made',
  );
  const planned = await here.type(['plan', '--json']);
  expect(JSON.parse(planned.out), planned.all).toMatchObject({
    platforms: [
      { engine: 'buildkit', node: address },
      { engine: 'buildx', node: 'far' },
    ],
  });
  const built = await here.type(['build']);
  expect(built.err).toContain('`buildctl, docker buildx`');
  // A file is all that is in it, and no program.
  expect([0, 1], built.all).toContain(built.status);
  for (const cpu of ['amd64', 'arm64'])
    expect((await listImage({ layout: join(here.work, '.rightarch', 'app') }, cpu)).files.get('/made')).toContain(
      `for ${cpu}`,
    );
  expect(here.leftovers()).toEqual([]);
});

test('a host that nobody knows is named, with what ssh says', { timeout: 60_000 }, async () => {
  here.configure({ [TWO[0]]: 'ssh://root@nobody.invalid', [TWO[1]]: here.second.address });
  here.across(0);
  const built = await here.type(['build']);
  expect(built.status, built.all).toBe(3);
  expect(built.err).toContain('error[engine/builder-down]: The builder `ssh://root@nobody.invalid` for linux/amd64');
  expect(built.err).toContain('Could not resolve hostname');
});
