import { describe, expect, test } from 'vitest';
import { runSimulated } from '../run/run-simulated.ts';
import { contextOf, PATH, shellRun } from '../run/test-image.ts';
import { codeOf, type Entries, project, ran, tool, useRegistry, withTool } from './test-project.ts';
import { nodeImage } from './test-registry.ts';

useRegistry();

const families: Entries = {
  'node_modules/native': {
    version: '1.0.0',
    optionalDependencies: {
      '@x/native-linux-arm64': '1.0.0',
      '@x/native-linux-x64': '1.0.0',
      '@x/native-linuxmusl-arm64': '1.0.0',
      '@x/native-darwin-arm64': '1.0.0',
    },
  },
  'node_modules/@x/native-linux-arm64': {
    version: '1.0.0',
    optional: true,
    os: ['linux'],
    cpu: ['arm64'],
    libc: ['glibc'],
  },
  'node_modules/@x/native-linuxmusl-arm64': {
    version: '1.0.0',
    optional: true,
    os: ['linux'],
    cpu: ['arm64'],
    libc: ['musl'],
  },
  'node_modules/@x/native-linux-x64': {
    version: '1.0.0',
    optional: true,
    os: ['linux'],
    cpu: ['x64'],
    engines: { node: '>=20.1' },
  },
  'node_modules/@x/native-darwin-arm64': { version: '1.0.0', optional: true, os: ['darwin'], cpu: ['arm64'] },
};
const withNative = { dependencies: { native: '1.0.0' } };

describe('packages for a platform', () => {
  test.each([
    ['arm64', ['native-linux-arm64']],
    ['amd64', ['native-linux-x64']],
  ])('%s gets its own member by CPU and libc', async (architecture, expected) => {
    const files = await ran(nodeImage(project(withNative, families)), 'npm ci', {
      platform: { os: 'linux', architecture },
    });
    const at = files.tree.resolve('/app/node_modules/@x');
    expect(at.found && [...at.node.children!.keys()]).toEqual(expected);
  });

  test("engines are those of the image's node: a member that it cannot run leaves the family empty", async () => {
    const files = nodeImage(project(withNative, families), { node: 'v20.0.0' });
    expect(await codeOf(ran(files, 'npm ci', { platform: { os: 'linux', architecture: 'amd64' } }))).toBe(
      'npm/family-empty native@1.0.0',
    );
  });

  // traps.md: PATH picks another npm and node than those of the base.
  describe('with a second Node on PATH', () => {
    const two = (npm: string) =>
      nodeImage(
        {
          ...project(withNative, families),
          '../opt/node/lib/node_modules/npm/bin/npm-cli.js': '#!/usr/bin/env node\n',
          '../opt/node/lib/node_modules/npm/package.json': JSON.stringify({ name: 'npm', version: npm }),
          '../opt/node/include/node/node_version.h':
            '#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 0\n#define NODE_PATCH_VERSION 0\n',
        },
        { node: 'v22.1.0', npm: '10.9.0' },
      );
    const amd64 = { platform: { os: 'linux', architecture: 'amd64' } };
    const asked = async (path: string, npm = '10.9.0') => {
      const files = two(npm);
      await runSimulated(
        shellRun(
          'mkdir -p /opt/node/bin && ln -s ../lib/node_modules/npm/bin/npm-cli.js /opt/node/bin/npm && chmod 755 /opt/node/lib/node_modules/npm/bin/npm-cli.js && cp /usr/local/bin/node /opt/node/bin/node',
        ),
        contextOf(files),
      );
      return codeOf(ran(files, 'npm ci', { ...amd64, env: { PATH: path } }));
    };

    test.each([
      ['the first one decides', `/opt/node/bin:${PATH}`, '10.9.0', 'npm/family-empty native@1.0.0'],
      ['a later one decides nothing', `${PATH}:/opt/node/bin`, '10.9.0', 'done'],
      ['an npm that is not known is refused where it is first', `/opt/node/bin:${PATH}`, '6.14.18', 'run/tool-not-yet'],
      ['and nobody asks it where it is not', `${PATH}:/opt/node/bin`, '6.14.18', 'done'],
    ])('%s', async (_, path, npm, expected) => {
      expect(await asked(path, npm)).toBe(expected);
    });
  });

  test('a pruned lockfile is an error that names the family and what it has', async () => {
    const { 'node_modules/@x/native-linux-x64': _, ...pruned } = families;
    const work = ran(nodeImage(project(withNative, pruned)), 'npm ci', {
      platform: { os: 'linux', architecture: 'amd64' },
    });
    await expect(work).rejects.toMatchObject({
      diagnostic: {
        code: 'npm/family-empty',
        args: {
          platform: 'linux/amd64 (glibc)',
          members: ['@x/native-linux-arm64', '@x/native-linuxmusl-arm64', '@x/native-darwin-arm64'],
        },
        at: { start: { line: 7 } },
      },
    });
  });

  test('a family of an optional package may be empty: whoever wants it works without', async () => {
    const { 'node_modules/@x/native-linux-x64': _, ...pruned } = families;
    const optional = { ...pruned, 'node_modules/native': { ...pruned['node_modules/native'], optional: true } };
    const app = nodeImage(project({ optionalDependencies: { native: '1.0.0' } }, optional as Entries));
    const amd64 = { platform: { os: 'linux', architecture: 'amd64' } };
    expect(await codeOf(ran(app, 'npm ci', amd64))).toBe('done');
  });

  test('a dependency that is not optional and does not fit is EBADPLATFORM, as npm has it', async () => {
    const entries: Entries = { 'node_modules/tool': { version: '1.0.0', cpu: ['x64'] } };
    expect(await codeOf(ran(nodeImage(project(withTool, entries))))).toBe('run/command-failed 1');
  });
});

