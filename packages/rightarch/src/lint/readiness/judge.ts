import { formatPlatform, type Platform } from '../../core/index.ts';
import type { DockerfileView } from '../documents/dockerfile.ts';
import { isLockfile, type Lockfile } from '../lockfiles/index.ts';
import type { SourceFile } from '../repository.ts';
import type { Judged } from '../rule.ts';
import type { WantedPlatform } from '../wanted.ts';
import { judgeGo } from './downloads.ts';
import { hasMusl, type Install } from './installs.ts';
import type { Lack, Placed } from './lack.ts';
import type { Libc, Machine } from './machine.ts';
import { judgeNode, type LostFamily } from './node.ts';
import { judgePython } from './python.ts';
import { filesOf, type KnownReleases, type Question } from './releases.ts';
import { supportedIn } from './settings.ts';
import { type Met, tellCompiled, tellEnvironments, tellLack, tellLost, tellSupported, tellUnseen } from './tell.ts';

export interface ReadinessContext {
  readonly files: readonly SourceFile[];
  readonly views: readonly DockerfileView[];
  /** What a Dockerfile is built for; for a path that is none, what somebody asked for. */
  readonly wantedOf: (dockerfile: string | undefined) => readonly WantedPlatform[];
  /** By a flag: then every lockfile counts, else those alone that a Dockerfile installs. */
  readonly asked: boolean;
  readonly releases: KnownReleases;
}

export interface OneLockfile extends ReadinessContext {
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

/** What one lockfile lacks on the platforms that somebody wants. */
export function judgeLockfile(lockfile: Lockfile, one: OneLockfile): OneAnswer {
  const { libcs, known, usual } = libcsOf(one.installs, one.views);
  const texts = one.files.filter(({ path }) => !isLockfile(path)).map(({ text }) => text);
  const pythons = new Set(one.installs.map(({ python }) => python));
  const python = pythons.size === 1 ? [...pythons][0] : undefined;
  const production = one.installs.length > 0 && one.installs.every((install) => install.production);
  const lacks = new Map<string, Met<Lack>>();
  const lost = new Map<string, Met<LostFamily>>();
  const compiled = new Map<string, Met<Placed>>();
  const unseen = new Map<string, Placed>();
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
      list.map((each) => [`${each.name}@${each.version}`, each]),
    );
  }
  const supported =
    lockfile.tool === 'pnpm' || lockfile.tool === 'yarn' ? supportedIn(lockfile.tool, one.folder, one.read) : undefined;
  const settings = [
    tellSupported(lockfile, supported, one.platforms, libcs),
    tellEnvironments(lockfile, one.platforms, python),
  ];
  const judged = [
    ...[...lacks.values()].flatMap((met) => tellLack(lockfile, met, one.releases, python)),
    ...tellLost(lockfile, [...lost.values()]),
    ...settings.flatMap((setting) => setting.judged),
    ...tellCompiled(lockfile, [...compiled.values()]),
    ...(one.asked ? tellUnseen(lockfile, [...unseen.values()], one.platforms) : []),
  ];
  const lacking = new Map<string, number>();
  const count = (text: string, packages: number): void => {
    lacking.set(text, Math.min((lacking.get(text) ?? 0) + packages, lockfile.packages.length));
  };
  for (const { where } of [...lacks.values(), ...lost.values()])
    for (const { platform, sure } of where) if (sure) count(formatPlatform(platform), 1);
  for (const setting of settings) for (const [text, packages] of setting.lacking) count(text, packages);
  return { judged, questions: questionsOf(lockfile, lacks, unseen), lacking, unseen: unseen.size, libcs, usual };
}

interface MachineAnswer {
  readonly lacks: readonly Lack[];
  readonly lost: readonly LostFamily[];
  readonly compiled: readonly Placed[];
  readonly unseen: readonly Placed[];
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

function questionsOf(
  lockfile: Lockfile,
  lacks: ReadonlyMap<string, Met<Lack>>,
  unseen: ReadonlyMap<string, Placed>,
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
