import { describe, expect, test } from 'vitest';
import { checkRepository } from './check.ts';

const SUM = 'a'.repeat(64);

/** A mistake of a RUN for each rule that reads scripts: what stands above it, its command, and what stands below. */
const MISTAKES: readonly (readonly [code: string, above: string, command: string, below: string])[] = [
  ['architecture-hard-coded', 'FROM debian', 'curl -fLO https://example.com/tool-linux-amd64.tgz', ''],
  ['target-argument-undeclared', 'FROM debian', 'curl -fLO https://example.com/tool-$TARGETARCH.tgz', ''],
  [
    'target-argument-not-expanded',
    'FROM debian\nARG TARGETARCH',
    "curl -fLO 'https://example.com/t-$TARGETARCH.tgz'",
    '',
  ],
  ['cpu-of-builder', 'FROM debian', 'gcc -march=native -o /a a.c', ''],
  [
    'checksum-of-one',
    'FROM debian\nARG TARGETARCH',
    `curl -fLo t.tgz https://example.com/t-$TARGETARCH.tgz && echo "${SUM}  t.tgz" | sha256sum -c -`,
    '',
  ],
  [
    'platform-without-branch',
    'FROM debian\nARG TARGETARCH',
    'case "$TARGETARCH" in amd64) A=x64 ;; esac; curl -fLO https://example.com/t-$A.tgz',
    '',
  ],
  [
    'builder-output-copied',
    'FROM --platform=$BUILDPLATFORM golang:1 AS b',
    'CGO_ENABLED=0 go build -o /a .',
    'FROM scratch\nCOPY --from=b /a /a\n',
  ],
  ['cpu-name-unknown', 'FROM rust\nARG TARGETARCH', 'cargo build --target $TARGETARCH-unknown-linux-gnu', ''],
  [
    'target-argument-default',
    'FROM debian\nARG TARGETARCH=amd64',
    'curl -fLO https://example.com/t-$TARGETARCH.tgz',
    '',
  ],
  ['libc-of-another-base', 'FROM debian AS b', 'gcc -o /a a.c', 'FROM alpine\nCOPY --from=b /a /a\n'],
];

const FORMS: Readonly<Record<string, (command: string) => string>> = {
  'a heredoc': (command) => `RUN <<EOF\n${command}\nEOF\n`,
  'a heredoc behind a mount': (command) => `RUN --mount=type=cache,target=/x <<EOF\n${command}\nEOF\n`,
  'one with tabs': (command) => `RUN <<-"EOF"\n\t${command}\n\tEOF\n`,
  'one that begins with #!': (command) => `RUN <<EOF\n#!/bin/bash\nset -e\n${command}\nEOF\n`,
  'one for env': (command) => `RUN <<EOF\n#!/usr/bin/env -S bash -e\n${command}\nEOF\n`,
  'one that bash reads': (command) => `RUN bash -ex <<'EOF'\n${command}\nEOF\n`,
  'one that stands before the shell': (command) => `RUN <<'EOF' /bin/sh -e\n${command}\nEOF\n`,
};

const told = (text: string) =>
  checkRepository([{ path: 'Dockerfile', text }], { platforms: [], inlineIgnore: true, today: '2026-11-29' })
    .diagnostics;

/** What the places of a finding hold. */
function placesOf(code: string, text: string): readonly string[] {
  const lines = text.split('\n');
  return told(text)
    .filter((one) => one.code === `dockerfile/${code}`)
    .map(({ at }) => (at.in === 'file' ? lines[at.start.line - 1]!.slice(at.start.column - 1, at.end.column - 1) : ''));
}

describe.each(MISTAKES)('%s is seen', (code, above, command, below) => {
  const inLine = placesOf(code, `${above}\nRUN ${command}\n${below}`);
  test.each(Object.keys(FORMS))('in %s', (form) => {
    expect(inLine).toHaveLength(1);
    expect(placesOf(code, `${above}\n${FORMS[form]!(command)}${below}`)).toEqual(inLine);
  });
});

test('in the JSON form that names a shell', () => {
  const text = 'FROM debian\nRUN ["/bin/bash", "-ec", "curl -O https://example.com/t-amd64.tgz"]\n';
  expect(placesOf('architecture-hard-coded', text)).toEqual(['https://example.com/t-amd64.tgz']);
});

test.each([
  'RUN <<EOF\n#!/usr/bin/env python3\ncurl -O https://example.com/t-amd64.tgz\nEOF\n',
  'RUN sh -n <<EOF\ncurl -O https://example.com/t-amd64.tgz\nEOF\n',
  'RUN python3 <<EOF\ncurl -O https://example.com/t-amd64.tgz\nEOF\n',
  'RUN cat <<EOF >/x\ncurl -O https://example.com/t-amd64.tgz\nEOF\n',
  'RUN bash -c true <<EOF\ncurl -O https://example.com/t-amd64.tgz\nEOF\n',
  'RUN ["echo", "-c", "curl -O https://example.com/t-amd64.tgz"]\n',
])('what no shell runs is none: %j', (run) => expect(told(`FROM debian\n${run}`)).toEqual([]));

test('what an outer shell puts in is not what the script sets', () => {
  const body = 'A=amd64\ncurl -O https://example.com/t-$A.tgz\n';
  expect(told(`FROM debian\nRUN bash <<EOF\n${body}EOF\n`)).toEqual([]);
  expect(told(`FROM debian\nRUN bash <<'EOF'\n${body}EOF\n`)).toHaveLength(1);
});
