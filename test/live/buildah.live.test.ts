import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { openLayout, openTree } from '../../packages/rightarch/src/oci/index.ts';
import { BASES, needBases } from '../support/assembled-bases.ts';
import { typeLine } from '../support/command-line.ts';
import { listImage } from '../support/image-listing.ts';
import { isFull } from '../support/sampled.ts';

// `--engine buildah` with Debian's own buildah, in a store of its own, on bases out of `npm run bases`. The kernel has no
// emulator.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-buildah-'));
const CACHE = join(directory, 'cache');
const env = {
  ...process.env,
  BUILDAH_ISOLATION: 'chroot',
  CONTAINERS_STORAGE_CONF: join(directory, 'storage.conf'),
  TMPDIR: directory,
};
const start = programRunner(env);
/** A machine on which there is no Docker and no BuildKit. */
const run: RunProgram = async (command, words, options) =>
  command === 'buildah' ? start(command, words, options) : { status: undefined, out: '', err: '' };
let work: string;
let count = 0;

beforeAll(() => {
  needBases();
  const places = ['graphroot', 'runroot'].map((name) => `${name} = "${join(directory, name)}"`);
  writeFileSync(env.CONTAINERS_STORAGE_CONF, `[storage]\ndriver = "overlay"\n${places.join('\n')}\n`);
}, 300_000);
afterAll(async () => {
  await start('buildah', ['rmi', '--all', '--force']);
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  work = join(directory, `work-${count++}`);
  mkdirSync(work);
});

const file = (text: string, name = 'Dockerfile'): void => writeFileSync(join(work, name), text);
const type = (words: readonly string[], more: { env?: Record<string, string>; signal?: AbortSignal } = {}) =>
  typeLine(work, [...words, '--mirror', `docker.io=oci:${BASES}`], {
    ...more,
    env: { RIGHTARCH_CACHE: CACHE, ...more.env },
    runProgram: run,
  });
const build = (...words: readonly string[]) =>
  type(['build', '--engine', 'buildah', '--network', 'host', '-t', 'app', ...words, '.']);
const listed = (cpu = 'amd64') => listImage({ layout: join(work, '.rightarch', 'app') }, cpu);
const images = async () => JSON.parse((await start('buildah', ['images', '--json'])).out || '[]') as unknown[] | null;
const leftovers = (): readonly string[] =>
  existsSync(join(CACHE, 'buildah')) ? readdirSync(join(CACHE, 'buildah')) : [];

test('builds each platform on the bases that were resolved, and keeps nothing', { timeout: 120_000 }, async () => {
  file(
    [
      'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS make',
      'ARG TARGETARCH',
      'RUN echo "for $TARGETARCH" | rev | rev > /made',
      'FROM debian:bookworm-slim',
      'COPY --from=make /made /made',
      'COPY --from=debian:bookworm-slim /etc/debian_version /version',
      'CMD ["/bin/cat", "/made"]',
      '',
    ].join('\n'),
  );
  const platforms = ['--platform', 'linux/amd64,linux/arm64'];
  const planned = await type(['plan', '--json', '--engine', 'buildah', ...platforms]);
  expect(JSON.parse(planned.out)).toMatchObject({
    engine: 'buildah',
    platforms: [{ how: 'native' }, { how: 'cross' }],
  });
  const built = await build(...platforms);
  expect(built.status, built.all).toBe(0);
  expect((await images()) ?? []).toEqual([]);
  expect(leftovers()).toEqual([]);
  const proof = await type(['verify', '--json']);
  expect(JSON.parse(proof.out), proof.all).toMatchObject({
    verdict: 'proven',
    platforms: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
  });
  const [bases, ours] = [openLayout(BASES), openLayout(join(work, '.rightarch', 'app'))];
  const base = await openTree(bases, await bases.resolve('docker.io/library/debian:bookworm-slim'));
  const tree = await openTree(ours, await ours.resolve(undefined));
  for (const cpu of ['amd64', 'arm64']) {
    expect((await listed(cpu)).files.get('/made')).toContain(`for ${cpu}`);
    const first = (from: typeof tree) =>
      from.images.find(({ declared }) => declared?.architecture === cpu)!.layers[0]!.descriptor.digest;
    expect(first(tree)).toBe(first(base));
  }
  await Promise.all([bases.close(), ours.close()]);
});

test('hands over what a request says, with the ignore rules of BuildKit', { timeout: 120_000 }, async () => {
  writeFileSync(join(work, 'token'), 's3cret');
  mkdirSync(join(work, 'other'));
  file('named\n', 'other/file');
  file('kept\n', 'kept');
  file('ignored\n', 'ignored');
  file('ignored\ntoken\n', '.dockerignore');
  // buildah would take this one, which BuildKit does not know.
  file('kept\n', '.containerignore');
  file(
    [
      'FROM debian:bookworm-slim AS first',
      'ARG GREETING',
      'COPY . /all',
      'COPY --from=other file /file',
      'RUN --mount=type=secret,id=token echo "$GREETING $(wc -c < /run/secrets/token)" > /said',
      'SHELL ["/bin/sh", "-ec"]',
      'HEALTHCHECK CMD true',
      'USER 1000',
      'FROM first AS last',
      'LABEL wrong=1',
      '',
    ].join('\n'),
  );
  const built = await build(
    ...['--build-arg', 'GREETING=hello', '--label', 'team=web', '--annotation', 'note=a', '--target', 'first'],
    ...['--secret', 'id=token,src=token', '--build-context', 'other=other'],
  );
  expect(built.status, built.all).toBe(0);
  expect(built.all).not.toContain('s3cret');
  const { files, config } = await listed();
  expect(files.get('/said')).toContain('hello 6');
  expect(files.get('/file')).toContain('named');
  expect([files.has('/all/kept'), files.has('/all/ignored'), files.has('/all/token')]).toEqual([true, false, false]);
  const said = Object.fromEntries([...config].map(([name, value]) => [name, JSON.parse(value)]));
  expect(said).toMatchObject({
    User: '1000',
    Labels: { team: 'web' },
    Shell: ['/bin/sh', '-ec'],
    Healthcheck: { Test: ['CMD-SHELL', 'true'] },
  });
  expect(JSON.stringify([...config])).not.toMatch(/buildah|wrong/);
});

