/**
 * Images in and out, always verified: layouts, archives, the Docker engine, registries, and the tree behind a name.
 * Never here: what is inside a layer, verdicts, the environment, printing.
 * Start with `types.ts`, then `tree.ts`; `open.ts` turns what a person wrote into a source.
 */
export { type ArchiveOptions, openArchive } from './archive.ts';
export { type Attestation, readAttestations, subjectOf } from './attestations.ts';
export { collectLayout } from './collect.ts';
export { type CopyOptions, chooseImages, copyTree } from './copy.ts';
export { type DockerAddress, type DockerOptions, openDocker, pingDocker } from './docker.ts';
export { type DockerLoads, dockerLoads } from './docker-loads.ts';
export { readSmallFile } from './files.ts';
export { writtenInstruction } from './history.ts';
export { blobPath, type ListedSource, openLayout } from './layout.ts';
export { createLayoutSink } from './layout-sink.ts';
export { leaseToWrite, releaseLayouts } from './lease.ts';
export { linkLayers } from './link-layers.ts';
export { makeDirectory } from './make-directory.ts';
export { descriptorJson, type Encoded, encodeJson, makeIndex, makeManifest } from './mutate.ts';
export type { NamedImage } from './names.ts';
export { type Offered, offeredPlatforms } from './offered.ts';
export { type OpenedSource, type OpenOptions, openSource, parseLocator } from './open.ts';
export { type Provenance, readMaterials, readProvenance } from './provenance.ts';
export {
  indexAnnotations,
  isAttestation,
  isForeignLayer,
  isIndexType,
  isLayerType,
  isManifestType,
  isZstdInstance,
  openTree,
} from './tree.ts';
export * from './types.ts';
export { documentLimits, readVerified, streamVerified, type VerifiedOptions, verifyBytes } from './verified.ts';
export { type WriteArchiveOptions, writeArchive } from './write-archive.ts';
