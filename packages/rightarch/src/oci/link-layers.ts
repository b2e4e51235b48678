import { link, lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError } from './files.ts';
import { blobPath } from './layout.ts';
import { makeDirectory } from './make-directory.ts';
import { reachedFrom } from './reached.ts';
import { isLayerType } from './tree.ts';

/**
 * Puts the layers of a layout where another one is going to be, by hard links: nothing is read, and nothing of it is needed.
 * What has another size than its manifest says stays away, and everything does where the two are on different disks.
 */
export async function linkLayers(from: string, to: string): Promise<void> {
  const reached = await reachedFrom(from).catch(() => undefined);
  for (const descriptor of reached?.values() ?? []) {
    if (!isLayerType(descriptor.mediaType)) continue;
    const source = blobPath(from, descriptor);
    const target = blobPath(to, descriptor);
    try {
      const found = await lstat(source);
      if (!found.isFile() || found.size !== descriptor.size) continue;
      await makeDirectory(dirname(target));
      await link(source, target);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
}
