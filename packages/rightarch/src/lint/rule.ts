import { type Diagnostic, type Platform, type Severity, samePlatform } from '../core/index.ts';
import type { Span } from '../dockerfile/index.ts';
import type { BaseUse, KnownBases } from './bases.ts';
import type { HostNative } from './context-files.ts';
import type { DockerfileView, StageView } from './documents/dockerfile.ts';
import type { WorkflowView } from './documents/workflow.ts';
import type { Repository, SourceFile } from './repository.ts';
import type { WantedPlatform } from './wanted.ts';
import type { BuildStep } from './workflow-builds.ts';

/** What a rule knows beside the document: data, so that the same files give the same findings everywhere. */
export interface RuleContext {
  readonly wanted: readonly WantedPlatform[];
  /** Another file of the repository; undefined where it is not there, or was not read. */
  readonly read: (path: string) => string | undefined;
  readonly files: readonly SourceFile[];
  readonly repository: Repository;
  /** What lies in the node_modules of the contexts today. */
  readonly natives: readonly HostNative[];
  /** What registries said of base images; absent: nobody asks. */
  readonly bases?: KnownBases | undefined;
  /** The images that this Dockerfile stands on; empty where nobody asks. */
  readonly basesUsed: readonly BaseUse[];
}

/** `undecided` is an answer: what a rule cannot see is told apart, never passed and never held against a file. */
export interface Judged {
  readonly diagnostic: Diagnostic;
  readonly undecided?: true;
}

/** Pure and synchronous: no file, no network, no clock, no environment. */
export type DockerfileRule = (view: DockerfileView, context: RuleContext) => Iterable<Judged>;
export type WorkflowRule = (view: WorkflowView, context: WorkflowContext) => Iterable<Judged>;

export interface WorkflowContext extends RuleContext {
  /** What its steps build, each leg of its own. */
  readonly builds: readonly BuildStep[];
}

/** The wanted platforms that a stage is built for and that are not `platform`: it breaks on these. */
export function breaksOn(
  context: RuleContext,
  stage: StageView,
  isRight: (platform: Platform) => boolean,
): readonly WantedPlatform[] {
  // Chosen by its name for one platform, it is never built for another.
  return context.wanted.filter(
    ({ platform }) => !isRight(platform) && stage.neededFor.some((one) => samePlatform(one, platform)),
  );
}

/** An error where somebody says that the image must have the platform; where nobody does, it may never meet it. */
export const severityOf = (breaks: readonly WantedPlatform[]): Severity =>
  breaks.some(({ because }) => because !== 'assumed') ? 'error' : 'warning';

export const inFile = (file: string, { start, end }: Span) => ({ in: 'file', file, start, end }) as const;