if (isFull)
  test('with a time that is set the same is built again, to the byte', { timeout: 120_000 }, async () => {
    file('FROM debian:bookworm-slim\nRUN date > /dev/null; mkdir /made; echo 1 > /made/x\n');
    const digest = async () => {
      const built = await type(['build', '--engine', 'buildah', '--network', 'host', '-t', 'app', '--json', '.'], {
        env: { SOURCE_DATE_EPOCH: '1700000000' },
      });
      expect(built.status, built.all).toBe(0);
      return (JSON.parse(built.out) as { digest?: string }).digest ?? built.out;
    };
    const first = await digest();
    expect(first).toMatch(/^sha256:/);
    expect(await digest()).toBe(first);
  });

test('is what is left where neither Docker nor BuildKit is, and that is said', { timeout: 120_000 }, async () => {
  file('FROM debian:bookworm-slim\nRUN uname -m | tr a-z A-Z > /cpu\n');
  const built = await type(['build', '--network', 'host', '-t', 'app', '.']);
  expect(built.status, built.all).toBe(0);
  expect(built.err).toMatch(/note\[plan\/engine-chosen\]: `buildah` \(builder `buildah \d+(?:\.\d+)+`\)/);
  expect((await listed()).files.get('/cpu')).toContain('X86_64');
});

test('podman does the same where buildah is not there', { timeout: 120_000 }, async () => {
  file('FROM debian:bookworm-slim\nARG WHO\nRUN <<EOF\necho "for $WHO" | rev | rev > /made\nEOF\n');
  const podman: RunProgram = async (command, words, options) =>
    command === 'podman' ? start(command, words, options) : { status: undefined, out: '', err: '' };
  const words = ['build', '--engine', 'buildah', '--network', 'host', '-t', 'app', '--build-arg', 'WHO=you', '.'];
  const built = await typeLine(work, [...words, '--mirror', `docker.io=oci:${BASES}`], {
    env: { RIGHTARCH_CACHE: CACHE },
    runProgram: podman,
  });
  expect(built.status, built.all).toBe(0);
  expect((await listed()).files.get('/made')).toContain('for you');
  expect((await start('podman', ['images', '--quiet'])).out).toBe('');
});

describe('what fails', () => {
  test('is told by the words of the step, and nothing is left', { timeout: 60_000 }, async () => {
    file('FROM debian:bookworm-slim\nRUN echo before\nRUN echo the reason >&2; exit 7\n');
    const built = await build();
    expect(built.status).toBe(2);
    expect(built.err).toMatch(/error\[engine\/build-failed\]: `RUN echo the reason.*` by `buildah` failed/);
    expect(built.err).toContain('because: the reason');
    expect(built.err).not.toContain('before');
    expect(built.err).toContain('Dockerfile:3');
    expect((await images()) ?? []).toEqual([]);
    expect(leftovers()).toEqual([]);
  });

  test('a program of another CPU says so', { timeout: 60_000 }, async () => {
    file('FROM debian:bookworm-slim\nRUN echo 1 > /x\n');
    const built = await build('--platform', 'linux/arm64');
    expect(built.status).toBe(3);
    expect(built.err).toContain('error[engine/no-emulation]');
  });

  test('what this buildah would make something else of is refused before', { timeout: 60_000 }, async () => {
    file('FROM debian:bookworm-slim\nRUN <<EOF\n#!/usr/bin/perl\nprint 1;\nEOF\n');
    const heredoc = await build();
    expect(heredoc.err).toMatch(/error\[plan\/not-buildah\]: buildah \S+ does not do RUN with `#!\/usr\/bin\/perl`/);
    expect(heredoc.err).toContain('Dockerfile:2:1');
    file('# syntax=example.com/other:1\nFROM debian:bookworm-slim\nRUN true\n');
    expect((await build()).err).toContain('error[plan/not-buildah]');
    file('FROM debian:bookworm-slim\nRUN true\nCOPY --link=false Dockerfile /a\nCOPY --link Dockerfile /b\n');
    const linked = await build();
    expect(linked.err).toContain('does not do COPY with `--link`');
    expect(linked.err).toContain('Dockerfile:4:1');
    expect(linked.err).not.toContain('STEP');
    file('FROM debian:bookworm-slim\nRUN true\n');
    expect((await build('--provenance', 'true')).err).toContain('error[plan/attestations-need-buildkit]');
  });

  test('Ctrl-C ends it, and takes away what it had put there', { timeout: 60_000 }, async () => {
    file('FROM debian:bookworm-slim\nRUN sleep 60\n');
    const stop = new AbortController();
    const building = type(['build', '--engine', 'buildah', '--network', 'host', '-t', 'app', '.'], {
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 6_000);
    const { status, err } = await building;
    expect([status, err.includes('cli/interrupted')], err).toEqual([3, true]);
    expect((await images()) ?? []).toEqual([]);
    expect(leftovers()).toEqual([]);
  });
});
