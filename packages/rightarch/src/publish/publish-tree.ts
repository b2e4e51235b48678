import { type Diagnostic, formatPlatform, isTag, type Platform, parseReference, samePlatform } from '../core/index.ts';
import { diagnostic, failure } from '../messages/index.ts';
import {
  chooseImages,
  copyTree,
  type Descriptor,
  type Image,
  type ImageTree,
  indexAnnotations,
  isForeignLayer,
  openTree,
  streamVerified,
  subjectOf,
} from '../oci/index.ts';
import { countingSink } from './counting-sink.ts';
import { type Move, moveTags } from './move-tags.ts';
import { planTagChange, type TagChange, type Wanted } from './tag-change.ts';
import type { Destination, PublishOptions, PublishReceipt, RepositoryReceipt } from './types.ts';

/**
 * Publishes a tree: everything goes up by digest, is read back and proven where the caller wants that, and only
 * then do the tags move, each to something complete. Until the last step no name that people use has changed;
 * repeated with nothing changed, it writes nothing. One platform is published as its bare manifest, never as an
 * index of one.
 */
export async function publishTree(options: PublishOptions): Promise<PublishReceipt> {
  const { destinations, onEvent, signal } = options;
  const call = signal === undefined ? {} : { signal };
  checkTags(destinations);
  const { tree, platforms } = whatToPublish(options);
  const images = chooseImages(tree, platforms);
  const rules = { drop: options.drop ?? [], refuseKindChange: options.refuseKindChange === true };

  // The root is not known before a subset's index is made, but its kind and platforms are: names are refused early.
  const early = plannedMoves(destinations, { descriptor: tree.root, platforms: images.flatMap(platformOf) }, images);
  const planned: (Descriptor | undefined)[] = [];
  for (const { destination, tag, wanted } of early) {
    planned.push((await planTagChange(destination.repository, tag, wanted, rules, call)).before);
  }

  let root = tree.root;
  const receipts = new Map<Destination, Omit<RepositoryReceipt, 'tags'>>();
  for (const [i, destination] of destinations.entries()) {
    const { repository } = destination;
    const { sink, counts } = countingSink(repository, (digest, bytes) =>
      onEvent?.({ kind: 'blob', repository: repository.name, digest, bytes }),
    );
    root = await copyTree(tree, sink, {
      ...call,
      platforms,
      concurrency: options.concurrency,
      beforeManifests: options.cleared,
      mountFrom: mountFrom(destination, destinations.slice(0, i), tree),
    });
    receipts.set(destination, { repository: repository.name, ...counts() });
    onEvent?.({ kind: 'pushed', repository: repository.name, digest: root.digest });
  }
  for (const { repository } of destinations) {
    if (options.reread !== undefined) await reread(options, repository, root, images);
    await options.prove?.({ repository, root, images: images.map(({ descriptor }) => descriptor.digest) });
  }

  const moves = plannedMoves(destinations, { descriptor: root, platforms: images.flatMap(platformOf) }, images);
  const diagnostics: Diagnostic[] = [];
  // Somebody else may have pushed in the meantime: every name is compared again before the first one moves.
  const changes: TagChange[] = [];
  for (const [i, { destination, tag, wanted }] of moves.entries()) {
    const change = await planTagChange(destination.repository, tag, wanted, rules, call);
    refuseMoved(`${destination.repository.name}:${tag}`, change, options);
    diagnostics.push(
      ...change.warnings,
      ...movedMeanwhile(`${destination.repository.name}:${tag}`, planned[i], change),
    );
    changes.push(change);
  }
  const tags = await moveTags(moves, changes, options);
  return {
    digest: root.digest,
    mediaType: root.mediaType,
    form: tree.form,
    platforms: images.map((image) => ({
      platform: platformOf(image).map(formatPlatform)[0] ?? 'unknown',
      digest: image.descriptor.digest,
    })),
    repositories: destinations.map((destination) => ({
      ...receipts.get(destination)!,
      tags: tags.get(destination) ?? [],
    })),
    diagnostics,
  };
}

function checkTags(destinations: readonly Destination[]): void {
  const seen = new Map<string, string>();
  for (const { repository, tags, childTags = [] } of destinations) {
    const wanted = [
      ...tags.map((tag) => ({ tag, what: '*' })),
      ...childTags.flatMap(({ platform, tags: names }) =>
        names.map((tag) => ({ tag, what: formatPlatform(platform) })),
      ),
    ];
    for (const { tag, what } of wanted) {
      const reference = `${repository.name}:${tag}`;
      const at = { in: 'image', image: reference } as const;
      if (!isTag(tag)) throw failure('publish/tag-malformed', { tag }, at, 'request');
      const other = seen.get(reference);
      if (other !== undefined && other !== what)
        throw failure('publish/tag-twice', { reference, one: other, other: what }, at, 'request');
      seen.set(reference, what);
    }
  }
}

/** A tree, and the platforms of it that are meant; all of them where none are named. */
interface Chosen {
  readonly tree: ImageTree;
  readonly platforms?: readonly Platform[] | undefined;
}

