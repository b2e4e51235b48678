import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Failure } from '../core/index.ts';
import { failure } from '../messages/index.ts';

/** Each chunk that goes to an engine is a trip to another thread and back: fewer of them are faster for layers. */
const CHUNK = 512 * 1024;

/** True where a path is a link that leads back to itself. */
export async function isLinkLoop(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => errnoOf(error) === 'ELOOP',
  );
}

/** The word of the system for what went wrong: `ENOENT`, or empty. */
export function errnoOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : '';
}

/**
 * Opens a regular file for reading; undefined where there is none. A pipe, a socket or a device is none: opening
 * those could wait for ever.
 */
export async function openRegular(path: string): Promise<{ handle: FileHandle; size: number } | undefined> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK opening a pipe waits for a writer; Windows has neither the pipe nor the flag.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (
      ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENXIO', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE'].includes(
        errnoOf(error),
      )
    ) {
      return undefined;
    }
    throw error;
  }
  try {
    const stat = await handle.stat();
    if (stat.isFile()) return { handle, size: stat.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/** The bytes of an open file from `start` up to `end`, each chunk a buffer of its own. Ends early where the file does. */
export async function* readRange(
  handle: FileHandle,
  range: { readonly start: number; readonly end: number },
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = range.start;
  while (position < range.end) {
    signal?.throwIfAborted();
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, range.end - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** At most `limit` bytes of a file; undefined where there is no such file. */
export async function readSmallFile(path: string, limit: number): Promise<Uint8Array | undefined> {
  const opened = await openRegular(path);
  if (opened === undefined) return undefined;
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readRange(opened.handle, { start: 0, end: Math.min(opened.size, limit) })) {
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    await opened.handle.close();
  }
}

/** The diagnostic for an error of writing: a full disk is told from everything else. */
export function writeFailure(error: unknown, path: string): Failure {
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errnoOf(error));
  const because = error instanceof Error ? [error.message] : [];
  const at = { in: 'input', name: path } as const;
  return full
    ? failure('image/disk-full', { path }, at, 'outside', { because, cause: error })
    : failure('image/write-failed', { path }, at, 'outside', { because, cause: error });
}

/** True for an error of the file system, as against a `Failure` or an abort that passes through. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
