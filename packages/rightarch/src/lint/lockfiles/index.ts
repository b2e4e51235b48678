import { posix } from 'node:path';
import { readBunLock } from './bun.ts';
import { readGoMod } from './gomod.ts';
import { readNpmLock } from './npm.ts';
import { readPnpmLock } from './pnpm.ts';
import { readPoetryLock } from './poetry.ts';
import { readRequirements } from './requirements.ts';
import type { Lockfile, LockRead, ReadBeside } from './types.ts';
import { readUvLock } from './uv.ts';
import { readYarnLock } from './yarn.ts';

export type * from './types.ts';

type Kind = Lockfile['kind'];
type Reader = (text: string, file: string, beside: ReadBeside) => LockRead;

const READERS: readonly (readonly [name: RegExp, kind: Kind, read: Reader])[] = [
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, 'node', readNpmLock],
  [/^pnpm-lock\.yaml$/, 'node', readPnpmLock],
  [/^yarn\.lock$/, 'node', readYarnLock],
  [/^bun\.lock$/, 'node', readBunLock],
  [/^uv\.lock$/, 'python', readUvLock],
  [/^poetry\.lock$/, 'python', readPoetryLock],
  [/^requirements[\w.-]*\.txt$/, 'python', readRequirements],
  [/^go\.mod$/, 'go', readGoMod],
];

function rowOf(path: string) {
  const base = posix.basename(path);
  return READERS.find(([name]) => name.test(base));
}

/** What a lockfile that is read is of, by its name; of others undefined. What tests read, and other people's, nobody installs. */
export function lockfileKind(path: string): Kind | undefined {
  // Asked of every file of a repository: most end otherwise.
  if (!/(?:\.(?:json|ya?ml|lock|txt|mod))$/.test(path)) return undefined;
  const kind = rowOf(path)?.[1];
  if (kind === undefined) return undefined;
  return /(?:^|\/)(?:node_modules|vendor|\.venv|venv|(?:__)?fixtures?(?:__)?|testdata)\//.test(path) ? undefined : kind;
}

export const isLockfile = (path: string): boolean => lockfileKind(path) !== undefined;

/** Reads a lockfile. Never throws: what it is not, it says. `beside` gives another file of its folder. */
export function readLockfile(path: string, text: string, beside: ReadBeside): LockRead {
  const row = rowOf(path);
  if (row === undefined) return { malformed: { problem: 'lacks', detail: path, at: { line: 1, column: 1 } } };
  // A merge that was not finished is no lockfile of any kind.
  const conflict = /^<{7} /m.exec(text);
  if (conflict !== null) {
    const line = text.slice(0, conflict.index).split('\n').length;
    return { malformed: { problem: 'merge', detail: '<<<<<<<', at: { line, column: 1 } } };
  }
  const [, , read] = row;
  return read(text, path, beside);
}
