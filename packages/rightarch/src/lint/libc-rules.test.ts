import { describe, expect, test } from 'vitest';
import { certainLibc } from './base-libc.ts';
import { checkRepository } from './check.ts';

test.each<[string, string | undefined]>([
  ['node:22', 'glibc'],
  ['node', 'glibc'],
  ['node:22-bookworm-slim@sha256:ab', 'glibc'],
  ['docker.io/library/python:3.12', 'glibc'],
  ['public.ecr.aws/docker/library/golang:1.25', 'glibc'],
  ['debian:12', 'glibc'],
  ['node:22-alpine', 'musl'],
  ['node:22-alpine3.20', 'musl'],
  ['nginx:alpine-slim', 'musl'],
  ['eclipse-temurin:21-jre-alpine', 'musl'],
  ['alpine', 'musl'],
  ['python:$' + '{V}-slim', 'glibc'],
  ['python:$' + '{V}-alpine', 'musl'],
  ['python:$' + 'V', undefined],
  ['$' + 'BASE', undefined],
  ['node@sha256:ab', undefined],
  ['golang:1.25-nanoserver', undefined],
  ['ghcr.io/team/node:22', undefined],
  ['messense/rust-musl-cross:x86_64-musl', undefined],
  ['team/alpine:3', undefined],
])('%s stands on %s', (image, libc) => expect(certainLibc(image)).toBe(libc));

const LOCK = (name: string, more: object = { hasInstallScript: true, dependencies: { bindings: '^1.5.0' } }) =>
  JSON.stringify({ lockfileVersion: 3, packages: { '': {}, [`node_modules/${name}`]: { version: '1.0.0', ...more } } });

function told(Dockerfile: string, lock?: string, path = 'package-lock.json'): readonly string[] {
  const files = [{ path: 'Dockerfile', text: Dockerfile }];
  if (lock !== undefined) files.push({ path, text: lock });
  const { diagnostics } = checkRepository(files, { platforms: [], inlineIgnore: true, today: '2026-11-29' });
  return diagnostics
    .filter(({ code }) => code === 'dockerfile/libc-of-another-base')
    .map(({ args, at }) => `${at.in === 'file' ? at.start.line : 0} ${args['what']} ${args['made']}`);
}

const RUST = 'FROM rust:1.83 AS b\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\n';
const TAKEN = 'COPY --from=b /src/target/release/app /app\nCMD ["/app"]\n';
const C = 'gcc -o /app main.c\n';
const PYTHON = 'RUN pip install numpy\n';
const SITE = '/usr/local/lib/python3.12/site-packages';
const NODE = 'WORKDIR /app\nCOPY . .\nRUN npm ci\n';
const MODULES = 'COPY --from=b /app/node_modules /app/node_modules\n';

