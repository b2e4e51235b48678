import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyTree, createLayoutSink, openLayout, openTree } from '../../packages/rightarch/src/oci/index.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { listImage } from '../support/image-listing.ts';

// `--engine buildah` by a user without root, who was made as any other: the whole command, with buildah and with podman, in
// the ranges of ids that `useradd` gives. The store is vfs, because /dev/fuse may be root's alone.

const USER = `rightarch-${process.pid}`;
const directory = mkdtempSync(join(tmpdir(), 'rightarch-rootless-'));
const at = (...names: readonly string[]): string => join(directory, ...names);
const NAME = 'docker.io/library/debian:bookworm-slim';

beforeAll(async () => {
  needBases();
  execFileSync('chmod', ['755', directory]);
  // What the user could not read where this repository is.
  const source = openLayout(BASES);
  const sink = createLayoutSink(at('bases'));
  await sink.tag(NAME, await copyTree(await openTree(source, await source.resolve(NAME)), sink));
  await sink.close();
  const from = join(REPOSITORY, 'packages', 'rightarch');
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(from, name), at('package', name), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of Object.keys(dependencies))
    cpSync(join(REPOSITORY, 'node_modules', name), at('package', 'node_modules', name), { recursive: true });
  execFileSync('useradd', ['--create-home', '--home-dir', at('home'), '--shell', '/bin/sh', USER]);
  const places = ['graphroot', 'runroot'].map((name) => `${name} = "${at('home', name)}"`);
  writeFileSync(at('home', 'storage.conf'), `[storage]\ndriver = "vfs"\n${places.join('\n')}\n`);
  for (const name of ['run', 'buildah', 'podman']) mkdirSync(at('home', name), { mode: 0o700 });
  for (const name of ['buildah', 'podman'])
    writeFileSync(
      at('home', name, 'Dockerfile'),
      'FROM debian:bookworm-slim\nRUN id -u | rev | rev > /who\nRUN useradd --uid 4321 kim && install -o kim /who /of-kim\nUSER kim\nCMD ["/bin/cat", "/who"]\n',
    );
  execFileSync('chown', ['-R', `${USER}:`, at('home')]);
}, 300_000);
afterAll(async () => {
  await asUser(['buildah', 'unshare', 'rm', '-rf', at('home', 'graphroot'), at('home', 'runroot')]);
  execFileSync('userdel', ['--force', USER], { stdio: 'ignore' });
  rmSync(directory, { recursive: true, force: true });
});

function asUser(words: readonly string[], cwd = at('home'), without = '') {
  const env = {
    HOME: at('home'),
    // As on a machine that has not got that one.
    PATH: without === '' ? '/usr/sbin:/usr/bin:/sbin:/bin' : `${at('hidden')}:/usr/sbin:/usr/bin:/sbin:/bin`,
    XDG_RUNTIME_DIR: at('home', 'run'),
    CONTAINERS_STORAGE_CONF: at('home', 'storage.conf'),
    BUILDAH_ISOLATION: 'chroot',
    LANG: 'en',
  };
  if (without !== '' && !existsSync(at('hidden', without))) {
    mkdirSync(at('hidden'), { recursive: true });
    writeFileSync(at('hidden', without), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
  }
  return new Promise<{ readonly status: number; readonly all: string }>((resolve) => {
    execFile('runuser', ['-u', USER, '--', ...words], { cwd, env, maxBuffer: 1 << 26 }, (error, out, err) =>
      resolve({ status: error === null ? 0 : Number(error.code), all: out + err }),
    );
  });
}

test.each([
  ['buildah', ''],
  ['podman', 'buildah'],
])('%s builds for a user', { timeout: 300_000 }, async (tool, hidden) => {
  const work = at('home', tool);
  const words = ['build', '--engine', 'buildah', '--network', 'host', '-t', 'app', '--mirror'];
  const program = [process.execPath, at('package', 'bin', 'rightarch.js')];
  const built = await asUser([...program, ...words, `docker.io=oci:${at('bases')}`, '.'], work, hidden);
  expect(built.status, built.all).toBe(0);
  const { files } = await listImage({ layout: join(work, '.rightarch', 'app') });
  // Root of its own ids, and a user of theirs.
  expect(files.get('/who')).toBe('file 644 0:0 "0\\n"');
  expect(files.get('/of-kim')).toContain('4321:0');
  expect((await asUser([tool, 'images', '--noheading'])).all).toMatch(/^rightarch\.invalid\/base .*\n$/);
  const cache = at('home', '.cache', 'rightarch', 'buildah');
  expect(existsSync(cache) ? readdirSync(cache) : []).toEqual(['bases']);
});
