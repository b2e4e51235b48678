import { formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import type { Found, FoundRuntime, Place } from './found.ts';

/** A platform that an image must have, and who says so. */
export interface WantedPlatform {
  readonly platform: Platform;
  /** `asked` by a flag or rightarch.yaml, by a `runtime` of the sources, by a command that `built` for it, or nobody: `assumed`. */
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
  for (const { platforms, at } of builds) for (const platform of platforms) add({ platform, because: 'built', at });
  // A runtime on nodes of any CPU says nothing, and neither does a build on whatever machine.
  if (found.length === 0) return USUAL.map((platform) => ({ platform, because: 'assumed' }));
  return found;
}

/** The same from platforms that somebody named. */
export function askedPlatforms(platforms: readonly Platform[]): readonly WantedPlatform[] {
  return platforms.map((platform) => ({ platform, because: 'asked' }));
}

/** `linux/arm64` of each, for sentences. */
export const namesOf = (wanted: readonly WantedPlatform[]): readonly string[] =>
  wanted.map(({ platform }) => formatPlatform(platform));
