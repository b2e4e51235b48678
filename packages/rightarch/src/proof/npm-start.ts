import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import type { Launch, Words } from './launchers.ts';
import { member, parseJson } from './node-packages.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { DEFAULT_PATH, variable } from './view.ts';

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

type Called = Pick<Interpreting, 'argv' | 'env' | 'cwd'>;

/** What npm is told to run, and the package.json in which it looks for that. */
interface Asked {
  readonly command: string;
  /** Undefined for a `npm run` that lists them. */
  readonly script: string | undefined;
  /** What stands behind the name of the script. */
  readonly more: readonly string[];
  readonly directory: string;
  /** Undefined where there is no package.json, or none that was read; false for the first. */
  readonly scripts: Readonly<Record<string, unknown>> | false | undefined;
}

function askedOf(tree: FileTree, { argv, env, cwd }: Called, at: number): Asked | undefined {
  const found = tree.resolve(argv[at] ?? '', { cwd });
  const [command = '', ...rest] = argv.slice(at + 1);
  const how = Object.hasOwn(RUNS, command) ? RUNS[command] : undefined;
  if (!found.found || !NPM.test(found.path) || how === undefined) return undefined;
  const end = rest.indexOf('--');
  // Options and settings may send it to another directory or to a workspace.
  if (rest.slice(0, end < 0 ? rest.length : end).some((arg) => arg.startsWith('-'))) return undefined;
  if (env.some((line) => /^npm_config_/i.test(line)) || posix.basename(cwd) === 'node_modules') return undefined;
  // `npm run -- NAME`.
  if (how === 'named' && rest[0]?.startsWith('-') === true) return undefined;
  const directory = packageDirectory(tree, cwd);
  const own = tree.resolve(posix.join(directory, 'package.json'));
  const scripts = own.found ? scriptsOf(own.node.entry.content) : false;
  const more = how === 'own' ? rest : rest.slice(1);
  const script = how === 'own' ? command : rest[0];
  return { command: how === 'own' ? command : `${command} ${script ?? ''}`.trim(), script, more, directory, scripts };
}

/** `npm start` and `npm run NAME` where there is no package.json, or no script of that name in it. */
export function missingForNpm(tree: FileTree, called: Called, at: number): MissingProgram | undefined {
  const found = askedOf(tree, called, at);
  if (found === undefined) return undefined;
  const { command, script, directory, scripts } = found;
  const path = posix.join(directory, 'package.json');
  const asked = `npm ${command}`;
  if (scripts === false) return { asked, looked: [path], prints: `ENOENT: no such file or directory, open '${path}'` };
  if (script === undefined || scripts === undefined || Object.hasOwn(scripts, script)) return undefined;
  // Settings of the project may name a workspace.
  if (tree.resolve(posix.join(directory, '.npmrc')).found) return undefined;
  // What npm does by itself: a restart, and `node server.js` for a start (npm, lib/commands/run).
  if (/^(env|restart)$/.test(script)) return undefined;
  if (script === 'start' && tree.resolve(posix.join(directory, 'server.js')).found) return undefined;
  return { asked, looked: [`${path}#scripts.${script}`], prints: `Missing script: "${script}"` };
}

/**
 * What `npm start` and `npm run NAME` execute: the script, by a shell, with node_modules/.bin of this directory and of those
 * above before PATH (@npmcli/run-script, set-path.js). Undefined where something comes before it, or goes along.
 */
export function npmLaunch(tree: FileTree, called: Called): Launch | undefined {
  const found = askedOf(tree, called, 1);
  const { script = '', more = [], directory, scripts } = found ?? {};
  if (scripts === undefined || scripts === false || directory !== called.cwd || more.length > 0) return undefined;
  const line = Object.hasOwn(scripts, script) ? scripts[script] : undefined;
  if (typeof line !== 'string' || line === '' || Object.hasOwn(scripts, `pre${script}`)) return undefined;
  if (tree.resolve(posix.join(directory, '.npmrc')).found) return undefined;
  const bins: string[] = [];
  for (let at = directory; ; at = posix.dirname(at)) {
    bins.push(posix.join(at, 'node_modules/.bin'));
    if (at === '/') break;
  }
  const path = [...bins, variable(called.env, 'PATH') ?? DEFAULT_PATH].join(':');
  const says: Words = (name, errno) => `spawn ${name} ${errno}`;
  return { argv: ['sh', '-c', line], by: 'execvp', certain: true, sets: [`PATH=${path}`], says };
}

/** The first directory upwards with a package.json or node_modules, else the one it is called in (@npmcli/config, find-prefix). */
function packageDirectory(tree: FileTree, cwd: string): string {
  for (let at = cwd; ; at = posix.dirname(at)) {
    if (['package.json', 'node_modules'].some((name) => tree.resolve(posix.join(at, name)).found)) return at;
    if (at === '/') return cwd;
  }
}

/** As the scan keeps it. */
function scriptsOf(content: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  const kept = content === undefined ? undefined : parseJson(content);
  const scripts = member(kept, 'scripts');
  return typeof scripts === 'object' && scripts !== null ? (scripts as Readonly<Record<string, unknown>>) : undefined;
}
