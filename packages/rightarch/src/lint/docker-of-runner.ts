import { inLeg, type JobView, type Leg, type StepView } from './documents/workflow.ts';
import { hasBuilder } from './workflow-builds.ts';
import { isElsewhere, isUnknownAction, mayPrepare, mayPrepareItself, stepsOfAction } from './workflow-steps.ts';

/** The Docker of a machine, and whether containerd keeps its images. */
interface RunnerDocker {
  readonly version: string;
  readonly hasContainerdStore: boolean;
}

const CLASSIC: RunnerDocker = { version: '28.0.4', hasContainerdStore: false };
/** One that begins with 29 has containerd's store (docs.docker.com, engine/release-notes/29, read 2026-11-30). */
const NEWER: RunnerDocker = { version: '29.4.2', hasContainerdStore: true };

/**
 * What GitHub installs in the images of its own runners (https://github.com/actions/runner-images, images/ubuntu/*-Readme.md of
 * 2026-08-17, read 2026-11-30). 29 came to 24.04 in February 2026, and was taken back: its issues 13474 and 14105. Runners
 * of 26.04 have it. `ubuntu-slim` has no Docker to build with.
 */
const DOCKERS: readonly (readonly [RegExp, RunnerDocker])[] = [
  [/^ubuntu-latest$|^ubuntu-2[24]\.04(?:-arm)?$/, CLASSIC],
  [/^ubuntu-26\.04(?:-arm)?$/, NEWER],
];
export const DOCKERS_AS_OF = '2026-08';

/** Machines of services that sell builders, by their labels: their Docker may be anything, and mostly is a builder. */
const HOSTED = /depot|blacksmith|namespace|nscloud|warp|buildjet|runs-on|ubicloud|cirun/i;

export interface Lack {
  /** Of Docker there; undefined where whose it is, or what came before, is not seen. */
  readonly docker: string | undefined;
  readonly unseen?: 'runner' | 'container' | 'step';
}

export interface OnDefaultBuilder {
  readonly job: JobView;
  readonly legs: readonly Leg[];
  /** What came before it in the job. */
  readonly before: readonly StepView[];
  readonly step: StepView;
}

/**
 * What Docker's own builder, with the older image store, does not: several platforms at once, attestations
 * (github.com/docker/buildx, build/opt.go at 461836b, driver.MultiPlatform, read 2026-11-30). Undefined where the build has
 * another builder, or Docker another store.
 */
export function builderLacks(
  { job, legs, before, step }: OnDefaultBuilder,
  read: (path: string) => string | undefined,
): Lack | undefined {
  if (step.inputs.has('builder') || isElsewhere(step) || before.some(isElsewhere)) return undefined;
  if (hasOther(before) || [...before, step].some(changesDocker)) return undefined;
  const labels = legs.flatMap((leg) => job.runsOn.map((label) => inLeg(label, leg, new Map())));
  // One that a workflow calls has the machine, and the builder, of that.
  if (labels.length === 0 || labels.some((label) => HOSTED.test(label ?? ''))) return undefined;
  const own = before.flatMap(({ uses }) => (uses?.startsWith('./') === true ? [stepsOfAction(uses, read)] : []));
  if (own.some((steps) => steps !== undefined && (hasOther(steps) || steps.some(changesDocker)))) return undefined;
  const dockers = labels.map((label) => DOCKERS.find(([name]) => name.test(label ?? ''))?.[1]);
  if (dockers.every((docker) => docker?.hasContainerdStore === true)) return undefined;
  const steps = [...before, ...own.flatMap((one) => one ?? [])];
  const [docker] = dockers;
  // Of several labels one may be somebody's own.
  if (docker === undefined || job.runsOn.length > 1 || dockers.some((one) => one !== docker))
    return { docker: undefined, unseen: 'runner' };
  if (job.isInContainer) return { docker: undefined, unseen: 'container' };
  const isUnseen =
    own.includes(undefined) || mayPrepareItself(step) || steps.some((one) => mayPrepare(one) || isUnknownAction(one));
  return isUnseen ? { docker: undefined, unseen: 'step' } : { docker: docker.version };
}

/** A builder beside Docker's own; `driver: docker` is that one again. */
const hasOther = (steps: readonly StepView[]): boolean =>
  hasBuilder({ before: steps.filter(({ inputs }) => inputs.get('driver')?.value !== 'docker') });

/** Another Docker, or another store for it. */
const changesDocker = ({ uses = '', run = '' }: StepView): boolean =>
  /containerd|daemon\.json|get\.docker\.com|docker-ce|apt(?:-get)?\s.*\bdocker\.io\b(?!\/)|moby-engine|dockerd|(?:systemctl|service)\b.*\bdocker/.test(
    run,
  ) || /setup-(?:docker|podman|containerd)|rootless/i.test(uses);
