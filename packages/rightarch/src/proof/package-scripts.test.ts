import { expect, it } from 'vitest';
import type { TestFile } from '../testing/index.ts';
import { link, NODE, program, starting, text } from './test-start.ts';

const prove = starting(NODE);

const MISSING = 'proof/program-missing';

/** What an installed package manager says of itself. */
function release(name: string, version: string): TestFile {
  return text(`usr/lib/node_modules/${name}/package.json`, `{\n  "name": "${name}",\n  "version": "${version}"\n}\n`);
}

const npm: readonly TestFile[] = [
  {
    path: 'usr/lib/node_modules/npm/bin/npm-cli.js',
    mode: 0o755,
    content: '#!/usr/bin/env node\n',
  },
  link('usr/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js'),
  { path: 'usr/lib/node_modules/npm/bin/npx-cli.js', mode: 0o755, content: '#!/usr/bin/env node\n' },
  link('usr/bin/npx', '../lib/node_modules/npm/bin/npx-cli.js'),
  release('npm', '10.9.4'),
];
const scripts = (path: string, ...names: string[]) =>
  text(path, JSON.stringify({ scripts: Object.fromEntries(names.map((name) => [name, 'node -e 0'])) }));

it.each([
  ['no package.json', [], ['npm', 'start'], "ENOENT: no such file or directory, open '/app/package.json'"],
  [
    'modules alone',
    [text('app/node_modules/x/index.js')],
    ['npm', 'run', 'serve'],
    "ENOENT: no such file or directory, open '/app/package.json'",
  ],
  [
    'no such script',
    [scripts('app/package.json', 'build')],
    ['npm', 'run', 'serve', '--', '--port'],
    'Missing script: "serve"',
  ],
  ['no script for a start', [scripts('package.json', 'build')], ['npm', 'start'], 'Missing script: "start"'],
  [
    'none in a line of a shell',
    [],
    ['sh', '-c', 'npm start'],
    "ENOENT: no such file or directory, open '/app/package.json'",
  ],
] as const)('npm that finds %s', async (_, files, argv, prints) => {
  expect(await prove([...npm, ...files], argv)).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
});

const starts = (line: string, more: object = {}) =>
  text('app/package.json', JSON.stringify({ scripts: { start: line, ...more } }));
const bin = (name: string): readonly TestFile[] => [
  { path: `app/node_modules/${name}/cli.js`, mode: 0o755, content: '#!/usr/bin/env node\n' },
  link(`app/node_modules/.bin/${name}`, `../${name}/cli.js`),
];

it.each<readonly [string, readonly TestFile[], readonly string[], string, string]>([
  [
    'of Node that is missing',
    [starts('node dist/index.js')],
    ['npm', 'start'],
    MISSING,
    "Error: Cannot find module '/app/dist/index.js'",
  ],
  [
    'of a package that is missing',
    [starts('next start -p 80')],
    ['npm', 'start'],
    'proof/command-not-found',
    'sh: next: not found',
  ],
  [
    'whose link leads nowhere',
    [starts('next start'), link('app/node_modules/.bin/next', '../next/cli.js')],
    ['npm', 'run', 'start'],
    'proof/command-not-found',
    'sh: next: not found',
  ],
  [
    'of a second script',
    [starts('npm run start:prod', { 'start:prod': 'npm run serve', serve: 'node dist/main' })],
    ['npm', 'start'],
    MISSING,
    "Error: Cannot find module '/app/dist/main'",
  ],
  [
    'of a second script that is missing',
    [starts('npm run serve')],
    ['npm', 'start'],
    MISSING,
    'Missing script: "serve"',
  ],
  [
    'for another CPU',
    [starts('tool'), program('app/node_modules/.bin/tool', { machine: 'amd64' })],
    ['sh', '-c', 'exec npm start'],
    'proof/start-wrong-cpu',
    'sh: tool: Exec format error',
  ],
])('npm whose script starts a program %s', async (_, files, argv, code, prints) => {
  expect(await prove([...npm, ...files], argv)).toMatchObject({ verdict: 'refuted', code, prints });
});

