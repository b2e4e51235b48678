/**
 * Bytes of tar archives in and out, and their compression: reading, writing, inflate, deflate.
 * Never here: what an entry means for an image, paths that are followed, the host's file system.
 * Start with `types.ts`, then `read-tar.ts`.
 */
export { type GzipOptions, gzip } from './gzip.ts';
export { TarDamage } from './header.ts';
export {
  type Compression,
  type DecompressOptions,
  DecompressProblem,
  decompress,
  sniffCompression,
} from './inflate.ts';
export { decodeName, encodeName } from './name-bytes.ts';
export { createTarReader, readTar, type TarHandlers, type TarLimits, type TarReader, tarLimits } from './read-tar.ts';
export type * from './types.ts';
export { type NewTarEntry, TarContentProblem, tarEnd, tarHeader, writeTar } from './write-tar.ts';
