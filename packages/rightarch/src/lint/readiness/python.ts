import { normalizePlatform, type Platform } from '../../core/index.ts';
import { type Marker, type MarkerEnvironment, markerHolds, parseMarker, pythonMachine } from '../../proof/index.ts';
import type { PythonLockfile, PythonPackage, Want } from '../lockfiles/index.ts';
import type { Lack } from './lack.ts';
import type { Machine } from './machine.ts';
import { isForLinux, parseWheel, type Wheel, wheelFits, wheelPlatforms, wheelTakes } from './wheels.ts';

export interface PythonAnswer {
  readonly lacks: readonly Lack[];
  /** Without a wheel for the machine, where other machines with Linux have one: a compiler makes it. */
  readonly compiled: readonly PythonPackage[];
  /** Pinned, and not known by what: the file lists no wheels. */
  readonly unseen: readonly PythonPackage[];
}

/** What a release may be installed from, for a file that lists nothing. */
export type Files = (one: PythonPackage) => { readonly wheels: readonly string[]; readonly sdist: boolean } | undefined;

/** What a lockfile for Python lacks on a machine. `python` is that of the image, where it is seen. */
export function judgePython(
  lockfile: PythonLockfile,
  machine: Machine,
  { python, files }: { readonly python: string | undefined; readonly files: Files },
): PythonAnswer {
  const pythons = pythonsOf(lockfile, python);
  const reached = new Map(pythons.map((one) => [one, levels(lockfile.packages, environmentOf(machine.platform, one))]));
  const lacks: Lack[] = [];
  const compiled: PythonPackage[] = [];
  const unseen: PythonPackage[] = [];
  lockfile.packages.forEach((own, i) => {
    const level = Math.max(...pythons.map((one) => reached.get(one)![i]!));
    if (level === NO) return;
    const known = own.wheels === undefined ? files(own) : { wheels: own.wheels, sdist: own.sdist };
    if (known === undefined) {
      if (own.fromIndex && lockfile.tool === 'pip') unseen.push(own);
      return;
    }
    const wheels = known.wheels.flatMap((name) => parseWheel(name) ?? []);
    const wanted = pythons.filter((one) => reached.get(one)![i] !== NO);
    const found = lackOf(wheels, wanted, machine);
    if (found === undefined) return;
    if (known.sdist) {
      if (found.some(isForLinux)) compiled.push(own);
      return;
    }
    lacks.push({
      name: own.name,
      version: own.version,
      at: own.at,
      how: 'wheel',
      has: wheelPlatforms(found),
      dev: level === DEV,
      direct: own.wantedBy.length === 0 || own.wantedBy.some(({ by }) => by === undefined || isProject(lockfile, by)),
      unless: level === EXTRA ? 'extra' : level === PERHAPS ? 'marker' : undefined,
    });
  });
  return { lacks, compiled, unseen };
}

const isProject = ({ packages }: PythonLockfile, index: number): boolean =>
  packages[index]?.wantedBy.some(({ by }) => by === undefined) === true && packages[index]?.wheels === undefined;

/**
 * The wheels that there are for other machines, where for this one there is none. Of a Python for which nobody has a
 * wheel the CPU is not to blame, and one Python that has what it needs is enough where it is not known which it is.
 */
function lackOf(wheels: readonly Wheel[], pythons: readonly string[], machine: Machine): readonly Wheel[] | undefined {
  const others: Wheel[] = [];
  for (const python of pythons) {
    const own = wheels.filter((wheel) => wheelTakes(wheel, python));
    if (own.some((wheel) => wheelFits(wheel, machine))) return undefined;
    others.push(...own);
  }
  return others.length === 0 ? undefined : [...new Set(others)];
}

const environmentOf = (platform: Platform, python: string): MarkerEnvironment => ({
  python,
  machine: pythonMachine(normalizePlatform(platform)),
  platform: 'linux',
});

