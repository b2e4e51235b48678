import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory and the parents that are missing, as `mkdir -p` does. Node's own `recursive` never ends where a
 * directory that exists cannot hold another and says ENOENT, as /proc does (libuv is asked for the parent for ever).
 * Throws the error of the file system.
 */
export async function makeDirectory(path: string, mode?: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await makeOnce(path, mode);
    } catch (error) {
      // Another process may have made it and removed it again while we looked; a link to nothing stays what it is.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST' || tries === 10 || (await stat(path).catch(() => undefined)) !== undefined) throw error;
    }
  }
}

async function makeOnce(path: string, mode: number | undefined): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) {
      await makeDirectory(dirname(path), mode);
      // The parent is there now, so ENOENT is an answer and no question.
      await mkdir(path, mode).catch(ignoreMade(path));
    } else await ignoreMade(path)(error);
  }
}

/** Another process may have been first. */
function ignoreMade(path: string) {
  return async (error: unknown): Promise<void> => {
    const made = await stat(path).catch(() => undefined);
    if (made?.isDirectory() !== true) throw error;
  };
}