/**
 * What is published of a tree, and so what there is to prove. An index of one image and nothing else becomes that
 * image: some runtimes take no index, and it says nothing more, unless somebody annotated it.
 */
export function whatToPublish({ tree, platforms }: Chosen): Chosen {
  if (tree.form === 'manifest') return { tree, platforms };
  const images = chooseImages(tree, platforms);
  const [only] = images;
  if (only === undefined || images.length > 1) return { tree, platforms };
  if (Object.keys(indexAnnotations(tree)).length > 0) return { tree, platforms };
  const withIt =
    platforms === undefined
      ? tree.attestations.length + tree.others.length
      : tree.attestations.filter((one) => subjectOf(one) === only.descriptor.digest).length;
  if (withIt > 0) return { tree, platforms };
  const { mediaType, digest, size } = only.descriptor;
  const root: Descriptor = { mediaType, digest, size };
  return {
    tree: { ...tree, form: 'manifest', root, rawRoot: only.rawManifest, images: [only], attestations: [], others: [] },
    platforms: undefined,
  };
}

function platformOf({ declared, entryPlatform }: Image): readonly Platform[] {
  const platform = declared ?? entryPlatform;
  return platform === undefined ? [] : [platform];
}

/** Names of single platforms first, so that whoever sees the new whole can also use its parts. */
function plannedMoves(destinations: readonly Destination[], whole: Wanted, images: readonly Image[]): Move[] {
  return destinations.flatMap((destination) => {
    const children = (destination.childTags ?? []).flatMap(({ platform, tags }) => {
      const image = images.find((one) => platformOf(one).some((own) => samePlatform(own, platform)));
      if (image === undefined) {
        const known = images.flatMap(platformOf).map(formatPlatform);
        const at = { in: 'image', image: destination.repository.name, platform } as const;
        const args = { source: destination.repository.name, platform: formatPlatform(platform), known };
        throw failure('image/platform-absent', args, at, 'request');
      }
      const { mediaType, digest, size } = image.descriptor;
      const wanted = { descriptor: { mediaType, digest, size }, platforms: [platform] };
      return tags.map((tag): Move => ({ destination, tag, wanted, platform: formatPlatform(platform) }));
    });
    return [...children, ...destination.tags.map((tag): Move => ({ destination, tag, wanted: whole }))];
  });
}

/** A repository of the same registry that has the blobs: one that was just filled, or the one they come from. */
function mountFrom(
  { repository }: Destination,
  filled: readonly Destination[],
  { source }: ImageTree,
): (descriptor: Descriptor) => string | undefined {
  const { registry, repository: own } = repository.reference;
  const before = filled.find((one) => one.repository.reference.registry === registry);
  if (before !== undefined) return () => before.repository.reference.repository;
  return (descriptor) => {
    const { kind, name } = source.placeOf?.(descriptor) ?? source;
    const from = kind === 'registry' ? parseReference(name) : undefined;
    if (from?.ok !== true || from.value.registry !== registry || from.value.repository === own) return undefined;
    return from.value.repository;
  };
}

/** Reads what the registry really holds; everything it gives is held to its digest on the way. */
async function reread(
  { reread: depth, signal }: PublishOptions,
  repository: Destination['repository'],
  root: Descriptor,
  expected: readonly Image[],
): Promise<void> {
  const call = signal === undefined ? {} : { signal };
  const { images, problems } = await openTree(repository, root, call);
  for (const { descriptor } of expected) {
    // An entry that cannot be read is a problem of that entry to `openTree`; here it is the end.
    if (images.some((image) => image.descriptor.digest === descriptor.digest)) continue;
    const { digest } = descriptor;
    throw failure(
      'publish/registry-differs',
      { repository: repository.name, digest },
      { in: 'image', image: `${repository.name}@${digest}` },
      'outside',
      { because: problems.map(({ code }) => code) },
    );
  }
  if (depth !== 'everything') return;
  const done = new Set<string>();
  for (const { descriptor } of images.flatMap(({ layers }) => layers)) {
    if (done.has(descriptor.digest) || isForeignLayer(descriptor)) continue;
    done.add(descriptor.digest);
    for await (const _ of streamVerified(repository, descriptor, call));
  }
}

/** What was made of a tag would put back what it was: somebody's newer image would be gone. */
function refuseMoved(reference: string, { before }: TagChange, { expected }: PublishOptions): void {
  if (expected?.reference !== reference || before?.digest === expected.digest) return;
  const args = { reference, planned: expected.digest ?? '', found: before?.digest ?? '' };
  throw failure('publish/tag-moved', args, { in: 'image', image: reference }, 'outside', { severity: 'error' });
}

function movedMeanwhile(reference: string, planned: Descriptor | undefined, { before }: TagChange): Diagnostic[] {
  if (planned?.digest === before?.digest) return [];
  const args = { reference, planned: planned?.digest ?? '', found: before?.digest ?? '' };
  return [diagnostic('publish/tag-moved', args, { in: 'image', image: reference })];
}
