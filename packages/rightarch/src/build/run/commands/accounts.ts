import type { Program } from './command.ts';

/** Programs that make users and groups, with the suite that each must come from. */
export const accountPrograms: Readonly<
  Record<string, { readonly maker: 'shadow' | 'busybox'; readonly run: Program }>
> = {};
