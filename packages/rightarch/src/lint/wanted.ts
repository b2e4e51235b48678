import { formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { cpuWord, cpuWords } from './cpu-words.ts';
import { type Found, type FoundBuild, type FoundRuntime, fileOfBuild, type Place, sameFile } from './found.ts';

/** A platform that an image must have, and who says so. */
export interface WantedPlatform {
  readonly platform: Platform;
  /** `asked` by a flag or rightarch.yaml, by a `runtime` of the sources, by a command that `built` for it, or nobody: `assumed`; `runtime` is then one that leaves it to the deployment. */
  readonly because: 'asked' | 'runtime' | 'built' | 'assumed';
  readonly runtime?: FoundRuntime;
  readonly at?: Place;
}

const USUAL: readonly Platform[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
];

/**
 * The platforms that the images of a repository must have, as its sources tell. Where they do not, any of the two that
 * everybody has may come: a warning, and no error.
 */
export function wantedPlatforms({ runtimes, builds }: Pick<Found, 'runtimes' | 'builds'>): readonly WantedPlatform[] {
  const found: WantedPlatform[] = [];
  const add = (one: WantedPlatform): void => {
    if (!found.some(({ platform }) => samePlatform(platform, one.platform))) found.push(one);
  };
  for (const runtime of runtimes)
    for (const platform of runtime.platforms) add({ platform, because: 'runtime', runtime, at: runtime.at });
  for (const { platforms, at, platformsAt = at } of builds)
    for (const platform of platforms) add({ platform, because: 'built', at: platformsAt });
  // A runtime on nodes of any CPU says nothing, and neither does a build on whatever machine.
  if (found.length > 0) return found;
  // Filled in when it is deployed: where it runs is said, and not on which CPU.
  const runtime = runtimes.find(({ how }) => how === 'open');
  const open = runtime === undefined ? {} : { runtime, at: runtime.at };
  return USUAL.map((platform) => ({ platform, because: 'assumed', ...open }));
}

/**
 * The same for each of several Dockerfiles, by its path: what is built from another says nothing of it, and where the
 * runtimes have different CPUs nothing here says on which of them its image runs.
 */
export function wantedIn({ images, runtimes, builds }: Found): (path: string) => readonly WantedPlatform[] {
  if (images.length <= 1) {
    const all = wantedPlatforms({ runtimes, builds });
    return () => all;
  }
  const sets = new Set(runtimes.map(({ platforms }) => platforms.map(formatPlatform).sort().join(' ')));
  // All want the same: one speaks for them.
  const shared = sets.size === 1 ? runtimes.slice(0, 1) : [];
  // The first of those that say the same speaks for them: a thousand workflows are asked about each Dockerfile.
  const each = new Map<string, FoundBuild>();
  for (const build of builds) {
    const key = `${fileOfBuild(build) ?? ''} ${build.platforms.map(formatPlatform).join(' ')}`;
    if (!each.has(key)) each.set(key, build);
  }
  const different = [...each.values()];
  const named = new Set(
    different.flatMap((build) =>
      build.trial || build.platforms.length === 0 ? [] : (fileOfBuild(build)?.replace(/^\.\//, '') ?? []),
    ),
  );
  return (path) =>
    wantedPlatforms({
      runtimes: shared,
      builds: different.filter((build) => {
        const file = fileOfBuild(build);
        // One that is not seen may be any that no other names.
        return file === undefined ? !named.has(path) : sameFile(file, path);
      }),
    });
}

const WORD_IN_FILE = new RegExp(cpuWord, 'g');
/** `rpm-arm64/Dockerfile`. */
const END_OF_FOLDER = new RegExp(`[-_.]${cpuWord}$`);

/**
 * `arm64v8/Dockerfile`, `rpm-arm64/Dockerfile`, `Dockerfile.amd64`: there is one for each CPU, and this one is built for its own. Two in a name
 * (`Dockerfile.cross-x64-arm64`) say from which to which it compiles: for neither it is held against the file.
 */
export function ofItsPath(path: string, wanted: readonly WantedPlatform[]): readonly WantedPlatform[] {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  const own = folders.flatMap((one) => (Object.hasOwn(cpuWords, one) ? one : (END_OF_FOLDER.exec(one)?.[1] ?? [])));
  const words = [...(file.match(WORD_IN_FILE) ?? []), ...own];
  const named = [...new Set(words.map((word) => formatPlatform(cpuWords[word]!)))];
  if (named.length === 0) return wanted;
  return wanted.filter(({ platform }) => named.length === 1 && formatPlatform(platform) === named[0]);
}

/** The same from platforms that somebody named. */
export function askedPlatforms(platforms: readonly Platform[]): readonly WantedPlatform[] {
  return platforms.map((platform) => ({ platform, because: 'asked' }));
}

/** `linux/arm64` of each, for sentences. */
export const namesOf = (wanted: readonly WantedPlatform[]): readonly string[] =>
  wanted.map(({ platform }) => formatPlatform(platform));
