import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { magicOf, registration } from '../../packages/rightarch/src/build/machine/emulators.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { typeLine } from '../support/command-line.ts';

// What `doctor` says of emulators, and what `--fix` does, by a program of another CPU inside a root of its own.

const BINFMT = '/proc/sys/fs/binfmt_misc';
/** No other test has anything to do with that CPU. */
const [PLATFORM, ENTRY, QEMU] = ['linux/riscv64', 'qemu-riscv64', '/usr/bin/qemu-riscv64-static'] as const;
const directory = mkdtempSync(join(tmpdir(), 'rightarch-doctor-'));
const root = join(directory, 'root');

const forget = (): void => {
  if (existsSync(join(BINFMT, ENTRY))) writeFileSync(join(BINFMT, ENTRY), '-1');
};

beforeAll(() => {
  if (!existsSync(join(BINFMT, 'register'))) execFileSync('mount', ['-t', 'binfmt_misc', 'binfmt_misc', BINFMT]);
  mkdirSync(root);
  writeFileSync(join(directory, 'main.go'), 'package main\n\nfunc main() { println("as riscv64") }\n');
  execFileSync('/usr/lib/go-1.19/bin/go', ['build', '-o', join(root, 'app'), 'main.go'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, GOARCH: 'riscv64', CGO_ENABLED: '0', GO111MODULE: 'off' },
  });
});
beforeEach(forget);
afterAll(() => {
  forget();
  rmSync(directory, { recursive: true, force: true });
});

/** What the program prints in a root that has nothing else; `undefined` where the kernel does not start it. */
function started(): string | undefined {
  try {
    return execFileSync('sh', ['-c', `chroot ${root} /app 2>&1`], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const run = programRunner(process.env);
/** Whether one answers on this machine is not what is asked here. */
const withoutDocker: typeof run = (command, ...rest) =>
  command === 'docker' ? Promise.resolve({ status: undefined, out: '', err: '' }) : run(command, ...rest);

async function doctor(...flags: readonly string[]) {
  const { status, out } = await typeLine(directory, ['doctor', '--json', '--platform', PLATFORM, ...flags], {
    binfmt: BINFMT,
    runProgram: withoutDocker,
  });
  const { platforms, diagnostics, mended, emulators, buildah } = JSON.parse(out) as {
    readonly emulators: readonly { readonly name: string; readonly version: string | null }[];
    readonly buildah: { readonly command: string; readonly version: string } | null;
    readonly platforms: readonly { readonly how: string }[];
    readonly diagnostics: readonly { readonly code: string; readonly args: { readonly why?: string } }[];
    readonly mended?: readonly { readonly failed?: string }[];
  };
  const version = emulators.find(({ name }) => name === ENTRY)?.version;
  return {
    ...{ status, how: platforms[0]?.how, found: diagnostics.map(({ code, args }) => [code, args.why]), mended },
    ...{ version, buildah: buildah?.command },
  };
}

test('without an emulator the program is refused, and --fix registers the one that lies on the disk', async () => {
  expect(started()).toBeUndefined();
  expect(await doctor()).toMatchObject({ status: 1, how: 'not', found: [['machine/no-emulator', undefined]] });
  expect(await doctor('--fix')).toMatchObject({ status: 0, how: 'emulated', found: [], mended: [{}] });
  expect(started()).toBe('as riscv64');
  const version = /version (\S+)/.exec(execFileSync(QEMU, ['--version'], { encoding: 'utf8' }))?.[1];
  expect(await doctor('--fix')).toMatchObject({ status: 0, mended: [], version, buildah: 'buildah' });
});

test('an emulator that is opened by its path is found by no container, and is registered anew', async () => {
  const line = registration({ name: ENTRY, interpreter: QEMU }, magicOf(parsePlatform(PLATFORM)!)!);
  writeFileSync(join(BINFMT, 'register'), line!.replace(/OCF$/, ''));
  expect(started()).toBeUndefined();
  expect(await doctor()).toMatchObject({ status: 1, found: [['machine/emulator-unusable', 'not-fixed']] });
  expect(await doctor('--fix')).toMatchObject({ status: 0, how: 'emulated' });
  expect(started()).toBe('as riscv64');
});

test('one that is switched off is switched on', async () => {
  await doctor('--fix');
  writeFileSync(join(BINFMT, ENTRY), '0');
  expect(started()).toBeUndefined();
  expect(await doctor()).toMatchObject({ status: 1, found: [['machine/emulator-unusable', 'disabled']] });
  expect(await doctor('--fix')).toMatchObject({ status: 0 });
  expect(started()).toBe('as riscv64');
});
