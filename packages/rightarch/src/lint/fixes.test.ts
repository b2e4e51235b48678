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
