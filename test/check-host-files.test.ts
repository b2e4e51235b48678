import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { elfBytes } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

// What lies in node_modules of a laptop, and what `COPY . .` makes of it.

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-host-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), content);
}

/** The header of a 64-bit Mach-O file for Apple Silicon (mach-o/loader.h). */
const MAC = Buffer.alloc(64);
MAC.writeUInt32LE(0xfeedfacf, 0);
MAC.writeUInt32LE(0x0100000c, 4);

const BCRYPT = 'node_modules/bcrypt/build/Release/bcrypt_lib.node';
const SHARP = 'node_modules/@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node';

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly args: { readonly packages: readonly string[]; readonly breaks: readonly string[]; readonly file: string };
}

async function findings(...flags: readonly string[]): Promise<readonly Finding[]> {
  const { out } = await typeLine(directory, ['check', '--json', ...flags]);
  const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly Finding[] };
  return diagnostics.filter(({ code }) => code === 'dockerfile/host-files-copied');
}

const COPIES = 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "x.js"]\n';

test('what is for macOS breaks on every platform, and it is named', async () => {
  write('Dockerfile', COPIES);
  write(BCRYPT, MAC);
  write(SHARP, MAC);
  const [one, ...more] = await findings();
  expect(more).toEqual([]);
  expect(one).toMatchObject({ severity: 'error', args: { packages: ['bcrypt', 'sharp'], file: SHARP } });
  expect((await typeLine(directory, ['check'])).out).toContain('Mach-O arm64');
});

test('what was installed on Linux breaks on the other CPU alone', async () => {
  write('Dockerfile', COPIES);
  write(BCRYPT, elfBytes({ machine: 'amd64' }));
  expect((await findings())[0]?.args.breaks).toEqual(['linux/arm64']);
  // The loader passes over an ELF file of another machine, and only what is no ELF file has an invalid header.
  const { out } = await typeLine(directory, ['check']);
  expect([out.includes('cannot open shared object file'), out.includes('invalid ELF header')]).toEqual([true, false]);
  expect(await findings('--platform', 'linux/amd64')).toEqual([]);
});

test('a package with a file for each CPU chooses by itself', async () => {
  write('Dockerfile', COPIES);
  write('node_modules/a/prebuilds/darwin-arm64/a.node', MAC);
  for (const machine of ['amd64', 'arm64'] as const)
    write(`node_modules/a/prebuilds/linux-${machine}/a.node`, elfBytes({ machine }));
  expect(await findings()).toEqual([]);
});

test.each<[string, string]>([
  ['an ignore file leaves it out', 'ignored'],
  ['the one beside the Dockerfile decides alone', 'beside'],
  ['it is installed anew behind it', 'FROM node:22\nCOPY . .\nRUN npm ci\n'],
  ['yarn installs behind it, by its flags alone', 'FROM node:22\nCOPY . .\nRUN yarn --frozen-lockfile\n'],
  ['it is installed with a flag before the verb', 'FROM node:22\nCOPY . .\nRUN corepack pnpm -r install\n'],
  ['it is installed by the long word', 'FROM node:22\nCOPY . .\nRUN npm clean-install\n'],
  ['it is installed in exec form', 'FROM node:22\nCOPY . .\nRUN ["npm", "ci"]\n'],
  ['it is installed by a path', 'FROM node:22\nCOPY . .\nRUN /usr/local/bin/npm ci\n'],
  ['lerna installs behind it', 'FROM node:22\nCOPY . .\nRUN npx lerna bootstrap\n'],
  ['Git takes it away', 'FROM node:22\nCOPY . .\nRUN git clean -fdx\n'],
  ['it is removed behind it', 'FROM node:22\nCOPY . .\nRUN rm -rf node_modules\n'],
  ['only the sources are copied', 'FROM node:22\nCOPY package.json src/*.js ./\n'],
  ['another stage brings it', 'FROM node:22 AS a\nRUN npm ci\nFROM node:22\nCOPY --from=a /app /app\n'],
])('nothing is said where %s', async (_name, how) => {
  write('Dockerfile', how.startsWith('FROM') ? how : COPIES);
  if (how === 'ignored') write('.dockerignore', '**/node_modules\n');
  if (how === 'beside') {
    write('.dockerignore', '# nothing\n');
    write('Dockerfile.dockerignore', 'node_modules\n');
  }
  write(BCRYPT, MAC);
  expect(await findings()).toEqual([]);
});

