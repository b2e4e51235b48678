import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emulateArm64 } from '../../bench/buildah.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { typeLine } from '../support/command-line.ts';
import { type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';
import { makeRewriteBases, SMALLEST_GO } from '../support/rewrite-world.ts';
import { makeRustBase } from '../support/rust-base.ts';
import { isFull } from '../support/sampled.ts';

// `plan --rewrite` with a real BuildKit, arm64 under a real emulator, and packages from their real registries: what is
// proven and what is not, each held to what the two builds left.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-rewrite-'));
let bases: string;
let docker: ReferenceBuilder;
let emulation: { close(): Promise<void> } | undefined;
let work: string;
let count = 0;

beforeAll(async () => {
  needBases();
  const place = isFull ? 'rewrite-bases' : 'rewrite-bases-sample';
  bases = await makeRewriteBases(BASES, join(REPOSITORY, '.cache', place), { packages: isFull });
  emulation = await emulateArm64();
  docker = await startBuildKit(join(directory, 'docker'), join(REPOSITORY, '.cache', 'buildkit'));
}, 400_000);
afterAll(async () => {
  await emulation?.close();
  await docker?.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  work = join(directory, `work-${count++}`);
  mkdirSync(work);
});

const BOTH = ['--platform', 'linux/amd64,linux/arm64', '--network', 'host'];

async function plan(...words: readonly string[]) {
  const mirror = words.includes('--mirror') ? [] : ['--mirror', `docker.io=oci:${bases}`];
  return typeLine(work, ['plan', ...BOTH, '--engine', 'buildx', ...words, ...mirror, '.'], {
    env: { RIGHTARCH_CACHE: join(directory, 'cache') },
    runProgram: programRunner(docker.env),
  });
}

function files(given: Readonly<Record<string, string | readonly string[]>>): void {
  for (const [path, lines] of Object.entries(given)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), typeof lines === 'string' ? lines : `${lines.join('\n')}\n`);
  }
}

const NODE = 'node:22-bookworm-slim';
const timeout = 240_000;

test('a Go service: compiled for both CPUs by the builder, the same files, proven, and written', {
  timeout,
}, async () => {
  const source = [
    '# the service',
    'FROM golang:1.22-warm AS build',
    'WORKDIR /src',
    'COPY go.mod main.go ./',
    'RUN --mount=type=cache,target=/go/pkg/mod \\',
    '    # static',
    '    CGO_ENABLED=0 go build -trimpath -o /server .',
    'FROM scratch',
    'COPY --from=build /server /server',
    'ENTRYPOINT ["/server"]',
  ];
  files({
    Dockerfile: source,
    'go.mod': 'module example.com/server\n\ngo 1.22\n',
    'main.go': SMALLEST_GO,
  });
  const before = await plan('--json');
  expect(JSON.parse(before.out).platforms[1], before.all).toMatchObject({
    how: 'emulate',
    stages: [
      {
        name: 'build',
        how: 'emulate',
        engine: 'buildx',
        because: { kind: 'runs', line: 5 },
        faster: ['builder', 'rewrite'],
      },
      { stage: 1, how: 'cross', because: { kind: 'files' } },
    ],
  });
  const done = await plan('--write');
  expect(done.status, done.all).toBe(0);
  expect(done.err).toMatch(/linux\/arm64: both builds have the same \d+ files .* are proven/);
  const after = readFileSync(join(work, 'Dockerfile'), 'utf8');
  expect(after.split('\n').filter((line) => !source.includes(line) && line !== '')).toEqual([
    'FROM --platform=$BUILDPLATFORM golang:1.22-warm AS build',
    'ARG TARGETOS TARGETARCH',
    '    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -o /server .',
  ]);
  const now = await plan('--json');
  expect(JSON.parse(now.out).platforms[1].how).toBe('cross');
  const again = await plan('--rewrite');
  expect([again.status, again.out, again.err]).toEqual([
    0,
    '',
    'nothing is emulated, so nothing has to be rewritten\n',
  ]);
});

