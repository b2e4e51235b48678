import type { ResolvedProject } from '../config/index.ts';
import {
  type Diagnostic,
  type Digest,
  formatPlatform,
  formatReference,
  type ImageReference,
  type Platform,
  samePlatform,
} from '../core/index.ts';
import { atInput, failure, printable } from '../messages/index.ts';
import { buildTexts } from '../messages/phrases/build.ts';
import type { ImageTree } from '../oci/index.ts';
import { type ImageProof, isForLinux, proofJson } from '../proof/index.ts';
import type { Destination, PublishOptions, PublishReceipt } from '../publish/index.ts';
import { renderReceipt } from '../report/index.ts';
import { registryOptions } from './access.ts';
import { allValues } from './arguments.ts';
import { readPlatforms } from './jobs.ts';
import type { Names } from './naming.ts';
import { goneFrom, type Shippable } from './optional.ts';
import { openProgress } from './progress.ts';
import { hostOf } from './proving.ts';
import type { Session } from './session.ts';
import type { Flags } from './specs.ts';

/** The names and flags of a publish without optional platforms: a tag may lose them, because that was just said. */
export function withoutLeftOut(
  wanted: Shippable,
  kept: Shippable,
  names: Names,
  flags: Flags,
): { readonly names: Names; readonly flags: Flags } {
  const gone = goneFrom(wanted, kept);
  if (gone.length === 0) return { names, flags };
  const isGone = (platform: Platform): boolean => gone.some((one) => samePlatform(one, platform));
  return {
    names: { ...names, children: names.children.filter(({ platform }) => !isGone(platform)) },
    flags: { ...flags, drop: [...allValues(flags, 'drop'), ...gone.map(formatPlatform)] },
  };
}

/** Asks before anything is written for an environment that says `confirm: true`; without a terminal `--yes` is the answer. */
export async function confirmWrite(
  { shell, language }: Session,
  project: ResolvedProject | undefined,
  flags: Flags,
): Promise<void> {
  const environment = project?.environment;
  if (environment === undefined || !environment.confirm || flags.yes === true) return;
  const { name } = environment;
  const asked = shell.interactive;
  if (
    asked &&
    /^y(es)?$/i.test((await shell.ask(`${buildTexts.confirm[language]({ environment: printable(name) })} `)).trim())
  )
    return;
  throw failure('cli/not-confirmed', { environment: name, asked }, atInput('--env'), 'request');
}

export interface Published {
  readonly receipt: PublishReceipt;
  /** From the first byte that was sent to the last tag; the proof is in it. */
  readonly ms: number;
}

/** What is to be published under which names, and the proof that decides it. */
export interface Publishing {
  readonly tree: ImageTree;
  /** Only these; everything in the tree where absent. */
  readonly platforms?: readonly Platform[] | undefined;
  readonly proving: Promise<ImageProof>;
  readonly told: (proof: ImageProof) => boolean;
  readonly names: Names;
  readonly flags: Flags;
  /** Images that stand under the name already: they stay there, and nothing is said of them. */
  readonly standing?: readonly Digest[];
  /** What the name pointed at when `tree` was made of it. */
  readonly expected?: PublishOptions['expected'];
}

/**
 * Proves and publishes. Blobs, which nobody can see, go up beside the proof; manifests, and the tags last, wait for it.
 * `told` says the proof, and whether it is one to publish: where it is none, what is under way is stopped.
 */
export async function proveAndPublish(
  session: Session,
  { proving, told, standing = [], ...what }: Publishing,
): Promise<{ readonly proof: ImageProof; readonly published: Published | null }> {
  const begin = performance.now();
  const stop = new AbortController();
  const cleared = proving.then((proof) => {
    if (!told(proof)) throw new NotToPublish(proof);
    return proof;
  });
  const signal = AbortSignal.any([session.shell.signal, stop.signal]);
  const uploading = publish(session, { ...what, cleared, standing, signal });
  // The proof is told first, whatever comes of the upload.
  uploading.catch(() => {});
  try {
    const proof = await cleared;
    const receipt = await uploading;
    return { proof, published: { receipt, ms: performance.now() - begin } };
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled([uploading]);
    if (error instanceof NotToPublish) return { proof: error.proof, published: null };
    throw error;
  }
}

