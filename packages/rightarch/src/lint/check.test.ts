import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../core/index.ts';
import { inWords } from '../messages/index.ts';
import { parseTargetAsk } from '../target/index.ts';
import { checkRepository } from './check.ts';

const ARM64 = parsePlatform('linux/arm64')!;
const AMD64 = parsePlatform('linux/amd64')!;

function check(
  files: string | Readonly<Record<string, string>>,
  options: { platforms?: (typeof ARM64)[]; inlineIgnore?: boolean } = {},
) {
  const all = typeof files === 'string' ? { Dockerfile: files } : files;
  return checkRepository(
    Object.entries(all).map(([path, text]) => ({ path, text })),
    { platforms: [], inlineIgnore: true, today: '2026-11-29', ...options },
  );
}

/** Each finding as `code line severity`, without its area where that is the Dockerfile's. */
const found = (...call: Parameters<typeof check>): readonly string[] =>
  check(...call).diagnostics.map(
    ({ code, severity, at }) =>
      `${code.replace(/^dockerfile\//, '')} ${at.in === 'file' ? at.start.line : '?'}${severity === 'error' ? '' : ` ${severity}`}`,
  );

/** Only the findings of one rule: an example of one mistake may hold others. */
const only = (code: string, ...call: Parameters<typeof check>): readonly string[] =>
  found(...call).filter((one) => one.startsWith(`${code} `));

const fargateArm = {
  'task.yaml': `Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      RuntimePlatform: { CpuArchitecture: ARM64 }
`,
};

describe('platform-pinned', () => {
  test.each([
    ['FROM --platform=linux/amd64 node', ['platform-pinned 1 warning']],
    ['FROM --platform=linux/amd64 node AS base\nFROM base', ['platform-pinned 1 warning']],
    ['FROM --platform=amd64 node', ['platform-pinned 1 warning']],
    ['FROM --platform=$TARGETPLATFORM node', []],
    ['FROM node', []],
    // A stage that nothing takes from is not built.
    ['FROM --platform=linux/arm64 node AS other\nFROM node', []],
    // What it gives is no machine code.
    [
      'FROM --platform=linux/amd64 node AS web\nRUN npm ci && npm run build\nFROM nginx\nCOPY --from=web /app/dist /srv',
      [],
    ],
    // Chosen by its name, as BuildKit's own page shows it as good.
    [
      'FROM --platform=linux/amd64 alpine AS base-amd64\nFROM --platform=linux/arm64 alpine AS base-arm64\nARG TARGETARCH\nFROM base-${TARGETARCH}',
      [],
    ],
    // A default of BuildKit's own name wins over BuildKit.
    ['ARG BUILDPLATFORM=linux/amd64\nFROM --platform=$BUILDPLATFORM node', ['platform-pinned 2 warning']],
    [
      'ARG BUILDPLATFORM=linux/amd64\nFROM --platform=$BUILDPLATFORM node AS build\nRUN npm run build\nFROM nginx\nCOPY --from=build /app/dist /srv',
      [],
    ],
    // What --build-arg says is not seen.
    ['ARG PLATFORM=linux/amd64\nFROM --platform=$PLATFORM node', []],
  ])('%s', (text, expected) => {
    expect(only('platform-pinned', text)).toEqual(expected);
  });

  test('an error where the repository runs it elsewhere, nothing where it runs on that CPU', () => {
    const Dockerfile = 'FROM --platform=linux/amd64 node\n';
    expect(found({ Dockerfile, ...fargateArm })).toEqual(['platform-pinned 1']);
    expect(found({ Dockerfile }, { platforms: [ARM64] })).toEqual(['platform-pinned 1']);
    expect(found({ Dockerfile }, { platforms: [AMD64] })).toEqual([]);
  });
});

