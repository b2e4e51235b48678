import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEmbeddedEngine } from '../packages/rightarch/src/build/index.ts';
import { Failure, parsePlatform } from '../packages/rightarch/src/core/index.ts';
import { openLayout, openTree } from '../packages/rightarch/src/oci/index.ts';
import { tarEnd, tarHeader } from '../packages/rightarch/src/tar/index.ts';
import { listImage } from './support/image-listing.ts';
import { type Places, startPlaces } from './support/places.ts';
import { makeNodeBase, openWorkshop } from './support/workshop.ts';

// A repository of a stranger who wants his code to run on the machine that builds it, and a machine whose environment
// wants the same. Whatever starts leaves a canary; none may be there, and no byte of the image may follow.

const workshop = openWorkshop();
const canaries = join(workshop.directory, 'canaries');
let places: Places;
let base: string;

/** A shell line that leaves a trace, for everything that would run one. */
const sing = (who: string) => `mkdir -p ${canaries} && touch ${canaries}/${who}`;
const program = (who: string) => ({ run: `#!/bin/sh\n${sing(who)}\n` });
const script = (who: string) =>
  `require('fs').mkdirSync(${JSON.stringify(canaries)},{recursive:true});require('fs').writeFileSync(${JSON.stringify(`${canaries}/${who}`)},'')\n`;

/** What a tool of some kind would execute because it lies in the directory. */
const trap = {
  '.npmrc': 'script-shell=/app/bin/sh\nnode-options=--require /app/evil.cjs\ngit=/app/bin/git\n',
  '.pnpmfile.cjs': script('pnpmfile'),
  '.yarnrc.yml': 'yarnPath: ./evil.cjs\nplugins: [./evil.cjs]\n',
  '.yarnrc': 'yarn-path "./evil.cjs"\n',
  'evil.cjs': script('yarn'),
  'setup.py': `import os; os.system(${JSON.stringify(sing('setup-py'))})\n`,
  'pip.conf': '[global]\nindex-url = http://127.0.0.1:9/\n',
  'go.env': 'GOFLAGS=-toolexec=/app/bin/toolexec\n',
  'bin/toolexec': program('goflags-of-the-context'),
  Makefile: `all:\n\t${sing('make')}\n`,
  '.husky/post-checkout': program('husky'),
  'bin/sh': program('sh-of-the-context'),
  'bin/npm': program('npm-of-the-context'),
  'bin/git': program('git-of-the-context'),
  'vitest.config.ts': script('vitest'),
};

/** The fixtures that must be able to sing when somebody runs them, and what each then leaves. */
const live: Readonly<Record<string, readonly [program: string, args: readonly string[], canary: string]>> = {
  '.pnpmfile.cjs': [process.execPath, [], 'pnpmfile'],
  'evil.cjs': [process.execPath, [], 'yarn'],
  'vitest.config.ts': [process.execPath, ['--input-type=commonjs', '-e', script('vitest')], 'vitest'],
  'bin/sh': ['/bin/sh', [], 'sh-of-the-context'],
  'bin/npm': ['/bin/sh', [], 'npm-of-the-context'],
  'bin/git': ['/bin/sh', [], 'git-of-the-context'],
  'bin/toolexec': ['/bin/sh', [], 'goflags-of-the-context'],
  '.husky/post-checkout': ['/bin/sh', [], 'husky'],
};

const NODE = 'FROM node:22-slim\nARG npm_config_registry\nWORKDIR /app\n';
const dockerfile = `${NODE}COPY . .\nRUN npm ci\n`;
/** Real npm would obey that file and so `npm ci` is refused beside it; the other traps stand where it runs. */
const { '.npmrc': _, ...withoutNpmrc } = trap;

