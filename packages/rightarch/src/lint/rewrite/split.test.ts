import { describe, expect, test } from 'vitest';
import type { Platform } from '../../core/index.ts';
import { parseDockerfile } from '../../dockerfile/index.ts';
import { applyRewrites, originalStage, rewritesBehind, rewritesOf } from './index.ts';

const platforms: readonly Platform[] = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

function split(lines: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const text = `${lines.join('\n')}\n`;
  const { proposed, left } = rewritesOf('Dockerfile', text, { platforms, read: (path) => files[path] });
  const done = applyRewrites(text, proposed);
  const { problems } = parseDockerfile(done.text, { file: 'Dockerfile' });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return {
    text: done.text,
    lines: done.text.split('\n').slice(0, -1),
    proposed,
    kinds: proposed.map(({ name, adds, kinds }) => `${name} ${adds.join(',')}: ${kinds.join(' ')}`),
    left: left.map(({ name, why, line, command }) => `${name} ${why} ${line} ${command}`),
  };
}

const NODE_CPU = '--os=linux --cpu=$(echo $TARGETARCH | sed s/amd64/x64/)';
const PYTHON_CPU = "$(echo $TARGETARCH | sed 's/amd64/x86_64/;s/arm64/aarch64/')";

test('a command that stays is shown with what its text does not say left out', () => {
  const { left } = split(['FROM golang', 'WORKDIR /src', 'RUN go build -ldflags "-X a=$(uname -m)-$V" -o app .']);
  expect(left).toEqual(['0 inside 3 go build -ldflags -X a=…-… -o app .']);
});

