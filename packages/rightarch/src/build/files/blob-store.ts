import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Digest, digestOf, splitDigest } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { makeDirectory } from '../../oci/index.ts';
import { ownName, removeAbandoned } from '../../oci/own-name.ts';
import type { CallOptions, Descriptor } from '../../oci/types.ts';
import type { ScanCache } from '../../scan/index.ts';
import { boundCache, keptInStore } from './cache-bound.ts';
import { diskFailure } from './disk-failure.ts';
import { takingTurns } from './turns.ts';

/** What a file was when it was hashed: like Git's index, a file that is still all of this is not read again. */
type Seen = readonly [size: string, inode: string, modified: string, changed: string];

export interface BlobStoreOptions {
  /** Facts of layers go here as they are written and read, for the proof that follows. */
  readonly scans?: ScanCache | undefined;
  /** Milliseconds since 1970: orders what is kept by use. Without it nothing is marked as used or removed. */
  readonly now?: (() => number) | undefined;
  /** Bytes that all of it may take together; the least recently used goes first. */
  readonly limit?: number | undefined;
}

/**
 * A directory of blobs and small records by content. Everything is written under a name of its own and renamed when
 * whole, so that runs beside each other and kill -9 leave only whole files; everything is hashed before it is used.
 */
export class BlobStore {
  readonly directory: string;
  readonly scans: ScanCache | undefined;
  /** For passes over whole layers: as many as zlib has threads, whatever the number of layers and platforms. */
  readonly inTurn = takingTurns(4);
  readonly #now: (() => number) | undefined;
  readonly #limit: number | undefined;
  readonly #verified = new Set<Digest>();
  readonly #running = new Map<Digest, Promise<void>>();
  #grown = false;

  constructor(directory: string, options: BlobStoreOptions = {}) {
    this.directory = directory;
    this.scans = options.scans;
    this.#now = options.now;
    this.#limit = options.limit;
  }

  /** Where a blob is, or would be. */
  path(digest: Digest): string {
    const [algorithm, hex] = splitDigest(digest);
    return join(this.directory, 'blobs', algorithm, hex);
  }

  /**
   * Whether a blob is here with the right bytes. A damaged one is removed. It is read where this process or an earlier
   * one has not, and where the file is another than it was then; what goes out is held to its digest once more by
   * whoever reads it.
   */
  async has(digest: Digest, size?: number): Promise<boolean> {
    const file = this.path(digest);
    const found = await seen(file);
    if (found === undefined || (size !== undefined && found[0] !== String(size))) return false;
    if (this.#verified.has(digest)) return true;
    const [algorithm, hex] = splitDigest(digest);
    const mark = await this.recall<Seen>(join('used', algorithm), hex);
    if (!same(mark, found)) {
      const hash = createHash(algorithm);
      try {
        for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) hash.update(chunk as Buffer);
      } catch {
        return false;
      }
      if (hash.digest('hex') !== hex) {
        await rm(file, { force: true });
        return false;
      }
      await this.#mark(digest, found);
    }
    this.#verified.add(digest);
    return true;
  }

  /** Says that a blob that is here got another name: that alone does not make it another file. */
  async linked(digest: Digest): Promise<void> {
    const found = this.#verified.has(digest) ? await seen(this.path(digest)) : undefined;
    const [algorithm, hex] = splitDigest(digest);
    const before = await this.recall<Seen>(join('used', algorithm), hex);
    if (found !== undefined && before !== undefined && before.slice(0, 3).join() === found.slice(0, 3).join())
      await this.#mark(digest, found);
  }

