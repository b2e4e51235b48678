import { describe, expect, test } from 'vitest';
import { checkRepository } from './check.ts';
import { applyFixes } from './fixes.ts';

function mend(files: Readonly<Record<string, string>>) {
  const check = (text: string) =>
    checkRepository(
      Object.entries({ ...files, Dockerfile: text }).map(([path, one]) => ({ path, text: one })),
      { platforms: [], inlineIgnore: true, today: '2026-11-29' },
    );
  const before = files['Dockerfile']!;
  const first = check(before);
  const { text, done, hunks } = applyFixes(before, first.fixes);
  const second = check(text);
  return {
    text,
    codes: done.map(({ diagnostic }) => diagnostic.code),
    hunks,
    left: second.diagnostics.map(({ code }) => code),
    again: second.fixes,
  };
}

/** Mends one file of several, and asks again. */
function mendIn(path: string, files: Readonly<Record<string, string>>) {
  const check = (text: string) =>
    checkRepository(
      Object.entries({ ...files, [path]: text }).map(([name, one]) => ({ path: name, text: one })),
      { platforms: [], inlineIgnore: true, today: '2026-11-29' },
    );
  const before = check(files[path]!);
  const { text } = applyFixes(
    files[path]!,
    before.fixes.filter(({ file }) => file === path),
  );
  const after = check(text);
  return { text, left: after.diagnostics.map(({ code }) => code), again: after.fixes };
}

const CLEAN = { left: [], again: [] };

describe('a workflow', () => {
  const FILE = '.github/workflows/build.yml';
  const LAMBDA =
    'resource "aws_lambda_function" "f" {\n  package_type = "Image"\n  image_uri = "r.io/app:1"\n  architectures = ["x86_64"]\n}\n';
  const pushes = (inputs: string, indent = '        ') =>
    `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n${indent}with:${inputs}`;
  const inputs = '\n          push: true\n          platforms: linux/amd64\n          tags: r.io/app:1\n';

  test('gets an input, where each has a line', () => {
    const files = { Dockerfile: 'FROM node\nRUN npm ci\n', 'main.tf': LAMBDA };
    expect(mendIn(FILE, { ...files, [FILE]: pushes(inputs) })).toEqual({
      ...CLEAN,
      text: pushes(`\n          provenance: false${inputs}`),
    });
    const flow = pushes(' { push: true, platforms: linux/amd64, tags: "r.io/app:1" }\n');
    expect(mendIn(FILE, { ...files, [FILE]: flow })).toMatchObject({
      text: flow,
      left: ['workflow/attestations-refused'],
    });
  });

  const joined = (needs: string, condition = '') =>
    `on: push\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make lint\n  build:\n${condition}    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        arch: [amd64, arm64]\n    steps:\n      - uses: docker/setup-qemu-action@v3\n      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n        with:\n          platforms: linux/\${{ matrix.arch }}\n          push: true\n          tags: r.io/app:1-\${{ matrix.arch }}\n  join:\n${needs}    runs-on: ubuntu-latest\n    steps:\n      - run: docker buildx imagetools create -t r.io/app:1 r.io/app:1-amd64 r.io/app:1-arm64\n`;
  test.each<[string, string, string]>([
    ['no needs', '', '    needs: build\n'],
    ['one', '    needs: lint # first\n', '    needs: [lint, build] # first\n'],
    ['a list', '    needs: [lint]\n', '    needs: [lint, build]\n'],
    ['a list of lines', '    needs:\n      - lint\n', '    needs:\n      - build\n      - lint\n'],
  ])('waits for what it joins, beside %s', (_name, before, after) => {
    const files = { Dockerfile: 'FROM node\nRUN npm ci\n' };
    expect(mendIn(FILE, { ...files, [FILE]: joined(before) })).toEqual({ ...CLEAN, text: joined(after) });
    const windows = joined(before).replaceAll('\n', '\r\n');
    expect(mendIn(FILE, { ...files, [FILE]: windows }).text).toBe(joined(after).replaceAll('\n', '\r\n'));
  });

  test('does not wait for what may be skipped', () => {
    const text = joined('', "    if: github.ref == 'refs/heads/main'\n");
    expect(mendIn(FILE, { Dockerfile: 'FROM node\n', [FILE]: text })).toMatchObject({
      text,
      left: ['workflow/joined-too-early'],
    });
  });
});

