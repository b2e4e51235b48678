import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Digest, digestOf, Failure, splitDigest } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import type { CallOptions, Descriptor } from '../../oci/types.ts';

/** A leftover of a killed run is older than this: no write takes a day. */
const STALE_MS = 24 * 60 * 60 * 1000;

/**
 * A directory of blobs and small records by content. Everything is written under a name of its own and renamed when
 * whole, so that runs beside each other and kill -9 leave only whole files; everything is hashed before it is used.
 */
export class BlobStore {
  readonly directory: string;
  readonly #verified = new Set<Digest>();
  readonly #running = new Map<Digest, Promise<void>>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Where a blob is, or would be. */
  path(digest: Digest): string {
    const [algorithm, hex] = splitDigest(digest);
    return join(this.directory, 'blobs', algorithm, hex);
  }

  /** Whether a blob is here with the right bytes. A damaged one is removed. Reads it once in a process. */
  async has(digest: Digest, size?: number): Promise<boolean> {
    const file = this.path(digest);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined || (size !== undefined && found.size !== size)) return false;
    if (this.#verified.has(digest)) return true;
    const [algorithm, hex] = splitDigest(digest);
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
    this.#verified.add(digest);
    return true;
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
    try {
      const file = await this.#temporary();
      await writeFile(file, `${digestOf(body)}\n${body}`);
      await mkdir(join(this.directory, kind), { recursive: true });
      await rename(file, join(this.directory, kind, key));
    } catch (cause) {
      throw this.problem(cause);
    }
  }

  /** The record under a key; undefined where there is none or it is damaged. */
  async recall<T>(kind: string, key: string): Promise<T | undefined> {
    const text = await readFile(join(this.directory, kind, key), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    return text.slice(0, end) === digestOf(body) ? (JSON.parse(body) as T) : undefined;
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
  async sweep(now: number): Promise<void> {
    const directory = join(this.directory, 'tmp');
    for (const name of await readdir(directory).catch(() => [])) {
      const file = join(directory, name);
      const found = await stat(file).catch(() => undefined);
      if (found !== undefined && now - found.mtimeMs > STALE_MS) await rm(file, { force: true, recursive: true });
    }
  }

  /** Puts errors of the disk into our words; others stay. */
  problem(cause: unknown): unknown {
    if (cause instanceof Failure || !(cause instanceof Error) || !('code' in cause) || !('syscall' in cause))
      return cause;
    const { directory } = this;
    return failure('engine/write-failed', { directory, detail: cause.message }, atInput(directory), 'outside', {
      cause,
    });
  }

  async #keep(file: string, digest: Digest): Promise<void> {
    await mkdir(join(this.path(digest), '..'), { recursive: true });
    await rename(file, this.path(digest));
    this.#verified.add(digest);
  }

  async #temporary(): Promise<string> {
    const directory = join(this.directory, 'tmp');
    await mkdir(directory, { recursive: true });
    return join(directory, randomBytes(12).toString('hex'));
  }
}
