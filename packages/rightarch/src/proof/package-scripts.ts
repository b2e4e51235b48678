import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import type { Launch, Words } from './launchers.ts';
import { member, parseJson } from './node-packages.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { DEFAULT_PATH, variable } from './view.ts';

/** A package manager that runs the scripts of a package.json. */
interface Manager {
  readonly name: string;
  /** Its own script, wherever it is installed. */
  readonly file: RegExp;
  /** The command that takes the name of a script, and those that are one. */
  readonly named: RegExp;
  readonly own: RegExp;
  /** It looks for a package.json upwards. */
  readonly climbs: boolean;
  /** Files of the project, and variables, that may send it elsewhere. */
  readonly settings: readonly string[];
  readonly variables: RegExp;
  /** What it runs where there is no script of a name: itself, or a program in node_modules/.bin. */
  readonly byItself: RegExp;
  readonly hasBinaries: boolean;
  withoutPackage(path: string): string;
  withoutScript(name: string): string;
}

const MANAGERS: readonly Manager[] = [
  {
    // npm 10 and 11, lib/commands/run.
    name: 'npm',
    file: /\/node_modules\/npm\/bin\/npm-cli\.js$/,
    named: /^run(-script)?$/,
    own: /^(start|stop|test)$/,
    climbs: true,
    settings: ['.npmrc'],
    variables: /^npm_config_/i,
    byItself: /^(env|restart)$/,
    hasBinaries: false,
    withoutPackage: (path) => `ENOENT: no such file or directory, open '${path}'`,
    withoutScript: (name) => `Missing script: "${name}"`,
  },
  {
    // Yarn 1.22, src/cli/index.js and src/cli/commands/run.js; Node's official images have it below /opt.
    name: 'yarn',
    file: /\/yarn(-v1\.[\d.]+)?\/bin\/yarn(\.js)?$/,
    named: /^run$/,
    own: /^(start|stop|test)$/,
    climbs: true,
    settings: ['.yarnrc', '.yarnrc.yml', '.npmrc'],
    variables: /^(npm_config_|yarn_)/i,
    byItself: /^env$/,
    hasBinaries: true,
    withoutPackage: (path) => `Couldn't find a package.json file in "${posix.dirname(path)}"`,
    withoutScript: (name) => `Command "${name}" not found.`,
  },
  {
    // pnpm 9 to 11: of a start it says that server.js is missing as well.
    name: 'pnpm',
    file: /\/node_modules\/pnpm\/bin\/pnpm\.[cm]?js$/,
    named: /^run(-script)?$/,
    own: /^(start|stop|test)$/,
    climbs: false,
    settings: ['.npmrc', 'pnpm-workspace.yaml', 'package.yaml', 'package.json5'],
    variables: /^(npm_config_|pnpm_(?!home))/i,
    byItself: /^(env|restart)$/,
    hasBinaries: true,
    withoutPackage: (path) =>
      `No package.json (or package.yaml, or package.json5) was found in "${posix.dirname(path)}".`,
    withoutScript: (name) => (name === 'start' ? 'Missing script start or file server.js' : `Missing script: ${name}`),
  },
];

/** What the script of sh that Yarn is called by needs to find its own (bin/yarn). */
export const YARN_NEEDS = ['sed', 'readlink', 'dirname', 'uname', 'node'];

type Called = Pick<Interpreting, 'argv' | 'env' | 'cwd'>;

/** What a package manager is told to run, and the package.json in which it looks for that. */
interface Asked {
  readonly manager: Manager;
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
  const manager = found.found ? MANAGERS.find(({ file }) => file.test(found.path)) : undefined;
  const [command = '', ...rest] = argv.slice(at + 1);
  if (manager === undefined || !(manager.named.test(command) || manager.own.test(command))) return undefined;
  const isNamed = manager.named.test(command);
  const end = rest.indexOf('--');
  // Options and settings may send it to another directory or to a workspace.
  if (rest.slice(0, end < 0 ? rest.length : end).some((arg) => arg.startsWith('-'))) return undefined;
  if (env.some((line) => manager.variables.test(line)) || posix.basename(cwd) === 'node_modules') return undefined;
  // `npm run -- NAME`.
  if (isNamed && rest[0]?.startsWith('-') === true) return undefined;
  const directory = manager.climbs ? packageDirectory(tree, cwd) : cwd;
  const own = tree.resolve(posix.join(directory, 'package.json'));
  const scripts: Asked['scripts'] = own.found ? scriptsOf(own.node.entry.content) : false;
  const script = isNamed ? rest[0] : command;
  const asked = { manager, script, directory, scripts } as const;
  return isNamed
    ? { ...asked, command: `${command} ${script ?? ''}`.trim(), more: rest.slice(1) }
    : { ...asked, command, more: rest };
}

