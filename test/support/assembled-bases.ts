import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

/** The layout of the bases that are assembled from packages. */
export const BASES = join(REPOSITORY, '.cache', 'bases');

/** `npm run bases`, where that was not done yet. */
export function needBases(): void {
  if (!existsSync(join(BASES, 'index.json')))
    execFileSync('npm', ['run', 'bases'], { cwd: REPOSITORY, stdio: 'inherit' });
}
