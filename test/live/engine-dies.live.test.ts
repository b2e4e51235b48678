import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { typeLine } from '../support/command-line.ts';
import { listImage } from '../support/image-listing.ts';
import { type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';
import { isFull } from '../support/sampled.ts';

// What goes on around a build by Docker, with both of its image stores: another build at the same time, a full disk, and
// an engine that is killed in the midst and started again. Each is one diagnostic, nothing half-done is left, and the
// same again goes on.

const TEXT = 'FROM debian:bookworm-slim\nARG WHO\nRUN echo "for $WHO" | rev | rev > /made\nCMD ["/bin/cat", "/made"]\n';

beforeAll(() => {
  needBases();
}, 300_000);

describe.each(['containerd', 'classic'] as const)('with the %s store', (store) => {
  const directory = mkdtempSync(join(tmpdir(), 'rightarch-dies-'));
  const place = join(directory, 'docker');
  const cache = join(directory, 'cache');
  let docker: ReferenceBuilder;
  let run: RunProgram;
  let work: string;
  let count = 0;
  const start = async () => {
    docker = await startBuildKit(place, join(REPOSITORY, '.cache', 'buildkit'), { classic: store === 'classic' });
    run = programRunner(docker.env);
  };
  beforeAll(start, 300_000);
  afterAll(async () => {
    const containerd = join(place, 'exec', 'containerd', 'containerd.pid');
    const pid = existsSync(containerd) ? Number(readFileSync(containerd, 'utf8')) : undefined;
    // What the killed daemon had mounted is mounted still.
    await docker?.close().catch(() => {});
    // The one that its killed daemon left to the next.
    if (pid !== undefined && existsSync(`/proc/${pid}`)) process.kill(pid);
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    for (const mount of mounts.filter((one) => one.startsWith(directory)).reverse())
      execFileSync('umount', ['--lazy', mount]);
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  beforeEach(() => {
    work = join(directory, `work-${count++}`);
    mkdirSync(work);
    writeFileSync(join(work, 'Dockerfile'), TEXT);
  });

  const build = (words: readonly string[], where = cache) =>
    typeLine(work, ['build', '--network', 'host', ...words, '.', '--mirror', `docker.io=oci:${BASES}`], {
      env: { RIGHTARCH_CACHE: where },
      runProgram: run,
    });
  const leftovers = (): readonly string[] => readdirSync(join(cache, 'buildx'));
  const ours = async () =>
    (await run('docker', ['image', 'ls', '--format', '{{.Repository}}'])).out.split('\n').filter(Boolean);

  if (isFull || store === 'containerd')
    test('two builds at once are two builds', { timeout: 120_000 }, async () => {
      const names = ['one', 'two'];
      const built = await Promise.all(names.map((name) => build(['-t', name, '--build-arg', `WHO=${name}`])));
      for (const { status, all } of built) expect(status, all).toBe(0);
      for (const name of names) {
        const { files } = await listImage({ layout: join(work, '.rightarch', name) });
        expect(files.get('/made')).toContain(`for ${name}`);
      }
      expect(leftovers()).toEqual([]);
      expect(await ours()).toEqual([]);
    });

  if (isFull || store === 'classic')
    test('a full disk is one diagnostic, and the same again goes on', { timeout: 120_000 }, async () => {
      const small = join(directory, 'small');
      mkdirSync(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]);
      try {
        const built = await build(['-t', 'app'], small);
        expect(built.status, built.all).toBe(3);
        expect(built.err.match(/^error\[/gm)).toHaveLength(1);
        expect(built.err).toMatch(/no space left on device|ENOSPC/);
        expect(readdirSync(join(small, 'buildx'))).toEqual([]);
      } finally {
        execFileSync('umount', [small]);
      }
      expect(existsSync(join(work, '.rightarch', 'app'))).toBe(false);
      expect(await ours()).toEqual([]);
      const again = await build(['-t', 'app']);
      expect(again.status, again.all).toBe(0);
    });

  if (isFull || store === 'containerd')
    test('an engine that is killed in the midst', { timeout: 180_000 }, async () => {
      writeFileSync(join(work, 'Dockerfile'), `${TEXT}RUN echo begun | cat; sleep 20 | cat\n`);
      const building = build(['-t', 'app']);
      await setTimeout(8000);
      process.kill(Number(readFileSync(join(place, 'pid'), 'utf8')), 'SIGKILL');
      const built = await building;
      expect(built.status, built.all).toBe(3);
      expect(built.err).toContain('error[engine/unavailable]');
      expect(built.err.match(/^error\[/gm)).toHaveLength(1);
      expect(leftovers()).toEqual([]);
      expect(existsSync(join(work, '.rightarch', 'app'))).toBe(false);
      await start();
      writeFileSync(join(work, 'Dockerfile'), TEXT);
      const again = await build(['-t', 'app']);
      expect(again.status, again.all).toBe(0);
      expect(await ours()).toEqual([]);
    });
});
