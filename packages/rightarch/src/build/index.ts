/**
 * From a Dockerfile to images in an OCI layout: the plan as data, and the engines that carry it out.
 * Never here: printing, the environment, a registry tag.
 * Start with `types.ts`, then `plan.ts`; the embedded engine is `engines/embedded/`, RUN is `run/`, installs are `npm/`.
 */

export { createAutoEngine } from './engines/auto.ts';
export { createBuildahEngine } from './engines/buildah/engine.ts';
export { type BuildKitEngine, type BuildKitOptions, createBuildKitEngine } from './engines/buildkit/engine.ts';
export { dockerVersions, isContainerdStore } from './engines/buildx/docker-version.ts';
export {
  createEmbeddedEngine,
  type EmbeddedEngine,
  type EmbeddedOptions,
  LAYER_TIME,
} from './engines/embedded/engine.ts';
export { type ListedFile, listTree } from './files/list-tree.ts';
export { fetchDocument, headersFor } from './npm/fetch-tarball.ts';
export { npmAccessOf } from './npm/host-registry.ts';
export type { OpenBase } from './stage/bases.ts';
export { dockerCommand, imageName } from './stage/docker-command.ts';
export type { PackageAccess } from './stage-files.ts';
export type * from './types.ts';
