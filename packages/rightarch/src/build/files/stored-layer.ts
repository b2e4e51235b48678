import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, splitDigest } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import type { Descriptor } from '../../oci/types.ts';
import type { FileFacts } from '../../scan/types.ts';
import { createTarReader, DecompressProblem, decompress, sniffCompression, type TarEntry } from '../../tar/index.ts';
import type { Content } from '../stage-files.ts';
import type { BlobStore } from './blob-store.ts';
import type { HeldFacts, Inode } from './inode.ts';

/** Changes when what is kept of a layer changes. */
const RECORD = 'layer-facts-1';

/** Where the content of one entry stands in the unpacked file. */
type Spot = readonly [offset: number, digest: Digest];

interface Spool {
  readonly file: string;
  readonly spots: ReadonlyMap<number, Spot>;
}

/**
 * A layer whose compressed bytes are in the store: its entries, and the content of its files. Entries are read in one
 * pass and kept; contents are unpacked, once and for all builds, when the first of them is asked for.
 */
export class StoredLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  readonly #store: BlobStore;
  readonly #image: string;
  #facts: Promise<readonly HeldFacts[]> | undefined;
  #spool: Promise<Spool> | undefined;

  constructor(parts: { store: BlobStore; descriptor: Descriptor; diffId: Digest; image: string }) {
    this.#store = parts.store;
    this.descriptor = parts.descriptor;
    this.diffId = parts.diffId;
    this.#image = parts.image;
  }

  /** Every entry in the order of the tar. */
  facts(): Promise<readonly HeldFacts[]> {
    this.#facts ??= this.#readFacts();
    return this.#facts;
  }

  async #readFacts(): Promise<readonly HeldFacts[]> {
    const key = this.#key();
    let entries = await this.#store.recall<readonly TarEntry[]>(RECORD, key);
    if (entries === undefined) {
      entries = (await this.#pass()).entries;
      await this.#store.remember(RECORD, key, entries);
    }
    return entries.map((entry, index): HeldFacts => {
      if (entry.type !== 'file') return entry;
      const inode: Inode = { size: entry.size, content: () => this.#content(index, entry) };
      return { ...entry, inode };
    });
  }

  async #content(index: number, entry: TarEntry): Promise<Content> {
    this.#spool ??= this.#readSpool();
    const { file, spots } = await this.#spool;
    const [offset, digest] = spots.get(index)!;
    const { size } = entry;
    return {
      size,
      digest,
      open: () => this.#unpacked(file, entry.path, { offset, size, digest }),
    };
  }

  /** The bytes of one file. Unpacked contents that were damaged are removed: the next build unpacks them anew. */
  async *#unpacked(
    file: string,
    path: string,
    { offset, size, digest }: { readonly offset: number; readonly size: number; readonly digest: Digest },
  ): AsyncGenerator<Uint8Array> {
    if (size === 0) return;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file, {
      start: offset,
      end: offset + size - 1,
      highWaterMark: 1 << 18,
    })) {
      hash.update(chunk as Buffer);
      yield chunk as Buffer;
    }
    const found = `sha256:${hash.digest('hex')}`;
    if (found === digest) return;
    await rm(file, { force: true });
    throw this.#damaged(`/${path}: ${found}, ${digest} expected`);
  }

  async #readSpool(): Promise<Spool> {
    const key = this.#key();
    const kept = await this.#store.recall<{ total: number; spots: [number, Spot][] }>('layer-spots', key);
    const file = join(this.#store.directory, 'layer-spots', `${key}.data`);
    if (kept !== undefined && (await stat(file).catch(() => undefined))?.size === kept.total)
      return { file, spots: new Map(kept.spots) };
    const temporary = await this.#store.temporary();
    try {
      const { spots, total } = await this.#pass(temporary);
      await this.#store.remember('layer-spots', key, { total, spots: [...spots] });
      await rename(temporary, file);
      return { file, spots };
    } catch (cause) {
      await rm(temporary, { force: true });
      throw this.#store.problem(cause);
    }
  }

  /** One reading of the whole layer, held to its diffId; with `spool`, the contents go there one behind the other. */
  async #pass(spool?: string) {
    const entries: TarEntry[] = [];
    const spots = new Map<number, Spot>();
    const pending: Uint8Array[] = [];
    let total = 0;
    const reader = createTarReader({
      onEntry: (entry) => {
        const index = entries.push(plain(entry)) - 1;
        if (entry.type !== 'file' || spool === undefined) return undefined;
        const offset = total;
        const hash: Hash = createHash('sha256');
        return {
          write: (chunk) => {
            hash.update(chunk);
            pending.push(chunk);
            total += chunk.byteLength;
          },
          end: () => {
            spots.set(index, [offset, `sha256:${hash.digest('hex')}`]);
          },
        };
      },
    });
    const [algorithm, hex] = splitDigest(this.diffId);
    const hash = createHash(algorithm);
    const handle = spool === undefined ? undefined : await open(spool, 'wx');
    try {
      const bytes = createReadStream(this.#store.path(this.descriptor.digest), { highWaterMark: 1 << 18 });
      for await (const chunk of inflate(bytes)) {
        hash.update(chunk);
        reader.write(chunk);
        // Views into the chunk: written before the next one comes.
        for (const part of pending) await handle?.writeFile(part);
        pending.length = 0;
      }
    } catch (cause) {
      if (cause instanceof DecompressProblem) throw this.#damaged(cause.message);
      throw this.#store.problem(cause);
    } finally {
      await handle?.close();
    }
    const found = hash.digest('hex');
    if (found !== hex) throw this.#damaged(`diffID ${algorithm}:${found}, ${this.diffId} expected`);
    const summary = reader.end();
    if (summary.damage !== undefined)
      throw this.#damaged(`${summary.damage.detail} (tar, offset ${summary.damage.offset})`);
    return { entries, spots, total };
  }

  #key(): string {
    return splitDigest(this.diffId)[1];
  }

  #damaged(detail: string) {
    return failure(
      'engine/base-damaged',
      { image: this.#image, digest: this.descriptor.digest, detail },
      atInput(this.#image),
      'outside',
    );
  }
}

/** Decompressed by what the first bytes say: media types of layers are wrong often enough. */
async function* inflate(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  yield* decompress(
    (async function* () {
      yield first.value;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    })(),
    sniffCompression(first.value),
  );
}

/** What is kept of an entry: raw names have no JSON form, and such names are looked at by their decoded form. */
function plain(entry: TarEntry): FileFacts {
  const { rawPath, ...rest } = entry;
  return rest;
}
