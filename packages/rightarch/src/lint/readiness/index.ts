import { posix } from 'node:path';
import { type Diagnostic, formatPlatform, type Platform, type Position, samePlatform } from '../../core/index.ts';
import { diagnostic, remark } from '../../messages/index.ts';
import type { DockerfileView } from '../documents/dockerfile.ts';
import { isLockfile, type Lockfile, type LockTool, lockfileKind, readLockfile } from '../lockfiles/index.ts';
import type { SourceFile } from '../repository.ts';
import type { Judged } from '../rule.ts';
import type { WantedPlatform } from '../wanted.ts';
import { judgeGo } from './downloads.ts';
import { hasMusl, type Install, installsOf } from './installs.ts';
import type { Lack } from './lack.ts';
import { type Libc, limitsFit, type Machine, platformOfPackage } from './machine.ts';
import { judgeNode, type LostFamily } from './node.ts';
import { environmentHolds, judgePython, PYTHONS } from './python.ts';
import { filesOf, type KnownReleases, nearestNpm, nearestPypi, type Question } from './releases.ts';
import { supportedIn } from './settings.ts';

/** What was asked of one lockfile. */
export interface LockfileAnswer {
  readonly file: string;
  readonly tool: LockTool;
  readonly packages: number;
  /** Each with the packages that have no build for it, and those whose build the lockfile has lost. */
  readonly platforms: readonly { readonly platform: Platform; readonly lacking: number }[];
  /** Of which nothing here says where they run. */
  readonly unseen: number;
  /** The C libraries that it was judged for, `usual` where only glibc was, because nothing here speaks of another. */
  readonly libcs: readonly Libc[];
  readonly usual: boolean;
}

export interface Readiness {
  readonly judged: readonly Judged[];
  readonly lockfiles: readonly LockfileAnswer[];
  /** What a registry could tell more about. */
  readonly questions: readonly Question[];
}

export interface ReadinessContext {
  readonly files: readonly SourceFile[];
  readonly views: readonly DockerfileView[];
  /** What a Dockerfile is built for; for a path that is none, what somebody asked for. */
  readonly wantedOf: (dockerfile: string | undefined) => readonly WantedPlatform[];
  /** By a flag: then every lockfile counts, else those alone that a Dockerfile installs. */
  readonly asked: boolean;
  readonly releases: KnownReleases;
}

/** What stands between the lockfiles of a repository and the platforms that somebody wants. */
export function judgeReadiness(context: ReadinessContext): Readiness {
  const texts = new Map(context.files.map(({ path, text }) => [path, text]));
  const read = (path: string): string | undefined => texts.get(path);
  const judged: Judged[] = [];
  const lockfiles: LockfileAnswer[] = [];
  const questions: Question[] = [];
  for (const { path, text } of context.files) {
    const kind = lockfileKind(path);
    if (kind === undefined) continue;
    const installs = installsOf(path, kind, context.views);
    if (installs.length === 0 && !context.asked) continue;
    const platforms = platformsFor(installs, context);
    if (platforms.length === 0) continue;
    const folder = posix.dirname(path);
    const found = readLockfile(path, text, (name) => read(posix.join(folder, name)));
    if ('malformed' in found) {
      const { problem, detail, at } = found.malformed;
      judged.push({ diagnostic: diagnostic('lockfile/malformed', { problem, detail }, lineAt(path, at)) });
      continue;
    }
    const { lockfile } = found;
    if (lockfile.packages.length === 0) continue;
    const one = judgeLockfile(lockfile, { ...context, installs, platforms, read, folder });
    judged.push(...one.judged);
    questions.push(...one.questions);
    lockfiles.push({
      file: path,
      tool: lockfile.tool,
      packages: lockfile.packages.length,
      unseen: one.unseen,
      libcs: one.libcs,
      usual: one.usual,
      platforms: platforms.map((platform) => ({ platform, lacking: one.lacking.get(formatPlatform(platform)) ?? 0 })),
    });
  }
  return { judged, lockfiles, questions: unique(questions) };
}

const unique = (questions: readonly Question[]): readonly Question[] => [
  ...new Map(questions.map((one) => [`${one.registry} ${one.name} ${one.version ?? ''}`, one])).values(),
];

