import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import type { Launch, Words } from './launchers.ts';
import { member, parseJson } from './node-packages.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { childrenAt, DEFAULT_PATH, searchPath, variable } from './view.ts';

/** A package manager that runs the scripts of a package.json. */
interface Manager {
  readonly name: string;
  /** Its own script, wherever it is installed. */
  readonly file: RegExp;
  /** The command that takes the name of a script, and those that are one. */
  readonly named: RegExp;
  readonly own: RegExp;
  /** What marks the directory that it works in, upwards from where it is called, and whether that may be the root. */
  readonly marks: readonly string[];
  readonly reachesRoot: boolean;
  /** Files of the project, and variables, that may send it elsewhere. */
  readonly settings: readonly string[];
  readonly variables: RegExp;
  /** It looks for its package.json before it reads them. */
  readonly looksFirst: boolean;
  /** node_modules/.bin of directories above are on PATH too; else only that of a workspace's root, which is not looked for. */
  readonly hasAbove: boolean;
  /** Where it puts more on PATH than this: what it then may find. */
  readonly findsMore?: (tree: FileTree, env: readonly string[], line: string) => boolean;
  /** What it runs where there is no script of a name: itself, or a program in node_modules/.bin. */
  readonly byItself: RegExp;
  readonly hasBinaries: boolean;
  /** Whether it refuses a package.json that names this package manager: `yarn@4.1.0`. */
  refuses(named: string, env: readonly string[], file: string): boolean;
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
    marks: ['package.json', 'node_modules'],
    reachesRoot: true,
    settings: ['.npmrc'],
    variables: /^npm_config_/i,
    looksFirst: true,
    // From 7 on (@npmcli/run-script, set-path.js).
    hasAbove: true,
    byItself: /^(env|restart)$/,
    hasBinaries: false,
    refuses: () => false,
    withoutPackage: (path) => `ENOENT: no such file or directory, open '${path}'`,
    withoutScript: (name) => `Missing script: "${name}"`,
  },
  {
    // Yarn 1.22, src/cli/index.js and src/cli/commands/run.js; Node's official images have it below /opt.
    name: 'yarn',
    file: /\/yarn(-v1\.[\d.]+)?\/bin\/yarn(\.js)?$/,
    named: /^run$/,
    own: /^(start|stop|test)$/,
    marks: ['package.json'],
    reachesRoot: true,
    settings: ['.yarnrc', '.yarnrc.yml', '.npmrc', '.pnp.js', '.pnp.cjs'],
    variables: /^(npm_config_|yarn_|PREFIX=|DESTDIR=)/i,
    looksFirst: false,
    hasAbove: false,
    findsMore: yarnFindsMore,
    byItself: /^env$/,
    hasBinaries: true,
    // From 1.22.20 on (src/cli/index.js); one whose directory does not say its version may be older.
    refuses: (named, env, file) =>
      !/^yarn@[01]\./.test(named) &&
      !/\/yarn-v1\.([0-9]|1\d|2[01]|22\.1?\d)[./]/.test(file) &&
      !['SKIP_YARN_COREPACK_CHECK', 'COREPACK_ROOT'].some((name) => variable(env, name)),
    withoutPackage: (path) => `Couldn't find a package.json file in "${posix.dirname(path)}"`,
    withoutScript: (name) => `Command "${name}" not found.`,
  },
  {
    // pnpm 9 to 11: of a start it says that server.js is missing as well.
    name: 'pnpm',
    file: /\/node_modules\/pnpm\/bin\/pnpm\.[cm]?js$/,
    named: /^run(-script)?$/,
    own: /^(start|stop|test)$/,
    marks: ['node_modules', 'package.json', 'package.json5', 'package.yaml', 'pnpm-workspace.yaml'],
    reachesRoot: false,
    settings: ['.npmrc', 'pnpm-workspace.yaml', 'package.yaml', 'package.json5'],
    variables: /^(npm_config_|pnpm_(?!home))/i,
    looksFirst: false,
    hasAbove: false,
    // A regular expression runs every script that it fits.
    byItself: /^(env|restart|\/.*)$/,
    hasBinaries: true,
    refuses: (named) => !named.startsWith('pnpm@'),
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
  /** Its package.json is for another package manager. */
  readonly isRefused: boolean;
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
  const directory = packageDirectory(tree, cwd, manager);
  const own = tree.resolve(posix.join(directory, 'package.json'));
  const scripts: Asked['scripts'] = own.found ? scriptsOf(own.node.entry.content) : false;
  const script = isNamed ? rest[0] : command;
  const named = own.found ? packageManagerOf(own.node.entry.content) : undefined;
  const isRefused = named !== undefined && found.found && manager.refuses(named, env, found.path);
  const asked = { manager, script, directory, scripts, isRefused };
  return isNamed
    ? { ...asked, command: `${command} ${script ?? ''}`.trim(), more: rest.slice(1) }
    : { ...asked, command, more: rest };
}

