import { formatPlatform, normalizePlatform } from '../core/index.ts';
import { type TargetId, targets } from '../target/index.ts';
import type { FoundImage, FoundRuntime } from './found.ts';
import type { Repository } from './repository.ts';

/** What a `rightarch.yaml` for a repository would say: found, not invented. */
export interface Proposal {
  readonly images: readonly ProposedImage[];
  readonly targets: readonly ProposedTarget[];
}

export interface ProposedImage {
  readonly name: string;
  readonly context: string;
  /** Relative to the context; undefined where it is the usual `Dockerfile`. */
  readonly dockerfile: string | undefined;
  readonly source: FoundImage;
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
}

/** Proposes names and targets from what was found. `folder` is the name of the repository's folder. */
export function proposeProject(found: Repository, folder: string): Proposal {
  const images = uniqueNames(found.images.map((image) => proposeImage(image, found, folder)));
  return { images, targets: uniqueNames(found.runtimes.map((runtime) => proposeTarget(runtime, images))) };
}

function proposeImage(source: FoundImage, { builds }: Repository, folder: string): ProposedImage {
  const parts = source.dockerfile.split('/');
  const file = parts.pop() ?? 'Dockerfile';
  const own = parts.length === 0 ? '.' : parts.join('/');
  const build = builds.find(({ dockerfile }) => dockerfile === source.dockerfile);
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

function proposeTarget(found: FoundRuntime, images: readonly ProposedImage[]): ProposedTarget {
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
