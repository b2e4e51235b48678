import { type Platform, parsePlatform } from '../core/index.ts';
import {
  defaultPlatformOf,
  inLeg,
  type JobView,
  type Leg,
  labelPlatform,
  type StepView,
  type WorkflowView,
} from './documents/workflow.ts';

/** One run of docker/build-push-action in one leg of its job, as far as the workflow says it. */
export interface BuildStep {
  readonly job: JobView;
  readonly step: StepView;
  readonly leg: Leg;
  /** Undefined where an expression decides. Empty: the platform of the builder. */
  readonly platforms: readonly Platform[] | undefined;
  /** Of a runner whose label tells it. */
  readonly runner: Platform | undefined;
  /** What came before it in the job. */
  readonly before: readonly StepView[];
  /** Under a name; by digest alone it is not. */
  readonly pushes: boolean;
  readonly byDigest: boolean;
  /** As docker/metadata-action or the list gives them, with what the leg says; undefined where that is not seen. */
  readonly tags: readonly string[] | undefined;
}

/** The builds of a workflow, each leg of its own. */
export function buildSteps(view: WorkflowView): readonly BuildStep[] {
  return view.jobs.flatMap((job) =>
    job.steps.flatMap((step, i) =>
      step.uses !== 'docker/build-push-action'
        ? []
        : (job.legs ?? []).map((leg) => buildStep(job, step, leg, job.steps.slice(0, i))),
    ),
  );
}

function buildStep(job: JobView, step: StepView, leg: Leg, before: readonly StepView[]): BuildStep {
  const input = (name: string): string | undefined => {
    const written = step.inputs.get(name)?.value;
    return written === undefined ? '' : inLeg(written, leg, step.env);
  };
  const fallback = defaultPlatformOf(step, before);
  const written = input('platforms');
  const named = (written === '' && fallback !== undefined ? inLeg(fallback, leg, new Map()) : written)
    ?.split(/[,\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const platforms = named?.map(parsePlatform);
  const outputs = input('outputs') ?? '';
  const byDigest = outputs.includes('push-by-digest=true');
  const push = input('push');
  return {
    job,
    step,
    leg,
    platforms: platforms?.every((one) => one !== undefined) ? (platforms as Platform[]) : undefined,
    runner: runnerOf(job.runsOn.map((label) => inLeg(label, leg, step.env))),
    before,
    // One that depends on the event is pushed at times.
    pushes:
      !byDigest && ((push !== undefined && push !== '' && push !== 'false') || /push=true|type=registry/.test(outputs)),
    byDigest,
    tags: tagsOf(step, leg, before),
  };
}

/** GitHub's own runners, by their one label; of several one may be somebody's own. */
export function runnerOf(labels: readonly (string | undefined)[]): Platform | undefined {
  const [label] = labels;
  return labels.length === 1 && label !== undefined ? labelPlatform(label) : undefined;
}

function tagsOf(step: StepView, leg: Leg, before: readonly StepView[]): readonly string[] | undefined {
  const written = step.inputs.get('tags')?.value;
  if (written === undefined) return undefined;
  const id = /^\s*\$\{\{\s*steps\.([\w-]+)\.outputs\.tags\s*\}\}\s*$/.exec(written)?.[1];
  const meta = before.find((one) => one.id === id && one.uses === 'docker/metadata-action');
  if (id !== undefined && meta === undefined) return undefined;
  const texts =
    meta === undefined ? [written] : ['images', 'tags', 'flavor'].flatMap((name) => meta.inputs.get(name)?.value ?? []);
  const filled = texts.map((text) => inLeg(text, leg, (meta ?? step).env));
  if (filled.some((one) => one === undefined)) return undefined;
  return (filled as string[])
    .flatMap((text) => text.split(/\n/))
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Whether a step before may give the job a builder of its own, with emulators: Docker's action, or anybody's. */
export const hasBuilder = ({ before }: Pick<BuildStep, 'before'>): boolean =>
  before.some(({ uses, run }) => isBuilder(uses) || /buildx\s+(?:\\\s+)?(?:create|use)\b/.test(run ?? ''));

const isBuilder = (uses: string | undefined): boolean =>
  uses !== undefined && /buildx|depot|namespace|blacksmith|buildkit|setup-docker/i.test(uses);

/** Whether a step before may let the kernel run programs of other CPUs. */
export const hasEmulation = ({ before }: Pick<BuildStep, 'before'>): boolean =>
  // An action of the repository's own is not read.
  before.some(({ uses, run }) => uses?.startsWith('./') === true || /qemu|binfmt/i.test(`${uses ?? ''} ${run ?? ''}`));

/** With Docker's own builder, which attaches provenance to what it pushes unless told otherwise. */
export function isAttested(build: BuildStep): boolean {
  const told = ['provenance', 'attests'].some((name) => build.step.inputs.has(name));
  const off = build.step.env.get('BUILDX_NO_DEFAULT_ATTESTATIONS');
  return build.before.some(({ uses }) => uses === 'docker/setup-buildx-action') && !told && off === undefined;
}

/** The platforms that a build makes: those named, else the runner's. */
export function madeBy({ platforms, runner }: BuildStep): readonly Platform[] | undefined {
  if (platforms === undefined) return undefined;
  return platforms.length > 0 ? platforms : runner === undefined ? undefined : [runner];
}
