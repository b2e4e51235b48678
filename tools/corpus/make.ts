import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Apt, openApt } from '../bases/apt.ts';
import {
  alternative,
  configureCertificates,
  configureDebian,
  configureLoader,
  DEBIAN_PACKAGES,
  mergedUsr,
  unpackDebian,
} from '../bases/debian.ts';
import { directory, FileTree, file, symlink } from '../bases/file-tree.ts';
import { type Base, LayoutWriter, type Step } from '../bases/layout.ts';
import type { Architecture } from '../bases/ld-cache.ts';
import { addEntrypoint, addNode, addNodeUser, NODE_PACKAGES, NODE_VERSION } from '../bases/node.ts';
import { readNpmPackage } from '../bases/npm.ts';
import { addPython, PYTHON_PACKAGES } from '../bases/python.ts';
import type { CorpusImage } from './list.ts';

const run = promisify(execFile);
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const TRIPLETS: Readonly<Record<Architecture, string>> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };
const CPUS = ['amd64', 'arm64'] as const satisfies readonly Architecture[];

/** What images stand on for one CPU, and what is in it already. */
interface Ground {
  readonly apt: Apt;
  readonly tree: FileTree;
  readonly steps: readonly Step[];
  readonly packages: ReadonlySet<string>;
  readonly created: number;
}

type Grounds = Readonly<Record<CorpusImage['base'], Ground>>;

/** Makes images of the list out of packages for both CPUs, as layouts that are not compressed. */
export interface Maker {
  /** Throws what the package manager says where it has no such package for one of the CPUs. */
  make(image: CorpusImage, layout: string): Promise<void>;
}

/** Opens the package managers and assembles the bases in memory. `cache` keeps what was downloaded. */
export async function openMaker(cache: string): Promise<Maker> {
  const grounds: Partial<Record<Architecture, Grounds>> = {};
  for (const cpu of CPUS) grounds[cpu] = await makeGrounds(cpu, cache);
  const scratch = join(cache, 'corpus-scratch');
  return {
    async make(image, layout) {
      const writer = new LayoutWriter(layout, { compress: false });
      try {
        const bases: Base[] = [];
        for (const cpu of CPUS) bases.push(await makeImage(image, cpu, grounds[cpu]![image.base], scratch));
        await writer.add(`corpus.test/${image.name.toLowerCase()}:1`, bases);
        await writer.finish(image.name);
      } catch (error) {
        await writer.discard();
        throw error;
      }
    },
  };
}

async function makeGrounds(cpu: Architecture, cache: string): Promise<Grounds> {
  const apt = await openApt(cpu, join(cache, 'apt'));
  const packages = await apt.closure(DEBIAN_PACKAGES);
  const debian = new FileTree();
  mergedUsr(debian, cpu);
  const created = await unpackDebian(debian, packages);
  configureDebian(debian, created);
  configureLoader(debian, cpu, created);
  const debianSteps: Step[] = [{ instruction: 'Debian packages, unpacked', entries: debian.takeLayer() }];

  const node = new FileTree(debian);
  const read = (name: keyof typeof NODE_PACKAGES) => readNpmPackage(NODE_PACKAGES[name], join(cache, 'npm'));
  addNodeUser(node, created);
  addNode(node, created, await read(cpu), { npm: await read('npm'), corepack: await read('corepack') });
  addEntrypoint(node, created);

  const python = new FileTree(debian);
  const more = (await apt.closure([...DEBIAN_PACKAGES, ...PYTHON_PACKAGES])).filter((path) => !packages.includes(path));
  await unpackDebian(python, more);
  configureCertificates(python, created);
  addPython(python, created);
  configureLoader(python, cpu, created);

  const ground = (tree: FileTree, has: readonly string[], instruction?: string): Ground => ({
    apt,
    tree,
    created,
    packages: new Set(has),
    steps: instruction === undefined ? debianSteps : [...debianSteps, { instruction, entries: tree.takeLayer() }],
  });
  return {
    debian: ground(debian, packages),
    node: ground(node, packages, `Node ${NODE_VERSION}`),
    python: ground(python, [...packages, ...more], 'Python 3.11'),
  };
}

async function makeImage(image: CorpusImage, cpu: Architecture, ground: Ground, scratch: string): Promise<Base> {
  const tree = new FileTree(ground.tree);
  if (image.base === 'debian') {
    const all = await ground.apt.closure([...DEBIAN_PACKAGES, ...image.packages]);
    await unpackDebian(
      tree,
      all.filter((path) => !ground.packages.has(path)),
    );
    for (const [link, target] of Object.entries(image.alternatives ?? {})) {
      const ofCpu = (text: string) => text.replaceAll('{cpu}', cpu).replaceAll('{triplet}', TRIPLETS[cpu]);
      alternative(tree, ground.created, ofCpu(link), ofCpu(target));
    }
    configureLoader(tree, cpu, ground.created);
  } else {
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true });
    const install = image.base === 'node' ? installNpm : installPython;
    const to = image.base === 'node' ? 'app' : 'usr/local/lib/python3.11/dist-packages';
    await addDirectory(tree, await install(image, cpu, scratch), to, ground.created);
  }
  return {
    architecture: cpu,
    created: ground.created,
    steps: [...ground.steps, { instruction: `RUN install ${image.packages.join(' ')}`, entries: tree.takeLayer() }],
    config: { Env: [`PATH=${PATH}`], Cmd: image.command, ...(image.base === 'node' && { WorkingDir: '/app' }) },
  };
}

async function installNpm(image: CorpusImage, cpu: Architecture, scratch: string): Promise<string> {
  await writeFile(join(scratch, 'package.json'), '{"name":"app","version":"1.0.0","private":true}');
  const target = ['--os=linux', `--cpu=${cpu === 'amd64' ? 'x64' : 'arm64'}`, '--libc=glibc'];
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  await run('npm', ['install', ...quiet, ...target, ...image.packages], { cwd: scratch, maxBuffer: 1 << 26 });
  return scratch;
}

/** uv evaluates markers and wheel tags for the platform that it is told, never for its own. */
async function installPython(image: CorpusImage, cpu: Architecture, scratch: string): Promise<string> {
  const target = join(scratch, 'site');
  const platform = `${cpu === 'amd64' ? 'x86_64' : 'aarch64'}-manylinux_2_36`;
  const options = ['--python-platform', platform, '--python-version', '3.11', '--only-binary', ':all:', '--no-compile'];
  const args = ['pip', 'install', '--quiet', '--target', target, ...options, ...image.packages];
  await run('uv', args, { cwd: scratch, maxBuffer: 1 << 26 });
  return target;
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
