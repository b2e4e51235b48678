import { compareVersions, parseVersion } from '../../core/index.ts';
import { compareNumbers } from '../../proof/index.ts';
import type { PythonPackage } from '../lockfiles/index.ts';
import { isForCpu, type Machine, platformOfPackage } from './machine.ts';
import { parseWheel, wheelFits, wheelTakes } from './wheels.ts';

/** What a registry says of a package: data for rules, which ask nobody. */
export interface KnownReleases {
  readonly npm: ReadonlyMap<string, readonly NpmRelease[]>;
  readonly pypi: ReadonlyMap<string, readonly PypiRelease[]>;
}

export interface NpmRelease {
  readonly version: string;
  readonly os: readonly string[] | undefined;
  readonly cpu: readonly string[] | undefined;
  readonly libc: readonly string[] | undefined;
  readonly optionalDependencies: readonly string[];
  readonly deprecated: boolean;
}

export interface PypiRelease {
  readonly version: string;
  readonly files: readonly { readonly name: string; readonly sha256: string | undefined }[];
}

export const NOTHING_KNOWN: KnownReleases = { npm: new Map(), pypi: new Map() };

/** The files of a release that may be installed: where hashes are pinned, those alone that have one. */
export function filesOf({ pypi }: KnownReleases) {
  return ({ name, version, hashes }: PythonPackage) => {
    const release = pypi.get(name)?.find((one) => one.version === version);
    if (release === undefined) return undefined;
    const files = release.files.filter(
      ({ sha256 }) => hashes.length === 0 || sha256 === undefined || hashes.includes(sha256),
    );
    const wheels = files.flatMap((file) => (file.name.endsWith('.whl') ? [file.name] : []));
    return { wheels, sdist: wheels.length < files.length };
  };
}

/** A package whose releases a registry would be asked for. */
export interface Question {
  readonly registry: 'npm' | 'pypi';
  readonly name: string;
  /** The one release that is asked about; undefined: all of them. */
  readonly version?: string;
}

/** The next newer release that has what is needed, else the next older one. */
function nearest(
  own: string,
  versions: readonly string[],
  order: (a: string, b: string) => number,
): string | undefined {
  const sorted = [...versions].sort(order);
  return sorted.find((one) => order(one, own) > 0) ?? sorted.findLast((one) => order(one, own) < 0);
}

/** Of a family: the release that names a member for the machine. */
export function nearestNpm(
  releases: readonly NpmRelease[],
  own: string,
  machines: readonly Machine[],
): string | undefined {
  const fitting = releases.filter(
    ({ version, optionalDependencies, deprecated }) =>
      !deprecated &&
      !version.includes('-') &&
      parseVersion(version) !== undefined &&
      machines.every((machine) => {
        const linux = optionalDependencies.map(platformOfPackage).filter((one) => one?.os === 'linux');
        const isSplit = linux.some((one) => one!.libc === 'musl');
        return linux.some((one) => isForCpu(one!, machine) && (!isSplit || one!.libc === machine.libc));
      }),
  );
  if (parseVersion(own) === undefined) return undefined;
  return nearest(
    own,
    fitting.map(({ version }) => version),
    (a, b) => compareVersions(parseVersion(a)!, parseVersion(b)!),
  );
}

/** The release that has a wheel for the machine, and for a Python that may be used. */
export function nearestPypi(
  releases: readonly PypiRelease[],
  own: string,
  machines: readonly Machine[],
  pythons: readonly string[],
): string | undefined {
  const fitting = releases.filter(({ version, files }) => {
    if (!/^\d+(?:\.\d+)*(?:\.post\d+)?$/.test(version)) return false;
    const wheels = files.flatMap(({ name }) => parseWheel(name) ?? []);
    return machines.every((machine) =>
      wheels.some((wheel) => wheelFits(wheel, machine) && pythons.some((python) => wheelTakes(wheel, python))),
    );
  });
  return nearest(
    own,
    fitting.map(({ version }) => version),
    byNumbers,
  );
}

/** By the numbers of a release, as far as versions that are released have them (PEP 440). */
function byNumbers(a: string, b: string): number {
  const numbers = (text: string) => (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  return compareNumbers(numbers(a), numbers(b));
}