describe('libc-of-another-base', () => {
  test.each<[string, string, readonly string[], string?, string?]>([
    ['Rust for glibc, on Alpine', `${RUST}FROM alpine:3.20\n${TAKEN}`, ['6 rust glibc']],
    [
      'C for glibc, through a stage below',
      `FROM debian:12 AS a\nFROM a AS b\nRUN ${C}FROM alpine\nCOPY --from=b /app /\n`,
      ['5 c glibc'],
    ],
    [
      'C for musl, on Debian',
      `FROM alpine AS b\nRUN apk add gcc && ${C}FROM debian:12-slim\nCOPY --from=b /app /app\n`,
      ['4 c musl'],
    ],
    [
      'Go that asks for C',
      `FROM golang:1.25 AS b\nRUN CGO_ENABLED=1 go build -o /app .\nFROM alpine\nCOPY --from=b /app /app\n`,
      ['4 go glibc'],
      'module a\nrequire github.com/mattn/go-sqlite3 v1.14.24\n',
      'go.mod',
    ],
    [
      'Go that asks for C, and asks names of the libc',
      `FROM golang:1.25 AS b\nRUN CGO_ENABLED=1 go build -o /app .\nFROM alpine\nCOPY --from=b /app /app\n`,
      ['4 go glibc'],
      'module a\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n)\n',
      'go.mod',
    ],
    ['the image is what another stage began', `${RUST}FROM alpine AS base\n${TAKEN}FROM base\n`, ['6 rust glibc']],
    [
      'wheels',
      `FROM python:3.12 AS b\n${PYTHON}FROM python:3.12-alpine\nCOPY --from=b ${SITE} ${SITE}\n`,
      ['4 python glibc'],
    ],
    [
      'a package of npm that is compiled',
      `FROM node:22 AS b\n${NODE}FROM node:22-alpine\n${MODULES}`,
      ['6 node glibc'],
      LOCK('better-sqlite3'),
    ],
    ['in a heredoc', `FROM debian AS b\nRUN <<EOF\n${C}EOF\nFROM alpine\nCOPY --from=b /app /app\n`, ['6 c glibc']],
  ])('%s', (_name, text, expected, lock, path) => expect(told(text, lock, path)).toEqual(expected));

  test.each<[string, string, string?, string?]>([
    [
      'Go that may have C, and perhaps has none',
      `FROM golang:1.25 AS b\nRUN CGO_ENABLED=1 go build -o /app .\nFROM alpine\nCOPY --from=b /app /app\n`,
      'module a\nrequire github.com/spf13/cobra v1.8.1\n',
      'go.mod',
    ],
    [
      'Cargo is told to link all into it',
      `${RUST}FROM alpine\n${TAKEN}`,
      '[target.x86_64-unknown-linux-gnu]\nrustflags = ["-C", "target-feature=+crt-static"]\n',
      '.cargo/config.toml',
    ],
    ['both are Alpine', `${RUST.replace('1.83', '1.83-alpine')}FROM alpine:3.20\n${TAKEN}`],
    ['rustup links all into it on Alpine', `${RUST.replace('1.83', '1.83-alpine')}FROM debian:12\n${TAKEN}`],
    [
      'the target is musl',
      `${RUST.replace('--release', '--release --target x86_64-unknown-linux-musl')}FROM alpine\nCOPY --from=b /src/target/x86_64-unknown-linux-musl/release/app /app\n`,
    ],
    [
      'it is told to link all into it',
      `${RUST.replace('WORKDIR', 'ENV RUSTFLAGS="-C target-feature=+crt-static"\nWORKDIR')}FROM alpine\n${TAKEN}`,
    ],
    ['what a build script of Cargo wrote', `${RUST}FROM alpine\nCOPY --from=b /src/target/release/build/site /srv\n`],
    [
      'Go without C',
      `FROM golang:1.25 AS b\nRUN CGO_ENABLED=0 go build -o /app .\nFROM alpine\nCOPY --from=b /app /app\n`,
    ],
    [
      'Go of which nobody says it',
      `FROM golang:1.25 AS b\nRUN go build -o /app .\nFROM alpine\nCOPY --from=b /app /app\n`,
    ],
    ['a static program', `FROM debian AS b\nRUN gcc -static -o /app main.c\nFROM alpine\nCOPY --from=b /app /app\n`],
    [
      'flags that nobody sees',
      `FROM debian AS b\nARG F\nRUN gcc $F -o /app main.c\nFROM alpine\nCOPY --from=b /app /app\n`,
    ],
    ['the image has a layer for it', `${RUST}FROM alpine\nRUN apk add --no-cache gcompat\n${TAKEN}`],
    ['the loader comes along', `${RUST}FROM alpine\nCOPY --from=b /lib64 /lib64\n${TAKEN}`],
    ['the whole of the other stage comes along', `${RUST}FROM alpine\nCOPY --from=b / /\n${TAKEN}`],
    ['only a file beside it is taken', `${RUST}FROM alpine\nCOPY --from=b /src/static /static\n`],
    ['the folder of all sources is taken', `${RUST}FROM alpine\nCOPY --from=b /src /src\n`],
    ['a base that may be anything', `${RUST}FROM team/base\n${TAKEN}`],
    [
      'a stage between them only hands it on',
      `${RUST}FROM alpine AS c\n${TAKEN}FROM debian:12\nCOPY --from=c /app /app\n`,
    ],
    ['plain packages', `FROM node:22 AS b\n${NODE}FROM node:22-alpine\n${MODULES}`, LOCK('express', {})],
    ['a package with a file for each libc', `FROM node:22 AS b\n${NODE}FROM node:22-alpine\n${MODULES}`, LOCK('sharp')],
    [
      'packages are made anew',
      `FROM node:22 AS b\n${NODE}FROM node:22-alpine\n${MODULES}RUN npm rebuild\n`,
      LOCK('sqlite3'),
    ],
    [
      'wheels in plain Python',
      `FROM python:3.12 AS b\nRUN pip install requests\nFROM python:3.12-alpine\nCOPY --from=b ${SITE} ${SITE}\n`,
    ],
    [
      'a jar',
      'FROM eclipse-temurin:21 AS b\nRUN ./mvnw package\nFROM eclipse-temurin:21-jre-alpine\nCOPY --from=b /target/app.jar /app.jar\n',
    ],
  ])('nothing is said where %s', (_name, text, lock, path) => expect(told(text, lock, path)).toEqual([]));
});
