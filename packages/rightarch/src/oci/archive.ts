import { createHash } from 'node:crypto';
import { type Digest, digestOf, Failure, isDigest, type Location, parseReference, splitDigest } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { sniffCompression } from '../tar/index.ts';
import { type ArchiveOptions, type ArchiveTable, openArchiveTable } from './archive-table.ts';
import { parseConfig, parseJson } from './documents.ts';
import { checkMarker, type ListedSource, parseLayoutIndex } from './layout.ts';
import { makeManifest } from './mutate.ts';
import { chooseImage, imagesOf, type NamedImage } from './names.ts';
import { takeBytes } from './part.ts';
import { type Descriptor, mediaTypes } from './types.ts';
import { documentLimits } from './verified.ts';

export type { ArchiveOptions } from './archive-table.ts';

/**
 * Reads an image archive: an OCI layout in a tar, or what `docker save` writes, plain or compressed as a whole. The
 * file is scanned once and then read where it is needed; `list` says which images and names it holds.
 */
export async function openArchive(
  file: string,
  options: ArchiveOptions & { readonly name?: string; readonly kind?: 'archive' | 'docker' } = {},
): Promise<ListedSource> {
  const name = options.name ?? `archive:${file}`;
  const at: Location = { in: 'image', image: name };
  const table = await openArchiveTable(file, name, options);
  try {
    // docker save writes both since 25.0; index.json is the one that names digests.
    const contents = table.has('index.json')
      ? await layoutContents(table, name, at)
      : await dockerContents(table, name, at, options);
    const source: ListedSource = {
      name,
      kind: options.kind ?? 'archive',
      ownChunks: true,
      list: async () => contents.images,
      resolve: async (wanted) => chooseImage(contents.images, wanted, name),
      async *blob(descriptor, callOptions = {}) {
        const bytes = contents.blob(descriptor.digest, callOptions);
        if (bytes === undefined) {
          throw failure('image/blob-missing', { source: name, digest: descriptor.digest }, at, 'request');
        }
        yield* bytes;
      },
      part: (descriptor, { offset, length }, call) => takeBytes(source.blob(descriptor, { ...call, offset }), length),
      ...(options.kind === 'docker' ? {} : { loadedByDocker: () => configsOf(table, at) }),
      close: () => table.close(),
    };
    return source;
  } catch (error) {
    await table.close();
    throw error;
  }
}

