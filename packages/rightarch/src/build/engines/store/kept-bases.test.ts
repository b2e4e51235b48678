import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf } from '../../../core/index.ts';
import type { ImageStore } from './build-in-store.ts';
import { KeptBases } from './kept-bases.ts';

const DAY = 24 * 60 * 60 * 1000;

test('a base stays while builds use it, and goes two weeks after the last', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rightarch-'));
  try {
    const [one, other] = [digestOf('one'), digestOf('other')];
    const there = new Set(['latest', other.slice('sha256:'.length)]);
    const store: ImageStore = {
      pulls: false,
      spellsOut: true,
      load: async () => {},
      build: async () => {},
      save: () => Promise.reject(new Error('none')),
      tags: async () => [...there],
      remove: async (names) => {
        for (const name of names) there.delete(name.split(':')[1]!);
      },
    };
    let day = 0;
    const build = async (...used: readonly (typeof one)[]) => {
      const kept = await KeptBases.open(store, { directory, now: () => day * DAY }, {});
      const found = await Promise.all(used.map((digest) => kept.use(digest)));
      for (const digest of used) there.add(digest.slice('sha256:'.length));
      await kept.removeUnused();
      return found.map(({ isThere }) => isThere);
    };
    expect(await build(one)).toEqual([false]);
    day = 10;
    expect(await build(one)).toEqual([true]);
    // Of the other nobody knew when it was used: it counts from the first day on.
    day = 14;
    await build();
    expect(there.size).toBe(3);
    day = 15;
    await build();
    expect([...there]).toEqual(['latest', one.slice('sha256:'.length)]);
    // A file of somebody who has it in another store: used there, it stays here.
    await utimes(join(directory, one.slice('sha256:'.length)), 24 * 86_400, 24 * 86_400);
    day = 30;
    expect(await build()).toEqual([]);
    expect(there.size).toBe(2);
    day = 39;
    await build();
    // What is none of ours is nobody's to remove.
    expect([...there]).toEqual(['latest']);
  } finally {
    await rm(directory, { recursive: true });
  }
});