describe('final-stage-on-builder', () => {
  test.each([
    ['FROM --platform=$BUILDPLATFORM oven/bun', ['final-stage-on-builder 1 warning']],
    ['FROM --platform=${BUILDPLATFORM} node AS base\nFROM base', ['final-stage-on-builder 1 warning']],
    ['FROM --platform=$BUILDPLATFORM node AS build\nFROM nginx\nCOPY --from=build /app/dist /srv', []],
    ['FROM --platform=$BUILDPLATFORM scratch\nCOPY site /', []],
    // The program is the target's, and nothing of the base is run.
    [
      'FROM --platform=$BUILDPLATFORM golang AS b\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /app .\nFROM --platform=$BUILDPLATFORM static\nCOPY --from=b /app /usr/bin/\nENTRYPOINT ["/usr/bin/app"]',
      [],
    ],
    [
      'FROM golang AS b\nRUN go build -o /app .\nFROM --platform=$BUILDPLATFORM debian\nRUN apt-get update\nCOPY --from=b /app /app\nENTRYPOINT ["/app"]',
      ['final-stage-on-builder 3 warning'],
    ],
    [
      'FROM golang AS b\nRUN go build -o /app .\nFROM --platform=$BUILDPLATFORM debian\nCOPY --from=b /app /app\nCMD ["sh", "-c", "/app"]',
      ['final-stage-on-builder 3 warning'],
    ],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('base-for-one-platform', () => {
  test.each([
    ['FROM amd64/node:22', ['base-for-one-platform 1 warning']],
    ['FROM docker.io/arm64v8/python:3.12', ['base-for-one-platform 1 warning']],
    ['FROM public.ecr.aws/lambda/python:3.9-x86_64', ['base-for-one-platform 1 warning']],
    ['FROM registry.k8s.io/pause-amd64:3.1', ['base-for-one-platform 1 warning']],
    ['FROM alpine\nCOPY --from=amd64/busybox /bin/busybox /bin/', ['base-for-one-platform 2 warning']],
    ['ARG TARGETARCH\nFROM example.test/tool:1-$TARGETARCH', []],
    ['FROM ghcr.io/amd64tools/node', []],
    ['FROM example.test/arm64ish:1', []],
    [`FROM amd64/node@sha256:${'a'.repeat(64)}`, ['base-for-one-platform 1 warning']],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('builder-output-copied', () => {
  const go = (build: string, more = '') =>
    `FROM --platform=$BUILDPLATFORM golang AS build\n${more}WORKDIR /src\nCOPY . .\nRUN ${build}\nFROM debian\nCOPY --from=build /out/app /app\n`;

  test.each([
    ['go without GOARCH', go('go build -o /out/app .'), ['builder-output-copied 6 warning']],
    [
      'go, in a script of several lines',
      go('set -e; \\\n    CGO_ENABLED=0 go build -o /out/app .'),
      ['builder-output-copied 7 warning'],
    ],
    ['go with GOARCH of the target', go('GOARCH=$TARGETARCH go build -o /out/app .', 'ARG TARGETARCH\n'), []],
    ['go with GOARCH by ENV', go('go build -o /out/app .', 'ARG TARGETARCH\nENV GOARCH=$TARGETARCH\n'), []],
    ['go with export', go('export GOARCH=$TARGETARCH && go build -o /out/app .', 'ARG TARGETARCH\n'), []],
    ['go through xx', go('xx-go build -o /out/app .'), []],
    ['go wrapped by xx', go('xx-go --wrap && go build -o /out/app .'), []],
    ['go for a tool that is not copied', go('go build -o /tmp/gen ./gen && go generate'), []],
    [
      'a stage on it, and a directory',
      'FROM --platform=$BUILDPLATFORM golang AS base\nWORKDIR /src\nFROM base AS build\nRUN go build -o bin/app\nFROM debian\nCOPY --from=build /src/bin /bin/\n',
      ['builder-output-copied 6 warning'],
    ],
    [
      'cargo',
      'FROM --platform=$BUILDPLATFORM rust AS build\nWORKDIR /src\nRUN cargo build --release\nFROM debian\nCOPY --from=build /src/target/release/app /app\n',
      ['builder-output-copied 5 warning'],
    ],
    [
      'cargo with a target',
      'FROM --platform=$BUILDPLATFORM rust AS build\nARG TARGET\nWORKDIR /src\nRUN cargo build --release --target $TARGET\nFROM debian\nCOPY --from=build /src/target/release/app /app\n',
      [],
    ],
    [
      'gcc of a pinned stage',
      'FROM --platform=linux/amd64 gcc AS build\nRUN gcc -o /hello hello.c\nFROM debian\nCOPY --from=build /hello /hello\n',
      ['builder-output-copied 4 warning'],
    ],
    [
      'a cross compiler',
      'FROM --platform=$BUILDPLATFORM debian AS build\nRUN aarch64-linux-gnu-gcc -o /hello hello.c\nFROM debian\nCOPY --from=build /hello /hello\n',
      [],
    ],
    [
      'a branch by platform that compiles for the other',
      'FROM --platform=$BUILDPLATFORM rust AS build\nARG TARGETPLATFORM\nRUN if [ "$TARGETPLATFORM" = linux/arm64 ]; then cargo build -r --target aarch64-unknown-linux-gnu; else cargo build -r; fi\nFROM debian\nCOPY --from=build /target/release/app /app\n',
      [],
    ],
    [
      'a branch that asks for something else',
      'FROM --platform=$BUILDPLATFORM rust AS build\nARG DEBUG\nRUN if [ -n "$DEBUG" ]; then cargo build; else cargo build -r; fi\nFROM debian\nCOPY --from=build /target/release/app /app\n',
      ['builder-output-copied 5 warning'],
    ],
    [
      'native in the target stage',
      'FROM golang AS build\nRUN go build -o /app .\nFROM debian\nCOPY --from=build /app /app\n',
      [],
    ],
  ])('%s', (_name, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test('what only a stage on the builder mounts is run there, and what one on the target mounts is not', () => {
    const tool = `FROM --platform=$BUILDPLATFORM golang:1 AS base
FROM base AS make
RUN go build -o /out/lint ./cmd
FROM scratch AS tool
COPY --from=make /out/lint /lint
FROM STAGE
RUN --mount=from=tool,source=/lint,target=/usr/bin/lint lint run
`;
    expect(found({ Dockerfile: tool.replace('STAGE', 'base') })).toEqual(['final-stage-on-builder 1 warning']);
    expect(found({ Dockerfile: tool.replace('STAGE', 'debian') })).toEqual(['builder-output-copied 5 warning']);
    const copied = tool.replace('STAGE', 'base').replace(/RUN --mount.*/, 'COPY --from=tool /lint /usr/bin/lint');
    expect(found({ Dockerfile: copied })).toEqual(['final-stage-on-builder 1 warning']);
  });

  describe('node_modules', () => {
    const Dockerfile = (install: string, copied: string) =>
      `FROM --platform=$BUILDPLATFORM node:22 AS deps\nWORKDIR /app\nCOPY package*.json ./\nRUN ${install}\nFROM node:22-slim\nCOPY --from=deps ${copied} ./\n`;
    const lock = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } });
    const sharp = lock({
      'node_modules/sharp': { hasInstallScript: true },
      'node_modules/@img/sharp-linux-arm64': { cpu: ['arm64'], os: ['linux'], optional: true },
      'node_modules/@img/sharp-linux-x64': { cpu: ['x64'], os: ['linux'], optional: true },
    });

    test('native packages of the lockfile, named', () => {
      const files = { Dockerfile: Dockerfile('npm ci', '/app/node_modules'), 'package-lock.json': sharp };
      const [finding] = check(files).diagnostics;
      expect(finding).toMatchObject({ code: 'dockerfile/builder-output-copied', at: { start: { line: 6 } } });
      expect(finding!.args['packages']).toEqual(['sharp']);
    });

    test.each([
      ['pure packages', lock({ 'node_modules/hono': {} }), 'npm ci'],
      [
        'a native tool that production leaves out',
        lock({ 'node_modules/esbuild': { dev: true, hasInstallScript: true } }),
        'npm ci --omit=dev',
      ],
      ['installed for the target', sharp, 'npm ci --os=linux --cpu=arm64'],
      [
        'scripts that print or report, and what only macOS gets',
        lock({
          'node_modules/protobufjs': { hasInstallScript: true },
          'node_modules/core-js': { hasInstallScript: true },
          'node_modules/fsevents': { hasInstallScript: true, optional: true, os: ['darwin'] },
          'node_modules/@esbuild/darwin-arm64': { cpu: ['arm64'], os: ['darwin'], optional: true },
          'node_modules/bufferutil': { hasInstallScript: true, dependencies: { 'node-gyp-build': '^4.3.0' } },
        }),
        'npm ci',
      ],
    ])('%s: nothing', (_name, text, install) => {
      const files = { Dockerfile: Dockerfile(install, '/app/node_modules'), 'package-lock.json': text };
      expect([...check(files).diagnostics, ...check(files).undecided]).toEqual([]);
    });

    test('an addon is told by what compiles or fetches it; a script that nobody knows is undecided', () => {
      const files = (name: string, dependencies: object) => ({
        Dockerfile: Dockerfile('npm ci', '/app/node_modules'),
        'package-lock.json': lock({ [`node_modules/${name}`]: { hasInstallScript: true, dependencies } }),
      });
      for (const [name, needs] of [
        ['argon2', { 'node-gyp-build': '^4.8.4' }],
        ['own-addon', { nan: '^2.17.0' }],
        ['cypress', {}],
      ] as const)
        expect(check(files(name, needs)).diagnostics).toMatchObject([
          { code: 'dockerfile/builder-output-copied', args: { packages: [name] } },
        ]);
      const { diagnostics, undecided } = check(files('unheard-of', { lodash: '4' }));
      expect(diagnostics).toEqual([]);
      expect(undecided).toMatchObject([
        { code: 'dockerfile/builder-output-unknown', args: { packages: ['unheard-of'] } },
      ]);
    });

    test('without the lockfile it is undecided, and what is built of it is no matter', () => {
      const { diagnostics, undecided } = check(Dockerfile('npm ci', '/app/node_modules'));
      expect(diagnostics).toEqual([]);
      expect(undecided.map(({ code }) => code)).toEqual(['dockerfile/builder-output-unknown']);
      expect(check(Dockerfile('npm ci && npm run build', '/app/dist')).undecided).toEqual([]);
    });
  });
});

describe('architecture-hard-coded', () => {
  const run = (line: string, from = 'FROM debian\n') => `${from}RUN ${line}\n`;

  test.each([
    [
      'a download',
      run('curl -fsSLO https://example.test/v1/tool-linux-amd64.tar.gz'),
      ['architecture-hard-coded 2 warning'],
    ],
    [
      'a version in it',
      `FROM debian\nARG V=1\nRUN curl -o t https://example.test/$V/tool_x86_64.tgz\n`,
      ['architecture-hard-coded 3 warning'],
    ],
    [
      'behind a branch that asks for no CPU',
      'FROM debian\nARG V=1\nRUN if [ "$V" != none ]; then curl -O https://example.test/$V/t-amd64.tgz; fi\n',
      ['architecture-hard-coded 3 warning'],
    ],
    [
      'the apt source, for add-apt-repository',
      run('add-apt-repository "deb [arch=amd64] https://example.test $(lsb_release -cs) stable"'),
      ['architecture-hard-coded 2 warning'],
    ],
    [
      'the apt source, in a script of its own',
      run(`sh -c 'echo "deb [arch=amd64] https://example.test any main" > /etc/apt/sources.list.d/x.list'`),
      ['architecture-hard-coded 2 warning'],
    ],
    ['ADD', 'FROM debian\nADD https://example.test/tini-arm64 /tini\n', ['architecture-hard-coded 2 warning']],
    [
      'the apt source',
      run('echo "deb [arch=amd64 signed-by=/k.gpg] https://example.test stable main" > /etc/apt/sources.list.d/x.list'),
      ['architecture-hard-coded 2 warning'],
    ],
    [
      'GOARCH',
      run('CGO_ENABLED=0 GOARCH=amd64 go build -o /app', 'FROM golang\n'),
      ['architecture-hard-coded 2 warning'],
    ],
    ['GOARCH by ENV', 'FROM golang\nENV GOARCH=amd64\nRUN go build -o /app\n', ['architecture-hard-coded 2 warning']],
    [
      'GOARCH in a stage of the builder',
      'FROM --platform=$BUILDPLATFORM golang AS b\nRUN GOARCH=amd64 go build -o /app\nFROM scratch\nCOPY --from=b /app /app\n',
      ['architecture-hard-coded 2 warning'],
    ],
    [
      'a Rust target',
      run('cargo build --target x86_64-unknown-linux-musl', 'FROM rust\n'),
      ['architecture-hard-coded 2 warning'],
    ],
    [
      'a Rust target as a setting',
      run(`cargo build --config 'build.target = "x86_64-unknown-linux-gnu"'`, 'FROM rust\n'),
      ['architecture-hard-coded 2 warning'],
    ],
    [
      'a .NET identifier',
      run('dotnet publish -r linux-x64 -o /app', 'FROM sdk\n'),
      ['architecture-hard-coded 2 warning'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test.each([
    ['by TARGETARCH', 'FROM debian\nARG TARGETARCH\nRUN curl -O https://example.test/tool-linux-${TARGETARCH}.tgz\n'],
    [
      'a default that is for other builders',
      'FROM debian\nARG TARGETARCH\nRUN curl -O https://example.test/tool-linux-${TARGETARCH:-amd64}.tgz\n',
    ],
    ['by uname', run('curl -O https://example.test/tool-$(uname -m).tgz')],
    ['by dpkg', run('ARCH=$(dpkg --print-architecture) && curl -O https://example.test/tool-$ARCH.tgz')],
    [
      'a table',
      run(
        'case "$(uname -m)" in x86_64) u=https://example.test/t-amd64;; aarch64) u=https://example.test/t-arm64;; esac; curl -O $u',
      ),
    ],
    [
      'branches',
      run(
        'if [ "$(uname -m)" = x86_64 ]; then curl -O https://example.test/t-amd64; else curl -O https://example.test/t-arm64; fi',
      ),
    ],
    ['a test before it', run('[ "$(uname -m)" = x86_64 ] && curl -O https://example.test/t-amd64 || true')],
    [
      'a default that is overridden in the same RUN',
      run('ARCH=amd64; [ "$(uname -m)" = aarch64 ] && ARCH=arm64; curl -O https://example.test/t-$ARCH'),
    ],
    [
      'what the builder runs',
      'FROM --platform=$BUILDPLATFORM debian AS b\nRUN curl -O https://example.test/t-amd64\nFROM scratch\nCOPY --from=b /site /\n',
    ],
    ['for both CPUs', run('curl -O https://example.test/t-amd64 && curl -O https://example.test/t-arm64')],
    [
      'behind a variable that a command made',
      run('m=$(lscpu | head -1); case "$m" in *86*) curl -O https://example.test/t-amd64;; esac'),
    ],
    [
      'after another test of the CPU',
      run('if [ -n "$X" ]; then true; elif [ "$(arch)" = x86_64 ]; then curl -O https://example.test/t-amd64; fi'),
    ],
    [
      'a program for another system',
      'FROM golang\nENV GOOS=darwin GOARCH=arm64\nRUN go build -o /out/cli\nRUN GOOS=windows GOARCH=amd64 go build -o /out/cli.exe\n',
    ],
    [
      'a stage for each CPU, all in one image',
      'FROM golang AS a\nENV GOARCH=amd64\nRUN go build -o /out/a\nFROM golang AS b\nENV GOARCH=arm64\nRUN go build -o /out/b\nFROM scratch\nCOPY --from=a /out /\nCOPY --from=b /out /\n',
    ],
    ['for another system', run('curl -O https://example.test/t-darwin-arm64')],
    ['a comment', 'FROM debian\n# https://example.test/t-amd64\nRUN true\n'],
    ['what is removed', run('rm -f /tmp/https://example.test/t-amd64')],
    [
      'both by GOARCH',
      run('GOARCH=amd64 go build -o /out/amd64 && GOARCH=arm64 go build -o /out/arm64', 'FROM golang\n'),
    ],
    ['--build-arg', 'FROM debian\nARG ARCH=amd64\nRUN curl -O https://example.test/t-$ARCH\n'],
    [
      'a stage that is chosen for its CPU',
      'FROM debian AS b-amd64\nRUN curl -O https://example.test/t-amd64\nFROM debian AS b-arm64\nRUN curl -O https://example.test/t-arm64\nARG TARGETARCH\nFROM b-$TARGETARCH\n',
    ],
    ['a cross toolchain', run('curl -O https://example.test/x86_64-to-aarch64.tgz')],
  ])('not %s', (_name, text) => {
    expect(only('architecture-hard-coded', text)).toEqual([]);
  });

  test('on the CPU that it is for, it is right', () => {
    expect(found(run('curl -O https://example.test/t-amd64'), { platforms: [AMD64] })).toEqual([]);
  });
});

describe('target-argument-undeclared', () => {
  test.each([
    ['FROM debian\nRUN echo $TARGETARCH', ['target-argument-undeclared 2']],
    ['ARG TARGETARCH\nFROM debian\nRUN echo ${TARGETARCH}', ['target-argument-undeclared 3']],
    [
      'FROM debian\nRUN set -e; \\\n  curl -o x "https://example.test/${TARGETPLATFORM}"',
      ['target-argument-undeclared 3'],
    ],
    ['FROM debian\nRUN echo ${TARGETARCH:-amd64}', ['target-argument-undeclared 2']],
    ['FROM debian\nRUN <<EOF\necho $TARGETARCH\nEOF', ['target-argument-undeclared 3']],
    ['FROM debian\nARG TARGETARCH\nRUN echo $TARGETARCH', []],
    ['FROM debian AS a\nARG TARGETARCH\nFROM a\nRUN echo $TARGETARCH', []],
    ['FROM debian\nRUN TARGETARCH=$(uname -m); echo $TARGETARCH', []],
    ["FROM debian\nRUN echo '$TARGETARCH'", []],
    ['FROM debian\nENV TARGETARCH=arm64\nRUN echo $TARGETARCH', []],
    ['FROM debian\nRUN echo $TARGETVARIANT', []],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('target-argument-default', () => {
  test.each([
    ['FROM debian\nARG TARGETARCH=amd64\nRUN echo $TARGETARCH', ['target-argument-default 2 warning']],
    ['ARG TARGETARCH=amd64\nFROM debian\nARG TARGETARCH\nRUN echo $TARGETARCH', ['target-argument-default 1 warning']],
    ['FROM debian\nARG TARGETPLATFORM=linux/arm64\nCOPY $TARGETPLATFORM/app /', ['target-argument-default 2 warning']],
    ['FROM debian\nARG TARGETARCH=amd64\nRUN true', []],
    ['FROM debian\nARG TARGETOS=linux\nRUN echo $TARGETOS', []],
    ['FROM debian\nARG TARGETARCH\nRUN echo ${TARGETARCH:-amd64}', []],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('what is no Dockerfile, or not all of one', () => {
  test.each([
    ['its base is given', { Dockerfile: 'ARG BASE\nFROM $BASE\nRUN true\n' }, []],
    ['an argument is asked for', { Dockerfile: 'ARG V\nFROM debian:${V:?version}\n' }, []],
    ['a base that nobody can give', { Dockerfile: 'FROM $BASE\n' }, ['base-blank 1']],
    ['Jinja', { Dockerfile: '{% if arm %}\nFROM --platform=linux/arm64 a\n{% else %}\nFROM b\n{% endif %}\n' }, []],
    [
      'a template of dev containers',
      { Dockerfile: 'FROM a:${templateOption:v}\nRUN curl -O https://example.test/t-amd64\n' },
      ['architecture-hard-coded 2 warning'],
    ],
    ['braces of a format are none', { Dockerfile: "RUN docker inspect -f '{{.Id}}'\nFROM a\n" }, []],
    ['a name of templates', { 'Dockerfile.j2': 'FROM --platform=linux/amd64 a\n' }, []],
    ['its ignore file', { 'app.Dockerfile.dockerignore': 'node_modules\n' }, []],
    ['an excerpt', { 'Dockerfile.app': 'ARG BASE\nFROM golang AS b\n...\nFROM $BASE\nCOPY --from=b /app .\n' }, []],
    ['a part', { 'Dockerfile.envs': 'ENV A=1\n' }, []],
    ['one without FROM', { Dockerfile: 'ENV A=1\n' }, ['before-from 1']],
  ])('%s', (_name, files, expected) => {
    expect(found(files as unknown as Record<string, string>)).toEqual(expected);
  });
});

describe('for which CPUs a Dockerfile is judged', () => {
  const amd64 = 'FROM amd64/debian\nRUN curl -O https://example.test/t-amd64\n';

  test.each([
    ['amd64/Dockerfile', []],
    ['rpm-amd64/Dockerfile', []],
    ['deb_arm64/Dockerfile', ['base-for-one-platform 1', 'architecture-hard-coded 2']],
    ['images/Dockerfile.fips.amd64', []],
    ['Dockerfile.cross-x64-arm64', []],
    ['arm64v8/Dockerfile', ['base-for-one-platform 1', 'architecture-hard-coded 2']],
    ['x64-tools/Dockerfile', ['base-for-one-platform 1', 'architecture-hard-coded 2']],
  ])('by its name: %s', (path, expected) => {
    const codes = found({ [path]: amd64 }).map((one) => one.replace(' warning', ''));
    expect([...codes].sort()).toEqual([...expected].sort());
  });

  test('what is built from another Dockerfile says nothing of it', () => {
    const files = {
      'a/Dockerfile': 'FROM --platform=linux/amd64 node\n',
      'b/Dockerfile': 'FROM node\n',
      'compose.yaml': 'services:\n  b:\n    build: { context: b, platforms: [linux/amd64, linux/arm/v7] }\n',
    };
    const [finding] = check(files).diagnostics;
    expect(finding).toMatchObject({ severity: 'warning', args: { breaks: ['linux/arm64'] } });
  });

  test('runtimes of different CPUs say nothing of one of several, and those of one CPU do', () => {
    const two = { 'a/Dockerfile': 'FROM --platform=linux/amd64 node\n', 'b/Dockerfile': 'FROM node\n' };
    const other = fargateArm['task.yaml'].replace('ARM64', 'X86_64').replace('Task:', 'Other:');
    expect(found({ ...two, ...fargateArm })).toEqual(['platform-pinned 1']);
    expect(found({ ...two, ...fargateArm, 'other.yaml': other })).toEqual(['platform-pinned 1 warning']);
  });
});

describe('between files', () => {
  const Dockerfile = 'FROM node:22\n';

  test('of several images it may be another, nodes of either CPU run both, and sam build names the platform', () => {
    const build = { 'build.sh': 'docker build -t app .\n' };
    expect(found({ Dockerfile, 'ci/Dockerfile': Dockerfile, ...fargateArm, ...build })).toEqual([]);
    const either = `apiVersion: v1
kind: Pod
metadata: { name: a }
spec:
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [ { matchExpressions: [ { key: kubernetes.io/arch, operator: In, values: [amd64, arm64] } ] } ] } } }
  containers: [ { name: a, image: a } ]
`;
    expect(found({ Dockerfile, 'pod.yaml': either, ...build })).toEqual([]);
    const sam = `Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: { PackageType: Image }
    Metadata: { Dockerfile: Dockerfile, DockerContext: . }
`;
    expect(found({ Dockerfile, 'template.yaml': sam })).toEqual([]);
  });

  test('a function of the Serverless Framework runs what its file builds, whatever else is built', () => {
    const files = (image: string, architecture: string) => ({
      'a/Dockerfile': Dockerfile,
      'b/Dockerfile': Dockerfile,
      'a/serverless.yml': `provider:
  name: aws
${architecture}  ecr:
    images:
      app: { path: ./${image} }
functions:
  api: { image: { name: app } }
`,
    });
    const arm = '  architecture: arm64\n';
    expect(found(files(', platform: linux/arm64', arm))).toEqual([]);
    expect(found(files(', platform: "${opt:platform}"', arm))).toEqual([]);
    expect(found(files(', platform: linux/amd64', ''))).toEqual([]);
    expect(found(files(', platform: linux/amd64', arm))).toEqual(['repository/cpu-differs 6']);
    expect(found(files(', platform: linux/arm64', ''))).toEqual(['repository/cpu-differs 5']);
    // Of two Dockerfiles it is the one that the file names: the function is not another's.
    expect(found(files('', arm))).toEqual(['repository/builder-decides 6 warning']);
    const { diagnostics } = check({ ...files('', arm), 'b/build.sh': 'docker build -t b .\n' });
    expect(diagnostics.map(({ at }) => at)).toMatchObject([{ file: 'a/serverless.yml', start: { line: 6 } }]);
    const other = files('', arm)['a/serverless.yml'];
    expect(found({ ...files('', arm), 'b/serverless.yml': other })).toHaveLength(2);
    const twice = `${other}  jobs: { image: app }\n`;
    expect(found({ ...files('', arm), 'a/serverless.yml': twice })).toHaveLength(1);
    const pinned = { ...files('', arm), 'a/Dockerfile': Dockerfile.replace('FROM', 'FROM --platform=linux/arm64') };
    expect(found(pinned).filter((one) => one.startsWith('repository/'))).toEqual([]);
  });

  test('a definition of custom resources beside a workload is not read, and lines stay', () => {
    const crd = `---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: [${'\n'.repeat(50)}\n`;
    const pod = `---\napiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  nodeSelector: { kubernetes.io/arch: arm64 }\n  containers: [ { name: a, image: a } ]\n`;
    const files = { Dockerfile, 'build.sh': 'docker build --platform linux/amd64 -t a .\n', 'all.yaml': crd + pod };
    const [finding] = check(files).diagnostics;
    expect(finding!.related[0]!.at).toMatchObject({ file: 'all.yaml', start: { line: 60 } });
  });

  test('built for one CPU, run on another', () => {
    const files = { Dockerfile, ...fargateArm, 'build.sh': 'docker build --platform linux/amd64 -t app .\n' };
    expect(found(files)).toEqual(['repository/cpu-differs 1']);
    const [finding] = check(files).diagnostics;
    expect(finding!.related[0]!.at).toMatchObject({ file: 'task.yaml' });
  });

  test('the value that names the platform is shown, and a comment before the command answers for it', () => {
    const script = 'docker build \\\n  --platform linux/amd64 -t app .\n';
    const [finding] = check({ Dockerfile, ...fargateArm, 'build.sh': script }).diagnostics;
    expect(finding!.at).toMatchObject({ start: { line: 2, column: 14 }, end: { line: 2, column: 25 } });
    expect(finding!.related[0]!.at).toMatchObject({ start: { line: 6 } });
    const answered = `# rightarch-ignore repository/cpu-differs: known\n${script}`;
    expect(found({ Dockerfile, ...fargateArm, 'build.sh': answered })).toEqual([]);
  });

  test('a CPU that is filled in when it is deployed is not the default', () => {
    const task = (platform: string) => ({
      'task.yaml': `Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      RequiresCompatibilities: [FARGATE]\n${platform}`,
    });
    const files = { Dockerfile, 'build.sh': 'docker build --platform linux/arm64 -t app .\n' };
    expect(found({ ...files, ...task('') })).toEqual(['repository/cpu-differs 1']);
    expect(found({ ...files, ...task('      RuntimePlatform: { CpuArchitecture: !Ref Cpu }\n') })).toEqual([]);
  });

  test('no platform named: whoever builds it decides, whichever machine this is', () => {
    expect(found({ Dockerfile, ...fargateArm, 'build.sh': 'docker build -t app .\n' })).toEqual([
      'repository/builder-decides 1 warning',
    ]);
  });

  test('steps of Google Cloud Build run on x86-64, of a private pool on nobody knows what', () => {
    const run = (architecture: string) => ({
      'pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  nodeSelector: { kubernetes.io/arch: ${architecture} }\n  containers: [ { name: a, image: gcr.io/p/a } ]\n`,
    });
    const built = (step: string, more = '') => ({
      'cloudbuild.yaml': `steps:\n  - name: gcr.io/cloud-builders/docker\n${step}images: [gcr.io/p/a]\n${more}`,
    });
    const words = (platform = '') => `    args: [build, -t, gcr.io/p/a,${platform} .]\n`;
    const script = '    entrypoint: bash\n    args:\n      - -c\n      - |\n        docker build -t gcr.io/p/a .\n';
    expect(found({ Dockerfile, ...run('amd64') })).toEqual(['repository/builder-decides 1 warning']);
    const handed = script.replace('docker build -t gcr.io/p/a .', './retry.sh "docker build -t gcr.io/p/a ."');
    for (const step of [words(), script, handed]) {
      expect(found({ Dockerfile, ...run('amd64'), ...built(step) })).toEqual([]);
      expect(found({ Dockerfile, ...run('arm64'), ...built(step) })).toEqual(['repository/cpu-differs 2']);
      expect(found({ Dockerfile, ...run('arm64'), ...built(step, 'options: { pool: { name: p } }\n') })).toEqual([]);
    }
    expect(found({ Dockerfile, ...run('arm64'), ...built(words(' --platform, linux/arm64,')) })).toEqual([]);
    expect(found({ Dockerfile, ...run('arm64'), ...built('    args: [push, gcr.io/p/a]\n') })).toEqual([
      'repository/builder-decides 1 warning',
    ]);
    const deploy = (words: string, image = 'gcr.io/cloud-builders/gcloud'): string => `  - name: ${image}\n${words}`;
    const run2 = '    args: [run, deploy, a, --image, gcr.io/p/a]\n';
    const shell = '    entrypoint: bash\n    args: [-c, gcloud run deploy a --image gcr.io/p/a]\n';
    for (const step of [
      deploy(run2),
      deploy(`    entrypoint: gcloud\n${run2}`, 'gcr.io/google.com/cloudsdktool/cloud-sdk'),
      deploy(shell),
    ]) {
      expect(found({ Dockerfile, ...built(words(' --platform, linux/arm64,') + step) })).toEqual([
        'repository/no-such-cpu 2',
      ]);
      expect(found({ Dockerfile, ...built(words() + step) })).toEqual([]);
    }
  });

  test('flags that stand in a variable may name a platform, a context and known flags do not', () => {
    const told = (script: string) =>
      found({ Dockerfile, ...fargateArm, 'build.sh': `${script}docker push r.io/app:1\n` });
    expect(told('docker build ${PLATFORM_FLAG} -t r.io/app:1 .\n')).toEqual([]);
    expect(told('docker buildx build "${args[@]}" -t r.io/app:1 .\n')).toEqual([]);
    expect(told('docker build -t r.io/app:1 "$DIR"\n')).toEqual(['repository/builder-decides 1 warning']);
    expect(told('docker build -f $FILE -t r.io/app:1 .\n')).toEqual(['repository/builder-decides 1 warning']);
    expect(told('F=--no-cache\ndocker build $F -t r.io/app:1 .\n')).toEqual(['repository/builder-decides 2 warning']);
    expect(told('docker build --no-cache -t r.io/app:1 .\n')).toEqual(['repository/builder-decides 1 warning']);
  });

  test('a runner has a CPU, and a platform that is not seen may be the right one', () => {
    const workflow = (platforms: string) =>
      `jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n${platforms}          push: true\n`;
    const files = (platforms: string) => ({
      Dockerfile,
      ...fargateArm,
      '.github/workflows/b.yml': workflow(platforms),
    });
    expect(found(files(''))).toEqual(['repository/cpu-differs 5']);
    expect(found(files('          platforms: linux/arm64\n'))).toEqual([]);
    expect(found(files('          platforms: ${{ matrix.platform }}\n'))).toEqual([]);
  });
});

describe('silenced', () => {
  const pinned = 'FROM --platform=linux/amd64 node\n';
  test.each([
    ['# rightarch-ignore dockerfile/platform-pinned: the vendor has no other\n', 'the vendor has no other'],
    ['# rightarch-ignore-file dockerfile/platform-pinned\n', ''],
    ['# hadolint ignore=DL3029\n', ''],
    ['# check=skip=FromPlatformFlagConstDisallowed\n', ''],
    ['# check=skip=all\n', ''],
  ])('%s', (comment, reason) => {
    const result = check(`${comment}${pinned}`);
    expect(result.diagnostics).toEqual([]);
    expect(result.suppressed).toMatchObject([{ reason, diagnostic: { code: 'dockerfile/platform-pinned' } }]);
    expect(found(`${comment}${pinned}`, { inlineIgnore: false })).toEqual(['platform-pinned 2 warning']);
  });

  test('a comment is for the next instruction and for its code', () => {
    expect(found(`# rightarch-ignore dockerfile/base-for-one-platform\n${pinned}`)).toEqual([
      'platform-pinned 2 warning',
    ]);
    expect(found(`# rightarch-ignore dockerfile/platform-pinned\nARG X\n${pinned}`)).toEqual([
      'platform-pinned 3 warning',
    ]);
  });
});

test('no text makes it throw, and every finding has words in every language', () => {
  const line = fc.constantFrom(
    'FROM --platform=$BUILDPLATFORM a AS b',
    'FROM --platform=linux/amd64 amd64/a',
    'FROM b',
    'ARG TARGETARCH=amd64',
    'ENV GOARCH=$TARGETARCH X=${X:-${Y}}',
    'WORKDIR $X/y',
    'RUN go build -o $X/app && case $TARGETARCH in amd64) curl https://x/amd64;; esac',
    'RUN curl https://x/amd64 $(uname -m) `x` <<E',
    'RUN if [ ; then',
    'COPY --from=b /app . ',
    'COPY --from=0 $X /',
    'RUN ["go", "build"]',
    'ONBUILD RUN npm ci',
    '# rightarch-ignore x/y, a/b: r',
  );
  const text = fc.oneof(
    fc
      .array(fc.oneof(line, fc.string({ unit: 'binary', maxLength: 60 })), { maxLength: 12 })
      .map((lines) => lines.join('\n')),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  fc.assert(
    fc.property(text, (dockerfile) => {
      const { diagnostics, undecided } = check(dockerfile);
      for (const one of [...diagnostics, ...undecided])
        for (const language of ['en', 'ja', 'ko'] as const) {
          const { message, fix } = inWords(one, language);
          expect(`${message}${fix}`).not.toMatch(/undefined|\[object|\0/);
        }
    }),
    { numRuns: 400 },
  );
});

describe('asked about one runtime', () => {
  const FILES = [
    { path: 'Dockerfile', text: 'FROM node\nRUN npm ci\n' },
    { path: 'deploy.sh', text: 'docker build --platform linux/amd64 -t ghcr.io/a/b:1 --push .\n' },
    {
      path: 'main.tf',
      text: 'resource "aws_lambda_function" "f" {\n  package_type = "Image"\n  architectures = ["arm64"]\n}\nresource "google_cloud_run_v2_service" "s" {\n}\n',
    },
  ];
  const told = (...words: readonly string[]) =>
    checkRepository(FILES, {
      ...askedBy(...words),
      inlineIgnore: true,
      today: '2026-11-29',
    }).diagnostics.map(({ code, args, related }) => [code, args['runtime'], args['runs'], related.length]);
  const askedBy = (...words: readonly string[]) => {
    const asks = words.flatMap((word) => {
      const ask = parseTargetAsk(word);
      return ask.ok ? [ask.value] : [];
    });
    return {
      platforms: asks.flatMap(({ platforms }) => platforms),
      asked: asks.map(({ target, platforms }) => ({ runtime: target.id, platforms })),
    };
  };

  test('others that the sources name are nobody’s question', () => {
    expect(told()).toEqual([['repository/cpu-differs', 'AWS Lambda', 'linux/arm64', 1]]);
    expect(told('cloud-run')).toEqual([]);
    expect(told('lambda:amd64')).toEqual([]);
  });

  test('what is built is held against the CPU that is asked for, declared or not', () => {
    expect(told('lambda:arm64')).toEqual([['repository/cpu-differs', 'AWS Lambda', 'linux/arm64', 0]]);
    expect(told('fargate:arm64')).toEqual([['repository/cpu-differs', 'Amazon ECS on AWS Fargate', 'linux/arm64', 0]]);
    expect(told('fargate:arm64', 'cloud-run')).toHaveLength(1);
  });

  test('a Dockerfile that no command builds is built for what is asked', () => {
    const files = FILES.slice(0, 1);
    const options = { ...askedBy('fargate:arm64'), inlineIgnore: true, today: '2026-11-29' };
    expect(checkRepository(files, options).diagnostics).toEqual([]);
  });
});
