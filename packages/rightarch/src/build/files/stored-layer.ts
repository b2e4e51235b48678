import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf, splitDigest } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import type { Descriptor } from '../../oci/types.ts';
import { type FileFacts, type LayerFacts, proofKeep, scanLayer } from '../../scan/index.ts';
import { createTarReader, DecompressProblem, decompress, sniffCompression, type TarEntry } from '../../tar/index.ts';
import type { Content } from '../stage-files.ts';
import type { BlobStore } from './blob-store.ts';
import { contentFrom } from './bytes.ts';
import type { HeldFacts, Inode } from './inode.ts';
import { type SeenContent, watchContents } from './layer-reads.ts';
import { readPart } from './read-part.ts';

/** Changes when what is kept of a layer changes. */
const RECORD = 'layer-facts-1';
const SPOTS = 'layer-spots';

/** Where the content of one entry stands in a file of unpacked contents. */
type Spot = readonly [offset: number, digest: Digest];

interface Spool {
  readonly file: string;
  readonly spots: ReadonlyMap<number, Spot>;
}

/** All contents of a layer, or the few that builds are likely to read. */
type SpoolKind = 'all' | 'likely';

/**
 * A layer whose compressed bytes are in the store: its entries, and the content of its files. Entries are read in one
 * pass and kept, with the proof's facts and the contents that builds are likely to read; the other contents are
 * unpacked, once and for all builds, when the first of them is asked for.
 */
export class StoredLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  readonly #store: BlobStore;
  readonly #image: string;
  #facts: Promise<readonly HeldFacts[]> | undefined;
  #likely: Promise<Spool | undefined> | undefined;
  #all: Promise<Spool> | undefined;

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
    const entries =
      (await this.#store.recall<readonly TarEntry[]>(RECORD, this.#key())) ??
      (await this.#store.inTurn(() => this.#readEntries()));
    return entries.map((entry, index): HeldFacts => {
      if (entry.type !== 'file') return entry;
      const inode: Inode = { size: entry.size, content: () => this.#content(index, entry) };
      return { ...entry, inode };
    });
  }

  async #readEntries(): Promise<readonly TarEntry[]> {
    // A scan holds a layer to a sha256 diffID; for the others there is our own pass.
    if (!this.diffId.startsWith('sha256:')) {
      const { entries } = await this.#pass();
      await this.#store.remember(RECORD, this.#key(), entries);
      return entries;
    }
    const key = { digest: this.descriptor.digest, diffId: this.diffId, keep: proofKeep.id };
    const known = await this.#store.scans?.get(key);
    if (known !== undefined) return rememberEntries(this.#store, known);
    const { keep, seen } = watchContents();
    const bytes = createReadStream(this.#store.path(this.descriptor.digest), { highWaterMark: 1 << 18 });
    const layer = { descriptor: this.descriptor, diffId: this.diffId, position: [1, 1] as const, history: undefined };
    const facts = await scanLayer(layer, bytes, { image: this.#image, keep }).catch((cause: unknown) => {
      throw this.#store.problem(cause);
    });
    if (!facts.complete) {
      const damage = facts.problems.find(({ code }) => code === 'proof/layer-damaged');
      throw this.#damaged(String(damage?.args['detail'] ?? 'it ends early'));
    }
    if (facts.diffId !== this.diffId) throw this.#damaged(`diffID ${facts.diffId}, ${this.diffId} expected`);
    await Promise.all([this.#keepSeen(seen, facts), this.#store.scans?.put(key, facts)]);
    return rememberEntries(this.#store, facts);
  }

  /** Keeps the contents that were seen on the way, by the entries that they belong to. */
  async #keepSeen(seen: readonly SeenContent[], { files }: LayerFacts): Promise<void> {
    const places = new Map<string, number>();
    // Which of two entries of one name a content came from is not known: both are unpacked when asked for.
    for (const [index, { path, type }] of files.entries())
      if (type === 'file') places.set(path, places.has(path) ? -1 : index);
    const spots: [number, Spot][] = [];
    const parts: Uint8Array[] = [];
    let total = 0;
    for (const { path, bytes } of seen) {
      const index = places.get(path) ?? -1;
      if (index < 0) continue;
      spots.push([index, [total, digestOf(bytes)]]);
      parts.push(bytes);
      total += bytes.byteLength;
    }
    if (spots.length === 0) return;
    const temporary = await this.#store.temporary();
    try {
      await writeFile(temporary, parts);
      await this.#keepSpool('likely', temporary, { total, spots });
    } catch (cause) {
      await rm(temporary, { force: true });
      throw this.#store.problem(cause);
    }
  }

  async #content(index: number, { path, size }: TarEntry): Promise<Content> {
    if (size === 0) return contentFrom('');
    this.#likely ??= this.#recallSpool('likely');
    let spool = await this.#likely;
    if (spool?.spots.has(index) !== true) {
      this.#all ??= this.#readSpool();
      spool = await this.#all;
    }
    const { file } = spool;
    const [offset, digest] = spool.spots.get(index)!;
    return {
      size,
      digest,
      open: () =>
        readPart(file, { offset, size, digest }, async (found) => {
          // The next build unpacks them anew.
          await rm(file, { force: true });
          return this.#damaged(`/${path}: ${found}, ${digest} expected`);
        }),
    };
  }

  async #readSpool(): Promise<Spool> {
    const kept = await this.#recallSpool('all');
    if (kept !== undefined) return kept;
    const temporary = await this.#store.temporary();
    try {
      const { spots, total } = await this.#store.inTurn(() => this.#pass(temporary));
      return await this.#keepSpool('all', temporary, { total, spots: [...spots] });
    } catch (cause) {
      await rm(temporary, { force: true });
      throw this.#store.problem(cause);
    }
  }

  async #recallSpool(kind: SpoolKind): Promise<Spool | undefined> {
    const name = this.#spoolName(kind);
    const kept = await this.#store.recall<{ total: number; spots: [number, Spot][] }>(SPOTS, name);
    const file = join(this.#store.directory, SPOTS, `${name}.data`);
    if (kept === undefined || (await stat(file).catch(() => undefined))?.size !== kept.total) return undefined;
    await this.#store.touch(file);
    return { file, spots: new Map(kept.spots) };
  }

  async #keepSpool(
    kind: SpoolKind,
    temporary: string,
    { total, spots }: { readonly total: number; readonly spots: readonly [number, Spot][] },
  ): Promise<Spool> {
    const name = this.#spoolName(kind);
    const file = join(this.#store.directory, SPOTS, `${name}.data`);
    await this.#store.remember(SPOTS, name, { total, spots });
    await rename(temporary, file);
    return { file, spots: new Map(spots) };
  }

  #spoolName(kind: SpoolKind): string {
    return kind === 'all' ? this.#key() : `${this.#key()}.likely`;
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
        // Views into the chunk: written before the next one comes, and together.
        if (pending.length > 0) await handle?.writeFile(Buffer.concat(pending));
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

/** Keeps the entries of a layer that was read to its end and found true, for the next build that stands on it. */
export async function rememberEntries(store: BlobStore, { diffId, files }: LayerFacts): Promise<readonly TarEntry[]> {
  const entries = files.map(plain);
  await store.remember(RECORD, splitDigest(diffId)[1], entries);
  return entries;
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
    { chunk: 1 << 20 },
  );
}

/** What is kept of an entry: what an unpacker makes, without what was learned of it. */
function plain(entry: FileFacts): TarEntry {
  const { program, content, ...rest } = entry;
  return rest;
}
