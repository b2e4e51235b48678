import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testTar } from '../../testing/index.ts';
import type { StageTree } from '../files/stage-tree.ts';
import { runSimulated } from '../run/run-simulated.ts';
import { contextOf, PATH, shellRun, shown, textIn } from '../run/test-image.ts';
import type { RunContext } from '../stage-files.ts';
import { npmAccessOf } from './host-registry.ts';
import { lockOf, nodeImage, startRegistry, type TestRegistry } from './test-registry.ts';

let registry: TestRegistry;
let cache: string;

beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'rightarch-npm-test-'));
  const native = ['linux-arm64', 'linux-x64', 'linuxmusl-arm64', 'darwin-arm64'].map((name) => ({
    name: `@x/native-${name}`,
    version: '1.0.0',
    files: { 'addon.node': name },
  }));
  registry = await startRegistry([
    {
      name: 'tool',
      version: '1.0.0',
      files: { 'bin/tool.js': '#!/usr/bin/env node\r\nrun()\r\n', '.gitignore': 'x', 'lib/a.js': 'a' },
    },
    {
      name: 'left',
      version: '2.1.0',
      files: { 'node_modules/inner/package.json': '{"name":"inner","version":"1.0.0"}' },
    },
    { name: 'native', version: '1.0.0' },
    ...native,
    { name: 'evil', version: '1.0.0', files: { '!package/../../../etc/cron.d/x': 'boom' } },
    { name: 'dev', version: '1.0.0' },
    { name: '@s/go', version: '1.0.0', files: { 'bin/tool.js': 'go' } },
    { name: 'shared', version: '1.0.0' },
    {
      name: 'odd',
      version: '1.0.0',
      tar: testTar([
        { path: 'any-name/package.json', content: '{"name":"odd","version":"1.0.0"}', mode: 0o600 },
        { path: 'any-name/setuid', content: 's', mode: 0o4755 },
        { path: 'any-name/sticky', content: 't', mode: 0o1777 },
        { path: 'any-name/twice', content: 'first', mode: 0o644 },
        { path: 'any-name/twice', content: 'second', mode: 0o755 },
        { path: 'any-name/empty/', mode: 0o700 },
        { path: 'any-name/link', link: '/etc/passwd' },
        { path: './package/dot', content: 'd' },
        { path: '/package/root', content: 'r' },
        { path: './flat', content: 'f' },
        { path: 'loose', content: 'l' },
      ]),
    },
    { name: 'drive', version: '1.0.0', tar: testTar([{ path: 'package/a:b', content: '' }]) },
    { name: 'extra', version: '1.0.0' },
    { name: 'hidden', version: '1.0.0', manifest: { scripts: { postinstall: 'node get.js' } } },
    { name: 'gyp', version: '1.0.0', files: { 'binding.gyp': '{}' } },
  ]);
});

afterAll(async () => {
  await registry.close();
  rmSync(cache, { recursive: true, force: true });
});

type Entries = Parameters<typeof lockOf>[2];

function project(
  root: Record<string, unknown>,
  entries: Entries,
  more: Record<string, string> = {},
): Record<string, string> {
  const whole = { name: 'app', version: '1.0.0', ...root };
  return {
    'package.json': JSON.stringify(whole),
    'package-lock.json': lockOf(registry, whole, entries),
    '.npmrc': `registry=${registry.url}\n`,
    ...more,
  };
}

async function ran(files: StageTree, text = 'npm ci', more: Partial<RunContext> = {}): Promise<StageTree> {
  await runSimulated(shellRun(text), contextOf(files, { cwd: '/app', cacheDirectory: cache, ...more }));
  return files;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (failure) =>
      `${failure.diagnostic?.code ?? failure} ${failure.diagnostic?.args.package ?? failure.diagnostic?.args.key ?? failure.diagnostic?.args.status ?? ''}`.trim(),
  );
}

