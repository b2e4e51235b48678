import { type Diagnostic, formatPlatform, type Platform, type Position } from '../../core/index.ts';
import { diagnostic, remark } from '../../messages/index.ts';
import type { Lockfile, NodePackage } from '../lockfiles/index.ts';
import type { Judged } from '../rule.ts';
import type { Lack, Placed } from './lack.ts';
import { type Libc, limitsFit, type Machine, platformOfPackage } from './machine.ts';
import type { LostFamily } from './node.ts';
import { environmentHolds, pythonsOf } from './python.ts';
import { type KnownReleases, nearestNpm, nearestPypi } from './releases.ts';
import type { Supported } from './settings.ts';

/** A platform on which something is lacking, with the libc where only one of them lacks it. */
export interface Where {
  readonly platform: Platform;
  readonly machines: readonly Machine[];
  readonly text: string;
  /** It is seen that the libc is this one, or it makes no difference. */
  readonly sure: boolean;
}

export interface Met<Value> {
  readonly value: Value;
  readonly where: Where[];
}

export function tellLack(
  lockfile: Lockfile,
  met: Met<Lack>,
  releases: KnownReleases,
  python: string | undefined,
): readonly Judged[] {
  const { value } = met;
  const nearest = nearestOf(lockfile, met, releases, python);
  const told = (where: readonly Where[], undecided: boolean): readonly Judged[] => {
    if (where.length === 0) return [];
    const args = {
      package: value.name,
      version: value.version,
      platforms: where.map(({ text }) => text),
      how: value.how,
      has: value.has.slice(0, 8),
      more: Math.max(0, value.has.length - 8),
      tool: lockfile.tool,
      direct: value.direct,
      dev: value.dev,
      unless: value.unless,
      nearest: nearest.version,
      asked: nearest.asked,
      ask: askFor(where.map(({ platform }) => platform)),
      source: value.source,
      checked: value.checked,
    };
    const severity = value.dev ? 'warning' : 'error';
    const found = diagnostic('lockfile/no-build-for-cpu', args, lineAt(lockfile.file, value.at()), { severity });
    return [undecided ? { diagnostic: found, undecided: true } : { diagnostic: found }];
  };
  const sure = met.where.filter((where) => where.sure && value.unless === undefined);
  const open = met.where.filter((where) => !sure.includes(where));
  return [...told(sure, false), ...told(open, true)];
}

function nearestOf(
  lockfile: Lockfile,
  { value, where }: Met<Lack>,
  releases: KnownReleases,
  python: string | undefined,
): { readonly version: string | undefined; readonly asked: boolean } {
  if (value.how === 'download' || value.how === 'linked') return { version: value.since, asked: true };
  const machines = where.flatMap((one) => one.machines);
  if (lockfile.kind === 'node') {
    // What is for one platform by its own lists is so in every release.
    if (value.how === 'refused') return { version: undefined, asked: true };
    const known = releases.npm.get(value.name);
    return { version: known && nearestNpm(known, value.version, machines), asked: known !== undefined };
  }
  if (lockfile.kind === 'go') return { version: undefined, asked: true };
  const known = releases.pypi.get(value.name);
  const pythons = pythonsOf(lockfile, python);
  return { version: known && nearestPypi(known, value.version, machines, pythons), asked: known !== undefined };
}

/**
 * Owners that fetch a member which is not installed by themselves, where a network is there: esbuild in its install
 * script (lib/npm/node-install.ts), @sentry/cli in its own (scripts/install.js of 2.37.0), next when it builds (packages/next/src/build/swc/index.ts); read 2026-11-29.
 */
const FETCH_THEMSELVES: ReadonlySet<string> = new Set(['@sentry/cli', 'esbuild', 'next']);

const SHOWN = 6;

/** One cause, one finding: a lockfile that has lost the members of one family has lost those of others too. */
export function tellLost(lockfile: Lockfile, met: readonly Met<LostFamily>[]): readonly Judged[] {
  const causes = new Set(met.map(({ value }) => value.ignoredBy));
  return [...causes].flatMap((cause) =>
    tellCause(
      lockfile,
      met.filter(({ value }) => value.ignoredBy === cause),
    ),
  );
}

function tellCause(lockfile: Lockfile, met: readonly Met<LostFamily>[]): readonly Judged[] {
  const [first] = met;
  if (first === undefined) return [];
  const has = [...new Set(met.flatMap(({ value }) => value.has))];
  const platforms = [...new Set(met.flatMap(({ where }) => where.filter(({ sure }) => sure).map(({ text }) => text)))];
  const open = [...new Set(met.flatMap(({ where }) => where.filter(({ sure }) => !sure).map(({ text }) => text)))];
  // Where either libc may be there, the member of one stands for both.
  const families = new Map<string, string>();
  for (const { value } of met) {
    const family = `${value.owner.name}@${value.owner.version} ${familyOf(value.member)}`;
    if (!families.has(family)) families.set(family, value.member);
  }
  const missing = [...new Set(families.values())];
  const owners = [...new Set(met.map(({ value }) => value.owner))];
  const args = {
    tool: lockfile.tool,
    cause: first.value.ignoredBy === undefined ? ('lost' as const) : ('ignored' as const),
    missing: missing.slice(0, SHOWN),
    count: missing.length,
    has: has.slice(0, SHOWN),
    setting: first.value.ignoredBy,
  };
  const severity = owners.every(({ dev, name }) => dev || FETCH_THEMSELVES.has(name)) ? 'warning' : 'error';
  const related = owners.slice(1, SHOWN).map((owner) => ({
    at: lineAt(lockfile.file, owner.at()),
    note: remark('wants-member', { owner: `${owner.name} ${owner.version}` }),
  }));
  const at = lineAt(lockfile.file, first.value.owner.at());
  const found = (texts: readonly string[]): Diagnostic =>
    diagnostic('lockfile/resolved-for-other-platforms', { ...args, platforms: texts }, at, { severity, related });
  return [
    ...(platforms.length > 0 ? [{ diagnostic: found(platforms) }] : []),
    ...(open.length > 0 && platforms.length === 0 ? [{ diagnostic: found(open), undecided: true as const }] : []),
  ];
}

