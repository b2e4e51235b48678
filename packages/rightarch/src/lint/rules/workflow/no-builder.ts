import { formatPlatform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { builderLacks, DOCKERS_AS_OF, type Lack } from '../../docker-of-runner.ts';
import type { StepView } from '../../documents/workflow.ts';
import { locationOf } from '../../found.ts';
import { inFile, type Judged, type WorkflowRule } from '../../rule.ts';
import type { BuildStep } from '../../workflow-builds.ts';
import { stepsUpTo } from '../../workflow-steps.ts';

/**
 * Several platforms, or attestations, asked of Docker's own builder, which makes neither while Docker keeps its images
 * without containerd: the build ends before its first step.
 */
export const noBuilder: WorkflowRule = function* (view, { builds, read, repository }) {
  const found = new Map<StepView, Judged>();
  for (const build of builds) {
    const asks = askOf(build);
    const lack = asks && builderLacks({ ...build, legs: [build.leg] }, read);
    if (asks === undefined || lack === undefined) continue;
    // One leg that is known to fail is more than others that are not seen.
    if (!found.has(build.step) || found.get(build.step)?.undecided === true)
      found.set(build.step, judged(asks.platforms, lack, inFile(view.file, asks.span)));
  }
  yield* found.values();
  for (const { at, platforms, platformsAt, ownEngine } of repository.builds) {
    if (at.file !== view.file || ownEngine || platforms.length < 2) continue;
    const { job, steps } = stepsUpTo(view, at.line);
    const step = steps.at(-1);
    if (job?.legs === undefined || step?.run === undefined) continue;
    const lack = builderLacks({ job, legs: job.legs, before: steps.slice(0, -1), step }, read);
    // The same script may make the builder.
    if (lack === undefined || /buildx\s+(?:create|use|bake)/.test(step.run)) continue;
    yield judged(platforms.map(formatPlatform), lack, locationOf(platformsAt ?? at));
  }
};

function judged(platforms: readonly string[], lack: Lack, at: Parameters<typeof diagnostic>[2]): Judged {
  const args = { platforms, ...lack, asOf: DOCKERS_AS_OF };
  const found = diagnostic('workflow/no-builder', args, at);
  return lack.docker === undefined ? { diagnostic: found, undecided: true } : { diagnostic: found };
}

/** What a step asks for that the older store has not: its platforms, none where it is attestations that are asked for. */
function askOf({ platforms = [], step }: BuildStep): { platforms: readonly string[]; span: Span } | undefined {
  if (platforms.length > 1)
    return { platforms: platforms.map(formatPlatform), span: step.inputs.get('platforms')?.span ?? step.span };
  const asked = ['sbom', 'provenance', 'attests']
    .flatMap((name) => step.inputs.get(name) ?? [])
    .find(({ value }) => !/^(?:|false)$|\$\{\{|disabled=true/.test(value));
  return asked && { platforms: [], span: asked.span };
}
