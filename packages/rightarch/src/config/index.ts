/**
 * `rightarch.yaml`: reading it with every fault at its line, and the project in one environment that follows from it.
 * Never here: build steps, credentials, the environment of the process.
 * Start with `schema.ts` (what may be written), then `project.ts` (reading) and `resolve.ts` (what it means).
 */

export { findConfigFile } from './find-config.ts';
export { commitSeconds, type GitOptions, gitFiles } from './git.ts';
export { highestStable, readGitFacts } from './git-facts.ts';
export { parseProject, readProject } from './project.ts';
export { type ReadDefinition, resolveProject } from './resolve.ts';
export { projectJsonSchema } from './schema.ts';
export { expandAllTags, expandTags } from './tags.ts';
export type {
  Checked,
  ExpandedTags,
  PlatformReason,
  Project,
  ProjectImage,
  ProjectTarget,
  ResolvedProject,
  TagFacts,
} from './types.ts';