/** Of Dockerfiles what they are built for; where nobody says it, nothing is asked. */
function platformsFor(installs: readonly Install[], { wantedOf, asked }: ReadinessContext): readonly Platform[] {
  const names = asked ? [undefined] : [...new Set(installs.map(({ dockerfile }) => dockerfile))];
  const found: Platform[] = [];
  for (const { platform, because } of names.flatMap(wantedOf))
    if (because !== 'assumed' && platform.os === 'linux' && !found.some((one) => samePlatform(one, platform)))
      found.push(platform);
  return found;
}

interface OneLockfile extends ReadinessContext {
  readonly installs: readonly Install[];
  readonly platforms: readonly Platform[];
  readonly read: (path: string) => string | undefined;
  readonly folder: string;
}

interface OneAnswer {
  readonly judged: readonly Judged[];
  readonly questions: readonly Question[];
  readonly lacking: ReadonlyMap<string, number>;
  readonly unseen: number;
  readonly libcs: readonly Libc[];
  readonly usual: boolean;
}

interface Libcs {
  readonly libcs: readonly Libc[];
  /** It is seen which, by the names of base images. */
  readonly known: boolean;
  /** Nothing here speaks of either: the usual one is taken, and told. */
  readonly usual: boolean;
}

/** The libcs that a lockfile is installed on; both, where a base image is one whose name does not tell. */
function libcsOf(installs: readonly Install[], views: readonly DockerfileView[]): Libcs {
  const named = installs.flatMap(({ libc }) => (libc === undefined ? [] : [libc]));
  if (named.length > 0 && named.length === installs.length)
    return { libcs: [...new Set(named)], known: true, usual: false };
  if (installs.length === 0 && !views.some(hasMusl)) return { libcs: ['glibc'], known: true, usual: true };
  return { libcs: ['glibc', 'musl'], known: false, usual: false };
}

/** A platform on which something is lacking, with the libc where only one of them lacks it. */
interface Where {
  readonly platform: Platform;
  readonly machines: readonly Machine[];
  readonly text: string;
  /** It is seen that the libc is this one, or it makes no difference. */
  readonly sure: boolean;
}

interface Met<Value> {
  readonly value: Value;
  readonly where: Where[];
}

function judgeLockfile(lockfile: Lockfile, one: OneLockfile): OneAnswer {
  const { libcs, known, usual } = libcsOf(one.installs, one.views);
  const texts = one.files.filter(({ path }) => !isLockfile(path)).map(({ text }) => text);
  const pythons = new Set(one.installs.map(({ python }) => python));
  const python = pythons.size === 1 ? [...pythons][0] : undefined;
  const production = one.installs.length > 0 && one.installs.every((install) => install.production);
  const lacks = new Map<string, Met<Lack>>();
  const lost = new Map<string, Met<LostFamily>>();
  const compiled = new Map<string, Met<{ readonly name: string; readonly at: () => Position }>>();
  const unseen = new Map<string, { readonly name: string; readonly version: string; readonly at: () => Position }>();
  for (const platform of one.platforms) {
    const answers = libcs.map((libc) => {
      const machine = { platform, libc };
      const answer = answerOf(lockfile, machine, { python, texts, releases: one.releases });
      for (const each of answer.unseen) unseen.set(`${each.name}@${each.version}`, each);
      return { machine, ...answer };
    });
    gather(lacks, platform, known, answers, ({ lacks: list }) =>
      list
        .filter(({ dev }) => !(dev && production))
        .map((lack) => [`${lack.name}@${lack.version} ${lack.unless}`, lack]),
    );
    gather(lost, platform, known, answers, ({ lost: list }) =>
      list
        .filter(({ owner }) => !(owner.dev && production))
        .map((family) => [`${family.owner.name}@${family.owner.version} ${family.member}`, family]),
    );
    gather(compiled, platform, known, answers, ({ compiled: list }) =>
      list.map((each) => [`${each.name}@${each.version}`, { name: `${each.name} ${each.version}`, at: each.at }]),
    );
  }
  const supported = tellSupported(lockfile, one, libcs);
  const environments = tellEnvironments(lockfile, one, python);
  const judged = [
    ...[...lacks.values()].flatMap((met) => tellLack(lockfile, met, one, python)),
    ...tellLost(lockfile, [...lost.values()]),
    ...supported,
    ...environments,
    ...tellCompiled(lockfile, [...compiled.values()]),
    ...(one.asked ? tellUnseen(lockfile, [...unseen.values()], one) : []),
  ];
  const lacking = new Map<string, number>();
  for (const { where } of [...lacks.values(), ...lost.values()])
    for (const { platform, sure } of where)
      if (sure) lacking.set(formatPlatform(platform), (lacking.get(formatPlatform(platform)) ?? 0) + 1);
  for (const { diagnostic: found } of [...supported, ...environments])
    for (const text of found.args['platforms'] as readonly string[]) lacking.set(text, lockfile.packages.length);
  return { judged, questions: questionsOf(lockfile, lacks, unseen), lacking, unseen: unseen.size, libcs, usual };
}