const familyOf = (member: string): string => platformOfPackage(member)?.family ?? member;

/** What a setting leaves out, with how many packages of each platform. */
export interface LeftOut {
  readonly judged: readonly Judged[];
  readonly lacking: ReadonlyMap<string, number>;
}

const NOTHING_LEFT_OUT: LeftOut = { judged: [], lacking: new Map() };

/** A setting beside the lockfile, which holds for every install, on every machine. */
export function tellSupported(
  lockfile: Lockfile,
  supported: Supported | undefined,
  platforms: readonly Platform[],
  libcs: readonly Libc[],
): LeftOut {
  if (lockfile.kind !== 'node' || supported === undefined) return NOTHING_LEFT_OUT;
  const limited = lockfile.packages.filter(({ os, cpu }) => os !== undefined || cpu !== undefined);
  const left = new Map<string, readonly NodePackage[]>();
  for (const platform of platforms) {
    const machines = libcs.map((libc) => ({ platform, libc }));
    const packages = limited.filter((one) => machines.some((machine) => limitsFit(one, machine)));
    if (packages.length > 0 && machines.every(supported.excludes)) left.set(formatPlatform(platform), packages);
  }
  if (left.size === 0) return NOTHING_LEFT_OUT;
  const packages = [...new Set([...left.values()].flat())];
  const args = {
    tool: lockfile.tool,
    cause: 'supported' as const,
    missing: packages.slice(0, SHOWN).map(({ name }) => name),
    count: packages.length,
    has: [],
    setting: supported.text,
    platforms: [...left.keys()],
  };
  const at = lineAt(supported.file, supported.at);
  return {
    judged: [{ diagnostic: diagnostic('lockfile/resolved-for-other-platforms', args, at) }],
    lacking: new Map([...left].map(([text, list]) => [text, list.length])),
  };
}

/** `environments` of uv, none of which is Linux on that CPU: uv then installs nothing at all. */
export function tellEnvironments(
  lockfile: Lockfile,
  platforms: readonly Platform[],
  python: string | undefined,
): LeftOut {
  if (lockfile.kind !== 'python' || lockfile.environments.length === 0) return NOTHING_LEFT_OUT;
  const left = platforms.filter((platform) => !environmentHolds(lockfile, platform, python)).map(formatPlatform);
  const [first] = lockfile.environments;
  if (left.length === 0 || first === undefined) return NOTHING_LEFT_OUT;
  const args = {
    tool: lockfile.tool,
    cause: 'environments' as const,
    missing: [],
    count: 0,
    has: [],
    setting: lockfile.environments.map(({ text }) => text).join(', '),
    platforms: left,
  };
  const at = lineAt(lockfile.file, first.at());
  return {
    judged: [{ diagnostic: diagnostic('lockfile/resolved-for-other-platforms', args, at) }],
    lacking: new Map(left.map((text) => [text, lockfile.packages.length])),
  };
}

/** Only told: with a compiler in the image it is no mistake. */
export function tellCompiled(lockfile: Lockfile, met: readonly Met<Placed>[]): readonly Judged[] {
  const sure = met.filter(({ where }) => where.some((one) => one.sure));
  const [first] = sure;
  if (first === undefined) return [];
  const platforms = [...new Set(sure.flatMap(({ where }) => where.filter((one) => one.sure).map(({ text }) => text)))];
  const packages = sure.map(({ value }) => `${value.name} ${value.version}`);
  const args = { platforms, packages: packages.slice(0, SHOWN), count: packages.length };
  return [{ diagnostic: diagnostic('lockfile/compiled-at-install', args, lineAt(lockfile.file, first.value.at())) }];
}

export function tellUnseen(
  lockfile: Lockfile,
  unseen: readonly Placed[],
  platforms: readonly Platform[],
): readonly Judged[] {
  const [first] = unseen;
  if (first === undefined) return [];
  const args = {
    tool: lockfile.tool,
    packages: unseen.slice(0, 3).map(({ name }) => name),
    count: unseen.length,
    of: lockfile.packages.length,
    platforms: platforms.map(formatPlatform),
    ask: askFor(platforms),
  };
  return [
    { diagnostic: diagnostic('lockfile/build-unknown', args, lineAt(lockfile.file, first.at())), undecided: true },
  ];
}

/** The command that has a registry asked. */
const askFor = (platforms: readonly Platform[]): string =>
  `rightarch check ${platforms.map((platform) => `--platform ${formatPlatform(platform)}`).join(' ')} --online`;

/** The line, from where the thing stands to its end. */
export function lineAt(file: string, start: Position) {
  return { in: 'file', file, start, end: { line: start.line + 1, column: 1 } } as const;
}
