import { formatPlatform, normalizePlatform, type Platform, samePlatform } from '../core/index.ts';
import { type TargetId, targets } from '../target/index.ts';
import { type FoundImage, type FoundRuntime, type Place, sameFile } from './found.ts';
import { type NamedImage, type Publication, publicationsOf } from './publication.ts';
import type { Repository } from './repository.ts';

/** What a `rightarch.yaml` for a repository would say: found, not invented. */
export interface Proposal {
  readonly images: readonly ProposedImage[];
  readonly targets: readonly ProposedTarget[];
}

export interface ProposedImage extends NamedImage {
  readonly publication: Publication;
  /** What its builds name; empty where they name none, or the targets need the same. */
  readonly platforms: readonly KnownPlatform[];
}

export interface ProposedTarget {
  readonly name: string;
  readonly runtime: TargetId;
  /** CPU words; empty where the nodes decide and nobody names them. */
  readonly architecture: readonly string[];
  /** Whether the runtime has a choice of CPUs at all. */
  readonly choice: boolean;
  /** The image that runs there, where a name tells; undefined where the user has to say. */
  readonly image: string | undefined;
  /** How its CPU is known, and where; undefined where a person named the runtime. */
  readonly how: FoundRuntime['how'] | undefined;
  readonly at: Place | undefined;
}

export interface KnownPlatform {
  readonly platform: Platform;
  readonly at: Place;
}

/** Proposes names and targets from what was found. `folder` is the name of the repository's folder. */
export function proposeProject(found: Repository, folder: string): Proposal {
  const named = uniqueNames(found.images.map((image) => nameImage(image, found, folder)));
  const targets = uniqueNames(found.runtimes.map((runtime) => proposeTarget(runtime, named)));
  const publications = publicationsOf(named, targets, found.names, folder);
  const images = named.map((image, i) => ({
    ...image,
    publication: publications[i]!,
    platforms: promised(image, named.length, targets, found),
  }));
  return { images, targets };
}

/** The platforms that the builds of an image name, where that is more than its targets need. */
function promised(
  image: NamedImage,
  images: number,
  targets: readonly ProposedTarget[],
  { builds, runtimes }: Repository,
): readonly KnownPlatform[] {
  const own = builds.filter(
    ({ dockerfile, platforms }) =>
      platforms.length > 0 && (dockerfile === undefined ? images === 1 : sameFile(dockerfile, image.source.dockerfile)),
  );
  const needed = runtimes.filter((_, i) => targets[i]?.image === image.name).flatMap(({ platforms }) => platforms);
  const missing = (list: readonly Platform[], from: readonly Platform[]): boolean =>
    list.some((one) => !from.some((other) => samePlatform(one, other)));
  // Builds that disagree say nothing about the image, unless one makes all that the others make.
  const whole = own.find(({ platforms }) => own.every((other) => !missing(other.platforms, platforms)));
  if (whole === undefined || !missing(whole.platforms, needed) || missing(needed, whole.platforms)) return [];
  return whole.platforms.map((platform) => ({ platform, at: whole.at }));
}

function nameImage(source: FoundImage, { builds }: Repository, folder: string): NamedImage {
  const parts = source.dockerfile.split('/');
  const file = parts.pop() ?? 'Dockerfile';
  const own = parts.length === 0 ? '.' : parts.join('/');
  const build = builds.find(({ dockerfile }) => dockerfile?.replace(/^\.\//, '') === source.dockerfile);
  const context = build?.context?.replace(/^\.\//, '').replace(/\/$/, '') || own;
  const inside = context === '.' ? source.dockerfile : source.dockerfile.slice(context.length + 1);
  const suffix = /^[^.]+\.(.+)$/.exec(file)?.[1];
  const name = suffix ?? (own === '.' ? folder : (parts.at(-1) ?? folder));
  return { name: imageName(name), context, dockerfile: inside === 'Dockerfile' ? undefined : inside, source };
}

/** A name that may stand in a repository name: lower case, no blanks. */
function imageName(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[._-]+|[._-]+$/g, '') || 'app'
  );
}

function proposeTarget(found: FoundRuntime, images: readonly NamedImage[]): ProposedTarget {
  const { runtime } = found;
  const words = new Set([runtime, ...targets[runtime].aliases, found.name ?? '']);
  const named = images.find(
    ({ name }) => words.has(name) || (runtime === 'kubernetes' && ['eks', 'gke', 'aks', 'k8s'].includes(name)),
  );
  const choice = targets[runtime].platforms.value.length > 1;
  const architecture = choice
    ? found.platforms.map((platform) => {
        const { architecture: cpu, variant } = normalizePlatform(platform);
        return variant === undefined ? cpu : formatPlatform(platform).replace(/^linux\//, '');
      })
    : [];
  return {
    name: imageName(named?.name ?? found.name ?? runtime),
    runtime,
    architecture,
    choice,
    image: images.length === 1 ? images[0]?.name : named?.name,
    how: found.how,
    at: found.at,
  };
}

function uniqueNames<Named extends { readonly name: string }>(list: readonly Named[]): Named[] {
  const seen = new Map<string, number>();
  return list.map((one) => {
    const count = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, count);
    return count === 1 ? one : { ...one, name: `${one.name}-${count}` };
  });
}
