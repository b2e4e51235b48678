import type { JobView, StepView, WorkflowView } from './documents/workflow.ts';

/** A script or a target of the repository may prepare the machine as well as anything else. */
export const mayPrepare = ({ run = '' }: StepView): boolean =>
  /(?:^|[\s;&|])(?:\.{0,2}\/|(?:ba|z|da)?sh\s+(?!-c)|source\s|make(?:\s|$)|just\s|task\s)/m.test(run);

/** The job that a line stands in, and its steps up to there. */
export function stepsUpTo(
  { jobs }: WorkflowView,
  line: number,
): { readonly job: JobView | undefined; readonly steps: readonly StepView[] } {
  const begun = jobs.map((job) => ({ job, steps: job.steps.filter(({ span }) => span.start.line <= line) }));
  const last = ({ steps }: { readonly steps: readonly StepView[] }): number => steps.at(-1)?.span.start.line ?? 0;
  return begun.reduce<{ job: JobView | undefined; steps: readonly StepView[] }>(
    (best, one) => (last(one) > last(best) ? one : best),
    { job: undefined, steps: [] },
  );
}

/** Another daemon, another builder or another engine than the runner's own Docker, or another folder. */
export const isElsewhere = ({ run = '', env }: StepView): boolean =>
  /--builder|docker\s+context|DOCKER_HOST|DOCKER_CONTEXT|BUILDX_BUILDER|\b(?:podman|buildah|nerdctl)\b/.test(run) ||
  ['DOCKER_HOST', 'DOCKER_CONTEXT', 'BUILDX_BUILDER'].some((name) => env.has(name));