/** Whether a lockfile was resolved for a platform at all, with any Python that may be used. */
export function environmentHolds(lockfile: PythonLockfile, platform: Platform, python: string | undefined): boolean {
  const pythons = pythonsOf(lockfile, python);
  return lockfile.environments.some(
    ({ marker }) =>
      marker === undefined || pythons.some((one) => markerHolds(marker, environmentOf(platform, one)) !== false),
  );
}

const [NO, PERHAPS, EXTRA, DEV, YES] = [0, 1, 2, 3, 4] as const;
type Level = 0 | 1 | 2 | 3 | 4;

/** How sure it is that each package is installed there: by who wants it, all the way from the project. */
function levels(packages: readonly PythonPackage[], env: MarkerEnvironment): readonly Level[] {
  const found = packages.map((): Level => NO);
  const wanting = packages.map((): { readonly to: number; readonly want: Want }[] => []);
  const open: number[] = [];
  const raise = (i: number, level: Level): void => {
    const most = Math.min(level, levelOf(packages[i]!.marker, env)) as Level;
    if (most <= found[i]!) return;
    found[i] = most;
    open.push(i);
  };
  packages.forEach(({ wantedBy }, to) => {
    for (const want of wantedBy) if (want.by !== undefined) wanting[want.by]?.push({ to, want });
  });
  packages.forEach(({ wantedBy }, i) => {
    if (wantedBy.length === 0) raise(i, YES);
    for (const want of wantedBy) if (want.by === undefined) raise(i, ofWant(want, env));
  });
  for (let i = open.pop(); i !== undefined; i = open.pop())
    for (const { to, want } of wanting[i]!) raise(to, Math.min(found[i]!, ofWant(want, env)) as Level);
  return found;
}

const ofWant = ({ marker, kind }: Want, env: MarkerEnvironment): Level =>
  Math.min(levelOf(marker, env), kind === 'always' ? YES : kind === 'dev' ? DEV : EXTRA) as Level;

function levelOf(marker: Want['marker'], env: MarkerEnvironment): Level {
  if (marker === undefined) return YES;
  if (marker === 'unread') return PERHAPS;
  const holds = markerHolds(marker, env);
  if (holds === true) return YES;
  if (holds === undefined) return PERHAPS;
  // An extra that somebody may ask for.
  return extrasIn(marker).some((extra) => markerHolds(marker, { ...env, extra }) !== false) ? EXTRA : NO;
}

function extrasIn(marker: Marker): readonly string[] {
  if (marker.op !== 'compare') return [...extrasIn(marker.left), ...extrasIn(marker.right)];
  const { left, right } = marker;
  return 'variable' in left && left.variable === 'extra' && 'text' in right ? [right.text] : [];
}

/** The releases of CPython that somebody may use (devguide.python.org/versions, read 2026-11-29). */
const PYTHONS: readonly string[] = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14'];

/** The one of the image, else those that the lockfile allows: a specifier, as markers have it; Poetry's `^` and `~` beside (python-poetry.org/docs/dependency-specification). */
export function pythonsOf({ requiresPython }: PythonLockfile, python: string | undefined): readonly string[] {
  if (python !== undefined) return [python];
  const alternatives = (requiresPython ?? '').split('||').map((one) =>
    [...one.matchAll(/(===?|[<>!~]=|[<>^~])\s*(\d+(?:\.\d+)*(?:\.\*)?)/g)].map(([, by, version = '']) => {
      if (by === '~') return parseMarker(`python_version == '${version.split('.').slice(0, 2).join('.')}.*'`);
      return parseMarker(`python_full_version ${by === '^' ? '>=' : by} '${version}'`);
    }),
  );
  const fits = PYTHONS.filter((python) => {
    const env = { python, machine: undefined, platform: 'linux' };
    return alternatives.some((bounds) => bounds.every((bound) => markerHolds(bound, env) !== false));
  });
  return fits.length > 0 ? fits : PYTHONS;
}
