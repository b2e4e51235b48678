import { join, resolve } from 'node:path';
import { digestOf, Failure, type Location, splitDigest } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { parseIndex, parseJson } from './documents.ts';
import { errnoOf, isLinkLoop, openRegular, readRange, readSmallFile } from './files.ts';
import { leaseLayout } from './lease.ts';
import { chooseImage, imagesOf, type NamedImage } from './names.ts';
import { takeBytes } from './part.ts';
import type { Descriptor, ImageSource } from './types.ts';
import { documentLimits } from './verified.ts';

/** A source that can say which images it holds. */
export interface ListedSource extends ImageSource {
  /** Every image with its names, in the order of the index. */
  list(): Promise<readonly NamedImage[]>;
}

/** The path of a blob inside a layout. */
export function blobPath(directory: string, descriptor: Pick<Descriptor, 'digest'>): string {
  return join(directory, 'blobs', ...splitDigest(descriptor.digest));
}

/**
 * Reads an OCI image layout (image-spec image-layout.md). Nothing is opened before it is asked for. `name` is how
 * messages call it: `oci:out`.
 */
export function openLayout(directory: string, options: { readonly name?: string } = {}): ListedSource {
  const name = options.name ?? `oci:${directory}`;
  const at: Location = { in: 'image', image: name };
  const readIndex = async () => {
    try {
      // Before the index is read: what it names then stays until this process is done.
      await leaseLayout(directory);
      return await readLayoutIndex(directory, name);
    } catch (error) {
      throw unreadable(error, directory, name, at);
    }
  };
  const list = async () => {
    const { raw, index } = await readIndex();
    return imagesOf(index, raw);
  };
  const source: ListedSource = {
    name,
    kind: 'layout',
    place: `oci-layout://${resolve(directory)}`,
    ownChunks: true,
    list,
    resolve: async (wanted) => chooseImage(await list(), wanted, name),
    async *blob(descriptor, { offset = 0, signal } = {}) {
      const path = blobPath(directory, descriptor);
      try {
        const opened = await openRegular(path);
        if (opened === undefined) {
          // `index.json` may be the index of one image itself, and then has no file among the blobs.
          const raw = await readSmallFile(join(directory, 'index.json'), documentLimits.manifest + 1);
          if (raw !== undefined && digestOf(raw) === descriptor.digest) {
            yield raw.subarray(offset);
            return;
          }
          throw failure('image/blob-missing', { source: name, digest: descriptor.digest }, at, 'request');
        }
        try {
          yield* readRange(opened.handle, { start: offset, end: opened.size }, signal);
        } finally {
          await opened.handle.close();
        }
      } catch (error) {
        throw unreadable(error, path, name, at);
      }
    },
    part: (descriptor, { offset, length }, call) => takeBytes(source.blob(descriptor, { ...call, offset }), length),
    close: async () => {},
  };
  return source;
}

function unreadable(error: unknown, what: string, source: string, at: Location): unknown {
  if (error instanceof Failure || errnoOf(error) === '' || errnoOf(error) === 'ABORT_ERR') return error;
  const because = error instanceof Error ? [error.message] : [];
  return failure('image/unreadable', { source, what }, at, 'outside', { because, cause: error });
}

/** The parsed `index.json` of a layout, after the marker file was checked. */
export async function readLayoutIndex(directory: string, name: string) {
  const at: Location = { in: 'image', image: name };
  const marker = await readSmallFile(join(directory, 'oci-layout'), 4096);
  const raw = await readSmallFile(join(directory, 'index.json'), documentLimits.manifest + 1);
  if (marker === undefined) {
    if (raw !== undefined || (await readSmallFile(join(directory, 'manifest.json'), 1)) !== undefined) {
      throw failure('image/layout-invalid', { source: name, problem: 'marker' }, at, 'request');
    }
    throw failure('image/not-found', { source: name, path: directory, kind: 'layout' }, at, 'request');
  }
  checkMarker(marker, name, at);
  if (raw === undefined) {
    const problem = (await isLinkLoop(join(directory, 'index.json'))) ? 'loop' : 'index';
    throw failure('image/layout-invalid', { source: name, problem }, at, 'request');
  }
  return { raw, index: parseLayoutIndex(raw, at) };
}

/** Holds the bytes of `oci-layout` to version 1.0.0, the only one there is. */
export function checkMarker(marker: Uint8Array, source: string, at: Location): void {
  let version: unknown;
  try {
    version = (JSON.parse(Buffer.from(marker).toString('utf8')) as { imageLayoutVersion?: unknown } | null)
      ?.imageLayoutVersion;
  } catch {
    version = undefined;
  }
  if (version !== '1.0.0') throw failure('image/layout-invalid', { source, problem: 'version' }, at, 'request');
}

/** Parses the bytes of an `index.json`, bounded. */
export function parseLayoutIndex(raw: Uint8Array, at: Location) {
  if (raw.length > documentLimits.manifest) {
    const args = { digest: '`index.json`', size: raw.length, limit: documentLimits.manifest };
    throw failure('image/document-too-large', args, at, 'request');
  }
  const place = { document: 'layout', at } as const;
  return parseIndex(parseJson(raw, place), place);
}
