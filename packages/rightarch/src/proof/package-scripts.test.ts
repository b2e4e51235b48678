import { expect, it } from 'vitest';
import type { TestFile } from '../testing/index.ts';
import { link, NODE, program, starting, text } from './test-start.ts';

const prove = starting(NODE);

const MISSING = 'proof/program-missing';

const npm: readonly TestFile[] = [
  {
    path: 'usr/lib/node_modules/npm/bin/npm-cli.js',
    mode: 0o755,
    content: '#!/usr/bin/env node\n',
  },
  link('usr/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js'),
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
  ['is npm again', [starts('npm run serve', { serve: 'nope' })], ['npm', 'start']],
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
  expect((await prove([...npm, hook, text('app/dist/index.ts')], ['npm', 'start'])).verdict).toBe('proven');
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

it.each([
  ['yarn@4.1.0', 'yarn', 'undecided'],
  ['npm@10.0.0', 'yarn', 'undecided'],
  ['yarn@1.22.22', 'pnpm', 'undecided'],
  ['yarn@1.22.22', 'yarn', 'proven'],
  ['pnpm@9.0.0', 'pnpm', 'proven'],
])('a package.json of %s that %s is told to start is %s', async (packageManager, name, verdict) => {
  const own = text('app/package.json', JSON.stringify({ scripts: { start: 'node -e 0' }, packageManager }));
  const found = await prove([...managers, own], [name, 'start']);
  expect(found).toMatchObject({ verdict, ...(verdict === 'proven' ? {} : { code: 'proof/start-undecided' }) });
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
