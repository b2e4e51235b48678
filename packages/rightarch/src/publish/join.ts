import { type Digest, type Failure, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { type Descriptor, type Image, type ImageTree, makeIndex, mediaTypes } from '../oci/index.ts';
import { joinedSource } from './joined-source.ts';

export interface JoinOptions {
  /** What the whole is called, for messages. */
  readonly name: string;
  /** Platforms that must be there in the end. */
  readonly require?: readonly Platform[];
  /** Provenance and SBOM go along with the images that they speak of, unless told otherwise. */
  readonly attestations?: 'keep' | 'drop';
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * One index of the images of several trees, in their order: what `docker buildx imagetools create` makes of native
 * builds. Each entry says the platform that its own config declares. The same image twice is one entry; two images of
 * one platform are refused, because nobody here knows which is meant. Nothing is read but what the trees have already.
 */
export function joinTrees(trees: readonly ImageTree[], options: JoinOptions): ImageTree {
  const images: Image[] = [];
  const owners = new Map<Digest, string>();
  for (const tree of trees) {
    const own: Image[] = [];
    for (const image of tree.images) {
      const { digest } = image.descriptor;
      if (owners.has(digest)) continue;
      // What an image does not say of itself, no entry can.
      if (image.declared === undefined) throw notDeclared(tree, image);
      refuseSecond(images, image, (known) => owners.get(known) ?? '', tree.source.name);
      owners.set(digest, tree.source.name);
      own.push(asEntry(image));
    }
    // Of one tree two of a platform may be meant: a twin in another compression. What is not, the proof says.
    images.push(...own);
  }
  const { require = [], name } = options;
  const platforms = images.flatMap(({ declared }) => declared ?? []);
  const missing = require.filter((one) => !platforms.some((is) => samePlatform(is, one)));
  if (missing.length > 0) {
    const args = { missing: missing.map(formatPlatform), have: [...new Set(platforms.map(formatPlatform))] };
    throw failure('publish/platform-required', args, { in: 'image', image: name }, 'request');
  }
  const kept = new Set<string>(images.map(({ descriptor }) => descriptor.digest));
  const attestations = options.attestations === 'drop' ? [] : attestationsOf(trees, kept);
  const isDockers =
    images.length > 0 && images.every(({ descriptor }) => descriptor.mediaType === mediaTypes.dockerManifest);
  const index = makeIndex({
    manifests: [...images.map(({ descriptor }) => descriptor), ...attestations],
    // Docker's own list takes no entry of OCI (distribution/manifest/manifestlist), and an OCI index takes both.
    mediaType: isDockers && attestations.length === 0 ? mediaTypes.dockerList : mediaTypes.ociIndex,
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
  });
  return {
    source: joinedSource(trees, name),
    root: index.descriptor,
    rawRoot: index.bytes,
    form: 'index',
    images,
    attestations,
    others: [],
    problems: trees.flatMap(({ problems }) => problems),
  };
}

function notDeclared({ problems, source }: ImageTree, { manifest }: Image): Failure {
  const { digest } = manifest.config;
  const said = problems.find(({ code, args }) => code === 'image/platform-missing' && args['digest'] === digest);
  const missing = (said?.args['missing'] ?? ['os', 'architecture']) as readonly ('os' | 'architecture')[];
  return failure('image/platform-missing', { digest, missing }, { in: 'image', image: source.name }, 'request');
}

/** The entry of an image by its own config, whatever named it before: `linux/arm64/v8` is `linux/arm64`. */
function asEntry(image: Image): Image {
  const { declared } = image;
  const { mediaType, digest, size, annotations } = image.descriptor;
  const descriptor: Descriptor = {
    mediaType,
    digest,
    size,
    ...(annotations === undefined ? {} : { annotations }),
    ...(declared === undefined ? {} : { platform: declared }),
  };
  return { ...image, descriptor, entryPlatform: declared };
}

function refuseSecond(
  images: readonly Image[],
  { declared, descriptor }: Image,
  ownerOf: (digest: Digest) => string,
  source: string,
): void {
  const first = images.find(
    (one) => declared !== undefined && one.declared !== undefined && samePlatform(one.declared, declared),
  );
  if (first === undefined || declared === undefined) return;
  const args = {
    platform: formatPlatform(declared),
    first: ownerOf(first.descriptor.digest),
    second: source,
    digests: [first.descriptor.digest, descriptor.digest],
  };
  throw failure('publish/platform-twice', args, { in: 'image', image: source, platform: declared }, 'request');
}

/** What speaks of an image that is kept, each once. */
function attestationsOf(trees: readonly ImageTree[], kept: ReadonlySet<string>): readonly Descriptor[] {
  const all = trees.flatMap(({ attestations }) => attestations);
  const own = all.filter(({ annotations }) => kept.has(annotations?.['vnd.docker.reference.digest'] ?? ''));
  return [...new Map(own.map((one) => [one.digest, one])).values()];
}
