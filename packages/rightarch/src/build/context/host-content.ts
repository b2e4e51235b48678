import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { atFile, failure } from '../../messages/index.ts';
import type { Inode } from '../files/inode.ts';
import type { Content } from '../stage-files.ts';

/**
 * The content of a file of the host, hashed when it is first wanted. The file must stay what it was when the tree was
 * read: size, times and inode are compared around every reading, and the bytes with the digest on the way into a layer.
 */
export function hostInode(file: string, path: string, seen: BigIntStats): Inode {
  let known: Promise<Content> | undefined;
  return {
    size: Number(seen.size),
    content: () => {
      known ??= hash(file, path, seen);
      return known;
    },
  };
}

async function hash(file: string, path: string, seen: BigIntStats): Promise<Content> {
  const digest = createHash('sha256');
  for await (const chunk of bytes(file, path, seen)) digest.update(chunk);
  return {
    size: Number(seen.size),
    digest: `sha256:${digest.digest('hex')}`,
    open: () => bytes(file, path, seen),
  };
}

async function* bytes(file: string, path: string, seen: BigIntStats): AsyncGenerator<Uint8Array> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    same(path, seen, await handle.stat({ bigint: true }));
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(Number(seen.size) + 1, 1 << 18)));
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      yield Buffer.from(buffer.subarray(0, bytesRead));
    }
    same(path, seen, await handle.stat({ bigint: true }));
  } catch (cause) {
    throw cause instanceof Error && 'syscall' in cause ? unreadable(path, cause) : cause;
  } finally {
    await handle.close();
  }
}

function same(path: string, one: BigIntStats, other: BigIntStats): void {
  // ctime is left out: a hard link made beside the file changes it and nothing else.
  if (one.size === other.size && one.mtimeNs === other.mtimeNs && one.ino === other.ino) return;
  throw failure('context/changed', { path }, atFile(path), 'request');
}

/** A file or directory of the context that the system does not let us read. */
export function unreadable(path: string, cause: unknown) {
  const detail = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return failure('context/unreadable', { path, detail }, atFile(path), 'request', { cause });
}