test('over what the image installed before, only what has the same name is written', async () => {
  write('Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n');
  write(SHARP, MAC);
  expect(await findings()).toEqual([]);
  write(BCRYPT, MAC);
  expect((await findings())[0]?.args.packages).toEqual(['bcrypt']);
});

test('what only macOS loads is missed nowhere else', async () => {
  write('Dockerfile', COPIES);
  write('node_modules/fsevents/fsevents.node', MAC);
  expect(await findings()).toEqual([]);
});

test('what a script behind it does to the folder is not seen', async () => {
  write('Dockerfile', `${COPIES}RUN make install\n`);
  write(BCRYPT, MAC);
  expect(await findings()).toEqual([]);
  const { out } = await typeLine(directory, ['check', '--json']);
  const { undecided } = JSON.parse(out) as { readonly undecided: readonly Finding[] };
  expect(undecided.map(({ code }) => code)).toEqual(['dockerfile/host-files-copied']);
});

test('files that are damaged, or none of these, say nothing', async () => {
  write('Dockerfile', COPIES);
  write('node_modules/a/a.node', '');
  write('node_modules/b/b.node', 'no program');
  write('node_modules/c/c.node', MAC.subarray(0, 3));
  expect(await findings()).toEqual([]);
});

const NUMPY = '.venv/lib/python3.12/site-packages/numpy/_core/_multiarray_umath.cpython-312-darwin.so';
const USES_VENV = 'FROM python:3.12\nCOPY . .\nENV PATH=/.venv/bin:$PATH\nCMD ["python", "x.py"]\n';

test('an environment of Python that the image uses', async () => {
  write('Dockerfile', USES_VENV);
  write(NUMPY, MAC);
  expect(await findings()).toMatchObject([{ severity: 'error', args: { packages: ['numpy'], file: NUMPY } }]);
  write('Dockerfile', USES_VENV.replace('ENV', 'RUN uv sync\nENV'));
  expect(await findings()).toEqual([]);
  // It lies there, and nothing starts it.
  write('Dockerfile', USES_VENV.replace('/.venv', '/usr'));
  expect(await findings()).toEqual([]);
  write('Dockerfile', USES_VENV);
  write('.dockerignore', '.venv\n');
  expect(await findings()).toEqual([]);
});

test('gems that the image uses', async () => {
  const gem = 'vendor/bundle/ruby/3.3.0/gems/bcrypt-3.1.20/lib/bcrypt_ext.bundle';
  write('Dockerfile', 'FROM ruby:3.3\nWORKDIR /app\nENV BUNDLE_PATH=vendor/bundle\nCOPY . .\nCMD ["ruby", "x.rb"]\n');
  write(gem, MAC);
  expect(await findings()).toMatchObject([{ args: { packages: ['bcrypt'], file: gem } }]);
  write('Dockerfile', 'FROM ruby:3.3\nENV BUNDLE_PATH=vendor/bundle\nCOPY . .\nRUN bundle install\n');
  expect(await findings()).toEqual([]);
});

