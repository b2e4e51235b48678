import { describe, expect, test } from 'vitest';
import { found } from './test-found.ts';

const ON = 'FROM --platform=$BUILDPLATFORM';
const run = 'FROM debian\n';

/** What is told of COPY: its line. */
const told = (files: Parameters<typeof found>[0]): readonly string[] =>
  found(files).filter((one) => one.startsWith('builder-output-copied'));

describe('what a stage on the builder has from another one', () => {
  const go = `${ON} golang AS b\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/app .\n`;
  test.each<[string, string, readonly string[]]>([
    [
      'a program',
      `${go}${ON} alpine AS pack\nCOPY --from=b /out/app /bin/app\n${run}COPY --from=pack /bin/app /app\n`,
      ['builder-output-copied Dockerfile:8'],
    ],
    [
      'a program into a directory',
      `${go}${ON} alpine AS pack\nWORKDIR /pack\nCOPY --from=b /out/app ./\n${run}COPY --from=pack /pack/ /usr/bin/\n`,
      ['builder-output-copied Dockerfile:9'],
    ],
    [
      'its directory',
      `${go}${ON} alpine AS pack\nCOPY --from=b /out /pack\n${run}COPY --from=pack /pack/app /app\n`,
      ['builder-output-copied Dockerfile:8'],
    ],
    [
      'twice',
      `${go}${ON} alpine AS p\nCOPY --from=b /out /p\n${ON} alpine AS q\nCOPY --from=p /p /q\n${run}COPY --from=q /q /usr/bin\n`,
      ['builder-output-copied Dockerfile:10'],
    ],
    [
      'something else beside it',
      `${go}${ON} alpine AS pack\nCOPY --from=b /out /pack\n${run}COPY --from=pack /etc/ssl /etc/ssl\n`,
      [],
    ],
    [
      'in a stage that it is built on',
      `${go}${ON} alpine AS base\nCOPY --from=b /out/app /bin/app\nFROM base AS pack\n${run}COPY --from=pack /bin/app /app\n`,
      ['builder-output-copied Dockerfile:9'],
    ],
    [
      'from a stage on the target',
      `FROM golang AS b\nRUN go build -o /out/app .\n${ON} alpine AS pack\nCOPY --from=b /out/app /bin/app\n${run}COPY --from=pack /bin/app /app\n`,
      [],
    ],
    [
      'for the target',
      `${go.replace('RUN', 'ARG TARGETARCH\nRUN GOARCH=$TARGETARCH')}${ON} alpine AS pack\nCOPY --from=b /out /pack\n${run}COPY --from=pack /pack /usr/bin\n`,
      [],
    ],
    [
      'a place that is not seen',
      `${go}${ON} alpine AS pack\nARG D\nCOPY --from=b /out/app $D\n${run}COPY --from=pack /bin/app /app\n`,
      [],
    ],
  ])('%s', (_, Dockerfile, expected) => {
    expect(told({ Dockerfile })).toEqual(expected);
  });
});

describe('packages that one stage installs and another one builds with', () => {
  const lock = (next = '15.1.0') =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { next, sharp: '0.33.5' } },
        'node_modules/next': { version: next },
        'node_modules/sharp': { version: '0.33.5' },
        'node_modules/@img/sharp-linux-x64': { version: '0.33.5', os: ['linux'], cpu: ['x64'], optional: true },
        'node_modules/@img/sharp-linux-arm64': { version: '0.33.5', os: ['linux'], cpu: ['arm64'], optional: true },
      },
    });
  const stages = (copied: string, build = 'npm run build', install = 'npm ci') =>
    `${ON} node:22 AS deps\nWORKDIR /app\nCOPY package*.json ./\nRUN ${install}\n${ON} node:22 AS build\nWORKDIR /app\nCOPY --from=deps /app/node_modules ./node_modules\nCOPY . .\nRUN ${build}\nFROM node:22-slim\nWORKDIR /app\nCOPY --from=build ${copied}\nCMD ["node", "server.js"]\n`;
  const config = { 'next.config.mjs': "export default { output: 'standalone' };\n" };
  const modules = '/app/node_modules ./node_modules';
  const standalone = '/app/.next/standalone ./';
  const line = ['builder-output-copied Dockerfile:12'];
  test.each<[string, string, Record<string, string>, readonly string[]]>([
    ['all of them', stages(modules), {}, line],
    ['what is built of them', stages('/app/dist ./dist'), {}, []],
    ['installed again', stages(modules, 'npm rebuild --cpu=$TARGETARCH'), {}, []],
    ['for the target', stages(modules, 'npm run build', 'npm ci --cpu=arm64 --os=linux'), {}, []],
    ['what the server of Next.js reads', stages(standalone), config, line],
    ['what the server of Next.js 14 reads', stages(standalone), { ...config, 'package-lock.json': lock('14.2.0') }, []],
    [
      'images that it leaves as they are',
      stages(standalone),
      { 'next.config.mjs': 'export default { images: { unoptimized: true } };' },
      [],
    ],
    ['settings that are not there', stages(standalone), {}, []],
    ['static files of Next.js', stages('/app/.next/static ./.next/static'), config, []],
  ])('%s', (_, Dockerfile, files, expected) => {
    expect(told({ Dockerfile, 'package-lock.json': lock(), ...files })).toEqual(expected);
  });
});

test('stages that copy from each other, in any number, end', () => {
  const many = Array.from(
    { length: 60 },
    (_, i) =>
      `${ON} alpine AS s${i}\n${i === 0 ? 'RUN apk add tini' : `COPY --from=s${i - 1} / /\nCOPY --from=s${i - 1} /sbin /sbin`}\n`,
  );
  expect(told({ Dockerfile: `${many.join('')}${run}COPY --from=s59 /sbin/tini /tini\n` })).toHaveLength(1);
});
