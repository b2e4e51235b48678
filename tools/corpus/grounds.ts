import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Apt, openApt } from '../bases/apt.ts';
import {
  configureCertificates,
  configureDebian,
  configureLoader,
  DEBIAN_PACKAGES,
  mergedUsr,
  unpackDebian,
} from '../bases/debian.ts';
import { FileTree, file, symlink } from '../bases/file-tree.ts';
import type { Step } from '../bases/layout.ts';
import type { Architecture } from '../bases/ld-cache.ts';
import { addEntrypoint, addNode, addNodeUser, NODE_PACKAGES, NODE_VERSION } from '../bases/node.ts';
import { readNpmPackage } from '../bases/npm.ts';
import { addPython, PYTHON_PACKAGES } from '../bases/python.ts';
import { installPython } from './install.ts';
import { inWordsOf } from './words.ts';

/** What images stand on for one CPU, and what is in it already. */
export interface Ground {
  readonly apt: Apt;
  readonly tree: FileTree;
  readonly steps: readonly Step[];
  readonly packages: ReadonlySet<string>;
  readonly created: number;
}

export type Grounds = Readonly<Record<'debian' | 'npm' | 'pypi' | 'musl' | 'scratch', Ground>>;

/** Assembles for one CPU what images stand on, in memory. */
export async function makeGrounds(cpu: Architecture, cache: string): Promise<Grounds> {
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

  const musl = new FileTree();
  await unpackDebian(musl, await apt.alone(['musl', 'busybox-static']));
  musl.put('bin/sh', symlink(created, 'busybox'));
  await addLibrariesForMusl(musl, cpu, created, join(cache, 'corpus-musl', cpu));

  const ground = (tree: FileTree, has: readonly string[], steps: readonly Step[]): Ground => ({
    apt,
    tree,
    created,
    packages: new Set(has),
    steps,
  });
  const step = (tree: FileTree, instruction: string): Step => ({ instruction, entries: tree.takeLayer() });
  return {
    debian: ground(debian, packages, debianSteps),
    npm: ground(node, packages, [...debianSteps, step(node, `Node ${NODE_VERSION}`)]),
    pypi: ground(python, [...packages, ...more], [...debianSteps, step(python, 'Python 3.11')]),
    musl: ground(musl, [], [step(musl, 'musl, busybox and the library of C++, unpacked')]),
    scratch: ground(new FileTree(), [], []),
  };
}

/** The library of C++ for musl, which Debian does not have: out of a wheel that brings it, under the names that programs ask for. */
async function addLibrariesForMusl(tree: FileTree, cpu: Architecture, time: number, scratch: string): Promise<void> {
  await mkdir(scratch, { recursive: true });
  const site = await installPython(['greenlet'], { cpu, libc: 'musl', scratch });
  const libraries = join(site, 'greenlet.libs');
  const to = inWordsOf(cpu, 'usr/lib/{machine}-linux-musl');
  for (const name of (await readdir(libraries)).sort()) {
    tree.put(`${to}/${name}`, file(time, await readFile(join(libraries, name)), 0o755));
    const [, stem, version] = /^(lib[^-]+)-.*?\.so\.(\d+)/.exec(name)!;
    tree.put(`${to}/${stem}.so.${version}`, symlink(time, name));
  }
}
