import { formatPlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import type { JobView, WorkflowView } from '../../documents/workflow.ts';
import { joinsDigests } from '../../joins.ts';
import { pushedTwice } from '../../pushed-twice.ts';
import { inFile, type Judged, type WorkflowRule } from '../../rule.ts';
import { type BuildStep, madeBy } from '../../workflow-builds.ts';
import { pushedByCommands } from '../../workflow-commands.ts';

/**
 * Legs of a matrix that push different platforms under one name: the last one to end is what people get, unless a job behind
 * them joins what they pushed by its digests.
 */
export const tagOverwritten: WorkflowRule = function* (view, { builds }) {
  // A step that a condition skips in some legs may push in one alone.
  const all = builds.filter(({ pushes, step }) => pushes && !/matrix/.test(step.condition ?? ''));
  for (const each of new Set(all.map(({ step }) => step))) {
    const pushing = all.filter(({ step }) => step === each);
    const first = pushing.find((one) => pushing.some((other) => overwrites(one, other)));
    const other = pushing.find((one) => first !== undefined && overwrites(first, one));
    if (first === undefined || other === undefined || isJoinedBehind(first.job, view)) continue;
    const platforms = [first, other].flatMap((one) => madeBy(one) ?? []).map(formatPlatform);
    const [tag = ''] = first.tags ?? [];
    const span = first.step.inputs.get('tags')?.span ?? first.step.span;
    yield {
      diagnostic: diagnostic(
        'workflow/tag-overwritten',
        { job: first.job.name, platforms, tag },
        inFile(view.file, span),
      ),
    };
  }
  yield* commandsOverwrite(view);
  for (const { first: one, second } of pushedTwice(view, builds)) {
    const platforms = [...new Set([...one.platforms, ...second.platforms])];
    const other = one.job === second.job ? undefined : second.job.name;
    const [tag = ''] = one.tag.split('\n');
    const args = { job: one.job.name, platforms, tag, beside: other === undefined ? 'step' : 'job', other } as const;
    const span = second.step.inputs.get('tags')?.span ?? second.step.span;
    yield { diagnostic: diagnostic('workflow/tag-overwritten', args, inFile(view.file, span)) };
  }
};

/** The same of `docker build` and `docker push` in the steps of a job. */
function* commandsOverwrite(view: WorkflowView): Iterable<Judged> {
  for (const job of view.jobs) {
    const pushed = (job.legs?.length ?? 0) < 2 ? [] : pushedByCommands(job);
    const first = pushed.find((one) =>
      pushed.some((other) => other.leg !== one.leg && other.tag === one.tag && other.platforms !== one.platforms),
    );
    const other = pushed.find((one) => one.tag === first?.tag && one.platforms !== first.platforms);
    if (first === undefined || other === undefined || isJoinedBehind(job, view)) continue;
    const platforms = [first.platforms, other.platforms].flatMap((one) => one.split(','));
    const args = { job: job.name, platforms, tag: first.tag };
    yield { diagnostic: diagnostic('workflow/tag-overwritten', args, inFile(view.file, first.step.span)) };
  }
}

function overwrites(one: BuildStep, other: BuildStep): boolean {
  const [made, others] = [madeBy(one), madeBy(other)];
  if (one === other || made === undefined || others === undefined || one.tags === undefined || other.tags === undefined)
    return false;
  const names = (list: readonly (typeof made)[number][]): string => list.map(formatPlatform).join();
  return one.tags.length > 0 && one.tags.join('\n') === other.tags.join('\n') && names(made) !== names(others);
}

/** What the legs have written down of what they pushed is the same, whichever of them has the tag meanwhile. */
const isJoinedBehind = (job: JobView, { jobs }: WorkflowView): boolean =>
  jobs.some(({ needs, steps }) => needs.includes(job.name) && steps.some(({ run = '' }) => joinsDigests(run)));
