import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import { type Apt, openApt } from '../bases/apt.ts';
import { mergedUsr, unpackDebian } from '../bases/debian.ts';
import { FileTree } from '../bases/file-tree.ts';
import { type NpmPackage, readNpmPackage } from '../bases/npm.ts';
import { openMachine } from './machine.ts';
import type { TruthPlatform } from './truth.ts';
import { unpackImage } from './unpack-image.ts';

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, '..', '..', '.cache');
const BASES = join(CACHE, 'bases');

/** Debian's names of the two CPUs, and what goes with each. */
const CPUS = {
  amd64: { triplet: 'x86_64-linux-gnu', compiler: 'gcc', loader: 'lib64/ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', compiler: 'aarch64-linux-gnu-gcc', loader: 'lib/ld-linux-aarch64.so.1' },
} as const;
export type Cpu = keyof typeof CPUS;

/** A C source, with other files beside it. */
type Source = string | { readonly source: string; readonly files: Readonly<Record<string, string | Uint8Array>> };

/** Real programs of one CPU to make images of. */
export interface TruthWorld {
  readonly platform: TruthPlatform;
  readonly own: Cpu;
  /** The CPU that is wrong here. */
  readonly other: Cpu;
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
  compile(source: Source, ...flags: readonly string[]): Promise<Buffer | undefined>;
  /** The same for the CPU that is wrong here. */
  compileForOther(source: Source, ...flags: readonly string[]): Promise<Buffer | undefined>;
  /** What Go makes of a program of one file; `cgo` with the C compiler. Undefined where there is no Go, or no compiler. */
  go(source: string, env?: Readonly<Record<string, string>>): Promise<Buffer | undefined>;
  /** Files of Debian packages and of all that they depend on, unpacked, without documentation. */
  install(...packages: readonly string[]): Promise<readonly TestFile[]>;
  /** Files of one Debian package for either CPU. */
  packageOf(cpu: Cpu, name: string): Promise<readonly TestFile[]>;
  /** A package of the npm registry below `directory`, as `npm install --ignore-scripts` leaves it. */
  npm(of: NpmPackage, directory: string): Promise<readonly TestFile[]>;
  /** A package of PyPI for that CPU as uv installs it, its files below the directory; undefined where there is no uv. */
  pypi(requirement: string, directory: string): Promise<readonly TestFile[] | undefined>;
  /** Tools that were asked for and are not on this machine. */
  readonly absent: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Unpacks the Debian base for a platform. `npm run bases` comes first. */
export async function openWorld(platform: TruthPlatform): Promise<TruthWorld> {
  const root = await mkdtemp(join(tmpdir(), 'rightarch-world-'));
  await unpackImage({ layout: BASES, name: 'docker.io/library/debian:bookworm-slim', platform }, root);
  const own: Cpu = platform === 'linux/arm64' ? 'arm64' : 'amd64';
  const other: Cpu = own === 'arm64' ? 'amd64' : 'arm64';
  const { triplet, loader } = CPUS[own];
  const take = (...paths: readonly string[]) => takeFiles(root, paths);
  const lib = `usr/lib/${triplet}`;
  const merged = own === 'arm64' ? ['bin', 'lib', 'sbin'] : ['bin', 'lib', 'lib64', 'sbin'];
  const debian = await take(
    ...merged,
    `usr/${loader}`,
    `${lib}/${loader.slice(loader.lastIndexOf('/') + 1)}`,
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
  const absent = new Set<string>();
  const build: Build = async (command, args, cwd, env) => {
    const file = await built(command, args, cwd, env);
    if (file === undefined) absent.add(command);
    return file;
  };
  const apts = new Map<Cpu, Promise<Apt>>();
  const apt = (cpu: Cpu) => {
    const known = apts.get(cpu) ?? openApt(cpu, join(CACHE, 'apt'));
    apts.set(cpu, known);
    return known;
  };
  return {
    platform,
    own,
    other,
    triplet,
    busybox: (await openMachine(platform)).busybox,
    take,
    async takeFrom(base, ...paths) {
      const directory = await mkdtemp(join(root, 'base-'));
      await unpackImage({ layout: BASES, name: `docker.io/library/${base}`, platform }, directory);
      return takeFiles(directory, paths);
    },
    debian,
    compile: (source, ...flags) => compile(build, root, CPUS[own].compiler, source, flags),
    compileForOther: (source, ...flags) => compile(build, root, CPUS[other].compiler, source, flags),
    go: (source, env = {}) => goBuild(build, root, own, source, env),
    install: async (...packages) => unpacked(own, await (await apt(own)).closure(packages)),
    packageOf: async (cpu, name) => unpacked(cpu, await (await apt(cpu)).alone([name])),
    async npm(of, directory) {
      const entries = await readNpmPackage(of, join(CACHE, 'npm'));
      return entries.flatMap(({ path, inode }): TestFile[] =>
        inode.type === 'file'
          ? [{ path: `${directory}/${of.name}/${path}`, mode: inode.mode, content: inode.content }]
          : [],
      );
    },
    async pypi(requirement, directory) {
      const work = await mkdtemp(join(root, 'pypi-'));
      const machine = own === 'arm64' ? 'aarch64' : 'x86_64';
      const options = ['--python-platform', `${machine}-manylinux_2_36`, '--python-version', '3.11', '--no-deps'];
      const args = ['pip', 'install', '--quiet', '--target', 'out', ...options, '--only-binary', ':all:', requirement];
      try {
        await run('uv', args, { cwd: work });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        absent.add('uv');
        return undefined;
      }
      const found = await readdir(join(work, 'out'), { recursive: true, withFileTypes: true });
      const paths = found.filter((one) => one.isFile()).map((one) => relative(work, join(one.parentPath, one.name)));
      const files = await takeFiles(work, paths);
      return files.map((file) => ({ ...file, path: file.path.replace(/^out/, directory) }));
    },
    absent,
    close: () => rm(root, { recursive: true, force: true }),
  };
}

async function compile(build: Build, root: string, compiler: string, input: Source, flags: readonly string[]) {
  const work = await mkdtemp(join(root, 'gcc-'));
  const { source, files } = typeof input === 'string' ? { source: input, files: {} } : input;
  await writeFile(join(work, 'in.c'), source);
  for (const [name, content] of Object.entries(files)) await writeFile(join(work, name), content);
  return build(compiler, ['-o', 'out', 'in.c', ...flags], work);
}

async function goBuild(build: Build, root: string, cpu: Cpu, source: string, env: Readonly<Record<string, string>>) {
  const work = await mkdtemp(join(root, 'go-'));
  await writeFile(join(work, 'main.go'), source);
  await writeFile(join(work, 'go.mod'), 'module example.test/app\n\ngo 1.19\n');
  const cgo = env['CGO_ENABLED'] === '1' ? { CC: CPUS[cpu].compiler } : { CGO_ENABLED: '0' };
  // Only what the toolchain has itself is built: nothing is fetched.
  const settings = { GOOS: 'linux', GOARCH: cpu, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '-mod=mod', ...cgo };
  const places = `${process.env['PATH']}:/usr/lib/go-1.19/bin:/usr/local/go/bin`;
  return build('go', ['build', '-trimpath', '-buildvcs=false', '-o', 'out', '.'], work, {
    ...process.env,
    ...settings,
    ...env,
    PATH: places,
  });
}

type Build = typeof built;

/** The file `out` that a command leaves; undefined where there is no such command. */
async function built(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Buffer | undefined> {
  try {
    await run(command, args, { cwd, env });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return readFile(join(cwd, 'out'));
}

/** What no program that is started here reads. */
const DOCUMENTS = /^(usr\/share\/(doc|man|info|lintian|locale|bug|zoneinfo)|var\/lib\/dpkg)\//;

async function unpacked(cpu: Cpu, packages: readonly string[]): Promise<readonly TestFile[]> {
  const tree = new FileTree();
  mergedUsr(tree, cpu);
  await unpackDebian(tree, packages);
  return [...tree.entries()].flatMap(([path, { type, mode, link, content }]): TestFile[] => {
    if (type === 'directory' || DOCUMENTS.test(path)) return [];
    return [type === 'symlink' ? { path, type: 'symlink', link } : { path, mode, content }];
  });
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
