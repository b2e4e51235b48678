/**
 * What is known about every runtime, with source and date, and what follows from it for an image.
 * Never here: accounts, the network, the bytes of an image (the proof passes in what it found).
 * Start with `types.ts`, then `ask.ts` (which CPU a runtime means) and `judge.ts` (whether it would take the image).
 */

export { type AskParts, parseAskParts, parseTargetAsk, resolveAsk, unknownRuntime } from './ask.ts';
export { type AssumedFact, answersNothing, assuming, parseAssumed } from './assume.ts';
export { canRefuse, factDays, isStale } from './fact.ts';
export { inRuntimeWords } from './in-runtime-words.ts';
export { type InstanceAnswer, instanceExamples, readInstance } from './instance.ts';
export { judgeTarget, refusesAttestations } from './judge.ts';
export type {
  JudgedEntry,
  JudgedFailure,
  JudgedImage,
  JudgedVerdict,
  NeededPages,
  SelectedBy,
  TargetEntry,
  TargetJudgement,
} from './judge-types.ts';
export { findTarget, targets, targetWords } from './targets.ts';
export {
  type Acceptance,
  type Assumption,
  assumableFacts,
  type Fact,
  type IndexRule,
  type Known,
  type Mismatch,
  type OpenSetting,
  type SetAt,
  type Stage,
  type StartSettings,
  type Target,
  type TargetAsk,
  type TargetId,
  targetIds,
} from './types.ts';
