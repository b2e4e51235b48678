import { passOn } from '../programs.ts';
import { findRealDocker } from './real.ts';
import { dockerWords } from './words.ts';

/**
 * `rightarch-docker`: what is Docker's goes to Docker before anything of ours is loaded. The whole command line is only
 * for what we do ourselves, or have to say.
 */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const { command } = dockerWords(argv);
  // Our own help is there where there is no Docker to show its own.
  if (command === undefined && argv.length > 0) {
    const real = findRealDocker(process.env, { own: process.argv[1], system: process.platform });
    const status = real && (await passOn(real.program, argv, real.env));
    if (status !== undefined) {
      process.exitCode = status;
      return;
    }
  }
  const { main: whole } = await import('../main.ts');
  await whole(['docker', ...argv]);
}
