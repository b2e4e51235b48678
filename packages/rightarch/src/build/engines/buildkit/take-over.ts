import { comparePlatforms, formatPlatform, type Platform } from '../../../core/index.ts';
import {
  type CallOptions,
  chooseImages,
  copyTree,
  type Descriptor,
  type ImageSink,
  type ImageSource,
  type ImageTree,
  makeIndex,
  openLayout,
  openTree,
  subjectOf,
} from '../../../oci/index.ts';
import { openOutput } from '../../open-output.ts';
import type { BuildRequest, BuildResult, Engine } from '../../types.ts';
import { annotationsFor } from '../embedded/write-output.ts';

/** What one builder left, and for whom. */
export interface LeftThere {
  readonly layout: string;
  readonly platforms: readonly Platform[];
}

/**
 * Reads what BuildKit left, every byte that is new against its digest, into the layout of the build: as it is where one builder
 * did all of it, else the images of all of them as one index.
 */
export async function takeOver(
  left: readonly LeftThere[],
  request: BuildRequest,
  output: Parameters<Engine['build']>[2],
  { signal }: CallOptions,
): Promise<BuildResult> {
  const call = { signal };
  const sources = left.map(({ layout }) => openLayout(layout));
  try {
    const trees: ImageTree[] = [];
    for (const source of sources) trees.push(await openTree(source, await source.resolve(undefined, call), call));
    const found = left.flatMap(({ platforms }, index) =>
      chooseImages(trees[index]!, platforms).map(({ descriptor }, which) => ({
        platform: platforms[which]!,
        descriptor: { ...descriptor, platform: platforms[which]! },
        source: sources[index]!,
      })),
    );
    const sink = await openOutput(output, call);
    try {
      const [only, ...more] = trees;
      const root =
        more.length === 0 ? await copyTree(only!, sink, call) : await join(found, trees, { sink, request }, call);
      signal?.throwIfAborted();
      await sink.tag(output.name ?? 'latest', root, call);
      const images = found.map(({ platform, descriptor }) => ({ platform, descriptor }));
      images.sort((one, other) => (formatPlatform(one.platform) < formatPlatform(other.platform) ? -1 : 1));
      return { root, images };
    } finally {
      await sink.close();
    }
  } finally {
    for (const source of sources) await source.close();
  }
}

/**
 * One index of all of them; what is stated of them goes along, behind. The order is that of the platforms, whichever builder
 * was done first: the same images are the same index.
 */
async function join(
  found: readonly (BuildResult['images'][number] & { readonly source: ImageSource })[],
  trees: readonly ImageTree[],
  { sink, request }: { readonly sink: ImageSink; readonly request: BuildRequest },
  call: CallOptions,
): Promise<Descriptor> {
  const ordered = [...found].sort((one, other) => comparePlatforms(one.platform, other.platform));
  const stated = trees.flatMap(({ source, attestations }) =>
    attestations.map((descriptor) => ({ source, descriptor, platform: descriptor.platform })),
  );
  const subjects = ordered.map(({ descriptor }): string => descriptor.digest);
  const placeOf = (descriptor: Descriptor): number => subjects.indexOf(subjectOf(descriptor) ?? '');
  stated.sort((one, other) => placeOf(one.descriptor) - placeOf(other.descriptor));
  const manifests: Descriptor[] = [];
  for (const { source, descriptor, platform } of [...ordered, ...stated]) {
    const { mediaType, digest, size, annotations } = descriptor;
    await copyTree(await openTree(source, { mediaType, digest, size }, call), sink, call);
    const about = annotations === undefined || platform?.os !== 'unknown' ? {} : { annotations };
    manifests.push({ mediaType, digest, size, ...(platform === undefined ? {} : { platform }), ...about });
  }
  const annotations = annotationsFor('index', request.annotations);
  const index = makeIndex({ manifests, ...(annotations ? { annotations } : {}) });
  await sink.writeManifest(index.descriptor, index.bytes, call);
  return index.descriptor;
}
