import type { ProjectImage, ResolvedProject } from '../config/index.ts';
import { type Diagnostic, type Digest, parsePlatform, parseReference } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { ImageTree } from '../oci/index.ts';
import {
  type Host,
  type IgnoreRule,
  type ImageProof,
  ignoreFindings,
  imagesToBlame,
  matchesPath,
  type Recipe,
  type StatedForeign,
  type Verdict,
  type VerifyOptions,
  verifyTree,
  withFindings,
  withOrigins,
} from '../proof/index.ts';
import { allValues, choiceOf } from './arguments.ts';
import { layoutDirectory } from './built.ts';
import { openProgress } from './progress.ts';
import { today } from './project.ts';
import { recipesOf } from './recipes.ts';
import { scanCacheOf } from './scan-cache.ts';
import type { Session } from './session.ts';
import { shown, shownPath } from './shown.ts';
import type { Flags } from './specs.ts';

/** The machine in front of whoever asks: only reports look at it, no verdict. */
export function hostOf({ shell }: Session): Host {
  return { system: shell.system, platform: parsePlatform(shell.hostPlatform)! };
}

/** Which verdicts end with status 1. What is neither proven nor answered for does, unless told otherwise. */
export function failsOn(
  flags: Flags,
): (part: { readonly verdict: Verdict; readonly accepted?: true | undefined }) => boolean {
  const least = choiceOf(flags, 'fail-on', ['undecided', 'refuted'], 'undecided');
  return ({ verdict, accepted }) =>
    accepted !== true && (verdict === 'refuted' || (verdict === 'undecided' && least === 'undecided'));
}

/** `--foreign GLOB` or `GLOB=REASON`. */
export function statedByFlags(flags: Flags): readonly StatedForeign[] {
  return allValues(flags, 'foreign').map((text) => {
    const equals = text.indexOf('=');
    return equals < 0
      ? { path: text, reason: '--foreign' }
      : { path: text.slice(0, equals), reason: text.slice(equals + 1) || '--foreign' };
  });
}

/** `images.X` that the name means: the one that was built here, or that is published there. */
export function imagesNamed(
  session: Session,
  name: string,
  project: ResolvedProject | undefined,
): readonly ProjectImage[] {
  if (project === undefined) return [];
  const parsed = parseReference(name);
  return project.images.filter(({ name: own, repositories }) =>
    name.startsWith('oci:')
      ? session.path(name.replace(/^oci:/, '')) === layoutDirectory(project.directory, own)
      : parsed.ok &&
        repositories.some(
          ({ registry, repository }) => registry === parsed.value.registry && repository === parsed.value.repository,
        ),
  );
}

/** Proves what is behind a name, with what earlier runs know about its layers. */
export async function prove(
  session: Session,
  tree: ImageTree,
  name: string,
  options: Pick<VerifyOptions, 'platforms' | 'targets' | 'foreign'> & {
    readonly noCache?: boolean;
    readonly quick?: boolean;
    readonly project?: ResolvedProject | undefined;
    /** Gets the `ignore:` entries that met a finding. */
    readonly used?: Set<IgnoreRule>;
    /** The images of the project that this one is, where it has any: their Dockerfiles are asked first. */
    readonly images?: readonly ProjectImage[];
    /** Lines of a Dockerfile are wanted though nothing was found. */
    readonly why?: boolean;
  },
): Promise<Proved> {
  const { shell } = session;
  const proof = await watchBytes(session, tree, name, (onBytes) =>
    verifyTree(tree, {
      platforms: options.platforms,
      targets: options.targets,
      foreign: options.foreign,
      cache: options.noCache ? undefined : scanCacheOf(session),
      quick: options.quick,
      signal: shell.signal,
      workers: workersFor(shell.cores ?? 1),
      today: today(session),
      onBytes,
    }),
  );
  const wanted = options.why ? proof.platforms.map((one) => one.image) : imagesToBlame(proof);
  const projectImages = new Set([...(options.images ?? []), ...(options.project?.images ?? [])]);
  const recipes = await recipesOf(session, tree, wanted, [...projectImages]);
  const blamed = withOrigins(proof, recipes);
  const { proof: accepted, expired, used } = ignoreFindings(blamed, options.project?.ignore ?? [], today(session));
  for (const { code, until = '', at } of expired)
    session.warn(diagnostic('config/ignore-expired', { code, until }, at));
  for (const rule of used) options.used?.add(rule);
  return { proof: named(accepted, tree.source.name, name, shell.cwd), recipes };
}

