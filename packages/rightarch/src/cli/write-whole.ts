import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure } from '../core/index.ts';
import { atInput, failure } from '../messages/index.ts';
import { writeWholeFile } from '../oci/whole-file.ts';

/** Writes a small file whole or not at all: a full disk leaves what was there before. */
export async function writeWhole(file: string, text: string): Promise<void> {
  async function* bytes() {
    yield Buffer.from(text);
  }
  try {
    await writeWholeFile(file, bytes());
  } catch (error) {
    throw writeFailed(file, error);
  }
}

/** The failure for a file or folder that the system did not let us write. */
export function writeFailed(file: string, error: unknown): Failure {
  const { code = '', message, syscall } = error as NodeJS.ErrnoException;
  const errno = syscall === 'mkdir' && code === 'ENOENT' ? hindranceAbove(file) : code;
  const because = errno === code ? [message] : [];
  return failure('cli/write-failed', { file, errno }, atInput(file), 'outside', { because, cause: error });
}

/** Node's recursive mkdir says ENOENT where the disk is read-only; the nearest folder that is there says what it is. */
function hindranceAbove(path: string): string {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return 'ENOENT';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EACCES';
  }
}
