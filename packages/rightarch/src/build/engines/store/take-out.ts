import { type Digest, digestOf, type Platform } from '../../../core/index.ts';
import {
  type CallOptions,
  type Descriptor,
  type Image,
  type ImageSource,
  makeManifest,
  mediaTypes,
  streamVerified,
} from '../../../oci/index.ts';
import { gzip } from '../../../tar/index.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import type { BaseImage } from '../../stage/bases.ts';
import type { PreparedStage } from '../../stage/prepare.ts';
import type { BuildRequest } from '../../types.ts';
import { annotationsFor, type BuiltImage, makeImage } from '../embedded/write-output.ts';
import { historyOf, NOTHING } from './own-config.ts';

/** A saved image as it is published: the base's layers as the base has them, the others compressed. */
export async function takeOut(
  image: Image,
  parts: {
    readonly source: ImageSource;
    readonly base: BaseImage | undefined;
    readonly platform: Platform;
    readonly request: BuildRequest;
    readonly blobs: BlobStore;
    /** Where the config is what this stage comes to, and not what the store has. */
    readonly target?: PreparedStage;
  },
  call: CallOptions,
): Promise<BuiltImage> {
  const { source, base, platform, request, blobs, target } = parts;
  const bringIn = async (from: ImageSource, descriptor: Descriptor): Promise<Descriptor> => {
    const stream = () => streamVerified(from, descriptor, call);
    const mediaType = /zstd$/.test(descriptor.mediaType) ? descriptor.mediaType : mediaTypes.ociLayerGzip;
    if (/\.(?:tar|diff\.tar)$/.test(descriptor.mediaType))
      return { mediaType, ...(await blobs.write(gzip(stream()), call)) };
    await blobs.fetch(descriptor, stream, request.name);
    return { mediaType, digest: descriptor.digest, size: descriptor.size };
  };
  const layers: { readonly descriptor: Descriptor; readonly diffId: Digest }[] = [];
  const below = base?.image.layers ?? [];
  for (const [index, { descriptor, diffId }] of image.layers.entries()) {
    if (target !== undefined && index >= below.length && diffId === NOTHING) continue;
    // Also where it comes again above the base: a store leaves out whatever is the same as what is known.
    const known = below.find((one) => one.diffId !== undefined && one.diffId === diffId);
    const own = known === undefined ? bringIn(source, descriptor) : bringIn(base!.source, known.descriptor);
    layers.push({ descriptor: await own, diffId: diffId! });
  }
  if (target !== undefined) {
    const created = image.config.created ?? new Date(0).toISOString();
    const history = historyOf(target, layers.length - (base?.image.layers.length ?? 0), created);
    const { config, author } = target.state;
    return makeImage({ config, author, layers, history }, platform, request, created);
  }
  const bytes = image.rawConfig;
  const config = { mediaType: mediaTypes.ociConfig, digest: digestOf(bytes), size: bytes.length };
  const annotations = annotationsFor('manifest', request.annotations);
  const own = layers.map(({ descriptor }) => descriptor);
  const manifest = makeManifest({ config, layers: own, ...(annotations ? { annotations } : {}) });
  return {
    platform,
    descriptor: { ...manifest.descriptor, platform },
    layers: own,
    documents: [
      { descriptor: config, bytes },
      { descriptor: manifest.descriptor, bytes: manifest.bytes },
    ],
  };
}

/** The image that the layers of a stage begin with. */
export function baseOf({ base }: PreparedStage): BaseImage | undefined {
  return base.kind === 'stage' ? baseOf(base.stage) : base.kind === 'image' ? base : undefined;
}
