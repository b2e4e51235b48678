import { join } from 'node:path';
import { compileIgnoreFile, ignoreFiles } from '../../dockerfile/index.ts';
import { atFile, failure } from '../../messages/index.ts';
import { readRegular } from '../files/read-regular.ts';
import { unreadable } from './host-content.ts';
import type { IgnoreRule } from './read-context.ts';

/** The rule of the ignore file that applies to a build; undefined where there is none. A pattern that Docker refuses throws. */
export async function readIgnoreRule(context: string, dockerfile: string): Promise<IgnoreRule | undefined> {
  const [beside, inside] = ignoreFiles(dockerfile);
  for (const file of [beside, join(context, inside)]) {
    const text = await readRegular(file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
      throw unreadable(file, cause);
    });
    if (text === undefined) continue;
    const { matcher, bad } = compileIgnoreFile(text);
    const [first] = bad;
    if (first !== undefined) {
      throw failure('dockerfile/ignore-pattern', { pattern: first.pattern }, atFile(file, first.line), 'request');
    }
    return {
      excludes: (path) => matcher.ignoresInWalk(path),
      reopens: (path) => matcher.hasExceptions && matcher.mayHoldException(path),
    };
  }
  return undefined;
}
