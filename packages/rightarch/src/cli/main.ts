import { asTyped, ownName } from './own-name.ts';
import { run } from './run.ts';
import { processShell } from './shell.ts';
import { commandSpecs } from './specs.ts';

/** The command line of this process. */
export async function main(): Promise<void> {
  const shell = processShell();
  // The bytes of a manifest are nobody's sentence.
  const exact = process.argv.includes('--raw');
  const name = exact ? 'rightarch' : ownName(shell.env, process.argv[1]);
  const commands = commandSpecs.map((spec) => spec.name);
  process.exitCode = await run(process.argv.slice(2), {
    ...shell,
    out: (text) => shell.out(asTyped(text, name, commands)),
    err: (text) => shell.err(asTyped(text, name, commands)),
  });
}
