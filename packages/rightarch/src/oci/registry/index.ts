/**
 * Registries by the distribution specification: pulling, pushing, tokens, retries, mirrors.
 * Never here: what a manifest means, layouts, the environment, global fetch (it holds whole bodies in memory).
 * Start with `open-registry.ts`; `session.ts` is how every request is made.
 */
export { checkLogin } from './check-login.ts';
export { type Connections, openConnections } from './connections.ts';
export {
  firstThatHas,
  layoutAsMirror,
  type MirrorRule,
  openMirrorRegistry,
  parseMirror,
} from './mirror.ts';
export { openRegistry, type RegistryRepository } from './open-registry.ts';
export type { Clock, RegistryOptions } from './options.ts';
export { isNotFound } from './problems.ts';
export { currentTag } from './push.ts';