it.each<readonly [string, readonly TestFile[], readonly string[]]>([
  ['is there', [starts('node dist/index.js'), text('app/dist/index.js')], ['npm', 'start']],
  ['is that of a package', [starts('next start'), ...bin('next')], ['npm', 'start']],
  ['is that of a package above', [starts('next start'), program('node_modules/.bin/next')], ['npm', 'start']],
  ['is made before', [starts('node dist/index.js', { prestart: 'tsc' })], ['npm', 'start']],
  ['is one of several', [starts('tsc; node dist/index.js')], ['npm', 'start']],
  ['has arguments from elsewhere', [starts('node')], ['npm', 'start', '--', 'x.js']],
  ['is npm again', [starts('npm run serve', { serve: 'node -e 0' })], ['npm', 'start']],
  ['is npm in a circle', [starts('npm run serve', { serve: 'npm start' })], ['npm', 'start']],
  ['is itself', [starts('npm start')], ['npm', 'start']],
  ['is set by the project', [starts('nope'), text('app/.npmrc')], ['npm', 'start']],
  ['stands behind --', [starts('node -e 0')], ['npm', 'run', '--', 'start']],
])('nothing is said of npm whose program %s', async (_, files, argv) => {
  expect((await prove([...npm, ...files], argv)).verdict).toBe('proven');
});

it.each([
  ['the script', [scripts('app/package.json', 'start')], ['npm', 'start'], {}],
  ['the package of a directory above', [scripts('package.json', 'start')], ['npm', 'start'], {}],
  [
    'the server that it starts by itself',
    [text('app/package.json', '{}'), text('app/server.js')],
    ['npm', 'start'],
    {},
  ],
  ['a package.json that is not read', [text('app/package.json', 'x')], ['npm', 'start'], {}],
  ['another directory', [], ['npm', 'start', '--prefix', '/srv'], {}],
  ['settings', [], ['npm', 'start'], { Env: ['npm_config_prefix=/srv'] }],
  ['a restart, which it makes of others', [scripts('app/package.json', 'start')], ['npm', 'run', 'restart'], {}],
  ['settings of the project', [text('app/package.json', '{}'), text('app/.npmrc')], ['npm', 'start'], {}],
  ['nothing to look for', [], ['npm', '--version'], {}],
] as const)('nothing is said of npm with %s', async (_, files, argv, more) => {
  expect((await prove([...npm, ...files], argv, more)).verdict).toBe('proven');
});

it.each([
  ['one', 'NODE_ENV=production node dist/index.js'],
  ['several, in quotes', `NODE_ENV="production" PORT='80' exec node dist/index.js`],
])('a script that sets %s in front of its program', async (_, line) => {
  const argv = ['npm', 'start'];
  const prints = "Error: Cannot find module '/app/dist/index.js'";
  expect(await prove([...npm, starts(line)], argv)).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
  expect((await prove([...npm, starts(line), text('app/dist/index.js')], argv)).verdict).toBe('proven');
});

it('a variable in front of a program may change where it is looked for, and what it loads', async () => {
  for (const line of ['PATH=/srv nope', 'NODE_ENV=$X nope', 'A=`b` nope', 'A=1'])
    expect((await prove([...npm, starts(line)], ['npm', 'start'])).verdict).toBe('proven');
  const hook = starts('NODE_OPTIONS=--import=./hook.js node dist/index');
  expect((await prove([...npm, hook, text('app/hook.js'), text('app/dist/index.ts')], ['npm', 'start'])).verdict).toBe(
    'proven',
  );
});

const crossEnv: readonly TestFile[] = [
  { path: 'app/node_modules/cross-env/dist/bin/cross-env.js', mode: 0o755, content: '#!/usr/bin/env node\n' },
  link('app/node_modules/.bin/cross-env', '../cross-env/dist/bin/cross-env.js'),
];

it('cross-env starts a program without a shell', async () => {
  const start = (line: string, ...files: TestFile[]) =>
    prove([...npm, ...crossEnv, starts(`cross-env ${line}`), ...files], ['npm', 'start']);
  const absent = { verdict: 'refuted', code: MISSING, prints: "Error: Cannot find module '/app/dist/main.js'" };
  expect(await start('NODE_ENV=production node dist/main.js')).toMatchObject(absent);
  expect((await start('NODE_ENV=production node dist/main.js', text('app/dist/main.js'))).verdict).toBe('proven');
  const gone = { verdict: 'refuted', code: 'proof/command-not-found', prints: 'spawn nope ENOENT' };
  expect(await start('A=b nope')).toMatchObject(gone);
  for (const line of [
    '',
    'A=b',
    'A=abc! nope',
    'A=日本 nope',
    'A=$B nope',
    'PATH=/srv nope',
    'A="b c" nope',
    '-- nope',
  ])
    expect((await start(line)).verdict).toBe('proven');
});

