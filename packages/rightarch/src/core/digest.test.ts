import { expect, it } from 'vitest';
import { digestOf, isDigest, shortDigest, splitDigest } from './digest.ts';

const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

it('hashes bytes and text alike', () => {
  expect(digestOf('')).toBe(empty);
  expect(digestOf(new TextEncoder().encode('レイヤー'))).toBe(digestOf('レイヤー'));
});

it.each([empty, `sha512:${'0'.repeat(128)}`])('%s is a digest', (text) => expect(isDigest(text)).toBe(true));

it.each([
  '',
  'sha256:',
  'sha256',
  empty.toUpperCase(),
  `${empty}0`,
  `${empty}\n`,
  `sha384:${'0'.repeat(96)}`,
  `sha512:${'0'.repeat(64)}`,
  `__proto__:${'0'.repeat(64)}`,
  `constructor:${'0'.repeat(64)}`,
  `toString:x`,
  undefined,
  7,
  { toString: () => empty },
])('%j is none', (text) => expect(isDigest(text)).toBe(false));

it('comes apart and gets short', () => {
  expect(splitDigest(digestOf(''))).toEqual(['sha256', empty.slice(7)]);
  expect(shortDigest(empty)).toBe('sha256:e3b0c44298fc');
});
