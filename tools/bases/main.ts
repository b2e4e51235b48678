/**
 * `npm run bases`: equivalents of three official images for two CPUs, made of Debian's and npm's packages, in one OCI
 * layout that serves as `--mirror docker.io=oci:.cache/bases`. Packages are unpacked, never executed.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Apt, openApt, Unavailable } from './apt.ts';
import {
  configureCertificates,
  configureDebian,
  configureLoader,
  DEBIAN_PACKAGES,
  mergedUsr,
  unpackDebian,
} from './debian.ts';
import { FileTree } from './file-tree.ts';
import { type Base, LayoutWriter, type Step } from './layout.ts';
import type { Architecture } from './ld-cache.ts';
import { addEntrypoint, addNode, addNodeUser, NODE_PACKAGES, NODE_VERSION } from './node.ts';
import { readNpmPackage } from './npm.ts';
import { addPython, PYTHON_PACKAGES, pythonVersion } from './python.ts';
import type { PackageEntry } from './tar.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const NAMES = ['debian:bookworm-slim', 'node:22-slim', 'python:3.11-slim'] as const;
const LABELS = {
  'rightarch.base':
    'an equivalent of the official image, assembled from Debian and npm packages that were unpacked, not executed',
};

type Bases = Readonly<Record<(typeof NAMES)[number], Base>>;

type NpmPackages = Readonly<Record<keyof typeof NODE_PACKAGES, readonly PackageEntry[]>>;

async function readNpmPackages(directory: string): Promise<NpmPackages> {
  const read = (name: keyof NpmPackages) => readNpmPackage(NODE_PACKAGES[name], directory);
  const [amd64, arm64, npm, corepack] = await Promise.all([
    read('amd64'),
    read('arm64'),
    read('npm'),
    read('corepack'),
  ]);
  return { amd64, arm64, npm, corepack };
}

async function makeBases(architecture: Architecture, apt: Apt, npm: NpmPackages): Promise<Bases> {
  const debianPackages = await apt.closure(DEBIAN_PACKAGES);
  const pythonPackages = (await apt.closure([...DEBIAN_PACKAGES, ...PYTHON_PACKAGES])).filter(
    (path) => !debianPackages.includes(path),
  );

  const debian = new FileTree();
  mergedUsr(debian, architecture);
  const created = await unpackDebian(debian, debianPackages);
  configureDebian(debian, created);
  configureLoader(debian, architecture, created);
  const debianSteps: Step[] = [
    { instruction: 'Debian packages, unpacked', entries: debian.takeLayer() },
    { instruction: 'CMD ["bash"]' },
  ];

  const node = new FileTree(debian);
  const nodeSteps: Step[] = [...debianSteps];
  addNodeUser(node, created);
  nodeSteps.push({ instruction: 'user node, uid 1000', entries: node.takeLayer() });
  nodeSteps.push({ instruction: `ENV NODE_VERSION=${NODE_VERSION}` });
  addNode(node, created, npm[architecture], npm);
  nodeSteps.push({
    instruction: `Node ${NODE_VERSION}, npm and corepack from npm packages`,
    entries: node.takeLayer(),
  });
  addEntrypoint(node, created);
  nodeSteps.push({ instruction: 'COPY docker-entrypoint.sh /usr/local/bin/', entries: node.takeLayer() });
  nodeSteps.push({ instruction: 'ENTRYPOINT ["docker-entrypoint.sh"]' }, { instruction: 'CMD ["node"]' });

  const python = new FileTree(debian);
  const pythonCreated = Math.max(created, await unpackDebian(python, pythonPackages));
  configureCertificates(python, pythonCreated);
  addPython(python, pythonCreated);
  configureLoader(python, architecture, pythonCreated);
  const version = pythonVersion(python);
  const pythonSteps: Step[] = [
    ...debianSteps,
    { instruction: `Python ${version} from Debian packages, unpacked`, entries: python.takeLayer() },
    { instruction: 'CMD ["python3"]' },
  ];

  return {
    'debian:bookworm-slim': {
      architecture,
      created,
      steps: debianSteps,
      config: { Env: [`PATH=${PATH}`], Cmd: ['bash'], Labels: LABELS },
    },
    'node:22-slim': {
      architecture,
      created,
      steps: nodeSteps,
      config: {
        Env: [`PATH=${PATH}`, `NODE_VERSION=${NODE_VERSION}`],
        Entrypoint: ['docker-entrypoint.sh'],
        Cmd: ['node'],
        Labels: LABELS,
      },
    },
    'python:3.11-slim': {
      architecture,
      created: pythonCreated,
      steps: pythonSteps,
      config: { Env: [`PATH=${PATH}`, 'LANG=C.UTF-8', `PYTHON_VERSION=${version}`], Cmd: ['python3'], Labels: LABELS },
    },
  };
}

/** What decides the bytes besides the packages: the text of these tools. */
async function recipeDigest(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(HERE)).sort()) hash.update(await readFile(join(HERE, name)));
  return hash.digest('hex');
}

async function isThere(directory: string, recipe: string): Promise<boolean> {
  const text = await readFile(join(directory, 'index.json'), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { readonly annotations?: { readonly recipe?: string } }).annotations?.recipe === recipe;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { output: { type: 'string', short: 'o' }, refresh: { type: 'boolean' } } });
  const cache = resolve(HERE, '..', '..', '.cache');
  const output = resolve(values.output ?? join(cache, 'bases'));
  const recipe = await recipeDigest();
  if (values.refresh !== true && (await isThere(output, recipe))) {
    console.log(`${output} is up to date (--refresh asks Debian for newer packages)`);
    return 0;
  }
  await mkdir(dirname(output), { recursive: true });
  const layout = new LayoutWriter(output);
  try {
    // apt first: where it is missing, nothing is downloaded in vain.
    const open = (architecture: Architecture) => openApt(architecture, join(cache, 'apt'));
    const [amd64Apt, arm64Apt] = await Promise.all([open('amd64'), open('arm64')]);
    const npm = await readNpmPackages(join(cache, 'npm'));
    const [amd64, arm64] = await Promise.all([makeBases('amd64', amd64Apt, npm), makeBases('arm64', arm64Apt, npm)]);
    for (const name of NAMES) {
      await layout.add(`docker.io/library/${name}`, [amd64[name], arm64[name]]);
      console.log(`docker.io/library/${name} for linux/amd64 and linux/arm64`);
    }
    await layout.finish(recipe);
    console.log(`use it with: --mirror docker.io=oci:${output}`);
    return 0;
  } catch (error) {
    await layout.discard();
    if (!(error instanceof Unavailable)) throw error;
    console.error(`bases: ${error.message}`);
    return 3;
  }
}

process.exitCode = await main();