test('a program that is named: of macOS always, of Linux where somebody says the CPU', async () => {
  write('Dockerfile', 'FROM debian\nCOPY bin/app /app\nCMD ["/app"]\n');
  write('bin/app', MAC);
  expect(await findings()).toMatchObject([{ severity: 'error', args: { what: 'program', file: 'bin/app' } }]);
  write('bin/app', elfBytes({ machine: 'amd64' }));
  expect(await findings()).toEqual([]);
  expect(await findings('--platform', 'linux/amd64')).toEqual([]);
  expect(await findings('--platform', 'linux/arm64')).toMatchObject([{ args: { breaks: ['linux/arm64'] } }]);
  write('bin/app', '#!/bin/sh\n');
  expect(await findings('--platform', 'linux/arm64')).toEqual([]);
});

test('of a program that a command makes anew for a CPU, what lies there today says nothing', async () => {
  write('Dockerfile', 'FROM alpine\nCOPY bin/app /app\nCMD ["/app"]\n');
  write('bin/app', MAC);
  const image = '\tdocker buildx build --platform linux/amd64 -t r.example.com/a --push .\n';
  write('Makefile', `image:\n\tCGO_ENABLED=0 GOOS=linux GOARCH=amd64 go build -o bin/app .\n${image}`);
  expect(await findings()).toEqual([]);
  const { out } = await typeLine(directory, ['check', '--json']);
  const { undecided } = JSON.parse(out) as { readonly undecided: readonly Finding[] };
  expect(undecided.map(({ code }) => code)).toEqual(['dockerfile/host-files-copied']);
  // Without a CPU it is made for whoever types it, as what lies there was.
  write('Makefile', `image:\n\tgo build -o bin/app .\n${image}`);
  expect(await findings()).toHaveLength(1);
});

test('what Cargo is told beside its commands is read', async () => {
  write(
    'app/Dockerfile',
    'FROM rust:1.83 AS b\nCOPY . .\nRUN cargo build --release\nFROM alpine\nCOPY --from=b /target/release/a /a\n',
  );
  const codes = async (): Promise<readonly string[]> =>
    (JSON.parse((await typeLine(directory, ['check', '--json'])).out) as { diagnostics: Finding[] }).diagnostics.map(
      ({ code }) => code,
    );
  expect(await codes()).toContain('dockerfile/libc-of-another-base');
  write('app/.cargo/config.toml', '[build]\ntarget = "x86_64-unknown-linux-musl"\n');
  expect(await codes()).not.toContain('dockerfile/libc-of-another-base');
});

test('an environment that another stage made lies there too, and of programs for each CPU one is chosen', async () => {
  write(NUMPY, MAC);
  const build = 'FROM python:3.12 AS build\nRUN python -m venv /opt/venv\n';
  const final = 'FROM python:3.12\nCOPY --from=build /opt/venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\nCOPY . .\n';
  write('Dockerfile', build + final);
  expect(await findings()).toEqual([]);
  for (const cpu of ['amd64', 'arm64'] as const) write(`bin/app-${cpu}`, elfBytes({ machine: cpu }));
  const both = ['--platform', 'linux/amd64,linux/arm64'];
  const copies = ['COPY bin/app-amd64 bin/app-arm64 /t/', 'COPY bin/app-amd64 /t/\nCOPY bin/app-arm64 /t/'];
  for (const copy of copies) {
    write('Dockerfile', `FROM debian\nARG TARGETARCH\n${copy}\nRUN mv /t/app-$TARGETARCH /app\nCMD ["/app"]\n`);
    expect(await findings(...both)).toEqual([]);
  }
  const stages = ['amd64', 'arm64'].map((cpu) => `FROM debian AS base-${cpu}\nCOPY bin/app-${cpu} /app\n`).join('');
  write('Dockerfile', `ARG TARGETARCH\n${stages}FROM base-\${TARGETARCH}\nCMD ["/app"]\n`);
  expect(await findings(...both)).toEqual([]);
  write('Dockerfile', 'FROM debian\nCOPY bin/app-amd64 /app\nCMD ["/app"]\n');
  expect(await findings(...both)).toMatchObject([{ args: { breaks: ['linux/arm64'] } }]);
});
