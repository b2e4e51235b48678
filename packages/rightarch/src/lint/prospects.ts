import { formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { targets } from '../target/index.ts';
import { type FoundBuild, type FoundImage, type FoundRuntime, type Place, sameFile } from './found.ts';
import type { Repository } from './repository.ts';

/**
 * What can be expected of a repository, from its sources alone: data for the front door, put into words there.
 * `fails` names a runtime, the CPU it has, the CPU that it would be given, and the message that it will print.
 */
export type Prospect =
  | {
      readonly kind: 'fails';
      readonly runtime: FoundRuntime;
      readonly given: Platform;
      readonly because: 'pinned' | 'built' | 'host';
      readonly at: Place;
      readonly message: string | undefined;
    }
  | {
      readonly kind: 'holds-by-pin';
      readonly runtime: FoundRuntime;
      readonly pinned: Platform;
      readonly at: Place;
      readonly other: Platform | undefined;
    }
  | {
      readonly kind: 'index-refused';
      readonly runtime: FoundRuntime;
      readonly at: Place;
      readonly message: string | undefined;
    }
  | {
      readonly kind: 'stages-differ';
      readonly image: FoundImage;
      readonly at: Place;
      readonly first: Platform;
      readonly final: Platform | undefined;
    }
  | { readonly kind: 'final-on-builder'; readonly image: FoundImage; readonly at: Place }
  | {
      readonly kind: 'no-such-cpu';
      readonly runtime: FoundRuntime;
      readonly built: Platform;
      readonly at: Place;
      readonly source: string;
      readonly checked: string;
    };

/** Judges images against runtimes. `host` is the platform that a plain `docker build` on this machine makes. */
export function judgeRepository(found: Repository, host: Platform): readonly Prospect[] {
  const prospects: Prospect[] = [];
  for (const image of found.images) {
    if (image.onBuilder !== undefined) prospects.push({ kind: 'final-on-builder', image, at: image.onBuilder });
    const other = image.otherPins.find(
      ({ platform }) => image.pinned === undefined || !samePlatform(platform, image.pinned.platform),
    );
    if (other !== undefined)
      prospects.push({
        kind: 'stages-differ',
        image,
        at: other.at,
        first: other.platform,
        final: image.pinned?.platform,
      });
  }
  // With several images nothing here says which one runs where: only a single one is judged against the runtimes.
  const image = found.images.length === 1 ? found.images[0] : undefined;
  for (const runtime of found.runtimes) {
    const platform = runtime.platforms[0];
    if (platform === undefined) continue;
    const facts = targets[runtime.runtime];
    const builds = found.builds.filter(
      ({ dockerfile }) => image === undefined || dockerfile === undefined || sameFile(dockerfile, image.dockerfile),
    );
    const message = facts.mismatch.single === 'unknown' ? undefined : facts.mismatch.single.value;
    const builtOnly = onlyPlatformBuilt(builds);
    if (image?.pinned !== undefined) {
      const { platform: pinned, at } = image.pinned;
      if (samePlatform(pinned, platform)) {
        const otherCpu = facts.platforms.value.find((one) => !samePlatform(one, pinned));
        prospects.push({ kind: 'holds-by-pin', runtime, pinned, at, other: otherCpu });
      } else prospects.push({ kind: 'fails', runtime, given: pinned, because: 'pinned', at, message });
    } else if (
      builtOnly !== undefined &&
      !samePlatform(builtOnly.platform, platform) &&
      !oneOf(builtOnly.platform, runtime.platforms)
    ) {
      const { platforms } = facts;
      if (oneOf(builtOnly.platform, platforms.value))
        prospects.push({
          kind: 'fails',
          runtime,
          given: builtOnly.platform,
          because: 'built',
          at: builtOnly.at,
          message,
        });
      else
        prospects.push({
          kind: 'no-such-cpu',
          runtime,
          built: builtOnly.platform,
          at: builtOnly.at,
          source: platforms.source,
          checked: platforms.checked,
        });
    } else if (
      found.images.length > 0 &&
      !builds.some(({ platforms, builder }) => platforms.length > 0 || builder !== undefined) &&
      !samePlatform(host, platform)
    ) {
      prospects.push({
        kind: 'fails',
        runtime,
        given: host,
        because: 'host',
        at: found.images[0]!.pinned?.at ?? { file: found.images[0]!.dockerfile, line: 1 },
        message,
      });
    }
    const several = builds.find(({ platforms }) => platforms.length > 1);
    if (several !== undefined && facts.index !== 'unknown' && facts.index.value === 'rejected') {
      prospects.push({
        kind: 'index-refused',
        runtime,
        at: several.at,
        message: facts.mismatch.index === 'unknown' ? undefined : facts.mismatch.index.value,
      });
    }
  }
  return prospects;
}

const oneOf = (platform: Platform, list: readonly Platform[]): boolean =>
  list.some((one) => samePlatform(one, platform));

/** The one platform that every build with a known platform makes; undefined where they differ or none is known. */
function onlyPlatformBuilt(
  builds: readonly FoundBuild[],
): { readonly platform: Platform; readonly at: Place } | undefined {
  const known = builds.flatMap(({ platforms, builder, at }) => {
    const made = platforms.length > 0 ? platforms : builder === undefined ? [] : [builder];
    return made.map((platform) => ({ platform, at }));
  });
  const names = new Set(known.map(({ platform }) => formatPlatform(platform)));
  return names.size === 1 ? known[0] : undefined;
}