if (isFull)
  test('an image of one stage: the program is compiled in a stage of its own and copied to where it was', {
    timeout,
  }, async () => {
    files({
      Dockerfile: [
        'FROM golang:1.22-warm',
        '',
        'WORKDIR /app',
        'COPY go.mod main.go ./',
        '# static',
        'RUN CGO_ENABLED=0 go build -trimpath -o bin/server .',
        'RUN ls bin > programs',
        '',
        'USER 1000',
        'CMD ["/app/bin/server"]',
      ],
      'go.mod': 'module example.com/server\n\ngo 1.22\n',
      'main.go': SMALLEST_GO,
    });
    const done = await plan('--rewrite', '--json');
    expect(done.status, done.all).toBe(0);
    const { rewritten } = JSON.parse(done.out);
    expect(rewritten.stages).toMatchObject([{ adds: ['build'], kinds: ['go'] }]);
    expect(rewritten.platforms).toMatchObject([{ verdict: 'proven' }, { verdict: 'proven' }]);
    expect(rewritten.text.split('\n')).toEqual([
      'FROM --platform=$BUILDPLATFORM golang:1.22-warm AS build',
      'WORKDIR /app',
      'COPY go.mod main.go ./',
      'ARG TARGETOS TARGETARCH',
      '# static',
      'RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -o bin/server .',
      '',
      'FROM golang:1.22-warm',
      '',
      'WORKDIR /app',
      'COPY go.mod main.go ./',
      'COPY --from=build /app/bin/server ./bin/server',
      'RUN ls bin > programs',
      '',
      'USER 1000',
      'CMD ["/app/bin/server"]',
      '',
    ]);
  });