interface MachineAnswer {
  readonly lacks: readonly Lack[];
  readonly lost: readonly LostFamily[];
  readonly compiled: readonly { readonly name: string; readonly version: string; readonly at: () => Position }[];
  readonly unseen: readonly { readonly name: string; readonly version: string; readonly at: () => Position }[];
}

function answerOf(
  lockfile: Lockfile,
  machine: Machine,
  around: { readonly python: string | undefined; readonly texts: readonly string[]; readonly releases: KnownReleases },
): MachineAnswer {
  const nothing = { lacks: [], lost: [], compiled: [], unseen: [] };
  switch (lockfile.kind) {
    case 'node':
      return { ...nothing, ...judgeNode(lockfile, machine, around) };
    case 'python': {
      const files = filesOf(around.releases);
      return { ...nothing, ...judgePython(lockfile, machine, { python: around.python, files }) };
    }
    case 'go':
      return { ...nothing, lacks: judgeGo(lockfile.packages, machine) };
  }
}

/** Puts together what the libcs of a platform answer: what only one of two unseen ones lacks is not sure. */
function gather<Value, Answer extends { readonly machine: Machine }>(
  into: Map<string, Met<Value>>,
  platform: Platform,
  known: boolean,
  answers: readonly Answer[],
  pick: (answer: Answer) => readonly (readonly [key: string, value: Value])[],
): void {
  const met = new Map<string, { readonly value: Value; readonly machines: Machine[] }>();
  for (const answer of answers)
    for (const [key, value] of pick(answer)) {
      const before = met.get(key);
      if (before === undefined) met.set(key, { value, machines: [answer.machine] });
      else if (!before.machines.includes(answer.machine)) before.machines.push(answer.machine);
    }
  for (const [key, { value, machines }] of met) {
    const all = machines.length === answers.length;
    const alone = answers.length === 1 && machines[0]?.libc === 'musl';
    const text = all && !alone ? formatPlatform(platform) : `${formatPlatform(platform)} (${machines[0]!.libc})`;
    const entry = into.get(key) ?? { value, where: [] };
    // Where it is not seen which libc there is, a release with the usual one will do.
    const asked = known ? machines : machines.slice(0, 1);
    entry.where.push({ platform, machines: asked, text, sure: all || known });
    into.set(key, entry);
  }
}

function tellLack(lockfile: Lockfile, met: Met<Lack>, one: OneLockfile, python: string | undefined): readonly Judged[] {
  const { value } = met;
  const nearest = nearestOf(lockfile, met, one, python);
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
      ask: `rightarch check ${where.map(({ platform }) => `--platform ${formatPlatform(platform)}`).join(' ')} --online`,
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
  { releases }: OneLockfile,
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
  const known = releases.pypi.get(value.name);
  const pythons = python === undefined ? PYTHONS : [python];
  return { version: known && nearestPypi(known, value.version, machines, pythons), asked: known !== undefined };
}

/**
 * Owners that fetch a member which is not installed by themselves, where a network is there: esbuild in its install
 * script (lib/npm/node-install.ts), @sentry/cli in its own (scripts/install.js of 2.37.0), next when it builds (packages/next/src/build/swc/index.ts); read 2026-11-29.
 */
const FETCH_THEMSELVES: ReadonlySet<string> = new Set(['@sentry/cli', 'esbuild', 'next']);

const SHOWN = 6;