const tool: Entries = { 'node_modules/tool': { version: '1.0.0', bin: { tool: 'bin/tool.js' } } };
const withTool = { dependencies: { tool: '^1.0.0' } };

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
    await expect(ran(nodeImage(project(withTool, tool)), 'npm ci', { user: 'node' })).rejects.toMatchObject({
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
    engines: { node: '>=22' },
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
    [
      'a token in the image',
      { '.npmrc': '//r.example/:_authToken=abc\n' },
      'npm/token-in-layer //r.example/:_authToken',
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

describe('the network and the store', () => {
  const address = '/tool/-/tool-1.0.0.tgz';
  const fresh = (): string => mkdtempSync(join(cache, 'store-'));

  test('bytes that are not what the lockfile says are never placed', async () => {
    registry.faults.set(address, { body: readFileSync(new URL(import.meta.url)), times: 1 });
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: fresh() }))).toBe(
      'npm/integrity-mismatch tool',
    );
    const wrong: Entries = { 'node_modules/tool': { version: '1.0.0', integrity: registry.integrity('dev', '1.0.0') } };
    expect(await codeOf(ran(nodeImage(project(withTool, wrong)), 'npm ci', { cacheDirectory: fresh() }))).toBe(
      'npm/integrity-mismatch tool',
    );
  });

  test('a body that is cut short is one diagnostic and leaves no half package', async () => {
    const store = fresh();
    registry.faults.set(address, { cut: 100, times: 1 });
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store }))).toMatch(
      /^npm\/(fetch-failed|package-malformed)/,
    );
    expect(readdirSync(join(store, 'npm'))).toEqual(['tmp']);
    expect(readdirSync(join(store, 'npm', 'tmp'))).toEqual([]);
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store }))).toBe('done');
  });

  test('a status that may pass is tried again, one that will not is not', async () => {
    registry.faults.set(address, { status: 503, times: 1 });
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: fresh() }))).toBe('done');
    const before = registry.asked.length;
    registry.faults.set(address, { status: 403, times: 1 });
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: fresh() }))).toBe(
      'npm/fetch-failed',
    );
    expect(registry.asked.length - before).toBe(1);
  });

  test('a second build asks for nothing, also beside the first', async () => {
    const store = fresh();
    const before = registry.asked.length;
    await Promise.all([1, 2].map(() => ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store })));
    await ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store });
    expect(registry.asked.length - before).toBe(1);
  });

  test('a damaged store is noticed and fetched anew', async () => {
    const store = fresh();
    await ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store });
    const [file] = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tar'));
    const path = join(store, file!);
    truncateSync(path, 600);
    await ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store });
    const { size } = statSync(path);
    writeFileSync(path, Buffer.alloc(size, 1));
    const files = await ran(nodeImage(project(withTool, tool)), 'npm ci --no-bin-links', { cacheDirectory: store });
    expect(await codeOf(textIn(files, '/app/node_modules/tool/lib/a.js'))).toBe('npm/integrity-mismatch lib/a.js');
  });

  test('a mirror of the person who builds stands in for the public registry, with its own token', async () => {
    const { '.npmrc': _, ...app } = project(withTool, tool);
    const { host } = new URL(registry.url);
    const { npm, caFile } = npmAccessOf(`registry=${registry.url}\n//${host}/:_authToken=mine\ncafile=/ca.pem\n`, {});
    const mirrored = { cacheDirectory: mkdtempSync(join(cache, 'mirror-')), packages: { npm } };
    registry.asked.length = 0;
    await ran(nodeImage(app), 'npm ci', mirrored);
    expect(registry.asked).toEqual([{ path: '/tool/-/tool-1.0.0.tgz', authorization: 'Bearer mine' }]);
    expect(caFile).toBe('/ca.pem');
    expect(npmAccessOf('', { npm_config_registry: 'https://registry.npmjs.org/' }).npm).toBeUndefined();
    expect(npmAccessOf('registry=file:///etc', {}).npm).toBeUndefined();
  });

  test('a mirror is asked for nothing that the lockfile has no hash of, and its bytes are held to it', async () => {
    const { '.npmrc': _, ...app } = project(withTool, tool);
    const { npm } = npmAccessOf(`registry=${registry.url}`, {});
    const closed = {
      to: () => Promise.reject(new Error('the public registry was asked')),
    };
    const packages = { npm, connect: (url: URL) => (url.host === new URL(registry.url).host ? direct : closed.to()) };
    const direct = import('undici').then(({ Agent }) => new Agent());
    const fresh = () => ({ cacheDirectory: mkdtempSync(join(cache, 'mirror-')), packages });
    const unhashed = app['package-lock.json']!.replace(/,\s*"integrity": "[^"]*"/, '');
    expect(await codeOf(ran(nodeImage({ ...app, 'package-lock.json': unhashed }), 'npm ci', fresh()))).toContain(
      'npm/fetch-failed',
    );
    registry.faults.set('/tool/-/tool-1.0.0.tgz', { body: Buffer.from('other') });
    expect(await codeOf(ran(nodeImage(app), 'npm ci', fresh()))).toMatch(/npm\/(integrity-mismatch|package-malformed)/);
    registry.faults.clear();
    await ran(nodeImage(app), 'npm ci', fresh());
  });

  test('a token goes to its own registry and nowhere else', async () => {
    const { host } = new URL(registry.url);
    const npmrc = (at: string) => ({ '.npmrc': `registry=${registry.url}\n//${at}/:_authToken=\${TOKEN}\n` });
    const env = { PATH, TOKEN: 's3cret' };
    await ran(nodeImage(project(withTool, tool, npmrc(host))), 'npm ci', { cacheDirectory: fresh(), env });
    expect(registry.asked.at(-1)?.authorization).toBe('Bearer s3cret');
    await ran(nodeImage(project(withTool, tool, npmrc('other.example'))), 'npm ci', { cacheDirectory: fresh(), env });
    expect(registry.asked.at(-1)?.authorization).toBeUndefined();
  });
});
