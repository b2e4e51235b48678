import { type Diagnostic, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import type { Dockerfile } from '../dockerfile/index.ts';
import { atInput, diagnostic } from '../messages/index.ts';
import type { CallOptions } from '../oci/index.ts';
import type { Bases } from './stage/bases.ts';
import { type PreparedOperation, type PreparedPlatform, type PreparedStage, preparePlatform } from './stage/prepare.ts';
import type { BuildPlan, BuildRequest, EngineId, HowBuilt, PlannedStage, StageReason, Step } from './types.ts';

/** What an engine does with an operation, from the Dockerfile alone. */
export type Verdict = { readonly how: Exclude<Step['how'], 'refused'> } | { readonly refused: Diagnostic };

/** What a plan has to know of the engine that it is for. */
export interface Planner {
  readonly engine: EngineId;
  /** The CPU on which programs of the build run without an emulator; `on` knows it of each platform's own builder. */
  readonly buildPlatform: Platform;
  on?(platform: Platform): { readonly engine: EngineId; readonly node: string; readonly buildPlatform: Platform };
  readonly bases: Bases;
  /** A directory can be what a stage starts from. */
  readonly anyBase?: boolean;
  /** The stages and images that a RUN mounts are prepared as well. */
  readonly mounts?: boolean;
  judge(operation: PreparedOperation): Verdict;
}

/** A plan and what it was made from: a build goes on from there. */
export interface Planned {
  readonly plan: BuildPlan;
  readonly prepared: readonly PreparedPlatform[];
}

/**
 * Decides what every platform needs, without a layer being read or anything being changed. The same inputs give the
 * same bytes. What the engine cannot do is in `diagnostics` and as `refused` at its step; whoever chooses the engine
 * reads it there.
 */
export async function planBuild(
  dockerfile: Dockerfile,
  request: BuildRequest,
  planner: Planner,
  options: CallOptions = {},
): Promise<Planned> {
  const prepared: PreparedPlatform[] = [];
  // One after the other: the second finds every reference resolved by the first.
  for (const { platform } of request.platforms)
    prepared.push(
      await preparePlatform(dockerfile, request, { ...planner, ...planner.on?.(platform), platform }, options),
    );
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
        const verdict = planner.judge(operation);
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
    const on = planner.on?.(platform);
    const theirs = { ...planner, ...on };
    const stages = prepared[index]!.stages.map((stage) => planStage(platform, stage, theirs));
    const how = howBuilt(platform, stages, theirs);
    const who = on === undefined ? {} : { engine: on.engine, node: on.node };
    return { platform: formatPlatform(platform), how, ...who, because, stages, steps };
  });
  const plan: BuildPlan = {
    version: 1,
    image: request.name,
    context: request.context,
    dockerfile: request.dockerfile,
    stage: request.stage ?? null,
    engine: planner.engine,
    bases: await planner.bases.pins(),
    platforms,
    diagnostics: [...leftOut(request), ...distinct(prepared.flatMap(({ notes }) => notes)), ...refusals.values()],
  };
  return { plan, prepared };
}

/** Emulated is a platform only where a program of it must run: files are copied alike for all. */
function howBuilt(platform: Platform, stages: readonly PlannedStage[], { buildPlatform }: Planner): HowBuilt {
  if (samePlatform(platform, buildPlatform)) return 'native';
  return stages.some(({ how }) => how === 'emulate') ? 'emulate' : 'cross';
}

function planStage(
  target: Platform,
  { stage, platform, operations }: PreparedStage,
  planner: Planner & { readonly node?: string },
): PlannedStage {
  const { buildPlatform, engine, judge, node } = planner;
  const isOwn = samePlatform(platform, buildPlatform);
  const judged = operations.map((operation) => ({ operation, verdict: judge(operation) }));
  const refused = judged.find(({ verdict }) => 'refused' in verdict);
  const executed = judged.find(({ verdict }) => 'how' in verdict && verdict.how === 'execute');
  const at = (kind: 'runs' | 'refused', { line, instruction }: PreparedOperation) => ({ kind, line, instruction });
  const because = (): StageReason => {
    if (refused !== undefined) return at('refused', refused.operation);
    if (isOwn) return samePlatform(platform, target) ? { kind: 'own' } : { kind: 'pinned' };
    if (executed !== undefined) return at('runs', executed.operation);
    return operations.some(({ kind }) => kind === 'run') ? { kind: 'without-running' } : { kind: 'files' };
  };
  return {
    stage: stage.index,
    name: stage.name ?? null,
    line: stage.from.span.start.line,
    platform: formatPlatform(platform),
    how: isOwn ? 'native' : executed === undefined ? 'cross' : 'emulate',
    engine,
    ...(node === undefined ? {} : { node }),
    because: because(),
    ...(isOwn || executed === undefined ? {} : { faster: ['builder'] }),
  };
}

/** A runtime that takes no attestation would not take the image either. */
function leftOut({ attestsRefusedBy = [] }: BuildRequest): readonly Diagnostic[] {
  if (attestsRefusedBy.length === 0) return [];
  return [diagnostic('plan/attestations-left-out', { runtimes: attestsRefusedBy }, atInput('--for'))];
}

/** What every platform and stage says alike is said once. */
function distinct(diagnostics: readonly Diagnostic[]): Iterable<Diagnostic> {
  return new Map(diagnostics.map((one) => [JSON.stringify([one.code, one.at, one.args]), one])).values();
}