/** Yarn as Node's images have it: a script of sh before its own; pnpm as npm installs it. */
const managers: readonly TestFile[] = [
  { path: 'opt/yarn-v1.22.22/bin/yarn', mode: 0o755, content: '#!/bin/sh\nexec node "$basedir/yarn.js" "$@"\n' },
  link('usr/bin/yarn', '/opt/yarn-v1.22.22/bin/yarn'),
  link('bin/sh', '/usr/bin/sh'),
  ...['sed', 'readlink', 'dirname', 'uname'].map((name) => program(`usr/bin/${name}`)),
  { path: 'usr/lib/node_modules/pnpm/bin/pnpm.cjs', mode: 0o755, content: '#!/usr/bin/env node\n' },
  link('usr/bin/pnpm', '../lib/node_modules/pnpm/bin/pnpm.cjs'),
  release('pnpm', '10.34.9'),
];

it.each<readonly [readonly string[], readonly TestFile[], string, string]>([
  [['yarn', 'start'], [], `Couldn't find a package.json file in "/app"`, MISSING],
  [['yarn', 'start'], [scripts('app/package.json', 'build')], 'Command "start" not found.', MISSING],
  [['yarn', 'run', 'serve'], [scripts('package.json', 'build')], 'Command "serve" not found.', MISSING],
  [['yarn', 'start'], [starts('node dist/index.js')], "Error: Cannot find module '/app/dist/index.js'", MISSING],
  [['yarn', 'start'], [starts('next start')], 'sh: next: not found', 'proof/command-not-found'],
  [['pnpm', 'start'], [], 'No package.json (or package.yaml, or package.json5) was found in "/app".', MISSING],
  [['pnpm', 'start'], [scripts('app/package.json', 'build')], 'Missing script start or file server.js', MISSING],
  [['pnpm', 'run', 'serve'], [scripts('app/package.json', 'build')], 'Missing script: serve', MISSING],
  [['pnpm', 'start'], [starts('next start')], 'sh: next: not found', 'proof/command-not-found'],
])('%j is refuted', async (argv, files, prints, code) => {
  expect(await prove([...managers, ...files], argv)).toMatchObject({ verdict: 'refuted', code, prints });
});

it.each<readonly [readonly string[], readonly TestFile[]]>([
  [
    ['yarn', 'start'],
    [starts('next start'), ...bin('next')],
  ],
  [['yarn', 'start'], [scripts('package.json', 'start')]],
  [['yarn', 'serve'], [scripts('app/package.json', 'build')]],
  [
    ['yarn', 'run', 'next'],
    [scripts('app/package.json', 'build'), ...bin('next')],
  ],
  [
    ['yarn', 'start'],
    [scripts('app/package.json', 'build'), text('app/server.js')],
  ],
  [
    ['yarn', 'start'],
    [scripts('app/package.json', 'build'), text('app/.yarnrc')],
  ],
  [['yarn', 'start'], [text('app/.yarnrc.yml')]],
  [
    ['yarn', 'start'],
    [scripts('app/package.json', 'build'), text('.yarnrc')],
  ],
  [['yarn', 'run', 'env'], [scripts('app/package.json', 'build')]],
  [['yarn', '--cwd', '/srv', 'start'], []],
  [
    ['yarn', 'start'],
    [starts('tool'), text('app/.pnp.cjs')],
  ],
  [
    ['yarn', 'start'],
    [starts('serve'), program('home/u/.yarn/bin/serve')],
  ],
  [
    ['yarn', 'start'],
    [starts('tool'), program('node_modules/.bin/tool')],
  ],
  [
    ['pnpm', 'start'],
    [starts('tool'), program('node_modules/.bin/tool')],
  ],
  [['pnpm', 'start'], [starts('node-gyp rebuild && node a.js')]],
  [['pnpm', 'run', '/^start:.*/'], [scripts('app/package.json', 'start:web')]],
  [
    ['pnpm', 'start'],
    [scripts('app/package.json', 'build'), text('app/pnpm-workspace.yaml')],
  ],
  [
    ['pnpm', 'run', 'next'],
    [scripts('app/package.json', 'build'), ...bin('next')],
  ],
  [['pnpm', '--filter', 'web', 'start'], []],
  [['pnpm', 'start'], [text('app/package.yaml')]],
])('nothing is said of %j', async (argv, files) => {
  expect((await prove([...managers, ...files], argv)).verdict).toBe('proven');
});

