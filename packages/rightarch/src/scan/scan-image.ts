import type { Descriptor, Image, ImageTree, Layer } from '../oci/index.ts';
import { isForeignLayer, streamVerified } from '../oci/index.ts';
import { TarDamage } from '../tar/index.ts';
import { BudgetShare, openBudget, type ScanBudget } from './budget.ts';
import type { ScanCache } from './cache.ts';
import { type KeepRule, proofKeep } from './keep.ts';
import { scanLayer } from './layer.ts';
import type { LayerPool } from './layer-pool.ts';
import { lookAtLayer } from './look-layer.ts';
import type { ScanLimits } from './read-layer.ts';
import type { LayerFacts } from './types.ts';

export interface ScanImageOptions {
  readonly cache?: ScanCache | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Compressed bytes, as they are read; layers that were known are not counted. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Facts of layers that were read in this run: pass the same map for all images of a tree, and each is read once. */
  readonly shared?: Map<string, Promise<LayerFacts>> | undefined;
  /** What all layers together may cost: pass the same for all images of a tree. */
  readonly budget?: ScanBudget | undefined;
  readonly keep?: KeepRule | undefined;
  readonly limits?: Partial<ScanLimits> | undefined;
  /** Layers with a table of contents are looked at through it, and not read: their facts have `lookedAt`. */
  readonly quick?: boolean | undefined;
  /** Threads for the large layers: pass the same pool for all images of a tree. */
  readonly pool?: LayerPool | undefined;
}

/** Layers read at a time: inflate works in Node's thread pool while this thread hashes. */
const AT_ONCE = 3;
/** A smaller layer is read before a worker has heard of it. */
const WORTH_A_WORKER = 1 << 20;

/** Facts about every layer of an image, in order. Throws what reading the source throws. */
export async function scanImage(
  tree: Pick<ImageTree, 'source'>,
  image: Image,
  options: ScanImageOptions = {},
): Promise<readonly LayerFacts[]> {
  const budget = options.budget ?? openBudget();
  const shared = options.shared ?? new Map<string, Promise<LayerFacts>>();
  const facts: LayerFacts[] = new Array(image.layers.length);
  const todo = image.layers.map((layer, index) => ({ layer, index }));
  const failed: unknown[] = [];
  const work = async () => {
    for (let next = todo.shift(); next !== undefined && failed.length === 0; next = todo.shift()) {
      const { layer, index } = next;
      const key = `${layer.descriptor.digest} ${layer.diffId ?? ''}`;
      let reading = shared.get(key);
      if (reading === undefined) {
        reading = factsOf(tree, layer, { ...options, budget });
        shared.set(key, reading);
      }
      try {
        facts[index] = await reading;
      } catch (error) {
        failed.push(error);
      }
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(Math.max(AT_ONCE, options.pool?.size ?? 0), image.layers.length) }, work),
  );
  if (failed.length > 0) throw failed[0];
  return facts;
}

async function factsOf(
  tree: Pick<ImageTree, 'source'>,
  layer: Layer,
  options: ScanImageOptions & { readonly budget: ScanBudget },
): Promise<LayerFacts> {
  const { descriptor, diffId } = layer;
  // Not read, so not complete; openTree has said so already.
  if (isForeignLayer(descriptor)) return unfactsOf(layer);
  const keep = options.keep ?? proofKeep;
  const key = diffId === undefined ? undefined : { digest: descriptor.digest, diffId, keep: keep.id };
  const known = key && (await options.cache?.get(key));
  if (known !== undefined && known.size === descriptor.size && fits(known, options.budget)) {
    await holdToBytes(tree, descriptor, options.signal);
    // Problems are told again in the words of this image: places in them belong to the image that was read first.
    return relocate({ ...known, earlier: true }, tree.source.name, layer);
  }
  const looked = options.quick === true ? await lookAtLayer(tree.source, layer, { ...options, keep }) : undefined;
  if (looked !== undefined) return looked;
  const facts = await scanLayer(layer, streamVerified(tree.source, descriptor, { signal: options.signal }), {
    image: tree.source.name,
    signal: options.signal,
    onBytes: options.onBytes,
    keep,
    limits: { ...options.limits, budget: options.budget },
    owned: tree.source.ownChunks,
    pool: descriptor.size >= WORTH_A_WORKER ? options.pool : undefined,
  });
  if (key !== undefined) await options.cache?.put(key, facts);
  return facts;
}

/**
 * What was learned of a digest in an earlier run holds for these bytes only if they are still those: on this machine
 * they are hashed again; of a registry, which keeps blobs by their digest, the last byte is asked for, so that the blob
 * is there and as long as it should be. Throws what reading the layer would throw.
 */
async function holdToBytes(
  { source }: Pick<ImageTree, 'source'>,
  descriptor: Descriptor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const bytes =
    source.kind === 'registry' && descriptor.size > 0
      ? source.blob(descriptor, { signal, offset: descriptor.size - 1 })
      : streamVerified(source, descriptor, { signal });
  for await (const _ of bytes);
}

/** Takes what is known from the budget as a reading would; where it does not fit, a reading will say so. */
function fits({ files }: LayerFacts, budget: ScanBudget): boolean {
  const share = new BudgetShare(budget);
  try {
    for (const file of files) share.take(file, 0);
    return true;
  } catch (error) {
    if (error instanceof TarDamage) return false;
    throw error;
  }
}

/** The same facts with the places of their problems in this image. */
function relocate(facts: LayerFacts, image: string, layer: Layer): LayerFacts {
  if (facts.problems.length === 0) return facts;
  const problems = facts.problems.map((problem) =>
    problem.at.in === 'image' ? { ...problem, at: { ...problem.at, image, layerIndex: layer.position } } : problem,
  );
  return { ...facts, problems };
}

function unfactsOf({ descriptor, diffId }: Layer): LayerFacts {
  const { digest } = descriptor;
  return { digest, diffId: diffId ?? digest, size: 0, unpackedSize: 0, files: [], problems: [], complete: false };
}
