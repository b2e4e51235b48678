/**
 * Facts about every file of a layer, from its bytes: what kind of program it is, for which CPU, started how.
 * Never here: verdicts, targets, anything that is executed, anything written but the scan cache.
 * Start with `types.ts`, then `layer.ts`; `tree.ts` lays layers over each other.
 */
export { openBudget, type ScanBudget } from './budget.ts';
export { openScanCache, type ScanCache, type ScanCacheOptions, type ScanKey } from './cache.ts';
export { contentDigests } from './content-digests.ts';
export { ElfReader, isElf } from './elf.ts';
export { type KeepRule, proofKeep } from './keep.ts';
export { type ScanLayerOptions, scanLayer } from './layer.ts';
export { type LayerPool, openLayerPool } from './layer-pool.ts';
export {
  isDeviceCode,
  loaderAbi,
  type MachineFit,
  type MachineNeed,
  machineFit,
  machinePlatform,
  machineText,
  otherSystem,
} from './machine.ts';
export { ProgramReader, parseScript } from './program.ts';
export type { ScanLimits } from './read-layer.ts';
export { type ScanImageOptions, scanImage } from './scan-image.ts';
export { FileTree, pathParts, type Resolution, type TreeNode, type TreeProblem, type UnpackRule } from './tree.ts';
export type * from './types.ts';
