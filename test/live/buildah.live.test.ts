import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { openLayout, openTree } from '../../packages/rightarch/src/oci/index.ts';
import { ownName } from '../../packages/rightarch/src/oci/own-name.ts';
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
  command === 'buildah' || command === 'setpriv'
    ? start(command, words, options)
    : { status: undefined, out: '', err: '' };
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
type Own = NonNullable<Parameters<typeof typeLine>[2]>;
const type = (words: readonly string[], own: Own = {}) =>
  typeLine(work, [...words, '--mirror', `docker.io=oci:${BASES}`], {
    runProgram: run,
    ...own,
    env: { RIGHTARCH_CACHE: CACHE, ...own.env },
  });
const buildAs = (own: Own, ...words: readonly string[]) =>
  type(['build', '--engine', 'buildah', '--network', 'host', '-t', 'app', ...words, '.'], own);
const build = (...words: readonly string[]) => buildAs({}, ...words);
const listed = (cpu = 'amd64') => listImage({ layout: join(work, '.rightarch', 'app') }, cpu);
/** Images that are no bases, containers, and files beside the times of the bases. */
const leftovers = async (): Promise<readonly string[]> => {
  const listed = (await start('buildah', ['images', '--all', '--noheading'])).out.split('\n').filter(Boolean);
  const containers = (await start('buildah', ['containers', '--noheading'])).out.split('\n').filter(Boolean);
  const files = existsSync(join(CACHE, 'buildah')) ? readdirSync(join(CACHE, 'buildah')) : [];
  return [
    ...listed.filter((line) => !line.startsWith('rightarch.invalid/base ')),
    ...containers,
    ...files.filter((name) => name !== 'bases'),
  ];
};

