import { posix } from 'node:path';
import { readBunLock } from './bun.ts';
import { readGoMod } from './gomod.ts';
import { readNpmLock } from './npm.ts';
import { readPnpmLock } from './pnpm.ts';
import { readPoetryLock } from './poetry.ts';
import { readRequirements } from './requirements.ts';
import type { LockRead, ReadBeside } from './types.ts';
import { readUvLock } from './uv.ts';
import { readYarnLock } from './yarn.ts';

export type * from './types.ts';

type Reader = (text: string, file: string, beside: ReadBeside) => LockRead;

const READERS: readonly (readonly [name: RegExp, read: Reader])[] = [
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, readNpmLock],
  [/^pnpm-lock\.yaml$/, readPnpmLock],
  [/^yarn\.lock$/, readYarnLock],
  [/^bun\.lock$/, readBunLock],
  [/^uv\.lock$/, readUvLock],
  [/^poetry\.lock$/, readPoetryLock],
  [/^requirements[\w.-]*\.txt$/, readRequirements],
  [/^go\.mod$/, readGoMod],
];

const readerOf = (path: string): Reader | undefined => {
  const name = posix.basename(path);
  return READERS.find(([pattern]) => pattern.test(name))?.[1];
};

/** Whether a path is a lockfile that is read, by its name. What tests read, and other people's, nobody installs. */
export const isLockfile = (path: string): boolean =>
  readerOf(path) !== undefined &&
  !/(?:^|\/)(?:node_modules|vendor|\.venv|venv|(?:__)?fixtures?(?:__)?|testdata)\//.test(path);

/** Reads a lockfile. Never throws: what it is not, it says. `beside` gives another file of its folder. */
export function readLockfile(path: string, text: string, beside: ReadBeside): LockRead {
  const read = readerOf(path);
  if (read === undefined) return { malformed: { problem: 'lacks', detail: path, at: { line: 1, column: 1 } } };
  // A merge that was not finished is no lockfile of any kind.
  const conflict = /^<{7} /m.exec(text);
  if (conflict !== null) {
    const line = text.slice(0, conflict.index).split('\n').length;
    return { malformed: { problem: 'merge', detail: '<<<<<<<', at: { line, column: 1 } } };
  }
  return read(text, path, beside);
}
