import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import type { Launch, Words } from './launchers.ts';
import { member, parseJson } from './node-packages.ts';
import {
  COREPACK,
  corepackMeets,
  type Meeting,
  type Meets,
  npmMeets,
  pnpmMeets,
  upwards,
  yarnMeets,
} from './package-meeting.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import type { Identity } from './user.ts';
import { childrenAt, DEFAULT_PATH, searchPath, type View, variable } from './view.ts';

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
  /** How it ends before it reads the scripts; what its own release is; what else it then does that this goes for. */
  meets(meets: Meets): Meeting | undefined;
  readonly others: RegExp;
  withoutPackage(path: string, version: string | undefined): string;
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
    meets: npmMeets,
    others: /^(exec|x)$/,
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
    meets: yarnMeets,
    others: /^(exec|node)$/,
    withoutPackage: (path) => `Couldn't find a package.json file in "${posix.dirname(path)}"`,
    withoutScript: (name) => `Command "${name}" not found.`,
  },
  {
    // pnpm 9 to 12: of a start it says that server.js is missing as well. From 12 on it is a native program.
    name: 'pnpm',
    file: /\/node_modules\/pnpm\/(bin\/pnpm\.[cm]?js|pnpm|pn)$/,
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
    meets: pnpmMeets,
    others: /^exec$/,
    withoutPackage: (path, version) =>
      isFrom(version, 12)
        ? `No package.json, package.json5, or package.yaml was found in "${posix.dirname(path)}"`
        : `No package.json (or package.yaml, or package.json5) was found in "${posix.dirname(path)}".`,
    withoutScript: (name) => (name === 'start' ? 'Missing script start or file server.js' : `Missing script: ${name}`),
  },
];

/** What the script of sh that Yarn is called by needs to find its own (bin/yarn). */
export const YARN_NEEDS = ['sed', 'readlink', 'dirname', 'uname', 'node'];

/** Where the command of a pnpm stands that is a program itself. */
export const isNativePnpm = (path: string): boolean => /\/node_modules\/pnpm\/(pnpm|pn)$/.test(path);

const isFrom = (version: string | undefined, major: number): boolean => Number(version?.split('.')[0]) >= major;

type Called = Pick<Interpreting, 'argv' | 'env' | 'cwd' | 'path'>;

/** What a package manager is told to run, and the package.json in which it looks for that. */
interface Asked {
  readonly manager: Manager;
  /** Its own release, where its own package.json or its directory says it. */
  readonly version: string | undefined;
  readonly command: string;
  /** Undefined for a `npm run` that lists them. */
  readonly script: string | undefined;
  /** What stands behind the name of the script. */
  readonly more: readonly string[];
  readonly directory: string;
  /** Undefined where there is no package.json, or none that was read; false for the first. */
  readonly scripts: Readonly<Record<string, unknown>> | false | undefined;
}

/** The file that is a command's own, links followed; a native program by its path. */
function fileOf(tree: FileTree, { argv, cwd, path }: Called, at: number): string | undefined {
  if (at === 0) return path;
  const found = tree.resolve(argv[at] ?? '', { cwd });
  return found.found ? found.path : undefined;
}

function askedOf(tree: FileTree, called: Called, at: number): Asked | undefined {
  const { argv, env, cwd } = called;
  const file = fileOf(tree, called, at);
  const manager = file === undefined ? undefined : MANAGERS.find((one) => one.file.test(file));
  const [command = '', ...rest] = argv.slice(at + 1);
  if (manager === undefined || !(manager.named.test(command) || manager.own.test(command))) return undefined;
  const isNamed = manager.named.test(command);
  const end = rest.indexOf('--');
  // Options and settings may send it to another directory or to a workspace.
  if (rest.slice(0, end < 0 ? rest.length : end).some((arg) => arg.startsWith('-'))) return undefined;
  if (isSentElsewhere(manager, env, cwd)) return undefined;
  // `npm run -- NAME`.
  if (isNamed && rest[0]?.startsWith('-') === true) return undefined;
  const directory = packageDirectory(tree, cwd, manager);
  const own = tree.resolve(posix.join(directory, 'package.json'));
  const scripts: Asked['scripts'] = own.found ? scriptsOf(own.node.entry.content) : false;
  const script = isNamed ? rest[0] : command;
  const asked = { manager, version: releaseOf(tree, file ?? ''), script, directory, scripts };
  return isNamed
    ? { ...asked, command: `${command} ${script ?? ''}`.trim(), more: rest.slice(1) }
    : { ...asked, command, more: rest };
}

const isSentElsewhere = ({ variables }: Manager, env: readonly string[], cwd: string): boolean =>
  env.some((line) => variables.test(line)) || posix.basename(cwd) === 'node_modules';

