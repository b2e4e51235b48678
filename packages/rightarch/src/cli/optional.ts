import type { BuildRequest } from '../build/index.ts';
import { type Diagnostic, Failure, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { atInput, diagnostic } from '../messages/index.ts';
import type { LeftOut } from './built.ts';
import type { Job } from './jobs.ts';
import type { Session } from './session.ts';

type Wanted = BuildRequest['platforms'][number];

/** What is to be known of an image to publish it, with or without its optional platforms. */
export type Shippable = Pick<Job, 'references' | 'image' | 'root'> & {
  readonly request: Pick<BuildRequest, 'name' | 'platforms'>;
};

/** An image without some optional platforms, and what there is to say of those. */
export interface Smaller<T extends Shippable> {
  readonly job: T;
  readonly leftOut: readonly Diagnostic[];
}

/** Whether a platform may be missing without holding the others: it is there by `optional-platforms` alone. */
const isOptional = ({ because }: Wanted): boolean => because.kind === 'optional';

/** A job with what was left out of it. */
export interface Reduced<T> {
  readonly job: Job;
  readonly value: T;
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Carries out a step for all platforms. Where that fails, for those that must be there, and then with each optional
 * one that lets it succeed; what is left out is said, with what it failed of. What was built once is not built twice.
 */
export async function withOptional<T>(
  { shell }: Session,
  job: Job,
  step: 'plan' | 'build',
  work: (job: Job) => Promise<T>,
): Promise<Reduced<T>> {
  const all = job.request.platforms;
  const required = all.filter((one) => !isOptional(one));
  // A network that is down or a disk that is full says nothing of a platform; the next run may find it well.
  const mayGo = (error: unknown): error is Failure =>
    error instanceof Failure && !shell.signal.aborted && (error.blame === 'request' || isAnswer(error.diagnostic));
  try {
    return { job, value: await work(job), leftOut: [] };
  } catch (error) {
    if (required.length === all.length || required.length === 0 || !mayGo(error)) throw error;
  }
  let kept = withPlatforms(job, required);
  let value = await work(kept);
  const leftOut: Diagnostic[] = [];
  for (const one of all.filter(isOptional)) {
    const wider = withPlatforms(
      job,
      all.filter((other) => other === one || kept.request.platforms.includes(other)),
    );
    try {
      value = await work(wider);
      kept = wider;
    } catch (error) {
      if (!mayGo(error)) throw error;
      leftOut.push(leftOutOf(job, one.platform, step, error.diagnostic));
    }
  }
  return { job: kept, value, leftOut };
}

/**
 * The registry answered: an image for that platform alone, such as `FROM app-$TARGETARCH`, is not there. Docker Hub says
 * of a repository that is not there what it says of one that is private; that credentials are right, the platforms that
 * must be there have shown.
 */
const ANSWERS: ReadonlySet<string> = new Set([
  'registry/not-found',
  'registry/unauthorized',
  'registry/forbidden',
  // So did the builder: it can neither run nor emulate that CPU.
  'engine/no-emulation',
]);
const isAnswer = ({ code }: Diagnostic): boolean => ANSWERS.has(code);

/** The job without optional platforms that were not proven; undefined where one that must be there was not either. */
export function withoutUnproven<T extends Shippable>(job: T, unproven: readonly Platform[]): Smaller<T> | undefined {
  const isUnproven = ({ platform }: Wanted): boolean => unproven.some((one) => samePlatform(one, platform));
  const gone = job.request.platforms.filter(isUnproven);
  const left = job.request.platforms.filter((one) => !isUnproven(one));
  if (gone.length < unproven.length || gone.length === 0 || left.length === 0 || !gone.every(isOptional))
    return undefined;
  return {
    job: withPlatforms(job, left),
    leftOut: gone.map(({ platform }) => leftOutOf(job, platform, 'proof')),
  };
}

/** The platforms that one has and the other has not. */
export function goneFrom(wanted: Shippable, kept: Shippable): readonly Platform[] {
  const stays = (platform: Platform): boolean =>
    kept.request.platforms.some((one) => samePlatform(one.platform, platform));
  return wanted.request.platforms.map(({ platform }) => platform).filter((platform) => !stays(platform));
}

/** Says that a platform is left out, and after which step. */
export function leftOutOf(job: Shippable, platform: Platform, step: LeftOut['step'], cause?: Diagnostic): Diagnostic {
  const { name } = job.request;
  const said = diagnostic(
    'plan/optional-left-out',
    { image: name, platform: formatPlatform(platform), step },
    job.image?.at ?? atInput(name),
  );
  return cause === undefined ? said : { ...said, causes: [cause] };
}

const withPlatforms = <T extends Shippable>(job: T, platforms: readonly Wanted[]): T => ({
  ...job,
  request: { ...job.request, platforms },
});
