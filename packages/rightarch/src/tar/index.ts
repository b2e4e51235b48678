/**
 * Bytes of tar archives in and out, and their compression: reading, writing, inflate, deflate.
 * Never here: what an entry means for an image, paths that are followed, the host's file system.
 * Start with `types.ts`, then `read-tar.ts`.
 */
export type * from './types.ts';
