import { describe, expect, test } from 'vitest';
import { PATH, shown, textIn } from '../run/test-image.ts';
import { codeOf, type Entries, project, ran, tool, useRegistry, withTool } from './test-project.ts';
import { nodeImage } from './test-registry.ts';

useRegistry();

describe('npm ci', () => {
  test('places files, links programs and leaves nothing else', async () => {
    const files = await ran(nodeImage(project(withTool, tool)));
    const paths = [...files.tree.walk()]
      .map(([path]) => path)
      .filter((path) => path.includes('node_modules/') && path.startsWith('/app'));
    expect(paths).toEqual([
      '/app/node_modules/.bin',
      '/app/node_modules/.bin/tool',
      '/app/node_modules/.package-lock.json',
      '/app/node_modules/tool',
      '/app/node_modules/tool/.npmignore',
      '/app/node_modules/tool/bin',
      '/app/node_modules/tool/bin/tool.js',
      '/app/node_modules/tool/lib',
      '/app/node_modules/tool/lib/a.js',
      '/app/node_modules/tool/package.json',
    ]);
    expect(shown(files, '/app/node_modules/.bin/tool')).toBe('l777 0:0 -> ../tool/bin/tool.js');
    expect(shown(files, '/app/node_modules/tool/bin/tool.js')).toBe('-755 0:0');
    expect(shown(files, '/app/node_modules/tool/lib/a.js')).toBe('-644 0:0');
    // bin-links mends the `#!` line and no other.
    expect(await textIn(files, '/app/node_modules/tool/bin/tool.js')).toBe('#!/usr/bin/env node\nrun()\r\n');
    expect(files.tree.resolve('/root/.npm').found).toBe(false);
  });

  test('what was in node_modules before is gone, also from a lower layer', async () => {
    const files = await ran(nodeImage(project(withTool, tool, { 'node_modules/old/index.js': 'old' })));
    expect([shown(files, '/app/node_modules/old'), shown(files, '/app/node_modules/tool')]).toEqual([
      undefined,
      'd755 0:0',
    ]);
  });

  // As npm 10.9.9 and 11.19.1 were seen to unpack the very same archive.
  test('unpacks as node-tar does, whatever the archive is like', async () => {
    const odd = { 'node_modules/odd': { version: '1.0.0' } };
    const app = () => project({ dependencies: { odd: '*' } }, odd);
    const files = await ran(nodeImage(app()));
    const found = [...files.tree.walk()].flatMap(([path]) =>
      path.startsWith('/app/node_modules/odd/') ? [`${path.slice(22)} ${shown(files, path)}`] : [],
    );
    expect(found).toEqual([
      'flat -644 0:0',
      'package d755 0:0',
      'package/dot -644 0:0',
      'package/root -644 0:0',
      'package.json -644 0:0',
      'setuid -4755 0:0',
      'sticky -1755 0:0',
      'twice -644 0:0',
    ]);
    expect(await textIn(files, '/app/node_modules/odd/twice')).toBe('second');
    // What the kernel leaves of set-user-ID for others than root is not known.
    expect(await codeOf(ran(nodeImage(app(), { uid: 1000 }), 'npm ci', { user: 'node' }))).toContain(
      'npm/package-malformed',
    );
    const drive = project({ dependencies: { drive: '*' } }, { 'node_modules/drive': { version: '1.0.0' } });
    expect(await codeOf(ran(nodeImage(drive)))).toBe('npm/package-malformed drive');
  });

  test('programs: the first of two keeps a name, one that leads out is brought in, scopes are dropped', async () => {
    const entries: Entries = {
      'node_modules/@s/go': { version: '1.0.0', bin: { '@s/go': 'bin/tool.js' } },
      'node_modules/dev': { version: '1.0.0', bin: { tool: './package.json', '../../up': '../../package.json' } },
      'node_modules/tool': { version: '1.0.0', bin: { tool: 'bin/tool.js', none: 'missing.js' } },
    };
    const files = await ran(nodeImage(project({ dependencies: { '@s/go': '*', dev: '*', tool: '*' } }, entries)));
    const at = files.tree.resolve('/app/node_modules/.bin');
    expect(at.found && [...at.node.children!].map(([name, { entry }]) => `${name} -> ${entry.link}`).sort()).toEqual([
      'go -> ../@s/go/bin/tool.js',
      'tool -> ../dev/package.json',
      'up -> ../dev/package.json',
    ]);
  });

  test('twice, and with what it leaves removed in the same RUN', async () => {
    const twice = await ran(nodeImage(project(withTool, tool)), 'npm ci && npm ci');
    expect(shown(twice, '/app/node_modules/tool/lib/a.js')).toBe('-644 0:0');
    const text = 'npm ci && rm -rf node_modules/tool/lib node_modules/.bin && npm cache clean --force';
    const files = await ran(nodeImage(project(withTool, tool)), text);
    expect([shown(files, '/app/node_modules/tool/lib'), shown(files, '/app/node_modules/tool/bin')]).toEqual([
      undefined,
      'd755 0:0',
    ]);
  });

  test('USER: files belong to it, and a root-owned WORKDIR is EACCES as in the image', async () => {
    const files = await ran(nodeImage(project(withTool, tool), { uid: 1000 }), 'npm ci', { user: 'node' });
    expect(shown(files, '/app/node_modules/tool/lib/a.js')).toBe('-644 1000:1000');
    for (const user of ['node', '1000', '4711'])
      await expect(ran(nodeImage(project(withTool, tool)), 'npm ci', { user })).rejects.toMatchObject({
        diagnostic: {
          code: 'run/command-failed',
          because: [expect.stringContaining('EACCES'), expect.stringContaining('/app/node_modules')],
        },
      });
  });

  test('dev packages go by --omit, by NODE_ENV of the image and never by the host', async () => {
    const entries: Entries = { ...tool, 'node_modules/dev': { version: '1.0.0', dev: true } };
    const app = project({ ...withTool, devDependencies: { dev: '1.0.0' } }, entries);
    const has = async (text: string, env = {}) =>
      shown(await ran(nodeImage(app), text, { env: { PATH, ...env } }), '/app/node_modules/dev') !== undefined;
    expect([
      await has('npm ci'),
      await has('npm ci --omit=dev'),
      await has('npm ci --production'),
      await has('npm ci', { NODE_ENV: 'production' }),
      await has('NODE_ENV=production npm ci'),
      await has('npm ci --include=dev', { NODE_ENV: 'production' }),
      await has('npm ci', { npm_config_omit: 'dev' }),
    ]).toEqual([true, false, false, false, false, true, false]);
  });

  test('several values are several flags: npm takes nothing apart at commas', async () => {
    const app = () => nodeImage(project(withTool, tool));
    expect(await codeOf(ran(app(), 'npm ci --omit=dev --omit=peer'))).toBe('done');
    expect(await codeOf(ran(app(), 'npm ci --omit=dev,peer'))).toBe('npm/config-refused omit=dev,peer');
    const offline = { env: { PATH, npm_config_offline: 'true' } };
    expect(await codeOf(ran(app(), 'npm ci', offline))).toBe('npm/config-refused offline');
  });

  test('workspaces are linked and a bundled package comes with its bundler', async () => {
    const entries: Entries = {
      'node_modules/one': { link: true, resolved: 'packages/one' },
      'packages/one': { version: '1.0.0', dependencies: { left: '^2.0.0' }, bin: 'cli.js', name: 'one' },
      'node_modules/left': { version: '2.1.0', bundleDependencies: ['inner'], dependencies: { inner: '1' } },
      'node_modules/left/node_modules/inner': { version: '1.0.0', inBundle: true },
    };
    const files = await ran(
      nodeImage(
        project({ workspaces: ['packages/*'] }, entries, {
          'packages/one/package.json': '{"name":"one","dependencies":{"left":"^2.0.0"}}',
          'packages/one/cli.js': 'x',
        }),
      ),
    );
    expect(shown(files, '/app/node_modules/one')).toBe('l777 0:0 -> ../packages/one');
    expect(shown(files, '/app/node_modules/.bin/one')).toBe('l777 0:0 -> ../one/cli.js');
    expect(shown(files, '/app/packages/one/cli.js')).toBe('-755 0:0');
    expect(shown(files, '/app/node_modules/left/node_modules/inner/package.json')).toBe('-644 0:0');
  });
});

