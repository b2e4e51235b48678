/**
 * What the files of a repository say about its images and where they run: text in, facts and findings out.
 * Never here: reading files, the network, running anything.
 * Start with `check.ts` and `repository.ts`; one file of `discover/` reads one kind of document, one of `rules/` is one code.
 */

export { consumersIn } from './asset-consumers.ts';
export { type BaselineEntry, baselineText, type LineOf, readBaseline } from './baseline.ts';
export type { BaseAnswer, KnownBases } from './bases.ts';
export type { DeclaredProject } from './between.ts';
export { type Chain, chainsTold } from './chain.ts';
export { type CheckOptions, type CheckResult, checkRepository, lineOfFiles } from './check.ts';
export { filesBeside, type HostNative, worthLooking } from './context-files.ts';
export { applyFixes, type Fix, type Mended } from './fixes.ts';
export type { FoundBuild, FoundImage, FoundRuntime, Place } from './found.ts';
export { isLockfile } from './lockfiles/index.ts';
export { textsOf } from './lockfiles/json.ts';
export { isDocument, saysCommands } from './markdown-rules.ts';
export {
  type KnownPlatform,
  type Proposal,
  type ProposedImage,
  type ProposedTarget,
  proposeProject,
} from './propose.ts';
export { judgeDeclared, judgeRepository, type Prospect, undeclaredRuntimes } from './prospects.ts';
export type { Known, Publication } from './publication.ts';
export type { LockfileAnswer } from './readiness/index.ts';
export {
  type KnownReleases,
  NOTHING_KNOWN,
  type NpmRelease,
  type PypiRelease,
  type Question,
} from './readiness/releases.ts';
export { discoverRepository, type Repository, type SourceFile, wantedFile } from './repository.ts';
export {
  applyRewrites,
  originalStage,
  type Rewrites,
  rewritesBehind,
  rewritesOf,
  type StageLeft,
  type StageRewrite,
} from './rewrite/index.ts';
export type { WantedPlatform } from './wanted.ts';
