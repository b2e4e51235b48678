import { posix } from 'node:path';
import { devEnginesAnswer, satisfies } from '../core/index.ts';
import { member, parseJson } from './node-packages.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import type { Identity } from './user.ts';
import { childrenAt, type View, variable } from './view.ts';

/** How a package manager ends on a package.json before it runs anything of it; or why nobody can tell that here. */
export type Meeting =
  | { readonly path: string; readonly manager: string; readonly prints: string }
  | MissingProgram
  | { readonly path: string; readonly why: 'package-manager' | 'package-manager-download' | 'dev-engines' };

/** A package manager, and what it was called with. */
export interface Meets {
  /** As the user sees it. */
  readonly view: View;
  readonly called: Pick<Interpreting, 'env' | 'cwd' | 'path'>;
  readonly identity: Identity;
  /** Its own file, links followed, and its release, where that is known. */
  readonly file: string;
  readonly version: string | undefined;
  /** Where it works, and whether settings there or above may tell it otherwise. */
  readonly directory: string;
  readonly isSet: boolean;
}

/** As process.arch calls them. */
const NODE_ARCH: Readonly<Record<string, string>> = {
  amd64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  '386': 'ia32',
  s390x: 's390x',
};

type Fields = { readonly path: string; readonly kept: unknown };

/** npm looks at devEngines alone: of the package.json that it runs a script of, or of the one above whose workspace that is. */
export function npmMeets(meets: Meets): Meeting | undefined {
  const { view, directory } = meets;
  const own = npmMeetsIn(directory, meets);
  const root = upwards(directory)
    .slice(1)
    .find((at) => view.tree.resolve(posix.join(at, 'package.json')).found);
  if (root === undefined) return own;
  const above = npmMeetsIn(root, meets);
  const isSame = own === undefined ? above === undefined : above !== undefined && 'why' in own === 'why' in above;
  return isSame ? own : { path: (own ?? above)!.path, why: 'package-manager' };
}

function npmMeetsIn(
  directory: string,
  { view, called, version, isSet }: Meets,
): Extract<Meeting, { path: string }> | undefined {
  const { path, kept } = fieldsOf(view, directory);
  const wanted = member(kept, 'devEngines');
  if (wanted === undefined) return undefined;
  if (version === undefined) return { path, why: 'dev-engines' };
  const { architecture } = view.declared;
  const { problem, unknown } = devEnginesAnswer(wanted, version, {
    packageManager: { name: 'npm', version },
    runtime: { name: 'node', version: nodeVersion(view, called.path) },
    cpu: { name: NODE_ARCH[architecture] },
    libc: { name: undefined },
    os: { name: 'linux' },
  });
  if (problem === undefined) return unknown === undefined ? undefined : { path, why: 'dev-engines' };
  // Settings may force it.
  return isSet ? { path, why: 'package-manager' } : { path, manager: 'npm', prints: problem.said.at(-1) ?? '' };
}

