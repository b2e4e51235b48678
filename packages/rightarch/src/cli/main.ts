import { run } from './run.ts';
import { processShell } from './shell.ts';

/** The command line of this process. */
export async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), processShell());
}
