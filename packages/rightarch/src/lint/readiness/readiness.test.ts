import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../../core/index.ts';
import { inWords } from '../../messages/index.ts';
import { checkRepository } from '../check.ts';
import type { KnownReleases } from './releases.ts';

const recorded = fileURLToPath(new URL('../../../testdata/lockfiles', import.meta.url));

type Files = Readonly<Record<string, string>>;

const folder = (name: string): Files =>
  Object.fromEntries(
    readdirSync(join(recorded, name)).map((file) => [file, readFileSync(join(recorded, name, file), 'utf8')]),
  );

function check(files: Files, platform = 'linux/arm64', releases?: KnownReleases) {
  return checkRepository(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    { platforms: platform === '' ? [] : [parsePlatform(platform)!], inlineIgnore: true, today: '2026-11-29', releases },
  );
}

/** `code package-or-names platforms`, an open one with a question mark. */
function found(...call: Parameters<typeof check>): readonly string[] {
  const { diagnostics, undecided } = check(...call);
  const line = (open: string) => (one: (typeof diagnostics)[number]) => {
    const { args, code, severity } = one;
    const subject = args['package'] ?? ((args['missing'] ?? args['packages'] ?? []) as readonly string[]).join(' ');
    const where = ((args['platforms'] ?? []) as readonly string[]).join(' ');
    return `${code.replace('lockfile/', '')}${severity === 'error' ? '' : ` ${severity}`}${open} ${subject} ${where}`.trimEnd();
  };
  return [...diagnostics.map(line('')), ...undecided.map(line('?'))].filter(
    (one) => !/^(?:dockerfile|repository)\//.test(one),
  );
}

const alpine = { Dockerfile: 'FROM node:22-alpine\nCOPY package*.json ./\nRUN npm ci\n' };
const debian = { Dockerfile: 'FROM node:22\nCOPY package*.json ./\nRUN npm ci\n' };

