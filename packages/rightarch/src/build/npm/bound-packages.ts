import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { boundCache, type Kept } from '../files/cache-bound.ts';

/** Stores that got a package since they were last held to their bound. */
const grown = new Set<string>();

/** Says that a package came into the store of a cache directory. */
export function packagesGrown(cacheDirectory: string): void {
  grown.add(cacheDirectory);
}

/** Holds the packages under a cache directory to their limit; to be called when a build is done. */
export async function boundPackages(
  cacheDirectory: string,
  options: { readonly limit?: number | undefined; readonly now: number },
): Promise<void> {
  // A cache that is too large is no reason to fail a build that is done.
  if (grown.delete(cacheDirectory))
    await boundCache(await keptPackages(join(cacheDirectory, 'npm')), options).catch(() => undefined);
}

/** Every package in every format, with the index first: without it the rest is no package. */
async function keptPackages(root: string): Promise<Kept[]> {
  const packages = new Map<string, string[]>();
  for (const format of await readdir(root).catch(() => [])) {
    if (format === 'tmp') continue;
    for (const name of await readdir(join(root, format), { recursive: true }).catch(() => [])) {
      const [, key, kind] = /^(.*)\.(json|tar)$/.exec(join(root, format, name)) ?? [];
      if (key === undefined) continue;
      const files = packages.get(key) ?? [];
      packages.set(key, kind === 'json' ? [`${key}.json`, ...files] : [...files, `${key}.tar`]);
    }
  }
  const kept: Kept[] = [];
  for (const files of packages.values()) {
    const found = (await Promise.all(files.map((file) => stat(file).catch(() => undefined)))).filter(
      (one) => one !== undefined,
    );
    kept.push({
      files,
      bytes: found.reduce((sum, { size }) => sum + size, 0),
      usedMs: Math.max(0, ...found.map(({ mtimeMs }) => mtimeMs)),
    });
  }
  return kept;
}
