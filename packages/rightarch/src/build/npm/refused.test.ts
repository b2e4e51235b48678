import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PATH } from '../run/test-image.ts';
import { cache, codeOf, type Entries, project, ran, registry, tool, useRegistry, withTool } from './test-project.ts';
import { nodeImage } from './test-registry.ts';

useRegistry();

describe('nothing of a package or of the context is executed', () => {
  test('hostile configuration of every package manager leaves no trace', async () => {
    const mark = join(cache, 'executed');
    const hostile = {
      '.pnpmfile.cjs': `require('fs').writeFileSync(${JSON.stringify(mark)}, '')`,
      '.yarnrc.yml': `yarnPath: ${mark}.cjs\nplugins: [${mark}.cjs]\n`,
      'setup.py': `open(${JSON.stringify(mark)}, 'w')`,
      '.npmrc': `script-shell=/bin/touch\ngit=/bin/touch\nnode-options=--require ${mark}\nregistry=${registry.url}\n`,
    };
    const env = { PATH, GOFLAGS: `-toolexec=${mark}`, NODE_OPTIONS: `--require ${mark}` };
    const files = nodeImage(project(withTool, tool, hostile));
    expect(await codeOf(ran(files, 'npm ci', { env }))).toBe('npm/config-refused script-shell');
    const { '.npmrc': _, ...rest } = hostile;
    await ran(nodeImage(project(withTool, tool, rest)), 'npm ci', { env });
    expect(readdirSync(cache)).not.toContain('executed');
  });

  test.each([
    ['its own postinstall', { scripts: { postinstall: 'prisma generate' } }, {}, 'npm/script-needed app'],
    ['its own binding.gyp', {}, { 'binding.gyp': '{}' }, 'npm/script-needed app'],
    ['a harmless script', { scripts: { build: 'tsc' } }, {}, 'done'],
  ])('%s', async (_, root, more, expected) => {
    expect(await codeOf(ran(nodeImage(project({ ...withTool, ...root }, tool, more as Record<string, string>))))).toBe(
      expected,
    );
  });

  test('a package with an install script, unless somebody says that it is not needed', async () => {
    const entries: Entries = { 'node_modules/tool': { version: '1.0.0', hasInstallScript: true } };
    const app = project(withTool, entries);
    expect(await codeOf(ran(nodeImage(app)))).toBe('npm/script-needed tool@1.0.0');
    expect(await codeOf(ran(nodeImage(app), 'npm ci --ignore-scripts'))).toBe('done');
    expect(
      await codeOf(
        ran(nodeImage(app), 'npm ci', { scriptsNotNeeded: [{ package: 'tool', reason: 'it only prints' }] }),
      ),
    ).toBe('done');
  });

  test.each([
    ['a script of its own', 'hidden', 'npm/script-needed hidden@1.0.0'],
    ['a binding.gyp', 'gyp', 'npm/script-needed gyp@1.0.0'],
  ])('%s that the lockfile does not tell of', async (_, name, expected) => {
    const app = project({ dependencies: { [name]: '1.0.0' } }, { [`node_modules/${name}`]: { version: '1.0.0' } });
    expect(await codeOf(ran(nodeImage(app)))).toBe(expected);
    expect(await codeOf(ran(nodeImage(app), 'npm ci --ignore-scripts'))).toBe('done');
  });

  test('a package that writes outside itself', async () => {
    const entries: Entries = { 'node_modules/evil': { version: '1.0.0' } };
    expect(await codeOf(ran(nodeImage(project({ dependencies: { evil: '1.0.0' } }, entries))))).toBe(
      'npm/package-malformed evil',
    );
  });
});

