import { createHash } from 'node:crypto';
import { type Digest, digestOf } from '../../core/index.ts';
import { type CallOptions, type Descriptor, mediaTypes } from '../../oci/types.ts';
import { type LayerFacts, proofKeep, scanLayer } from '../../scan/index.ts';
import { gzip, writeTar } from '../../tar/index.ts';
import type { Content } from '../stage-files.ts';
import type { BlobStore } from './blob-store.ts';
import { ContentChanged } from './bytes.ts';
import type { LayerEntry } from './layer-diff.ts';
import { rememberEntries } from './stored-layer.ts';
import { tee } from './tee.ts';

export interface WrittenLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
}

/** Part of every key: bump it when the same entries would give other bytes. */
export const LAYER_FORMAT = 'layer-1';

/**
 * Makes the bytes of a layer, or finds them: the same entries with the same contents are one blob, whoever asks and
 * on whichever platform. Each content is hashed again on its way in.
 */
export class LayerWriter {
  readonly #store: BlobStore;
  readonly #useCache: boolean;
  readonly #running = new Map<string, Promise<WrittenLayer>>();

  constructor(store: BlobStore, options: { readonly useCache: boolean }) {
    this.#store = store;
    this.#useCache = options.useCache;
  }

  async write(entries: readonly LayerEntry[], options: CallOptions = {}): Promise<WrittenLayer> {
    const contents = await Promise.all(entries.map(({ inode }) => inode?.content()));
    const key = digestOf(
      JSON.stringify([LAYER_FORMAT, entries.map(({ entry }, index) => [entry, contents[index]?.digest])]),
    ).slice('sha256:'.length);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const work = this.#write(key, entries, contents, options);
    this.#running.set(key, work);
    return work;
  }

  async #write(
    key: string,
    entries: readonly LayerEntry[],
    contents: readonly (Content | undefined)[],
    options: CallOptions,
  ): Promise<WrittenLayer> {
    if (this.#useCache) {
      const kept = await this.#store.recall<WrittenLayer>('layers', key);
      if (kept !== undefined && (await this.#store.has(kept.descriptor.digest, kept.descriptor.size))) return kept;
    }
    const tar = writeTar(
      entries.map(({ entry }, index) => {
        const content = contents[index];
        return content === undefined ? { entry } : { entry, open: () => verified(content, entry.path) };
      }),
    );
    const written =
      this.#store.scans === undefined ? await this.#blob(tar, options) : await this.#scanned(tar, options);
    await this.#store.remember('layers', key, written);
    return written;
  }

  async #blob(tar: AsyncIterable<Uint8Array>, options: CallOptions): Promise<WrittenLayer> {
    const whole = createHash('sha256');
    const blob = await this.#store.write(gzip(hashed(tar, (chunk) => whole.update(chunk))), options);
    return layerOf(blob, `sha256:${whole.digest('hex')}`);
  }

  /**
   * The same, and what the proof would find in it: the very bytes that are written are unpacked and read beside the
   * writing, which also holds the compression to what went in.
   */
  async #scanned(tar: AsyncIterable<Uint8Array>, options: CallOptions): Promise<WrittenLayer> {
    const { source, copy, stop } = tee(gzip(tar));
    const writing = this.#store.write(source, options).catch((cause: unknown) => {
      stop(cause);
      throw cause;
    });
    // What it is called is known when it is written.
    const unnamed = { mediaType: mediaTypes.ociLayerGzip, digest: digestOf(''), size: 0 };
    const layer = { descriptor: unnamed, diffId: undefined, position: [1, 1] as const, history: undefined };
    const limits = { unpacked: Number.POSITIVE_INFINITY };
    const scanning = scanLayer(layer, copy, { image: 'layer', keep: proofKeep, limits, signal: options.signal });
    const [written, scanned] = await Promise.allSettled([writing, scanning]);
    if (written.status === 'rejected') throw written.reason;
    if (scanned.status === 'rejected') throw scanned.reason;
    const { digest, size } = written.value;
    // Without a diffID to hold it to, a scan says what it found, and that it was given none.
    const problems = scanned.value.problems.filter(({ code }) => code !== 'proof/diff-id-missing');
    const facts: LayerFacts = { ...scanned.value, digest, problems };
    const { diffId } = facts;
    if (facts.size !== size || problems.some(({ args }) => args['what'] === 'gzip'))
      throw new Error(`a layer was written that cannot be read again: ${digest}`);
    if (facts.complete) {
      await rememberEntries(this.#store, facts);
      await this.#store.scans?.put({ digest, diffId, keep: proofKeep.id }, facts);
    }
    return layerOf(written.value, diffId);
  }
}

function layerOf({ digest, size }: { readonly digest: Digest; readonly size: number }, diffId: Digest): WrittenLayer {
  return { descriptor: { mediaType: mediaTypes.ociLayerGzip, digest, size }, diffId };
}

async function* hashed(stream: AsyncIterable<Uint8Array>, take: (chunk: Uint8Array) => void) {
  for await (const chunk of stream) {
    take(chunk);
    yield chunk;
  }
}

async function* verified(content: Content, path: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of content.open()) {
    size += chunk.byteLength;
    if (size > content.size) throw new ContentChanged(path);
    hash.update(chunk);
    yield chunk;
  }
  if (size !== content.size || `sha256:${hash.digest('hex')}` !== content.digest) throw new ContentChanged(path);
}
