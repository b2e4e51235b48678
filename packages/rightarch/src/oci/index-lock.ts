import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../messages/index.ts';
import type { CallOptions } from './types.ts';

/** Changing `index.json` takes milliseconds. A lock of this age, by the clock of its own disk, has lost its owner. */
const STALE_MS = 30_000;
const GIVE_UP_MS = 60_000;
const PREFIX = '.index.lock.';
/** Whose a file is stands in its name: what stood in the file would be missing where its owner died before writing it. */
const LOCK = /^\.index\.lock\.([0-9]+)\.([0-9a-f]{8})\.[0-9a-f]{12}$/;
/** This machine, so that no process of another one that shares the disk is taken for dead. */
const HERE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

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
    const mine = `${PREFIX}${process.pid}.${HERE}.${randomBytes(6).toString('hex')}`;
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
      const [, pid = '', host] = LOCK.exec(name) ?? [];
      const isDead = host === HERE && !isAlive(Number(pid));
      if (!isDead && age < STALE_MS) return pid;
      await unlink(path);
    } catch {
      // It went away while we looked: its owner is done.
    }
  }
  return undefined;
}

/** True unless the system says that there is no such process. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
