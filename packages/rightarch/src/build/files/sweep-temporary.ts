import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerOf } from '../../oci/index.ts';

/** What another machine's run left is older than this: no write takes a day. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** Removes from a directory of things in the making what their makers, killed, can no longer finish. */
export async function sweepTemporary(directory: string, now: number): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const file = join(directory, name);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) continue;
    if (ownerOf(name.split('-')[0]!)?.isDead === true || now - found.mtimeMs > STALE_MS)
      await rm(file, { force: true, recursive: true });
  }
}
