import { readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../messages/index.ts';
import { ownerOf, ownName } from './own-name.ts';
import type { CallOptions } from './types.ts';

/** Changing `index.json` takes milliseconds. A lock of this age, by the clock of its own disk, has lost its owner. */
const STALE_MS = 30_000;
const GIVE_UP_MS = 60_000;
const PREFIX = '.index.lock.';

/**
 * Runs `work` while no other process that uses this lock works on the same directory. Each contender puts down a file
 * of its own, then looks: who sees no other living one has the lock, else it takes its file away and tries again.
 * No file is ever taken over, so a process that was killed leaves only a file that nobody heeds.
 */
export async function withIndexLock<T>(
  directory: string,
  work: () => Promise<T>,
  { signal }: CallOptions = {},
): Promise<T> {
  const started = performance.now();
  for (let round = 0; ; round++) {
    signal?.throwIfAborted();
    const mine = `${PREFIX}${ownName()}`;
    const path = join(directory, mine);
    let other: string | undefined;
    try {
      await writeFile(path, '', { flag: 'wx' });
      other = await livingOther(directory, mine);
      if (other === undefined) return await work();
    } finally {
      await unlink(path).catch(() => {});
    }
    if (performance.now() - started > GIVE_UP_MS) {
      throw failure('image/layout-locked', { directory, pid: other }, { in: 'input', name: directory }, 'outside');
    }
    await sleep(Math.random() * Math.min(100, 4 * 2 ** Math.min(round, 5)), undefined, signal ? { signal } : {});
  }
}

/** The process of another contender that lives, empty where it is not known; files of dead ones are removed on the way. */
async function livingOther(directory: string, mine: string): Promise<string | undefined> {
  const now = (await stat(join(directory, mine))).mtimeMs;
  for (const name of await readdir(directory)) {
    if (!name.startsWith(PREFIX) || name === mine) continue;
    const path = join(directory, name);
    try {
      const age = now - (await stat(path)).mtimeMs;
      const owner = ownerOf(name.slice(PREFIX.length));
      if (owner?.isDead !== true && age < STALE_MS) return owner?.pid ?? '';
      await unlink(path);
    } catch {
      // It went away while we looked: its owner is done.
    }
  }
  return undefined;
}

/** Whether a file of this name is such a lock, whoever put it down. */
export function isIndexLock(name: string): boolean {
  return name.startsWith(PREFIX);
}
