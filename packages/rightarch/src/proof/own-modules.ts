import { posix } from 'node:path';
import type { Start } from './types.ts';
import type { View } from './view.ts';

/** Flags of Node without a value of their own, as images have them in front of a script; `--name=value` has it inside. */
const FLAGS =
  /^--(?:[\w-]+=.*|enable-source-maps|(?:no|trace)-warnings|(?:no|trace)-deprecation|expose-gc|trace-uncaught|abort-on-uncaught-exception)$/;

/**
 * The native modules outside of packages that the script of a start requires whenever it runs, with the script: what
 * `node server.js` opens by `require('./build/Release/addon.node')`. `argv` is that of the last program of the start.
 */
export function ownModules(
  { tree }: View,
  { cwd }: Pick<Start, 'cwd'>,
  argv: readonly string[],
): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  if (!/^(?:.*\/)?(?:node|nodejs)$/.test(argv[0] ?? '')) return modules;
  const name = argv.slice(1).find((word) => !FLAGS.test(word));
  if (name === undefined || name === '' || name.startsWith('-')) return modules;
  const script = [name, `${name}.js`, `${name}/index.js`]
    .map((path) => tree.resolve(path, { cwd }))
    .find((found) => found.found && found.node.children === undefined);
  if (script?.found !== true || script.node.entry.content === undefined) return modules;
  for (const line of Buffer.from(script.node.entry.content).toString('utf8').split('\n')) {
    if (!line.startsWith('.')) continue;
    // Node goes by the real path of its main script.
    const module = tree.resolve(posix.join(posix.dirname(script.path), line));
    if (module.found) modules.set(module.path, script.path);
  }
  return modules;
}
