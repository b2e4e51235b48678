/**
 * `npm ci` and `npm install` on the files of a stage: packages placed straight from the lockfile, for the image's CPU,
 * libc, Node and npm. Without a lockfile npm itself makes one, shut in a directory of its own (`run-npm.ts`).
 * Never here: a script of a package, a file of the project that npm could execute, the host's node_modules.
 * Start with `install.ts`; `graph.ts` decides which packages a machine gets, `package-store.ts` holds their bytes.
 */
import type { Call } from '../run/commands/command.ts';
import { refuse } from '../run/refusal.ts';
import { type Outcome, success } from '../run/types.ts';
import type { RunContext } from '../stage-files.ts';
import { parseNpm } from './arguments.ts';
import { install } from './install.ts';
import { machineOf } from './node-in-image.ts';
import { readConfig } from './npmrc.ts';
import { toldOfSecrets } from './told-of-secrets.ts';

/** Carries out one `npm …`. `file` is the npm that the image's PATH leads to, links followed. */
export async function npm(
  call: Call,
  options: { readonly file: string; readonly context: RunContext },
): Promise<Outcome & { readonly reproducible: boolean; readonly bySecret: boolean }> {
  const { file, context } = options;
  // Its own settings and its version stand beside it: of a script of another name nothing is known.
  if (!/\/npm\/bin\/npm-cli\.js$/.test(file)) return refuse('npm/version-unknown', { tool: 'npm', path: file });
  const { command, flags, operands } = parseNpm(call.args);
  const config = await readConfig(call, flags, file, context.secrets);
  if (command === 'cache-clean') {
    const home = call.env['HOME'] ?? '/';
    // Our installs leave no cache behind; one that the image brought would have to go.
    if (call.kernel.stat(`${home === '/' ? '' : home}/.npm/_cacache`) !== undefined)
      return refuse('run/not-computable', { what: 'npm cache clean' });
    return { ...success, reproducible: true, bySecret: false };
  }
  if (command !== 'ci' && command !== 'install') return refuse('run/command-unknown', { command: `npm ${command}` });
  if (operands.length > 0) return refuse('run/option-unknown', { command: `npm ${command}`, option: operands[0]! });
  const machine = await machineOf(call, file, context.platform);
  const { unhashed, ...outcome } = await install({ call, context, config, machine, command }).catch((thrown) => {
    throw toldOfSecrets(thrown, context.secrets, { call, config });
  });
  // Where every package is held to a hash, it is all the same who gave it, and to whom.
  return { ...outcome, bySecret: config.secret === 'decides' || (config.secret === 'fetches' && unhashed) };
}