describe('what is refused', () => {
  const git: Entries = { 'node_modules/tool': { name: 'tool', link: false } };
  test.each([
    ['no lockfile', { 'package-lock.json': undefined }, 'npm/lockfile-missing'],
    ['no project', { 'package.json': undefined }, 'npm/lockfile-missing'],
    ['lockfile v1', { 'package-lock.json': '{"lockfileVersion":1,"dependencies":{}}' }, 'npm/lockfile-old'],
    ['no JSON', { 'package-lock.json': '{' }, 'npm/lockfile-malformed'],
    [
      'a way out',
      { 'package-lock.json': '{"lockfileVersion":3,"packages":{"":{},"../x":{}}}' },
      'npm/lockfile-malformed',
    ],
    ['before', { '.npmrc': 'before=2020-01-01\n' }, 'npm/config-refused before'],
    [
      'out of sync',
      { 'package.json': '{"name":"app","version":"1.0.0","dependencies":{"tool":"^2.0.0"}}' },
      'run/command-failed 1',
    ],
    [
      'not in the lock',
      { 'package.json': '{"name":"app","dependencies":{"tool":"^1.0.0","nope":"1"}}' },
      'run/command-failed 1',
    ],
  ])('%s', async (_, change, expected) => {
    const app = Object.fromEntries(
      Object.entries({ ...project(withTool, tool), ...change }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      ),
    );
    expect(await codeOf(ran(nodeImage(app)))).toBe(expected);
  });

  const pnpm = { packageManager: { name: 'pnpm' } };
  test.each([
    ['another package manager', pnpm, '10.9.0', 'run/command-failed 1'],
    ['the same, before npm looked', pnpm, '10.8.3', 'done'],
    ['the same, as a warning', { packageManager: { name: 'pnpm', onFail: 'warn' } }, '11.19.1', 'done'],
    ['one of two', { packageManager: [{ name: 'pnpm' }, { name: 'npm', version: '>=10' }] }, '11.19.1', 'done'],
    [
      'none of two',
      { packageManager: [pnpm.packageManager, { name: 'npm', version: '9' }] },
      '10.9.0',
      'run/command-failed 1',
    ],
    [
      'another Node',
      { runtime: { name: 'node', version: '^24', onFail: 'download' } },
      '10.9.0',
      'run/command-failed 1',
    ],
    ['this Node', { runtime: { name: 'node', version: '22.x' } }, '10.9.0', 'done'],
    ['the CPU of the image', { cpu: { name: 'arm64' } }, '10.9.0', 'done'],
    ['another CPU', { cpu: { name: 'x64' } }, '10.9.0', 'run/command-failed 1'],
    ['the kernel of the builder', { os: { name: 'linux', version: '>=5' } }, '10.9.0', 'run/not-computable'],
    ['a word that is no version', { runtime: { name: 'node', version: 'lts' } }, '10.9.0', 'run/not-computable'],
    ['an unknown engine', { browser: { name: 'x', onFail: 'ignore' } }, '10.9.0', 'run/command-failed 1'],
    ['no object', [], '10.9.0', 'run/command-failed 1'],
  ])('devEngines: %s', async (_, devEngines, npm, expected) => {
    expect(await codeOf(ran(nodeImage(project({ ...withTool, devEngines }, tool), { npm })))).toBe(expected);
  });

  test('git dependencies', async () => {
    const app = project({ dependencies: { tool: 'github:a/b' } }, git);
    app['package-lock.json'] = JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { tool: 'github:a/b' } },
        'node_modules/tool': { version: '1.0.0', resolved: 'git+ssh://git@github.com/a/b.git#1' },
      },
    });
    expect(await codeOf(ran(nodeImage(app)))).toBe('npm/source-refused tool');
  });

  test.each([
    ['npm install tool', 'run/option-unknown'],
    ['npm ci --force', 'run/option-unknown'],
    ['npm run build', 'run/command-unknown'],
    ['npm ci --script-shell=/x', 'run/option-unknown'],
  ])('%s', async (text, expected) => {
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), text))).toBe(expected);
  });

  test('npm that the image does not have', async () => {
    const files = nodeImage(project(withTool, tool));
    files.remove('/usr/local/bin/npm');
    expect(await codeOf(ran(files))).toBe('run/command-failed 127');
  });
});
