/**
 * Values that every room shares: platforms, references, digests, diagnostics, results.
 * Never here: I/O, the host's platform, the clock, words for people.
 * Start with `platform.ts`.
 */
export type { BuilderPool, ConfiguredBuilder } from './builder.ts';
export { type CurrentEngines, devEnginesAnswer } from './dev-engines.ts';
export * from './diagnostic.ts';
export * from './digest.ts';
export { groupBy } from './group-by.ts';
export { isObject } from './is-object.ts';
export * from './package-limits.ts';
export * from './platform.ts';
export * from './positions.ts';
export * from './reference.ts';
export * from './relative-path.ts';
export * from './result.ts';
export { compareVersions, parseVersion, satisfies } from './semver.ts';
export * from './shell-words.ts';
