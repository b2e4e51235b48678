import { digestOf } from '../core/index.ts';
import { readSmallFile } from './files.ts';
import { blobPath, readLayoutIndex } from './layout.ts';
import type { Descriptor } from './types.ts';
import { documentLimits } from './verified.ts';

interface Document {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

/**
 * Everything that the index of a layout leads to, by its digest; undefined where a document on the way is missing, damaged or
 * of another kind.
 */
export async function reachedFrom(directory: string): Promise<ReadonlyMap<string, Descriptor> | undefined> {
  const { index } = await readLayoutIndex(directory, directory);
  const reached = new Map<string, Descriptor>();
  const waiting = [...index.manifests];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next.digest)) continue;
    reached.set(next.digest, next);
    const bytes = await readSmallFile(blobPath(directory, next), documentLimits.manifest);
    if (bytes === undefined || digestOf(bytes) !== next.digest) return undefined;
    const { manifests, config, layers } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Document;
    if (manifests === undefined && (config === undefined || layers === undefined)) return undefined;
    waiting.push(...(manifests ?? []));
    for (const leaf of [config, ...(layers ?? [])]) if (leaf !== undefined) reached.set(leaf.digest, leaf);
  }
  return reached;
}
