import { expect, test } from 'vitest';
import { elfBytes, type TestLayer, testImage, testIndex } from '../testing/index.ts';
import { findSmells } from './smells.ts';
import { verifyTree } from './verify.ts';

const base = (size: number, createdBy = 'ADD rootfs.tar.xz / # buildkit', words = 'base'): TestLayer => ({
  files: [{ path: 'etc/os-release', content: words }],
  createdBy,
  lies: { size },
});
const own = (machine: 'amd64' | 'arm64', size?: number): TestLayer => ({
  files: [{ path: 'app', content: elfBytes({ machine }) }],
  createdBy: 'COPY app /app # buildkit',
  ...(size === undefined ? {} : { lies: { size } }),
});
const pair = (one: readonly TestLayer[], other: readonly TestLayer[], second = 'linux/arm64') =>
  testIndex({
    images: [testImage({ platform: 'linux/amd64', layers: one }), testImage({ platform: second, layers: other })],
  }).tree();
const codesOf = async (tree: ReturnType<typeof pair>) => findSmells(await tree).map(({ code, args }) => [code, args]);

test('the same layers under two CPUs', async () => {
  expect(await codesOf(pair([base(30_000_000)], [base(30_000_000)]))).toEqual([
    ['image/entries-same', { platforms: ['linux/amd64', 'linux/arm64'], layers: 1, bytes: 30_000_000 }],
  ]);
});

test('the same base under two CPUs', async () => {
  const [[code, args] = []] = await codesOf(pair([base(30_000_000), own('amd64')], [base(30_000_000), own('arm64')]));
  expect(code).toBe('image/base-shared');
  expect(args).toMatchObject({ bytes: 30_000_000, instruction: 'ADD rootfs.tar.xz / # buildkit' });
});

test('sizes that are equal to the byte, layer by layer', async () => {
  const sized = (machine: 'amd64' | 'arm64') => [base(400_000, 'RUN true', machine), own(machine, 90_000)];
  expect((await codesOf(pair(sized('amd64'), sized('arm64')))).map(([code]) => code)).toEqual(['image/sizes-equal']);
  const other = [base(400_001, 'RUN true', 'arm64'), own('arm64', 89_999)];
  expect(await codesOf(pair(sized('amd64'), other))).toEqual([]);
});

test.each([
  ['certificates and time zones', base(500_000), undefined],
  ['files copied onto scratch', base(30_000_000, 'COPY site /site # buildkit'), undefined],
  ['two variants of one CPU', base(30_000_000), 'linux/amd64/v3'],
])('%s may be shared', async (_name, layer, second) => {
  expect(await codesOf(pair([layer, own('amd64')], [layer, own('arm64')], second))).toEqual([]);
});

test('bytes that were read decide: a shared base with machine code is told, one of data is not', async () => {
  const shared = (content: string | Uint8Array): TestLayer => ({
    files: [{ path: 'usr/lib/x', content }],
    createdBy: 'ADD rootfs.tar.xz /',
  });
  const found = async (layer: TestLayer) =>
    (await verifyTree(await pair([layer, own('amd64')], [layer, own('arm64')]))).diagnostics.map(({ code }) => code);
  expect(await found(shared(elfBytes({ machine: 'amd64' })))).toEqual(['image/base-shared']);
  expect(await found(shared('data'))).toEqual([]);
});
