import { type Diagnostic, type Digest, Failure, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { type Descriptor, type Image, type ImageTree, type Index, isZstdInstance } from '../oci/index.ts';
import {
  type LayerFacts,
  type LayerPool,
  openBudget,
  openLayerPool,
  type ScanCache,
  scanImage,
} from '../scan/index.ts';
import {
  canRefuse,
  inRuntimeWords,
  type JudgedEntry,
  judgeTarget,
  readInstance,
  type TargetAsk,
} from '../target/index.ts';
import { overrideOf, type StartOverride, settingsOf } from './effective-start.ts';
import { failureOf } from './failure.ts';
import { provePlatform, unjudged } from './platform.ts';
import { findSmells, type HoldsCode } from './smells.ts';
import { isForLinux, platformOf, problemsOf, weigh } from './structure.ts';
import {
  type ImageProof,
  type PlatformProof,
  type StatedForeign,
  type TargetProof,
  type Verdict,
  worstVerdict,
} from './types.ts';

export interface VerifyOptions {
  /** Platforms that must be there; without them, all that are there are proved. */
  readonly platforms?: readonly Platform[] | undefined;
  readonly targets?: readonly TargetAsk[] | undefined;
  /** Files that somebody says are foreign on purpose, with the reason: told in the proof, and not held against it. */
  readonly foreign?: readonly StatedForeign[] | undefined;
  readonly cache?: ScanCache | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Looks at layers through their tables of contents, where they have one: what was only looked at stays undecided. */
  readonly quick?: boolean | undefined;
  /** Compressed bytes, as they are read; layers that were known are not counted. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Threads that large layers are read in, where there are several of them. None unless told. */
  readonly workers?: number | undefined;
  /** The day, as `2026-11-22`: facts about runtimes that are too old do not refute. */
  readonly today?: string | undefined;
}

/**
 * The proof of everything behind one name. Throws only where bytes cannot be had at all; what is wrong with them is
 * in the proof. An image in which nothing could be judged is undecided, never proven.
 */
export async function verifyTree(tree: ImageTree, options: VerifyOptions = {}): Promise<ImageProof> {
  const asked = options.platforms ?? [];
  const linux = tree.images.filter(isForLinux);
  // A runtime that is asked about needs its own platform, whichever others are to be looked at.
  const needed = [...asked, ...(options.targets ?? []).flatMap(({ platforms }) => platforms)];
  const chosen = asked.length === 0 ? linux : linux.filter((image) => isAsked(image, needed));
  const judged = await judgeAll(tree, chosen, options);
  const diagnostics: Diagnostic[] = [...problemsOf(tree, undefined), ...skippedEntries(tree)];
  const at = { in: 'image', image: tree.source.name } as const;
  if (linux.length === 0 && tree.form === 'index') {
    const entries = tree.images.length + tree.attestations.length + tree.others.length;
    diagnostics.push(diagnostic('proof/no-image', { entries }, at));
  }
  const found = tree.images.map(platformOf).flatMap((platform) => (platform ? [formatPlatform(platform)] : []));
  for (const platform of asked) {
    if (tree.images.some((image) => isAsked(image, [platform]))) continue;
    const args = { platform: formatPlatform(platform), found };
    diagnostics.push(diagnostic('proof/platform-missing', args, { ...at, platform }));
  }
  diagnostics.push(...sameBytes(tree, judged), ...findSmells(tree, codeIn(judged)));
  const prove = proverOf(tree, options);
  const platforms = judged.map((one) => startedElsewhere(one, prove, options) ?? one.proof);
  // An index for other systems only runs there, for all that is known here: nothing of it was judged.
  const weighed = diagnostics.filter(({ code }) => code !== 'proof/no-image' || tree.images.length === 0);
  const whole: Verdict[] = weighed.map(weigh).filter((verdict) => verdict !== 'proven');
  return {
    image: tree.source.name,
    source: tree.source.kind,
    digest: tree.root.digest,
    form: tree.form,
    // An artifact beside the images is shown and skipped; it takes nothing from what was proved of them.
    verdict: worstVerdict([
      ...platforms.map(({ verdict }) => verdict),
      ...(platforms.length > 0 ? whole.filter((verdict) => verdict === 'refuted') : whole),
    ]),
    platforms,
    targets: (options.targets ?? []).map((ask) => judgeFor(ask, tree, judged, { prove, told: platforms }, options)),
    diagnostics,
  };
}

/**
 * Judges one image after the other, as their layers come. With a pool the layers of all of them are read ahead, so
 * that threads read while this one proves.
 */
async function judgeAll(tree: ImageTree, images: readonly Image[], options: VerifyOptions): Promise<readonly Judged[]> {
  const pool = poolFor(images, options.workers ?? 0);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const { cache, onBytes, quick } = options;
  const shared = new Map<string, Promise<LayerFacts>>();
  const scan = { cache, onBytes, quick, signal, shared, pool, budget: openBudget() };
  const ahead = pool === undefined ? [] : images.map((image) => scanImage(tree, image, scan));
  // What fails ahead of its turn is told in its turn.
  const settled = Promise.allSettled(ahead);
  try {
    const judged: Judged[] = [];
    for (const [index, image] of images.entries()) {
      judged.push(await judge(tree, image, ahead[index] ?? scanImage(tree, image, scan), options));
    }
    return judged;
  } finally {
    stop.abort();
    await pool?.close();
    await settled;
  }
}

/** Starting a thread takes as long as reading some megabytes: several layers of that size are needed. */
const LARGE_LAYER = 8 << 20;

function poolFor(images: readonly Image[], workers: number): LayerPool | undefined {
  const layers = images.flatMap(({ layers }) => layers.map(({ descriptor }) => descriptor));
  const large = new Set(layers.filter(({ size }) => size >= LARGE_LAYER).map(({ digest }) => digest));
  return workers > 0 && large.size > 1 ? openLayerPool(Math.min(workers, large.size)) : undefined;
}

interface Judged {
  readonly image: Image;
  readonly layers: readonly LayerFacts[] | undefined;
  readonly proof: PlatformProof;
}

function isAsked(image: Image, asked: readonly Platform[]): boolean {
  const own = platformOf(image);
  return own !== undefined && asked.some((platform) => samePlatform(platform, own));
}

/** Bytes that are not what their digest says, or that their registry does not have: no runtime can pull them. */
const UNPULLABLE = new Set(['image/digest-wrong', 'image/blob-missing', 'registry/blob-missing', 'registry/not-found']);

async function judge(
  tree: ImageTree,
  image: Image,
  reading: Promise<readonly LayerFacts[]>,
  options: Pick<VerifyOptions, 'foreign'>,
): Promise<Judged> {
  try {
    const layers = await reading;
    return { image, layers, proof: provePlatform({ tree, image, layers, foreign: options.foreign }) };
  } catch (error) {
    if (!(error instanceof Failure) || !UNPULLABLE.has(error.diagnostic.code)) throw error;
    const platform = platformOf(image);
    const own: Diagnostic = {
      ...error.diagnostic,
      at: error.diagnostic.at.in === 'image' && platform ? { ...error.diagnostic.at, platform } : error.diagnostic.at,
    };
    const proof = unjudged(image, {
      verdict: 'refuted',
      obligations: [{ step: 'structure', holds: false, subject: image.descriptor.digest, evidence: own.code }],
      diagnostics: [...problemsOf(tree, image), own],
    });
    return { image, layers: undefined, proof };
  }
}

/** Windows and other entries that no Linux machine runs: shown, skipped, never proven. */
function skippedEntries(tree: ImageTree): Diagnostic[] {
  return tree.images
    .filter((image) => !isForLinux(image))
    .map((image) => {
      const { digest, mediaType } = image.descriptor;
      const platform = platformOf(image);
      return diagnostic(
        'proof/entry-skipped',
        { platform: platform === undefined ? '?' : formatPlatform(platform), mediaType, digest },
        { in: 'image', image: tree.source.name, ...(platform !== undefined ? { platform } : {}) },
      );
    });
}

/** Two platforms of different CPUs with the same layers and machine code in them: one of them is a copy. */
function sameBytes(tree: ImageTree, judged: readonly Judged[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [i, one] of judged.entries()) {
    for (const other of judged.slice(i + 1)) {
      const [a, b] = [platformOf(one.image), platformOf(other.image)];
      if (a === undefined || b === undefined || a.architecture === b.architecture) continue;
      const layers = (image: Image) => image.layers.map(({ descriptor }) => descriptor.digest).join();
      if (layers(one.image) !== layers(other.image) || one.proof.counts.programs === 0) continue;
      if (isLookedAt(one)) continue;
      const program = one.layers
        ?.flatMap(({ files }) => files)
        .find((file) => file.program?.kind === 'elf' && file.program.type !== 1);
      if (program === undefined) continue;
      const args = { platforms: [formatPlatform(a), formatPlatform(b)], path: `/${program.path}` };
      found.push(diagnostic('proof/same-bytes', args, { in: 'image', image: tree.source.name }));
    }
  }
  return found;
}

const isLookedAt = ({ layers = [] }: Judged): boolean => layers.some(({ lookedAt }) => lookedAt !== undefined);

/** What was read of the layers, for smells: they tell of layers that were not, and of code where it was found. */
function codeIn(judged: readonly Judged[]): HoldsCode {
  const known = new Map(
    judged.flatMap(({ layers }) =>
      (layers ?? [])
        .filter(({ lookedAt }) => lookedAt === undefined)
        .map(({ digest, files }) => [
          digest,
          files.some(({ program }) => program?.kind === 'elf' && program.type !== 1),
        ]),
    ),
  );
  return ({ descriptor }) => known.get(descriptor.digest);
}

/** Proves an image once more, for a start or a CPU that is not its own. */
type Prove = (one: Judged & Read, override: StartOverride, level?: string) => PlatformProof;
type Read = { readonly layers: readonly LayerFacts[] };

/** Targets that ask for the same are answered by one proof. */
function proverOf(tree: ImageTree, { foreign }: VerifyOptions): Prove {
  const known = new Map<string, PlatformProof>();
  return ({ image, layers }, override, level) => {
    const key = JSON.stringify([image.descriptor.digest, level, override]);
    const proof = known.get(key) ?? provePlatform({ tree, image, layers, override, foreign, level });
    known.set(key, proof);
    return proof;
  };
}

const isRead = (one: Judged | undefined): one is Judged & Read => one?.layers !== undefined;

/** True where something is open that the level of an x86-64 CPU decides. */
const isOpenByLevel = ({ verdict, diagnostics }: PlatformProof): boolean =>
  verdict === 'undecided' && diagnostics.some(({ args }) => /^(?:cpu-level|x86-64-v\d)$/.test(String(args['needs'])));

const comesToElse = (one: PlatformProof, other: PlatformProof): boolean =>
  one.verdict !== other.verdict || JSON.stringify(one.diagnostics) !== JSON.stringify(other.diagnostics);

/**
 * An image without a command of its own starts what its runtimes name (traps.md, verdict 7): where every runtime that
 * takes it names one, the proof is of those, and the worst of them counts.
 */
function startedElsewhere(
  one: Judged,
  prove: Prove,
  { targets = [], today }: VerifyOptions,
): PlatformProof | undefined {
  const platform = platformOf(one.image);
  if (!isRead(one) || one.proof.start !== undefined || platform === undefined) return undefined;
  const asks = targets.filter((ask) => ask.platforms.some((asked) => samePlatform(asked, platform)));
  const proofs = asks.map((ask) => prove(one, overrideOf(ask, today)));
  if (proofs.length === 0 || proofs.some(({ start }) => start === undefined)) return undefined;
  const worst = worstVerdict(proofs.map(({ verdict }) => verdict));
  return proofs.find(({ verdict }) => verdict === worst);
}

function judgeFor(
  ask: TargetAsk,
  tree: ImageTree,
  judged: readonly Judged[],
  { prove, told }: { readonly prove: Prove; readonly told: readonly PlatformProof[] },
  { today }: VerifyOptions,
): TargetProof {
  const override = overrideOf(ask, today);
  const { ownUser, ownEnv, ...others } = override;
  const isOwn = ownUser !== undefined || ownEnv !== undefined;
  const overridden = Object.keys(others).length > 0;
  const proofs = new Map<Digest, PlatformProof>();
  const own: Diagnostic[] = [];
  const images = tree.images.map((image): JudgedEntry => {
    const known = judged.find((one) => one.image === image);
    const { layers } = known ?? {};
    let proof = known?.proof;
    const again = (overridden || isOwn) && isRead(known) ? prove(known, override) : undefined;
    // Whom the runtime runs it as is told only where that comes to something else than the user of the image does.
    if (again !== undefined && known !== undefined && (overridden || comesToElse(again, known.proof))) {
      proof = again;
      proofs.set(image.descriptor.digest, proof);
      // What was told of the platform is not told twice.
      const before = new Set(told[judged.indexOf(known)]?.diagnostics.map((one) => JSON.stringify(one)));
      const found = proof.diagnostics.filter((one) => !before.has(JSON.stringify(one)));
      own.push(...found.map((one) => inWordsOf(ask, one)));
    }
    const platform = platformOf(image);
    // What only the level of the CPU leaves open is decided by a runtime whose machines all have it.
    const level = levelOf(ask, today);
    let verdict = proof?.verdict ?? 'undecided';
    if (level !== undefined && platform?.variant === undefined && proof && isOpenByLevel(proof) && isRead(known)) {
      if (prove(known, override, level).verdict === 'proven') verdict = 'proven';
    }
    return {
      digest: image.descriptor.digest,
      listed: image.entryPlatform,
      platform: image.entryPlatform ?? platform,
      zstd: isZstdInstance(image.descriptor),
      mediaType: image.descriptor.mediaType,
      layerMediaTypes: image.layers.map(({ descriptor }) => descriptor.mediaType),
      verdict,
      only32: proof === undefined ? undefined : only32(proof),
      failure: proof?.verdict === 'refuted' ? failureOf(proof.diagnostics) : undefined,
      command: proof?.obligations.find(({ step }) => step === 'exec')?.subject ?? proof?.start?.argv[0],
      entry:
        proof?.start === undefined
          ? undefined
          : { word: proof.start.argv[0]!, ...(proof.entryLink === undefined ? {} : { link: proof.entryLink }) },
      user: image.config.config?.User ?? '',
      runsAs: proof?.runsAs,
      pages: proof?.pages,
      lambdaRuntimeClient: known === undefined || isLookedAt(known) ? undefined : proof?.lambdaClient,
      ...(layers !== undefined && known && !isLookedAt(known)
        ? { unpackedBytes: layers.reduce((sum, one) => sum + one.unpackedSize, 0) }
        : {}),
    };
  });
  const entries = inOrder(tree, [
    ...tree.images.map(({ descriptor }, i) => ({ descriptor, entry: images[i]! })),
    ...unpullable(tree, ask),
  ]);
  const {
    verdict,
    diagnostics,
    entries: taken,
  } = judgeTarget(
    ask,
    {
      name: tree.source.name,
      form: tree.form,
      mediaType: tree.root.mediaType,
      entries,
      attestations: tree.attestations.length,
    },
    today,
  );
  return {
    id: ask.name,
    runtime: ask.target.id,
    platforms: ask.platforms,
    verdict,
    ...(ask.setAt === undefined ? {} : { setAt: { ...ask.setAt, sets: settingsOf(ask) } }),
    entries: taken.map((entry) => {
      const proof = entry.selected && proofs.get(entry.selected.digest);
      return { ...entry, ...(proof !== undefined ? { proof } : {}) };
    }),
    // In which words, the finding of its own start has told.
    diagnostics: [...own, ...(own.some(isError) ? diagnostics.map(withoutWords) : diagnostics)],
  };
}

interface Placed {
  readonly descriptor: Descriptor;
  readonly entry: JudgedEntry;
}

/**
 * Entries that are no image here, and that a runtime takes all the same: it looks at nothing but their platform, and
 * containerd at one without a platform where none has the right one (core/images/image.go, Manifest: an index within
 * is walked). A manifest of schema 1 is fetched by neither containerd (core/remotes/handlers.go) nor Docker, which has
 * its rule; containers/image, and so CRI-O, still reads one (manifest.FromBlob; all read 2026-11-29).
 */
function unpullable(tree: ImageTree, { target }: TargetAsk): readonly Placed[] {
  if (tree.form !== 'index') return [];
  const refuses = target.selection === 'containerd' || target.selection === 'docker';
  return tree.others.map((descriptor) => {
    const { digest, mediaType, platform } = descriptor;
    const told =
      refuses && tree.problems.some(({ code, args }) => code === 'image/schema-1' && args['digest'] === digest);
    const failure = told ? { failure: { code: 'image/schema-1', stage: 'pull' as const } } : {};
    const verdict = told ? 'refuted' : 'undecided';
    const listed = platform === undefined ? { unread: true as const } : { listed: platform };
    return { descriptor, entry: { digest, ...listed, platform, mediaType, layerMediaTypes: [], verdict, ...failure } };
  });
}

/** As they stand in the index: of equals the first is taken. One digest may stand there more than once. */
function inOrder({ form, rawRoot }: ImageTree, placed: readonly Placed[]): readonly JudgedEntry[] {
  if (form !== 'index') return placed.map(({ entry }) => entry);
  const { manifests } = JSON.parse(Buffer.from(rawRoot).toString('utf8')) as Pick<Index, 'manifests'>;
  const key = ({ digest, mediaType, platform }: Descriptor): string =>
    [digest, mediaType, platform?.os, platform?.architecture, platform?.variant].join();
  const places = new Map(manifests.map((one, i) => [key(one), i] as const).reverse());
  const place = ({ descriptor }: Placed): number => places.get(key(descriptor)) ?? 0;
  return [...placed].sort((a, b) => place(a) - place(b)).map(({ entry }) => entry);
}

/** The x86-64 level of the machine that was asked about, where a firm fact says so. */
function levelOf({ target, instance }: TargetAsk, today: string | undefined): string | undefined {
  const answer = instance === undefined ? undefined : readInstance(target.id, instance);
  const level = answer?.kind === 'cpu' ? answer.level : undefined;
  return level !== undefined && canRefuse(level, today) ? level.value : undefined;
}

const BITS_32: Readonly<Record<string, 'ia32' | 'aarch32'>> = { 'kernel-ia32': 'ia32', 'cpu-aarch32': 'aarch32' };

/** The 32-bit program that a start comes to: whether it is executed is for the machine to say. */
function only32({ diagnostics, obligations }: PlatformProof): JudgedEntry['only32'] {
  const open = obligations.find(
    ({ step, holds }) => (step === 'exec' || step === 'interpreter') && holds === 'unknown',
  );
  const found = diagnostics.find(
    ({ code, at }) => code === 'proof/needs-cpu' && at.in === 'image' && at.path === open?.subject,
  );
  const needs = BITS_32[String(found?.args['needs'])];
  if (open === undefined || found === undefined || needs === undefined) return undefined;
  return { needs, path: open.subject, found: String(found.args['found']) };
}

/** What the target's own start comes to is told in its own words, where they are known, not in those of runc. */
function inWordsOf({ target }: TargetAsk, found: Diagnostic): Diagnostic {
  const failure = failureOf([found]);
  const says = failure === undefined ? undefined : inRuntimeWords(target, failure).says;
  return says === undefined ? found : { ...found, args: { ...found.args, prints: says } };
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

function withoutWords(found: Diagnostic): Diagnostic {
  if (found.code !== 'target/image-refuted') return found;
  const { says: _, ...args } = found.args;
  return { ...found, args };
}