describe('an image of one stage is cut in two', () => {
  test('npm: what stands before the install is done twice, what it leaves is copied, comments stay where they belong', () => {
    const { lines, kinds, left } = split([
      '# syntax=docker/dockerfile:1',
      '# Node of the day',
      'FROM node:22',
      'ENV NODE_ENV=production',
      'EXPOSE 8080',
      '',
      '# Create app directory',
      'WORKDIR /usr/src/app',
      '',
      'COPY package*.json ./',
      '# only what runs',
      'RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \\',
      '    npm ci && npm cache clean --force',
      '',
      'COPY . .',
      'RUN node --check server.js',
      'CMD ["node", "server.js"]',
    ]);
    expect(lines).toEqual([
      '# syntax=docker/dockerfile:1',
      '# Node of the day',
      'FROM --platform=$BUILDPLATFORM node:22 AS install',
      'ENV NODE_ENV=production',
      'WORKDIR /usr/src/app',
      'COPY package*.json ./',
      'ARG TARGETARCH',
      '# only what runs',
      'RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \\',
      `    npm ci ${NODE_CPU} && npm cache clean --force`,
      '',
      'FROM node:22',
      'ENV NODE_ENV=production',
      'EXPOSE 8080',
      '',
      '# Create app directory',
      'WORKDIR /usr/src/app',
      '',
      'COPY package*.json ./',
      'COPY --from=install /usr/src/app/node_modules ./node_modules',
      '',
      'COPY . .',
      'RUN node --check server.js',
      'CMD ["node", "server.js"]',
    ]);
    expect([kinds, left]).toEqual([['0 install: npm'], []]);
  });

  test('what is run only for the image is not done twice, and an install as a user is done as that user', () => {
    const { lines } = split([
      'FROM debian:bookworm-slim AS install',
      'COPY a /',
      '',
      '# what ships',
      'FROM node:22-alpine AS app',
      'RUN apk add --no-cache curl dumb-init && addgroup -S web',
      'RUN apk add --no-cache git',
      'WORKDIR /app',
      'RUN chown node:node .',
      'USER node',
      'COPY --chown=node:node package.json ./',
      'RUN npm install --omit=dev',
      'COPY --from=install /a /a',
    ]);
    expect(lines.slice(3)).toEqual([
      'FROM --platform=$BUILDPLATFORM node:22-alpine AS install-2',
      'RUN apk add --no-cache curl dumb-init && addgroup -S web',
      'RUN apk add --no-cache git',
      'WORKDIR /app',
      'RUN chown node:node .',
      'USER node',
      'COPY --chown=node:node package.json ./',
      'ARG TARGETARCH',
      `RUN npm install ${NODE_CPU} --libc=musl --omit=dev`,
      '',
      '# what ships',
      'FROM node:22-alpine AS app',
      'RUN apk add --no-cache curl dumb-init && addgroup -S web',
      'RUN apk add --no-cache git',
      'WORKDIR /app',
      'RUN chown node:node .',
      'USER node',
      'COPY --chown=node:node package.json ./',
      'COPY --from=install-2 --chown=node /app/node_modules ./node_modules',
      'COPY --from=install-2 --chown=node /app/package-lock.json ./package-lock.json',
      'COPY --from=install /a /a',
    ]);
    const { lines: others } = split([
      'FROM node:22',
      'RUN apt-get update && apt-get install -y curl',
      'WORKDIR /app',
      'RUN npm ci',
    ]);
    expect(others.slice(0, 4)).toEqual([
      'FROM --platform=$BUILDPLATFORM node:22 AS install',
      'WORKDIR /app',
      'ARG TARGETARCH',
      `RUN npm ci ${NODE_CPU}`,
    ]);
  });

  test('what may be needed before the install is there: a user, a shell, a program of the distribution', () => {
    const before = (...lines: readonly string[]): readonly string[] => {
      const all = split(['FROM node:22-alpine', 'WORKDIR /a', ...lines, 'RUN npm ci']).lines;
      return all.slice(2, all.indexOf('ARG TARGETARCH'));
    };
    const curl = 'RUN apk add --no-cache curl bash';
    expect(before(curl)).toEqual([]);
    for (const other of ['SHELL ["/bin/bash", "-c"]', 'RUN curl -fsSL https://example.com/setup | bash -'])
      expect(before(curl, other)).toEqual([curl, other]);
    const owned = ['RUN addgroup -S app && adduser -S app -G app', 'COPY --chown=app:app package.json ./'];
    expect(before(...owned)).toEqual(owned);
  });

  test('an instruction that is indented, one image that is mounted twice, and a variable that a RUN which stays reads', () => {
    const uv = 'ghcr.io/astral-sh/uv:0.9';
    const mount = (from: string) => `RUN --mount=from=${from},target=/a --mount=from=${from},target=/b`;
    const { lines } = split(['FROM node:22', '  WORKDIR /app', '  # why', `  ${mount(uv)} npm ci`, 'CMD ["a"]']);
    expect(lines).toEqual([
      `FROM --platform=$BUILDPLATFORM ${uv} AS uv`,
      '',
      'FROM --platform=$BUILDPLATFORM node:22 AS install',
      'WORKDIR /app',
      'ARG TARGETARCH',
      '  # why',
      `  ${mount('uv')} npm ci ${NODE_CPU}`,
      '',
      'FROM node:22',
      '  WORKDIR /app',
      '  COPY --from=install /app/node_modules ./node_modules',
      'CMD ["a"]',
    ]);
    const { text } = split(['FROM node:22', 'WORKDIR /a', 'RUN npm ci && make', 'RUN npm ci --omit=dev']);
    expect(text).toContain(`RUN npm ci && make\nARG TARGETARCH\nRUN npm ci ${NODE_CPU} --omit=dev\n`);
  });

  test('a lockfile that npm is told not to write is not copied', () => {
    const source = ['FROM node:22', 'WORKDIR /a', 'RUN npm install'];
    expect(split(source).text).toContain('package-lock.json');
    expect(split(source, { '.npmrc': 'package-lock=false\n' }).text).not.toContain('package-lock.json');
  });

  test('Go: modules and the program, each where its RUN was', () => {
    const { lines } = split(
      [
        'FROM golang:1.22',
        'WORKDIR /app',
        'COPY go.mod go.sum ./',
        'RUN go mod download',
        'COPY . .',
        'RUN CGO_ENABLED=0 GOOS=linux go build -o bin/server ./cmd/server',
        'RUN go build .',
        'CMD ["/app/bin/server"]',
      ],
      { 'go.mod': 'module example.com/tool/v2\n', 'go.sum': 'x' },
    );
    expect(lines).toEqual([
      'FROM --platform=$BUILDPLATFORM golang:1.22 AS build',
      'WORKDIR /app',
      'COPY go.mod go.sum ./',
      'RUN go mod download',
      'COPY . .',
      'ARG TARGETARCH',
      'RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -o bin/server ./cmd/server',
      'ARG TARGETOS',
      'RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build .',
      '',
      'FROM golang:1.22',
      'WORKDIR /app',
      'COPY go.mod go.sum ./',
      'COPY --from=build /go /go',
      'COPY . .',
      'COPY --from=build /app/bin/server ./bin/server',
      'COPY --from=build /app/tool ./tool',
      'CMD ["/app/bin/server"]',
    ]);
  });

  test('uv: its own image is taken for the builder, and what two installs leave is copied once', () => {
    const { lines, kinds } = split([
      'FROM python:3.12-slim-bookworm',
      'COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/',
      'WORKDIR /app',
      'RUN --mount=type=bind,source=uv.lock,target=uv.lock \\',
      '    uv sync --locked --no-install-project',
      '',
      'COPY . .',
      '',
      'RUN uv sync --locked',
      '',
      'CMD ["app"]',
    ]);
    expect(kinds).toEqual(['0 uv,install: python']);
    expect(lines).toEqual([
      'FROM --platform=$BUILDPLATFORM ghcr.io/astral-sh/uv:0.9 AS uv',
      '',
      'FROM --platform=$BUILDPLATFORM python:3.12-slim-bookworm AS install',
      'COPY --from=uv /uv /bin/',
      'WORKDIR /app',
      'ARG TARGETARCH',
      'RUN --mount=type=bind,source=uv.lock,target=uv.lock \\',
      `    uv sync --python-platform=${PYTHON_CPU}-manylinux_2_36 --locked --no-install-project`,
      'COPY . .',
      `RUN uv sync --python-platform=${PYTHON_CPU}-manylinux_2_36 --locked`,
      '',
      'FROM python:3.12-slim-bookworm',
      'COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/',
      'WORKDIR /app',
      'COPY --from=install /app/.venv ./.venv',
      '',
      'COPY . .',
      '',
      'CMD ["app"]',
    ]);
  });

  test('pip into Python itself: beside it first', () => {
    const { lines } = split([
      'FROM python:3.12',
      'COPY requirements.txt .',
      'RUN pip install -r requirements.txt',
      'COPY . .',
    ]);
    expect(lines).toEqual([
      'FROM --platform=$BUILDPLATFORM python:3.12 AS install',
      'COPY requirements.txt .',
      'ARG TARGETARCH',
      `RUN _PYTHON_HOST_PLATFORM=linux-${PYTHON_CPU} pip install --only-binary=:all: --prefix=/install -r requirements.txt`,
      '',
      'FROM python:3.12',
      'COPY requirements.txt .',
      'COPY --from=install /install /usr/local',
      'COPY . .',
    ]);
  });

  test('an environment of its own is made there too', () => {
    const { lines } = split([
      'FROM python:3.12',
      'RUN python -m venv /venv',
      'ENV PATH="/venv/bin:$PATH"',
      'COPY requirements.txt .',
      'RUN pip install -r requirements.txt',
    ]);
    expect(lines.slice(7)).toEqual([
      'FROM python:3.12',
      'COPY --from=install /venv /venv',
      'ENV PATH="/venv/bin:$PATH"',
      'COPY requirements.txt .',
    ]);
  });

  test('what is built on a mere name for an image stands on the image', () => {
    const { lines } = split(['FROM node:22 AS base', 'FROM base AS app', 'WORKDIR /a', 'RUN npm ci']);
    expect(lines[1]).toBe('FROM --platform=$BUILDPLATFORM node:22 AS install');
    expect(lines.slice(5)).toEqual([
      'FROM base AS app',
      'WORKDIR /a',
      'COPY --from=install /a/node_modules ./node_modules',
    ]);
  });

  test('carriage returns stay, and a cache that is mounted is not copied', () => {
    const source = [
      'FROM golang:1.22\r',
      'WORKDIR /a\r',
      'COPY . .\r',
      'RUN --mount=type=cache,target=/go/pkg/mod go build -o /a/x\r',
    ];
    const { text } = split(source, { 'go.sum': 'x' });
    expect(text).toContain('COPY --from=build /a/x ./x\r\n');
    expect(text).not.toContain('/go /go');
    expect(text.match(/(?<!\r)\n/g)).toBeNull();
  });
});