/** Yarn 1.22, src/cli/index.js: first another Yarn that its settings name, then what the first package.json upwards says. */
export function yarnMeets({ view, called, version }: Meets): Meeting | undefined {
  const { tree } = view;
  const all = upwards(called.cwd);
  const settings = all.flatMap((at) => ['.yarnrc', '.yarnrc.yml'].map((name) => posix.join(at, name)));
  const there = settings.flatMap((path) => {
    const found = tree.resolve(path);
    return found.found ? [{ path, content: found.node.entry.content }] : [];
  });
  const other = there.map(({ path, content }) => {
    const line = content === undefined ? undefined : Buffer.from(content).toString('utf8').slice('yarnPath: '.length);
    return { path, to: line?.replace(/^(["'])(.*)\1$/, '$2') };
  });
  // It hands over, and the other one is satisfied.
  const path = other.find(({ to }) => to !== '');
  if (path !== undefined) {
    const file = path.to === undefined ? undefined : posix.resolve(posix.dirname(path.path), path.to);
    if (file === undefined || tree.resolve(file).found || !/\.[cm]?js$/.test(file)) return undefined;
    return { asked: path.to ?? file, looked: [file], prints: `Error: Cannot find module '${file}'` };
  }
  const named = namedBy(view, all);
  if (named === undefined || /^yarn@[01]\./.test(named.value)) return undefined;
  if (['SKIP_YARN_COREPACK_CHECK', 'COREPACK_ROOT'].some((name) => variable(called.env, name))) return undefined;
  if (version === undefined) return { path: named.path, why: 'package-manager' };
  if (satisfies(version, '<1.22.20', { includePrerelease: true }) === true) return undefined;
  if (there.some((one) => !one.path.endsWith('.yml'))) return { path: named.path, why: 'package-manager' };
  const says = named.value.replace(/^yarn@/, '').replace(/\+.*/, '');
  const prints = `This project's package.json defines "packageManager": "yarn@${says}". However the current global version of Yarn is ${version}.`;
  return { path: named.path, manager: 'yarn', prints };
}

/**
 * pnpm from 9 on refuses what names another, from 10 on becomes the version that is named, and from 11 on goes by devEngines
 * first. Also where it is that version already, it then asks the registry about itself, from 12 on for packageManager too, unless
 * its lockfile records the answer (9.15.9, 10.34.9, 11.28.11 and 12.21.0 asked on 2026-11-30, with no network).
 */
export function pnpmMeets(meets: Meets): Meeting | undefined {
  const { view, called, version, isSet } = meets;
  // In a workspace its root speaks.
  const root = upwards(meets.directory).find((at) => view.tree.resolve(posix.join(at, 'pnpm-workspace.yaml')).found);
  const { path, kept } = fieldsOf(view, root ?? meets.directory);
  const major = version === undefined ? undefined : Number(version.split('.')[0]);
  const wanted = major !== undefined && major <= 10 ? undefined : devManager(kept);
  const named = member(kept, 'packageManager');
  const isUndecided = { path, why: 'package-manager' } as const;
  if (wanted === undefined && typeof named !== 'string') return undefined;
  if (major !== undefined && major < 9) return undefined;
  // It looks at nothing where Corepack has chosen it.
  if (variable(called.env, 'COREPACK_ROOT')) return undefined;
  const other = wanted === undefined ? nameOf(named) : wanted.isIgnored ? undefined : wanted.name;
  if (other !== undefined && other !== 'pnpm')
    return isSet || version === undefined
      ? isUndecided
      : { path, manager: 'pnpm', prints: `This project is configured to use ${other}` };
  if (wanted !== undefined && typeof named === 'string' && nameOf(named) !== 'pnpm') return isUndecided;
  const exact = wanted === undefined || wanted.version === undefined ? versionOf(named) : wanted.version;
  if (exact === undefined || wanted?.isIgnored === true || major === 9) return undefined;
  const isOwn = version !== undefined && satisfies(version, exact, { includePrerelease: true }) === true;
  const lock = view.tree.resolve(posix.join(posix.dirname(path), 'pnpm-lock.yaml'));
  const pin = lock.found && lock.node.entry.content ? Buffer.from(lock.node.entry.content).toString('utf8') : undefined;
  if (isOwn && (pin === version || (wanted === undefined && major !== undefined && major < 12))) return undefined;
  const { env } = called;
  const share = variable(env, 'XDG_DATA_HOME') ?? posix.join(homeOf(meets) ?? '/', '.local/share');
  const tools = variable(env, 'PNPM_HOME') ?? `${share}/pnpm`;
  if (major === 10 && view.tree.resolve(`${tools}/.tools/pnpm/${exact}`).found) return undefined;
  return { path, why: 'package-manager-download' };
}

/** Corepack's own `pnpm` and `yarn`: they run the release that a package.json upwards names, from a cache. */
export const COREPACK = /\/node_modules\/corepack\/dist\/(pnpm|yarn)\.js$/;

export function corepackMeets(manager: string, meets: Meets): Meeting | undefined {
  const { view, called } = meets;
  const { env, cwd } = called;
  const all = upwards(cwd);
  const own = all.find((at) => view.tree.resolve(posix.join(at, 'package.json')).found);
  const path = posix.join(own ?? cwd, 'package.json');
  // Variables in a file of the project may tell it anything.
  const isSet = all.some((at) => view.tree.resolve(posix.join(at, '.corepack.env')).found);
  const isOff = (what: string): boolean => variable(env, `COREPACK_ENABLE_${what}`) === '0';
  const first = isOff('PROJECT_SPEC') ? undefined : namedBy(view, all);
  const name = first && nameOf(first.value);
  const named = name !== manager && isOff('STRICT') ? undefined : first;
  if (named !== undefined && name !== manager) {
    if (isSet) return { path: named.path, why: 'package-manager' };
    const prints = `This project is configured to use ${name}`;
    return { path: named.path, manager, prints };
  }
  const cache = variable(env, 'XDG_CACHE_HOME') ?? posix.join(homeOf(meets) ?? '/', '.cache');
  const root = variable(env, 'COREPACK_HOME') ?? `${cache}/node/corepack`;
  const exact = versionOf(named?.value);
  // Without a folder of its own until 0.24.
  const has = [`${root}/v1/${manager}`, `${root}/${manager}`].some((at) =>
    exact === undefined ? (childrenAt(view.tree, at)?.size ?? 0) > 0 : view.tree.resolve(`${at}/${exact}`).found,
  );
  return has ? undefined : { path: named?.path ?? path, why: 'package-manager-download' };
}

/** HOME as a runtime sets it: that of the user database. */
function homeOf({ view, called, identity }: Meets): string | undefined {
  const set = variable(called.env, 'HOME');
  if (set !== undefined && set !== '') return set;
  const passwd = view.tree.resolve('/etc/passwd');
  const content = passwd.found ? passwd.node.entry.content : undefined;
  const lines = content === undefined ? [] : Buffer.from(content).toString('utf8').split('\n');
  const own = lines.map((line) => line.split(':')).find(([, , uid]) => uid === String(identity.uid));
  return own?.[5] ?? (identity.uid === 0 ? '/root' : undefined);
}

function nodeVersion({ tree }: View, path: string): string | undefined {
  const header = tree.resolve(path.replace(/\/bin\/[^/]*$/, '/include/node/node_version.h'));
  const content = header.found ? header.node.entry.content : undefined;
  const text = content === undefined ? '' : Buffer.from(content).toString('latin1');
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map(
    (name) => new RegExp(`^#define NODE_${name}_VERSION (\\d+)`, 'm').exec(text)?.[1],
  );
  return parts.includes(undefined) ? undefined : `v${parts.join('.')}`;
}

/** As the scan keeps it. */
function fieldsOf({ tree }: View, directory: string): Fields {
  const path = posix.join(directory, 'package.json');
  const own = tree.resolve(path);
  const content = own.found ? own.node.entry.content : undefined;
  return { path, kept: content === undefined ? undefined : parseJson(content) };
}

/** What the first package.json upwards with a packageManager says. */
function namedBy(view: View, all: readonly string[]): { readonly path: string; readonly value: string } | undefined {
  for (const at of all) {
    const { path, kept } = fieldsOf(view, at);
    const value = member(kept, 'packageManager');
    if (typeof value === 'string') return { path, value };
  }
  return undefined;
}

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.split('@')[0] || undefined : undefined;
const versionOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.slice(value.indexOf('@') + 1).replace(/\+.*/, '') : undefined;

/** devEngines.packageManager: of several, pnpm where it is among them. */
function devManager(kept: unknown) {
  const authored = member(member(kept, 'devEngines'), 'packageManager');
  const all = authored === undefined ? [] : [authored].flat();
  const one = all.find((own) => member(own, 'name') === 'pnpm') ?? all[0];
  const name = member(one, 'name');
  if (typeof name !== 'string') return undefined;
  const version = member(one, 'version');
  const isIgnored = /^(warn|ignore)$/.test(String(member(one, 'onFail')));
  return { name, isIgnored, version: typeof version === 'string' ? version : undefined };
}

/** A directory and those above it. */
export function upwards(directory: string): readonly string[] {
  return directory === '/' ? ['/'] : [directory, ...upwards(posix.dirname(directory))];
}
