import { type Diagnostic, formatPlatform, type Platform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { Image, ImageTree, Layer } from '../oci/index.ts';
import { isForLinux, platformOf } from './structure.ts';

/** Whether a layer holds machine code, where its bytes were read; undefined where they were not. */
export type HoldsCode = (layer: Layer) => boolean | undefined;

/**
 * A base that is no base: root file systems begin at 1.9 MB (busybox), and what distroless images share rightly (time
 * zones, certificates) ends below 600 kB.
 */
const LEAST_BASE = 1_000_000;
/** Small images are equal in size by chance. */
const LEAST_EQUAL = 100_000;

/**
 * What looks wrong about an index before a layer is read: platforms of different CPUs that are the same bytes, that
 * stand on the same base, or that are equal in size to the byte. Where `holdsCode` knows a layer, it decides.
 */
export function findSmells(tree: ImageTree, holdsCode: HoldsCode = () => undefined): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const images = tree.images.filter(isForLinux);
  for (const [i, one] of images.entries()) {
    for (const other of images.slice(i + 1)) {
      const [a, b] = [platformOf(one), platformOf(other)];
      if (a === undefined || b === undefined || a.architecture === b.architecture) continue;
      const smell = smellOf([one, other], [a, b], tree.source.name, holdsCode);
      if (smell !== undefined) found.push(smell);
    }
  }
  return found;
}

function smellOf(
  [one, other]: readonly [Image, Image],
  pair: readonly [Platform, Platform],
  image: string,
  holdsCode: HoldsCode,
): Diagnostic | undefined {
  const at = { in: 'image', image } as const;
  const platforms = pair.map(formatPlatform);
  const size = sizeOf(one);
  const shared = sharedFromBelow(one, other);
  if (one.layers.length > 0 && shared.length === one.layers.length && one.layers.length === other.layers.length) {
    // With the bytes at hand `proof/same-bytes` tells it, and data alone is for every CPU.
    if (one.layers.some((layer) => holdsCode(layer) !== undefined)) return undefined;
    return diagnostic('image/entries-same', { platforms, layers: one.layers.length, bytes: size }, at);
  }
  const [base] = shared;
  if (base !== undefined && isNoCopy(base) && (holdsCode(base) ?? base.descriptor.size >= LEAST_BASE)) {
    const { descriptor, position, history } = base;
    const instruction = history?.created_by?.replace(/\s+/g, ' ').trim().slice(0, 120);
    return diagnostic(
      'image/base-shared',
      { platforms, bytes: descriptor.size, digest: descriptor.digest, ...(instruction ? { instruction } : {}) },
      { ...at, layer: descriptor.digest, layerIndex: position },
    );
  }
  const isRead = [...one.layers, ...other.layers].every((layer) => holdsCode(layer) !== undefined);
  const equal =
    !isRead &&
    shared.length === 0 &&
    size >= LEAST_EQUAL &&
    one.layers.length === other.layers.length &&
    one.layers.every((layer, n) => layer.descriptor.size === other.layers[n]?.descriptor.size);
  return equal ? diagnostic('image/sizes-equal', { platforms, bytes: size }, at) : undefined;
}

/** The layers that both have at the same place, from the lowest up. */
function sharedFromBelow(one: Image, other: Image): readonly Layer[] {
  const end = one.layers.findIndex((layer, n) => !isSameLayer(layer, other.layers[n]));
  return end < 0 ? one.layers : one.layers.slice(0, end);
}

/** Equal as it is stored, or compressed anew. */
function isSameLayer(one: Layer, other: Layer | undefined): boolean {
  if (other === undefined) return false;
  return one.descriptor.digest === other.descriptor.digest || (one.diffId !== undefined && one.diffId === other.diffId);
}

/** Files that were copied onto `scratch` may rightly be the same for every CPU; a root file system is not. */
function isNoCopy({ history }: Layer): boolean {
  return !/^(COPY|\/bin\/sh -c #\(nop\) COPY)\b/.test(history?.created_by ?? '');
}

const sizeOf = ({ layers }: Image): number => layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