describe('what is there only for packages that do not fit', () => {
  // The shape of sharp: a wasm build that two members share, neither of them for Linux.
  const entries: Entries = {
    'node_modules/tool': { version: '1.0.0', optionalDependencies: { left: '*', native: '*', dev: '*' } },
    'node_modules/left': { version: '2.1.0', optional: true, os: ['freebsd'], dependencies: { shared: '*' } },
    'node_modules/native': { version: '1.0.0', optional: true, cpu: ['wasm32'], dependencies: { shared: '*' } },
    'node_modules/shared': { version: '1.0.0', optional: true },
    'node_modules/dev': { version: '1.0.0', optional: true, os: ['aix'], optionalDependencies: { extra: '*' } },
    'node_modules/extra': { version: '1.0.0', optional: true },
  };
  test.each([
    ['9.9.4', ['extra', 'shared', 'tool']],
    ['10.9.9', ['extra', 'shared', 'tool']],
    ['11.6.1', ['extra', 'shared', 'tool']],
    ['11.6.2', ['shared', 'tool']],
    ['11.12.1', ['shared', 'tool']],
    ['11.13.0', ['tool']],
    ['12.2.0', ['tool']],
  ])('npm %s', async (npm, expected) => {
    const files = await ran(nodeImage(project(withTool, entries), { npm }));
    const at = files.tree.resolve('/app/node_modules');
    expect(at.found && [...at.node.children!.keys()].filter((name) => !name.startsWith('.'))).toEqual(expected);
  });

  test('until npm 11.5 what is left out must fit as well', async () => {
    const root = { dependencies: { tool: '*' }, devDependencies: { dev: '*' } };
    const misfit: Entries = { ...tool, 'node_modules/dev': { version: '1.0.0', dev: true, os: ['darwin'] } };
    const work = (npm: string) => codeOf(ran(nodeImage(project(root, misfit), { npm }), 'npm ci --omit=dev'));
    expect([await work('10.9.9'), await work('11.5.0')]).toEqual(['run/command-failed 1', 'done']);
  });

  test.each(['6.14.18', '13.0.0'])('npm %s is not one that is known', async (npm) => {
    expect(await codeOf(ran(nodeImage(project(withTool, tool), { npm })))).toBe('run/tool-not-yet');
  });
});