/** Says what came of it, in words unless `--json` was asked for; the value that `--json` prints. */
export function tellPublished(
  session: Session,
  source: string,
  { proof, published }: { readonly proof: ImageProof; readonly published: Published | null },
  leftOut: readonly Diagnostic[] = [],
): object {
  const value = proofJson(proof, session.language, hostOf(session));
  if (published === null) {
    if (!session.json) session.print(`\n${buildTexts.notPublished[session.language]({ image: printable(source) })}`);
    return { ...value, published };
  }
  const { receipt, ms } = published;
  if (!session.json) {
    for (const warning of receipt.diagnostics) session.warn(warning);
    session.print(`\n${renderReceipt(session.page, receipt, ms)}`);
  }
  const diagnostics = session.findingsJson([...leftOut, ...receipt.diagnostics]);
  return { ...value, published: { ...receipt, diagnostics } };
}

class NotToPublish extends Error {
  readonly proof: ImageProof;

  constructor(proof: ImageProof) {
    super('the proof is none to publish');
    this.proof = proof;
  }
}

/** By digest, read back, and the tags last. */
async function publish(
  session: Session,
  {
    tree,
    platforms,
    cleared,
    names,
    flags,
    standing,
    expected,
    signal,
  }: Pick<Publishing, 'tree' | 'platforms' | 'names' | 'flags' | 'expected'> & {
    readonly cleared: Promise<ImageProof>;
    readonly standing: readonly Digest[];
    readonly signal: AbortSignal;
  },
): Promise<PublishReceipt> {
  const { shell } = session;
  const { publishTree } = await import('../publish/index.ts');
  const { openRegistry } = await import('../oci/registry/index.ts');
  const options = await registryOptions(session);
  const progress = openProgress(
    { watched: shell.watched && !session.json, width: shell.width, page: session.page, mode: 'auto' },
    shell.err,
    () => performance.now(),
  );
  const destinations: Destination[] = [...repositoriesOf(names)].map(([, { reference, tags, childTags }]) => ({
    repository: openRegistry(reference, options),
    tags,
    childTags,
  }));
  let sent = 0;
  let isTold = false;
  cleared.then(
    () => {
      isTold = true;
    },
    () => {},
  );
  try {
    return await publishTree({
      tree,
      platforms,
      destinations,
      signal,
      expected,
      cleared: async () => void (await cleared),
      reread: 'documents',
      drop: readPlatforms(flags, 'drop'),
      prove: async ({ repository, images }) => {
        // The same digest is the same bytes: each image that lies there must be one of those that were proved.
        const proved = (await cleared).platforms.map(({ image }) => image);
        // `proof/entry-skipped` has told of these: no Linux machine runs them, and nothing is claimed of them.
        const skipped = tree.images.filter((image) => !isForLinux(image)).map(({ descriptor }) => descriptor.digest);
        const allowed = new Set([...proved, ...skipped, ...standing]);
        const stray = images.find((digest) => !allowed.has(digest));
        if (stray === undefined) return;
        const args = { repository: repository.name, proved: proved.join(', '), pushed: stray };
        throw failure('cli/unproven-digest', args, atInput(repository.name), 'outside');
      },
      onEvent: (event) => {
        if (event.kind === 'tagged' && event.moved) session.tagsMoved.push(`${event.repository}:${event.tag}`);
        if (event.kind !== 'blob') return;
        sent += event.bytes;
        // Until the proof is done it is the proof that is watched.
        if (isTold) progress.show(event.repository, sent);
      },
    });
  } finally {
    progress.clear();
    for (const { repository } of destinations) await repository.close();
  }
}

interface Place {
  readonly reference: ImageReference;
  readonly tags: string[];
  readonly childTags: { readonly platform: Platform; readonly tags: string[] }[];
}

function repositoriesOf({ references, children }: Names): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const placeOf = ({ registry, repository }: ImageReference): Place => {
    const key = formatReference({ registry, repository });
    const place = places.get(key) ?? { reference: { registry, repository }, tags: [], childTags: [] };
    places.set(key, place);
    return place;
  };
  for (const reference of references) placeOf(reference).tags.push(reference.tag ?? 'latest');
  for (const { platform, reference } of children)
    placeOf(reference).childTags.push({ platform, tags: [reference.tag ?? 'latest'] });
  return places;
}
