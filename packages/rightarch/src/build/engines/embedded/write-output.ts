import { createReadStream } from 'node:fs';
import { link, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { comparePlatforms, type Platform } from '../../../core/index.ts';
import {
  blobPath,
  type CallOptions,
  type Descriptor,
  encodeJson,
  makeDirectory,
  makeIndex,
  makeManifest,
  mediaTypes,
} from '../../../oci/index.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { openOutput } from '../../open-output.ts';
import { withConfig } from '../../stage/runtime-config.ts';
import type { BuildRequest, BuildResult } from '../../types.ts';
import type { BuiltStage } from './build-stage.ts';

/** One platform's image, in memory: config and manifest; its layers are in the store. */
export interface BuiltImage {
  readonly platform: Platform;
  readonly descriptor: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly documents: readonly { readonly descriptor: Descriptor; readonly bytes: Uint8Array }[];
}

/** Puts config and manifest of a built stage together. Equal stages give equal bytes. */
export function makeImage(
  built: Pick<BuiltStage, 'author' | 'config' | 'history'> & {
    readonly layers: readonly Pick<BuiltStage['layers'][number], 'descriptor' | 'diffId'>[];
  },
  platform: Platform,
  request: Pick<BuildRequest, 'labels' | 'annotations'>,
  created: string,
): BuiltImage {
  const labels = { ...built.config.Labels, ...request.labels };
  const runtime = withConfig(built.config, { Labels: Object.keys(labels).length > 0 ? sorted(labels) : undefined });
  // The members in the order of image-spec's Go struct, as every other builder writes them.
  const config = encodeJson({
    created,
    ...(built.author !== undefined ? { author: built.author } : {}),
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.osVersion !== undefined ? { 'os.version': platform.osVersion } : {}),
    ...(platform.variant !== undefined ? { variant: platform.variant } : {}),
    config: runtime,
    rootfs: { type: 'layers', diff_ids: built.layers.map(({ diffId }) => diffId) },
    history: built.history,
  });
  const configDescriptor = { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.size };
  const layers = built.layers.map(({ descriptor: { mediaType, digest, size } }) => ({ mediaType, digest, size }));
  const annotations = annotationsFor('manifest', request.annotations);
  const manifest = makeManifest({ config: configDescriptor, layers, ...(annotations ? { annotations } : {}) });
  return {
    platform,
    descriptor: { ...manifest.descriptor, platform },
    layers,
    documents: [
      { descriptor: configDescriptor, bytes: config.bytes },
      { descriptor: manifest.descriptor, bytes: manifest.bytes },
    ],
  };
}

/**
 * Writes images into an OCI layout: blobs first, the name last and in one step, so that a kill leaves the layout as it
 * was. Several platforms are one index; one platform is a manifest alone, as docker build leaves it.
 */
export async function writeOutput(
  images: readonly BuiltImage[],
  output: { readonly directory: string; readonly name: string; readonly newestOnly?: boolean | undefined },
  parts: CallOptions & { readonly store: BlobStore; readonly annotations: Readonly<Record<string, string>> },
): Promise<BuildResult> {
  const { directory } = output;
  const sink = await openOutput(output, parts);
  const ordered = [...images].sort((one, other) => comparePlatforms(one.platform, other.platform));
  try {
    for (const image of ordered) {
      for (const layer of image.layers) await linkBlob(parts.store, directory, layer);
      for (const layer of image.layers)
        await sink.writeBlob(layer, () => readBlob(parts.store, layer), { signal: parts.signal });
      for (const { descriptor, bytes } of image.documents) await sink.writeManifest(descriptor, bytes, parts);
    }
    const [only] = ordered;
    let root: Descriptor = only!.descriptor;
    if (ordered.length > 1) {
      const annotations = annotationsFor('index', parts.annotations);
      const index = makeIndex({
        manifests: ordered.map(({ descriptor }) => descriptor),
        ...(annotations ? { annotations } : {}),
      });
      await sink.writeManifest(index.descriptor, index.bytes, parts);
      root = index.descriptor;
    }
    parts.signal?.throwIfAborted();
    await sink.tag(output.name, root, parts);
    return { root, images: ordered.map(({ platform, descriptor }) => ({ platform, descriptor })) };
  } finally {
    await sink.close();
  }
}

/** Annotations by buildx's prefixes: without one they are the manifest's (docs.docker.com/build/metadata/annotations). */
export function annotationsFor(level: 'index' | 'manifest', all: Readonly<Record<string, string>>) {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(all)) {
    const prefix = /^((?:index|manifest)(?:,(?:index|manifest))*):/.exec(key);
    const levels = prefix?.[1]?.split(',') ?? ['manifest'];
    if (levels.includes(level)) out[prefix === null ? key : key.slice(prefix[0].length)] = value;
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)));
}

/** A verified blob of the store under its place in the layout: a second name where the disk can, else a copy. */
async function linkBlob(store: BlobStore, directory: string, descriptor: Descriptor): Promise<void> {
  if (!(await store.has(descriptor.digest, descriptor.size))) return;
  const target = blobPath(directory, descriptor);
  if ((await stat(target).catch(() => undefined))?.size === descriptor.size) return;
  await makeDirectory(dirname(target));
  const linked = await link(store.path(descriptor.digest), target).then(
    () => true,
    () => false,
  );
  if (linked) await store.linked(descriptor.digest);
}

async function* readBlob(store: BlobStore, { digest }: Descriptor): AsyncGenerator<Uint8Array> {
  yield* createReadStream(store.path(digest), { highWaterMark: 1 << 18 });
}
