import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import { member, parseJson } from './node-packages.ts';
import type { Interpreting, MissingProgram, Told } from './program-file.ts';
import { childrenAt, type View, variable } from './view.ts';

/** Options of the host, each with a value, in any case (src/native/corehost/fxr/command_line.cpp, 2026-11-30). */
const VALUED =
  /^--(additionalprobingpath|depsfile|runtimeconfig|fx-version|roll-forward|additional-deps|roll-forward-on-no-candidate-fx)$/i;
/** Of them, those that the host knows behind `exec` alone. */
const OF_EXEC = /^--(depsfile|runtimeconfig)$/i;
/** Of them, and of variables, what chooses another framework than the application's own file says. */
const CHOOSES = /^(--(runtimeconfig|fx-version|roll-forward.*)$|DOTNET_ROLL_FORWARD)/i;

/** A framework that an application needs and no directory of the runtime fits. */
export interface MissingFramework {
  readonly framework: string;
  readonly version: string;
  /** Versions that are there. */
  readonly has: readonly string[];
  /** Where they are looked for. */
  readonly directory: string;
  /** The application needs ASP.NET Core: its images have every other framework as well. */
  readonly isWeb: boolean;
  /** The application's file that names it. */
  readonly config: string;
  readonly prints: string;
}

/** What `dotnet` is told to run: an application, or a command of an SDK. */
interface Asked {
  readonly app: string;
  readonly isExec: boolean;
  readonly options: readonly string[];
  /** Where runtimes and SDKs are: beside the program itself. */
  readonly root: string;
}

function askedOf({ path, argv }: Interpreting): Asked | undefined {
  const isExec = argv[1]?.toLowerCase() === 'exec';
  const from = isExec ? 2 : 1;
  let at = from;
  while (VALUED.test(argv[at] ?? '') && (isExec || !OF_EXEC.test(argv[at]!))) at += 2;
  const app = argv[at];
  if (app === undefined || app === '' || (app.startsWith('-') && !OF_EXEC.test(app))) return undefined;
  return { app, isExec, options: argv.slice(from, at), root: posix.dirname(path) };
}

const isManaged = (app: string): boolean => /\.(dll|exe)$/i.test(app);

/** `dotnet app.dll`, `dotnet exec app.dll`, and a command where there is no SDK that has it. */
export function toldDotnet({ tree }: View, by: Interpreting): Told {
  const asked = askedOf(by);
  // Somebody else's program of that name.
  if (asked === undefined || childrenAt(tree, `${asked.root}/host/fxr`) === undefined) return undefined;
  const { app, isExec, root } = asked;
  const { cwd } = by;
  const found = tree.resolve(app, { cwd });
  if (found.found && isManaged(app)) {
    const denied = `Could not load file or assembly '${posix.resolve(cwd, app)}'`;
    const lacks = missingFramework(tree, asked, found.path, by.env);
    const wants = missingHook(tree, found.path, by.env);
    return (
      missingConfig(tree, asked, found.path) ?? { opens: app, denied, ...(lacks === undefined ? { wants } : { lacks }) }
    );
  }
  if (found.found || (isExec && !isManaged(app))) return undefined;
  if (isExec) {
    const prints = `The application to execute does not exist: '${app}'`;
    return { asked: app, looked: [posix.resolve(cwd, app)], prints };
  }
  const hasSdk = (childrenAt(tree, `${root}/sdk`)?.size ?? 0) > 0;
  // A command of an SDK; from .NET 10 on global.json may name other places of one.
  if (!isManaged(app) && (hasSdk || !/^([a-z][a-z-]*|--.*)$/.test(app) || namesSdk(tree, cwd))) return undefined;
  const prints = hasSdk
    ? 'Could not execute because the specified command or file was not found.'
    : hostMajor(tree, root) >= 5
      ? `The application '${app}' does not exist.`
      : 'It was not possible to find any installed .NET Core SDKs';
  return { asked: app, looked: [isManaged(app) ? posix.resolve(cwd, app) : `${root}/sdk`], prints };
}