describe('it stays whole, with the reason', () => {
  const node = (...run: readonly string[]) => ['FROM node:22', 'WORKDIR /app', ...run];
  test.each<[string, readonly string[], string, Record<string, string>?]>([
    ['nothing installs', ['FROM node:22', 'RUN node x.js'], '0 image 2 RUN node x.js'],
    ['more in one RUN', node('RUN npm ci && npm run build'), '0 mixed 3 npm run build'],
    ['a program beside it', node('RUN apt-get install -y git && npm ci'), '0 mixed 3 apt-get install -y git'],
    ['more that is taken away', node('RUN npm ci && rm -rf /tmp/x /opt/y'), '0 mixed 3 rm -rf /tmp/x /opt/y'],
    ['output into a file', node('RUN npm ci > log.txt'), '0 mixed 3 RUN npm ci > log.txt'],
    ['no WORKDIR', ['FROM node:22', 'RUN npm ci'], '0 places 2 npm ci'],
    ['a WORKDIR of an ARG', ['FROM node:22', 'ARG D', 'WORKDIR /$D', 'RUN npm ci'], '0 places 4 RUN npm ci'],
    ['workspaces', node('RUN npm ci'), '0 places 3 npm ci', { 'package.json': '{"workspaces": ["a"]}' }],
    ['packages that are named', node('RUN npm install express'), '0 places 3 npm install express'],
    ['pip itself', ['FROM python:3.12', 'RUN pip install -U pip && pip install x'], '0 places 2 pip install -U pip'],
    [
      'what pip replaces',
      ['FROM python:3.12', 'RUN pip install --upgrade requests'],
      '0 places 2 pip install --upgrade requests',
    ],
    [
      'Python as a user',
      ['FROM python:3.12', 'USER app', 'RUN pip install -r r.txt'],
      '0 places 3 pip install -r r.txt',
    ],
    [
      'the home of a user',
      ['FROM python:3.12', 'USER app', 'RUN pip install --user x'],
      '0 places 3 pip install --user x',
    ],
    ["Debian's Python", ['FROM debian:12', 'RUN pip install x'], '0 places 2 pip install x'],
    ['cargo', ['FROM rust:1', 'WORKDIR /a', 'RUN cargo build --release'], '0 places 3 cargo build --release'],
    ['cargo with musl', ['FROM rust:1-alpine', 'WORKDIR /a', 'RUN cargo build'], '0 cargo 3 cargo build'],
    ['cgo', ['FROM golang:1.22', 'WORKDIR /a', 'RUN CGO_ENABLED=1 go build -o x'], '0 cgo 3 go build -o x'],
    [
      'Go of another image',
      ['FROM me/go', 'WORKDIR /a', 'RUN go build -o x'],
      '0 places 3 go build -o x',
      { 'go.sum': 'x' },
    ],
    ['a branch for a CPU', node('RUN if [ "$(uname -m)" = x86_64 ]; then npm ci; fi'), '0 image 3'],
  ])('%s', (_name, lines, reason, files = {}) => {
    const { text, left } = split(lines, files);
    expect(text).toBe(`${lines.join('\n')}\n`);
    expect(left).toHaveLength(1);
    expect(left[0]).toContain(reason);
  });

  test('behind what may run the packages nothing is moved', () => {
    const { lines } = split(node('RUN npm ci', 'RUN npm run build', 'RUN npm ci --omit=dev'));
    expect(lines.slice(-4)).toEqual([
      'WORKDIR /app',
      'COPY --from=install /app/node_modules ./node_modules',
      'RUN npm run build',
      'RUN npm ci --omit=dev',
    ]);
  });

  test('a stage that another one names by its number keeps it', () => {
    const source = ['FROM golang:1.22 AS a', 'WORKDIR /a', 'RUN go build -o x', 'FROM scratch', 'COPY --from=0 /a/x /'];
    const text = `${source.join('\n')}\n`;
    const { proposed, left } = rewritesOf('Dockerfile', text, { platforms, read: () => undefined, target: 'a' });
    expect([proposed, left.map(({ why }) => why)]).toEqual([[], ['form']]);
  });
});

