import { relative, sep } from 'node:path';

/** A path as seen from a directory, with `/` on every system; a backslash in a name of Linux is one of the name. */
export function relativePath(directory: string, path: string): string {
  return relative(directory, path).split(sep).join('/');
}