describe('what the tools wrote, for arm64 and amd64', () => {
  test.each(['npm-v2', 'npm-v3', 'pnpm-7', 'pnpm-8', 'pnpm-9', 'yarn-4', 'bun-1'])('%s has all there is', (name) => {
    for (const platform of ['linux/arm64', 'linux/amd64']) {
      expect(found(folder(name), platform)).toEqual([]);
      expect(found({ ...folder(name), ...alpine }, platform)).toEqual([]);
      expect(check(folder(name), platform).lockfiles[0]?.packages).toBeGreaterThan(45);
    }
    // sharp has no build for it, esbuild has; its owner may be built from source.
    expect(found(folder(name), 'linux/riscv64').join()).toMatch(/^no-build-for-cpu.* sharp linux\/riscv64$/);
  });

  test.each(['npm-v1', 'yarn-1'])('%s says of no package where it runs', (name) => {
    expect(found(folder(name))).toEqual([`build-unknown note? ${unseenOf(name)} linux/arm64`]);
    expect(check(folder(name)).questions).toContainEqual({ registry: 'npm', name: 'sharp', version: '0.33.5' });
  });

  test('a lockfile that another program leaves to its own', () => {
    const by = (command: string, more: Files = {}): Files => ({
      ...folder('yarn-1'),
      ...more,
      Dockerfile: `FROM node:22\nCOPY . .\nRUN ${command}\n`,
    });
    const npm = lock({});
    const yarns = [`build-unknown note? ${unseenOf('yarn-1')} linux/arm64`];
    expect(found(by('yarn', npm))).toEqual(yarns);
    expect(found(by('npm ci', npm))).toEqual([]);
    expect(found(by('npm ci && yarn', npm))).toEqual(yarns);
    // Without one npm takes what yarn wrote.
    expect(found(by('npm install'))).toEqual(yarns);
    expect(found(by('make', npm))).toEqual(yarns);
  });

  test('npm-pruned has lost what is not for a Mac, and says it once', () => {
    const lost = (libc: 'linux' | 'linuxmusl', cpu: string) =>
      `resolved-for-other-platforms @esbuild/linux-${cpu} @img/sharp-${libc}-${cpu} @img/sharp-libvips-${libc}-${cpu}`;
    expect(found({ ...folder('npm-pruned'), ...debian })).toEqual([`${lost('linux', 'arm64')} linux/arm64`]);
    expect(found({ ...folder('npm-pruned'), ...alpine }, 'linux/amd64')).toEqual([
      `${lost('linuxmusl', 'x64')} linux/amd64 (musl)`.replace(
        'linuxmusl-x64 linux/amd64',
        'linuxmusl-x64 linux/amd64',
      ),
    ]);
    const [one] = check(folder('npm-pruned')).diagnostics;
    expect(inWords(one!, 'en').fix).toContain('`npx npm@11 install --package-lock-only`');
    // esbuild alone fetches what it lacks when it is installed.
    const alone = {
      'package-lock.json': folder('npm-pruned')['package-lock.json']!.replaceAll('@img/sharp-', '@img/x-'),
    };
    expect(found(alone)[0]).toMatch(/^resolved-for-other-platforms(?: warning)? @esbuild/);
  });

  test.each(['uv', 'poetry-18', 'poetry-2'])('%s names wheels: those of x86 alone have none', (name) => {
    const lacking = ['intel-openmp', 'mkl', 'tbb'].map((one) => `no-build-for-cpu ${one} linux/arm64`);
    expect(found(folder(name))).toEqual([...lacking, 'compiled-at-install note psycopg2-binary 2.8.6 linux/arm64']);
    expect(found(folder(name), 'linux/amd64').filter((one) => !one.includes('?'))).toEqual([]);
    const [one] = check(folder(name)).diagnostics;
    expect(one?.args['has']).toEqual(['Windows', 'linux/386', 'linux/amd64']);
    expect(one?.args['direct']).toBe(false);
  });

  test('a registry is asked about what comes from it, and about nothing else', () => {
    const names = (files: Files) => check(files).questions.map(({ name }) => name);
    const asked = ['intel-openmp', 'mkl', 'tbb'];
    expect(names(folder('uv'))).toEqual(asked);
    // The recorded one names PyPI as a source of its own.
    expect(names(folder('poetry-2'))).toEqual(asked);
    const other = (name: string, file: string) => ({
      [file]: folder(name)[file]!.replaceAll('https://pypi.org/simple', 'https://index.example/simple'),
    });
    expect(names(other('uv', 'uv.lock'))).toEqual([]);
    expect(names(other('poetry-2', 'poetry.lock'))).toEqual([]);
  });

  test('an image with musl has no wheels of glibc', () => {
    const Dockerfile = 'FROM python:3.11-alpine\nCOPY . .\nRUN uv sync --frozen\n';
    expect(found({ ...folder('uv'), Dockerfile }, 'linux/amd64').filter((one) => !one.includes(' note '))).toEqual(
      ['intel-openmp', 'mkl', 'tbb'].map((one) => `no-build-for-cpu ${one} linux/amd64 (musl)`),
    );
  });

  test('the environments of uv leave Linux out', () => {
    expect(found(folder('uv-mac'))).toEqual(['resolved-for-other-platforms  linux/arm64']);
    expect(check(folder('uv-mac')).lockfiles[0]?.platforms[0]?.lacking).toBe(3);
  });

  test('pins without wheels are open until the index is asked; hashes leave out what they do not list', () => {
    const files = folder('requirements');
    expect(found(files)).toEqual(['build-unknown note? click intel-cmplr-lib-ur intel-openmp linux/arm64']);
    const hash = /mkl==2024\.0\.0 \\\n\s+--hash=sha256:([0-9a-f]{64})/.exec(files['requirements.txt']!)![1]!;
    const release = (name: string, sha256: string) => ({ name, sha256 });
    const known: KnownReleases = {
      npm: new Map(),
      pypi: new Map([
        [
          'mkl',
          [
            {
              version: '2024.0.0',
              files: [
                release('mkl-2024.0.0-py2.py3-none-manylinux1_x86_64.whl', hash),
                release('mkl-2024.0.0-py2.py3-none-manylinux2014_aarch64.whl', 'not pinned'),
              ],
            },
            { version: '2025.0.0', files: [release('mkl-2025.0.0-py3-none-manylinux_2_28_aarch64.whl', '')] },
            { version: '2026.0.0', files: [release('mkl-2026.0.0-py3-none-manylinux_2_28_aarch64.whl', '')] },
          ],
        ],
      ]),
    };
    const { diagnostics } = check(files, 'linux/arm64', known);
    expect(diagnostics.map((one) => inWords(one, 'en').fix)).toEqual([
      'Pin `mkl==2025.0.0`, the nearest release that has one',
    ]);
  });
});

