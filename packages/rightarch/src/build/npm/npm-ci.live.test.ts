import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFull } from '../../../../../test/support/sampled.ts';
import type { StageTree } from '../files/stage-tree.ts';
import { runSimulated } from '../run/run-simulated.ts';
import { contextOf, debian, shellRun, stageOf, textIn } from '../run/test-image.ts';

// The real npm is the oracle, one release of each of its rules about optional packages: same lockfile, same foreign
// CPU, no scripts. `.ci/run` asks each release another of the three; `npm run soak:live` asks all of each.
const RELEASES = ['10.9.9', '11.12.1', '11.21.2'].map((version, nth) => ({
  version,
  asked: isFull ? [0, 1, 2] : [nth],
}));

const project: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'oracle',
    version: '1.2.3',
    private: true,
    workspaces: ['packages/*'],
    dependencies: {
      sharp: '0.35.5',
      esbuild: '0.25.10',
      npm: '10.9.4',
      rollup: '4.52.3',
      yargs: '17.7.2',
      'left-pad-alias': 'npm:left-pad@1.3.0',
    },
    devDependencies: { typescript: '5.9.3' },
    optionalDependencies: { bufferutil: '4.0.9' },
  }),
  'packages/one/package.json': JSON.stringify({
    name: '@oracle/one',
    version: '1.0.0',
    bin: './cli.js',
    dependencies: { semver: '5.7.2' },
  }),
  'packages/one/cli.js': '#!/usr/bin/env node\r\nconsole.log(1)\n',
  'packages/two/package.json': JSON.stringify({
    name: 'two',
    version: '1.0.0',
    dependencies: { '@oracle/one': '1.0.0', semver: '7.7.2' },
  }),
};

let directory: string;
let cacheDirectory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-npm-'));
  cacheDirectory = mkdtempSync(join(tmpdir(), 'rightarch-npm-cache-'));
  for (const [path, text] of Object.entries(project)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { mode: 0o644 });
  }
  npm('install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund');
}, 300_000);

afterAll(() => {
  for (const made of [directory, cacheDirectory]) rmSync(made, { recursive: true, force: true });
});

function npm(...args: string[]): void {
  const done = spawnSync('npm', args, { cwd: directory, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`npm ${args.join(' ')}: ${done.stderr}`);
}

/** npm takes what lies in any node_modules, a workspace's too, for resolved: without its integrity. */
function forgetInstalled(): void {
  for (const below of ['', 'packages/one', 'packages/two'])
    rmSync(join(directory, below, 'node_modules'), { recursive: true, force: true });
}

/** A release of npm from the registry, in a directory of its own. */
function releaseOf(version: string): string {
  const prefix = join(cacheDirectory, `npm-${version}`);
  mkdirSync(prefix, { recursive: true });
  npm('install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', `npm@${version}`);
  return join(prefix, 'node_modules', 'npm', 'bin', 'npm-cli.js');
}

/** Path to `mode sha256` or `-> target`, of everything under a directory of this machine. */
function onDisk(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    for (const name of readdirSync(join(root, path))) {
      const child = `${path}/${name}`;
      const stat = lstatSync(join(root, child));
      if (stat.isSymbolicLink()) found.set(child, `-> ${readlinkSync(join(root, child))}`);
      else if (stat.isDirectory()) {
        found.set(child, `d${(stat.mode & 0o7777).toString(8)}`);
        visit(child);
      } else
        found.set(
          child,
          `${(stat.mode & 0o7777).toString(8)} ${createHash('sha256')
            .update(readFileSync(join(root, child)))
            .digest('hex')}`,
        );
    }
  };
  visit('');
  return found;
}

async function inImage(files: StageTree): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [path, node] of files.tree.walk()) {
    if (!path.startsWith('/app/')) continue;
    const name = path.slice('/app'.length);
    if (node.entry.type === 'symlink') found.set(name, `-> ${node.entry.link}`);
    else if (node.children !== undefined) found.set(name, `d${node.entry.mode.toString(8)}`);
    else
      found.set(name, `${node.entry.mode.toString(8)} ${(await files.contentOf(path)).digest.slice('sha256:'.length)}`);
  }
  return found;
}

