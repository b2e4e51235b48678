import { type Diagnostic, Failure, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { diagnostic, failure } from '../messages/index.ts';
import { type CallOptions, type Descriptor, isIndexType, openTree } from '../oci/index.ts';
import { currentTag, type RegistryRepository } from '../oci/registry/index.ts';

/** What a name is to become. */
export interface Wanted {
  readonly descriptor: Descriptor;
  readonly platforms: readonly Platform[];
}

export interface ChangeRules {
  readonly drop: readonly Platform[];
  readonly refuseKindChange: boolean;
}

/** What a name points at today, and what there is to say about moving it. */
export interface TagChange {
  readonly before: Descriptor | undefined;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Compares a name with what it is to become. Throws where platforms would be lost that nobody gave up, or the kind
 * would change where that is refused.
 */
export async function planTagChange(
  repository: RegistryRepository,
  tag: string,
  wanted: Wanted,
  rules: ChangeRules,
  call: CallOptions = {},
): Promise<TagChange> {
  const before = await currentTag((name, options) => repository.resolve(name, options), tag, call);
  if (before === undefined || before.digest === wanted.descriptor.digest) return { before, warnings: [] };
  const reference = `${repository.name}:${tag}`;
  const at = { in: 'image', image: reference } as const;
  const there = await platformsOf(repository, before, call);
  const gone = there.filter(
    (platform) => ![...wanted.platforms, ...rules.drop].some((one) => samePlatform(one, platform)),
  );
  if (gone.length > 0) {
    const lost = [...new Set(gone.map(formatPlatform))].sort();
    const kept = wanted.platforms.map(formatPlatform);
    throw failure('registry/platform-lost', { reference, lost, kept }, at, 'request');
  }
  const from = isIndexType(before.mediaType) ? 'index' : 'manifest';
  const to = isIndexType(wanted.descriptor.mediaType) ? 'index' : 'manifest';
  if (from === to) return { before, warnings: [] };
  if (rules.refuseKindChange) {
    throw failure('registry/tag-kind-changed', { reference, from, to }, at, 'request', { severity: 'error' });
  }
  return { before, warnings: [diagnostic('registry/tag-kind-changed', { reference, from, to }, at)] };
}

/** The platforms that can be pulled by a name today. What the config says counts; where it is unreadable, the entry. */
async function platformsOf(repository: RegistryRepository, root: Descriptor, call: CallOptions): Promise<Platform[]> {
  try {
    const tree = await openTree(repository, root, call);
    const images = tree.images.map(({ declared, entryPlatform }) => declared ?? entryPlatform);
    const others = tree.others.map(({ platform }) => platform);
    return [...images, ...others].filter((platform) => platform !== undefined);
  } catch (error) {
    // Nobody can pull what cannot be read, so nothing is lost; a network that fails is another matter.
    if (error instanceof Failure && /^(?:image\/|registry\/not-found)/.test(error.diagnostic.code)) return [];
    throw error;
  }
}
