import { formatPlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import type { JobView, StepView, WorkflowView } from '../../documents/workflow.ts';
import { handsOnDigests, JOINS, joinsDigests, OF_MACHINE } from '../../joins.ts';
import { pushedTwice } from '../../pushed-twice.ts';
import { inFile, type Judged, type RuleContext, type WorkflowRule } from '../../rule.ts';
import { type BuildStep, madeBy } from '../../workflow-builds.ts';
import { pushedByCommands } from '../../workflow-commands.ts';
import { isUnknownAction, jobsBehind, mayPrepare, stepsOfAction, wordsOf } from '../../workflow-steps.ts';

/**
 * Legs of a matrix that push different platforms under one name: the last one to end is what people get, unless a job behind
 * them joins what they pushed by its digests.
 */
export const tagOverwritten: WorkflowRule = function* (view, { builds, read }) {
  // A step that a condition skips in some legs may push in one alone.
  const all = builds.filter(({ pushes, step }) => pushes && !/matrix/.test(step.condition ?? ''));
  for (const each of new Set(all.map(({ step }) => step))) {
    const pushing = all.filter(({ step }) => step === each);
    const first = pushing.find((one) => pushing.some((other) => overwrites(one, other)));
    const other = pushing.find((one) => first !== undefined && overwrites(first, one));
    if (first === undefined || other === undefined || isJoinedBehind(first.job, view, read)) continue;
    const behind = jobsBehind(first.job, view);
    // What is pushed last has all that was there before.
    if (all.some((one) => behind.includes(one.job) && sameTags(one, first) && madeBy(one)?.length !== 1)) continue;
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
  yield* commandsOverwrite(view, read);
  for (const { first: one, second } of pushedTwice(view, builds, read)) {
    const platforms = [...new Set([...one.platforms, ...second.platforms])];
    const other = one.job === second.job ? undefined : second.job.name;
    const [tag = ''] = one.tag.split('\n');
    const args = { job: one.job.name, platforms, tag, beside: other === undefined ? 'step' : 'job', other } as const;
    const span = second.step.inputs.get('tags')?.span ?? second.step.span;
    yield { diagnostic: diagnostic('workflow/tag-overwritten', args, inFile(view.file, span)) };
  }
};

/** The same of `docker build` and `docker push` in the steps of a job. */
function* commandsOverwrite(view: WorkflowView, read: RuleContext['read']): Iterable<Judged> {
  for (const job of view.jobs) {
    const pushed = (job.legs?.length ?? 0) < 2 ? [] : pushedByCommands(job).filter(({ tag }) => !OF_MACHINE.test(tag));
    const first = pushed.find((one) =>
      pushed.some((other) => other.leg !== one.leg && other.tag === one.tag && other.platforms !== one.platforms),
    );
    const other = pushed.find((one) => one.tag === first?.tag && one.platforms !== first.platforms);
    if (first === undefined || other === undefined || isJoinedBehind(job, view, read)) continue;
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
  // Each leg has a registry of its own there.
  const isOfLeg = one.tags
    .flatMap((tag) => tag.split(','))
    .every((tag) => tag.includes('=') || OF_MACHINE.test(tag.trim()));
  return !isOfLeg && sameTags(one, other) && names(made) !== names(others);
}

const sameTags = ({ tags = [] }: BuildStep, other: BuildStep): boolean =>
  tags.length > 0 && tags.join('\n') === other.tags?.join('\n');

/**
 * What the legs have written down of what they pushed is the same, whichever of them has the tag meanwhile: joined in a job
 * behind them, or given there to something that is not seen.
 */
function isJoinedBehind(job: JobView, view: WorkflowView, read: RuleContext['read']): boolean {
  const says = (step: StepView): boolean => /digest|@sha256:|metadata-file|iidfile/i.test(wordsOf(step));
  const isWritten = job.steps.some(says);
  if (handsOnDigests(view, isWritten)) return true;
  return jobsBehind(job, view).some(({ isCall, steps }) => {
    const joins = steps.some((step) => {
      const called = step.uses?.startsWith('./') === true ? stepsOfAction(step.uses, read) : [];
      const isGiven = isWritten || says(step);
      if (called === undefined) return isGiven;
      const isOpen = (one: StepView): boolean => mayPrepare(one) || isUnknownAction(one);
      return [step, ...called].some(
        (one) => joinsDigests(wordsOf(one)) || (isGiven && (JOINS.test(wordsOf(one)) || isOpen(one))),
      );
    });
    return joins || (isCall && isWritten);
  });
}