it('nothing is said of Yarn whose own script does not get as far', async () => {
  const files = managers.filter(({ path }) => path !== 'usr/bin/sed');
  expect((await prove(files, ['yarn', 'start'])).verdict).toBe('proven');
});

it('pnpm looks for its directory upwards, Yarn past node_modules', async () => {
  const below = { WorkingDir: '/app/sub' };
  const files = [...managers, scripts('app/package.json', 'start'), text('app/sub/x')];
  expect((await prove(files, ['pnpm', 'start'], below)).verdict).toBe('proven');
  const modules = [...files, text('app/sub/node_modules/x/index.js')];
  expect((await prove(modules, ['yarn', 'start'], below)).verdict).toBe('proven');
  const prints = 'No package.json (or package.yaml, or package.json5) was found in "/app/sub".';
  expect(await prove(modules, ['pnpm', 'start'], below)).toMatchObject({ verdict: 'refuted', prints });
});

const REFUSED = 'proof/package-refused';
const own = (fields: object) =>
  text('app/package.json', JSON.stringify({ scripts: { start: 'node -e 0' }, dependencies: { a: '1' }, ...fields }));
const undecided = (word: string) => ({ verdict: 'undecided', code: 'proof/start-undecided', args: { needs: word } });

it.each<readonly [string, string, object | 'proven']>([
  [
    'yarn@4.1.0+sha512.abc',
    'yarn',
    {
      code: REFUSED,
      prints:
        'This project\'s package.json defines "packageManager": "yarn@4.1.0". However the current global version of Yarn is 1.22.22.',
    },
  ],
  [
    'npm@10.0.0',
    'yarn',
    {
      code: REFUSED,
      prints:
        'This project\'s package.json defines "packageManager": "yarn@npm@10.0.0". However the current global version of Yarn is 1.22.22.',
    },
  ],
  ['yarn@1.22.22', 'pnpm', { code: REFUSED, prints: 'This project is configured to use yarn' }],
  ['yarn@1.22.19', 'yarn', 'proven'],
  ['pnpm@10.34.9+sha512.abc', 'pnpm', 'proven'],
  ['pnpm@10.0.0', 'pnpm', undecided('package-manager-download')],
  ['pnpm@10.0.0', 'npm', 'proven'],
])('a package.json of %s that %s is told to start', async (packageManager, name, expected) => {
  const found = await prove([...npm, ...managers, own({ packageManager })], [name, 'start']);
  expect(found).toMatchObject(expected === 'proven' ? { verdict: 'proven' } : expected);
});

it('pnpm becomes the release that is named, where it has it', async () => {
  const files = [...managers, own({ packageManager: 'pnpm@10.0.0' })];
  const tool = (home: string) => text(`${home}/.tools/pnpm/10.0.0/bin/pnpm`);
  const start = ['pnpm', 'start'];
  const asked = undecided('package-manager-download');
  expect((await prove([...files, tool('root/.local/share/pnpm')], start)).verdict).toBe('proven');
  expect((await prove([...files, tool('pnpm')], start, { Env: ['PNPM_HOME=/pnpm'] })).verdict).toBe('proven');
  expect(await prove([...files, tool('root/.local/share/pnpm')], start, { User: '65534' })).toMatchObject(asked);
  // 9 does not, and before 9 nothing is looked at.
  const of = (version: string) =>
    files.map((file) => (file.path.endsWith('pnpm/package.json') ? release('pnpm', version) : file));
  expect((await prove(of('9.15.9'), start)).verdict).toBe('proven');
  expect(await prove(of('11.28.11'), start)).toMatchObject(asked);
  const other = own({ packageManager: 'npm@10.0.0' });
  expect((await prove([...of('8.15.9'), other], start)).verdict).toBe('proven');
  expect(await prove([...of('9.15.9'), other], start)).toMatchObject({ code: REFUSED });
  // A workspace speaks for its members, and its settings may say otherwise.
  const member = [
    ...of('10.34.9').filter(({ path }) => path !== 'app/package.json'),
    scripts('app/web/package.json', 'start'),
    text('app/pnpm-workspace.yaml'),
    other,
  ];
  const inside = { WorkingDir: '/app/web' };
  expect(await prove(member, start, inside)).toMatchObject(undecided('package-manager'));
});

