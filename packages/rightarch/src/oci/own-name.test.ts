import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ownerOf, ownName, removeAbandoned } from './own-name.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-own-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const dead = () => ownName().replace(/^\d+/, `${spawnSync(process.execPath, ['-e', '']).pid}`);
/** Of a machine whose processes nobody here can ask: as good as dead by its number alone. */
const elsewhere = () => dead().replace(/\.[0-9a-f]{8}\./, '.01234567.');

const DAY = 24 * 60 * 60;
const age = (name: string, seconds: number) => {
  const then = Date.now() / 1000 - seconds;
  utimesSync(join(directory, name), then, then);
};

test('whose a name is, and whether that process lives, only where it can be asked', () => {
  expect(ownerOf(ownName())).toEqual({ pid: `${process.pid}`, isDead: false, isThis: true });
  expect(ownerOf(dead())).toMatchObject({ isDead: true, isThis: false });
  expect(ownerOf(elsewhere())).toMatchObject({ isDead: false, isThis: false });
  expect(ownerOf('1.a.b')).toBeUndefined();
});

test('two machines of one name that share a disk do not take each other’s processes for dead', async () => {
  const onMachine = async (bootId: string) => {
    vi.resetModules();
    vi.doMock('node:os', () => ({ hostname: () => 'localhost' }));
    vi.doMock('node:fs', () => ({ readFileSync: () => bootId, readlinkSync: () => 'pid:[4026531836]' }));
    return import('./own-name.ts');
  };
  try {
    const other = (await onMachine('one')).ownName().replace(/^\d+/, '2000000000');
    expect((await onMachine('one')).ownerOf(other)?.isDead).toBe(true);
    expect((await onMachine('two')).ownerOf(other)?.isDead).toBe(false);
  } finally {
    vi.doUnmock('node:os');
    vi.doUnmock('node:fs');
    vi.resetModules(); // Else the next test file of this process gets the module of machine two.
  }
});

test('what a dead process left goes at once, what one elsewhere left after a day', async () => {
  const [left, mine, young, old, foreign] = [dead(), ownName(), elsewhere(), elsewhere(), 'notes.txt'];
  for (const name of [mine, young, old, foreign]) writeFileSync(join(directory, name), '');
  mkdirSync(join(directory, left, 'within'), { recursive: true });
  age(mine, DAY + 600);
  age(young, DAY - 600);
  age(old, DAY + 600);
  age(foreign, DAY + 600);
  await removeAbandoned(directory, (name) => (name === foreign ? undefined : name));
  expect(readdirSync(directory).sort()).toEqual([mine, young, foreign].sort());
  await removeAbandoned(directory);
  expect(readdirSync(directory).sort()).toEqual([mine, young].sort());
  await removeAbandoned(join(directory, 'absent'));
});
