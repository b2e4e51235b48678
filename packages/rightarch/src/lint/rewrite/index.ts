import { posix } from 'node:path';
import { type DockerfileView, type StageView, viewDockerfile } from '../documents/dockerfile.ts';
import { applyEdits } from '../fixes.ts';
import type { Teller } from './commands.ts';
import { stageAt, takenFrom } from './gives.ts';
import { proposeRewrites } from './propose-rewrites.ts';
import type { Rewrites, StageRewrite } from './types.ts';

export type * from './types.ts';

/** What of a Dockerfile the builder's CPU may make for these platforms, from its text and the lockfile beside it. */
export function rewritesOf(
  file: string,
  text: string,
  { target, ...ask }: Pick<Teller, 'platforms' | 'read'> & { readonly target?: string | undefined },
): Rewrites {
  return proposeRewrites(viewDockerfile({ path: file, text }, ask.platforms, target), ask);
}

/** The Dockerfile with these, and the change as `diff -u` writes its hunks. */
export const applyRewrites = (text: string, rewrites: readonly StageRewrite[]) =>
  applyEdits(
    text,
    rewrites.flatMap(({ edits }) => edits),
  );

/** Which stage of the original one of the rewritten text belongs to: what a rewrite adds is of the one behind it. */
export function originalStage(rewrites: readonly StageRewrite[], index: number): number {
  let added = 0;
  const all = rewrites.map(({ stages, adds }) => ({ first: stages[0] ?? 0, count: adds.length }));
  for (const { first, count } of all.sort((one, other) => one.first - other.first)) {
    if (index < first + added) break;
    if (index < first + added + count) return first;
    added += count;
  }
  return index - added;
}

/**
 * The rewrites that a file of the image may come from, in a Dockerfile to which they were applied: those of the stages that
 * the last COPY over it takes from, however far. Where none does, a stage that was cut in two has it no more, or all may.
 */
export function rewritesBehind(
  file: string,
  text: string,
  path: string,
  { proposed, target }: { readonly proposed: readonly StageRewrite[]; readonly target?: string | undefined },
): readonly StageRewrite[] {
  const view = viewDockerfile({ path: file, text }, [], target);
  let stage = view.stages.find(({ isFinal }) => isFinal);
  while (stage !== undefined) {
    const source = copiedLast(view, stage, path);
    if (source !== undefined) {
      const reached = new Set([...reachedFrom(view, source)].map((one) => originalStage(proposed, one)));
      const found = proposed.filter(({ stages }) => stages.some((one) => reached.has(one)));
      return found.length === 0 ? proposed : found;
    }
    const { base }: StageView['node'] = stage.node;
    stage = base?.kind === 'stage' ? stageAt(view, base.index) : undefined;
  }
  const cut = proposed.filter(({ adds }) => adds.length > 0);
  return cut.length === 0 ? proposed : cut;
}

/** The stage of the last COPY of another one that puts something at a path or over it. */
function copiedLast(view: DockerfileView, stage: StageView, path: string): number | undefined {
  const copies = view.stages.flatMap(({ node }) =>
    takenFrom(view, node.stage.index).flatMap(({ by, destination }) =>
      by === stage && !posix.relative(destination, path).startsWith('..')
        ? [{ source: node.stage.index, destination }]
        : [],
    ),
  );
  const deepest = Math.max(...copies.map(({ destination }) => destination.length));
  return copies.findLast(({ destination }) => destination.length === deepest)?.source;
}

/** A stage with all that it takes from, itself too. */
function reachedFrom(view: DockerfileView, index: number): ReadonlySet<number> {
  const seen = new Set<number>();
  const todo = [index];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const { base, uses = [] } = stageAt(view, next)?.node ?? {};
    for (const source of [...(base === undefined ? [] : [base]), ...uses.map((use) => use.source)])
      if (source.kind === 'stage') todo.push(source.index);
  }
  return seen;
}