/** What a host has in its environment, when it means harm or only means something else. */
const hostile = (): Record<string, string> => ({
  PATH: `${join(workshop.directory, 'plain', 'bin')}:${process.env['PATH']}`,
  NODE_ENV: 'production',
  npm_config_registry: 'http://127.0.0.1:9/',
  npm_config_script_shell: join(workshop.directory, 'plain', 'bin', 'sh'),
  npm_config_git: join(workshop.directory, 'plain', 'bin', 'git'),
  npm_config_omit: 'optional',
  npm_config_ignore_scripts: 'true',
  npm_config_umask: '077',
  NPM_CONFIG_USERCONFIG: join(workshop.directory, 'plain', '.npmrc'),
  GOFLAGS: `-toolexec=${join(workshop.directory, 'plain', 'bin', 'sh')}`,
  PIP_INDEX_URL: 'http://127.0.0.1:9/',
  PYTHONSTARTUP: join(workshop.directory, 'plain', 'setup.py'),
  GIT_SSH_COMMAND: sing('git-ssh'),
  GIT_EXTERNAL_DIFF: join(workshop.directory, 'plain', 'bin', 'git'),
  BASH_ENV: join(workshop.directory, 'plain', 'bin', 'sh'),
  SHELL: join(workshop.directory, 'plain', 'bin', 'sh'),
  DOCKER_HOST: 'tcp://127.0.0.1:9',
  DOCKER_BUILDKIT: '0',
  BUILDKIT_SYNTAX: 'evil/frontend',
  TZ: 'Asia/Seoul',
});

/** An archive with entries that lead out of where it is unpacked. */
function upTar(): Uint8Array {
  const file = (path: string) => [tarHeader({ path, type: 'file', mode: 0o644, size: 0 })];
  return Buffer.concat([
    ...file('../../escaped'),
    ...file('/etc/escaped'),
    tarHeader({ path: 'soft', type: 'symlink', mode: 0o777, size: 0, link: '../../../../../etc' }),
    ...file('soft/escaped-through-a-link'),
    tarEnd(),
  ]);
}

type Entries = Record<string, { version: string } & Record<string, unknown>>;

function project(
  name: string,
  manifest: Record<string, unknown>,
  entries: Entries,
  more: Record<string, string | { run: string } | { link: string }> = {},
): string {
  const root = { name: 'app', version: '1.0.0', ...manifest };
  const context = workshop.context(name, {
    Dockerfile: dockerfile,
    'package.json': JSON.stringify(root),
    ...withoutNpmrc,
    ...more,
  });
  if (more['package-lock.json'] !== undefined) return context;
  const { scripts: _, ...locked } = root as Record<string, unknown>;
  places.writeLock(join(name, 'package-lock.json'), { ...locked, entries });
  return context;
}

const build = (name: string, context: string, env: Record<string, string> = {}) =>
  workshop.build(
    name,
    { context, base, args: { npm_config_registry: places.fill('$NPM') }, created: 1_700_000_000 },
    { env },
  );

/** Every program that this process started since the test began. */
const started: string[] = [];
subscribe('child_process', (message) => {
  const { process: child } = message as { process: { spawnfile?: string } };
  // The name is not known yet when the channel is told.
  started.push(child.spawnfile ?? 'a program');
});