/**
 * `./web` beside web.dll: the executable that `dotnet publish` makes looks its runtime up by itself (dotnet/runtime,
 * src/native/corehost/fxr_resolver.cpp and hostmisc/pal.unix.cpp, 2026-11-30).
 */
export function toldAppHost({ tree }: View, by: Interpreting): Told {
  const app = `${by.path}.dll`;
  // With the library of the host beside it, it brings its runtime along.
  const isOne = tree.resolve(app).found && tree.resolve(configOf(app)).found;
  if (!isOne || tree.resolve(posix.join(posix.dirname(app), 'libhostfxr.so')).found) return undefined;
  const roots = rootsFor(tree, by);
  const all = roots.map((root) => missingFramework(tree, { app, isExec: false, options: [], root }, app, by.env));
  const [lacks] = all;
  const denied = `Could not load file or assembly '${app}'`;
  if (lacks === undefined || all.includes(undefined))
    return { opens: app, denied, wants: missingHook(tree, app, by.env) };
  const isThere = roots.some((root) => childrenAt(tree, `${root}/host/fxr`) !== undefined);
  // The words of .NET 6 and later, and those before.
  const isLater = Number.parseInt(lacks.version, 10) >= 6;
  const none = isLater ? 'You must install .NET to run this application.' : 'libhostfxr.so could not be found.';
  return { opens: app, denied, lacks: isThere ? lacks : { ...lacks, prints: none } };
}

/** Where such an executable may look for its runtime: what of it decides is not all seen, so all of them are asked. */
function rootsFor(tree: FileTree, { path, env, cwd }: Interpreting): readonly string[] {
  const told = (pattern: RegExp) =>
    env.flatMap((line) => {
      const root = posix.resolve(cwd, pattern.exec(line)?.[1] ?? '/');
      return root !== '/' && childrenAt(tree, root) !== undefined ? [root] : [];
    });
  // From .NET 6 on there is one for each CPU, which comes first.
  const ofCpu = told(/^DOTNET_ROOT_\w+=(.+)$/);
  const own = told(/^DOTNET_ROOT=(.+)$/);
  if (own.length > 0) return [...ofCpu, ...own];
  const isRegistered = [...(childrenAt(tree, '/etc/dotnet')?.keys() ?? [])].some((one) =>
    /^install_location/.test(one),
  );
  const installed: string[] = [];
  for (const [at] of tree.walk()) {
    const root = /^(\/.+)\/host\/fxr\/[^/]+\/libhostfxr\.so$/.exec(at)?.[1];
    if (root !== undefined) installed.push(root);
  }
  // From .NET 9 on one may be told to look at a place that is relative to its own.
  const isNear = (root: string) => `${path}/`.startsWith(posix.join(posix.dirname(root), '/'));
  const others = isRegistered ? installed : installed.filter(isNear);
  return [...ofCpu, '/usr/share/dotnet', '/usr/lib/dotnet', ...others];
}

/** Without a runtimeconfig.json it is run as one that brings its runtime along (hostpolicy_resolver.cpp). */
function missingConfig(tree: FileTree, { app, options }: Asked, path: string): MissingProgram | undefined {
  if (options.some((one) => /^--(runtimeconfig|depsfile)$/i.test(one))) return undefined;
  const config = configOf(path);
  const directory = posix.dirname(path);
  if (tree.resolve(config).found || tree.resolve(`${directory}/libhostpolicy.so`).found) return undefined;
  const prints = `The library 'libhostpolicy.so' required to execute the application was not found in '${directory}`;
  return { asked: app, looked: [config], prints };
}

/**
 * What DOTNET_STARTUP_HOOKS names by its path is loaded before the application, which ends where it is not there
 * (System.Private.CoreLib, StartupHookProvider.cs, read 2026-11-30); its settings may turn that off.
 */
