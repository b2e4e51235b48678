import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { openLayout, openTree } from '../../packages/rightarch/src/oci/index.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { typeLine } from '../support/command-line.ts';
import { differences, listImage } from '../support/image-listing.ts';
import { DEBIANS, startBuildKit, startDocker } from '../support/reference-builders.ts';
import { isFull } from '../support/sampled.ts';

// A Docker whose older image store gives nothing away while it builds: Debian 12's own 20.10, which has no buildx, and
// 26.1 with that store, of which `workflow/no-builder` speaks. Neither has a bridge, so every build here is told to use the
// host's network.

beforeAll(() => {
  needBases();
}, 300_000);

describe.each(['20.10', '26.1'])('Docker %s', (version) => {
  const directory = mkdtempSync(join(tmpdir(), 'rightarch-classic-'));
  let docker: { readonly env: NodeJS.ProcessEnv; close(): Promise<void> };
  let run: RunProgram;
  let work: string;
  let count = 0;

  beforeAll(async () => {
    const place = join(directory, 'docker');
    docker =
      version === '20.10'
        ? await startDocker(place, DEBIANS, false)
        : await startBuildKit(place, join(REPOSITORY, '.cache', 'buildkit'), { classic: true });
    run = programRunner(docker.env);
    expect((await run('docker', ['version', '--format', '{{.Server.Version}}'])).out.startsWith(version)).toBe(true);
  }, 300_000);
  afterAll(async () => {
    await docker?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    work = join(directory, `work-${count++}`);
    mkdirSync(work);
  });

  const file = (text: string): void => writeFileSync(join(work, 'Dockerfile'), text);
  const type = (words: readonly string[], program = run) =>
    typeLine(work, [...words, '--mirror', `docker.io=oci:${BASES}`], {
      env: { RIGHTARCH_CACHE: join(directory, 'cache') },
      runProgram: program,
    });
  const images = async () =>
    (await run('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'])).out.split('\n').filter(Boolean);

  const TWO = [
    'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS make',
    'ARG TARGETARCH',
    'RUN echo "for $TARGETARCH" | rev | rev > /made',
    'FROM debian:bookworm-slim',
    'COPY --from=make /made /made',
    'COPY --from=debian:bookworm-slim /etc/debian_version /version',
    'CMD ["/bin/cat", "/made"]',
    '',
  ].join('\n');

  if (isFull || version === '20.10')
    test('builds each platform on the bases that were resolved, and keeps nothing', { timeout: 120_000 }, async () => {
      file(TWO);
      const platforms = ['--platform', 'linux/amd64,linux/arm64'];
      const built = await type(['build', '-t', 'app', '--network', 'host', ...platforms, '.']);
      expect(built.status, built.all).toBe(0);
      expect(await images()).toEqual([]);
      const proof = await type(['verify', '--json']);
      expect(JSON.parse(proof.out)).toMatchObject({
        verdict: 'proven',
        platforms: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
      });
      const [bases, ours] = [openLayout(BASES), openLayout(join(work, '.rightarch', 'app'))];
      const base = await openTree(bases, await bases.resolve('docker.io/library/debian:bookworm-slim'));
      const tree = await openTree(ours, await ours.resolve(undefined));
      for (const cpu of ['amd64', 'arm64']) {
        const { files } = await listImage({ layout: join(work, '.rightarch', 'app') }, cpu);
        expect(files.get('/made')).toContain(`for ${cpu}`);
        const first = (from: typeof tree) =>
          from.images.find(({ declared }) => declared?.architecture === cpu)!.layers[0]!.descriptor.digest;
        expect(first(tree)).toBe(first(base));
      }
    });

  test('builds what docker builds there by itself', { timeout: 120_000 }, async () => {
    file('FROM debian:bookworm-slim\nCOPY Dockerfile /d\nRUN id -u | rev > /u\nENV A=b\nUSER 7\n');
    const built = await type(['build', '-t', 'app', '--network', 'host', '--label', 'x=y', '.']);
    expect(built.status, built.all).toBe(0);
    const base = await typeLine(
      work,
      ['build', '--load', '-t', 'debian:bookworm-slim', '-f', '-', '.', '--mirror', `docker.io=oci:${BASES}`],
      { runProgram: run, input: async () => 'FROM debian:bookworm-slim\n' },
    );
    expect(base.status, base.all).toBe(0);
    const alone = await run('docker', ['build', '--network', 'host', '-t', 'alone', '--label', 'x=y', work], {
      env: { DOCKER_BUILDKIT: '1' },
    });
    expect(alone.status, alone.err).toBe(0);
    const archive = join(work, 'alone.tar');
    await run('docker', ['save', '-o', archive, 'alone']);
    await run('docker', ['image', 'rm', 'alone', 'debian:bookworm-slim']);
    const found = differences(
      await listImage({ layout: join(work, '.rightarch', 'app') }),
      await listImage({ archive }),
    );
    expect(found).toEqual([]);
  });

  test('a step that fails is told, and leaves nothing there', { timeout: 60_000 }, async () => {
    file('FROM debian:bookworm-slim\nRUN echo so far | rev && exit 7\n');
    const built = await type(['build', '-t', 'app', '--network', 'host', '.', '--json']);
    expect(built.status, built.all).toBe(2);
    expect(JSON.parse(built.out).diagnostics).toMatchObject([{ code: 'engine/build-failed', because: ['raf os'] }]);
    file('FROM debian:bookworm-slim\nRUN echo so far | rev\n');
    const other = await type(['build', '-t', 'app', '--network', 'host', '--platform', 'linux/arm64', '.']);
    expect(other.err).toContain('error[engine/no-emulation]');
    expect(await images()).toEqual([]);
  });

  if (version === '26.1')
    test('is asked in vain for what `workflow/no-builder` tells', { timeout: 60_000 }, async () => {
      file('FROM scratch\nCOPY Dockerfile /d\n');
      const build = (...words: readonly string[]) =>
        run('docker', ['buildx', 'build', '-t', 'alone', ...words, work]).then(({ status, err }) => ({ status, err }));
      const refused = (what: string) => ({
        status: 1,
        err: expect.stringContaining(`${what} is not supported for the docker driver`),
      });
      expect(await build('--platform', 'linux/amd64,linux/arm64')).toEqual(refused('Multi-platform build'));
      for (const asked of ['--sbom=true', '--provenance=mode=max', '--provenance=true', '--attest=type=sbom'])
        expect(await build(asked), asked).toEqual(refused('Attestation'));
      for (const asked of ['--platform=linux/arm64', '--provenance=false', '--attest=type=sbom,disabled=true'])
        expect(await build(asked), asked).toMatchObject({ status: 0 });
      await run('docker', ['image', 'rm', 'alone']);
    });
});
