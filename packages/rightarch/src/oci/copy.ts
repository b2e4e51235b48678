import { formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { subjectOf } from './attestations.ts';
import { parseIndex, parseJson } from './documents.ts';
import { makeIndex } from './mutate.ts';
import { isForeignLayer, isIndexType } from './tree.ts';
import type { CallOptions, Descriptor, Image, ImageSink, ImageTree } from './types.ts';
import { documentLimits, readVerified, streamVerified } from './verified.ts';

export interface CopyOptions extends CallOptions {
  /** Only these; the index is made anew then, and has a new digest. Everything, byte for byte, where absent. */
  readonly platforms?: readonly Platform[] | undefined;
  /** Bytes written for a blob since the last call. */
  readonly onBytes?: ((descriptor: Descriptor, count: number) => void) | undefined;
  /** Blobs in flight; 4 unless told. */
  readonly concurrency?: number | undefined;
  /** A repository of the sink's registry that may have a blob already. */
  readonly mountFrom?: ((descriptor: Descriptor) => string | undefined) | undefined;
  /** Awaited between the blobs, which nobody can see, and the manifests. What it throws ends the copy there. */
  readonly beforeManifests?: (() => Promise<void>) | undefined;
}

/**
 * Copies a tree into a sink: blobs first, then manifests, the index last, so that nothing is ever there without what
 * it names. Nothing is tagged. Gives the descriptor that the sink has now.
 */
export async function copyTree(tree: ImageTree, sink: ImageSink, options: CopyOptions = {}): Promise<Descriptor> {
  const images = chooseImages(tree, options.platforms);
  const whole = options.platforms === undefined;
  await copyBlobs(tree, sink, images, options);
  await options.beforeManifests?.();
  for (const image of images) {
    await sink.writeManifest(image.descriptor, image.rawManifest, pick(options));
  }
  if (tree.form === 'manifest') {
    if (images.length === 0) await copyOther(tree, sink, tree.root, options);
    return tree.root;
  }
  if (whole) {
    const done = new Set<string>();
    for (const other of [...tree.attestations, ...tree.others]) await copyOther(tree, sink, other, options, done);
    await sink.writeManifest(tree.root, tree.rawRoot, pick(options));
    return tree.root;
  }
  const kept = new Set(images.map((image) => image.descriptor.digest as string));
  const attestations = tree.attestations.filter((one) => kept.has(subjectOf(one) ?? ''));
  for (const one of attestations) await copyOther(tree, sink, one, options);
  const place = { document: 'index', digest: tree.root.digest, at: { in: 'image', image: tree.source.name } } as const;
  const old = parseIndex(parseJson(tree.rawRoot, place), place);
  const wanted = new Set([...kept, ...attestations.map(({ digest }) => digest as string)]);
  const index = makeIndex({
    manifests: old.manifests.filter(({ digest }) => wanted.has(digest)),
    mediaType: tree.root.mediaType,
    ...(old.annotations !== undefined ? { annotations: old.annotations } : {}),
  });
  await sink.writeManifest(index.descriptor, index.bytes, pick(options));
  return index.descriptor;
}

function pick({ signal }: CallOptions): CallOptions {
  return signal === undefined ? {} : { signal };
}

/** The images of these platforms, by what their config declares; all of them where none is asked for. */
export function chooseImages(tree: ImageTree, platforms: readonly Platform[] | undefined): readonly Image[] {
  if (platforms === undefined) return tree.images;
  return platforms.map((platform) => {
    const found = tree.images.find((image) => image.declared !== undefined && samePlatform(image.declared, platform));
    if (found !== undefined) return found;
    const known = tree.images.flatMap(({ declared }) => (declared === undefined ? [] : [formatPlatform(declared)]));
    throw failure(
      'image/platform-absent',
      { source: tree.source.name, platform: formatPlatform(platform), known },
      { in: 'image', image: tree.source.name, platform },
      'request',
    );
  });
}

async function copyBlobs(tree: ImageTree, sink: ImageSink, images: readonly Image[], options: CopyOptions) {
  const todo = new Map<string, Descriptor>();
  for (const { manifest } of images) {
    for (const layer of manifest.layers) if (!isForeignLayer(layer)) todo.set(layer.digest, layer);
    todo.set(manifest.config.digest, manifest.config);
  }
  const queue = [...todo.values()];
  // One that fails stops the others where they are; what they wrote stays, whole, for the next try.
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  let first: { readonly error: unknown } | undefined;
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined && first === undefined; next = queue.shift()) {
      try {
        await copyBlob(tree, sink, next, { ...options, signal });
      } catch (error) {
        first ??= { error };
        stop.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.concurrency ?? 4) }, worker));
  if (first !== undefined) throw first.error;
}

async function copyBlob(tree: ImageTree, sink: ImageSink, descriptor: Descriptor, options: CopyOptions) {
  const { signal, onBytes, mountFrom } = options;
  if (await sink.has(descriptor, pick(options))) return;
  await sink.writeBlob(descriptor, () => streamVerified(tree.source, descriptor, pick(options)), {
    signal,
    mountFrom: mountFrom?.(descriptor),
    ...(onBytes !== undefined ? { onBytes: (count: number) => onBytes(descriptor, count) } : {}),
  });
}

/** Nested indexes go deeper than this in no image; a cycle cannot be, but a hostile chain can. */
const MAX_DEPTH = 4;
/** Manifests below an index that are no images of it: each level of nesting could multiply them by 10,000. */
const MAX_OTHERS = 10_000;

/** Attestations, artifacts and nested indexes are copied as they are, with everything that they name. */
async function copyOther(
  tree: ImageTree,
  sink: ImageSink,
  descriptor: Descriptor,
  options: CopyOptions,
  done = new Set<string>(),
  depth = 0,
) {
  if (done.has(descriptor.digest)) return;
  done.add(descriptor.digest);
  if (done.size > MAX_OTHERS) {
    const args = { what: tree.root.digest, count: done.size, limit: MAX_OTHERS };
    throw failure('image/too-many-entries', args, { in: 'image', image: tree.source.name }, 'request');
  }
  const raw = await readVerified(tree.source, descriptor, { ...pick(options), limit: documentLimits.manifest });
  const at = { in: 'image', image: tree.source.name } as const;
  const json = parseJson(raw, { document: 'manifest', digest: descriptor.digest, at });
  if (isIndexType(descriptor.mediaType)) {
    const { manifests } = parseIndex(json, { document: 'index', digest: descriptor.digest, at });
    if (depth >= MAX_DEPTH) {
      const args = { what: descriptor.digest, count: depth + 1, limit: MAX_DEPTH, of: 'levels' } as const;
      throw failure('image/too-many-entries', args, at, 'request');
    }
    for (const entry of manifests) await copyOther(tree, sink, entry, options, done, depth + 1);
  } else {
    for (const blob of blobsOf(json)) if (!isForeignLayer(blob)) await copyBlob(tree, sink, blob, options);
  }
  await sink.writeManifest(descriptor, raw, pick(options));
}

function blobsOf(json: unknown): Descriptor[] {
  const index = { schemaVersion: 2, manifests: [] as unknown[] };
  const { config, layers } = (json ?? {}) as { config?: unknown; layers?: unknown };
  if (config !== undefined) index.manifests.push(config);
  if (Array.isArray(layers)) index.manifests.push(...layers);
  return [...parseIndex(index, { document: 'manifest', at: { in: 'input', name: 'manifest' } }).manifests];
}
