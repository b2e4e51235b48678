import { open, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Location } from '../core/index.ts';
import { errnoOf, isSystemError, readSmallFile, writeFailure } from './files.ts';
import { isIndexLock, withIndexLock } from './index-lock.ts';
import { blobPath, readLayoutIndex } from './layout.ts';
import { isLease } from './lease.ts';
import { makeDirectory } from './make-directory.ts';
import { descriptorJson } from './mutate.ts';
import { CONTAINERD_NAME, nameAnnotations, namesOf, REF_NAME } from './names.ts';
import { ownName, removeAbandoned } from './own-name.ts';
import { type CallOptions, type Descriptor, type ImageSink, mediaTypes } from './types.ts';
import { documentLimits, verifyBytes } from './verified.ts';

/** Files in the making, beside the blobs so that a rename suffices; containerd's content store has the same name for it. */
const INGEST = 'ingest';

/**
 * Writes an OCI image layout. Nothing is there under its name before it is whole and verified: blobs come by rename,
 * `index.json` is replaced in one step, and there is no layout before its first name. Several processes may write to
 * one layout; what one killed is left aside.
 */
export function createLayoutSink(
  directory: string,
  options: {
    readonly name?: string;
    /** What gets a name is the only image of the layout from then on, under all names that it ever got. */
    readonly newestOnly?: boolean;
  } = {},
): ImageSink {
  const name = options.name ?? `oci:${directory}`;
  const at: Location = { in: 'image', image: name };
  let prepared: Promise<void> | undefined;
  const prepare = () => {
    prepared ??= prepareLayout(directory).catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };

  const write = async (descriptor: Descriptor, bytes: AsyncIterable<Uint8Array>, onBytes?: (count: number) => void) => {
    const target = blobPath(directory, descriptor);
    await guarded(target, async () => {
      await prepare();
      await makeDirectory(dirname(target));
      await writeThenRename(directory, target, verifyBytes(bytes, descriptor, at), onBytes);
    });
  };

  const has = async (descriptor: Descriptor) => {
    try {
      const found = await stat(blobPath(directory, descriptor));
      return found.isFile() && found.size === descriptor.size;
    } catch {
      return false;
    }
  };

  return {
    name,
    kind: 'layout',
    has,
    async writeBlob(descriptor, bytes, { signal, onBytes } = {}) {
      signal?.throwIfAborted();
      if (await has(descriptor)) return;
      await write(descriptor, abortable(bytes(), signal), onBytes);
    },
    async writeManifest(descriptor, bytes, { signal } = {}) {
      signal?.throwIfAborted();
      // Small enough to be held to its digest: a layout that was damaged mends itself.
      const there = await readSmallFile(blobPath(directory, descriptor), documentLimits.manifest).catch(
        () => undefined,
      );
      if (there !== undefined && there.length === bytes.length && Buffer.compare(there, bytes) === 0) {
        for await (const _ of verifyBytes(single(bytes), descriptor, at));
        return;
      }
      await write(descriptor, single(bytes));
    },
    async tag(tagName, descriptor, callOptions = {}) {
      const target = join(directory, 'index.json');
      await guarded(target, async () => {
        await prepare();
        const change = { directory, target, name, tagName, descriptor, newestOnly: options.newestOnly === true };
        await withIndexLock(directory, () => withMarker(directory, () => replaceIndex(change)), callOptions);
      });
    },
    async close() {
      // Only where it is empty: another writer may be in the middle of a blob.
      await rmdir(join(directory, INGEST)).catch(() => {});
      prepared = undefined;
    },
  };
}

async function guarded(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw isSystemError(error) ? writeFailure(error, path) : error;
  }
}

async function prepareLayout(directory: string): Promise<void> {
  await makeDirectory(join(directory, 'blobs', 'sha256'));
  await makeDirectory(join(directory, INGEST));
  await removeAbandoned(join(directory, INGEST));
}

/** The marker of a new layout goes again where its index cannot be written: there is a whole layout or none. */
async function withMarker(directory: string, writeIndex: () => Promise<void>): Promise<void> {
  const marker = join(directory, 'oci-layout');
  if (await isThere(marker)) return writeIndex();
  await writeThenRename(directory, marker, single(Buffer.from('{"imageLayoutVersion":"1.0.0"}')));
  try {
    await writeIndex();
  } catch (error) {
    await unlink(marker).catch(() => {});
    throw error;
  }
}

/** Whether a name stands in a layout, or in one that is being made. */
export function isLayoutName(name: string): boolean {
  return ['oci-layout', 'index.json', 'blobs', INGEST].includes(name) || isIndexLock(name) || isLease(name);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** `index.json` with one name pointing at one manifest; every other entry stays as it was. */
async function replaceIndex(change: {
  readonly directory: string;
  readonly target: string;
  readonly name: string;
  readonly tagName: string;
  readonly descriptor: Descriptor;
  readonly newestOnly: boolean;
}): Promise<void> {
  const isNew = !(await isThere(change.target));
  const manifests = isNew ? [] : (await readLayoutIndex(change.directory, change.name)).index.manifests;
  const given = Object.fromEntries(
    Object.entries(change.descriptor.annotations ?? {}).filter(([key]) => key !== REF_NAME && key !== CONTAINERD_NAME),
  );
  const entry = { ...change.descriptor, annotations: { ...given, ...nameAnnotations(change.tagName) } };
  const kept = manifests.filter((old) => {
    if (namesOf(old).includes(change.tagName)) return false;
    if (change.newestOnly && old.digest !== entry.digest) return false;
    // The same manifest without any name says nothing more than the named one.
    return !(old.digest === entry.digest && namesOf(old).length === 0);
  });
  await writeThenRename(change.directory, change.target, single(indexBytes([...kept, entry])));
}

/** Takes entries out of `index.json`; their bytes stay until the layout is collected. */
export async function dropEntries(
  directory: string,
  isGone: (entry: Descriptor) => boolean,
  options: CallOptions = {},
): Promise<void> {
  const target = join(directory, 'index.json');
  await guarded(target, () =>
    withIndexLock(
      directory,
      async () => {
        const { manifests } = (await readLayoutIndex(directory, directory)).index;
        const kept = manifests.filter((entry) => !isGone(entry));
        if (kept.length < manifests.length) await writeThenRename(directory, target, single(indexBytes(kept)));
      },
      options,
    ),
  );
}

function indexBytes(manifests: readonly Descriptor[]): Uint8Array {
  const value = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: manifests.map(descriptorJson) };
  return Buffer.from(JSON.stringify(value));
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* abortable(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

/** Writes beside the target and renames; whatever fails, the half-written file is removed. */
async function writeThenRename(
  directory: string,
  target: string,
  bytes: AsyncIterable<Uint8Array>,
  onBytes?: (count: number) => void,
): Promise<void> {
  const temporary = join(directory, INGEST, ownName());
  const handle = await openTemporary(directory, temporary);
  try {
    try {
      for await (const chunk of bytes) {
        let at = 0;
        while (at < chunk.length) at += (await handle.write(chunk, at, chunk.length - at)).bytesWritten;
        onBytes?.(chunk.length);
      }
    } finally {
      // A full disk may say so only here.
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** Writers that are done remove the directory where it is empty, perhaps at this very moment: so try again. */
async function openTemporary(directory: string, path: string) {
  for (let tries = 1; ; tries++) {
    try {
      return await open(path, 'wx', 0o644);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || tries === 10) throw error;
      await makeDirectory(join(directory, INGEST));
    }
  }
}
