import { join } from 'node:path';
import { openScanCache, type ScanCache } from '../scan/index.ts';
import type { Session } from './session.ts';
import { cacheDirectory } from './shell.ts';

/** What is known about layers that were read before, or written by a build. */
export function scanCacheOf({ shell }: Session): ScanCache {
  return openScanCache({ directory: join(cacheDirectory(shell), 'scan'), now: () => shell.now().getTime() });
}
