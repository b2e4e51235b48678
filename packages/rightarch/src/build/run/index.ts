/**
 * RUN, read from its shell syntax tree and carried out on the files of a stage: a shell, file commands, accounts.
 * Never here: a program of the image or of the host that is started, the host's file system, guesses.
 * Start with `run-simulated.ts`; `recognize-run.ts` is the look that `plan` takes without files.
 */
export { type Recognized, recognizeRun } from './recognize-run.ts';
export { runSimulated } from './run-simulated.ts';
export { scriptOf } from './script.ts';
export type { RunHeredoc, RunInput } from './types.ts';
