import { posix } from 'node:path';
import { formatPlatform, samePlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import type { StepView, WorkflowView } from '../../documents/workflow.ts';
import { type FoundBuild, locationOf } from '../../found.ts';
import { inFile, type Judged, type RuleContext, type WorkflowRule } from '../../rule.ts';
import { runsOnTarget } from '../../runs-on-target.ts';
import { type BuildStep, hasBuilder, hasEmulation } from '../../workflow-builds.ts';

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
    const foreign = platforms.filter((platform) => !samePlatform(platform, runner));
    if (foreign.length === 0 || !runsForeign(build, context)) continue;
    told.add(step);
    const args = { platforms: foreign.map(formatPlatform), runner: formatPlatform(runner) };
    const span = step.inputs.get('platforms')?.span ?? step.span;
    yield { diagnostic: diagnostic('workflow/no-emulation', args, inFile(view.file, span)) };
  }
  yield* commandsNotEmulated(view, context);
};

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
function* commandsNotEmulated(view: WorkflowView, { repository, read }: RuleContext): Iterable<Judged> {
  for (const build of repository.builds) {
    const { at, platforms, platformsAt, builder, ownEngine, dockerfile, context } = build;
    if (at.file !== view.file || ownEngine || builder === undefined || builder === 'unknown') continue;
    const foreign = platforms.filter((platform) => !samePlatform(platform, builder));
    const steps = foreign.length === 0 ? [] : stepsUpTo(view, at.line);
    const step = steps.at(-1);
    if (step?.run === undefined || isElsewhere(step)) continue;
    if (hasBuilder({ before: steps }) || hasEmulation({ before: steps }) || steps.some(mayPrepare)) continue;
    // Where it changes into a folder, another Dockerfile is meant.
    if (/(?:^|[\s;&|])cd\s/.test(step.run) || !mayRunForeign({ dockerfile, context }, read, step.directory)) continue;
    const args = { platforms: foreign.map(formatPlatform), runner: formatPlatform(builder) };
    yield { diagnostic: diagnostic('workflow/no-emulation', args, locationOf(platformsAt ?? at)) };
  }
}

/** A script or a target of the repository may register an emulator as well as anything else. */
const mayPrepare = ({ run = '' }: StepView): boolean =>
  /(?:^|[\s;&|])(?:\.{0,2}\/|(?:ba|z|da)?sh\s+(?!-c)|source\s|make(?:\s|$)|just\s|task\s)/m.test(run);

/** The steps of a job up to the one that a line stands in. */
function stepsUpTo({ jobs }: WorkflowView, line: number): readonly StepView[] {
  const begun = jobs.map(({ steps }) => steps.filter(({ span }) => span.start.line <= line));
  const last = (steps: readonly StepView[]): number => steps.at(-1)?.span.start.line ?? 0;
  return begun.reduce<readonly StepView[]>((best, steps) => (last(steps) > last(best) ? steps : best), []);
}

/** Another daemon, another builder or another engine than the runner's own Docker, or another folder. */
const isElsewhere = ({ run = '', env }: StepView): boolean =>
  /--builder|docker\s+context|DOCKER_HOST|DOCKER_CONTEXT|\b(?:podman|buildah|nerdctl)\b/.test(run) ||
  ['DOCKER_HOST', 'DOCKER_CONTEXT', 'BUILDX_BUILDER'].some((name) => env.has(name));