  /** Marks as used now, where there is a clock. */
  async touch(file: string): Promise<void> {
    if (this.#now === undefined) return;
    const seconds = this.#now() / 1000;
    await utimes(file, seconds, seconds).catch(() => undefined);
  }

  /** Remembers what a file was when its bytes were right. Where the mark cannot be written, they are read again. */
  async #mark(digest: Digest, was: Seen): Promise<void> {
    if (this.#now === undefined) return;
    const [algorithm, hex] = splitDigest(digest);
    await this.remember(join('used', algorithm), hex, was).catch(() => undefined);
  }

  /** Brings a blob in unless it is here. Asked for twice at once, it is fetched once. */
  async fetch(descriptor: Descriptor, bytes: () => AsyncIterable<Uint8Array>, from: string): Promise<void> {
    const running = this.#running.get(descriptor.digest);
    if (running !== undefined) return running;
    const work = this.#fetch(descriptor, bytes, from).finally(() => this.#running.delete(descriptor.digest));
    this.#running.set(descriptor.digest, work);
    return work;
  }

  async #fetch(descriptor: Descriptor, bytes: () => AsyncIterable<Uint8Array>, from: string): Promise<void> {
    if (await this.has(descriptor.digest, descriptor.size)) return;
    const [algorithm, hex] = splitDigest(descriptor.digest);
    const hash = createHash(algorithm);
    let size = 0;
    const file = await this.#temporary();
    try {
      await pipeline(async function* () {
        for await (const chunk of bytes()) {
          size += chunk.byteLength;
          if (size > descriptor.size) break;
          hash.update(chunk);
          yield chunk;
        }
      }, createWriteStream(file));
      const found = hash.digest('hex');
      if (size !== descriptor.size || found !== hex) {
        const detail = size !== descriptor.size ? `${size} of ${descriptor.size} bytes` : `${algorithm}:${found}`;
        throw failure(
          'engine/base-damaged',
          { image: from, digest: descriptor.digest, detail },
          atInput(from),
          'outside',
        );
      }
      await this.#keep(file, descriptor.digest);
    } catch (cause) {
      await rm(file, { force: true });
      throw this.problem(cause);
    }
  }

  /** Writes a stream under the name of its content. */
  async write(stream: AsyncIterable<Uint8Array>, options: CallOptions = {}): Promise<{ digest: Digest; size: number }> {
    const hash = createHash('sha256');
    let size = 0;
    const file = await this.#temporary();
    try {
      await pipeline(
        async function* () {
          for await (const chunk of stream) {
            size += chunk.byteLength;
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(file),
        { ...(options.signal !== undefined ? { signal: options.signal } : {}) },
      );
      const digest: Digest = `sha256:${hash.digest('hex')}`;
      await this.#keep(file, digest);
      return { digest, size };
    } catch (cause) {
      await rm(file, { force: true });
      throw this.problem(cause);
    }
  }

  /** Keeps a small record under a key; records carry their own digest, so that a torn one is no record. */
  async remember(kind: string, key: string, value: unknown): Promise<void> {
    const body = JSON.stringify(value);
    let file: string | undefined;
    try {
      file = await this.#temporary();
      await writeFile(file, `${digestOf(body)}\n${body}`);
      await this.touch(file);
      await makeDirectory(join(this.directory, kind));
      await rename(file, join(this.directory, kind, key));
      this.#grown = true;
    } catch (cause) {
      if (file !== undefined) await rm(file, { force: true });
      throw this.problem(cause);
    }
  }

  /** The record under a key; undefined where there is none or it is damaged. */
  async recall<T>(kind: string, key: string): Promise<T | undefined> {
    const file = join(this.directory, kind, key);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== digestOf(body)) return undefined;
    await this.touch(file);
    return JSON.parse(body) as T;
  }

  /** A file of its own to write to; the caller renames or removes it. */
  async temporary(): Promise<string> {
    try {
      return await this.#temporary();
    } catch (cause) {
      throw this.problem(cause);
    }
  }

  /** Removes what killed runs left behind. */
  sweep(): Promise<void> {
    return removeAbandoned(join(this.directory, 'tmp'));
  }

  /** Holds all of it to its limit; to be called when a build is done. */
  async bound(): Promise<void> {
    if (this.#now === undefined || !this.#grown) return;
    this.#grown = false;
    // A cache that is too large is no reason to fail a build that is done.
    const bound = { limit: this.#limit, now: this.#now() };
    await boundCache(await keptInStore(this.directory), bound).catch(() => undefined);
  }

  /** Puts errors of the disk into our words; others stay. */
  problem(cause: unknown): unknown {
    return diskFailure(cause, this.directory);
  }

  async #keep(file: string, digest: Digest): Promise<void> {
    const target = this.path(digest);
    await makeDirectory(dirname(target));
    await rename(file, target);
    this.#verified.add(digest);
    const found = await seen(target);
    if (found !== undefined) await this.#mark(digest, found);
  }

  async #temporary(): Promise<string> {
    const directory = join(this.directory, 'tmp');
    await makeDirectory(directory);
    return join(directory, ownName());
  }
}

async function seen(file: string): Promise<Seen | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  if (found === undefined) return undefined;
  return [`${found.size}`, `${found.ino}`, `${found.mtimeNs}`, `${found.ctimeNs}`];
}

function same(one: Seen | undefined, other: Seen): boolean {
  return one !== undefined && one.join() === other.join();
}