describe('what decides which wheel is taken', () => {
  const project = (requires: string, marker: string, wheels: readonly string[]) => ({
    'uv.lock': `version = 1
requires-python = "${requires}"
[[package]]
name = "app"
source = { virtual = "." }
dependencies = [{ name = "p", marker = "${marker}" }]
[[package]]
name = "p"
version = "1"
wheels = [${wheels.map((one) => `{ url = "https://x.example/p-1-${one}.whl" }`).join(', ')}]
`,
  });
  const wheels = ['cp39-cp39-manylinux_2_17_x86_64', 'cp310-cp310-manylinux_2_17_aarch64'];
  const lack = ['no-build-for-cpu p linux/arm64'];

  test.each([
    ['<3.10, >=3.8.1', lack],
    ['>=3.8, !=3.10.*, <=3.10', lack],
    ['~3.9', lack],
    ['^3.8', []],
    ['>=3.9.2, <3.10.1', []],
    ['~=3.9', []],
    ['~2.7 || ^3.10', []],
    ['', []],
  ])('a Python within %j', (requires, expected) => {
    expect(found(project(requires, "sys_platform == 'linux'", wheels))).toEqual(expected);
  });

  test('the nearest release is one for a Python that the project allows', () => {
    const of = (version: string, cpython: string) => ({
      version,
      files: [{ name: `p-${version}-${cpython}-${cpython}-manylinux_2_17_aarch64.whl`, sha256: undefined }],
    });
    const pypi = new Map([['p', [of('2', 'cp314'), of('3', 'cp39')]]]);
    const files = project('<3.10, >=3.8.1', "sys_platform == 'linux'", wheels);
    const [one] = check(files, 'linux/arm64', { npm: new Map(), pypi }).diagnostics;
    expect(one?.args['nearest']).toBe('3');
  });

  test.each([
    ["platform_machine == 'x86_64'", 'linux/arm64', []],
    ["platform_machine == 'aarch64'", 'linux/arm64', lack],
    // The kernel under a container of 32 bits says what it is itself.
    ["platform_machine == 'i686'", 'linux/386', ['no-build-for-cpu? p linux/386']],
    ["extra == 'gpu'", 'linux/arm64', ['no-build-for-cpu? p linux/arm64']],
    ["extra == 'gpu' and sys_platform == 'win32'", 'linux/arm64', []],
  ])('the marker %j on %s', (marker, platform, expected) => {
    expect(found(project('>=3.9, <3.10', marker, wheels), platform)).toEqual(expected);
  });
});

function unseenOf(name: string): string {
  const { undecided } = check(folder(name));
  return (undecided[0]!.args['packages'] as readonly string[]).join(' ');
}

const lock = (packages: Readonly<Record<string, object>>, root: object = {}): Files => ({
  'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': root, ...packages } }, undefined, 2),
});

