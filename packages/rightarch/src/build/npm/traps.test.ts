import { describe, expect, test } from 'vitest';
import { PATH } from '../run/test-image.ts';
import { codeOf, type Entries, project, ran, tool, useRegistry, withTool } from './test-project.ts';
import { nodeImage } from './test-registry.ts';

useRegistry();

// Where a shortcut would look right: each test fails if it were taken.

test('a lockfile without libc installs the members of both, as npm does in the image', async () => {
  const member = (libc: string): Entries => ({
    [`node_modules/@x/native-${libc}-arm64`]: { version: '1.0.0', optional: true, os: ['linux'], cpu: ['arm64'] },
  });
  const entries: Entries = {
    'node_modules/native': {
      version: '1.0.0',
      optionalDependencies: { '@x/native-linux-arm64': '1.0.0', '@x/native-linuxmusl-arm64': '1.0.0' },
    },
    ...member('linux'),
    ...member('linuxmusl'),
  };
  const files = await ran(nodeImage(project({ dependencies: { native: '1.0.0' } }, entries)));
  const at = files.tree.resolve('/app/node_modules/@x');
  expect(at.found && [...at.node.children!.keys()].sort()).toEqual(['native-linux-arm64', 'native-linuxmusl-arm64']);
});

describe('a setting that would have npm start something, alone in .npmrc', () => {
  test.each(['git=/tmp/evil', 'node-options=--require /tmp/evil.js', 'script-shell=/tmp/evil'])('%s', async (line) => {
    const app = project(withTool, tool);
    const image = nodeImage({ ...app, '.npmrc': `${app['.npmrc']}${line}\n` });
    expect(await codeOf(ran(image))).toBe(`npm/config-refused ${line.split('=')[0]}`);
  });
});

test('what Node and npm keep for themselves is never in a layer, whatever the image asks of Node', async () => {
  const env = { PATH, NODE_COMPILE_CACHE: '/tmp/kept', npm_config_cache: '/tmp/npm' };
  const files = await ran(nodeImage(project(withTool, tool)), 'npm ci', { env });
  for (const path of ['/tmp/kept', '/tmp/npm', '/tmp/node-compile-cache', '/root/.npm'])
    expect(files.tree.resolve(path).found, path).toBe(false);
  expect(files.tree.resolve('/app/node_modules/tool/lib/a.js').found).toBe(true);
});

describe('file: dependencies', () => {
  const entries: Entries = {
    'node_modules/own': { resolved: 'libs/own', link: true },
    'libs/own': { version: '1.0.0', name: 'own' },
  } as never;
  const root = { dependencies: { own: 'file:libs/own' } };

  test('are links to what the context brought', async () => {
    const files = await ran(
      nodeImage(project(root, entries, { 'libs/own/package.json': '{"name":"own","version":"1.0.0"}' })),
    );
    const at = files.tree.resolve('/app/node_modules/own', { followLast: false });
    expect(at.found && at.node.entry.link).toBe('../libs/own');
  });

  test('that lead out of the project are refused, not followed', async () => {
    const outside: Entries = {
      'node_modules/own': { resolved: '../own', link: true },
      '../own': { version: '1.0.0' },
    } as never;
    const found = await codeOf(ran(nodeImage(project({ dependencies: { own: 'file:../own' } }, outside))));
    expect(found).toBe('npm/lockfile-malformed');
  });
});

describe('overrides', () => {
  const entries: Entries = {
    'node_modules/left': { version: '2.1.0', dependencies: { shared: '*' } },
    'node_modules/shared': { version: '1.0.0' },
  };
  test.each([
    ['what the lockfile was written with', { shared: '1.0.0' }, 'done'],
    ['the same, below its parent', { left: { shared: '^1.0.0' } }, 'done'],
    ['a package by its reference', { left: '$left', shared: '1' }, 'done'],
    ['a version that the lockfile does not hold', { shared: '2.0.0' }, 'run/command-failed 1'],
    ['the same, below its parent', { left: { shared: '^2.0.0' } }, 'run/command-failed 1'],
    ['a rule for other versions', { 'shared@2': '3.0.0' }, 'done'],
    ['a rule for this version', { 'shared@1': '3.0.0' }, 'run/command-failed 1'],
    ['a fork under its name', { shared: 'npm:@fork/shared@1.0.0' }, 'run/command-failed 1'],
    ['a dependency of the project itself', { left: '2.1.0' }, 'run/command-failed 1'],
    ['the same by its version', { 'left@2': '2.1.0' }, 'run/command-failed 1'],
    ['a package that is not there', { nowhere: '1.0.0' }, 'done'],
  ])('%s', async (_, overrides, expected) => {
    const app = project({ dependencies: { left: '^2.0.0' }, overrides }, entries);
    expect(await codeOf(ran(nodeImage(app)))).toBe(expected);
  });
});
