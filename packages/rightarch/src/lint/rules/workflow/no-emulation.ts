import { posix } from 'node:path';
import { formatPlatform, samePlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { builderLacks, type OnDefaultBuilder } from '../../docker-of-runner.ts';
import type { StepView, WorkflowView } from '../../documents/workflow.ts';
import { type FoundBuild, locationOf } from '../../found.ts';
import { inFile, type Judged, type RuleContext, type WorkflowRule } from '../../rule.ts';
import { runsOnTarget } from '../../runs-on-target.ts';
import { type BuildStep, hasBuilder, hasEmulation } from '../../workflow-builds.ts';
import { isElsewhere, isUnknownAction, mayPrepare, mayPrepareItself, stepsUpTo } from '../../workflow-steps.ts';

/**
 * A platform of another CPU than the runner's, on Docker's builder as the runner has it: that one emulates nothing until
 * somebody registers an emulator. A builder of setup-buildx-action brings its own, and a Dockerfile that runs nothing on
 * the target needs none.
 */
export const noEmulation: WorkflowRule = function* (view, context) {
  const told = new Set<unknown>();
  for (const build of context.builds) {
    const { step, platforms, runner } = build;
    if (runner === undefined || platforms === undefined || told.has(step) || hasBuilder(build) || hasEmulation(build))
      continue;
    if (build.before.some(isUnseen)) continue;
    const foreign = platforms.filter((platform) => !samePlatform(platform, runner));
    if (foreign.length === 0 || !runsForeign(build, context)) continue;
    // It ends before its first RUN.
    if (platforms.length > 1 && lacksBuilder({ ...build, legs: [build.leg] }, context)) continue;
    told.add(step);
    const args = { platforms: foreign.map(formatPlatform), runner: formatPlatform(runner) };
    const span = step.inputs.get('platforms')?.span ?? step.span;
    yield { diagnostic: diagnostic('workflow/no-emulation', args, inFile(view.file, span)) };
  }
  yield* commandsNotEmulated(view, context);
};

/** It may register an emulator as well as anything else. */
const isUnseen = (step: StepView): boolean => mayPrepare(step) || isUnknownAction(step);

/** Told of by a rule of its own. */
const lacksBuilder = (build: OnDefaultBuilder, { read }: RuleContext): boolean =>
  builderLacks(build, read)?.docker !== undefined;

/** False where the Dockerfile is not seen. */
const runsForeign = ({ step: { inputs } }: BuildStep, { read }: RuleContext): boolean =>
  mayRunForeign({ dockerfile: inputs.get('file')?.value, context: inputs.get('context')?.value }, read);

function mayRunForeign(
  { dockerfile, context = '.' }: Pick<FoundBuild, 'dockerfile' | 'context'>,
  read: RuleContext['read'],
  directory = '.',
): boolean {
  const path = posix.join(directory, dockerfile ?? posix.join(context, 'Dockerfile'));
  const text = read(path);
  return text !== undefined && runsOnTarget(path, text);
}

/** The same of `docker build` and `docker buildx build` in a `run:`. */
function* commandsNotEmulated(view: WorkflowView, context: RuleContext): Iterable<Judged> {
  const { repository, read } = context;
  for (const build of repository.builds) {
    const { at, platforms, platformsAt, builder, ownEngine, dockerfile, context: folder } = build;
    if (at.file !== view.file || ownEngine || builder === undefined || builder === 'unknown') continue;
    const foreign = platforms.filter((platform) => !samePlatform(platform, builder));
    if (foreign.length === 0) continue;
    const { job, steps } = stepsUpTo(view, at.line);
    const step = steps.at(-1);
    if (job === undefined || step?.run === undefined || isElsewhere(step)) continue;
    const before = steps.slice(0, -1);
    if (before.some(isUnseen)) continue;
    if (hasBuilder({ before: steps }) || hasEmulation({ before: steps }) || mayPrepareItself(step)) continue;
    // Where it changes into a folder, another Dockerfile is meant.
    if (/(?:^|[\s;&|])cd\s/.test(step.run) || !mayRunForeign({ dockerfile, context: folder }, read, step.directory))
      continue;
    if (platforms.length > 1 && lacksBuilder({ job, legs: job.legs ?? [], before, step }, context)) continue;
    const args = { platforms: foreign.map(formatPlatform), runner: formatPlatform(builder) };
    yield { diagnostic: diagnostic('workflow/no-emulation', args, locationOf(platformsAt ?? at)) };
  }
}
