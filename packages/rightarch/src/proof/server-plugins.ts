import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';

/** A module that a server is told to load, and that is nowhere in the image. */
export interface MissingPlugin {
  readonly plugin: string;
  /** The file that names it. */
  readonly config: string;
  readonly prints: string;
}

/** What a configuration tells a server to load, and where it stands. */
export type ToldPlugin = Pick<MissingPlugin, 'plugin' | 'config'>;

/** The first that is not there. A relative path begins where the server was built for: any file of that name may be meant. */
export function firstMissing(tree: FileTree, told: readonly ToldPlugin[]): ToldPlugin | undefined {
  const names = new Set(
    told.filter(({ plugin }) => !plugin.startsWith('/')).map(({ plugin }) => posix.basename(plugin)),
  );
  const there = new Set<string>();
  if (names.size > 0)
    for (const [path] of tree.walk()) {
      const name = posix.basename(path);
      if (names.has(name)) there.add(name);
    }
  return told.find(({ plugin }) =>
    plugin.startsWith('/') ? !tree.resolve(plugin).found : !there.has(posix.basename(plugin)),
  );
}
