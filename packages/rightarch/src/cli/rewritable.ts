import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildPlan, BuildRequest } from '../build/index.ts';
import { type Rewrites, rewritesOf } from '../lint/index.ts';
import type { Job } from './jobs.ts';

export const dockerfileOf = ({ dockerfile, dockerfileText }: BuildRequest): string =>
  dockerfileText ?? readFileSync(dockerfile, 'utf8');

/** What of a job's Dockerfile the builder's CPU may make, by its text and by the lockfile in its context. */
export function rewritesFor(request: BuildRequest, text: string): Rewrites {
  return rewritesOf(request.dockerfile, text, {
    platforms: request.platforms.map(({ platform }) => platform),
    target: request.stage,
    read: (path) => {
      const file = join(request.context, path);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    },
  });
}

/** A plan whose emulated stages say whether another Dockerfile may make them faster. */
export function withRewrites({ request }: Job, plan: BuildPlan): BuildPlan {
  const { proposed } = rewritesFor(request, dockerfileOf(request));
  const may = new Set(proposed.flatMap(({ stages }) => stages));
  const platforms = plan.platforms.map((platform) => ({
    ...platform,
    stages: platform.stages.map((one) =>
      one.faster !== undefined && may.has(one.stage) ? { ...one, faster: [...one.faster, 'rewrite' as const] } : one,
    ),
  }));
  return { ...plan, platforms };
}
