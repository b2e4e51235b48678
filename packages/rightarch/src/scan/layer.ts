import type { Diagnostic, Digest, Location } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { Layer } from '../oci/types.ts';
import { type KeepRule, proofKeep } from './keep.ts';
import type { LayerPool } from './layer-pool.ts';
import { readLayer, type ScanLimits } from './read-layer.ts';
import type { LayerFacts } from './types.ts';

export interface ScanLayerOptions {
  readonly signal?: AbortSignal | undefined;
  /** Compressed bytes, as they are read. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** How the image is called in diagnostics. */
  readonly image: string;
  readonly keep?: KeepRule | undefined;
  readonly limits?: Partial<ScanLimits> | undefined;
  /** `bytes` come in buffers of their own that nobody else looks at (`ImageSource.ownChunks`). */
  readonly owned?: boolean | undefined;
  /** Threads that may do the reading; without them it is done here. */
  readonly pool?: LayerPool | undefined;
}

/**
 * Reads one layer once: what each file is, and whether the unpacked bytes are those that the config names. `bytes`
 * are the compressed ones, verified by the caller (`streamVerified`), whose errors are thrown on; everything else
 * that is wrong is a problem in the facts, and `complete` is false where not all of it was read.
 */
export async function scanLayer(
  layer: Layer,
  bytes: AsyncIterable<Uint8Array>,
  options: ScanLayerOptions,
): Promise<LayerFacts> {
  const at: Location = {
    in: 'image',
    image: options.image,
    layer: layer.descriptor.digest,
    layerIndex: layer.position,
  };
  const { limits, signal, owned, keep = proofKeep } = options;
  const read = options.pool?.takes(keep) ? options.pool.read : readLayer;
  const { onBytes } = options;
  const reading = await read(onBytes === undefined ? bytes : counted(bytes, onBytes), { keep, limits, signal, owned });
  const { unpacked, size, unpackedSize, files, stopped, summary } = reading;
  const problems: Diagnostic[] = [];
  const damaged = (what: string, offset: number, detail: string): void => {
    problems.push(diagnostic('proof/layer-damaged', { what, offset, detail }, at));
  };
  if (stopped !== undefined) damaged(whatStopped(stopped.kind, stopped.compression), unpackedSize, stopped.message);
  else {
    problems.push(...compareDiffId(layer.diffId, unpacked, at));
    const { damage } = summary;
    if (damage !== undefined) damaged(whatStopped(damage.kind, 'tar'), damage.offset, damage.detail);
  }
  if (summary.trailing > 0) {
    problems.push(diagnostic('proof/data-after-end', { bytes: summary.trailing }, at));
  }
  const sparse = files.find((file) => file.sparse === 'gnu');
  if (sparse !== undefined) {
    const path = `/${sparse.path}`;
    problems.push(diagnostic('proof/sparse-gnu', { path }, { ...at, path }));
  }
  return {
    digest: layer.descriptor.digest,
    diffId: unpacked,
    size,
    unpackedSize,
    files,
    problems,
    complete: stopped === undefined && summary.damage === undefined,
  };
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** `limit` and `trailing` are ours to doubt; what remains stops every unpacker. */
function whatStopped(kind: string, format: string): string {
  return kind === 'limit' || kind === 'trailing' ? kind : format;
}

function compareDiffId(named: Digest | undefined, found: Digest, at: Location): Diagnostic[] {
  if (named === undefined) return [diagnostic('proof/diff-id-missing', { found }, at)];
  if (named.startsWith('sha512:')) return [diagnostic('proof/diff-id-unsupported', { named }, at)];
  return named === found ? [] : [diagnostic('proof/diff-id-mismatch', { named, found }, at)];
}
