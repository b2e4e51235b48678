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
export { flagOn, flagSpan, flagText, flagTexts } from './flags.ts';
export { heredocContent } from './heredoc.ts';
export { parseDockerfile } from './parse.ts';
export { keywords } from './read.ts';
export { type Joined, positionAt, spanOf } from './source.ts';
export * from './types.ts';