/** `npm start`, `yarn start`, `pnpm run NAME` where there is no package.json, or no script of that name in it. */
export function missingScript(tree: FileTree, called: Called, at: number): MissingProgram | undefined {
  const found = askedOf(tree, called, at);
  if (found === undefined) return undefined;
  const { manager, command, script, directory, scripts } = found;
  const path = posix.join(directory, 'package.json');
  const asked = `${manager.name} ${command}`;
  const isSet = hasSettings(tree, found);
  // npm reads its settings after it has found the package.
  if (scripts === false && (manager.name === 'npm' || !isSet))
    return { asked, looked: [path], prints: manager.withoutPackage(path) };
  if (script === undefined || scripts === undefined || scripts === false || Object.hasOwn(scripts, script) || isSet)
    return undefined;
  if (manager.byItself.test(script)) return undefined;
  // What each does by itself: `node server.js` for a start.
  if (script === 'start' && tree.resolve(posix.join(directory, 'server.js')).found) return undefined;
  const isBinary = (bin: string) => tree.resolve(posix.join(bin, script)).found;
  if (manager.hasBinaries && binaries(directory).some(isBinary)) return undefined;
  return { asked, looked: [`${path}#scripts.${script}`], prints: manager.withoutScript(script) };
}

/**
 * What `npm start` and its like execute: the script, by a shell, with node_modules/.bin of this directory and of those above
 * before PATH (@npmcli/run-script, set-path.js). Undefined where something comes before it, or goes along.
 */
export function scriptLaunch(tree: FileTree, called: Called, at: number): Launch | undefined {
  const found = askedOf(tree, called, at);
  if (found === undefined || hasSettings(tree, found)) return undefined;
  const { script = '', more, directory, scripts } = found;
  if (scripts === undefined || scripts === false || directory !== called.cwd || more.length > 0) return undefined;
  const line = Object.hasOwn(scripts, script) ? scripts[script] : undefined;
  if (typeof line !== 'string' || line === '' || Object.hasOwn(scripts, `pre${script}`)) return undefined;
  const path = [...binaries(directory), variable(called.env, 'PATH') ?? DEFAULT_PATH].join(':');
  const says: Words = (name, errno) => `spawn ${name} ${errno}`;
  return { argv: ['sh', '-c', line], by: 'execvp', certain: true, sets: [`PATH=${path}`], says };
}

/** cross-env 5 to 10: it sets variables and starts a program as Node does, without a shell. */
const CROSS_ENV = /\/node_modules\/cross-env\/(src|dist)\/bin\/cross-env\.js$/;

/** `cross-env NODE_ENV=production node dist/main.js`. */
export function crossEnvLaunch(tree: FileTree, { argv, cwd }: Called): Launch | undefined {
  const found = tree.resolve(argv[1] ?? '', { cwd });
  if (!found.found || !CROSS_ENV.test(found.path)) return undefined;
  const words = argv.slice(2);
  const at = words.findIndex((word) => !/^[A-Za-z_]\w*=[\w./:,@%+=-]*$/.test(word));
  const sets = words.slice(0, at);
  if (at < 0 || words[at]!.startsWith('-') || words.some((word) => /["'$\\]/.test(word))) return undefined;
  if (sets.some((set) => /^(PATH|LD_\w+)=/.test(set))) return undefined;
  const says: Words = (name, errno) => `spawn ${name} ${errno}`;
  return { argv: words.slice(at), by: 'execvp', certain: true, sets, says };
}

function hasSettings(tree: FileTree, { manager, directory }: Asked): boolean {
  const isThere = (at: string) => manager.settings.some((name) => tree.resolve(posix.join(at, name)).found);
  return upwards(directory).some(isThere);
}

const binaries = (directory: string): readonly string[] =>
  upwards(directory).map((at) => posix.join(at, 'node_modules/.bin'));

/** A directory and those above it. */
function upwards(directory: string): readonly string[] {
  return directory === '/' ? ['/'] : [directory, ...upwards(posix.dirname(directory))];
}

/** The first directory upwards with a package.json or node_modules, else the one it is called in (@npmcli/config, find-prefix). */
function packageDirectory(tree: FileTree, cwd: string): string {
  const isThere = (at: string) =>
    ['package.json', 'node_modules'].some((name) => tree.resolve(posix.join(at, name)).found);
  return upwards(cwd).find(isThere) ?? cwd;
}

/** As the scan keeps it. */
function scriptsOf(content: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  const kept = content === undefined ? undefined : parseJson(content);
  const scripts = member(kept, 'scripts');
  return typeof scripts === 'object' && scripts !== null ? (scripts as Readonly<Record<string, unknown>>) : undefined;
}
