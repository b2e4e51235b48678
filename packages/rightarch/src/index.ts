/**
 * The library: everything that the command line does, without printing, the environment or an exit.
 * Names are those of the rooms: platforms and references, images and where they are, proofs, builds, publishing.
 */
export * from './build/index.ts';
export * from './config/index.ts';
export * from './core/index.ts';
export {
  type Dockerfile,
  type Instruction,
  parseDockerfile,
  type Stage,
  splitStages,
} from './dockerfile/index.ts';
export {
  chooseLanguage,
  type DiagnosticJson,
  diagnostic,
  diagnosticJson,
  docsFor,
  inWords,
  type Language,
  languages,
  type Worded,
} from './messages/index.ts';
export * from './oci/index.ts';
export {
  type ImageProof,
  notClaimed,
  type PlatformProof,
  proofJson,
  type TargetProof,
  type Verdict,
  type VerifyOptions,
  verifyTree,
} from './proof/index.ts';
export { type Destination, type PublishOptions, type PublishReceipt, publishTree } from './publish/index.ts';
export { openScanCache, type ScanCache } from './scan/index.ts';
export { findTarget, parseTargetAsk, type Target, type TargetAsk, targets } from './target/index.ts';