/** `npm start`, `yarn start`, `pnpm run NAME` where there is no package.json, or no script of that name in it. */
export function missingScript(tree: FileTree, called: Called, at: number): MissingProgram | undefined {
  const found = askedOf(tree, called, at);
  if (found === undefined) return undefined;
  const { manager, command, script, directory, scripts, isRefused } = found;
  if (isRefused) return undefined;
  const path = posix.join(directory, 'package.json');
  const asked = `${manager.name} ${command}`;
  const isSet = hasSettings(tree, found);
  if (scripts === false && (manager.looksFirst || !isSet))
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

/** Where a package.json says that another package manager is its own, or another version of this one, and it is refused. */
export function refusedPackage(tree: FileTree, called: Called, at: number): string | undefined {
  const found = askedOf(tree, called, at);
  return found?.isRefused === true ? posix.join(found.directory, 'package.json') : undefined;
}

/**
 * What `npm start` and its like execute: the script, by a shell, with node_modules/.bin before PATH. Undefined where something
 * comes before it, or goes along.
 */
export function scriptLaunch(tree: FileTree, called: Called, at: number): Launch | undefined {
  const found = askedOf(tree, called, at);
  if (found === undefined || hasSettings(tree, found)) return undefined;
  const { manager, script = '', more, directory, scripts } = found;
  if (scripts === undefined || scripts === false || directory !== called.cwd || more.length > 0) return undefined;
  const line = Object.hasOwn(scripts, script) ? scripts[script] : undefined;
  if (typeof line !== 'string' || line === '' || Object.hasOwn(scripts, `pre${script}`)) return undefined;
  // All of them bring one along.
  if (/\bnode-gyp\b/.test(line)) return undefined;
  const [own = '', ...above] = binaries(directory);
  if (!manager.hasAbove && above.some((one) => tree.resolve(one).found)) return undefined;
  if (manager.findsMore?.(tree, called.env, line) === true) return undefined;
  const bins = manager.hasAbove ? [own, ...above] : [own];
  const path = [...bins, variable(called.env, 'PATH') ?? DEFAULT_PATH].join(':');
  const says: Words = (name, errno) => `spawn ${name} ${errno}`;
  return { argv: ['sh', '-c', line], by: 'execvp', certain: true, sets: [`PATH=${path}`], says };
}

/** Yarn 1 also puts itself, its Node, and where it installs for everybody on PATH (src/util/execute-lifecycle-script.js, makeEnv). */
function yarnFindsMore(tree: FileTree, env: readonly string[], line: string): boolean {
  const homes = [
    '/root',
    variable(env, 'HOME') ?? '/',
    ...[...(childrenAt(tree, '/home')?.keys() ?? [])].map((one) => `/home/${one}`),
  ];
  const places = [
    '/usr/local/bin',
    '/usr/local/share/.config/yarn/global/node_modules/.bin',
    ...homes.flatMap((home) => [`${home}/.yarn/bin`, `${home}/.config/yarn/global/node_modules/.bin`]),
  ];
  const onPath = searchPath(env, '/');
  const isIn = (name: string, all: readonly string[]) => all.some((one) => tree.resolve(`${one}/${name}`).found);
  return line
    .split(/[\s;&|]+/)
    .some((word) => (/^(node|yarn)$/.test(word) || (word !== '' && isIn(word, places))) && !isIn(word, onPath));
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
  // An assignment that is not read here is no program.
  if (at < 0 || /^-|=/.test(words[at]!) || words.some((word) => /["'$\\]/.test(word))) return undefined;
  if (sets.some((set) => /^(PATH|LD_\w+)=/.test(set))) return undefined;
  const says: Words = (name, errno) => `spawn ${name} ${errno}`;
  return { argv: words.slice(at), by: 'execvp', certain: true, sets, says };
}

function hasSettings(tree: FileTree, { manager, directory }: Asked): boolean {
  const isThere = (at: string) => manager.settings.some((name) => tree.resolve(posix.join(at, name)).found);
  return upwards(directory).some(isThere);
}

export const binaries = (directory: string): readonly string[] =>
  upwards(directory).map((at) => posix.join(at, 'node_modules/.bin'));

/** A directory and those above it. */
export function upwards(directory: string): readonly string[] {
  return directory === '/' ? ['/'] : [directory, ...upwards(posix.dirname(directory))];
}

/** The first directory upwards that is marked, else the one it is called in (@npmcli/config, find-prefix; pnpm, findPrefix). */
function packageDirectory(tree: FileTree, cwd: string, { marks, reachesRoot }: Manager): string {
  const isMarked = (at: string) => marks.some((mark) => tree.resolve(posix.join(at, mark)).found);
  return upwards(cwd).find((at) => (reachesRoot || at !== '/') && isMarked(at)) ?? cwd;
}

/** Whether a package.json of a directory, or of one above it, has a script of that name, or is not read. */
export function hasScript(tree: FileTree, cwd: string, name: string): boolean {
  return upwards(cwd).some((at) => {
    const own = tree.resolve(posix.join(at, 'package.json'));
    if (!own.found) return false;
    const scripts = scriptsOf(own.node.entry.content);
    return scripts === undefined || Object.hasOwn(scripts, name);
  });
}

/** As the scan keeps it. */
function scriptsOf(content: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  const kept = content === undefined ? undefined : parseJson(content);
  const scripts = member(kept, 'scripts');
  return typeof scripts === 'object' && scripts !== null ? (scripts as Readonly<Record<string, unknown>>) : undefined;
}

function packageManagerOf(content: Uint8Array | undefined): string | undefined {
  const named = content === undefined ? undefined : member(parseJson(content), 'packageManager');
  return typeof named === 'string' ? named : undefined;
}
