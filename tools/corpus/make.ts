import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alternative, configureLoader, DEBIAN_PACKAGES, unpackDebian } from '../bases/debian.ts';
import { directory, FileTree, file, symlink } from '../bases/file-tree.ts';
import { type Base, BlobPool, LayoutWriter } from '../bases/layout.ts';
import type { Architecture } from '../bases/ld-cache.ts';
import { configureAlternatives } from './alternatives.ts';
import { type Ground, type Grounds, makeGrounds } from './grounds.ts';
import { buildGo, installNpm, installPython } from './install.ts';
import type { CorpusImage, GoImage, PackageImage } from './types.ts';
import { inWordsOf } from './words.ts';

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, '..', '..');
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const CPUS = ['amd64', 'arm64'] as const satisfies readonly Architecture[];

/** Makes images of the list for both CPUs, as layouts; the bases are one layout of their own, of `npm run bases`. */
export interface Maker {
  /** Throws what the package manager says where it has no such package for one of the CPUs. */
  make(image: CorpusImage, layout: string): Promise<void>;
  /** Removes what was needed to make them. */
  close(): Promise<void>;
  /** Removes blobs that no layout holds any more. */
  sweep(): Promise<void>;
}

/** Package managers and bases are opened when the first image needs them. `cache` keeps what was downloaded. */
export function openMaker(cache: string): Maker {
  const pool = new BlobPool(join(cache, 'corpus-blobs'));
  const scratch = join(cache, `corpus-scratch-${process.pid}`);
  let grounds: Promise<Readonly<Record<Architecture, Grounds>>> | undefined;
  const openGrounds = async () => {
    const [amd64, arm64] = [await makeGrounds('amd64', cache), await makeGrounds('arm64', cache)];
    return { amd64, arm64 };
  };
  return {
    async make(image, layout) {
      if (!('command' in image)) {
        await run('npm', ['run', 'bases'], { cwd: REPOSITORY, maxBuffer: 1 << 26 });
        return image.from === 'examples' ? buildExample(image.of, layout, cache) : undefined;
      }
      grounds ??= openGrounds();
      const its = await grounds;
      await rm(scratch, { recursive: true, force: true });
      const writer = new LayoutWriter(layout, { compress: false, pool });
      try {
        // Where one CPU fails, the other ends first: the next image uses the same directories.
        const made = await Promise.allSettled(CPUS.map((cpu) => ofImage(image, cpu, its[cpu], join(scratch, cpu))));
        const bases = made.map((one) => {
          if (one.status === 'rejected') throw one.reason;
          return one.value;
        });
        await writer.add(`corpus.test/${image.name.toLowerCase()}:1`, bases);
        await writer.finish(image.name);
      } catch (error) {
        await writer.discard();
        throw error;
      }
    },
    async close() {
      await rm(scratch, { recursive: true, force: true });
    },
    sweep: () => pool.sweep(),
  };
}

async function ofImage(
  image: GoImage | PackageImage,
  cpu: Architecture,
  grounds: Grounds,
  scratch: string,
): Promise<Base> {
  await mkdir(scratch, { recursive: true });
  return image.from === 'go' ? ofGo(image, cpu, grounds, scratch) : ofPackages(image, cpu, grounds, scratch);
}

