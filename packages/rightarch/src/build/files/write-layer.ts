import { createHash } from 'node:crypto';
import { type Digest, digestOf } from '../../core/index.ts';
import { type CallOptions, type Descriptor, mediaTypes } from '../../oci/types.ts';
import { gzip, writeTar } from '../../tar/index.ts';
import type { Content } from '../stage-files.ts';
import type { BlobStore } from './blob-store.ts';
import { ContentChanged } from './bytes.ts';
import type { LayerEntry } from './layer-diff.ts';

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
    const whole = createHash('sha256');
    const tar = writeTar(
      entries.map(({ entry }, index) => {
        const content = contents[index];
        return content === undefined ? { entry } : { entry, open: () => verified(content, entry.path) };
      }),
    );
    const blob = await this.#store.write(gzip(hashed(tar, (chunk) => whole.update(chunk))), options);
    const written: WrittenLayer = {
      descriptor: { mediaType: mediaTypes.ociLayerGzip, digest: blob.digest, size: blob.size },
      diffId: `sha256:${whole.digest('hex')}`,
    };
    await this.#store.remember('layers', key, written);
    return written;
  }
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
