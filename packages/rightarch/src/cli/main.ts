import { programName } from './program-name.ts';
import { run } from './run.ts';
import { processShell } from './shell.ts';

/** The command line of this process. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const shell = processShell();
  const program = programName(shell.env, process.argv[1]);
  process.exitCode = await run(argv, program === undefined ? shell : { ...shell, program });
}