it.each<readonly [string, object, string, string, string | undefined]>([
  [
    'npm',
    { packageManager: { name: 'pnpm', version: '12.21.0', onFail: 'download' } },
    '10.9.4',
    'npm start',
    'Invalid name "pnpm" does not match "npm" for "packageManager"',
  ],
  [
    'npm',
    { packageManager: { name: 'pnpm' } },
    '11.19.1',
    'npx next',
    'Invalid name "pnpm" does not match "npm" for "packageManager"',
  ],
  [
    'npm',
    { packageManager: { name: 'pnpm' } },
    '11.19.1',
    'npm exec -- next',
    'Invalid name "pnpm" does not match "npm" for "packageManager"',
  ],
  [
    'npm',
    { runtime: { name: 'node', version: '^24.4.0' } },
    '10.9.4',
    'npm run start',
    'Invalid semver version "^24.4.0" does not match "v22.23.3" for "runtime"',
  ],
  ['npm', { cpu: { name: 'x64' } }, '10.9.4', 'npm run start', 'Invalid name "x64" does not match "arm64" for "cpu"'],
  [
    'npm',
    { runtime: { name: 'node', version: '^22.4.0' }, packageManager: { name: 'npm', version: '>=10' } },
    '10.9.4',
    'npm start',
    undefined,
  ],
  ['npm', { packageManager: { name: 'pnpm', onFail: 'warn' } }, '10.9.4', 'npm start', undefined],
  ['npm', { packageManager: { name: 'pnpm', onFail: 'ignore' } }, '10.9.4', 'npm start', undefined],
  ['npm', { packageManager: { name: 'pnpm' } }, '10.8.2', 'npm start', undefined],
  ['npm', { packageManager: { name: 'pnpm' } }, '10.9.4', 'npm --version', undefined],
  ['npm', { packageManager: [{ name: 'pnpm' }, { name: 'npm' }] }, '10.9.4', 'npm start', undefined],
  ['pnpm', { packageManager: { name: 'npm' } }, '11.28.11', 'pnpm start', 'This project is configured to use npm'],
  [
    'pnpm',
    { packageManager: { name: 'npm', onFail: 'download' } },
    '12.21.0',
    'pnpm exec next',
    'This project is configured to use npm',
  ],
  ['pnpm', { packageManager: { name: 'npm' } }, '10.34.9', 'pnpm start', undefined],
  ['pnpm', { packageManager: { name: 'npm', onFail: 'warn' } }, '12.21.0', 'pnpm start', undefined],
  ['pnpm', { packageManager: [{ name: 'npm' }, { name: 'pnpm' }] }, '12.21.0', 'pnpm start', undefined],
  [
    'pnpm',
    { packageManager: { name: 'pnpm', version: '^10.0.0', onFail: 'warn' } },
    '12.21.0',
    'pnpm start',
    undefined,
  ],
])('%s with devEngines %j in release %s: %s', async (name, devEngines, version, line, prints) => {
  const header = '#define NODE_MAJOR_VERSION 22\n#define NODE_MINOR_VERSION 23\n#define NODE_PATCH_VERSION 3\n';
  const base = [...npm, ...managers, text('usr/include/node/node_version.h', `#!\n${header}`)];
  const files = [...base.filter(({ path }) => !path.endsWith(`${name}/package.json`)), release(name, version)];
  const found = await prove([...files, own({ devEngines })], line.split(' '));
  expect(found).toMatchObject(
    prints === undefined ? { verdict: 'proven' } : { verdict: 'refuted', code: REFUSED, prints },
  );
});

