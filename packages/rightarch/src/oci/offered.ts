import { normalizePlatform, type Platform } from '../core/index.ts';
import { documentForm, parseConfig, parseIndex, parseJson, parseManifest } from './documents.ts';
import { isAttestation, isIndexType, isManifestType } from './tree.ts';
import type { CallOptions, Descriptor, ImageSource } from './types.ts';
import { documentLimits, readVerified } from './verified.ts';

/** What a name stands for, as its own documents claim. */
export interface Offered {
  readonly form: 'index' | 'manifest';
  /** Of the images: what attests them is left out. Undefined where one of them does not say its platform. */
  readonly platforms: readonly Platform[] | undefined;
  /** The manifests of an index. */
  readonly entries: readonly Descriptor[];
}

/**
 * The platforms behind a descriptor by the fewest documents that say it: an index says it itself, a single manifest by
 * its config. Whether the images are what they are said to be is not looked at: `openTree` reads all of them.
 */
export async function offeredPlatforms(
  source: ImageSource,
  root: Descriptor,
  options: CallOptions = {},
): Promise<Offered> {
  const at = { in: 'image', image: source.name } as const;
  const raw = await readVerified(source, root, { ...options, at, limit: documentLimits.manifest });
  const place = { document: isIndexType(root.mediaType) ? 'index' : 'manifest', digest: root.digest, at } as const;
  const json = parseJson(raw, place);
  const isIndex =
    isIndexType(root.mediaType) || (!isManifestType(root.mediaType) && documentForm(json).form === 'index');
  if (isIndex) {
    const entries = parseIndex(json, { ...place, document: 'index' }).manifests;
    const platforms = entries.filter((entry) => !isAttestation(entry)).map(({ platform }) => platform);
    return { form: 'index', platforms: known(platforms), entries };
  }
  const { config } = parseManifest(json, place);
  const bytes = await readVerified(source, config, { ...options, at, limit: documentLimits.config });
  const document = { document: 'config', digest: config.digest, at } as const;
  const { os, architecture, variant } = parseConfig(parseJson(bytes, document), document);
  const platform =
    os === undefined || architecture === undefined
      ? undefined
      : { os, architecture, ...(variant === undefined ? {} : { variant }) };
  return { form: 'manifest', platforms: known([platform]), entries: [] };
}

/** All of them, or none. */
const known = (platforms: readonly (Platform | undefined)[]): readonly Platform[] | undefined =>
  platforms.every((one) => one !== undefined) ? (platforms as readonly Platform[]).map(normalizePlatform) : undefined;
