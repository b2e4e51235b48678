import { expect, test } from 'vitest';
import { reasonNotNeeded, scriptsNotNeeded } from './scripts-not-needed.ts';

const nothing = { byUser: [], has: new Set<'libvips'>() };

/** A row without a line here fails the last test: the last release before the range, its ends, the first behind it. */
const edges = {
  sharp: ['0.32.6', '0.33.0', '0.34.99', '0.35.0'],
  esbuild: ['0.15.18', '0.16.0', '0.28.99', '0.29.0'],
  '@parcel/watcher': ['2.5.0', '2.5.1', '2.5.99', '2.6.0'],
  '@swc/core': ['1.3.99', '1.3.100', '1.15.99', '1.16.0'],
} as const;

test.each(Object.entries(edges))(
  '%s: inside its range only, and no prerelease',
  (name, [before, first, last, behind]) => {
    const row = scriptsNotNeeded.find((one) => one.package === name);
    expect([first, last].map((version) => reasonNotNeeded(name, version, nothing))).toEqual([row?.reason, row?.reason]);
    for (const version of [before, behind, `${first}-rc.1`, `${last}-rc.1`, 'x', ''])
      expect(reasonNotNeeded(name, version, nothing), version).toBeUndefined();
  },
);

test('a script that would do something in this image is needed', () => {
  const has = new Set(['libvips'] as const);
  expect(reasonNotNeeded('sharp', '0.34.0', { byUser: [], has })).toBeUndefined();
  const byUser = [{ package: 'sharp', reason: 'the bundled libvips is wanted' }];
  expect(reasonNotNeeded('sharp', '0.34.0', { byUser, has })).toBe('the bundled libvips is wanted');
});

test('a name that only looks like one of the catalogue is none', () => {
  for (const name of ['Sharp', 'sharp ', '@img/sharp', 'constructor', 'better-sqlite3'])
    expect(reasonNotNeeded(name, '0.34.0', nothing), name).toBeUndefined();
});

test('every row has a day, a reason and its edges here', () => {
  expect(scriptsNotNeeded.map((one) => one.package).sort()).toEqual(Object.keys(edges).sort());
  for (const { checked, reason } of scriptsNotNeeded) {
    expect(Number.isNaN(Date.parse(checked)), checked).toBe(false);
    expect(reason.length).toBeGreaterThan(20);
  }
});
