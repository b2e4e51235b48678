import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import { openMachine } from './machine.ts';
import type { TruthPlatform } from './truth.ts';
import { unpackImage } from './unpack-image.ts';

const run = promisify(execFile);
const BASES = join(import.meta.dirname, '..', '..', '.cache', 'bases');

/** Real programs of one CPU to make images of. */
export interface TruthWorld {
  readonly platform: TruthPlatform;
  /** Multiarch triplet: `aarch64-linux-gnu`. */
  readonly triplet: string;
  /** Static, from Debian. */
  readonly busybox: Buffer;
  /** Files of Debian by their path, links and the libraries that they need not included. */
  take(...paths: readonly string[]): Promise<readonly TestFile[]>;
  /** Files of another base by their path: `node:22-slim`. */
  takeFrom(base: string, ...paths: readonly string[]): Promise<readonly TestFile[]>;
  /** dash, env, bash, true and what they need to start. */
  readonly debian: readonly TestFile[];
  /** What a C compiler for that CPU makes of a source, with other files beside it; undefined where there is none. */
  compile(
    source: string | { readonly source: string; readonly files: Readonly<Record<string, string | Uint8Array>> },
    ...flags: readonly string[]
  ): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

/** Unpacks the Debian base for a platform. `npm run bases` comes first. */
export async function openWorld(platform: TruthPlatform): Promise<TruthWorld> {
  const root = await mkdtemp(join(tmpdir(), 'rightarch-world-'));
  await unpackImage({ layout: BASES, name: 'docker.io/library/debian:bookworm-slim', platform }, root);
  const triplet = platform === 'linux/arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const loader = platform === 'linux/arm64' ? 'lib/ld-linux-aarch64.so.1' : 'lib64/ld-linux-x86-64.so.2';
  const take = (...paths: readonly string[]) => takeFiles(root, paths);
  const lib = `usr/lib/${triplet}`;
  const merged = platform === 'linux/arm64' ? ['bin', 'lib', 'sbin'] : ['bin', 'lib', 'lib64', 'sbin'];
  const debian = await take(
    ...merged,
    `usr/${loader}`,
    ...(platform === 'linux/arm64' ? [`${lib}/ld-linux-aarch64.so.1`] : [`${lib}/ld-linux-x86-64.so.2`]),
    `${lib}/libc.so.6`,
    `${lib}/libtinfo.so.6`,
    `${lib}/libtinfo.so.6.4`,
    'usr/bin/dash',
    'usr/bin/sh',
    'usr/bin/bash',
    'usr/bin/env',
    'usr/bin/true',
    'etc/passwd',
    'etc/group',
  );
  const compiler = platform === 'linux/arm64' ? 'aarch64-linux-gnu-gcc' : 'gcc';
  return {
    platform,
    triplet,
    busybox: (await openMachine(platform)).busybox,
    take,
    async takeFrom(base, ...paths) {
      const other = await mkdtemp(join(root, 'base-'));
      await unpackImage({ layout: BASES, name: `docker.io/library/${base}`, platform }, other);
      return takeFiles(other, paths);
    },
    debian,
    async compile(input, ...flags) {
      const work = await mkdtemp(join(root, 'gcc-'));
      const { source, files } = typeof input === 'string' ? { source: input, files: {} } : input;
      await writeFile(join(work, 'in.c'), source);
      for (const [name, content] of Object.entries(files)) await writeFile(join(work, name), content);
      try {
        await run(compiler, ['-o', join(work, 'out'), 'in.c', ...flags], { cwd: work });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      return readFile(join(work, 'out'));
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

async function takeFiles(root: string, paths: readonly string[]): Promise<readonly TestFile[]> {
  const files: TestFile[] = [];
  for (const path of paths) {
    const info = await lstat(join(root, path));
    if (info.isSymbolicLink()) files.push({ path, type: 'symlink', link: await readlink(join(root, path)) });
    else files.push({ path, mode: info.mode & 0o7777, content: await readFile(join(root, path)) });
  }
  return files;
}
