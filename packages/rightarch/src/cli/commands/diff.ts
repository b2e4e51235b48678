import { formatPlatform, type Platform, samePlatform } from '../../core/index.ts';
import { failure, printable } from '../../messages/index.ts';
import type { Image, ImageTree } from '../../oci/index.ts';
import { type ComparedSide, compareTrees, packagesKeep } from '../../proof/index.ts';
import { type Comparison, comparisonJson, renderComparison } from '../../report/index.ts';
import { type LayerFacts, openBudget, type ScanImageOptions, scanImage } from '../../scan/index.ts';
import { type OpenedImage, openImage, openOptions } from '../access.ts';
import { builtLocator, lastBuilt } from '../built.ts';
import type { ExitStatus } from '../exit.ts';
import { readPlatforms } from '../jobs.ts';
import { watchBytes } from '../proving.ts';
import { scanCacheOf } from '../scan-cache.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';

/**
 * `diff`: what differs between two platforms of an image, or between two images. Status 1 where machine code of one CPU
 * stands on both sides.
 */
export async function diff(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  // Of several images that were built last, each is compared with itself.
  const groups = words.length > 0 ? [words] : lastBuilt(session).map((one) => [builtLocator(session, one)]);
  const options = await openOptions(session);
  const opened: OpenedImage[] = [];
  try {
    const pairs: (readonly [Side, Side])[] = [];
    const alone: OpenedImage[] = [];
    for (const names of groups) {
      const images: OpenedImage[] = [];
      for (const name of names) {
        const image = await openImage(session, name, options);
        opened.push(image);
        images.push(image);
      }
      const asked = readPlatforms(flags);
      if (groups.length > 1 && asked.length === 0 && sidesOf(images[0]!, []).length < 2) alone.push(...images);
      else pairs.push(...pairsOf(images, asked));
    }
    if (pairs.length === 0)
      throw nothingToCompare(
        alone,
        alone.map((one) => sidesOf(one, [])),
        groups.length,
      );
    const comparisons: Comparison[] = [];
    for (const [left, right] of pairs) {
      const once = { shared: new Map<string, Promise<LayerFacts>>(), budget: openBudget() };
      const [one, other] = [
        await readSide(session, left, flags['no-cache'] === true, once),
        await readSide(session, right, flags['no-cache'] === true, once),
      ];
      comparisons.push({ left: one, right: other, found: compareTrees(one, other) });
    }
    if (session.json) {
      const values = comparisons.map(comparisonJson);
      session.printJson(values.length === 1 ? values[0] : values);
    } else {
      const named = groups.length > 1;
      const texts = comparisons.map((one) => renderComparison(session.page, one));
      session.print(
        texts.map((text, i) => (named ? `${printable(comparisons[i]!.left.name)}\n${text}` : text)).join('\n\n'),
      );
    }
    return comparisons.some(({ found }) => found.sameCode.length > 0) ? 1 : 0;
  } finally {
    for (const image of opened) await image.close();
  }
}

interface Side {
  readonly name: string;
  readonly tree: ImageTree;
  readonly image: Image;
  readonly platform: Platform;
}

/** Two platforms of one image, the first beside each other one; or the platforms that two images have in common. */
function pairsOf(opened: readonly OpenedImage[], asked: readonly Platform[]): readonly (readonly [Side, Side])[] {
  const [first, second] = opened.map((one) => sidesOf(one, opened.length === 1 || asked.length > 0 ? asked : []));
  if (first === undefined) return [];
  if (second === undefined) {
    const [left, ...others] = first;
    if (left !== undefined && others.length > 0) return others.map((right) => [left, right]);
    throw nothingToCompare(opened, [first]);
  }
  const common = first.flatMap((left) => {
    const right = second.find(({ platform }) => samePlatform(platform, left.platform));
    return right === undefined ? [] : [[left, right] as const];
  });
  if (common.length > 0) return common;
  const [left, right] = [first[0], second[0]];
  // One platform each: that they differ is then what was asked.
  if (left !== undefined && right !== undefined && first.length === 1 && second.length === 1) return [[left, right]];
  throw nothingToCompare(opened, [first, second]);
}

function sidesOf({ name, tree }: OpenedImage, asked: readonly Platform[]): readonly Side[] {
  const sides = tree.images.flatMap((image): Side[] => {
    const platform = image.entryPlatform ?? image.declared;
    return platform === undefined || platform.os !== 'linux' ? [] : [{ name, tree, image, platform }];
  });
  if (asked.length === 0) return sides;
  return asked.map((platform) => {
    const side = sides.find((one) => samePlatform(one.platform, platform));
    if (side !== undefined) return side;
    const args = { platform: formatPlatform(platform), found: sides.map((one) => formatPlatform(one.platform)) };
    throw failure('proof/platform-missing', args, { in: 'image', image: name, platform }, 'request');
  });
}

function nothingToCompare(opened: readonly OpenedImage[], sides: readonly (readonly Side[])[], groups = 1): Error {
  const images = opened.map(({ name }, i) => ({
    name,
    platforms: (sides[i] ?? []).map(({ platform }) => formatPlatform(platform)),
  }));
  const at = { in: 'image', image: opened[0]?.name ?? '' } as const;
  const alone = opened.length === 1 || groups > 1;
  return failure('cli/nothing-to-compare', { images, alone }, at, 'request');
}

async function readSide(
  session: Session,
  { name, tree, image, platform }: Side,
  noCache: boolean,
  once: Pick<ScanImageOptions, 'shared' | 'budget'>,
): Promise<ComparedSide & { readonly name: string }> {
  const layers = await watchBytes(session, tree, name, (onBytes) =>
    scanImage(tree, image, {
      keep: packagesKeep,
      cache: noCache ? undefined : scanCacheOf(session),
      signal: session.shell.signal,
      onBytes,
      ...once,
    }),
  );
  return { name, image, platform, layers };
}