describe('package managers of Node', () => {
  const two = (install: string, files: Record<string, string>, before = '') =>
    split(
      [
        'FROM node:22 AS deps',
        `RUN ${before}true`,
        `RUN ${install}`,
        'FROM node:22',
        'COPY --from=deps /node_modules /n',
      ],
      files,
    );

  test('pnpm has the flags of npm since 10.14', () => {
    const manager = (version: string) => ({ 'package.json': `{"packageManager": "pnpm@${version}+sha512.x"}` });
    const told = `RUN pnpm install ${NODE_CPU} --frozen-lockfile`;
    expect(two('pnpm install --frozen-lockfile', manager('10.14.0')).text).toContain(told);
    expect(two('pnpm install --frozen-lockfile', {}).text).toContain(told);
    expect(two('pnpm install --frozen-lockfile', {}, 'npm i -g pnpm@10 && ').text).toContain(told);
    expect(two('pnpm i', manager('10.13.1')).left).toEqual(['deps pnpm 3 pnpm i']);
    expect(two('pnpm i', {}, 'corepack prepare pnpm@9.15.0 --activate && ').left).toEqual(['deps pnpm 3 pnpm i']);
  });

  test('Yarn has settings since 3, and Yarn 1 has none', () => {
    const berry = { 'yarn.lock': '__metadata:\n  version: 8\n', '.yarnrc.yml': 'nodeLinker: node-modules\n' };
    expect(two('yarn install --immutable', berry).text).toContain(
      'RUN yarn config set --home supportedArchitectures.os linux && yarn config set --home supportedArchitectures.cpu $(echo $TARGETARCH | sed s/amd64/x64/) && yarn install --immutable',
    );
    expect(two('yarn', { ...berry, '.yarnrc.yml': '' }).left).toEqual(['deps yarn-pnp 3 yarn']);
    expect(two('yarn', { 'yarn.lock': '# yarn lockfile v1\n' }).left).toEqual(['deps yarn-classic 3 yarn']);
    expect(two('yarn', {}).left).toEqual(['deps yarn-classic 3 yarn']);
    expect(two('bun install', {}).left).toEqual(['deps manager 3 bun install']);
  });
});

test('what a cut leaves in another place is told of the stage that was cut', () => {
  const source = [
    'FROM golang AS go',
    'RUN go build -o /x',
    'FROM node:22',
    'WORKDIR /a',
    'RUN npm ci',
    'COPY --from=go /x /x',
  ];
  const { proposed, text } = split(source);
  const behind = (path: string) => rewritesBehind('Dockerfile', text, path, { proposed }).map(({ name }) => name);
  expect(proposed.map(({ name }) => name)).toEqual(['go', '1']);
  expect(behind('/x')).toEqual(['go']);
  expect(behind('/a/node_modules/b')).toEqual(['1']);
  expect(behind('/a/generated')).toEqual(['1']);
  expect([0, 1, 2].map((one) => originalStage(proposed, one))).toEqual([0, 1, 1]);
});