describe('workspaces', () => {
  const entries: Entries = {
    'node_modules/one': { link: true, resolved: 'packages/one' },
    'packages/one': { version: '1.0.0', name: 'one', dependencies: { tool: '^1.0.0' } },
    ...tool,
  };
  test.each([
    ['all there', { 'packages/one/package.json': '{"name":"one","dependencies":{"tool":"^1.0.0"}}' }, 'done'],
    ['only package*.json was copied', {}, 'npm/lockfile-malformed'],
    ['changed since', { 'packages/one/package.json': '{"dependencies":{"tool":"^2.0.0"}}' }, 'run/command-failed 1'],
    [
      'its own script',
      { 'packages/one/package.json': '{"name":"one","dependencies":{"tool":"^1.0.0"},"scripts":{"prepare":"tsc"}}' },
      'npm/script-needed one',
    ],
  ])('%s', async (_, more, expected) => {
    expect(
      await codeOf(ran(nodeImage(project({ workspaces: ['packages/*'] }, entries, more as Record<string, string>)))),
    ).toBe(expected);
  });
});

describe('npm install', () => {
  const formatted = () => {
    const app = project(withTool, tool);
    const { packages, ...rest } = JSON.parse(app['package-lock.json']!);
    const { '': root, ...others } = packages;
    const { version, resolved, integrity, ...more } = others['node_modules/tool'];
    const inOrder = {
      '': { name: root.name, version: root.version, dependencies: root.dependencies },
      'node_modules/tool': { version, resolved, integrity, ...more },
    };
    return { ...app, 'package-lock.json': `${JSON.stringify({ ...rest, packages: inOrder }, null, 2)}\n` };
  };

  test('with the lockfile that npm wrote, in an empty place', async () => {
    const files = await ran(nodeImage(formatted()), 'npm install --omit=dev --no-audit && npm cache clean --force');
    expect(shown(files, '/app/node_modules/tool/lib/a.js')).toBe('-644 0:0');
  });

  test.each([
    ['a lockfile that it would write differently', () => project(withTool, tool), 'npm i', 'npm/lockfile-malformed'],
    ['the same, not saved', () => project(withTool, tool), 'npm i --no-save', 'done'],
    ['no lockfile wanted', formatted, 'npm i --no-package-lock', 'npm/config-refused package-lock=false'],
    [
      'packages that are there already',
      () => ({ ...formatted(), 'node_modules/x/index.js': '' }),
      'npm i',
      'run/not-computable',
    ],
  ])('%s', async (_, app, text, expected) => {
    expect(await codeOf(ran(nodeImage(app()), text))).toBe(expected);
  });
});
