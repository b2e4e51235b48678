import { join } from 'node:path';
import type { Diagnostic } from '../core/index.ts';
import type { ImageTree } from '../oci/index.ts';
import { type ImageProof, type Verdict, type VerifyOptions, verifyTree } from '../proof/index.ts';
import { openScanCache, type ScanCache } from '../scan/index.ts';
import { choiceOf } from './arguments.ts';
import { openProgress } from './progress.ts';
import { today } from './project.ts';
import type { Session } from './session.ts';
import { cacheDirectory } from './shell.ts';
import { shown } from './shown.ts';
import type { Flags } from './specs.ts';

/** Which verdicts end with status 1. What is not proven does, unless told otherwise. */
export function failsOn(flags: Flags): (verdict: Verdict) => boolean {
  const least = choiceOf(flags, 'fail-on', ['undecided', 'refuted'], 'undecided');
  return (verdict) => verdict === 'refuted' || (verdict === 'undecided' && least === 'undecided');
}

/** What is known about layers that were read before, or written by a build. */
export function scanCacheOf({ shell }: Session): ScanCache {
  return openScanCache({ directory: join(cacheDirectory(shell), 'scan'), now: () => shell.now().getTime() });
}

/** Proves what is behind a name, with what earlier runs know about its layers. */
export async function prove(
  session: Session,
  tree: ImageTree,
  name: string,
  options: Pick<VerifyOptions, 'platforms' | 'targets' | 'foreign'> & { readonly noCache?: boolean },
): Promise<ImageProof> {
  const { shell } = session;
  const proof = await watchBytes(session, tree, name, (onBytes) =>
    verifyTree(tree, {
      platforms: options.platforms,
      targets: options.targets,
      foreign: options.foreign,
      cache: options.noCache ? undefined : scanCacheOf(session),
      signal: shell.signal,
      workers: workersFor(shell.cores ?? 1),
      today: today(session),
      onBytes,
    }),
  );
  return named(proof, tree.source.name, name, shell.cwd);
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
  const near = <Part extends { readonly diagnostics: readonly Diagnostic[] }>(part: Part): Part => ({
    ...part,
    diagnostics: part.diagnostics.map((one) => shown(cwd, rename(one))),
  });
  return { ...near(proof), image, platforms: proof.platforms.map(near), targets: proof.targets.map(near) };
}