it('pnpm asks about itself where its lockfile does not say', async () => {
  const lock = (version: string) =>
    text(
      'app/pnpm-lock.yaml',
      `---\nlockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    configDependencies: {}\n    packageManagerDependencies:\n      '@pnpm/exe':\n        specifier: 12.21.0\n        version: 12.21.0\n      pnpm:\n        specifier: 12.21.0\n        version: ${version}\n\npackages:\n`,
    );
  const start = (version: string, fields: object, ...more: TestFile[]) =>
    prove(
      [
        ...managers.filter(({ path }) => !path.endsWith('pnpm/package.json')),
        release('pnpm', version),
        own(fields),
        ...more,
      ],
      ['pnpm', 'start'],
    );
  const open = undecided('package-manager-download');
  const named = { packageManager: 'pnpm@12.21.0' };
  expect(await start('12.21.0', named)).toMatchObject(open);
  expect(await start('12.21.0', named, lock('12.20.0'))).toMatchObject(open);
  expect((await start('12.21.0', named, lock('12.21.0'))).verdict).toBe('proven');
  expect((await start('11.28.11', { packageManager: 'pnpm@11.28.11' })).verdict).toBe('proven');
  const range = { devEngines: { packageManager: { name: 'pnpm', version: '>=11' } } };
  expect(await start('11.28.11', range)).toMatchObject(open);
  expect((await start('11.28.11', range, lock('11.28.11'))).verdict).toBe('proven');
});

it('devEngines that nobody can compare are undecided', async () => {
  const start = (devEngines: object, ...more: TestFile[]) =>
    prove([...npm, ...managers, own({ devEngines }), ...more], ['npm', 'start']);
  const open = undecided('dev-engines');
  expect(await start({ runtime: { name: 'node', version: '^24' } })).toMatchObject(open);
  expect(await start({ os: { name: 'linux', version: '>=5' } })).toMatchObject(open);
  expect(await start({ libc: { name: 'musl' } })).toMatchObject(open);
  const pnpm = { packageManager: { name: 'pnpm' } };
  expect(await start({ runtime: { name: 'node', version: '^24' }, ...pnpm })).toMatchObject({ code: REFUSED });
  // A workspace is held against what its root says.
  const root = (devEngines: object) => text('package.json', JSON.stringify({ devEngines }));
  expect(await start(pnpm, root({}))).toMatchObject(undecided('package-manager'));
  expect(await start({}, root(pnpm))).toMatchObject(undecided('package-manager'));
  expect(await start(pnpm, root(pnpm))).toMatchObject({ code: REFUSED });
  // Which may say `force`.
  expect(await start(pnpm, text('app/.npmrc'))).toMatchObject(undecided('package-manager'));
});

it('Yarn hands over to the one that the settings name', async () => {
  const named = own({ packageManager: 'yarn@4.1.0' });
  const start = (...more: TestFile[]) => prove([...managers, named, ...more], ['yarn', 'start']);
  const settings = text('app/.yarnrc.yml', 'nodeLinker: node-modules\n\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\n');
  const file = '/app/.yarn/releases/yarn-4.1.0.cjs';
  expect((await start(settings, text(file.slice(1)))).verdict).toBe('proven');
  const prints = `Error: Cannot find module '${file}'`;
  expect(await start(settings)).toMatchObject({ verdict: 'refuted', code: MISSING, prints, looked: [file] });
  expect(await start(text('app/.yarnrc.yml', 'nodeLinker: node-modules\n'))).toMatchObject({ code: REFUSED });
  expect((await start(text('app/.yarnrc', 'yarn-path "./yarn.cjs"\n'), text('app/yarn.cjs'))).verdict).toBe('proven');
  expect(await start(text('app/.yarnrc', '--install.x true\n'))).toMatchObject(undecided('package-manager'));
});

