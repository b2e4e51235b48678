import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';

/** What the JavaScript of npm is called wherever it is installed. */
const NPM = /\/node_modules\/npm\/bin\/npm-cli\.js$/;
/** Commands that read the package.json of a directory; those that run a script of its name. */
const RUNS: Readonly<Record<string, 'named' | 'own'>> = {
  run: 'named',
  'run-script': 'named',
  start: 'own',
  stop: 'own',
  test: 'own',
};

/** `npm start` and `npm run NAME` where there is no package.json, or no script of that name in it. */
export function missingForNpm(
  tree: FileTree,
  { argv, env, cwd }: Pick<Interpreting, 'argv' | 'env' | 'cwd'>,
  at: number,
): MissingProgram | undefined {
  const found = tree.resolve(argv[at] ?? '', { cwd });
  const [command = '', ...rest] = argv.slice(at + 1);
  const how = Object.hasOwn(RUNS, command) ? RUNS[command] : undefined;
  if (!found.found || !NPM.test(found.path) || how === undefined) return undefined;
  const end = rest.indexOf('--');
  // Options and settings may send it to another directory or to a workspace.
  if (rest.slice(0, end < 0 ? rest.length : end).some((arg) => arg.startsWith('-'))) return undefined;
  if (env.some((line) => /^npm_config_/i.test(line)) || posix.basename(cwd) === 'node_modules') return undefined;
  const directory = packageDirectory(tree, cwd);
  const path = posix.join(directory, 'package.json');
  const script = how === 'own' ? command : rest[0];
  const asked = ['npm', command, ...(how === 'named' && script !== undefined ? [script] : [])].join(' ');
  const own = tree.resolve(path);
  if (!own.found) return { asked, looked: [path], prints: `ENOENT: no such file or directory, open '${path}'` };
  const { content } = own.node.entry;
  if (script === undefined || content === undefined) return undefined;
  const scripts = Buffer.from(content).toString('utf8').split('\n');
  if (scripts[0] !== 'scripts' || scripts.includes(script)) return undefined;
  // Settings of the project may name a workspace.
  if (tree.resolve(posix.join(directory, '.npmrc')).found) return undefined;
  // What npm does by itself: a restart, and `node server.js` for a start (npm, lib/commands/run).
  if (/^(env|restart)$/.test(script)) return undefined;
  if (script === 'start' && tree.resolve(posix.join(directory, 'server.js')).found) return undefined;
  return { asked, looked: [`${path}#scripts.${script}`], prints: `Missing script: "${script}"` };
}

/** The first directory upwards with a package.json or node_modules, else the one it is called in (@npmcli/config, find-prefix). */
function packageDirectory(tree: FileTree, cwd: string): string {
  for (let at = cwd; ; at = posix.dirname(at)) {
    if (['package.json', 'node_modules'].some((name) => tree.resolve(posix.join(at, name)).found)) return at;
    if (at === '/') return cwd;
  }
}
