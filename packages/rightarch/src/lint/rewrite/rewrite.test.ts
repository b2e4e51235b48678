import { describe, expect, test } from 'vitest';
import type { Platform } from '../../core/index.ts';
import { parseDockerfile } from '../../dockerfile/index.ts';
import { applyRewrites, rewritesOf } from './index.ts';

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM64: Platform = { os: 'linux', architecture: 'arm64' };

function rewrite(
  lines: readonly string[] | string,
  { platforms = [AMD64, ARM64], lock, target }: { platforms?: Platform[]; lock?: unknown; target?: string } = {},
) {
  const text = typeof lines === 'string' ? lines : `${lines.join('\n')}\n`;
  const read = (path: string) =>
    path === 'package-lock.json' && lock !== undefined ? JSON.stringify(lock) : undefined;
  const { proposed, left } = rewritesOf('Dockerfile', text, { platforms, read, target });
  const done = applyRewrites(text, proposed);
  const file = parseDockerfile(done.text, { file: 'Dockerfile' });
  expect(file.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return {
    text: done.text,
    changed: done.hunks.flatMap((hunk) => hunk.split('\n').filter((line) => /^\+/.test(line))),
    kinds: proposed.map(({ name, kinds }) => [name, ...kinds].join(' ')),
    left: left.map(({ name, why, line }) => `${name} ${why} ${line}`),
  };
}

describe('Go', () => {
  test('is told the CPU where it compiles, behind what all CPUs have in common', () => {
    const { changed, kinds, left } = rewrite([
      'FROM golang:1.22 AS build',
      'WORKDIR /src',
      'COPY go.mod go.sum ./',
      'RUN --mount=type=cache,target=/go/pkg/mod go mod download',
      'COPY . .',
      '# static: there is no libc in scratch',
      'RUN --mount=type=cache,target=/root/.cache/go-build \\',
      '    # the flags of the release',
      '    CGO_ENABLED=0 go build -trimpath \\',
      '      -o /server ./cmd/server',
      'FROM scratch',
      'COPY --from=build /server /server',
      'ENTRYPOINT ["/server"]',
    ]);
    expect(changed).toEqual([
      '+FROM --platform=$BUILDPLATFORM golang:1.22 AS build',
      '+ARG TARGETOS TARGETARCH',
      '+    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath \\',
    ]);
    expect([kinds, left]).toEqual([['build go'], []]);
  });

  test('what is declared and what is set stays; a second build needs no second ARG', () => {
    const { changed } = rewrite([
      'FROM golang:1.22 AS build',
      'ARG TARGETARCH',
      'RUN GOOS=linux go build -o /a ./a',
      'RUN GOOS=linux go build -o /b ./b',
      'FROM scratch',
      'COPY --from=0 /a /b /',
    ]);
    expect(changed).toEqual([
      '+FROM --platform=$BUILDPLATFORM golang:1.22 AS build',
      '+RUN GOOS=linux GOARCH=$TARGETARCH go build -o /a ./a',
      '+RUN GOOS=linux GOARCH=$TARGETARCH go build -o /b ./b',
    ]);
    const { text } = rewrite([
      'FROM golang AS b',
      'RUN go build -o /a',
      'RUN go build -o /b',
      'FROM scratch',
      'COPY --from=b /a /b /',
    ]);
    expect(text.match(/^ARG/gm)).toHaveLength(1);
  });

  test('arm has its own variant', () => {
    const arm: Platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
    const { text } = rewrite(['FROM golang AS b', 'RUN go build -o /a', 'FROM scratch', 'COPY --from=b /a /'], {
      platforms: [AMD64, arm],
    });
    expect(text).toContain(
      'ARG TARGETOS TARGETARCH TARGETVARIANT\nRUN GOOS=$TARGETOS GOARCH=$TARGETARCH GOARM=${TARGETVARIANT#v} go build',
    );
  });

  test('a tool that the stage itself runs stays native; heredocs, carriage returns and another escape stay', () => {
    const { text } = rewrite(
      [
        '# escape=`',
        'FROM golang:1.22 AS build',
        'RUN go build -o /bin/gen ./tools/gen',
        'RUN <<EOF',
        '/bin/gen > x.go',
        'EOF',
        'RUN go build `',
        '  -o /server .',
        'FROM scratch',
        'COPY --from=BUILD /server /',
        '',
      ].join('\r\n'),
    );
    expect(text).toBe(
      [
        '# escape=`',
        'FROM --platform=$BUILDPLATFORM golang:1.22 AS build',
        'RUN go build -o /bin/gen ./tools/gen',
        'RUN <<EOF',
        '/bin/gen > x.go',
        'EOF',
        'ARG TARGETOS TARGETARCH',
        'RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build `',
        '  -o /server .',
        'FROM scratch',
        'COPY --from=BUILD /server /',
        '',
      ].join('\r\n'),
    );
  });

  test.each([
    ['CGO_ENABLED=1 go build -o /a', 'b cgo 2'],
    ['go test ./... && go build -o /a', 'b tests 2'],
    ['go build -race -o /a', 'b cgo 2'],
    ['go build -ldflags "-X main.arch=$(uname -m)" -o /a', 'b inside 2'],
    // `go version go1.22.1 linux/amd64`
    ['go build -ldflags "-X \'main.by=$(go version)\'" -o /a', 'b inside 2'],
    ['BY=$(go version) && go build -ldflags "-X main.by=$BY" -o /a', 'b inside 2'],
    ['go build -ldflags "$(./ldflags.sh)" -o /a', 'b inside 2'],
    ['go version > by.txt && go build -o /a', 'b inside 2'],
    ['echo "$(go version)" > by.txt && go build -o /a', 'b inside 2'],
    ['export GOFLAGS="-tags=$(./tags.sh)" && go build -o /a', 'b inside 2'],
    ['uname -m > arch.txt && go build -o /a', 'b inside 2'],
    ['echo "package main; const Arch="$(uname -m)"" > arch.go && go build -o /a', 'b inside 2'],
    ['go run ./gen -arch $(go env GOARCH) && go build -o /a', 'b inside 2'],
    ['cd /src && curl -fsSLo agent https://example.com/agent-$(uname -m) && go build -o /a', 'b inside 2'],
    ['go build -o /a && /a --version', 'b runs-output 2'],
    ['cd /src && go build -o a && cp a /a && ./a --version', 'b runs-output 2'],
    ['sh -c "go build -o /a"', 'b form 2'],
  ])('%s stays, with the reason', (command, why) => {
    const source = ['FROM golang AS b', `RUN ${command}`, 'FROM scratch', 'COPY --from=b /a /'];
    const { text, left } = rewrite(source);
    expect([text, left]).toEqual([`${source.join('\n')}\n`, [why]]);
  });
});

test('poetry has no flag for another CPU, and cargo that writes elsewhere stays', () => {
  const poetry = rewrite([
    'FROM python:3.12-slim AS b',
    'ENV POETRY_VIRTUALENVS_IN_PROJECT=1',
    'WORKDIR /app',
    'RUN poetry install --no-root',
    'FROM python:3.12-slim',
    'COPY --from=b /app/.venv /app/.venv',
  ]);
  expect(poetry.left).toEqual(['b manager 4']);
  const cargo = (run: string) => {
    const lines = ['FROM rust:1.80-bookworm AS b', 'WORKDIR /app', `RUN ${run}`, 'FROM debian'];
    return rewrite([...lines, 'COPY --from=b /app/target/release/app /']).left;
  };
  expect(cargo('export BY="$(rustc -vV)" && cargo build --release')).toEqual(['b inside 3']);
  expect(cargo('rustc -vV && export AT="$(date)" BY="$(git describe)" && cargo build --release')).toEqual([]);
  for (const set of ['CARGO_TARGET_DIR=/made', 'RUSTFLAGS="-C target-cpu=native"']) {
    const lines = ['WORKDIR /app', `ENV ${set}`, 'RUN cargo build --release', 'FROM debian'];
    const { left } = rewrite(['FROM rust:1.80-bookworm AS b', ...lines, 'COPY --from=b /app/target/release/app /']);
    expect(left).toEqual(['b cargo 4']);
  }
});

test('what cargo made is told where the stage copies it out, and not in a cache that two platforms share', () => {
  const cargo = (run: string) =>
    rewrite(['FROM rust:1.80-bookworm AS b', 'WORKDIR /app', `RUN ${run}`, 'FROM debian', 'COPY --from=b /out/app /']);
  const plain = cargo('cargo build --release && install -m 755 target/release/app /out/app');
  expect([plain.kinds, plain.left]).toEqual([['b cargo'], []]);
  expect(plain.text).toMatch(/cp -p -t target\/release \{\} \+ && install -m 755 target\/release\/app/);
  const shared = '--mount=type=cache,target=/app/target cargo build --release && cp target/release/app /out/';
  expect(cargo(shared).left).toEqual(['b cargo 3']);
  const registry = '--mount=type=cache,target=/usr/local/cargo/registry cargo build -r && cp target/release/app /out/';
  expect(cargo(registry).kinds).toEqual(['b cargo']);
});

test('go install for the image stays; a tool of the build keeps nothing', () => {
  const image = ['FROM golang AS b', 'WORKDIR /src', 'RUN go install ./cmd/server', 'FROM debian'];
  expect(rewrite([...image, 'COPY --from=b /go/bin/server /']).left).toEqual(['b compiler 3']);
  const tool = ['FROM golang AS b', 'WORKDIR /src', 'RUN go install example.com/gen@v1 && gen', 'RUN go build -o /a .'];
  expect(rewrite([...tool, 'FROM debian', 'COPY --from=b /a /']).kinds).toEqual(['b go']);
});

describe('what a compiler puts into a program', () => {
  test.each([
    'go build -ldflags "-X main.version=$(git describe --tags) -X main.at=$(date -u +%F)" -o /a',
    'go build -ldflags "-X main.by=$(go version | awk \'{print $3}\')" -o /a',
    'BY=$(go env GOVERSION) && go build -ldflags "-X main.by=$BY" -o /a',
    'curl -fsSLo /tmp/protoc.zip https://example.com/protoc-$(uname -m).zip && unzip /tmp/protoc.zip -d /usr/local && go build -o /a',
    'curl -fsSL https://example.com/protoc-$(uname -m).tgz > /tmp/protoc.tgz && go build -o /a',
    'cd /src && curl -fsSLo gen https://example.com/gen-$(uname -m) && chmod +x gen && ./gen > x.go && go build -o /a',
    'make gen || true; go build -o /a',
    'ARCH=$(uname -m) && curl -fsSLo /tmp/protoc.zip https://example.com/protoc-$ARCH.zip && go build -o /a',
    'go version && go env && go build -o /a',
    'BY="$(./by.sh)" && echo "$BY" && go build -o /a',
    'export $(cat .env | xargs) "A(B=$(./by.sh)" && go build -o /a',
  ])('%s says no CPU', (command) => {
    const { text, left } = rewrite(['FROM golang AS b', `RUN ${command}`, 'FROM scratch', 'COPY --from=b /a /']);
    expect([text.includes('GOARCH=$TARGETARCH go build'), left]).toEqual([true, []]);
  });

  test('is for the same CPU as the program, where it is built among the sources and not started there', () => {
    const { text, left } = rewrite([
      'FROM golang AS b',
      'WORKDIR /src',
      'RUN go build -o embedded/agent ./agent && go build -o gen ./gen && ./gen && go build -o /a .',
      'FROM scratch',
      'COPY --from=b /a /',
    ]);
    const told = 'GOOS=$TARGETOS GOARCH=$TARGETARCH';
    expect([text, left]).toEqual([
      expect.stringContaining(
        `RUN ${told} go build -o embedded/agent ./agent && go build -o gen ./gen && ./gen && ${told} go build -o /a .`,
      ),
      [],
    ]);
  });

  test('of another stage, too, and of an image that is cut in two', () => {
    const other = rewrite([
      'FROM debian AS info',
      'RUN uname -m > /arch',
      'FROM golang AS b',
      'WORKDIR /src',
      'COPY --from=info /arch .',
      'RUN go build -o /a .',
      'FROM scratch',
      'COPY --from=b /a /',
    ]);
    expect(other.left).toContain('b inside 2');
    const cut = rewrite(['FROM golang', 'WORKDIR /src', 'RUN uname -m > arch', 'RUN go build -o a .']);
    expect(cut.left).toEqual(['0 inside 3']);
  });
});

describe('npm', () => {
  test('installs for the CPU that the packages go to, and for musl where the image has it', () => {
    const { changed, left } = rewrite([
      'FROM node:22-alpine AS deps',
      'WORKDIR /app',
      'COPY package*.json ./',
      'RUN npm ci --omit=dev && npm cache clean --force',
      'FROM node:22-alpine',
      'WORKDIR /app',
      'COPY --from=deps /app/node_modules ./node_modules',
      'COPY . .',
      'RUN node --check server.js',
    ]);
    expect(changed).toEqual([
      '+FROM --platform=$BUILDPLATFORM node:22-alpine AS deps',
      '+ARG TARGETARCH',
      '+RUN npm ci --os=linux --cpu=$(echo $TARGETARCH | sed s/amd64/x64/) --libc=musl --omit=dev && npm cache clean --force',
    ]);
    expect(left).toEqual(['1 image 9']);
  });

  test('packages that only build stay those of the builder', () => {
    const { changed, kinds } = rewrite([
      'FROM node:22 AS build',
      'WORKDIR /app',
      'COPY . .',
      'RUN npm ci && npm run build',
      'FROM nginx:alpine',
      'COPY --from=build /app/dist /usr/share/nginx/html',
    ]);
    expect(changed).toEqual(['+FROM --platform=$BUILDPLATFORM node:22 AS build']);
    expect(kinds).toEqual(['build neutral']);
  });

  test('a stage that only names the image of the others does not hold them', () => {
    const { changed, kinds } = rewrite([
      'FROM node:22-slim AS base',
      'FROM base AS deps',
      'WORKDIR /app',
      'RUN npm ci --omit=dev',
      'FROM base AS build',
      'WORKDIR /app',
      'RUN npm ci && npx tsc',
      'FROM base',
      'WORKDIR /app',
      'COPY --from=deps /app/node_modules node_modules',
      'COPY --from=build /app/dist dist',
    ]);
    expect(changed).toEqual([
      '+FROM --platform=$BUILDPLATFORM node:22-slim AS deps',
      '+ARG TARGETARCH',
      '+RUN npm ci --os=linux --cpu=$(echo $TARGETARCH | sed s/amd64/x64/) --omit=dev',
      '+FROM --platform=$BUILDPLATFORM node:22-slim AS build',
    ]);
    expect(kinds).toEqual(['deps npm', 'build neutral']);
  });

  const both = [
    'FROM node:22 AS build',
    'WORKDIR /app',
    'RUN npm ci && npm run build && npm prune --omit=dev',
    'FROM node:22',
    'COPY --from=build /app /app',
  ];
  const lock = (...dev: readonly boolean[]) => ({
    lockfileVersion: 3,
    packages: Object.fromEntries(
      dev.map((one, i) => [
        `node_modules/p${i}`,
        { version: '1.0.0', cpu: ['x64'], optional: true, ...(one ? { dev: true } : {}) },
      ]),
    ),
  });

  test('packages that are run there and given away stay, unless the lockfile says that none is for one CPU', () => {
    expect(rewrite(both).left).toEqual(['build used-there 3']);
    expect(rewrite(both, { lock: lock(false) }).left).toEqual(['build used-there 3']);
    expect(rewrite(both, { lock: lock(true) }).kinds).toEqual(['build neutral']);
  });

  test('another stage that runs them on the way is seen', () => {
    const { left, kinds } = rewrite([
      'FROM node:22 AS deps',
      'WORKDIR /app',
      'RUN npm ci',
      'FROM node:22 AS build',
      'WORKDIR /app',
      'COPY --from=deps /app/node_modules ./node_modules',
      'RUN npm run build',
      'FROM node:22',
      'COPY --from=build /app/node_modules /app/node_modules',
    ]);
    expect(left).toEqual(['deps used-there 7', 'build used-there 7']);
    expect(kinds).toEqual([]);
  });
});

describe('Python', () => {
  test('uv is told the platform with the glibc of the image', () => {
    const { changed } = rewrite([
      'FROM python:3.12-slim-bookworm AS build',
      'RUN pip install uv',
      'WORKDIR /app',
      'COPY pyproject.toml uv.lock ./',
      'RUN uv sync --frozen --no-dev',
      'FROM python:3.12-slim-bookworm',
      'COPY --from=build /app/.venv /app/.venv',
    ]);
    expect(changed).toEqual([
      '+FROM --platform=$BUILDPLATFORM python:3.12-slim-bookworm AS build',
      '+ARG TARGETARCH',
      "+RUN uv sync --python-platform=$(echo $TARGETARCH | sed 's/amd64/x86_64/;s/arm64/aarch64/')-manylinux_2_36 --frozen --no-dev",
    ]);
  });

  test('uv into the environment of the Python that it is told', () => {
    const { kinds } = rewrite([
      'FROM python:3.12-slim-bookworm AS build',
      'RUN uv venv /venv && uv pip install --python /venv/bin/python numpy',
      'FROM python:3.12-slim-bookworm',
      'COPY --from=build /venv /venv',
    ]);
    expect(kinds).toEqual(['build python']);
  });

  test('pip takes wheels by what Python says it runs on, into whatever it installs', () => {
    const into = (flags: string) =>
      rewrite([
        'FROM python:3.12-slim AS b',
        `RUN pip install ${flags}-r requirements.txt`,
        'FROM python:3.12-slim',
        'COPY --from=b /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages',
        'COPY --from=b /deps /deps',
      ]).changed.at(-1);
    const told =
      "+RUN _PYTHON_HOST_PLATFORM=linux-$(echo $TARGETARCH | sed 's/amd64/x86_64/;s/arm64/aarch64/') pip install ";
    expect(into('')).toBe(`${told}--only-binary=:all: -r requirements.txt`);
    expect(into('-t /deps ')).toBe(`${told}--only-binary=:all: -t /deps -r requirements.txt`);
    expect(into('--only-binary numpy ')).toBe(`${told}--only-binary numpy -r requirements.txt`);
  });
});

describe('cargo', () => {
  const CPU = "$(echo $TARGETARCH | sed 's/amd64/x86_64/;s/arm64/aarch64/')";
  const PACKAGE = "$(echo $TARGETARCH | sed 's/amd64/x86-64/;s/arm64/aarch64/')";
  const source = (build = 'cargo build --release', image = 'rust:1.83-slim-bookworm') => [
    `FROM ${image} AS build`,
    'WORKDIR /src',
    '# what changes seldom',
    'COPY Cargo.toml Cargo.lock ./',
    `RUN mkdir src && echo 'fn main() {}' > src/main.rs && ${build}`,
    'COPY . .',
    `RUN ${build}`,
    'FROM debian:bookworm-slim',
    'COPY --from=build /src/target/release/app /app',
  ];

  test('is told the CPU, gets its standard library and a linker once, and what it made is where it was', () => {
    const { changed, kinds, left } = rewrite(source());
    const linkers = ['AARCH64', 'X86_64'].map(
      (one) => `CARGO_TARGET_${one}_UNKNOWN_LINUX_GNU_LINKER=${one.toLowerCase()}-linux-gnu-gcc`,
    );
    const told = `${linkers.join(' ')} cargo build --target=${CPU}-unknown-linux-gnu --release && mkdir -p target/release && find target/${CPU}-unknown-linux-gnu/release -maxdepth 1 -type f -exec cp -p -t target/release {} +`;
    expect(changed).toEqual([
      '+FROM --platform=$BUILDPLATFORM rust:1.83-slim-bookworm AS build',
      '+ARG TARGETARCH',
      `+RUN rustup target add ${CPU}-unknown-linux-gnu`,
      `+RUN command -v ${CPU}-linux-gnu-gcc || (apt-get update && apt-get install -y --no-install-recommends gcc-${PACKAGE}-linux-gnu libc6-dev-$TARGETARCH-cross)`,
      `+RUN mkdir src && echo 'fn main() {}' > src/main.rs && ${told}`,
      `+RUN ${told}`,
    ]);
    expect([kinds, left]).toEqual([['build cargo'], []]);
  });

  test.each([
    ['another libc', source('cargo build --release', 'rust:1-alpine')],
    ['an image that nobody knows', source('cargo build --release', 'example.com/rust:1')],
    ['a directory of its own', source('cargo build --release --target-dir=/t')],
    ['a variable before it', source('RUSTFLAGS=-Ctarget-cpu=native cargo build --release')],
    ['another package', source('cargo build --release --manifest-path=a/Cargo.toml')],
  ])('stays with %s', (_name, lines) => {
    const { text, left } = rewrite(lines);
    expect(text).not.toContain('BUILDPLATFORM');
    expect(left).toEqual(['build cargo 5']);
  });

  test('stays where a CPU has other words, and where its tests are run', () => {
    expect(rewrite(source(), { platforms: [AMD64, { os: 'linux', architecture: 's390x' }] }).left).toEqual([
      'build cargo 5',
    ]);
    expect(rewrite(source('cargo test && cargo build --release')).left).toEqual(['build tests 5']);
  });
});

test('compilers, downloads and what the image consists of stay, each with its reason', () => {
  const { left, text } = rewrite([
    'FROM debian AS common',
    'RUN apt-get update',
    'FROM rust:1-alpine AS rust',
    'WORKDIR /s',
    'RUN cargo build --release',
    'FROM debian AS get',
    'RUN curl -o /tool https://example.com/tool-$(uname -m)',
    'FROM common',
    'COPY --from=rust /s/target/release/app /app',
    'COPY --from=get /tool /tool',
    'RUN /app --version',
  ]);
  expect(left).toEqual(['common below-image 2', 'rust cargo 5', 'get download 7', '3 image 11']);
  expect(text).not.toContain('BUILDPLATFORM');
});

test('the stage that is asked for is the image, and what it does not need is left alone', () => {
  const source = ['FROM golang AS build', 'RUN go build -o /a', 'FROM scratch', 'COPY --from=build /a /a'];
  const { changed, left } = rewrite(source, { target: 'build' });
  expect(changed[0]).toBe('+FROM --platform=$BUILDPLATFORM golang AS build-2');
  expect(left).toEqual([]);
});

test('a flag that says the target already is replaced', () => {
  const { text } = rewrite([
    'FROM --platform=$TARGETPLATFORM maven AS b',
    'RUN mvn package',
    'FROM jre',
    'COPY --from=b /t.jar /',
  ]);
  expect(text).toContain('FROM --platform=$BUILDPLATFORM maven AS b');
});