if (isFull) {
  test('Node with native packages and a front end: both stages on the builder, packages for each CPU', {
    timeout,
  }, async () => {
    files({
      Dockerfile: [
        `FROM ${NODE} AS deps`,
        'WORKDIR /app',
        'COPY package.json package-lock.json ./',
        'RUN npm ci --omit=dev',
        `FROM ${NODE} AS web`,
        'WORKDIR /web',
        'COPY page.js ./',
        "RUN mkdir dist && node -e \"require('fs').writeFileSync('dist/page.js', require('fs').readFileSync('page.js','utf8').toUpperCase())\"",
        `FROM ${NODE}`,
        'WORKDIR /app',
        'COPY --from=deps /app/node_modules ./node_modules',
        'COPY --from=web /web/dist ./public',
        'COPY server.js ./',
        'CMD ["node", "server.js"]',
      ],
      'package.json': '{"name":"app","version":"1.0.0","dependencies":{"@node-rs/crc32":"1.10.6"}}\n',
      'server.js': 'console.log(require("@node-rs/crc32").crc32("a"));\n',
      'page.js': 'page();\n',
    });
    execFileSync('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], { cwd: work, stdio: 'pipe' });
    const done = await plan('--rewrite', '--json');
    expect(done.status, done.all).toBe(0);
    const { rewritten } = JSON.parse(done.out);
    expect(rewritten.stages.map(({ name, kinds }: { name: string; kinds: string[] }) => [name, ...kinds])).toEqual([
      ['deps', 'npm'],
      ['web', 'neutral'],
    ]);
    expect(rewritten.platforms).toMatchObject([{ verdict: 'proven' }, { verdict: 'proven' }]);
    expect(rewritten.diff).toContain('+RUN npm ci --os=linux --cpu=$(echo $TARGETARCH | sed s/amd64/x64/) --omit=dev');
    expect(readFileSync(join(work, 'Dockerfile'), 'utf8')).not.toContain('BUILDPLATFORM');
  });

  test('Python by uv: the wheels of each CPU', { timeout }, async () => {
    files({
      Dockerfile: [
        'FROM python:3.11-slim-bookworm AS build',
        'COPY requirements.txt ./',
        'RUN uv venv --python /usr/bin/python3 /venv && uv pip install --python /venv/bin/python -r requirements.txt',
        'FROM python:3.11-slim-bookworm',
        'COPY --from=build /venv /venv',
        'CMD ["/venv/bin/python", "-c", "import markupsafe._speedups"]',
      ],
      'requirements.txt': 'markupsafe==3.0.2\n',
    });
    const done = await plan('--rewrite', '--diff');
    expect(done.status, done.all).toBe(0);
    expect(done.out).toContain('--python-platform=$(echo $TARGETARCH |');
    expect(done.err).toMatch(/linux\/arm64: both builds .* machine code for the same CPU/);
  });
}

if (isFull) {
  const app = (manager: string) => ({
    'package.json': `{"name":"app","version":"1.0.0"${manager},"dependencies":{"@node-rs/crc32":"1.10.6"}}\n`,
    'server.js': 'console.log(require("@node-rs/crc32").crc32("a"));\n',
  });
  const lock = (...command: readonly string[]) =>
    execFileSync('npx', ['--yes', ...command], { cwd: work, stdio: 'pipe', env: { ...process.env, CI: '' } });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, readonly string[]]>([
    [
      'npm, as a user',
      [
        'RUN mkdir /app && chown node:node /app',
        'WORKDIR /app',
        'USER node',
        'COPY --chown=node:node package*.json ./',
        'RUN npm ci --omit=dev',
        'COPY server.js ./',
      ],
      app(''),
      ['npm', 'install', '--package-lock-only', '--no-audit', '--no-fund'],
    ],
    [
      'pnpm',
      [
        'RUN npm install -g pnpm@10.24.0',
        'WORKDIR /app',
        'COPY package.json pnpm-lock.yaml ./',
        'RUN pnpm install --frozen-lockfile',
        'COPY server.js ./',
      ],
      app(',"packageManager":"pnpm@10.24.0"'),
      ['pnpm@10.24.0', 'install', '--lockfile-only'],
    ],
    [
      'Yarn 4',
      [
        'RUN npm install -g @yarnpkg/cli-dist@4.18.1',
        'WORKDIR /app',
        'COPY package.json yarn.lock .yarnrc.yml ./',
        'RUN yarn install --immutable',
        'COPY server.js ./',
      ],
      { ...app(''), '.yarnrc.yml': 'nodeLinker: node-modules\n' },
      ['-p', '@yarnpkg/cli-dist@4.18.1', 'yarn', 'install', '--mode=update-lockfile'],
    ],
  ])('packages of one stage by %s: those of each CPU', { timeout: 900_000 }, async (_name, lines, given, locking) => {
    files({ Dockerfile: [`FROM ${NODE}`, ...lines, 'CMD ["node", "/app/server.js"]'], ...given });
    lock(...locking);
    const done = await plan('--rewrite', '--json');
    expect(done.status, done.all).toBe(0);
    const { rewritten } = JSON.parse(done.out);
    const owner = lines.includes('USER node') ? ' --chown=node' : '';
    expect(rewritten.text).toContain(`COPY --from=install${owner} /app/node_modules ./node_modules`);
    expect(rewritten.platforms).toMatchObject([{ verdict: 'proven' }, { verdict: 'proven' }]);
  });

  test('what an install script puts elsewhere is missed: nothing is offered', { timeout: 900_000 }, async () => {
    files({
      Dockerfile: [`FROM ${NODE}`, 'WORKDIR /app', 'COPY package*.json ./', 'RUN npm ci', 'CMD ["node"]'],
      'package.json':
        '{"name":"app","version":"1.0.0","dependencies":{"@node-rs/crc32":"1.10.6"},"scripts":{"postinstall":"mkdir -p ~/.cache/browser && touch ~/.cache/browser/run"}}\n',
    });
    lock('npm', 'install', '--package-lock-only', '--no-audit', '--no-fund');
    const done = await plan('--rewrite');
    expect(done.status, done.all).toBe(1);
    expect(done.err).toContain('/root/.cache');
    expect(done.out).toBe('');
  });

  test('Python of one stage by uv, and by pip in an environment', { timeout: 900_000 }, async () => {
    files({
      Dockerfile: [
        'FROM python:3.11-slim-bookworm',
        'WORKDIR /app',
        'COPY requirements.txt .',
        'RUN uv venv --seed /venv && uv pip install --python /venv/bin/python -r requirements.txt',
        'ENV PATH="/venv/bin:$PATH"',
        'RUN pip install --no-cache-dir charset-normalizer==3.4.1',
        'CMD ["python", "-c", "import markupsafe._speedups, charset_normalizer.md"]',
      ],
      'requirements.txt': 'markupsafe==3.0.2\n',
    });
    const done = await plan('--rewrite', '--json');
    expect(done.status, done.all).toBe(0);
    const { rewritten } = JSON.parse(done.out);
    expect(rewritten.text).toContain('_PYTHON_HOST_PLATFORM=linux-$(echo $TARGETARCH');
    expect(rewritten.platforms).toMatchObject([{ verdict: 'proven' }, { verdict: 'proven' }]);
  });
}