/** One cause, one finding: a lockfile that has lost the members of one family has lost those of others too. */
function tellLost(lockfile: Lockfile, met: readonly Met<LostFamily>[]): readonly Judged[] {
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

/** A setting beside the lockfile, which holds for every install, on every machine. */
function tellSupported(
  lockfile: Lockfile,
  { platforms, folder, read }: OneLockfile,
  libcs: readonly Libc[],
): readonly Judged[] {
  if (lockfile.kind !== 'node' || (lockfile.tool !== 'pnpm' && lockfile.tool !== 'yarn')) return [];
  const supported = supportedIn(lockfile.tool, folder, read);
  if (supported === undefined) return [];
  const left = platforms.filter((platform) => libcs.every((libc) => supported.excludes({ platform, libc })));
  const limited = lockfile.packages.filter(({ os, cpu }) => os !== undefined || cpu !== undefined);
  const forThese = limited.filter((own) =>
    left.some((platform) => libcs.some((libc) => limitsFit(own, { platform, libc }))),
  );
  if (left.length === 0 || forThese.length === 0) return [];
  const args = {
    tool: lockfile.tool,
    cause: 'supported' as const,
    missing: forThese.slice(0, SHOWN).map(({ name }) => name),
    count: forThese.length,
    has: [],
    setting: supported.text,
    platforms: left.map(formatPlatform),
  };
  return [
    { diagnostic: diagnostic('lockfile/resolved-for-other-platforms', args, lineAt(supported.file, supported.at)) },
  ];
}

/** `environments` of uv, none of which is Linux on that CPU: uv then installs nothing at all. */
function tellEnvironments(lockfile: Lockfile, one: OneLockfile, python: string | undefined): readonly Judged[] {
  if (lockfile.kind !== 'python' || lockfile.environments.length === 0) return [];
  const left = one.platforms.filter((platform) => !environmentHolds(lockfile, platform, python));
  const [first] = lockfile.environments;
  if (left.length === 0 || first === undefined) return [];
  const args = {
    tool: lockfile.tool,
    cause: 'environments' as const,
    missing: [],
    count: 0,
    has: [],
    setting: lockfile.environments.map(({ text }) => text).join(', '),
    platforms: left.map(formatPlatform),
  };
  return [{ diagnostic: diagnostic('lockfile/resolved-for-other-platforms', args, lineAt(lockfile.file, first.at())) }];
}

/** Only told: with a compiler in the image it is no mistake. */
function tellCompiled(
  lockfile: Lockfile,
  met: readonly Met<{ readonly name: string; readonly at: () => Position }>[],
): readonly Judged[] {
  const sure = met.filter(({ where }) => where.some((one) => one.sure));
  const [first] = sure;
  if (first === undefined) return [];
  const platforms = [...new Set(sure.flatMap(({ where }) => where.filter((one) => one.sure).map(({ text }) => text)))];
  const packages = sure.map(({ value }) => value.name);
  const args = { platforms, packages: packages.slice(0, SHOWN), count: packages.length };
  return [{ diagnostic: diagnostic('lockfile/compiled-at-install', args, lineAt(lockfile.file, first.value.at())) }];
}

function tellUnseen(
  lockfile: Lockfile,
  unseen: readonly { readonly name: string; readonly at: () => Position }[],
  { platforms }: OneLockfile,
): readonly Judged[] {
  const [first] = unseen;
  if (first === undefined) return [];
  const args = {
    tool: lockfile.tool,
    packages: unseen.slice(0, 3).map(({ name }) => name),
    count: unseen.length,
    of: lockfile.packages.length,
    platforms: platforms.map(formatPlatform),
    ask: `rightarch check ${platforms.map((platform) => `--platform ${formatPlatform(platform)}`).join(' ')} --online`,
  };
  return [
    { diagnostic: diagnostic('lockfile/build-unknown', args, lineAt(lockfile.file, first.at())), undecided: true },
  ];
}

function questionsOf(
  lockfile: Lockfile,
  lacks: ReadonlyMap<string, Met<Lack>>,
  unseen: ReadonlyMap<string, { readonly name: string; readonly version: string }>,
): readonly Question[] {
  if (lockfile.kind === 'go') return [];
  const registry = lockfile.kind === 'node' ? 'npm' : 'pypi';
  // What comes from another index is no question for this one.
  const elsewhere = new Set(
    lockfile.kind === 'python' ? lockfile.packages.flatMap((one) => (one.fromIndex ? [] : [one.name])) : [],
  );
  const lacking = [...lacks.values()].flatMap(({ value: { how, name } }) =>
    (how === 'family' || how === 'wheel') && !elsewhere.has(name) ? [name] : [],
  );
  return [
    ...lacking.map((name) => ({ registry, name }) as const),
    // An index of Python lists all releases at once.
    ...[...unseen.values()].map(
      ({ name, version }) => ({ registry, name, ...(registry === 'npm' ? { version } : {}) }) as const,
    ),
  ];
}

/** The line, from where the thing stands to its end. */
function lineAt(file: string, start: Position) {
  return { in: 'file', file, start, end: { line: start.line + 1, column: 1 } } as const;
}
