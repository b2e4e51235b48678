import { expect, test } from 'vitest';
import { compileGoPattern, hasWildcards } from './go-match.ts';

// From Go's path/filepath match_test.go, the rows that a Dockerfile can bring.
test.each<[string, string, boolean]>([
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['*c', 'abc', true],
  ['a*', 'ab/c', false],
  ['a*/b', 'abc/b', true],
  ['a*/b', 'a/c/b', false],
  ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
  ['a*b?c*x', 'abxbbxdbxebxczzx', true],
  ['ab[c]', 'abc', true],
  ['ab[b-d]', 'abc', true],
  ['ab[e-g]', 'abc', false],
  ['ab[^c]', 'abc', false],
  ['ab[^e-g]', 'abc', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'ab', false],
  ['a?b', 'a☺b', true],
  ['a[^a]b', 'a☺b', true],
  ['a???b', 'a☺b', false],
  ['[a-ζ]*', 'α', true],
  ['a?b', 'a/b', false],
  ['[\\]a]', ']', true],
  ['[\\-x]', 'x', true],
  ['package*.json', 'package-lock.json', true],
  ['.*', '.env', true],
  ['a+(b).c', 'a+(b).c', true],
])('%s on %s is %s', (pattern, name, matches) => {
  expect(compileGoPattern(pattern)?.test(name)).toBe(matches);
});

test.each(['[', '[^', '[^bc', 'a[', 'a\\', '[]a]', '[-]', '[x-]', '[a-b-c]'])('%s is malformed', (pattern) => {
  expect(compileGoPattern(pattern)).toBeUndefined();
});

test('a quoted wildcard is none', () => {
  expect(['a*', 'a?', '[a', 'a\\*', 'plain'].map(hasWildcards)).toEqual([true, true, true, false, false]);
});