if (isFull)
  test('cargo: compiled for both CPUs by the builder, linked by a compiler for each', {
    timeout: 1_200_000,
  }, async () => {
    const rust = await makeRustBase(BASES, join(REPOSITORY, '.cache', 'rust-base'));
    const source = [
      'FROM rust:1-slim-bookworm AS build',
      'WORKDIR /src',
      'COPY Cargo.toml ./',
      'COPY src ./src',
      'RUN cargo build --release',
      'FROM debian:bookworm-slim',
      'COPY --from=build /src/target/release/app /usr/local/bin/app',
      'CMD ["app"]',
    ];
    files({
      Dockerfile: source,
      'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/main.rs': 'fn main() { println!("up on {}", std::env::consts::ARCH); }\n',
    });
    const done = await plan('--rewrite', '--json', '--mirror', `docker.io=oci:${rust}`);
    expect(done.status, done.all).toBe(0);
    const { rewritten } = JSON.parse(done.out);
    expect(rewritten.stages).toMatchObject([{ name: 'build', kinds: ['cargo'] }]);
    expect(rewritten.platforms).toMatchObject([{ verdict: 'proven' }, { verdict: 'proven' }]);
    expect(rewritten.diff).toContain('+RUN rustup target add ');
  });

describe('what is not proven is not made', () => {
  test('a compiler that nobody recognised: its output has the wrong CPU, and the other stage is offered alone', {
    timeout,
  }, async () => {
    files({
      Dockerfile: [
        'FROM debian:bookworm-slim AS make',
        'COPY Makefile /',
        'RUN cp /bin/true /tool',
        'FROM debian:bookworm-slim AS text',
        'RUN echo text | rev > /text',
        'FROM debian:bookworm-slim',
        'COPY --from=make /tool /tool',
        'COPY --from=text /text /text',
      ],
      Makefile: '',
    });
    const done = await plan('--rewrite');
    expect(done.status, done.all).toBe(0);
    expect(done.err).toContain('`make` is not rewritten: for linux/arm64 `/tool` is `machine');
    expect(done.out).toContain('FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS text');
    expect(done.out).toContain('FROM debian:bookworm-slim AS make');
  });

  test('files that say the CPU they were made on', { timeout }, async () => {
    files({
      Dockerfile: [
        'FROM debian:bookworm-slim AS a',
        'RUN uname -m | rev > /cpu',
        'FROM scratch',
        'COPY --from=a /cpu /',
      ],
    });
    const done = await plan('--rewrite');
    expect(done.status, done.all).toBe(1);
    expect(done.out).toBe('');
    expect(done.err).toContain('error[plan/rewrite-unproven]');
    expect(done.err).toContain('`/cpu`');
  });

  test('without an emulator there is nothing to compare with', { timeout }, async () => {
    files({
      Dockerfile: ['FROM debian:bookworm-slim AS a', 'RUN echo other | rev > /x', 'FROM scratch', 'COPY --from=a /x /'],
    });
    await emulation?.close();
    try {
      const done = await plan('--rewrite');
      expect(done.status, done.all).toBe(1);
      expect(done.err).toContain('the original could not be built here');
      // BuildKit may still list what it could run before the emulator was gone.
      expect(done.err).toMatch(/no emulator for it|exec format error/);
    } finally {
      emulation = await emulateArm64();
    }
  });
});
