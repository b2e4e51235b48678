import { unlinkSync } from 'node:fs';
import { readdir, realpath, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError, writeFailure } from './files.ts';
import { withIndexLock } from './index-lock.ts';
import { makeDirectory } from './make-directory.ts';
import { isAbandoned, ownerOf, ownName } from './own-name.ts';
import type { CallOptions } from './types.ts';

const PREFIX = '.lease.';
/** Layouts right below it are rightarch's own, and only those are ever collected. */
const OWN_FOLDER = '.rightarch';

/** What this process holds, by the real path of the layout. */
const held = new Map<string, { readonly path: string; readonly there: Promise<void> }>();

/**
 * The real path of a layout that is rightarch's own and may be collected, else undefined. One path for all who lease and
 * collect: by a link, one of them would see a layout of our own where the other sees somebody else's.
 */
export async function ownLayout(directory: string): Promise<string | undefined> {
  const real = await realpath(directory).catch(() => undefined);
  return real !== undefined && basename(dirname(real)) === OWN_FOLDER ? real : undefined;
}

/** Whether a file of this name is a lease, whoever put it down. */
export function isLease(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * Says that this process uses a layout, until `releaseLayouts` or its end: nothing is collected there meanwhile. To be
 * called before the index is read. Elsewhere than in our own folder nothing is put down, and a disk that takes no file
 * keeps nobody from reading.
 */
export async function leaseLayout(directory: string): Promise<void> {
  const own = await ownLayout(directory);
  if (own !== undefined) await putDown(own).catch(() => {});
}

/**
 * The same for who is going to write there, and counts on blobs that no index names yet: a collection that has begun
 * without seeing the lease holds the lock, and is waited for. Without a lease nobody writes.
 */
export async function leaseToWrite(directory: string, options: CallOptions = {}): Promise<void> {
  try {
    await makeDirectory(directory);
    const own = await ownLayout(directory);
    if (own === undefined) return;
    await putDown(own);
    await withIndexLock(own, async () => {}, options);
  } catch (error) {
    throw isSystemError(error) ? writeFailure(error, directory) : error;
  }
}

/** One that could not be put down is tried again next time. */
function putDown(own: string): Promise<void> {
  let lease = held.get(own);
  if (lease === undefined) {
    const path = join(own, `${PREFIX}${ownName()}`);
    const there = writeFile(path, '', { flag: 'wx' }).catch((error: unknown) => {
      held.delete(own);
      throw error;
    });
    lease = { path, there };
    held.set(own, lease);
  }
  return lease.there;
}

/** Gives back all that this process holds. */
export function releaseLayouts(): void {
  for (const { path } of held.values()) {
    try {
      unlinkSync(path);
    } catch {
      // The layout is gone, and the lease with it.
    }
  }
  held.clear();
}

/** Whether another process that lives uses a layout; the leases of dead ones are removed on the way. */
export async function isLeasedByOthers(directory: string): Promise<boolean> {
  for (const name of await readdir(directory)) {
    if (!isLease(name)) continue;
    const own = name.slice(PREFIX.length);
    if (ownerOf(own)?.isThis === true) continue;
    const path = join(directory, name);
    if (!(await isAbandoned(path, own))) return true;
    await unlink(path).catch(() => {});
  }
  return false;
}