function differences(real: Map<string, string>, ours: Map<string, string>): readonly string[] {
  return [...new Set([...real.keys(), ...ours.keys()])]
    .sort()
    .filter((path) => real.get(path) !== ours.get(path))
    .map((path) => `${path}: ${real.get(path)} | ${ours.get(path)}`);
}

function imageOf(version: string, names = [...Object.keys(project), 'package-lock.json']): StageTree {
  const app = Object.fromEntries(names.map((path) => [`/app/${path}`, readFileSync(join(directory, path), 'utf8')]));
  return stageOf({
    ...debian,
    '/usr/local/bin/npm': { link: '../lib/node_modules/npm/bin/npm-cli.js' },
    '/usr/local/lib/node_modules/npm/bin/npm-cli.js': { file: '#!/usr/bin/env node\n', mode: 0o755 },
    '/usr/local/lib/node_modules/npm/package.json': JSON.stringify({ name: 'npm', version }),
    '/usr/local/bin/node': {
      file: `\x7fELF https://nodejs.org/download/release/${process.version}/node.tar.gz`,
      mode: 0o755,
    },
    ...app,
  });
}

describe.each(RELEASES)('npm $version', ({ version, asked }) => {
  let cli: string;
  beforeAll(() => {
    cli = releaseOf(version);
  }, 300_000);

  test.each(
    [
      { cpu: 'arm64', architecture: 'arm64', omit: '' },
      { cpu: 'x64', architecture: 'amd64', omit: ' --omit=dev' },
    ].filter((_, nth) => asked.includes(nth)),
  )(
    'for $cpu',
    async ({ cpu, architecture, omit }) => {
      forgetInstalled();
      const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--os=linux', `--cpu=${cpu}`, '--libc=glibc'];
      const words = [cli, 'ci', ...flags, ...omit.split(' ').slice(1)];
      const done = spawnSync(process.execPath, words, { cwd: directory, encoding: 'utf8' });
      if (done.status !== 0) throw new Error(done.stderr);
      const files = imageOf(version);
      await runSimulated(
        shellRun(`npm ci --ignore-scripts${omit}`),
        contextOf(files, { cwd: '/app', cacheDirectory, platform: { os: 'linux', architecture } }),
      );
      const ours = await inImage(files);
      expect(differences(onDisk(directory), ours)).toEqual([]);
      expect(ours.size).toBeGreaterThan(1000);
    },
    180_000,
  );

  if (asked.includes(2))
    test('without a lockfile: the one that npm leaves, and everything that it installs', async () => {
      const lock = join(directory, 'package-lock.json');
      const kept = readFileSync(lock);
      rmSync(lock);
      forgetInstalled();
      try {
        const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--os=linux', '--cpu=arm64', '--libc=glibc'];
        const done = spawnSync(process.execPath, [cli, 'install', ...flags], { cwd: directory, encoding: 'utf8' });
        if (done.status !== 0) throw new Error(done.stderr);
        const files = imageOf(version, Object.keys(project));
        const platform = { os: 'linux', architecture: 'arm64' };
        const { notReproducible } = await runSimulated(
          shellRun('npm install --ignore-scripts'),
          contextOf(files, { cwd: '/app', cacheDirectory, platform, packages: { hostNpm: () => cli } }),
        );
        expect(notReproducible).toHaveLength(1);
        // Addresses depend on the registry of this machine and on its npm configuration; every other line must agree.
        const withoutAddresses = (text: string) => text.replace(/^ *"resolved": .*\n/gm, '');
        const made = withoutAddresses(readFileSync(lock, 'utf8'));
        expect(withoutAddresses(await textIn(files, '/app/package-lock.json'))).toBe(made);
        // Known differences (docs/embedded-engine.md): the hidden lockfile, and the musl twin that a lock without libc brings.
        const known =
          /^\/(?:package-lock\.json|node_modules\/(?:\.package-lock\.json|@(?:img|rollup)\/[^/]*musl[^/]*(?:\/.*)?))$/;
        const others = (found: Map<string, string>) => new Map([...found].filter(([path]) => !known.test(path)));
        const ours = others(await inImage(files));
        expect(differences(others(onDisk(directory)), ours)).toEqual([]);
        expect(ours.size).toBeGreaterThan(1000);
      } finally {
        writeFileSync(lock, kept);
      }
    }, 180_000);
});