/** Docker refuses an archive whose `manifest.json` is no manifest as it does one that has none. */
async function configsOf(table: ArchiveTable, at: Location): Promise<readonly Digest[] | undefined> {
  try {
    const raw = await small(table, 'manifest.json', documentLimits.manifest, at);
    if (raw === undefined) return undefined;
    const configs: Digest[] = [];
    for (const { Config } of parseDockerManifest(raw, at).slice(0, MAX_IMAGES)) {
      const config = await small(table, Config, documentLimits.config, at);
      if (config === undefined) return undefined;
      configs.push(digestOf(config));
    }
    return configs;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

interface Contents {
  readonly images: readonly NamedImage[];
  blob(
    digest: Digest,
    options: { offset?: number; signal?: AbortSignal | undefined },
  ): AsyncIterable<Uint8Array> | undefined;
}

/** A copy: what is handed out is the reader's, who may give its memory back. */
async function* memory(bytes: Uint8Array, offset = 0): AsyncGenerator<Uint8Array> {
  yield bytes.slice(offset);
}

async function small(table: ArchiveTable, path: string, limit: number, at: Location): Promise<Uint8Array | undefined> {
  const size = table.size(path);
  if (size === undefined) return undefined;
  if (size > limit) throw failure('image/document-too-large', { digest: `\`${path}\``, size, limit }, at, 'request');
  const chunks: Uint8Array[] = [];
  for await (const chunk of table.read(path)!) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function layoutContents(table: ArchiveTable, source: string, at: Location): Promise<Contents> {
  const marker = await small(table, 'oci-layout', 4096, at);
  if (marker === undefined) throw failure('image/layout-invalid', { source, problem: 'marker' }, at, 'request');
  checkMarker(marker, source, at);
  const raw = (await small(table, 'index.json', documentLimits.manifest, at))!;
  const images = imagesOf(parseLayoutIndex(raw, at), raw);
  const self = images[0]?.descriptor;
  return {
    images,
    blob(digest, options) {
      const found = table.read(`blobs/${splitDigest(digest).join('/')}`, options);
      if (found !== undefined) return found;
      const isIndex = self?.digest === digest && images.length === 1 && self.size === raw.length;
      return isIndex ? memory(raw, options.offset) : undefined;
    },
  };
}

/** Images and layers that one `manifest.json` may name: each costs reading, and a name is only some bytes. */
const MAX_IMAGES = 1000;
const MAX_LAYERS = 10_000;

interface DockerImage {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[];
}

/**
 * The images of a `manifest.json` of docker save. It names no digests: a manifest is made whose layers have the
 * digests that the config promises (plain tars, so digest and diffID are one) or, for compressed ones (kaniko, crane,
 * Bazel), the digests that the bytes have. Reading holds every byte to them.
 */
async function dockerContents(
  table: ArchiveTable,
  source: string,
  at: Location,
  options: ArchiveOptions,
): Promise<Contents> {
  const raw = await small(table, 'manifest.json', documentLimits.manifest, at);
  if (raw === undefined) {
    const problem = table.has('repositories') ? 'v1' : 'no-image';
    throw failure('image/archive-invalid', { source, problem }, at, 'request');
  }
  const blobs = new Map<Digest, { readonly path: string } | { readonly bytes: Uint8Array }>();
  const images: NamedImage[] = [];
  const entries = parseDockerManifest(raw, at);
  const tooMany = (count: number, limit: number) =>
    failure('image/too-many-entries', { what: '`manifest.json`', count, limit }, at, 'request');
  if (entries.length > MAX_IMAGES) throw tooMany(entries.length, MAX_IMAGES);
  const layerCount = entries.reduce((sum, { Layers }) => sum + Layers.length, 0);
  if (layerCount > MAX_LAYERS) throw tooMany(layerCount, MAX_LAYERS);
  /** By path and promise: a layer that many images share is hashed once. */
  const known = new Map<string, Descriptor>();
  let held = 0;
  for (const entry of entries) {
    const config = await small(table, entry.Config, documentLimits.config, at);
    if (config === undefined) throw missing(source, entry.Config, at);
    const digest = digestOf(config);
    if (!blobs.has(digest)) held += config.length;
    if (held > documentLimits.tree) {
      const args = { digest: '`manifest.json`', size: held, limit: documentLimits.tree };
      throw failure('image/document-too-large', args, at, 'request');
    }
    const place = { document: 'config', digest, at } as const;
    const diffIds = parseConfig(parseJson(config, place), place).rootfs?.diff_ids ?? [];
    blobs.set(digest, { bytes: config });
    const layers: Descriptor[] = [];
    for (const [i, path] of entry.Layers.entries()) {
      const key = JSON.stringify([path, diffIds[i]]);
      const layer = known.get(key) ?? (await layerDescriptor(table, path, diffIds[i], source, at, options));
      known.set(key, layer);
      blobs.set(layer.digest, { path });
      layers.push(layer);
    }
    const manifest = makeManifest({
      mediaType: mediaTypes.dockerManifest,
      config: { mediaType: mediaTypes.dockerConfig, digest, size: config.length },
      layers,
    });
    blobs.set(manifest.descriptor.digest, { bytes: manifest.bytes });
    addImage(images, { names: entry.RepoTags ?? [], descriptor: manifest.descriptor });
  }
  await addOldNames(table, images, at);
  return {
    images,
    blob(digest, callOptions) {
      const found = blobs.get(digest);
      if (found === undefined) return undefined;
      return 'bytes' in found ? memory(found.bytes, callOptions.offset) : table.read(found.path, callOptions);
    },
  };
}

/** The same image twice, under two names, is one image. */
function addImage(images: NamedImage[], image: NamedImage): void {
  const i = images.findIndex((known) => known.descriptor.digest === image.descriptor.digest);
  if (i < 0) images.push({ ...image, names: [...new Set(image.names)] });
  else images[i] = { ...image, names: [...new Set([...images[i]!.names, ...image.names])] };
}

function missing(source: string, what: string, at: Location) {
  return failure('image/archive-invalid', { source, problem: 'missing', what }, at, 'request');
}

async function layerDescriptor(
  table: ArchiveTable,
  path: string,
  diffId: Digest | undefined,
  source: string,
  at: Location,
  options: ArchiveOptions,
): Promise<Descriptor> {
  const size = table.size(path);
  if (size === undefined) throw missing(source, path, at);
  let head = Buffer.alloc(0);
  for await (const chunk of table.read(path)!) {
    head = Buffer.concat([head, chunk.subarray(0, 4)]);
    if (head.length >= 4) break;
  }
  const compression = sniffCompression(head);
  const mediaType =
    compression === 'gzip'
      ? mediaTypes.dockerLayerGzip
      : compression === 'zstd'
        ? mediaTypes.ociLayerZstd
        : 'application/vnd.docker.image.rootfs.diff.tar';
  if (compression === 'none' && diffId !== undefined) return { mediaType, digest: diffId, size };
  // Written as blobs/sha256/<hex>: what it says of itself is checked when it is read.
  const named = /^blobs\/(sha256|sha512)\/([a-f0-9]+)$/.exec(path);
  const claimed = named === null ? undefined : `${named[1]}:${named[2]}`;
  if (isDigest(claimed)) return { mediaType, digest: claimed, size };
  const hash = createHash('sha256');
  for await (const chunk of table.read(path, options)!) hash.update(chunk);
  return { mediaType, digest: `sha256:${hash.digest('hex')}`, size };
}

function parseDockerManifest(raw: Uint8Array, at: Location): DockerImage[] {
  const place = { document: 'docker-manifest', at } as const;
  const json = parseJson(raw, place);
  const bad = (where: string, wanted: 'list' | 'text' | 'texts') =>
    failure('image/json-invalid', { document: 'docker-manifest', place: where, wanted }, at, 'request');
  if (!Array.isArray(json)) throw bad('.', 'list');
  const isTexts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'string');
  return json.map((value: unknown, i) => {
    const { Config, RepoTags, Layers } = (value ?? {}) as Record<string, unknown>;
    if (typeof Config !== 'string') throw bad(`[${i}].Config`, 'text');
    if (Layers != null && !isTexts(Layers)) throw bad(`[${i}].Layers`, 'texts');
    if (RepoTags != null && !isTexts(RepoTags)) throw bad(`[${i}].RepoTags`, 'texts');
    return { Config, RepoTags: (RepoTags ?? null) as string[] | null, Layers: (Layers ?? []) as string[] };
  });
}

/** Names from the old `repositories` file, where manifest.json has none and there is one image they can mean. */
async function addOldNames(table: ArchiveTable, images: NamedImage[], at: Location): Promise<void> {
  const only = images[0];
  if (images.length !== 1 || only === undefined || only.names.length > 0) return;
  const raw = await small(table, 'repositories', documentLimits.manifest, at);
  if (raw === undefined) return;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(raw).toString('utf8'));
  } catch {
    return;
  }
  const names: string[] = [];
  for (const [repository, tags] of Object.entries((json ?? {}) as object)) {
    for (const tag of Object.keys((tags ?? {}) as object)) {
      const name = `${repository}:${tag}`;
      if (parseReference(name).ok) names.push(name);
    }
  }
  images[0] = { ...only, names };
}
