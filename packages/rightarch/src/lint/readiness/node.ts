import { nodeCpu } from '../../core/index.ts';
import { isAccelerator } from '../../proof/index.ts';
import type { NodeLockfile, NodePackage } from '../lockfiles/index.ts';
import { downloadOf } from './downloads.ts';
import type { Lack } from './lack.ts';
import { isForCpu, limitsFit, type Machine, platformOfPackage } from './machine.ts';
import type { KnownReleases } from './releases.ts';

/** A family of per-platform packages whose member for a machine exists and is not in the lockfile. */
export interface LostFamily {
  readonly owner: NodePackage;
  readonly member: string;
  /** Members for other platforms that are there. */
  readonly has: readonly string[];
  /** What the lockfile says keeps it out. */
  readonly ignoredBy: string | undefined;
}

export interface NodeAnswer {
  readonly lacks: readonly Lack[];
  readonly lost: readonly LostFamily[];
  /** Packages of which neither the lockfile nor their name says where they run. */
  readonly unseen: readonly NodePackage[];
}

/** What a lockfile for Node lacks on a machine. */
export function judgeNode(
  lockfile: NodeLockfile,
  machine: Machine,
  { texts, releases }: { readonly texts: readonly string[]; readonly releases: KnownReleases },
): NodeAnswer {
  const unseen: NodePackage[] = [];
  const lacks: Lack[] = [];
  const lost: LostFamily[] = [];
  const told = new Set<string>();
  for (const own of lockfile.packages) {
    // Whoever wants an optional package works without it.
    if (own.optional) continue;
    const key = `${own.name}@${own.version}`;
    if (told.has(key)) continue;
    const before = lacks.length + lost.length;
    const said = lockfile.saysPlatforms ? own : saidOf(own, releases);
    if (said === undefined && platformOfPackage(own.name) === undefined) unseen.push(own);
    const refused = refusedBy(own, said, machine);
    if (refused !== undefined) lacks.push(refused);
    else {
      const download = downloadOf(own, machine, texts);
      if (download !== undefined) lacks.push(download);
      const answers = familiesOf(own, lockfile).map((family) => judgeFamily(own, family, lockfile, machine));
      lost.push(...answers.filter((answer): answer is LostFamily => answer !== undefined && 'owner' in answer));
      const lacking = answers.filter((answer): answer is Lack => answer !== undefined && !('owner' in answer));
      // esbuild 0.15 has `esbuild-linux-arm64` and `@esbuild/linux-loong64`: what one family lacks, another has.
      if (lacking.length === answers.length) lacks.push(...lacking.slice(0, 1));
    }
    if (lacks.length + lost.length > before) told.add(key);
  }
  return { lacks, lost, unseen };
}

type Limits = Pick<NodePackage, 'os' | 'cpu' | 'libc'>;

/** What a registry knows of a release of which the lockfile says nothing. */
const saidOf = ({ name, version }: NodePackage, { npm }: KnownReleases): Limits | undefined =>
  npm.get(name)?.find((one) => one.version === version);

/** A package that is for other machines by its own lists, or where nobody has them by its name. */
function refusedBy(own: NodePackage, said: Limits | undefined, machine: Machine): Lack | undefined {
  const parsed = platformOfPackage(own.name);
  const fits =
    said !== undefined
      ? limitsFit(said, machine)
      : // A name without a libc says nothing of it.
        parsed === undefined || (isForCpu(parsed, machine) && (parsed.libc === 'glibc' || machine.libc === 'musl'));
  if (fits) return undefined;
  const lists = [
    ['os', said?.os],
    ['cpu', said?.cpu],
    ['libc', said?.libc],
  ] as const;
  const has = lists.flatMap(([field, list]) => (list === undefined ? [] : [`${field}: ${list.join(', ')}`]));
  return { ...placed(own), how: 'refused', has, unless: undefined };
}

const placed = ({ name, version, at, dev, direct }: NodePackage) => ({ name, version, at, dev, direct });

/** The optional dependencies of a package that differ in the platform alone, by what they share. */
function familiesOf(own: NodePackage, { ignored }: NodeLockfile): readonly (readonly string[])[] {
  const names = own.members.map(({ name }) => name);
  if (names.length === 0) return [];
  const families = new Map<string, string[]>();
  for (const name of [...names, ...ignored.filter((one) => !one.includes('*'))]) {
    const parsed = platformOfPackage(name);
    // Code that is only a faster way, for which the package has JavaScript.
    if (parsed === undefined || isAccelerator({ name, path: '' })) continue;
    families.set(parsed.family, [...(families.get(parsed.family) ?? []), name]);
  }
  return [...families.values()]
    .map((family) => [...new Set(family)])
    .filter(
      (family) =>
        // One alone is an extra, and no family; what is only asked to stay away is none of its own.
        family.length > 1 &&
        family.some((name) => names.includes(name)) &&
        (ignored.length > 0 || family.some((name) => platformOfPackage(name)?.os === 'linux')),
    );
}

function judgeFamily(
  own: NodePackage,
  family: readonly string[],
  lockfile: NodeLockfile,
  machine: Machine,
): Lack | LostFamily | undefined {
  const entries = family.map((name) => ({
    name,
    parsed: platformOfPackage(name)!,
    to: own.members.find((one) => one.name === name)?.to,
  }));
  const ofCpu = entries.filter(({ parsed }) => isForCpu(parsed, machine));
  // Where one is for musl, the others are not; where none is, they are for either.
  const isSplit = entries.some(({ parsed, to }) => parsed.libc === 'musl' || (to?.libc?.length ?? 0) > 0);
  const isRight = ({ parsed, to }: (typeof entries)[number]): boolean =>
    to?.cpu !== undefined || to?.os !== undefined
      ? limitsFit(to, machine) && (to.libc !== undefined || !isSplit || parsed.libc === machine.libc)
      : !isSplit || parsed.libc === machine.libc;
  const fitting = ofCpu.filter(isRight);
  if (fitting.some(({ to }) => to !== undefined)) return undefined;
  const has = entries.flatMap(({ name, to }) => (to === undefined ? [] : [name]));
  const [missing] = fitting;
  if (missing !== undefined) return { owner: own, member: missing.name, has, ignoredBy: undefined };
  const pattern = lockfile.ignored.find((one) => one.includes('*') && coversFamily(one, family, machine));
  if (pattern !== undefined) return { owner: own, member: pattern, has, ignoredBy: pattern };
  return {
    ...placed(own),
    how: 'family',
    has: entries.map(({ name }) => name),
    // It may make or fetch another way what none of them brings.
    unless: own.hasInstallScript === true ? 'install-script' : undefined,
  };
}

/** `@esbuild/linux-*`: what a member for this CPU would be called. */
function coversFamily(pattern: string, family: readonly string[], { platform }: Machine): boolean {
  const test = new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
  );
  return family.some((name) => {
    const parsed = platformOfPackage(name)!;
    const cpu = nodeCpu(platform) ?? platform.architecture;
    return test.test(`${parsed.family}linux-${cpu}`) || test.test(`${parsed.family}linux-${cpu}-gnu`);
  });
}
