import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';

/** A module that a server is told to load, and that is nowhere in the image. */
export interface MissingPlugin {
  readonly plugin: string;
  /** The file that names it. */
  readonly config: string;
  readonly prints: string;
}

/** A relative path begins where it was built for, which is not known here: any file of that name may be meant. */
export function isPlugin(tree: FileTree, word: string): boolean {
  if (word.startsWith('/')) return tree.resolve(word).found;
  for (const [path] of tree.walk()) if (posix.basename(path) === posix.basename(word)) return true;
  return false;
}
