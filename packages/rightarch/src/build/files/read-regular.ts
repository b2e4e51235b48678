import { readFile, stat } from 'node:fs/promises';

/**
 * The text of a file that is one. A pipe or a device is refused: nobody may ever write to it, and a thread that waits
 * for that cannot be ended, not even by Ctrl-C. Throws what the file system says.
 */
export async function readRegular(file: string, signal?: AbortSignal): Promise<string> {
  if (!(await stat(file)).isFile())
    throw Object.assign(new Error('not a regular file'), { code: 'not a regular file' });
  return readFile(file, { encoding: 'utf8', ...(signal ? { signal } : {}) });
}