/** What a build in this very process ends with: a code with its arguments. The host's environment is hostile meanwhile. */
async function refusal(context: string): Promise<{ code: string; args: unknown }> {
  const engine = createEmbeddedEngine({
    cacheDirectory: join(workshop.directory, 'cache'),
    buildPlatform: parsePlatform('linux/amd64')!,
    openBase: async () => {
      const source = openLayout(base);
      return openTree(source, await source.resolve(undefined));
    },
  });
  const request = {
    name: 'app',
    context,
    dockerfile: join(context, 'Dockerfile'),
    args: { npm_config_registry: places.fill('$NPM') },
    labels: {},
    annotations: {},
    secrets: [],
    contexts: {},
    platforms: [{ platform: parsePlatform('linux/arm64')!, because: { kind: 'flag' } as const }],
    noCache: false,
    pull: false,
    ssh: [],
    scriptsNotNeeded: [],
  };
  const before = { ...process.env };
  Object.assign(process.env, hostile());
  try {
    await engine.build(request, await engine.plan(request), { directory: `${context} out` });
    return built;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.diagnostic.code, args: error.diagnostic.args };
  } finally {
    for (const name of Object.keys(hostile())) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** As listImage shows a content: a short one as text, any other by its digest. */
const shownContent = (bytes: Uint8Array) =>
  bytes.length <= 256
    ? JSON.stringify(Buffer.from(bytes).toString('latin1'))
    : createHash('sha256').update(bytes).digest('hex');

const built = { code: 'built', args: {} };
const plain = { dependencies: { plain: '1.0.0' } };
const plainLock = { 'node_modules/plain': { version: '1.0.0' } };

beforeAll(async () => {
  places = startPlaces(workshop.directory);
  await makeNodeBase(places, 'base');
  base = join(workshop.directory, 'base');
  const index = { 'index.js': script('index-of-a-package') };
  await places.startNpm(
    JSON.stringify({
      packages: [
        {
          name: 'plain',
          version: '1.0.0',
          manifest: { bin: 'cli.js', main: 'index.js', scripts: { test: sing('test-script') } },
          files: { 'cli.js': `#!/usr/bin/env node\n${script('bin')}`, ...index },
        },
        {
          name: 'installs',
          version: '1.0.0',
          manifest: { scripts: { postinstall: sing('postinstall-of-a-package') } },
          files: index,
        },
        { name: 'gyp', version: '1.0.0', files: { 'binding.gyp': '{}', ...index } },
        { name: 'climbs', version: '1.0.0', files: { '!package/../../../../escaped': 'out', ...index } },
        {
          name: 'shims',
          version: '1.0.0',
          manifest: { bin: { '../../../../usr/local/bin/node': 'index.js' } },
          files: index,
        },
        { name: 'far', version: '1.0.0', manifest: { bin: { far: '../../../../etc/passwd' } }, files: index },
      ],
    }),
  );
});
afterAll(async () => {
  await places.close();
  workshop.close();
});

/** Nothing sang, nothing was started, nothing climbed out of where it was put. */
function untouched(): void {
  expect(existsSync(canaries) ? readdirSync(canaries) : []).toEqual([]);
  expect(started).toEqual([]);
  expect(escapes.filter((path) => existsSync(path))).toEqual([]);
}

/** Where an archive or a package that climbs would come out, if somebody unpacked it on this machine. */
const escapes = ['escaped', '../escaped', '../../escaped']
  .map((path) => join(workshop.directory, path))
  .concat('/etc/escaped');

beforeEach(() => {
  started.length = 0;
});

test('the traps are real: each leaves its canary as soon as somebody runs it, and we would notice', () => {
  const context = workshop.context('sprung', trap);
  for (const [file, [runs, args, canary]] of Object.entries(live)) {
    const { status, stderr } = spawnSync(runs, args.length > 0 ? args : [join(context, file)], { encoding: 'utf8' });
    expect([file, status, stderr]).toEqual([file, 0, '']);
    expect(readdirSync(canaries)).toContain(canary);
  }
  expect(untouched).toThrow();
  rmSync(canaries, { recursive: true });
  started.push('a program');
  expect(untouched).toThrow();
});

test('everything that tools would execute is copied like any file, and the host has no say in a byte', async () => {
  const context = project('plain', plain, plainLock);
  const [calm, attacked] = await Promise.all([build('calm', context), build('attacked', context, hostile())]);
  expect(calm).toHaveProperty('root');
  // These two processes are the builds themselves.
  expect(started.splice(0)).toHaveLength(2);
  expect(attacked).toEqual(calm);
  // Nor is a word of that environment in a config, which a digest of two equal configs would not show.
  const words = Object.entries(hostile()).flatMap(([name, value]) =>
    [name, value].filter((word) => word.length > 4 || word === 'PATH'),
  );
  const { configs } = calm as { configs: readonly string[] };
  expect(configs).toHaveLength(2);
  expect(words.filter((word) => word !== 'npm_config_registry' && configs.some((text) => text.includes(word)))).toEqual(
    ['PATH'],
  );
  untouched();
}, 30_000);

test('.npmrc, .pnpmfile.cjs, .yarnrc.yml, setup.py and go.env are files like others where no RUN asks a tool', async () => {
  const context = workshop.context('copied', { ...trap, Dockerfile: `${NODE}COPY . /app/\n` });
  expect(await refusal(context)).toEqual(built);
  const { files } = await listImage({ layout: `${context} out` }, 'arm64');
  for (const name of ['.npmrc', '.pnpmfile.cjs', '.yarnrc.yml', 'setup.py', 'go.env', 'bin/sh'])
    expect(files.get(`/app/${name}`)).toContain(shownContent(readFileSync(join(context, name))));
  untouched();
});

test('what real npm leaves alone is placed and not executed, and no command leads out of the image’s packages', async () => {
  const dependencies = { plain: '1.0.0', shims: '1.0.0', far: '1.0.0' };
  const bins: Record<string, Record<string, string>> = {
    plain: { plain: 'cli.js' },
    shims: { '../../../../usr/local/bin/node': 'index.js' },
    far: { far: '../../../../etc/passwd' },
  };
  const entries = Object.fromEntries(
    Object.keys(dependencies).map((name) => [`node_modules/${name}`, { version: '1.0.0', bin: bins[name] ?? {} }]),
  );
  const context = project('placed', { dependencies }, entries);
  expect(await refusal(context)).toEqual(built);
  const { files } = await listImage({ layout: `${context} out` }, 'arm64');
  const modules = [...files.keys()].filter((path) => /^\/app\/node_modules\/[^/]+$/.test(path));
  expect(modules).toEqual(
    ['.bin', '.package-lock.json', 'far', 'plain', 'shims'].map((name) => `/app/node_modules/${name}`),
  );
  const commands = [...files].filter(([path]) => path.startsWith('/app/node_modules/.bin/'));
  expect(commands.map((command) => command.join(' '))).toContain(
    '/app/node_modules/.bin/plain symlink 777 0:0 -> ../plain/cli.js',
  );
  for (const [, target] of commands) expect(target).toMatch(/-> \.\.\/[a-z]+\/(?!.*\.\.)/);
  expect(files.get('/usr/local/bin/node')).toContain('ELF');
  untouched();
});

test('links of the context stay links: nothing behind them is read', async () => {
  const secret = workshop.context('elsewhere', { secret: 'of the host' });
  const context = workshop.context('links', {
    Dockerfile: 'FROM scratch\nCOPY d /d\n',
    'd/absolute': { link: join(secret, 'secret') },
    'd/up': { link: '../../elsewhere/secret' },
    'd/directory': { link: secret },
  });
  expect(await refusal(context)).toEqual(built);
  const { files } = await listImage({ layout: `${context} out` }, 'arm64');
  expect([...files.keys()].sort()).toEqual(['/d', '/d/absolute', '/d/directory', '/d/up']);
  expect([...files.values()].join()).not.toContain('of the host');
  const through = workshop.context('through', {
    Dockerfile: 'FROM scratch\nCOPY up/secret /s\n',
    up: { link: '../elsewhere' },
  });
  expect(await refusal(through)).toMatchObject({ code: 'context/source-missing', args: { source: 'up/secret' } });
  untouched();
});

describe('refused, with nothing executed', () => {
  test.each<[string, string, unknown, () => string]>([
    ...[
      'script-shell=/app/bin/sh',
      'node-options=--require /app/evil.cjs',
      'git=/app/bin/git',
      'shell=/app/bin/sh',
      'prefix=/etc',
      'globalconfig=/app/x',
      'userconfig=/app/x',
      'tag-version-prefix=$(id)',
    ].map((line): [string, string, unknown, () => string] => [
      `.npmrc with ${line}`,
      'npm/config-refused',
      { file: '/app/.npmrc', key: line.slice(0, line.indexOf('=')) },
      () =>
        project(`rc-${createHash('sha1').update(line).digest('hex').slice(0, 8)}`, plain, plainLock, {
          '.npmrc': `${line}\n`,
        }),
    ]),
    [
      'a preinstall of the project',
      'npm/script-needed',
      { package: 'app', script: 'preinstall' },
      () => project('pre', { ...plain, scripts: { preinstall: sing('preinstall') } }, plainLock),
    ],
    [
      'a prepare of the project',
      'npm/script-needed',
      { package: 'app', script: 'prepare' },
      () => project('prepare', { ...plain, scripts: { prepare: sing('prepare') } }, plainLock),
    ],
    [
      'a package with an install script',
      'npm/script-needed',
      { package: 'installs@1.0.0', script: 'preinstall, install, postinstall' },
      () =>
        project(
          'installs',
          { dependencies: { installs: '1.0.0' } },
          { 'node_modules/installs': { version: '1.0.0', hasInstallScript: true } },
        ),
    ],
    [
      'a package whose install script the lockfile hides',
      'npm/script-needed',
      { package: 'installs@1.0.0', script: 'postinstall' },
      () =>
        project('hidden', { dependencies: { installs: '1.0.0' } }, { 'node_modules/installs': { version: '1.0.0' } }),
    ],
    [
      'a binding.gyp, which npm would run node-gyp for',
      'npm/script-needed',
      { package: 'gyp@1.0.0' },
      () => project('gyp', { dependencies: { gyp: '1.0.0' } }, { 'node_modules/gyp': { version: '1.0.0' } }),
    ],
    [
      'a tarball that climbs out of its folder',
      'npm/package-malformed',
      { package: 'climbs' },
      () => project('climbs', { dependencies: { climbs: '1.0.0' } }, { 'node_modules/climbs': { version: '1.0.0' } }),
    ],
    [
      'an archive of ADD that climbs out',
      'engine/path-blocked',
      { path: '/../../escaped', instruction: 'ADD' },
      () => workshop.context('up', { Dockerfile: `${NODE}ADD up.tar /srv/\n`, 'up.tar': upTar() }),
    ],
    [
      'a dependency from Git',
      'npm/source-refused',
      { package: 'x' },
      () =>
        project(
          'git',
          { dependencies: { x: 'git+ssh://git@127.0.0.1/x.git' } },
          {},
          {
            'package-lock.json': JSON.stringify({
              name: 'app',
              lockfileVersion: 3,
              packages: {
                '': { name: 'app', version: '1.0.0', dependencies: { x: 'git+ssh://git@127.0.0.1/x.git' } },
                'node_modules/x': { version: '1.0.0', resolved: 'git+ssh://git@127.0.0.1/x.git#abc' },
              },
            }),
          },
        ),
    ],
    [
      'a binding.gyp of the project',
      'npm/script-needed',
      { package: 'app' },
      () =>
        project('own-gyp', plain, plainLock, { 'binding.gyp': `{"targets":[{"target_name":"<!(${sing('gyp')})"}]}` }),
    ],
    [
      'a place outside node_modules',
      'npm/lockfile-malformed',
      { file: '/app/package-lock.json' },
      () => project('out', plain, { '../../../escaped/node_modules/plain': { version: '1.0.0' } }),
    ],
    [
      'another package manager',
      'run/tool-not-yet',
      { tool: 'yarn' },
      () => workshop.context('yarn', { ...trap, Dockerfile: `${NODE}COPY . .\nRUN yarn install\n` }),
    ],
    [
      'pip',
      'run/tool-not-yet',
      { tool: 'pip' },
      () => workshop.context('pip', { ...trap, Dockerfile: `${NODE}COPY . .\nRUN pip install .\n` }),
    ],
    [
      'go',
      'run/tool-not-yet',
      { tool: 'go' },
      () => workshop.context('go', { ...trap, Dockerfile: `${NODE}COPY . .\nRUN go build -toolexec ./bin/sh .\n` }),
    ],
    [
      'pnpm, which would load .pnpmfile.cjs',
      'run/tool-not-yet',
      { tool: 'pnpm' },
      () => workshop.context('pnpm', { ...trap, Dockerfile: `${NODE}COPY . .\nRUN pnpm install\n` }),
    ],
    [
      'setup.py',
      'run/command-unknown',
      { command: 'python3' },
      () => workshop.context('setup', { ...trap, Dockerfile: `${NODE}COPY . .\nRUN python3 setup.py install\n` }),
    ],
    [
      'GOFLAGS of the image',
      'run/tool-not-yet',
      { tool: 'go' },
      () =>
        workshop.context('goflags', {
          ...trap,
          Dockerfile: `${NODE}COPY . .\nENV GOFLAGS=-toolexec=/app/bin/toolexec\nRUN go build .\n`,
        }),
    ],
    [
      'make',
      'run/command-unknown',
      { command: 'make' },
      () => workshop.context('make', { ...trap, Dockerfile: `${NODE}COPY . .\nRUN make\n` }),
    ],
    [
      'a program of the context',
      'run/command-unknown',
      { command: 'sh' },
      () => workshop.context('own', { ...trap, Dockerfile: `${NODE}COPY . .\nRUN ./bin/sh\n` }),
    ],
    [
      'a shell of the context in place of the image’s',
      'run/shell-unknown',
      { shell: '/bin/sh' },
      () => workshop.context('shell', { ...trap, Dockerfile: `${NODE}COPY bin/sh /bin/sh\nRUN echo\n` }),
    ],
    [
      'npm of the context first on PATH',
      'npm/version-unknown',
      { tool: 'npm', path: '/app/bin/npm' },
      () => project('path', plain, plainLock, { Dockerfile: `${NODE}COPY . .\nENV PATH=/app/bin:$PATH\nRUN npm ci\n` }),
    ],
    [
      'a frontend of its own',
      'plan/not-embedded',
      { instruction: '# syntax', what: 'evil/frontend' },
      () => workshop.context('syntax', { Dockerfile: `# syntax=evil/frontend\n${NODE}RUN true\n` }),
    ],
  ])('%s', async (_name, code, args, make) => {
    expect(await refusal(make())).toMatchObject({ code, args });
    untouched();
  });
});
