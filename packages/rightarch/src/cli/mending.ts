import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { applyFixes, type CheckResult, type Mended, type SourceFile } from '../lint/index.ts';
import { writeWhole } from './write-whole.ts';

export interface MendedFile extends Mended {
  /** From the root of the repository. */
  readonly path: string;
}

/**
 * What the fixes of `check` make of each file. One that a link leads to outside of the repository is somebody else's, and
 * one with bytes that are no UTF-8 would lose them: both stay as they are, and so do their findings.
 */
export function mendFiles(
  root: string,
  files: readonly SourceFile[],
  { fixes }: Pick<CheckResult, 'fixes'>,
): readonly MendedFile[] {
  return files.flatMap(({ path, text }): readonly MendedFile[] => {
    const own = fixes.filter(({ file }) => file === path);
    if (own.length === 0 || text.includes('\uFFFD') || !isWithin(root, path)) return [];
    return [{ path, ...applyFixes(text, own) }];
  });
}

function isWithin(root: string, path: string): boolean {
  return realpathSync(join(root, path)).startsWith(`${realpathSync(root)}${sep}`);
}

/** Puts each file in its place, whole, with its mode; a link stays one. */
export async function writeMended(root: string, mended: readonly MendedFile[]): Promise<void> {
  for (const { path, text } of mended) await writeWhole(join(root, path), text);
}

/** The change as `git apply` takes it. */
export const patchOf = (name: string, { hunks }: Mended): string =>
  [`--- a/${name}`, `+++ b/${name}`, ...hunks].join('\n');
