import { formatPlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { inLeg, inputLines } from '../../documents/workflow.ts';
import { inFile, type WorkflowRule } from '../../rule.ts';
import { type BuildStep, madeBy } from '../../workflow-builds.ts';

/**
 * Builds of one Dockerfile for different platforms, each on its own, that write their cache to one place: what the first
 * writes the second replaces. GitHub's cache has the scope `buildkit` where none is named; a cache in a registry has its
 * tag (docs.docker.com, build/cache/backends, read 2026-11-29).
 */
export const cacheShared: WorkflowRule = function* (view, { builds }) {
  const each = builds.flatMap((build) => {
    const made = madeBy(build);
    const platforms = made?.map(formatPlatform).sort().join(', ');
    return made === undefined || made.length === 0 || platforms === undefined
      ? []
      : cachesOf(build).map((cache) => ({ build, platforms, ...cache }));
  });
  const told = new Set<unknown>();
  for (const one of each) {
    const { step } = one.build;
    if (told.has(step)) continue;
    const others = each.filter(
      (other) => other.place === one.place && other.platforms !== one.platforms && isSameImage(one.build, other.build),
    );
    if (others.length === 0) continue;
    for (const other of [one, ...others]) told.add(other.build.step);
    const platforms = [...new Set([one, ...others].map((other) => other.platforms))].sort();
    const args = { platforms, place: one.place, kind: one.kind };
    const span = step.inputs.get('cache-to')?.span ?? step.span;
    yield { diagnostic: diagnostic('workflow/cache-shared', args, inFile(view.file, span)) };
  }
};

interface Cache {
  readonly kind: 'gha' | 'registry';
  readonly place: string;
}

/** Where a build writes its cache, as far as that is seen: with every value that tells it from another. */
function cachesOf({ step, leg }: BuildStep): readonly Cache[] {
  return inputLines(step, 'cache-to').flatMap(({ value }): readonly Cache[] => {
    const written = inLeg(value, leg, step.env);
    if (written === undefined) return [];
    const members = new Map(
      written.split(',').map((part) => [part.split('=')[0]?.trim() ?? '', part.slice(part.indexOf('=') + 1).trim()]),
    );
    const type = members.get('type') ?? (written.includes('=') ? '' : 'registry');
    if (type === 'gha') return [{ kind: 'gha', place: members.get('scope') ?? 'buildkit' }];
    const place = members.get('ref') ?? (written.includes('=') ? undefined : written.trim());
    return type === 'registry' && place !== undefined && place !== '' ? [{ kind: 'registry', place }] : [];
  });
}

/** Of the same Dockerfile, in the same context, up to the same stage. */
const isSameImage = (one: BuildStep, other: BuildStep): boolean =>
  ['context', 'file', 'target', 'build-args'].every((name) => inputOf(one, name) === inputOf(other, name));

const inputOf = ({ step, leg }: BuildStep, name: string): string =>
  inLeg(step.inputs.get(name)?.value ?? '', leg, step.env) ?? '?';