interface Proved {
  readonly proof: ImageProof;
  /** How each image was made, where that was looked for and is known. */
  readonly recipes: ReadonlyMap<Digest, Recipe>;
}

/** Said after all images of a project were proved: entries of `ignore:` that met nothing are of yesterday. */
export function tellUnused(
  session: Session,
  project: ResolvedProject | undefined,
  used: ReadonlySet<IgnoreRule>,
): void {
  for (const rule of project?.ignore ?? []) {
    const { code, paths, until, at } = rule;
    // `check` finds those, in the sources.
    if (/^(?:dockerfile|repository|workflow)\//.test(code)) continue;
    if (used.has(rule) || (until !== undefined && until < today(session))) continue;
    session.warn(diagnostic('config/ignore-unused', { code, paths }, at));
  }
}

/** A `--foreign` that none of the images had a file for: a name that is misspelt, or of yesterday. */
export function tellUnusedForeign(session: Session, flags: Flags, proofs: readonly ImageProof[]): void {
  const met = proofs
    .flatMap(({ platforms, targets }) => [
      ...platforms,
      ...targets.flatMap(({ entries }) => entries.flatMap(({ proof }) => proof ?? [])),
    ])
    .flatMap(({ onPurpose }) => onPurpose)
    .filter(({ rule }) => rule === 'stated');
  for (const { path } of statedByFlags(flags)) {
    if (met.some((one) => matchesPath(path, one.path))) continue;
    session.warn(diagnostic('cli/foreign-unused', { path }, { in: 'input', name: '--foreign' }));
  }
}

/**
 * Threads beside this one. Two cores are busy without any: one inflates while the other hashes and parses, and threads
 * that start cold made `node:22-slim` a quarter slower there.
 */
function workersFor(cores: number): number {
  return cores < 4 ? 0 : Math.min(cores - 1, 8);
}

/** Shows how far the reading of an image's layers is, where somebody watches. */
export async function watchBytes<T>(
  { shell, json, page }: Session,
  tree: ImageTree,
  name: string,
  read: (onBytes: (count: number) => void) => Promise<T>,
): Promise<T> {
  const progress = openProgress(
    { watched: shell.watched && !json, width: shell.width, page, mode: 'auto' },
    shell.err,
    () => performance.now(),
  );
  const sizes = new Map(
    tree.images.flatMap(({ layers }) => layers.map(({ descriptor }) => [descriptor.digest, descriptor.size])),
  ).values();
  const total = [...sizes].reduce((sum, size) => sum + size, 0);
  let done = 0;
  try {
    return await read((count) => {
      done += count;
      progress.show(name, done, total);
    });
  } finally {
    progress.clear();
  }
}

/** The proof under the name that was typed, not the one that its source goes by; places as they were typed. */
function named(proof: ImageProof, source: string, image: string, cwd: string): ImageProof {
  const rename = (one: Diagnostic): Diagnostic =>
    one.at.in === 'image' && one.at.image === source ? { ...one, at: { ...one.at, image } } : one;
  const found = withFindings(proof, (one) => shown(cwd, rename(one)));
  const targets = found.targets.map((one) =>
    one.setAt === undefined ? one : { ...one, setAt: { ...one.setAt, file: shownPath(cwd, one.setAt.file) } },
  );
  return { ...found, targets, image };
}
