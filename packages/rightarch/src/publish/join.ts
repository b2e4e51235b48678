import { type Digest, Failure, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import {
  type CallOptions,
  type Descriptor,
  type Image,
  type ImageTree,
  indexAnnotations,
  isIndexType,
  makeIndex,
  mediaTypes,
  openTree,
  subjectOf,
} from '../oci/index.ts';
import { joinedSource } from './joined-source.ts';

/** A tree under the name that people gave it. */
export interface Joining {
  readonly name: string;
  readonly tree: ImageTree;
}

export interface JoinOptions extends CallOptions {
  /** What the whole is called, for messages. */
  readonly name: string;
  /** What stands under the name already and stays, whatever it is; first in the index. */
  readonly standing?: Joining | undefined;
  /** Platforms that must be there in the end. */
  readonly require?: readonly Platform[];
  /** Provenance and SBOM go along with the images that they speak of, unless told otherwise. */
  readonly attestations?: 'keep' | 'drop';
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * One index of the images of several trees, in their order: what `docker buildx imagetools create` makes of native
 * builds. Each entry says the platform that its own config declares. The same image twice is one entry; two images of
 * one platform are refused, because nobody here knows which is meant, and so is an entry that is no image and no
 * artifact. The index is then opened as any other, so that whatever is wrong with it is known to the proof.
 */
export async function joinTrees(given: readonly Joining[], options: JoinOptions): Promise<ImageTree> {
  const { standing, name } = options;
  const all = standing === undefined ? given : [standing, ...given];
  for (const one of given) refuseEntries(one);
  const { images, isNew } = imagesOf(all, standing);
  refuseMissing(images, options);
  const annotations = { ...(standing && indexAnnotations(standing.tree)), ...options.annotations };
  const asked = options.attestations === 'drop' || Object.keys(options.annotations ?? {}).length > 0;
  // Nothing is added and nothing asked for: the tag keeps the very index that it has.
  if (standing?.tree.form === 'index' && !isNew && !asked) return { ...standing.tree };
  const kept = new Set<string>(images.map(({ descriptor }) => descriptor.digest));
  const trees = all.map(({ tree }) => tree);
  const attestations = options.attestations === 'drop' ? [] : attestationsOf(trees, kept);
  const manifests = [...images.map(entryOf), ...unique(trees.flatMap(({ others }) => others)), ...attestations];
  // Docker's own list takes no entry of OCI and no annotations (distribution/manifest/manifestlist); an OCI index takes all.
  const isDockers =
    Object.keys(annotations).length === 0 &&
    manifests.every((one) => one.mediaType === mediaTypes.dockerManifest && one.annotations === undefined);
  const index = makeIndex({
    manifests,
    mediaType: isDockers && manifests.length > 0 ? mediaTypes.dockerList : mediaTypes.ociIndex,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  });
  const source = joinedSource(trees, name, new Map([[index.descriptor.digest, index.bytes]]));
  return openTree(source, index.descriptor, options.signal === undefined ? {} : { signal: options.signal });
}

function imagesOf(
  all: readonly Joining[],
  standing: Joining | undefined,
): { readonly images: readonly Image[]; readonly isNew: boolean } {
  const images: Image[] = [];
  const owners = new Map<Digest, string>();
  let isNew = false;
  for (const { name, tree } of all) {
    const own: Image[] = [];
    for (const image of tree.images) {
      const { digest } = image.descriptor;
      if (owners.has(digest)) continue;
      // What an image does not say of itself, no entry can.
      if (image.declared === undefined && tree !== standing?.tree) throw notDeclared(name, tree, image);
      refuseSecond(images, image, (known) => owners.get(known) ?? '', name);
      owners.set(digest, name);
      own.push(image);
    }
    // Of one tree two of a platform may be meant: a twin in another compression. What is not, the proof says.
    images.push(...own);
    isNew ||= tree !== standing?.tree && own.length > 0;
  }
  return { images, isNew };
}

function refuseMissing(images: readonly Image[], { require = [], name }: JoinOptions): void {
  const platforms = images.flatMap(({ declared }) => declared ?? []);
  const missing = require.filter((one) => !platforms.some((is) => samePlatform(is, one)));
  if (missing.length === 0) return;
  const args = { missing: missing.map(formatPlatform), have: [...new Set(platforms.map(formatPlatform))] };
  throw failure('publish/platform-required', args, { in: 'image', image: name }, 'request');
}

/** An index within the index, or an entry that cannot be read: it may be a platform, and would be gone without a word. */
function refuseEntries({ name, tree }: Joining): void {
  for (const { digest, mediaType } of tree.others) {
    const said = tree.problems.filter((one) => one.args['digest'] === digest);
    const [first] = said;
    if (first === undefined || (first.code === 'image/media-type-unknown' && !isIndexType(mediaType))) continue;
    throw new Failure({ ...first, severity: 'error', at: { in: 'image', image: name } }, 'request');
  }
}

function notDeclared(name: string, { problems }: ImageTree, { manifest }: Image): Failure {
  const { digest } = manifest.config;
  const said = problems.find(({ code, args }) => code === 'image/platform-missing' && args['digest'] === digest);
  const missing = (said?.args['missing'] ?? ['os', 'architecture']) as readonly ('os' | 'architecture')[];
  return failure('image/platform-missing', { digest, missing }, { in: 'image', image: name }, 'request');
}

/** The entry of an image by its own config, whatever named it before: `linux/arm64/v8` is `linux/arm64`. */
function entryOf({ declared, descriptor }: Image): Descriptor {
  const { mediaType, digest, size, annotations } = descriptor;
  return {
    mediaType,
    digest,
    size,
    ...(annotations === undefined ? {} : { annotations }),
    ...(declared === undefined ? {} : { platform: declared }),
  };
}

function refuseSecond(
  images: readonly Image[],
  { declared, descriptor }: Image,
  ownerOf: (digest: Digest) => string,
  name: string,
): void {
  if (declared === undefined) return;
  const first = images.find((one) => one.declared !== undefined && samePlatform(one.declared, declared));
  if (first === undefined) return;
  const args = {
    platform: formatPlatform(declared),
    first: ownerOf(first.descriptor.digest),
    second: name,
    digests: [first.descriptor.digest, descriptor.digest],
  };
  throw failure('publish/platform-twice', args, { in: 'image', image: name, platform: declared }, 'request');
}

/** What speaks of an image that is kept, each once. */
function attestationsOf(trees: readonly ImageTree[], kept: ReadonlySet<string>): readonly Descriptor[] {
  const all = trees.flatMap(({ attestations }) => attestations);
  return unique(all.filter((one) => kept.has(subjectOf(one) ?? '')));
}

/** One manifest may speak of several images. */
const unique = (all: readonly Descriptor[]): readonly Descriptor[] => [
  ...new Map(all.map((one) => [`${one.digest} ${subjectOf(one) ?? ''}`, one])).values(),
];