describe('packages of npm', () => {
  const owner = (name: string, version: string, members: readonly string[]) => ({
    [`node_modules/${name}`]: {
      version,
      optionalDependencies: Object.fromEntries(members.map((one) => [one, version])),
    },
  });
  const member = (name: string, os: string, cpu: string) => ({
    [`node_modules/${name}`]: { version: '1.0.0', optional: true, os: [os], cpu: [cpu] },
  });

  test('a family without a member for the CPU, and the nearest release that has one', () => {
    const names = ['x-linux-x64-gnu', 'x-darwin-arm64'];
    const files = lock(
      { ...owner('x', '1.0.0', names), ...member(names[0]!, 'linux', 'x64') },
      { dependencies: { x: '1' } },
    );
    expect(found(files)).toEqual(['no-build-for-cpu x linux/arm64']);
    expect(found(files, 'linux/amd64')).toEqual([]);
    const at = (version: string, optionalDependencies: readonly string[], deprecated = false) =>
      ({ version, optionalDependencies, deprecated, os: undefined, cpu: undefined, libc: undefined }) as const;
    const arm = ['x-linux-arm64', 'x-linux-x64'];
    const fixOf = (releases: readonly ReturnType<typeof at>[]) =>
      inWords(check(files, 'linux/arm64', { npm: new Map([['x', releases]]), pypi: new Map() }).diagnostics[0]!, 'en')
        .fix;
    expect(
      fixOf([at('0.9.0', arm), at('1.1.0', arm, true), at('1.2.0-beta.1', arm), at('1.3.0', arm), at('2.0.0', arm)]),
    ).toBe('Take the nearest release that has one: `npm install x@1.3.0`');
    expect(fixOf([at('0.8.0', arm), at('0.9.0', arm), at('1.1.0', names)])).toContain('`npm install x@0.9.0`');
    expect(fixOf([at('1.1.0', names)])).toContain('No release that is known has one');
    expect(inWords(check(files).diagnostics[0]!, 'en').fix).toContain(
      '`rightarch check --platform linux/arm64 --online`',
    );
  });

  test('what is optional is left out, and one member alone is no family', () => {
    const names = ['x-linux-x64', 'x-darwin-arm64'];
    const { 'node_modules/x': own } = owner('x', '1.0.0', names);
    expect(found(lock({ 'node_modules/x': { ...own, optional: true } }))).toEqual([]);
    expect(found(lock(owner('x', '1.0.0', ['x-linux-x64'])))).toEqual([]);
    expect(found(lock(owner('chokidar', '3.0.0', ['fsevents'])))).toEqual([]);
    expect(found(lock(member('@img/sharp-linux-x64', 'linux', 'x64')))).toEqual([]);
    // What has JavaScript instead is only slower.
    const extract = ['darwin-arm64', 'linux-x64'].map((one) => `@msgpackr-extract/msgpackr-extract-${one}`);
    expect(found(lock(owner('msgpackr-extract', '3.0.0', extract)))).toEqual([]);
  });

  test('what npm 10 does is told of its lockfile alone', () => {
    const names = ['x-linux-x64', 'x-linux-arm64'];
    const own = { optionalDependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) };
    const packages = {
      x: ['x@1.0.0', '', own, 'sha512-x'],
      [names[0]!]: [`${names[0]}@1.0.0`, '', { os: 'linux', cpu: 'x64' }, 'sha512-x'],
    };
    const bun = { 'bun.lock': JSON.stringify({ workspaces: { '': { dependencies: { x: '1' } } }, packages }) };
    const npm = lock({ ...owner('x', '1.0.0', names), ...member(names[0]!, 'linux', 'x64') });
    for (const [files, says] of [
      [bun, false],
      [npm, true],
    ] as const) {
      expect(found(files)).toEqual(['resolved-for-other-platforms x-linux-arm64 linux/arm64']);
      const [one] = check(files).diagnostics;
      for (const language of ['en', 'ja', 'ko'] as const)
        expect(inWords(one!, language).message.includes('npm 10')).toBe(says);
    }
  });

  test('two names of one owner, as esbuild 0.15 has them', () => {
    const names = ['@esbuild/android-arm', '@esbuild/linux-loong64', 'esbuild-linux-arm64', 'esbuild-linux-64'];
    const files = lock({ ...owner('esbuild', '0.15.18', names), ...member('esbuild-linux-arm64', 'linux', 'arm64') });
    expect(found(files)).toEqual([]);
  });

  test('a libc that no member has', () => {
    const names = ['x-linux-x64-gnu', 'x-linux-x64-musl', 'x-linux-arm64-gnu'];
    const files = lock({ ...owner('x', '1.0.0', names), ...member(names[2]!, 'linux', 'arm64') });
    expect(found({ ...files, ...debian })).toEqual([]);
    expect(found({ ...files, ...alpine })).toEqual(['no-build-for-cpu x linux/arm64 (musl)']);
    // No name of a base tells: it is open. Where nothing speaks of musl, nothing is said of it.
    const own = { Dockerfile: 'FROM registry.example/base\nCOPY . .\nRUN npm ci\n' };
    expect(found({ ...files, ...own })).toEqual(['no-build-for-cpu? x linux/arm64 (musl)']);
    expect(found(files)).toEqual([]);
    expect(check(files).lockfiles[0]).toMatchObject({ libcs: ['glibc'], usual: true });
    expect(found({ ...files, 'other/Dockerfile': 'FROM alpine\n' })).toEqual([
      'no-build-for-cpu? x linux/arm64 (musl)',
    ]);
    // Where none is for musl by its name, nothing is said against it.
    const plain = ['y-linux-x64', 'y-linux-arm64'];
    expect(
      found({ ...lock({ ...owner('y', '1.0.0', plain), ...member(plain[1]!, 'linux', 'arm64') }), ...alpine }),
    ).toEqual([]);
  });

  test('a dependency that is for one CPU by its own lists, and not optional', () => {
    const hard = { 'node_modules/@img/sharp-linux-x64': { version: '0.33.5', os: ['linux'], cpu: ['x64'] } };
    const files = lock(hard, { dependencies: { '@img/sharp-linux-x64': '0.33.5' } });
    expect(found(files)).toEqual(['no-build-for-cpu @img/sharp-linux-x64 linux/arm64']);
    expect(inWords(check(files).diagnostics[0]!, 'en')).toMatchObject({
      message: expect.stringContaining(
        '(os: linux; cpu: x64), and is no optional dependency: the install stops with `EBADPLATFORM`',
      ) as string,
      fix: expect.stringContaining('optionalDependencies') as string,
    });
    const dev = lock({ 'node_modules/x': { version: '1.0.0', cpu: ['x64'], dev: true } });
    expect(found(dev)).toEqual(['no-build-for-cpu warning x linux/arm64']);
    const production = { Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\n' };
    expect(found({ ...dev, ...production })).toEqual([]);
    const installed = (run: string) => found({ ...dev, Dockerfile: `FROM node:22\nENV A=1\nCOPY . .\n${run}\n` });
    expect(installed('ENV NODE_ENV=production\nRUN npm ci')).toEqual([]);
    expect(installed('RUN NODE_ENV=production npm ci')).toEqual([]);
    expect(installed('ENV NODE_ENV=production\nRUN npm ci --include=dev')).toHaveLength(1);
    expect(installed('ENV NODE_ENV=development\nRUN npm ci')).toHaveLength(1);
    expect(installed('RUN npm ci\nENV NODE_ENV=production')).toHaveLength(1);
  });

  test('downloads that their own files show, and who says that there is none', () => {
    const files = lock(
      { 'node_modules/puppeteer': { version: '24.0.0' }, 'node_modules/cypress': { version: '10.2.0' } },
      { dependencies: { puppeteer: '24.0.0' } },
    );
    expect(found(files)).toEqual(['no-build-for-cpu puppeteer linux/arm64']);
    expect(inWords(check(files).diagnostics[0]!, 'en').fix).toContain('`npm install puppeteer@25.11.0`');
    expect(found(files, 'linux/amd64')).toEqual([]);
    const skipped = { Dockerfile: 'FROM node:22\nENV PUPPETEER_SKIP_DOWNLOAD=true\nCOPY . .\nRUN npm ci\n' };
    expect(found({ ...files, ...skipped })).toEqual([]);
  });
});