function missingHook(tree: FileTree, app: string, env: readonly string[]): MissingProgram | undefined {
  const config = tree.resolve(configOf(app));
  const content = config.found ? config.node.entry.content : undefined;
  if (content === undefined || Buffer.from(content).includes('StartupHookProvider')) return undefined;
  const hooks = (variable(env, 'DOTNET_STARTUP_HOOKS') ?? '').split(':');
  const path = hooks.find((one) => one.startsWith('/') && !tree.resolve(one).found);
  return path === undefined
    ? undefined
    : {
        asked: `DOTNET_STARTUP_HOOKS=${path}`,
        looked: [path],
        prints: `Startup hook assembly '${path}' failed to load.`,
      };
}

const configOf = (app: string): string => app.replace(/\.[^./]*$/, '.runtimeconfig.json');

/** The framework that the application's own file asks for (fx_resolver.cpp); undefined where it is there, or nobody can tell. */
function missingFramework(
  tree: FileTree,
  { options: given, root }: Asked,
  app: string,
  env: readonly string[],
): MissingFramework | undefined {
  if ([...given, ...env].some((one) => CHOOSES.test(one))) return undefined;
  const config = tree.resolve(configOf(app));
  const content = config.found ? config.node.entry.content : undefined;
  if (!config.found || content === undefined) return undefined;
  // What was meant for a machine that develops may choose as well.
  if (tree.resolve(config.path.replace(/\.json$/, '.dev.json')).found) return undefined;
  const options = member(parseJson(content), 'runtimeOptions');
  const rolls = member(options, 'rollForward') ?? 'Minor';
  // What .NET Core 2 knew, and what brings its own runtime.
  if (['rollForwardOnNoCandidateFx', 'applyPatches', 'includedFrameworks'].some((name) => member(options, name)))
    return undefined;
  const one = member(options, 'framework');
  const many = member(options, 'frameworks');
  const all = [...(one === undefined ? [] : [one]), ...(Array.isArray(many) ? many : [])];
  const isWeb = all.some((wanted) => member(wanted, 'name') === 'Microsoft.AspNetCore.App');
  for (const wanted of all) {
    const framework = member(wanted, 'name');
    const version = member(wanted, 'version');
    if (typeof framework !== 'string' || typeof version !== 'string') return undefined;
    if (['rollForward', 'rollForwardOnNoCandidateFx'].some((name) => member(wanted, name) !== undefined))
      return undefined;
    const directory = `${root}/shared/${framework}`;
    const has = [...(childrenAt(tree, directory)?.keys() ?? [])].sort();
    const fits = fitting(version, rolls);
    if (fits === undefined || !/^[\w.-]+$/.test(framework)) return undefined;
    if (has.some(fits)) continue;
    return {
      framework,
      version,
      has,
      directory,
      isWeb,
      config: config.path,
      prints: `'${framework}', version '${version}'`,
    };
  }
  return undefined;
}

/**
 * Whether a version is one that a reference rolls forward to (docs/design/features/framework-version-resolution.md); one
 * that is unreadable, or comes before its release, may be.
 */
function fitting(version: string, rolls: unknown): ((has: string) => boolean) | undefined {
  const wanted = partsOf(version);
  if (wanted === undefined || typeof rolls !== 'string') return undefined;
  const same = { disable: 3, latestpatch: 2, minor: 1, latestminor: 1, major: 0, latestmajor: 0 }[rolls.toLowerCase()];
  if (same === undefined) return undefined;
  return (has) => {
    const parts = partsOf(has);
    if (parts === undefined) return true;
    const differs = parts.findIndex((part, i) => part !== wanted[i]);
    return differs < 0 || (differs >= same && parts[differs]! > wanted[differs]!);
  };
}

function partsOf(version: string): readonly number[] | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  return found === null ? undefined : found.slice(1).map(Number);
}

function hostMajor(tree: FileTree, root: string): number {
  const versions = [...(childrenAt(tree, `${root}/host/fxr`)?.keys() ?? [])].map((name) => Number.parseInt(name, 10));
  return Math.max(...versions.filter((major) => !Number.isNaN(major)), 0);
}

function namesSdk(tree: FileTree, cwd: string): boolean {
  for (let at = cwd; ; at = posix.dirname(at)) {
    if (tree.resolve(posix.join(at, 'global.json')).found) return true;
    if (at === '/') return false;
  }
}
