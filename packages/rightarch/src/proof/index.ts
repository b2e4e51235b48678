/**
 * The verdict for each platform of an image, from facts about its bytes: structure, machine code, start.
 * Never here: I/O other than through `scan`, anything that is executed, sentences, guesses.
 * Start with `types.ts`, then `verify.ts`; `start.ts` follows an entrypoint, `explain.ts` holds what is on purpose.
 */
export { imagesToBlame, withFindings, withOrigins } from './blame.ts';
export { type PackageDifference, packagesKeep } from './compare-packages.ts';
export {
  type BuiltSide,
  compareRebuilt,
  type Permitted,
  type Rebuilt,
  type RebuiltDifference,
} from './compare-rebuilt.ts';
export { type ComparedSide, compareTrees, type OneSided, type TreeComparison } from './compare-trees.ts';
export { type PlatformPackage, parsePlatformPackage } from './cpu-words.ts';
export { effectiveStart, type StartOverride } from './effective-start.ts';
export { explainForeign, type ForeignCode, type PurposeRule, purposeRules } from './explain.ts';
export { findForeignBases } from './foreign-base.ts';
export { type Accepted, ignoreFindings } from './ignore.ts';
export { proofJson } from './json.ts';
export { isAccelerator, type NodePackage } from './node-packages.ts';
export { notClaimed } from './not-claimed.ts';
export { type PlatformQuestion, provePlatform } from './platform.ts';
export {
  compareNumbers,
  holds as markerHolds,
  type Marker,
  type MarkerEnvironment,
  normalName,
  parseMarker,
  parseRequirement,
  pythonMachine,
} from './python-markers.ts';
export { LARGEST_DOCKERFILE, type Recipe, recipeOfHistory, recipeOfProvenance, type WrittenRecipe } from './recipe.ts';
export {
  type Host,
  platformSeen,
  type Seen,
  type Sight,
  type SightReason,
  targetSeen,
} from './seen-here.ts';
export { findSmells } from './smells.ts';
export { matchesPath } from './stated-foreign.ts';
export { isForLinux } from './structure.ts';
export * from './types.ts';
export { type VerifyOptions, verifyTree } from './verify.ts';
export { loaderWords } from './when-loaded.ts';
