import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
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

/** Writes an OCI layout. It appears under its final name only when it is whole. */
export class LayoutWriter {
  readonly #directory: string;
  readonly #draft: string;
  readonly #names: object[] = [];
  readonly #layers = new Map<Step['entries'], Promise<WrittenLayer>>();
  readonly #compress: boolean;

  constructor(directory: string, options: { readonly compress?: boolean } = {}) {
    this.#directory = directory;
    this.#draft = `${directory}.draft-${process.pid}`;
    this.#compress = options.compress ?? true;
  }

  /** Writes an index of one base for several CPUs under a full reference. */
  async add(reference: string, bases: readonly Base[]): Promise<void> {
    await mkdir(join(this.#draft, 'blobs', 'sha256'), { recursive: true });
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

  #layer(entries: NonNullable<Step['entries']>): Promise<WrittenLayer> {
    const known = this.#layers.get(entries) ?? this.#writeLayer(entries);
    this.#layers.set(entries, known);
    return known;
  }

  async #writeLayer(entries: NonNullable<Step['entries']>): Promise<WrittenLayer> {
    const tar = writeLayerTar(entries);
    const descriptor = this.#compress
      ? await this.#blob('application/vnd.oci.image.layer.v1.tar+gzip', await gzip(tar))
      : await this.#blob('application/vnd.oci.image.layer.v1.tar', tar);
    return { descriptor, diffId: digestOf(tar) };
  }

  async #blob(mediaType: string, content: string | Buffer): Promise<Descriptor> {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    await writeFile(join(this.#draft, 'blobs', 'sha256', digest.slice('sha256:'.length)), bytes);
    return { mediaType, digest, size: bytes.length };
  }
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