it('a pnpm that is a native program is asked like any other', async () => {
  const files = [
    program('usr/lib/node_modules/pnpm/pnpm'),
    link('usr/bin/pnpm', '../lib/node_modules/pnpm/pnpm'),
    release('pnpm', '12.21.0'),
  ];
  const state = text('app/node_modules/.pnpm-workspace-state-v1.json', '{}');
  const start = (...more: TestFile[]) => prove([...files, ...more], ['pnpm', 'start']);
  const prints = 'No package.json, package.json5, or package.yaml was found in "/app"';
  expect(await start()).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
  expect(await start(scripts('app/package.json', 'build'))).toMatchObject({ code: MISSING });
  expect(await start(starts('node dist/a.js'), state)).toMatchObject({
    prints: "Error: Cannot find module '/app/dist/a.js'",
  });
  expect((await start(starts('node dist/a.js'), text('app/dist/a.js'), state)).verdict).toBe('proven');
  expect(await start(own({ packageManager: 'npm@10.0.0' }))).toMatchObject({ code: REFUSED });
});

it('a pnpm that installs before it runs a script finds more then', async () => {
  const later = managers.map((file) => (file.path.endsWith('pnpm/package.json') ? release('pnpm', '11.28.11') : file));
  const start = ['pnpm', 'start'];
  expect((await prove([...later, starts('next start')], start)).verdict).toBe('proven');
  const state = text('app/node_modules/.pnpm-workspace-state-v1.json', '{}');
  expect((await prove([...later, starts('next start'), state], start)).code).toBe('proof/command-not-found');
});

it('Corepack needs the release in its cache', async () => {
  const shims = ['pnpm', 'yarn'].flatMap((name): TestFile[] => [
    { path: `usr/lib/node_modules/corepack/dist/${name}.js`, mode: 0o755, content: '#!/usr/bin/env node\n' },
    link(`usr/bin/${name}`, `../lib/node_modules/corepack/dist/${name}.js`),
  ]);
  const passwd = text('etc/passwd', 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  const cached = (home: string, version: string) => text(`${home}/.cache/node/corepack/v1/pnpm/${version}/.corepack`);
  const start = (files: readonly TestFile[], more = {}, argv = ['pnpm', 'start']) =>
    prove([...shims, passwd, ...files], argv, more);
  const pinned = own({ packageManager: 'pnpm@9.15.9+sha512.abc' });
  const open = undecided('package-manager-download');
  const node = { User: 'node' };
  expect(await start([pinned])).toMatchObject(open);
  expect(await start([pinned], {}, ['pnpm', '--filter', 'web', 'start'])).toMatchObject(open);
  expect(await start([pinned, cached('root', '9.15.9')], node)).toMatchObject(open);
  expect(await start([pinned, cached('root', '9.0.0')])).toMatchObject(open);
  expect((await start([pinned, cached('root', '9.15.9')])).verdict).toBe('proven');
  expect((await start([pinned, cached('home/node', '9.15.9')], node)).verdict).toBe('proven');
  const elsewhere = text('corepack/v1/pnpm/9.15.9/.corepack');
  expect((await start([pinned, elsewhere], { ...node, Env: ['COREPACK_HOME=/corepack'] })).verdict).toBe('proven');
  // What it goes by without a version: the last that it was told to use.
  expect(await start([own({})])).toMatchObject(open);
  expect((await start([own({}), cached('root', '9.0.0')])).verdict).toBe('proven');
  const prints = 'This project is configured to use pnpm';
  expect(await start([pinned], {}, ['yarn', 'start'])).toMatchObject({ code: REFUSED, prints });
  const loose = { Env: ['COREPACK_ENABLE_STRICT=0'] };
  expect(await start([pinned], loose, ['yarn', 'start'])).toMatchObject(open);
  expect(await start([pinned, cached('root', '9.0.0')], loose)).toMatchObject(open);
  expect(await start([pinned, text('app/.corepack.env')], {}, ['yarn', 'start'])).toMatchObject(
    undecided('package-manager'),
  );
  expect((await start([pinned], {}, ['sh', '-c', 'cd /app && pnpm start'])).verdict).toBe('proven');
});

it('a Yarn that is older does not look at the package manager', async () => {
  const own = text('app/package.json', '{"scripts":{"start":"node -e 0"},"packageManager":"yarn@4.1.0"}');
  const older = managers.map((file) => ({ ...file, path: file.path.replace('22.22', '22.19') }));
  const files = [
    ...older.filter(({ path }) => path !== 'usr/bin/yarn'),
    link('usr/bin/yarn', '/opt/yarn-v1.22.19/bin/yarn'),
  ];
  expect((await prove([...files, own], ['yarn', 'start'])).verdict).toBe('proven');
});
