import { describe, expect, test } from 'vitest';
import { type Platform, parsePlatform } from '../core/index.ts';
import type { BaseAnswer } from './bases.ts';
import { checkRepository } from './check.ts';
import { applyFixes } from './fixes.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const INDEX = `sha256:${'b'.repeat(64)}`;
const platforms = (...texts: readonly string[]): readonly Platform[] => texts.map((text) => parsePlatform(text)!);
const index = (...texts: readonly string[]): BaseAnswer => ({
  form: 'index',
  digest: INDEX,
  platforms: platforms(...texts),
});
const single = (text: string, more: object = {}): BaseAnswer => ({
  form: 'manifest',
  digest: DIGEST,
  platforms: platforms(text),
  ...more,
});

const BUILDS =
  'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n        with:\n          platforms: linux/amd64,linux/arm64\n          push: true\n          tags: ghcr.io/a/b:1\n';

function checked(
  dockerfile: string,
  answers: Readonly<Record<string, BaseAnswer>>,
  { workflow = BUILDS, asked = [] as readonly Platform[] } = {},
) {
  const files = [
    { path: 'Dockerfile', text: dockerfile },
    ...(workflow === '' ? [] : [{ path: '.github/workflows/b.yml', text: workflow }]),
  ];
  const bases = new Map(Object.entries(answers));
  return checkRepository(files, { platforms: asked, inlineIgnore: true, today: '2026-11-29', bases });
}
const told = (...call: Parameters<typeof checked>) =>
  checked(...call).diagnostics.map(({ code, args, at, severity }) => [
    code,
    at.in === 'file' ? at.start.line : 0,
    args['platform'],
    severity,
  ]);

describe('what is asked', () => {
  test('each image once, by the names that the build takes', () => {
    const text =
      'ARG TAG=22\nFROM node:$TAG AS a\nFROM a AS b\nFROM --platform=$BUILDPLATFORM golang:1 AS c\nFROM scratch\nCOPY --from=a / /\nCOPY --from=busybox:1 /bin /bin\nRUN --mount=from=node:22,target=/x true\nCOPY --from=c /x /x\n';
    expect(checked(text, {}).baseQuestions).toEqual(['node:22', 'busybox:1']);
  });

  test('nothing where nobody asks, and no image that this repository makes itself', () => {
    const files = [
      { path: 'Dockerfile', text: 'FROM own-base\n' },
      { path: 'Makefile', text: 'a:\n\tdocker build -t own-base -f base/Dockerfile base\n' },
    ];
    const options = { platforms: [], inlineIgnore: true, today: '2026-11-29' };
    expect(checkRepository(files, options).baseQuestions).toEqual([]);
    expect(checkRepository(files, { ...options, bases: new Map() }).baseQuestions).toEqual([]);
  });

  test('an image whose name BuildKit fills in is asked under each of its names', () => {
    expect(checked('ARG TARGETARCH\nFROM team/base-$TARGETARCH\n', {}).baseQuestions).toEqual([
      'team/base-amd64',
      'team/base-arm64',
    ]);
  });
});

