import { formatPlatform } from '../core/index.ts';
import type { JobView, StepView, WorkflowView } from './documents/workflow.ts';
import { handsOnDigests, JOINS, OF_MACHINE, RENAMES } from './joins.ts';
import { type BuildStep, madeBy } from './workflow-builds.ts';
import { pushedByCommands } from './workflow-commands.ts';
import { jobsBehind, mayPrepare, stepsOfAction, wordsOf } from './workflow-steps.ts';

/** One step that pushes a name for some platforms. */
interface Push {
  readonly job: JobView;
  readonly step: StepView;
  /** A name, or all that docker/metadata-action is told to make names of. */
  readonly tag: string;
  /** Undefined where an expression decides. */
  readonly platforms: readonly string[] | undefined;
  readonly isCommand: boolean;
  /** Inputs by which an expression decides whether it pushes: another one may exclude it. */
  readonly when: string;
}

type Known = Push & { readonly platforms: readonly string[] };
type Read = (path: string) => string | undefined;

export interface PushedTwice {
  readonly first: Known;
  readonly second: Known;
}

/**
 * Steps, of one job or of two, that push one name each for platforms which the other has not. Not where a condition of one
 * is not the other's, for they may exclude each other, and not where something behind them may join what they pushed, give
 * it another name, or push all of it once more.
 */
export function pushedTwice(view: WorkflowView, builds: readonly BuildStep[], read: Read): readonly PushedTwice[] {
  const pushes = new Map<string, Push[]>();
  for (const push of [...byActions(builds), ...view.jobs.flatMap(byCommands)]) {
    const known = pushes.get(push.tag) ?? [];
    pushes.set(push.tag, known);
    const isThere = known.some(({ step, platforms }) => step === push.step && `${platforms}` === `${push.platforms}`);
    if (!isThere && !OF_MACHINE.test(push.tag)) known.push(push);
  }
  const told = new Set<StepView>();
  return [...pushes.values()].flatMap((all) => {
    const known = all.filter((one): one is Known => one.platforms !== undefined);
    for (const [i, first] of known.entries()) {
      const second = known.slice(i + 1).find((one) => overwrites(first, one, { view, read, all }));
      if (second === undefined || told.has(first.step)) continue;
      for (const { step } of known) told.add(step);
      return [{ first, second }];
    }
    return [];
  });
}

interface Around {
  readonly view: WorkflowView;
  readonly read: Read;
  /** Everything that has the same name. */
  readonly all: readonly Push[];
}

function overwrites(first: Known, second: Known, { view, read, all }: Around): boolean {
  // The commands of one job are read as one script.
  const isScript = first.job === second.job && first.isCommand && second.isCommand;
  if (first.step === second.step || isScript || first.when !== second.when) return false;
  if (first.job.condition !== second.job.condition || first.step.condition !== second.step.condition) return false;
  if (covers(first, second) || covers(second, first)) return false;
  const isWhole = (one: Push): boolean =>
    [first, second].every((push) => comesAfter(one, push, view) && covers(one, push));
  return !all.some(isWhole) && ![first, second].some((push) => mayJoin(push, view, read));
}

/** All of its platforms; what is not seen may be all. */
const covers = ({ platforms }: Push, other: Known): boolean =>
  platforms === undefined || other.platforms.every((name) => platforms.includes(name));

const comesAfter = (one: Push, push: Push, view: WorkflowView): boolean =>
  one.job === push.job
    ? one.job.steps.indexOf(one.step) > push.job.steps.indexOf(push.step)
    : jobsBehind(push.job, view).includes(one.job);

/** Whether something in its job, or in one that waits for it, may join what was pushed, or keep it under another name. */
function mayJoin({ job, step }: Push, view: WorkflowView, read: Read): boolean {
  const own = job.steps.slice(job.steps.indexOf(step));
  if (own.some(({ run = '' }) => RENAMES.test(run)) || own.some(mayPrepare) || handsOnDigests(view, false)) return true;
  const behind = jobsBehind(job, view);
  return (
    behind.some(({ isCall, steps }) => isCall || steps.some(mayPrepare)) ||
    [job, ...behind].some((one) => isJoin(one, read))
  );
}

const isJoin = ({ steps }: JobView, read: Read): boolean =>
  steps.some((step) => {
    const { uses = '' } = step;
    const called = uses.startsWith('./') ? stepsOfAction(uses, read) : [];
    return called === undefined || [step, ...called].some(saysJoin);
  });

const saysJoin = (step: StepView): boolean =>
  JOINS.test(wordsOf(step)) ||
  /digest/i.test(wordsOf(step)) ||
  /manifest|merge|join|index|multi-?arch/i.test(step.uses ?? '');

function byActions(builds: readonly BuildStep[]): readonly Push[] {
  return builds.flatMap((build) => {
    const { job, step, tags, pushes } = build;
    const platforms = madeBy(build)?.map(formatPlatform).sort();
    if (!pushes || tags === undefined || tags.length === 0 || platforms?.length === 0) return [];
    const when = ['push', 'outputs']
      .flatMap((name) => step.inputs.get(name)?.value ?? [])
      .filter((one) => one.includes('${{'));
    const isMade = step.inputs.get('tags')?.value.includes('steps.') === true;
    const names = isMade ? [tags.join('\n')] : tags.flatMap((one) => one.split(',').map((name) => name.trim()));
    return names.map((tag) => ({ job, step, tag, platforms, isCommand: false, when: when.join() }));
  });
}

function byCommands(job: JobView): readonly Push[] {
  return pushedByCommands(job).map(({ step, tag, platforms }) => ({
    job,
    step,
    tag,
    platforms: platforms.split(','),
    isCommand: true,
    when: '',
  }));
}
