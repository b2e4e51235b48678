import { unlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withIndexLock } from './index-lock.ts';
import { isLeasedByOthers, ownLayout } from './lease.ts';
import { reachedFrom } from './reached.ts';
import type { CallOptions } from './types.ts';

/** Far below the age at which others take the lock for lost; what is left then goes after the next build. */
const LIMIT_MS = 10_000;

/**
 * Removes the blobs of a layout of our own that its index does not reach, and gives their number. Under the lock of the
 * index and only where no other process has a lease: such a one may be writing blobs that nothing names yet, or
 * reading an image whose name has moved. Only what nothing reaches goes, one by one: a kill leaves a whole layout.
 */
export async function collectLayout(layout: string, options: CallOptions = {}): Promise<number> {
  const directory = await ownLayout(layout);
  if (directory === undefined) return 0;
  return withIndexLock(
    directory,
    async () => {
      const begin = performance.now();
      if (await isLeasedByOthers(directory)) return 0;
      const reached = await reachedFrom(directory);
      if (reached === undefined) return 0;
      let removed = 0;
      for (const algorithm of await readdir(join(directory, 'blobs')))
        for (const hex of await readdir(join(directory, 'blobs', algorithm))) {
          if (reached.has(`${algorithm}:${hex}`)) continue;
          // In one go with the question for the time: a process that was stopped and goes on has the lock no longer.
          if (performance.now() - begin > LIMIT_MS) return removed;
          unlinkSync(join(directory, 'blobs', algorithm, hex));
          removed++;
        }
      return removed;
    },
    options,
  );
}