/** As its directory says it, or its own package.json. */
function releaseOf(tree: FileTree, file: string): string | undefined {
  const written = /\/yarn-v(1\.[\d.]+)\//.exec(file)?.[1];
  if (written !== undefined) return written;
  const home = /^.*\/node_modules\/(?:npm|pnpm|yarn)(?=\/)/.exec(file)?.[0];
  const own = home === undefined ? undefined : tree.resolve(`${home}/package.json`);
  const content = own?.found ? own.node.entry.content : undefined;
  const version = content === undefined ? undefined : member(parseJson(content), 'version');
  return typeof version === 'string' ? version : undefined;
}

/** How a package manager ends before it runs anything, because of what a package.json says of package managers. */
export function packageMeeting(view: View, called: Called, at: number, identity: Identity): Meeting | undefined {
  const { tree } = view;
  const { argv, env, cwd } = called;
  const file = fileOf(tree, called, at);
  const command = argv[at + 1];
  // Of a line that goes elsewhere first no more is known than the program.
  if (file === undefined || command === undefined) return undefined;
  const meets = { view, called, identity, file, version: releaseOf(tree, file), directory: cwd, isSet: false };
  const shim = COREPACK.exec(file)?.[1];
  if (shim !== undefined) return /^(init|dlx|create)$/.test(command) ? undefined : corepackMeets(shim, meets);
  const isNpx = NPX.test(file);
  const manager = MANAGERS.find((one) => (isNpx ? one.name === 'npm' : one.file.test(file)));
  if (manager === undefined || isSentElsewhere(manager, env, cwd)) return undefined;
  const isIts = [manager.named, manager.own, manager.others].some((one) => one.test(command));
  const rest = isNpx ? argv.slice(at + 1) : argv.slice(at + 2);
  // Options may send it elsewhere; behind the first word they are those of a program.
  const options = isNpx || manager.others.test(command) ? rest.slice(0, Math.max(0, rest.findIndex(isWord))) : rest;
  const end = options.indexOf('--');
  const own = options.slice(0, end < 0 ? options.length : end).filter((word) => word.startsWith('-'));
  if (!(isNpx || isIts) || !own.every((word) => HARMLESS.test(word))) return undefined;
  const directory = packageDirectory(tree, cwd, manager);
  return manager.meets({ ...meets, directory, isSet: hasSettings(tree, { manager, directory }) });
}

const NPX = /\/node_modules\/npm\/bin\/npx-cli\.js$/;
const isWord = (word: string): boolean => !word.startsWith('-');
const HARMLESS = /^(--(yes|no|silent|if-present)|-[ys])$/;

/** `npm start`, `yarn start`, `pnpm run NAME` where there is no package.json, or no script of that name in it. */
export function missingScript(tree: FileTree, called: Called, at: number): MissingProgram | undefined {
  const found = askedOf(tree, called, at);
  if (found === undefined) return undefined;
  const { manager, version, command, script, directory, scripts } = found;
  const path = posix.join(directory, 'package.json');
  const asked = `${manager.name} ${command}`;
  const isSet = hasSettings(tree, found);
  if (scripts === false && (manager.looksFirst || !isSet))
    return { asked, looked: [path], prints: manager.withoutPackage(path, version) };
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
 * What `npm start` and its like execute: the script, by a shell, with node_modules/.bin before PATH. Undefined where something
 * comes before it, or goes along.
 */
export function scriptLaunch(
  tree: FileTree,
  called: Called,
  at: number,
): (Launch & { readonly of: string }) | undefined {
  const found = askedOf(tree, called, at);
  if (found === undefined || hasSettings(tree, found)) return undefined;
  const { manager, version, script = '', more, directory, scripts } = found;
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
  // pnpm installs before a script from 11 on (pnpm.io/blog/releases/11.0, verifyDepsBeforeRun): then more is there.
  const state = `${directory}/node_modules/.pnpm-workspace-state-v1.json`;
  const certain =
    manager.name !== 'pnpm' || (version !== undefined && !isFrom(version, 11)) || tree.resolve(state).found;
  const of = `${directory}#${script}`;
  return { argv: ['sh', '-c', line], by: 'execvp', certain, sets: [`PATH=${path}`], says, of };
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
export function crossEnvLaunch(tree: FileTree, { argv, cwd }: Pick<Called, 'argv' | 'cwd'>): Launch | undefined {
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

function hasSettings(tree: FileTree, { manager, directory }: Pick<Asked, 'manager' | 'directory'>): boolean {
  const isThere = (at: string) => manager.settings.some((name) => tree.resolve(posix.join(at, name)).found);
  return upwards(directory).some(isThere);
}

export const binaries = (directory: string): readonly string[] =>
  upwards(directory).map((at) => posix.join(at, 'node_modules/.bin'));

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
