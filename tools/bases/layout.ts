import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import type { FileTree } from './file-tree.ts';
import type { Architecture } from './ld-cache.ts';
import { writeLayerTar } from './tar.ts';

const deflate = promisify(deflateRaw);

/** One step that made a base: the files it left, or nothing where it only changed the configuration. */
export interface Step {
  readonly instruction: string;
  readonly entries?: ReturnType<FileTree['takeLayer']>;
}

/** A base for one CPU. */
export interface Base {
  readonly architecture: Architecture;
  readonly steps: readonly Step[];
  /** The `config` member of the image configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Seconds: the newest file of the Debian packages, so that equal packages give equal bytes. */
  readonly created: number;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface WrittenLayer {
  readonly descriptor: Descriptor;
  readonly diffId: string;
}

/** Blobs that several layouts share: each is one file under as many names, and a layer is made into a tar once. */
export class BlobPool {
  readonly layers = new WeakMap<NonNullable<Step['entries']>, Promise<WrittenLayer>>();

  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Removes what no layout holds any more. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.directory)) {
      const path = join(this.directory, name);
      if ((await stat(path)).nlink === 1) await rm(path);
    }
  }
}

/** Writes an OCI layout. It appears under its final name only when it is whole. */
export class LayoutWriter {
  readonly #directory: string;
  readonly #draft: string;
  readonly #names: object[] = [];
  readonly #pool: BlobPool | undefined;
  readonly #layers: BlobPool['layers'];
  readonly #compress: boolean;

  constructor(directory: string, options: { readonly compress?: boolean; readonly pool?: BlobPool } = {}) {
    this.#directory = directory;
    this.#draft = `${directory}.draft-${process.pid}`;
    this.#compress = options.compress ?? true;
    this.#pool = options.pool;
    this.#layers = options.pool?.layers ?? new WeakMap();
  }

  /** Writes an index of one base for several CPUs under a full reference. */
  async add(reference: string, bases: readonly Base[]): Promise<void> {
    await mkdir(join(this.#draft, 'blobs', 'sha256'), { recursive: true });
    if (this.#pool !== undefined) await mkdir(this.#pool.directory, { recursive: true });
    const manifests: object[] = await Promise.all(
      bases.map(async (base) => {
        const platform = {
          architecture: base.architecture,
          os: 'linux',
          ...(base.architecture === 'arm64' && { variant: 'v8' }),
        };
        return { ...(await this.#image(base, platform)), platform };
      }),
    );
    const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
    const descriptor = await this.#blob(index.mediaType, JSON.stringify(index));
    this.#names.push({ ...descriptor, annotations: { 'org.opencontainers.image.ref.name': reference } });
  }

  /** Finishes the layout and puts it in the place of one that was there. `recipe` is kept to recognize it later. */
  async finish(recipe: string): Promise<void> {
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: this.#names,
      annotations: { recipe },
    };
    await writeFile(join(this.#draft, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await writeFile(join(this.#draft, 'index.json'), JSON.stringify(index));
    await rm(this.#directory, { recursive: true, force: true });
    await rename(this.#draft, this.#directory);
  }

  /** Removes what was begun. */
  async discard(): Promise<void> {
    await rm(this.#draft, { recursive: true, force: true });
  }

  async #image(base: Base, platform: object): Promise<Descriptor> {
    const created = new Date(base.created * 1000).toISOString().replace('.000Z', 'Z');
    const layers: WrittenLayer[] = [];
    for (const { entries } of base.steps) {
      if (entries !== undefined) layers.push(await this.#layer(entries));
    }
    const config = await this.#blob(
      'application/vnd.oci.image.config.v1+json',
      JSON.stringify({
        ...platform,
        created,
        config: base.config,
        rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
        history: base.steps.map(({ instruction, entries }) => ({
          created,
          created_by: instruction,
          ...(entries === undefined && { empty_layer: true }),
        })),
      }),
    );
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: layers.map(({ descriptor }) => descriptor),
    };
    return this.#blob(manifest.mediaType, JSON.stringify(manifest));
  }

  async #layer(entries: NonNullable<Step['entries']>): Promise<WrittenLayer> {
    const known = this.#layers.get(entries);
    if (known !== undefined && (await this.#placeAgain((await known).descriptor.digest))) return known;
    const written = this.#writeLayer(entries);
    this.#layers.set(entries, written);
    return written;
  }

  /** Puts a blob that was written before into this layout too; false where the pool has it no more. */
  async #placeAgain(digest: string): Promise<boolean> {
    const path = this.#pathOf(digest);
    if (existsSync(path)) return true;
    const pooled = this.#pool && join(this.#pool.directory, hexOf(digest));
    if (pooled === undefined || !existsSync(pooled)) return false;
    await linkOnce(pooled, path);
    return true;
  }

  async #writeLayer(entries: NonNullable<Step['entries']>): Promise<WrittenLayer> {
    const tar = writeLayerTar(entries);
    const descriptor = this.#compress
      ? await this.#blob('application/vnd.oci.image.layer.v1.tar+gzip', await gzip(tar))
      : await this.#blob('application/vnd.oci.image.layer.v1.tar', tar);
    return { descriptor, diffId: digestOf(tar) };
  }

  async #blob(mediaType: string, content: string | Buffer): Promise<Descriptor> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const digest = digestOf(bytes);
    if (!(await this.#placeAgain(digest))) {
      await writeFile(this.#pathOf(digest), bytes);
      if (this.#pool !== undefined) await linkOnce(this.#pathOf(digest), join(this.#pool.directory, hexOf(digest)));
    }
    return { mediaType, digest, size: bytes.length };
  }

  #pathOf(digest: string): string {
    return join(this.#draft, 'blobs', 'sha256', hexOf(digest));
  }
}

const hexOf = (digest: string): string => digest.slice('sha256:'.length);

/** Two CPUs may hold the same layer, and come here at the same time. */
async function linkOnce(from: string, to: string): Promise<void> {
  await link(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** gzip with a header of our own (RFC 1952): no time, operating system 255, so that no platform's zlib shows. */
async function gzip(bytes: Buffer): Promise<Buffer> {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  return Buffer.concat([header, await deflate(bytes, { level: 6 }), trailer]);
}
