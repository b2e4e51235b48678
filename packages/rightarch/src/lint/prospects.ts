import type { ResolvedProject } from '../config/index.ts';
import { formatPlatform, type Location, type Platform, relativePath, samePlatform } from '../core/index.ts';
import { targets } from '../target/index.ts';
import { runsOwn } from './foreign.ts';
import {
  beginningOf,
  type Found,
  type FoundBuild,
  type FoundImage,
  type FoundRuntime,
  fileOfBuild,
  imageOfStage,
  type Place,
  placeOf,
  sameFile,
} from './found.ts';
import { nameBuilds, ownBuilds } from './own-builds.ts';

/**
 * What can be expected of a repository, from its sources alone: data for the front door, put into words there.
 * `fails` names a runtime, the CPU it has, the CPU that it would be given, and the message that it will print.
 */
export type Prospect =
  | {
      readonly kind: 'fails';
      readonly runtime: FoundRuntime;
      readonly given: Platform;
      /** What other builds of it are for, of which none is right either. */
      readonly beside?: readonly Platform[];
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
      readonly built: readonly Platform[];
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

type Seen = Pick<Found, 'images' | 'runtimes' | 'builds'> & { readonly names?: Found['names'] };

/** Judges images against runtimes. `host` is the platform that a plain `docker build` on this machine makes. */
export function judgeRepository(found: Seen, host: Platform): readonly Prospect[] {
  const built = builtIn(found);
  const { names = [], images } = found;
  // Of several images those that are built may be others than the one that runs there, unless each of them is built.
  const isBuilt = (runtime: FoundRuntime): boolean =>
    images.length < 2 || built.all >= images.length || runsOwn(runtime, names, images);
  // Of one image all builds are its own.
  const named = nameBuilds(found.builds, images.length > 1 ? names : []);
  return [
    ...found.images.flatMap(judgeImage),
    ...found.runtimes.flatMap((runtime) => {
      const own = ownBuilds(runtime, named);
      if (own.length > 0) {
        const file = runtime.dockerfile ?? fileOfBuild(own[0]!);
        const image = images.filter(({ dockerfile }) => file !== undefined && sameFile(file, dockerfile));
        return judgeCpu(runtime, builtIn({ images: image, runtimes: [], builds: own }), host);
      }
      return [
        ...judgeCpu(runtime, isBuilt(runtime) ? built : { ...built, only: undefined, union: [] }, host),
        ...judgeIndex(runtime, built),
      ];
    }),
  ];
}

/**
 * What can be expected of the images of rightarch.yaml on their targets, in all environments, each once. Judged is the
 * stage that `target` names, else the last. `file` is what its lines are shown under.
 */
export function judgeDeclared(
  file: string,
  resolved: readonly ResolvedProject[],
  images: readonly FoundImage[],
  host: Platform,
): readonly Prospect[] {
  const place = (at: Location): Place => (at.in === 'file' ? placeOf(file, at) : beginningOf(file));
  const all = resolved.flatMap(({ directory, images: declared, targets: own }) =>
    declared.flatMap((image) => {
      const dockerfile = relativePath(directory, image.dockerfile);
      const whole = images.find((one) => one.dockerfile === dockerfile);
      const source = whole === undefined || image.stage === undefined ? whole : imageOfStage(whole, image.stage);
      if (source === undefined) return [];
      const platforms = image.platforms.map(({ platform }) => platform);
      const build = { platforms, builder: host, dockerfile, context: undefined, at: place(image.at) };
      const built = builtIn({ images: [source], runtimes: [], builds: [build] });
      const prospects = own
        .filter((target) => target.image === image.name)
        .flatMap(({ name, ask, at }) => {
          const { target, platforms } = ask;
          const runtime: FoundRuntime = { runtime: target.id, name, platforms, how: 'declared', at: place(at) };
          // What somebody answers for in `assume:` is not foretold.
          const isAnswered = ask.assume?.index !== undefined;
          return [...judgeCpu(runtime, built, host), ...(isAnswered ? [] : judgeIndex(runtime, built))];
        });
      return [...judgeImage(source), ...prospects];
    }),
  );
  const texts = all.map((one) => JSON.stringify(one));
  return all.filter((_, i) => texts.indexOf(texts[i] ?? '') === i);
}

/** Runtimes of the sources that rightarch.yaml says nothing about. A manifest of Kubernetes is one of any cluster. */
export function undeclaredRuntimes(
  runtimes: readonly FoundRuntime[],
  resolved: readonly ResolvedProject[],
): readonly FoundRuntime[] {
  const said = resolved.flatMap((project) => project.targets.map(({ ask }) => ask.target));
  return runtimes.filter(
    ({ runtime }) =>
      !said.some(({ id, family }) => id === runtime || (runtime === 'kubernetes' && family === 'kubernetes')),
  );
}

function judgeImage(image: FoundImage): readonly Prospect[] {
  const prospects: Prospect[] = [];
  if (image.onBuilder !== undefined) prospects.push({ kind: 'final-on-builder', image, at: image.onBuilder });
  const other = image.stages
    .flatMap(({ pinned }) => pinned ?? [])
    .find(({ platform }) => image.pinned === undefined || !samePlatform(platform, image.pinned.platform));
  if (other !== undefined)
    prospects.push({
      kind: 'stages-differ',
      image,
      at: other.at,
      first: other.platform,
      final: image.pinned?.platform,
    });
  return prospects;
}

/** The one platform that is built of the one image, or of all; undefined where it is not seen, or there are several. */
export function onlyBuilt(found: Seen): { readonly platform: Platform; readonly at: Place } | undefined {
  const { image, only } = builtIn(found);
  return image?.pinned ?? only;
}

/** What is built here, gone through once however many runtimes are held against it. */
interface Built {
  /** With several images nothing here says which one runs where: only a single one is judged against the runtimes. */
  readonly image: FoundImage | undefined;
  readonly first: FoundImage | undefined;
  /** The one platform that all builds of it make. */
  readonly only: { readonly platform: Platform; readonly at: Place } | undefined;
  /** All platforms that its builds make, each once; none where one of them is not seen. */
  readonly union: readonly { readonly platform: Platform; readonly at: Place }[];
  /** Whether a command or its runner says a platform: else the machine of whoever types it does. */
  readonly isSaid: boolean;
  /** How many builds there are. */
  readonly all: number;
  /** A build for several platforms. */
  readonly several: FoundBuild | undefined;
}

function builtIn({ images, builds: all }: Seen): Built {
  const image = images.length === 1 ? images[0] : undefined;
  const builds = all.filter(
    ({ dockerfile }) => image === undefined || dockerfile === undefined || sameFile(dockerfile, image.dockerfile),
  );
  const published = builds.filter(({ trial }) => !trial);
  return {
    image,
    first: images[0],
    // Of several images one whose platform is not said may be the one that runs there.
    only: images.length > 1 && published.some(isUnsaid) ? undefined : onlyPlatformBuilt(published),
    union: published.some(isUnsaid) ? [] : platformsBuilt(published),
    all: builds.length,
    isSaid: builds.some(({ platforms, unseen, builder }) => platforms.length > 0 || unseen || builder !== undefined),
    several: published.find(({ platforms }) => platforms.length > 1),
  };
}

/** The CPU that an image would have on a runtime, against the one that the runtime has. */
function judgeCpu(
  runtime: FoundRuntime,
  { image, first, only, union, isSaid }: Built,
  host: Platform,
): readonly Prospect[] {
  const platform = runtime.platforms[0];
  if (platform === undefined) return [];
  // Pods on Windows run another image than the one that is built for Linux here, whatever the CPU.
  const of = image?.pinned?.platform ?? only?.platform ?? host;
  if (of.os !== platform.os) return [];
  const { platforms, mismatch } = targets[runtime.runtime];
  const message = mismatch.single === 'unknown' ? undefined : mismatch.single.value;
  if (image?.pinned !== undefined) {
    const { platform: pinned, at } = image.pinned;
    if (!samePlatform(pinned, platform))
      return [{ kind: 'fails', runtime, given: pinned, because: 'pinned', at, message }];
    const other = platforms.value.find((one) => !samePlatform(one, pinned));
    return [{ kind: 'holds-by-pin', runtime, pinned, at, other }];
  }
  if (only !== undefined && !samePlatform(only.platform, platform) && !oneOf(only.platform, runtime.platforms)) {
    if (oneOf(only.platform, platforms.value))
      return [{ kind: 'fails', runtime, given: only.platform, because: 'built', at: only.at, message }];
    const { source, checked } = platforms;
    return [{ kind: 'no-such-cpu', runtime, built: only.platform, at: only.at, source, checked }];
  }
  const [one, ...others] = union.filter((other) => other.platform.os === platform.os);
  const isThere = [one, ...others].some((made) => made && mayRunOn(made.platform, runtime.platforms));
  if (one !== undefined && others.length > 0 && !isThere) {
    const beside = others.map((other) => other.platform);
    return [{ kind: 'fails', runtime, given: one.platform, beside, because: 'built', at: one.at, message }];
  }
  if (first === undefined || samePlatform(host, platform) || isSaid) return [];
  const at = first.pinned?.at ?? beginningOf(first.dockerfile);
  return [{ kind: 'fails', runtime, given: host, because: 'host', at, message }];
}

function judgeIndex(runtime: FoundRuntime, { several }: Built): readonly Prospect[] {
  const { index, mismatch } = targets[runtime.runtime];
  if (runtime.platforms.length === 0 || several === undefined) return [];
  if (index === 'unknown' || index.value !== 'rejected') return [];
  const message = mismatch.index === 'unknown' ? undefined : mismatch.index.value;
  const { platforms: built, at, platformsAt = at } = several;
  return [{ kind: 'index-refused', runtime, built, at: platformsAt, message }];
}

const oneOf = (platform: Platform, list: readonly Platform[]): boolean =>
  list.some((one) => samePlatform(one, platform));

/**
 * Of its architecture, or the 32 bits of that: containerd takes `arm/v7` of an index on an arm64 machine that has no better one,
 * and many of those run it (github.com/containerd/platforms, compare.go, platformVector, read 2026-11-30).
 */
const mayRunOn = ({ os, architecture }: Platform, platforms: readonly Platform[]): boolean =>
  platforms.some(
    (one) =>
      one.os === os &&
      (one.architecture === architecture ||
        (one.architecture === 'arm64' && architecture === 'arm') ||
        (one.architecture === 'amd64' && architecture === '386')),
  );

const isUnsaid = ({ platforms, builder }: FoundBuild): boolean =>
  platforms.length === 0 && (builder === undefined || builder === 'unknown');

/** The one platform that every build with a known platform makes; undefined where they differ or none is known. */
function onlyPlatformBuilt(
  builds: readonly FoundBuild[],
): { readonly platform: Platform; readonly at: Place } | undefined {
  const [one, ...others] = platformsBuilt(builds);
  return others.length === 0 ? one : undefined;
}

/** Each platform that builds with a known one make, where it is made first. */
function platformsBuilt(builds: readonly FoundBuild[]): readonly { readonly platform: Platform; readonly at: Place }[] {
  if (builds.some(({ unseen }) => unseen)) return [];
  const known = builds.flatMap(({ platforms, builder, at, platformsAt = at }) => {
    const made = platforms.length > 0 ? platforms : builder === undefined || builder === 'unknown' ? [] : [builder];
    return made.map((platform) => ({ platform, at: platforms.length > 0 ? platformsAt : at }));
  });
  return [...new Map(known.toReversed().map((one) => [formatPlatform(one.platform), one])).values()].reverse();
}
