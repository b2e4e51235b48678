import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What was used this lately may be in work by another process, and stays, whatever the bound says. */
const IN_WORK_MS = 60 * 60 * 1000;

/** A few large base images with all that is kept of them, or the packages of many projects. */
const LIMIT = 10 * 2 ** 30;

/** One thing in a cache that can be made again. */
export interface Kept {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly usedMs: number;
}

/**
 * Removes what was least recently used until the rest fits. Every file of a cache is whole and can go alone: a record
 * whose blob is gone is no record. A kill in the middle leaves a cache that is larger than it should be, until next time.
 */
export async function boundCache(
  kept: readonly Kept[],
  { limit = LIMIT, now }: { readonly limit?: number | undefined; readonly now: number },
): Promise<void> {
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const all = [...kept].sort((one, other) => one.usedMs - other.usedMs || (one.files[0]! < other.files[0]! ? -1 : 1));
  for (const { files, bytes, usedMs } of all) {
    if (total <= limit || now - usedMs < IN_WORK_MS) return;
    for (const file of files) await rm(file, { force: true });
    total -= bytes;
  }
}

/** All that a store of blobs keeps. */
export async function keptInStore(directory: string): Promise<Kept[]> {
  const all: Kept[] = [];
  for (const kind of await readdir(directory).catch(() => [])) {
    if (kind === 'tmp' || kind === 'used') continue;
    if (kind !== 'blobs') {
      all.push(...(await keptIn(join(directory, kind))));
      continue;
    }
    for (const algorithm of await readdir(join(directory, kind)).catch(() => []))
      all.push(...(await keptIn(join(directory, kind, algorithm), join(directory, 'used', algorithm))));
  }
  return all;
}

/** The files of one directory. Blobs say in `used` when they were: their own times are those of a layout as well. */
async function keptIn(directory: string, used?: string): Promise<Kept[]> {
  const out: Kept[] = [];
  for (const name of await readdir(directory).catch(() => [])) {
    const file = join(directory, name);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    const mark = used === undefined ? undefined : join(used, name);
    const marked = mark === undefined ? undefined : await stat(mark).catch(() => undefined);
    out.push({
      files: mark === undefined ? [file] : [file, mark],
      bytes: found.size,
      usedMs: marked?.mtimeMs ?? found.mtimeMs,
    });
  }
  return out;
}