describe('settings that leave a platform out', () => {
  const pnpm = folder('pnpm-9');
  test.each([
    ['os: [darwin]\n  cpu: [arm64]', 1],
    ['os: [linux, darwin]\n  cpu: [x64]', 1],
    ['os: [darwin]', 1],
    ['os: [darwin, current]\n  cpu: [x64, current]', 0],
    ['os: [linux]\n  cpu: [arm64, x64]', 0],
    ['libc: [musl, glibc]', 0],
  ])('supportedArchitectures of pnpm with %j', (lists, count) => {
    const files = { ...pnpm, 'pnpm-workspace.yaml': `packages: [a]\nsupportedArchitectures:\n  ${lists}\n` };
    const { diagnostics } = check(files);
    expect(diagnostics.map(({ at }) => at.in === 'file' && `${at.file}:${at.start.line}`)).toEqual(
      Array(count).fill('pnpm-workspace.yaml:2'),
    );
  });

  test('the same in package.json, and in .yarnrc.yml', () => {
    const manifest = JSON.stringify({ pnpm: { supportedArchitectures: { cpu: ['x64'] } } });
    expect(found({ ...pnpm, 'package.json': manifest })).toHaveLength(1);
    // What is for every CPU is installed all the same.
    const [{ lacking } = { lacking: 0 }] = check({ ...pnpm, 'package.json': manifest }).lockfiles[0]!.platforms;
    expect(lacking).toBe(3);
    const yarn = { ...folder('yarn-4'), '.yarnrc.yml': 'supportedArchitectures:\n  cpu:\n    - x64\n' };
    expect(found(yarn)).toHaveLength(1);
    expect(found(yarn, 'linux/amd64')).toEqual([]);
  });

  test('ignoredOptionalDependencies, as pnpm 9 records them', () => {
    const text = pnpm['pnpm-lock.yaml']!;
    const without = text
      .replace(/^ {2}'@esbuild\/linux-[^\n]*\n(?: {4}[^\n]*\n)*\n/gm, '')
      .replace(/^ {6}'@esbuild\/linux-[^\n]*\n/gm, '');
    const lockfile = `${without}\nignoredOptionalDependencies:\n  - '@esbuild/linux-*'\n`;
    expect(found({ 'pnpm-lock.yaml': lockfile })).toEqual([
      'resolved-for-other-platforms warning @esbuild/linux-* linux/arm64',
    ]);
    // What is lost besides has another cause, and another way back.
    const lostToo = lockfile.replace(/^ {2}'@img\/sharp-(?!darwin)[^\n]*\n(?: {4}[^\n]*\n)*\n/gm, '');
    expect(
      check({ 'pnpm-lock.yaml': lostToo })
        .diagnostics.map(({ args }) => args['cause'])
        .sort(),
    ).toEqual(['ignored', 'lost']);
  });
});

test('modules of Go that bring a library for some CPUs, and no others', () => {
  const files = {
    'go.mod':
      'module a\nrequire (\n\trogchap.com/v8go v0.7.0\n\tgithub.com/mattn/go-sqlite3 v1.14.22\n\tgithub.com/confluentinc/confluent-kafka-go v1.9.2\n)\n',
  };
  expect(found(files)).toEqual([
    'no-build-for-cpu rogchap.com/v8go linux/arm64',
    'no-build-for-cpu github.com/confluentinc/confluent-kafka-go linux/arm64',
  ]);
  expect(found(files, 'linux/amd64')).toEqual([]);
  const fixes = check(files).diagnostics.map((one) => inWords(one, 'en').fix);
  expect(fixes[0]).toContain('`go get rogchap.com/v8go@v0.8.0`');
  expect(fixes[1]).toContain('`go get github.com/confluentinc/confluent-kafka-go/v2@v2.0.2`');
});

describe('who asks', () => {
  const fargate = {
    'task.yaml':
      'Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      RequiresCompatibilities: [FARGATE]\n      RuntimePlatform: { CpuArchitecture: ARM64 }\n',
  };
  const pruned = folder('npm-pruned');
  test('nobody: nothing is said of any CPU', () => {
    expect(found(pruned, '')).toEqual([]);
    expect(found({ ...pruned, ...debian }, '')).toEqual([]);
    expect(check({ ...pruned, ...debian }, '').lockfiles).toEqual([]);
  });
  test('a runtime that the sources deploy to: the lockfile that its Dockerfile installs', () => {
    expect(found({ ...pruned, ...debian, ...fargate }, '')).toHaveLength(1);
    // Another project's lockfile is not what is deployed.
    const other = Object.fromEntries(Object.entries(pruned).map(([name, text]) => [`docs/${name}`, text]));
    expect(found({ ...other, ...debian, ...fargate }, '')).toEqual([]);
    const Dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY docs/package*.json ./\nRUN npm ci\n';
    expect(found({ ...other, ...fargate, Dockerfile }, '')).toHaveLength(1);
  });
  test('a format that says nothing is no finding of a repository that nobody asked about', () => {
    expect(
      found({ ...folder('yarn-1'), ...fargate, Dockerfile: 'FROM node:22\nCOPY . .\nRUN yarn install\n' }, ''),
    ).toEqual([]);
  });
  test('ignore of rightarch.yaml silences, and a malformed lockfile is one warning', () => {
    expect(found({ 'uv.lock': 'version = 1\n[[package]\n' })).toEqual(['malformed warning']);
  });
});

test('every sentence in every language', () => {
  for (const name of ['npm-pruned', 'uv', 'uv-mac', 'requirements', 'yarn-1'])
    for (const one of [...check(folder(name)).diagnostics, ...check(folder(name)).undecided])
      for (const language of ['en', 'ja', 'ko'] as const) {
        const { message, fix } = inWords(one, language);
        expect(message).not.toMatch(/undefined|\[object| {2}/);
        expect(fix.length).toBeGreaterThan(0);
      }
});

test('a comment before the line of a lockfile that has comments answers for it', () => {
  const line = 'psycopg2-binary==2.8.6 --hash=sha256:0\n';
  const open = (text: string) => {
    const { undecided, diagnostics, suppressed } = check({ 'requirements.txt': text });
    return [diagnostics.length + undecided.length, suppressed.length];
  };
  const [told] = open(line);
  expect(told).toBe(1);
  const codes = check({ 'requirements.txt': line });
  const [one] = [...codes.diagnostics, ...codes.undecided];
  expect(open(`# rightarch-ignore ${one!.code}: built from source there\n${line}`)).toEqual([0, 1]);
});
