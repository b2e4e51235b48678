import { unlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../core/index.ts';
import { readSmallFile } from './files.ts';
import { withIndexLock } from './index-lock.ts';
import { blobPath, readLayoutIndex } from './layout.ts';
import { isLeasedByOthers, ownLayout } from './lease.ts';
import type { CallOptions, Descriptor } from './types.ts';
import { documentLimits } from './verified.ts';

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

interface Document {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

/** Every digest that the index leads to; undefined where a document on the way is missing, damaged or of another kind. */
async function reachedFrom(directory: string): Promise<ReadonlySet<string> | undefined> {
  const { index } = await readLayoutIndex(directory, directory);
  const reached = new Set<string>();
  const waiting = [...index.manifests];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next.digest)) continue;
    reached.add(next.digest);
    const bytes = await readSmallFile(blobPath(directory, next), documentLimits.manifest);
    if (bytes === undefined || digestOf(bytes) !== next.digest) return undefined;
    const { manifests, config, layers } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Document;
    if (manifests === undefined && (config === undefined || layers === undefined)) return undefined;
    waiting.push(...(manifests ?? []));
    for (const leaf of [config, ...(layers ?? [])]) if (leaf !== undefined) reached.add(leaf.digest);
  }
  return reached;
}