async function ofPackages(image: PackageImage, cpu: Architecture, grounds: Grounds, scratch: string): Promise<Base> {
  const ground = grounds[image.from];
  const tree = new FileTree(ground.tree);
  const packages = image.packages.map((name) => inWordsOf(cpu, name));
  if (image.from === 'debian') {
    const all = await ground.apt.closure([...DEBIAN_PACKAGES, ...packages]);
    const more = all.filter((path) => !ground.packages.has(path));
    await unpackDebian(tree, more);
    configureAlternatives(tree, ground.created);
    for (const [link, target] of Object.entries(image.alternatives ?? {})) {
      alternative(tree, ground.created, inWordsOf(cpu, link), inWordsOf(cpu, target));
    }
    configureLoader(tree, cpu, ground.created);
  } else if (image.from === 'pypi') {
    const site = await installPython(packages, { cpu, libc: 'glibc', scratch });
    await addDirectory(tree, site, 'usr/local/lib/python3.11/dist-packages', ground.created);
  } else {
    const libc = image.from === 'musl' ? 'musl' : 'glibc';
    await addDirectory(tree, await installNpm(packages, { cpu, libc, scratch }), 'app', ground.created);
  }
  if (image.programs !== undefined) {
    const own = join(scratch, 'opt');
    await mkdir(own);
    const programs = image.programs.map((name) => inWordsOf(cpu, name));
    // npm holds what is asked for by name to the machine that it runs on, whatever --cpu and --libc say.
    await addDirectory(
      tree,
      await installNpm(programs, { cpu, libc: 'musl', scratch: own, force: true }),
      'opt',
      ground.created,
    );
  }
  for (const [link, target] of Object.entries(image.links ?? {})) {
    tree.put(inWordsOf(cpu, link), symlink(ground.created, inWordsOf(cpu, target)));
  }
  const command = image.command.map((word) => inWordsOf(cpu, word));
  const workingDir = image.from === 'npm' || image.from === 'musl' ? '/app' : undefined;
  return baseOf(tree, {
    cpu,
    ground,
    command,
    instruction: `RUN install ${[...packages, ...(image.programs ?? [])].join(' ')}`,
    workingDir,
  });
}

async function ofGo(image: GoImage, cpu: Architecture, grounds: Grounds, scratch: string): Promise<Base> {
  const ground = grounds[image.base];
  const { created } = grounds.debian;
  const tree = new FileTree(ground.tree);
  const program = await readFile(await buildGo(image.module, { cpu, mode: image.mode, scratch }));
  tree.put(image.command[0]!.slice(1), file(created, program, 0o755));
  return baseOf(tree, { cpu, ground, command: image.command, instruction: `COPY ${image.module} /` });
}

function baseOf(
  tree: FileTree,
  of: {
    readonly cpu: Architecture;
    readonly ground: Ground;
    readonly command: readonly string[];
    readonly instruction: string;
    readonly workingDir?: string | undefined;
  },
): Base {
  return {
    architecture: of.cpu,
    created: of.ground.created,
    steps: [...of.ground.steps, { instruction: of.instruction, entries: tree.takeLayer() }],
    config: {
      Env: [`PATH=${PATH}`],
      Cmd: of.command,
      ...(of.workingDir !== undefined && { WorkingDir: of.workingDir }),
    },
  };
}

/** An example as its reader builds it, with the embedded engine, upon the bases of `npm run bases`. */
async function buildExample(name: string, layout: string, cache: string): Promise<void> {
  const bin = join(REPOSITORY, 'packages', 'rightarch', 'bin', 'rightarch.js');
  const draft = `${layout}.draft-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  const args = [bin, 'build', '--mirror', `docker.io=oci:${join(cache, 'bases')}`, '-o', `oci:${draft}`];
  await run(process.execPath, args, { cwd: join(REPOSITORY, 'examples', name), maxBuffer: 1 << 26 });
  await rm(layout, { recursive: true, force: true });
  await rename(draft, layout);
}

/** Puts a directory of the host into the image, as COPY would. */
async function addDirectory(tree: FileTree, from: string, to: string, time: number): Promise<void> {
  tree.put(to, directory(time));
  for (const name of (await readdir(from)).sort()) {
    const path = join(from, name);
    const stats = await lstat(path);
    if (stats.isDirectory()) await addDirectory(tree, path, `${to}/${name}`, time);
    else if (stats.isSymbolicLink()) tree.put(`${to}/${name}`, symlink(time, await readlink(path)));
    else if (stats.isFile()) {
      tree.put(`${to}/${name}`, file(time, await readFile(path), (stats.mode & 0o111) === 0 ? 0o644 : 0o755));
    }
  }
}
