import { type Diagnostic, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import type { Dockerfile } from '../dockerfile/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { CallOptions } from '../oci/index.ts';
import { judge } from './engines/embedded/unsupported.ts';
import type { Bases } from './stage/bases.ts';
import { checksNotRun } from './stage/checks.ts';
import { dockerCommand } from './stage/docker-command.ts';
import { type PreparedPlatform, preparePlatform } from './stage/prepare.ts';
import type { BuildPlan, BuildRequest, Step } from './types.ts';

/** A plan and what it was made from: a build goes on from there. */
export interface Planned {
  readonly plan: BuildPlan;
  readonly prepared: readonly PreparedPlatform[];
}

/**
 * Decides what every platform needs, without a layer being read or anything being changed. The same inputs give the
 * same bytes. What the embedded engine cannot do is in `diagnostics` and as `refused` at its step; whoever chooses the
 * engine reads it there.
 */
export async function planBuild(
  dockerfile: Dockerfile,
  request: BuildRequest,
  parts: { readonly buildPlatform: Platform; readonly bases: Bases },
  options: CallOptions = {},
): Promise<Planned> {
  const prepared: PreparedPlatform[] = [];
  // One after the other: the second finds every reference resolved by the first.
  for (const { platform } of request.platforms)
    prepared.push(await preparePlatform(dockerfile, request, { ...parts, platform }, options));
  const docker = dockerCommand(request);
  const refusals = new Map<string, Diagnostic>();
  const platforms = request.platforms.map(({ platform, because }, index) => {
    const steps = prepared[index]!.stages.flatMap((stage): Step[] => {
      const { from } = stage.stage;
      const base: Step = {
        stage: stage.stage.index,
        line: from.span.start.line,
        instruction: from.original,
        how: 'base',
      };
      const rest = stage.operations.map((operation): Step => {
        const verdict = judge(operation, docker, request.secrets);
        if ('refused' in verdict) {
          const { refused } = verdict;
          refusals.set(JSON.stringify([refused.code, refused.at, refused.args]), refused);
        }
        return {
          stage: stage.stage.index,
          line: operation.line,
          instruction: operation.instruction,
          how: 'refused' in verdict ? 'refused' : verdict.how,
        };
      });
      return [base, ...rest];
    });
    const how = samePlatform(platform, parts.buildPlatform) ? ('native' as const) : ('cross' as const);
    return { platform: formatPlatform(platform), how, because, steps };
  });
  const plan: BuildPlan = {
    version: 1,
    image: request.name,
    context: request.context,
    dockerfile: request.dockerfile,
    stage: request.stage ?? null,
    engine: 'embedded',
    bases: await parts.bases.pins(),
    platforms,
    diagnostics: [
      ...distinct(prepared.flatMap(({ notes }) => notes)),
      ...checksNotRun(dockerfile, request),
      ...(refusals.size === 0 ? noAgent(request, docker) : []),
      ...refusals.values(),
    ],
  };
  return { plan, prepared };
}

/** A RUN that asks for an agent is refused; where none does, `--ssh` changes nothing, and that is said. */
function noAgent({ ssh, sshAt }: BuildRequest, docker: string): readonly Diagnostic[] {
  if (ssh.length === 0) return [];
  return [diagnostic('plan/ssh-not-yet', { agents: ssh, docker }, sshAt ?? { in: 'input', name: '--ssh' })];
}

/** What every platform and stage says alike is said once. */
function distinct(diagnostics: readonly Diagnostic[]): Iterable<Diagnostic> {
  return new Map(diagnostics.map((one) => [JSON.stringify([one.code, one.at, one.args]), one])).values();
}