describe('a script that the image starts', () => {
  const Dockerfile = 'FROM node\nCOPY entry.sh /entry.sh\nENTRYPOINT ["/entry.sh"]\n';
  test.each<[string, string, string, readonly string[]]>([
    ['carriage returns', '#!/bin/sh\r\nset -e\r\nexec node\r\n', '#!/bin/sh\nset -e\nexec node\n', []],
    ['a mark in front', '\ufeff#!/bin/sh\nexec node\n', '#!/bin/sh\nexec node\n', []],
    ['no interpreter', 'exec node\n', 'exec node\n', ['dockerfile/entry-script-broken']],
  ])('with %s', (_name, before, after, left) => {
    expect(mendIn('entry.sh', { Dockerfile, 'entry.sh': before })).toEqual({ text: after, left, again: [] });
  });
});

test('a stage that only gives files away is built on the builder', () => {
  const Dockerfile = 'FROM node AS web\nRUN npm run build\nFROM nginx\nCOPY --from=web /dist /usr/share/nginx/html\n';
  const both = 'docker buildx build --platform linux/amd64,linux/arm64 -t r.io/web:1 --push .\n';
  expect(mendIn('Dockerfile', { Dockerfile, 'build.sh': both })).toEqual({
    ...CLEAN,
    text: Dockerfile.replace('FROM node', 'FROM --platform=$BUILDPLATFORM node'),
  });
});

describe('what is mended is found no more, and all else stays as it was', () => {
  test.each([
    [
      'the flag of the final stage',
      'FROM  --platform=$BUILDPLATFORM   oven/bun AS base\nRUN true\n',
      'FROM  oven/bun AS base\nRUN true\n',
    ],
    [
      'an ARG where it is missing, once',
      '# a\nFROM debian AS x\nRUN echo $TARGETARCH $TARGETPLATFORM\nRUN echo $TARGETARCH\n',
      '# a\nFROM debian AS x\nARG TARGETARCH\nARG TARGETPLATFORM\nRUN echo $TARGETARCH $TARGETPLATFORM\nRUN echo $TARGETARCH\n',
    ],
    [
      'line ends of Windows',
      'FROM debian\r\nRUN echo $TARGETARCH\r\n',
      'FROM debian\r\nARG TARGETARCH\r\nRUN echo $TARGETARCH\r\n',
    ],
    [
      'a default that is in the way',
      'FROM debian\nARG TARGETARCH="amd64"  X=1\nRUN echo $TARGETARCH\n',
      'FROM debian\nARG TARGETARCH  X=1\nRUN echo $TARGETARCH\n',
    ],
    [
      'GOARCH in front of a command',
      'FROM golang\nRUN set -e; \\\n    CGO_ENABLED=0 GOARCH=amd64 go build -o /app\n',
      'FROM golang\nARG TARGETARCH\nRUN set -e; \\\n    CGO_ENABLED=0 GOARCH=$TARGETARCH go build -o /app\n',
    ],
    [
      'GOARCH by ENV',
      'FROM golang\nARG TARGETARCH\nENV GOOS=linux GOARCH=amd64\nRUN go build -o /app\n',
      'FROM golang\nARG TARGETARCH\nENV GOOS=linux GOARCH=$TARGETARCH\nRUN go build -o /app\n',
    ],
  ])('%s', (_name, before, after) => {
    const { text, left, again } = mend({ Dockerfile: before });
    expect(text).toBe(after);
    expect(left).toEqual([]);
    expect(again).toEqual([]);
  });

  test('a pin goes only where each build that is seen says which platform it makes', () => {
    const Dockerfile = 'FROM --platform=linux/amd64 node\n';
    const arm = 'docker build --platform linux/arm64 -t app .\n';
    expect(mend({ Dockerfile, 'build.sh': arm }).text).toBe('FROM node\n');
    expect(mend({ Dockerfile }).text).toBe(Dockerfile);
    expect(mend({ Dockerfile, 'build.sh': arm, 'local.sh': 'docker build -t app .\n' }).text).toBe(Dockerfile);
  });

  test('a download is not rewritten: whether there is one for the other CPU is not known', () => {
    const Dockerfile = 'FROM debian\nADD https://example.com/tini-amd64 /tini\n';
    expect(mend({ Dockerfile })).toMatchObject({ text: Dockerfile, codes: [] });
  });

  test('the hunks are those of diff -u', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `# ${i}`);
    const Dockerfile = [
      'FROM debian AS a',
      'RUN echo $TARGETARCH',
      ...lines,
      'FROM a',
      'RUN echo ${TARGETPLATFORM}',
      '',
    ].join('\n');
    expect(mend({ Dockerfile }).hunks).toEqual([
      '@@ -1,4 +1,5 @@\n FROM debian AS a\n+ARG TARGETARCH\n RUN echo $TARGETARCH\n # 0\n # 1',
      '@@ -20,5 +21,6 @@\n # 17\n # 18\n # 19\n FROM a\n+ARG TARGETPLATFORM\n RUN echo ${TARGETPLATFORM}',
    ]);
  });
});
