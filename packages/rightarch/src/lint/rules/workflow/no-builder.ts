import { formatPlatform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { bakeCommands, bakeFilesOf, bakeSteps, directoryOf } from '../../bake-calls.ts';
import { type BakeFiles, bakedForSeveral, bakeOfStep } from '../../baked.ts';
import { composedForSeveral, isComposeBuild } from '../../composed.ts';
import { builderLacks, DOCKERS_AS_OF, type Lack } from '../../docker-of-runner.ts';
import { fileRange } from '../../documents/script.ts';
import { scriptsIn } from '../../documents/scripts.ts';
import { readShell, UNSEEN } from '../../documents/shell.ts';
import type { StepView, WorkflowView } from '../../documents/workflow.ts';
import { locationOf, placesIn } from '../../found.ts';
import { inFile, type Judged, type WorkflowContext, type WorkflowRule } from '../../rule.ts';
import { type BuildStep, hasBuilder } from '../../workflow-builds.ts';
import { stepsUpTo } from '../../workflow-steps.ts';

/**
 * Several platforms, or attestations, asked of Docker's own builder, which makes neither while Docker keeps its images
 * without containerd: the build ends before its first step.
 */
export const noBuilder: WorkflowRule = function* (view, context) {
  const { builds, read, repository, files } = context;
  const bake = bakeFilesOf(files);
  const found = new Map<StepView, Judged>();
  for (const one of [...builds, ...bakeSteps(view)]) {
    const asks = askOf(one, bake);
    const lack = asks && builderLacks({ ...one, legs: [one.leg] }, read);
    if (asks === undefined || lack === undefined) continue;
    // One leg that is known to fail is more than others that are not seen.
    if (!found.has(one.step) || found.get(one.step)?.undecided === true)
      found.set(one.step, judged(asks.platforms, lack, inFile(view.file, asks.span)));
  }
  yield* found.values();
  const commands = repository.builds.flatMap(({ at, platforms, platformsAt, ownEngine }) =>
    at.file === view.file && !ownEngine ? [{ at: platformsAt ?? at, platforms, line: at.line }] : [],
  );
  const others = [...bakedByCommands(view, context), ...composedByCommands(view, context)];
  for (const { at, platforms, line } of [...commands, ...others]) {
    const { job, steps } = stepsUpTo(view, line);
    const step = steps.at(-1);
    if (platforms.length < 2 || job?.legs === undefined || step?.run === undefined) continue;
    const lack = builderLacks({ job, legs: job.legs, before: steps.slice(0, -1), step }, read);
    // The same script may make the builder.
    if (lack === undefined || hasBuilder({ before: [step] })) continue;
    yield judged(platforms.map(formatPlatform), lack, locationOf(at));
  }
};

type Asking = Pick<BuildStep, 'job' | 'step' | 'leg' | 'before'> & { readonly platforms?: BuildStep['platforms'] };

/** `docker buildx bake` in a `run:` whose first target for several platforms is seen. */
function bakedByCommands(view: WorkflowView, { read, files }: WorkflowContext) {
  const bake = bakeFilesOf(files);
  return bakeCommands(view, read(view.file) ?? '', bake).flatMap(({ call, at }) => {
    const platforms = call && bakedForSeveral(call, bake);
    return platforms === undefined ? [] : [{ at, platforms, line: at.line }];
  });
}

/** The same of `docker compose build`. */
function composedByCommands(view: WorkflowView, { read }: WorkflowContext) {
  const { file, trees, jobs } = view;
  const text = read(file) ?? '';
  if (trees === undefined || !/\bcompose\b/.test(text)) return [];
  const place = placesIn(file, text);
  return scriptsIn(file, text, () => trees).flatMap((script) =>
    readShell(script.text, (name) => script.env?.get(name) ?? UNSEEN)
      .commands.filter(isComposeBuild)
      .flatMap((command) => {
        const { from, to } = fileRange(script, command);
        const at = place(from, to);
        const directory = directoryOf(stepsUpTo({ jobs }, at.line).steps.at(-1), 'COMPOSE_FILE');
        const platforms = directory === undefined ? undefined : composedForSeveral(command, { directory, read });
        return platforms === undefined ? [] : [{ at, platforms, line: at.line }];
      }),
  );
}

function judged(platforms: readonly string[], lack: Lack, at: Parameters<typeof diagnostic>[2]): Judged {
  const args = { platforms, ...lack, asOf: DOCKERS_AS_OF };
  const found = diagnostic('workflow/no-builder', args, at);
  return lack.docker === undefined ? { diagnostic: found, undecided: true } : { diagnostic: found };
}

/** What a step asks for that the older store has not: its platforms, none where it is attestations that are asked for. */
function askOf(
  { platforms: named = [], step, leg, before }: Asking,
  bake: BakeFiles,
): { platforms: readonly string[]; span: Span } | undefined {
  const call = bakeOfStep(step, leg, before, bake.read);
  const platforms = (call && bakedForSeveral(call, bake)) ?? named;
  if (platforms.length > 1)
    return { platforms: platforms.map(formatPlatform), span: step.inputs.get('platforms')?.span ?? step.span };
  const asked = ['sbom', 'provenance', 'attests']
    .flatMap((name) => step.inputs.get(name) ?? [])
    .find(({ value }) => !/^(?:|false)$|\$\{\{|disabled=true/.test(value));
  return asked && { platforms: [], span: asked.span };
}
