import { expect, test } from 'vitest';
import { elfBytes, testImage } from '../testing/index.ts';
import { statedFor } from './stated-foreign.ts';
import { verifyTree } from './verify.ts';

test.each([
  ['/opt/cross/**', '/opt/cross/bin/ld', true],
  ['opt/cross/**', '/opt/cross/a/b/c', true],
  ['/opt/*/ld', '/opt/cross/ld', true],
  ['/opt/*/ld', '/opt/cross/bin/ld', false],
  ['**/*.node', '/a/b/c.node', true],
  ['/opt/?.so', '/opt/a.so', true],
  ['/opt/?.so', '/opt/ab.so', false],
  ['/opt', '/opt/a', false],
  ['/a.b', '/axb', false],
  [`${'*a'.repeat(40)}b`, `/${'a'.repeat(4000)}`, false],
])('%s and %s: %s', (pattern, path, fits) => {
  expect(statedFor([{ path: pattern, reason: 'x' }], path) !== undefined).toBe(fits);
});

const image = () =>
  testImage({
    platform: 'linux/arm64',
    config: { Entrypoint: ['/app'] },
    files: [
      { path: 'app', content: elfBytes({ machine: 'arm64' }), mode: 0o755 },
      { path: 'opt/x/tool', content: elfBytes({ machine: 'amd64' }), mode: 0o755 },
    ],
  }).tree();

test('what somebody answers for is told with the reason and not held against the image', async () => {
  const before = await verifyTree(await image());
  expect(before.verdict).toBe('undecided');
  const after = await verifyTree(await image(), { foreign: [{ path: '/opt/x/**', reason: 'for devices' }] });
  expect(after.verdict).toBe('proven');
  expect(after.platforms[0]?.onPurpose).toEqual([
    { path: '/opt/x/tool', found: 'x86-64 (e_machine 62)', rule: 'stated', reason: 'for devices', layer: 1 },
  ]);
});

test('nobody can answer for what the start executes', async () => {
  const wrong = await testImage({
    platform: 'linux/arm64',
    config: { Entrypoint: ['/app'] },
    files: [{ path: 'app', content: elfBytes({ machine: 'amd64' }), mode: 0o755 }],
  }).tree();
  expect((await verifyTree(wrong, { foreign: [{ path: '/**', reason: 'x' }] })).verdict).toBe('refuted');
});
