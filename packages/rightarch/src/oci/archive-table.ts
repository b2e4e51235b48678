import { randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import type { Location } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { createTarReader, DecompressProblem, decompress, sniffCompression } from '../tar/index.ts';
import { isSystemError, openRegular, readRange, writeFailure } from './files.ts';
import type { CallOptions } from './types.ts';

/** Where one file of an archive lies. */
interface Slot {
  readonly offset: number;
  readonly size: number;
}

/** An archive opened for random access. */
export interface ArchiveTable {
  has(path: string): boolean;
  size(path: string): number | undefined;
  /** The bytes of one file; undefined where it is not in the archive. */
  read(path: string, options?: CallOptions & { readonly offset?: number }): AsyncIterable<Uint8Array> | undefined;
  close(): Promise<void>;
}

/** Files of an archive that are kept in mind. An image has some hundred. */
const MAX_FILES = 100_000;
const MAX_LINKS = 16;
/** A compressed archive is unpacked beside, on a disk that others need too. */
const MAX_UNPACKED = 2 ** 36;
/** Layers shrink to a half or a fifth, a bomb to a thousandth. Below a GiB nobody is hurt. */
const RATIO_FROM = 2 ** 30;
const MAX_RATIO = 100;

export interface ArchiveOptions extends CallOptions {
  /** Where a compressed archive is decompressed to, once. The system's temporary directory unless told. */
  readonly temporaryDirectory?: string | undefined;
}

/**
 * Scans a tar once, jumping over contents, and gives its files by path. A compressed archive is decompressed to a
 * temporary file first, which has no name any more where the system allows it, so that nothing is left behind.
 */
export async function openArchiveTable(
  file: string,
  source: string,
  options: ArchiveOptions = {},
): Promise<ArchiveTable> {
  const at: Location = { in: 'image', image: source };
  let opened: Awaited<ReturnType<typeof openRegular>>;
  try {
    opened = await openRegular(file);
  } catch (error) {
    throw unreadable(error, file, source, at);
  }
  if (opened === undefined) throw failure('image/not-found', { source, path: file, kind: 'archive' }, at, 'request');
  const head = Buffer.alloc(4);
  let plain: Plain = { ...opened, cleanUp: async () => {} };
  try {
    await opened.handle.read(head, 0, 4, 0);
    const compression = sniffCompression(head);
    if (compression !== 'none') {
      plain = await unpackBeside(opened, compression, { file, source, at, options });
      await opened.handle.close();
    }
    return tableOf(plain, await scan(plain, source, at, options), file, source, at);
  } catch (error) {
    await plain.handle.close().catch(() => {});
    if (plain.handle !== opened.handle) await opened.handle.close().catch(() => {});
    await plain.cleanUp();
    throw unreadable(error, file, source, at);
  }
}

interface Plain {
  readonly handle: FileHandle;
  readonly size: number;
  cleanUp(): Promise<void>;
}

function unreadable(error: unknown, what: string, source: string, at: Location): unknown {
  if (!isSystemError(error)) return error;
  return failure('image/unreadable', { source, what }, at, 'outside', {
    because: [(error as Error).message],
    cause: error,
  });
}

async function unpackBeside(
  opened: { readonly handle: FileHandle; readonly size: number },
  compression: 'gzip' | 'zstd',
  about: { readonly file: string; readonly source: string; readonly at: Location; readonly options: ArchiveOptions },
): Promise<Plain> {
  const path = join(about.options.temporaryDirectory ?? tmpdir(), `rightarch-${randomBytes(8).toString('hex')}.tar`);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'wx+', 0o600);
    // Windows keeps the name of an open file; there it goes when the archive is closed.
    const gone = await unlink(path).then(
      () => true,
      () => false,
    );
    const bytes = readRange(opened.handle, { start: 0, end: opened.size }, about.options.signal);
    let size = 0;
    for await (const chunk of decompress(bytes, compression, { limit: MAX_UNPACKED })) {
      await handle.writeFile(chunk);
      size += chunk.length;
      if (size > RATIO_FROM && size / opened.size > MAX_RATIO) {
        throw new DecompressProblem('limit', compression, `more than ${MAX_RATIO} times the size of the file`);
      }
    }
    return { handle, size, cleanUp: async () => (gone ? undefined : unlink(path).catch(() => {})) };
  } catch (error) {
    await handle?.close().catch(() => {});
    await unlink(path).catch(() => {});
    if (error instanceof DecompressProblem) {
      const args = { source: about.source, problem: 'compressed' as const, what: error.message };
      throw failure('image/archive-invalid', args, about.at, 'request', { cause: error });
    }
    throw isSystemError(error) ? writeFailure(error, dirname(path)) : error;
  }
}

interface Contents {
  readonly slots: Map<string, Slot>;
  readonly links: Map<string, string>;
}

async function scan(plain: Plain, source: string, at: Location, options: ArchiveOptions): Promise<Contents> {
  const slots = new Map<string, Slot>();
  const links = new Map<string, string>();
  const reader = createTarReader({
    limits: { entries: MAX_FILES, names: 64 << 20 },
    onEntry(entry, offset) {
      const path = posix.normalize(entry.path);
      // Like an extraction: what comes later replaces what came before.
      slots.delete(path);
      links.delete(path);
      if (entry.type === 'file' && entry.sparse === undefined) slots.set(path, { offset, size: entry.size });
      // `docker save` before 25 links layers that two images share (`../<id>/layer.tar`).
      else if (entry.type === 'symlink') links.set(path, posix.join(posix.dirname(path), entry.link));
      else if (entry.type === 'hardlink') links.set(path, posix.normalize(entry.link));
      return undefined;
    },
  });
  const buffer = Buffer.alloc(64 * 1024);
  let position = 0;
  while (position < plain.size) {
    options.signal?.throwIfAborted();
    const jump = Math.min(reader.skippable, plain.size - position);
    if (jump > 0) {
      reader.skip(jump);
      position += jump;
      continue;
    }
    const { bytesRead } = await plain.handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    reader.write(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  const { damage, entries } = reader.end();
  if (damage !== undefined || entries === 0) {
    const what = damage === undefined ? undefined : `${damage.detail} (at byte ${damage.offset})`;
    const args = { source, problem: 'damaged' as const, ...(what !== undefined ? { what } : {}) };
    throw failure('image/archive-invalid', args, at, 'request');
  }
  return { slots, links };
}

function tableOf(plain: Plain, { slots, links }: Contents, file: string, source: string, at: Location): ArchiveTable {
  const find = (path: string): Slot | undefined => {
    let current = posix.normalize(path);
    for (let i = 0; i < MAX_LINKS; i++) {
      const slot = slots.get(current);
      if (slot !== undefined) return slot;
      const next = links.get(current);
      if (next === undefined) return undefined;
      current = next;
    }
    return undefined;
  };
  let closed: Promise<void> | undefined;
  return {
    has: (path) => find(path) !== undefined,
    size: (path) => find(path)?.size,
    read(path, { offset = 0, signal } = {}) {
      const slot = find(path);
      if (slot === undefined) return undefined;
      const range = { start: slot.offset + offset, end: slot.offset + slot.size };
      return told(readRange(plain.handle, range, signal), (error) => unreadable(error, file, source, at));
    },
    close: () => {
      closed ??= plain.handle.close().then(() => plain.cleanUp());
      return closed;
    },
  };
}

async function* told(bytes: AsyncIterable<Uint8Array>, worded: (error: unknown) => unknown) {
  try {
    yield* bytes;
  } catch (error) {
    throw worded(error);
  }
}
