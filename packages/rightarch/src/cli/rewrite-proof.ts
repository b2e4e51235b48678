import type { BuildRequest } from '../build/index.ts';
import { formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { type Image, type ImageTree, openLayout, openTree } from '../oci/index.ts';
import {
  type BuiltSide,
  compareRebuilt,
  type ImageProof,
  packagesKeep,
  type Rebuilt,
  type Verdict,
} from '../proof/index.ts';
import { contentDigests, type LayerFacts, openBudget, scanImage } from '../scan/index.ts';
import { prove } from './proving.ts';
import type { Unproven } from './rewriting.ts';
import { scanCacheOf } from './scan-cache.ts';
import type { Session } from './session.ts';

/** What both builds left for one platform, as far as it is the same. */
export interface ProvedPlatform extends Omit<Rebuilt, 'differences'> {
  readonly platform: Platform;
  /** The proof of both. */
  readonly verdict: Verdict;
}

/** Lays two builds beside each other, for every platform: the first that differs ends it. */
export async function compareBuilds(
  session: Session,
  { platforms }: BuildRequest,
  places: { readonly original: string; readonly rewritten: string },
): Promise<{ readonly platforms: readonly ProvedPlatform[]; readonly differs?: Unproven }> {
  const [original, rewritten] = [await openBuilt(session, places.original), await openBuilt(session, places.rewritten)];
  try {
    const proved: ProvedPlatform[] = [];
    for (const { platform } of platforms) {
      const name = formatPlatform(platform);
      const { differences, ...same } = await compareOne(session, platform, original, rewritten);
      const [first] = differences;
      if (first !== undefined) {
        const { path, what } = first;
        const shown = (side: string): string => (what === 'missing' || what === 'added' ? side : `${what} ${side}`);
        const found = {
          original: first.original && shown(first.original),
          rewritten: first.rewritten && shown(first.rewritten),
        };
        return {
          platforms: [],
          differs: { why: 'differs', platform: name, path, ...found, more: differences.length - 1 },
        };
      }
      const [before, after] = [verdictFor(original.proof, platform), verdictFor(rewritten.proof, platform)];
      if (before !== after)
        return { platforms: [], differs: { why: 'verdict', platform: name, original: before, rewritten: after } };
      proved.push({ platform, verdict: after, ...same });
    }
    return { platforms: proved };
  } finally {
    await original.tree.source.close();
    await rewritten.tree.source.close();
  }
}

interface Built {
  readonly tree: ImageTree;
  readonly proof: ImageProof;
}

async function openBuilt(session: Session, directory: string): Promise<Built> {
  const call = { signal: session.shell.signal };
  const source = openLayout(directory);
  try {
    const tree = await openTree(source, await source.resolve(undefined, call), call);
    const { proof } = await prove(session, tree, `oci:${directory}`, {});
    return { tree, proof };
  } catch (error) {
    await source.close();
    throw error;
  }
}

const verdictFor = ({ platforms }: ImageProof, platform: Platform): Verdict =>
  platforms.find((one) => one.platform !== undefined && samePlatform(one.platform, platform))?.verdict ?? 'undecided';

async function compareOne(session: Session, platform: Platform, one: Built, other: Built): Promise<Rebuilt> {
  const once = { shared: new Map<string, Promise<LayerFacts>>(), budget: openBudget() };
  const [left, right] = [imageFor(one, platform), imageFor(other, platform)];
  const own = (image: Image): ReadonlySet<unknown> => new Set(image.layers.map(({ descriptor }) => descriptor.digest));
  const side = async ({ tree }: Built, image: Image, others: ReadonlySet<unknown>): Promise<BuiltSide> => {
    const { signal } = session.shell;
    const layers = await scanImage(tree, image, { keep: packagesKeep, cache: scanCacheOf(session), signal, ...once });
    const contents: (ReadonlyMap<string, string> | undefined)[] = [];
    for (const layer of image.layers)
      contents.push(
        others.has(layer.descriptor.digest) ? undefined : await contentDigests(tree.source, layer, { signal }),
      );
    return { image, platform, layers, contents };
  };
  return compareRebuilt(await side(one, left, own(right)), await side(other, right, own(left)));
}

function imageFor({ tree }: Built, platform: Platform): Image {
  const [first] = tree.images;
  const found = tree.images.find(({ entryPlatform, declared }) => {
    const has = entryPlatform ?? declared;
    return has !== undefined && samePlatform(has, platform);
  });
  // Of one platform an engine leaves the image alone, and it says its platform itself.
  const image = found ?? (tree.images.length === 1 ? first : undefined);
  if (image === undefined) throw new Error(`the engine left no image for ${formatPlatform(platform)}`);
  return image;
}
