/**
 * The command line: the only room that reads the process, prints and exits.
 * Never here: what a platform, an image or a proof is.
 * Start with `run.ts`; `specs.ts` lists the commands and their flags, `commands/` carries them out.
 */
export { main } from './main.ts';
export { run } from './run.ts';
export type { Shell } from './shell.ts';
