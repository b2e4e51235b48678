import { formatPlatform } from '../core/index.ts';
import type { JobView, StepView, WorkflowView } from './documents/workflow.ts';
import { JOINS } from './joins.ts';
import { type BuildStep, madeBy } from './workflow-builds.ts';
import { pushedByCommands } from './workflow-commands.ts';

/** One step that pushes a name for some platforms. */
interface Push {
  readonly job: JobView;
  readonly step: StepView;
  /** A name, or all that docker/metadata-action is told to make names of. */
  readonly tag: string;
  readonly platforms: readonly string[];
  readonly isCommand: boolean;
}

export interface PushedTwice {
  readonly first: Push;
  readonly second: Push;
}

/** A registry of the runner itself, for a test. */
const OF_RUNNER = /^(?:localhost|127\.0\.0\.1|registry|kind-registry)[:/]/;

/**
 * Steps, of one job or of two, that push one name each for platforms which the other has not. Not where a condition of one
 * is not the other's, for they may exclude each other, and not where something behind them may join what they pushed.
 */
export function pushedTwice(view: WorkflowView, builds: readonly BuildStep[]): readonly PushedTwice[] {
  const pushes = new Map<string, Push[]>();
  for (const push of [...byActions(builds), ...view.jobs.flatMap(byCommands)]) {
    const known = pushes.get(push.tag) ?? [];
    pushes.set(push.tag, known);
    const isThere = known.some(({ step, platforms }) => step === push.step && `${platforms}` === `${push.platforms}`);
    if (!isThere && !OF_RUNNER.test(push.tag)) known.push(push);
  }
  const told = new Set<StepView>();
  return [...pushes.values()].flatMap((known) => {
    for (const [i, first] of known.entries()) {
      const second = known.slice(i + 1).find((one) => overwrites(first, one, view));
      if (second === undefined || told.has(first.step)) continue;
      for (const { step } of known) told.add(step);
      return [{ first, second }];
    }
    return [];
  });
}

function overwrites(first: Push, second: Push, view: WorkflowView): boolean {
  // The commands of one job are read as one script.
  const isScript = first.job === second.job && first.isCommand && second.isCommand;
  if (first.step === second.step || isScript) return false;
  if (first.job.condition !== second.job.condition || first.step.condition !== second.step.condition) return false;
  const covers = (one: Push, other: Push): boolean => other.platforms.every((name) => one.platforms.includes(name));
  return !covers(first, second) && !covers(second, first) && ![first.job, second.job].some((job) => mayJoin(job, view));
}

/** Whether a job, or one that waits for it, does something to what was pushed that may join it. */
function mayJoin(job: JobView, { jobs }: WorkflowView): boolean {
  const behind = jobs.filter(({ needs }) => needs.includes(job.name));
  const isJoin = ({ run = '', uses = '' }: StepView): boolean => JOINS.test(`${run} ${uses}`) || /digest/i.test(run);
  return [job, ...behind].some((one) => one.steps.some(isJoin)) || behind.some(({ isCall }) => isCall);
}

function byActions(builds: readonly BuildStep[]): readonly Push[] {
  return builds.flatMap((build) => {
    const { job, step, tags, pushes } = build;
    const platforms = madeBy(build)?.map(formatPlatform).sort();
    if (!pushes || tags === undefined || tags.length === 0 || platforms === undefined || platforms.length === 0)
      return [];
    const isMade = step.inputs.get('tags')?.value.includes('steps.') === true;
    const names = isMade ? [tags.join('\n')] : tags.flatMap((one) => one.split(',').map((name) => name.trim()));
    return names.map((tag) => ({ job, step, tag, platforms, isCommand: false }));
  });
}

function byCommands(job: JobView): readonly Push[] {
  return pushedByCommands(job).map(({ step, tag, platforms }) => ({
    job,
    step,
    tag,
    platforms: platforms.split(','),
    isCommand: true,
  }));
}
