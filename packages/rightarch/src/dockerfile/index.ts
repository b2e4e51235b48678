/**
 * The one meaning of a Dockerfile: its parser, expansion, variables, stages and ignore rules, for lint, plan and build.
 * Never here: reading of files, registries, shell syntax, decisions about platforms.
 * Start with `types.ts`, then `parse.ts`.
 */
export { detectSyntax } from './directives.ts';
export {
  type ExpandOptions,
  type Expansion,
  type ExpansionProblem,
  expandWord,
  type Lookup,
  variablesOf,
} from './expand.ts';
export { isDockerfile, isOfOthers } from './file-name.ts';
export { flagOn, flagSpan, flagText, flagTexts } from './flags.ts';
export { heredocContent } from './heredoc.ts';
export {
  type BadPattern,
  cleanPath,
  compileIgnoreFile,
  compilePatterns,
  type IgnoreMatcher,
  ignoreFiles,
  type MatchInfo,
  parseIgnoreFile,
} from './ignore.ts';
export { hasWildcards, matchGlob } from './ignore-pattern.ts';
export { type Mount, mountSources, mountsOf, type SecretMount, secretOf } from './mounts.ts';
export { parseDockerfile } from './parse.ts';
export { keywords } from './read.ts';
export {
  type Applied,
  automaticArgs,
  type BuildSettings,
  defaultPath,
  type GlobalScope,
  globalScope,
  openStage,
  proxyEnvironment,
  type StageScope,
  type StageStart,
} from './scope.ts';
export { type RunScript, runScript } from './script.ts';
export { type Joined, positionAt, spanOf } from './source.ts';
export {
  namedSource,
  type StageGraph,
  type StageNode,
  type StageSource,
  type StageUse,
  splitStages,
  stageGraph,
  triggersOf,
} from './stages.ts';
export * from './types.ts';
