import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, splitDigest } from '../../../core/index.ts';
import { type CallOptions, makeDirectory } from '../../../oci/index.ts';
import type { ImageStore } from './build-in-store.ts';

const OURS = 'rightarch.invalid/base';
/** A base that no build has used for so long goes with the next one. */
const UNUSED_MS = 14 * 24 * 60 * 60 * 1000;

export interface KeptParts {
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Bases in somebody's store, under names of our own that say what is in them, as a pull would leave them there. When each was
 * used is the time of a file in a directory of ours.
 */
export class KeptBases {
  readonly #store: ImageStore;
  readonly #parts: KeptParts;
  readonly #there: ReadonlySet<string>;
  readonly #used = new Set<string>();

  private constructor(store: ImageStore, parts: KeptParts, there: ReadonlySet<string>) {
    this.#store = store;
    this.#parts = parts;
    this.#there = there;
  }

  static async open(store: ImageStore, parts: KeptParts, call: CallOptions): Promise<KeptBases> {
    await makeDirectory(parts.directory);
    const tags = await store.tags(OURS, call);
    return new KeptBases(store, parts, new Set(tags.filter((tag) => /^[0-9a-f]{32,}$/.test(tag))));
  }

  /** The name of a base, and whether the store has it. */
  async use(digest: Digest): Promise<{ readonly name: string; readonly isThere: boolean }> {
    const [, tag] = splitDigest(digest);
    this.#used.add(tag);
    await this.#touch(tag);
    return { name: `${OURS}:${tag}`, isThere: this.#there.has(tag) };
  }

  /** Takes away what no build has used for a while. One that nobody wrote down counts from now on. */
  async removeUnused(): Promise<void> {
    const unused: string[] = [];
    for (const tag of this.#there) {
      if (this.#used.has(tag)) continue;
      const file = join(this.#parts.directory, tag);
      const found = await stat(file).catch(() => undefined);
      if (found === undefined) await this.#touch(tag);
      else if (this.#parts.now() - found.mtimeMs > UNUSED_MS) unused.push(tag);
    }
    if (unused.length > 0) await this.#store.remove(unused.map((tag) => `${OURS}:${tag}`));
    for (const tag of unused) await rm(join(this.#parts.directory, tag), { force: true });
  }

  async #touch(tag: string): Promise<void> {
    const now = this.#parts.now() / 1000;
    const file = join(this.#parts.directory, tag);
    // Where the disk is full it counts as unused, and is loaded again one day.
    await writeFile(file, '')
      .then(() => utimes(file, now, now))
      .catch(() => {});
  }
}
