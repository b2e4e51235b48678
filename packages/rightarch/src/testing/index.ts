/**
 * What tests of images need, published for other people's tests too: a registry in memory with faults to inject.
 * Never here: anything that the product itself runs.
 * Start with `registry.ts`.
 */
export { type ElfParts, elfBytes, elfMachines } from './elf.ts';
export {
  type LayerLies,
  type TestFile,
  type TestImage,
  type TestImageParts,
  type TestIndexParts,
  type TestLayer,
  testImage,
  testIndex,
  testTar,
  zstdStored,
} from './image.ts';
export { arBytes, goInfoBytes, machOBytes, type PeParts, peBytes } from './programs.ts';
export { type SeenRequest, startRegistry, type TestRegistry, type TestRegistryOptions } from './registry.ts';
export type { RegistryAccess } from './registry-access.ts';
export type { FaultRule, RegistryFault } from './registry-faults.ts';
export type { StoredManifest, StoredRepository, StoredUpload } from './registry-store.ts';
export { type TestSource, type TestSourceParts, testSource } from './source.ts';
export { type ZipPart, type ZipParts, zipBytes } from './zip.ts';
