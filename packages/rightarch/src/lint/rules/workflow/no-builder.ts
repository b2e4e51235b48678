import { formatPlatform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { bakedForSeveral, bakeOfCommand, bakeOfStep } from '../../baked.ts';
import { builderLacks, DOCKERS_AS_OF, type Lack } from '../../docker-of-runner.ts';
import { fileRange } from '../../documents/script.ts';
import { scriptsIn } from '../../documents/scripts.ts';
import { readShell, UNSEEN } from '../../documents/shell.ts';
import type { StepView, WorkflowView } from '../../documents/workflow.ts';
import { locationOf, placesIn } from '../../found.ts';
import { inFile, type Judged, type WorkflowContext, type WorkflowRule } from '../../rule.ts';
import { isBake } from '../../script-builds.ts';
import { type BuildStep, hasBuilder } from '../../workflow-builds.ts';
import { stepsUpTo } from '../../workflow-steps.ts';

/**
 * Several platforms, or attestations, asked of Docker's own builder, which makes neither while Docker keeps its images
 * without containerd: the build ends before its first step.
 */
export const noBuilder: WorkflowRule = function* (view, context) {
  const { builds, read, repository } = context;
  const found = new Map<StepView, Judged>();
  for (const one of [...builds, ...bakesIn(view)]) {
    const asks = askOf(one, read);
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
  for (const { at, platforms, line } of [...commands, ...bakeCommands(view, context)]) {
    const { job, steps } = stepsUpTo(view, line);
    const step = steps.at(-1);
    if (platforms.length < 2 || job?.legs === undefined || step?.run === undefined) continue;
    const lack = builderLacks({ job, legs: job.legs, before: steps.slice(0, -1), step }, read);
    // The same script may make the builder.
    if (lack === undefined || hasBuilder({ before: [step] })) continue;
    yield judged(platforms.map(formatPlatform), lack, locationOf(at));
  }
};

type Asking = Pick<BuildStep, 'job' | 'step' | 'leg' | 'before' | 'platforms'>;

/** More calls of bake, in all legs, than any workflow has; each looks at all that came before it. */
const MOST_BAKES = 500;

/** The steps of docker/bake-action, each leg of its own; what they build stands in other files. */
const bakesIn = ({ jobs }: WorkflowView): readonly Asking[] =>
  jobs
    .flatMap((job) =>
      job.steps.flatMap((step, i) =>
        step.uses === 'docker/bake-action'
          ? (job.legs ?? []).map((leg) => ({ job, step, leg, before: job.steps.slice(0, i), platforms: undefined }))
          : [],
      ),
    )
    .slice(0, MOST_BAKES);

/** `docker buildx bake` in a `run:` whose first target for several platforms is seen. */
function bakeCommands({ file, trees, jobs }: WorkflowView, { read }: WorkflowContext) {
  const text = read(file) ?? '';
  if (trees === undefined || !/\bbake\b/.test(text)) return [];
  const place = placesIn(file, text);
  return scriptsIn(file, text, () => trees).flatMap((script) => {
    const { commands } = readShell(script.text, (name) => script.env?.get(name) ?? UNSEEN);
    return commands
      .filter(isBake)
      .slice(0, MOST_BAKES)
      .flatMap((command) => {
        const { from, to } = fileRange(script, command);
        const at = place(from, to);
        const step = stepsUpTo({ jobs }, at.line).steps.at(-1);
        const directory = step?.directory ?? '.';
        if (
          /[$\\]/.test(directory) ||
          step?.env.has('BUILDX_BAKE_FILE') ||
          /(?:^|[\s;&|(])(?:cd|pushd)\s/.test(step?.run ?? '')
        )
          return [];
        const call = bakeOfCommand(command, { directory, before: script.text.slice(0, command.from), read });
        const platforms = call && bakedForSeveral(call, read);
        return platforms === undefined ? [] : [{ at, platforms, line: at.line }];
      });
  });
}

function judged(platforms: readonly string[], lack: Lack, at: Parameters<typeof diagnostic>[2]): Judged {
  const args = { platforms, ...lack, asOf: DOCKERS_AS_OF };
  const found = diagnostic('workflow/no-builder', args, at);
  return lack.docker === undefined ? { diagnostic: found, undecided: true } : { diagnostic: found };
}

/** What a step asks for that the older store has not: its platforms, none where it is attestations that are asked for. */
function askOf(
  { platforms: named = [], step, leg, before }: Asking,
  read: (path: string) => string | undefined,
): { platforms: readonly string[]; span: Span } | undefined {
  const call = bakeOfStep(step, leg, before, read);
  const platforms = (call && bakedForSeveral(call, read)) ?? named;
  if (platforms.length > 1)
    return { platforms: platforms.map(formatPlatform), span: step.inputs.get('platforms')?.span ?? step.span };
  const asked = ['sbom', 'provenance', 'attests']
    .flatMap((name) => step.inputs.get(name) ?? [])
    .find(({ value }) => !/^(?:|false)$|\$\{\{|disabled=true/.test(value));
  return asked && { platforms: [], span: asked.span };
}
