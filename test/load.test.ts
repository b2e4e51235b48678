import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunProgram } from '../packages/rightarch/src/build/index.ts';
import { elfBytes } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

// `--load` by what Docker 20.10 answered, 2026-11-29. The live tests have the real ones, with both image stores.

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-load-'));
  writeFileSync(join(directory, 'app'), elfBytes({ machine: 'amd64' }), { mode: 0o755 });
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY app /app\nCMD ["/app"]\n');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const STORE =
  '[["Backing Filesystem","extfs"],["Supports d_type","true"],["Native Overlay Diff","true"],["userxattr","false"]]';

interface Answers {
  readonly load: number;
  readonly id: string;
  readonly server: string;
}

/** What is asked of docker; `load` answers as told, and `inspect` with what the name is afterwards. */
const docker =
  (
    asked: string[],
    { load = 0, id = '', server = '{"Version":"20.10.24","Os":"linux","Arch":"amd64"}' }: Partial<Answers> = {},
  ): RunProgram =>
  async (_command, args) => {
    asked.push(args.slice(0, 2).join(' '));
    const end = (status: number, out: string, err = '') => ({ status, out, err });
    if (args[0] === 'version') return end(0, `{"Client":{"Version":"20.10.24"},"Server":${server}}\n`);
    if (args[0] === 'info') return end(0, `${STORE}\n`);
    if (args[0] === 'load')
      return load === 0 ? end(0, 'Loaded image: app:1\n') : end(load, '', 'no space left on device\n');
    return end(0, `${id}\n`);
  };

const build = (runProgram: RunProgram) => typeLine(directory, ['build', '--load', '-t', 'app:1', '.'], { runProgram });

test('what docker refuses is told in its words, and nothing is left of the archive', async () => {
  const { status, err } = await build(docker([], { load: 1 }));
  expect(status).toBe(3);
  expect(err).toContain(
    'error[engine/not-loaded]: The image cannot be loaded into Docker: `docker load` does not take it',
  );
  expect(err).toContain('because: no space left on device');
  expect(readdirSync(join(directory, '.cache', 'load'))).toEqual([]);
});

test('a name that is something else afterwards is no success', async () => {
  const { status, err } = await build(docker([], { id: `sha256:${'0'.repeat(64)}` }));
  expect(status).toBe(3);
  expect(err).toContain(`because: docker.io/library/app:1 = sha256:${'0'.repeat(64)}`);
});

test('what is not proven never gets to docker', async () => {
  writeFileSync(join(directory, 'app'), elfBytes({ machine: 'arm64' }));
  const asked: string[] = [];
  const { status, out } = await build(docker(asked));
  expect(status).toBe(1);
  expect(out).toContain('app was not loaded into Docker');
  expect(asked).toEqual(['version --format', 'info --format']);
});

test('an engine that does not say its CPU is taken to have that of this machine', async () => {
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /app\nCMD ["/app"]\n');
  for (const machine of ['amd64', 'arm64'] as const)
    writeFileSync(join(directory, machine), elfBytes({ machine }), { mode: 0o755 });
  const asked: string[] = [];
  // Podman's: a version, a system, and no `Arch`.
  const words = ['build', '--load', '-t', 'app:1', '--platform', 'linux/amd64,linux/arm64', '.'];
  await typeLine(directory, words, { runProgram: docker(asked, { server: '{"Version":"5.4.0","Os":"linux"}' }) });
  expect(asked).toContain('load --input');
});