describe('what a base has against what is built', () => {
  test('a platform that a workflow builds and the base has not', () => {
    expect(told('FROM node:22\nRUN x\n', { 'node:22': index('linux/amd64') })).toEqual([
      ['plan/base-platform-missing', 1, 'linux/arm64', 'error'],
    ]);
    expect(told('FROM node:22\nRUN x\n', { 'node:22': single('linux/arm64') })).toEqual([
      ['plan/base-platform-missing', 1, 'linux/amd64', 'error'],
    ]);
  });

  test('silent where it has all, where nobody says what is built, and where one image says nothing of itself', () => {
    const both = index('linux/amd64', 'linux/arm64', 'linux/arm/v7');
    expect(told('FROM node:22\n', { 'node:22': both })).toEqual([]);
    expect(told('FROM node:22\n', { 'node:22': index('linux/amd64') }, { workflow: '' })).toEqual([]);
    const some: BaseAnswer = { form: 'index', digest: INDEX, platforms: undefined };
    expect(told('FROM node:22\n', { 'node:22': some })).toEqual([]);
  });

  test('a lesser variant of the same CPU is one, another CPU is none', () => {
    const asked = platforms('linux/arm/v7');
    expect(told('FROM a:1\n', { 'a:1': index('linux/arm/v6') }, { asked })).toEqual([]);
    const arm64 = platforms('linux/arm64');
    expect(told('FROM a:1\n', { 'a:1': index('linux/arm/v7') }, { asked: arm64 })).toHaveLength(1);
  });

  test('a stage on the builder is left out; one with a constant platform needs that one', () => {
    const amd64 = { 'a:1': index('linux/amd64'), 'b:1': index('linux/amd64', 'linux/arm64') };
    expect(told('FROM --platform=$BUILDPLATFORM a:1 AS x\nFROM b:1\nCOPY --from=x /a /a\n', amd64)).toEqual([]);
    expect(told('FROM --platform=linux/amd64 a:1 AS x\nFROM b:1\nCOPY --from=x /a.txt /a\n', amd64)).toEqual([]);
  });

  test('what files are copied from is taken for the platform of the stage', () => {
    const answers = { 'b:1': index('linux/amd64', 'linux/arm64'), 'tool:1': index('linux/amd64') };
    expect(told('FROM b:1\nCOPY --from=tool:1 /tool /tool\n', answers)).toEqual([
      ['plan/base-platform-missing', 2, 'linux/arm64', 'error'],
    ]);
  });
});

describe('a digest of one platform', () => {
  const reference = `node:22@${DIGEST}`;

  test('is told whoever builds it, as an error where somebody says for what', () => {
    const answer = single('linux/amd64', {
      index: { digest: INDEX, platforms: platforms('linux/amd64', 'linux/arm64'), holds: true },
    });
    expect(told(`FROM ${reference}\n`, { [reference]: answer })).toEqual([
      ['dockerfile/base-digest-of-one-platform', 1, 'linux/amd64', 'error'],
    ]);
    const { diagnostics, fixes } = checked(`FROM ${reference}\n`, { [reference]: answer }, { workflow: '' });
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
    expect(applyFixes(`FROM ${reference}\n`, fixes).text).toBe(`FROM node:22@${INDEX}\n`);
  });

  test('is left to a person where the tag stands for another image by now, or has not the platform either', () => {
    const moved = single('linux/amd64', {
      index: { digest: INDEX, platforms: platforms('linux/amd64', 'linux/arm64'), holds: false },
    });
    const first = checked(`FROM ${reference}\n`, { [reference]: moved });
    expect([first.diagnostics[0]?.args['instead'], first.fixes]).toEqual([`node:22@${INDEX}`, []]);
    const poor = single('linux/amd64', {
      index: { digest: INDEX, platforms: platforms('linux/amd64'), holds: true },
    });
    const second = checked(`FROM ${reference}\n`, { [reference]: poor });
    expect([second.diagnostics[0]?.args['instead'], second.fixes]).toEqual([undefined, []]);
  });

  test('is right for the one platform that is built, and a digest of an index is right', () => {
    const asked = platforms('linux/amd64');
    expect(told(`FROM ${reference}\n`, { [reference]: single('linux/amd64') }, { asked })).toEqual([]);
    const both = index('linux/amd64', 'linux/arm64');
    expect(told(`FROM ${reference}\n`, { [reference]: both })).toEqual([]);
    expect(told(`FROM ${reference}\n`, { [reference]: index('linux/amd64') })).toEqual([
      ['plan/base-platform-missing', 1, 'linux/arm64', 'error'],
    ]);
  });
});

test('what no registry told is undecided, once for each registry and reason', () => {
  const silent = (host: string, why: 'busy' | 'absent'): BaseAnswer => ({ form: 'unknown', host, why });
  const { diagnostics, undecided } = checked(
    'FROM a:1 AS x\nFROM b:1 AS y\nFROM q.io/c:1\nCOPY --from=x / /\nCOPY --from=y / /\n',
    {
      'a:1': silent('docker.io', 'busy'),
      'b:1': silent('docker.io', 'busy'),
      'q.io/c:1': silent('q.io', 'absent'),
    },
  );
  expect(diagnostics).toEqual([]);
  expect(undecided.map(({ code, args }) => [code, args['host'], args['images']])).toEqual([
    ['dockerfile/base-unknown', 'docker.io', ['a:1', 'b:1']],
    ['dockerfile/base-unknown', 'q.io', ['q.io/c:1']],
  ]);
});