test('builds each platform on the bases that were resolved, and keeps nothing but them', {
  timeout: 120_000,
}, async () => {
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
  expect(await leftovers()).toEqual([]);
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

test('a base is handed over once, and what a killed run left goes', { timeout: 120_000 }, async () => {
  const started: string[] = [];
  const watched: RunProgram = (command, words, options) => {
    started.push(words.slice(0, 1).join());
    return run(command, words, options);
  };
  const at = async (day: string, text: string) => {
    file(text);
    started.length = 0;
    const built = await buildAs({ runProgram: watched, now: () => new Date(day) });
    expect(built.status, built.all).toBe(0);
    return started.filter((word) => word === 'pull').length;
  };
  const tags = async () => (await start('buildah', ['images', '--format', '{{.Name}}:{{.Tag}}', '--noheading'])).out;
  await start('buildah', ['rmi', '--all', '--force']);
  const uses = 'FROM debian:bookworm-slim\nRUN echo 1 > /made\n';
  expect(await at('2026-11-01T00:00:00Z', uses)).toBe(1);
  const base = (await tags()).trim();
  expect(base).toMatch(/^rightarch\.invalid\/base:[0-9a-f]{64}$/);
  // Nobody has the first number for a process.
  const left = `rightarch.invalid/build:${ownName().replace(/^\d+/, '4194305')}`;
  await start('buildah', ['tag', base, left]);
  expect(await at('2026-11-10T00:00:00Z', uses)).toBe(0);
  expect((await listed()).files.get('/made')).toContain('1');
  const unused = 'FROM scratch\nCOPY Dockerfile /\n';
  expect(await at('2026-11-23T00:00:00Z', unused)).toBe(0);
  expect((await tags()).trim()).toBe(base);
  await at('2026-11-25T00:00:00Z', unused);
  expect(await tags()).toBe('');
});

test('a stage that is the same for both platforms is built once', { timeout: 60_000 }, async () => {
  file('in the context\n', 'kept');
  file(
    [
      'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS tools',
      'ENV WHO=you',
      'RUN cat /proc/sys/kernel/random/uuid > /id',
      'FROM --platform=$BUILDPLATFORM tools AS assets',
      'COPY kept /kept',
      'COPY <<EOF /here',
      'a heredoc',
      'EOF',
      'RUN echo "$WHO" > /who; cat /id > /assets',
      'FROM --platform=$BUILDPLATFORM tools AS own',
      'ARG TARGETARCH',
      'RUN --mount=from=assets,target=/mounted echo "$TARGETARCH" > /cpu; cat /id /mounted/id > /ids',
      'FROM debian:bookworm-slim',
      'COPY --from=assets /assets /kept /here /who /',
      'COPY --from=own /cpu /ids /',
      '',
    ].join('\n'),
  );
  const built = await build('--platform', 'linux/amd64,linux/arm64');
  expect(built.status, built.all).toBe(0);
  const [one, other] = await Promise.all(['amd64', 'arm64'].map(async (cpu) => (await listed(cpu)).files));
  const [, id] = /"([0-9a-f-]{36})\\n"/.exec(one!.get('/assets')!) ?? [];
  expect(id).toBeDefined();
  for (const [cpu, files] of Object.entries({ amd64: one!, arm64: other! })) {
    expect(files.get('/assets')).toContain(id);
    expect(files.get('/ids')).toContain(`"${id}\\n${id}\\n"`);
    expect(files.get('/cpu')).toContain(cpu);
    expect([files.get('/kept'), files.get('/here'), files.get('/who')].join()).toMatch(/context.*a heredoc.*you/);
  }
  expect(await leftovers()).toEqual([]);
});

test('one platform that fails stops the other, and nothing is left', { timeout: 60_000 }, async () => {
  file(
    [
      'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS make',
      'ARG TARGETARCH',
      'RUN if [ $TARGETARCH = amd64 ]; then exec sleep 300; fi; sleep 2; echo the reason; exit 7',
      'FROM debian:bookworm-slim',
      'COPY --from=make /etc/hostname /made',
      '',
    ].join('\n'),
  );
  const built = await build('--platform', 'linux/amd64,linux/arm64');
  expect(built.status, built.all).toBe(2);
  expect(built.err).toContain('because: the reason');
  expect(await leftovers()).toEqual([]);
});

const BIN = join(import.meta.dirname, '..', '..', 'packages', 'rightarch', 'bin', 'rightarch.js');

describe.each(['buildah', 'us alone'] as const)('killed in the midst: %s', (who) => {
  test('what is left of it goes with the next build', { timeout: 60_000 }, async () => {
    file('FROM debian:bookworm-slim AS first\nRUN echo 1 > /first\nFROM first\nRUN sleep 5\nRUN echo\n');
    const words = ['build', '--engine', 'buildah', '--network', 'host', '-t', 'app'];
    const child = spawn(process.execPath, [BIN, ...words, '.', '--mirror', `docker.io=oci:${BASES}`], {
      cwd: work,
      env: { ...env, RIGHTARCH_CACHE: CACHE },
      stdio: 'ignore',
    });
    const containers = async () => (await start('buildah', ['containers', '--noheading'])).out.trim();
    // That of the second stage stands on an image without a name.
    await expect.poll(containers, { timeout: 30_000 }).toMatch(/\s[0-9a-f]{12}-working-container/);
    const [engine] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ').map(Number);
    child.kill('SIGKILL');
    await once(child, 'exit');
    if (who === 'buildah') process.kill(engine!, 'SIGKILL');
    // Its next word, which nobody reads, ends it otherwise.
    await expect.poll(() => existsSync(`/proc/${engine}/exe`), { timeout: 20_000 }).toBe(false);
    expect(await containers()).not.toBe('');
    file('FROM scratch\nCOPY Dockerfile /\n');
    expect((await build()).status).toBe(0);
    expect(await leftovers()).toEqual([]);
  });
});

/** What only podman is asked for. */
const podman =
  (env: Readonly<Record<string, string>> = {}): RunProgram =>
  async (command, words, options) =>
    command === 'podman'
      ? start(command, words, { ...options, env: { ...env, ...options?.env } })
      : { status: undefined, out: '', err: '' };
test('podman does the same where buildah is not there', { timeout: 120_000 }, async () => {
  file('FROM debian:bookworm-slim\nARG WHO\nRUN <<EOF\necho "for $WHO" | rev | rev > /made\nEOF\n');
  const built = await buildAs({ runProgram: podman() }, '--build-arg', 'WHO=you');
  expect(built.status, built.all).toBe(0);
  expect((await listed()).files.get('/made')).toContain('for you');
  expect(await leftovers()).toEqual([]);
});

// As on macOS and Windows, where podman is always a client; here of this machine.
test('podman that is a client of another one does, too', { timeout: 120_000 }, async () => {
  const address = `unix://${join(directory, 'podman.sock')}`;
  const service = spawn('podman', ['system', 'service', '--time=0', address], { env, stdio: 'ignore' });
  try {
    const client = podman({ CONTAINER_HOST: address });
    await expect.poll(async () => (await client('podman', ['info'])).status, { timeout: 20_000 }).toBe(0);
    mkdirSync(join(work, 'other'));
    file('named\n', 'other/file');
    file('s3cret', 'token');
    file(
      [
        'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS first',
        'ARG WHO TARGETARCH',
        'COPY --from=other file /file',
        'COPY <<EOF /here',
        'a heredoc',
        'EOF',
        'RUN --mount=type=secret,id=token echo "$TARGETARCH for $WHO, $(wc -c < /run/secrets/token)" > /said',
        'FROM debian:bookworm-slim',
        'COPY --from=first /file /here /said /',
        '',
      ].join('\n'),
    );
    const words = ['--build-arg', 'WHO=you', '--secret', 'id=token,src=token', '--build-context', 'other=other'];
    const built = await buildAs({ runProgram: client }, ...words, '--platform', 'linux/amd64,linux/arm64');
    expect(built.status, built.all).toBe(0);
    for (const cpu of ['amd64', 'arm64']) {
      const { files } = await listed(cpu);
      expect([files.get('/said'), files.get('/file'), files.get('/here')].join()).toMatch(
        new RegExp(`"${cpu} for you, 6.*"named.*"a heredoc`),
      );
    }
    file('FROM debian:bookworm-slim\nRUN echo the reason; exit 7\n');
    const failed = await buildAs({ runProgram: client });
    expect([failed.status, failed.err.includes('because: the reason')], failed.err).toEqual([2, true]);
    expect(await leftovers()).toEqual([]);
  } finally {
    service.kill();
    await once(service, 'exit');
  }
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
    expect(await leftovers()).toEqual([]);
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
    expect(await leftovers()).toEqual([]);
  });
});
