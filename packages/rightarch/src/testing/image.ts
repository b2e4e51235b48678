import { gzipSync } from 'node:zlib';
import { type Digest, digestOf, type Platform, parsePlatform } from '../core/index.ts';
import {
  createLayoutSink,
  type Descriptor,
  type HistoryEntry,
  type ImageTree,
  makeIndex,
  makeManifest,
  mediaTypes,
  openTree,
  type RuntimeConfig,
} from '../oci/index.ts';
import { type NewTarEntry, tarEnd, tarHeader } from '../tar/index.ts';
import { estargzLayer, type TarPiece } from './estargz.ts';
import { type TestSource, testSource } from './source.ts';

/** One entry of a layer. A path alone is an empty file; one that ends in a slash is a directory. */
export interface TestFile extends Partial<Omit<NewTarEntry, 'path' | 'size'>> {
  readonly path: string;
  readonly content?: string | Uint8Array;
}

/** What a layer says of itself that is not so. Everything else about it stays true. */
export interface LayerLies {
  /** The diff_id in the config. */
  readonly diffId?: Digest;
  /** The digest in the manifest; the bytes are served under it. */
  readonly digest?: Digest;
  /** The size in the manifest. */
  readonly size?: number;
  /** Named, and not there. */
  readonly missing?: boolean;
  /** Bytes behind the end marker of the tar, inside the compression; counted in the diff_id. */
  readonly trailing?: Uint8Array;
  /** Bytes behind the compressed data; counted in the digest. */
  readonly trailingCompressed?: Uint8Array;
  /** Compressed bytes that are kept; the rest is cut, and the digest is of what is left. */
  readonly keep?: number;
  readonly mediaType?: string;
  readonly urls?: readonly string[];
  /** Names in the table of an eStargz layer of files that its tar calls otherwise. */
  readonly called?: Readonly<Record<string, string>>;
}

export interface TestLayer {
  readonly files?: readonly TestFile[];
  /** The uncompressed bytes, instead of files. */
  readonly tar?: Uint8Array;
  /** `estargz`: gzip with a table of contents at its end, whose digest the manifest has. */
  readonly compression?: 'gzip' | 'zstd' | 'none' | 'estargz';
  /** `created_by` of its history entry. */
  readonly createdBy?: string;
  readonly lies?: LayerLies;
}

export interface TestImageParts {
  /** What the config declares: `linux/amd64`. Null leaves os and architecture out. */
  readonly platform?: string | null;
  /** What an index says of it, where that differs. Null leaves it out. */
  readonly entryPlatform?: string | null;
  /** One gzip layer of these files; `layers` for anything more. */
  readonly files?: readonly TestFile[];
  readonly layers?: readonly TestLayer[];
  /** Entrypoint, Env and so on. */
  readonly config?: RuntimeConfig;
  /** Members of the config document that replace the true ones; undefined takes one away. */
  readonly document?: Readonly<Record<string, unknown>>;
  readonly history?: readonly HistoryEntry[];
  readonly dockerMediaTypes?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Bytes of an image or an index in memory, ready to be served or written. */
export interface TestImage {
  /** With the platform that an index would give it. */
  readonly descriptor: Descriptor;
  /** Manifests, configs and layers by the digest that they are named by. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** Digests of the manifests among the blobs, children before parents. */
  readonly manifests: readonly Descriptor[];
  /** Descriptors of the layers, in order; none for an index. */
  readonly layers: readonly Descriptor[];
  source(name?: string): TestSource;
  tree(): Promise<ImageTree>;
  /** Writes an OCI layout as it is, lies included, and names the image in it. */
  writeLayout(directory: string, name?: string): Promise<void>;
}

/** An image for one platform, with real tar and gzip bytes. Equal parts give equal bytes. */
export function testImage(parts: TestImageParts = {}): TestImage {
  const blobs = new Map<Digest, Uint8Array>();
  const made = (parts.layers ?? [{ files: parts.files ?? [] }]).map((layer) => buildLayer(layer, parts, blobs));
  const declared = parts.platform === null ? undefined : wantPlatform(parts.platform ?? 'linux/amd64');
  const history = parts.history ?? made.map(({ createdBy }) => ({ created_by: createdBy }));
  const config = Buffer.from(
    JSON.stringify({
      ...(declared !== undefined ? { architecture: declared.architecture, os: declared.os } : {}),
      ...(declared?.variant !== undefined ? { variant: declared.variant } : {}),
      config: parts.config ?? {},
      rootfs: { type: 'layers', diff_ids: made.map(({ diffId }) => diffId) },
      history,
      ...parts.document,
    }),
  );
  const configDigest = digestOf(config);
  blobs.set(configDigest, config);
  const layers = made.map(({ descriptor }) => descriptor);
  const manifest = makeManifest({
    mediaType: parts.dockerMediaTypes ? mediaTypes.dockerManifest : mediaTypes.ociManifest,
    config: {
      mediaType: parts.dockerMediaTypes ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
      digest: configDigest,
      size: config.length,
    },
    layers,
    ...(parts.annotations !== undefined ? { annotations: parts.annotations } : {}),
  });
  blobs.set(manifest.descriptor.digest, manifest.bytes);
  const listed =
    parts.entryPlatform === null
      ? undefined
      : parts.entryPlatform !== undefined
        ? wantPlatform(parts.entryPlatform)
        : declared;
  const descriptor = listed === undefined ? manifest.descriptor : { ...manifest.descriptor, platform: listed };
  return testTree({ descriptor, blobs, manifests: [manifest.descriptor], layers });
}

export interface TestIndexParts {
  readonly images: readonly (TestImage | TestImageParts)[];
  /** A buildx attestation manifest for each image, with an empty statement or with the provenance that is given. */
  readonly attestations?: boolean | { readonly provenance: object };
  readonly dockerMediaTypes?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Entries behind the others, as they are: nested indexes, artifacts, things that are not there. */
  readonly more?: readonly Descriptor[];
}

/** An index of images. An image given twice is listed twice. */
export function testIndex(parts: TestIndexParts): TestImage {
  const images = parts.images.map((one) => ('blobs' in one ? one : testImage(one)));
  const blobs = new Map<Digest, Uint8Array>(images.flatMap((image) => [...image.blobs]));
  const manifests = images.flatMap((image) => [...image.manifests]);
  const entries = images.map((image) => image.descriptor);
  if (parts.attestations) {
    for (const { descriptor } of images) {
      const one = attestationOf(descriptor, blobs, parts.attestations);
      manifests.push(one);
      entries.push(one);
    }
  }
  const index = makeIndex({
    manifests: [...entries, ...(parts.more ?? [])],
    mediaType: parts.dockerMediaTypes ? mediaTypes.dockerList : mediaTypes.ociIndex,
    ...(parts.annotations !== undefined ? { annotations: parts.annotations } : {}),
  });
  blobs.set(index.descriptor.digest, index.bytes);
  const unique = [...new Map([...manifests, index.descriptor].map((one) => [one.digest, one])).values()];
  return testTree({ descriptor: index.descriptor, blobs, manifests: unique, layers: [] });
}

/** A tar of these files, with its end marker. */
export function testTar(files: readonly TestFile[]): Uint8Array {
  const pieces = tarPieces(files).flatMap(({ header, content }) => [
    header,
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  return Buffer.concat([...pieces, tarEnd()]);
}

function tarPieces(files: readonly TestFile[]): TarPiece[] {
  return files.map(({ content, ...file }) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : (content ?? Buffer.alloc(0));
    const type = file.type ?? (file.path.endsWith('/') ? 'directory' : file.link !== undefined ? 'symlink' : 'file');
    const isFile = type === 'file';
    const header = tarHeader({ ...file, type, size: isFile ? bytes.length : 0 });
    const mode = file.mode ?? (type === 'directory' ? 0o755 : 0o644);
    return { path: file.path, type, mode, link: file.link, header, content: isFile ? bytes : Buffer.alloc(0) };
  });
}

interface BuiltLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  readonly createdBy: string;
}

function buildLayer(layer: TestLayer, parts: TestImageParts, blobs: Map<Digest, Uint8Array>): BuiltLayer {
  const lies = layer.lies ?? {};
  const stargz = layer.compression === 'estargz' ? estargzLayer(tarPieces(layer.files ?? []), lies.called) : undefined;
  const plain = stargz?.tar ?? layer.tar ?? testTar(layer.files ?? []);
  const tar = lies.trailing === undefined ? plain : Buffer.concat([plain, lies.trailing]);
  const compression = stargz !== undefined || layer.compression === 'estargz' ? 'gzip' : (layer.compression ?? 'gzip');
  const packed =
    stargz?.bytes ?? (compression === 'gzip' ? gzipSync(tar) : compression === 'zstd' ? zstdStored(tar) : tar);
  // zlib writes the number of the operating system there.
  if (compression === 'gzip') packed[9] = 255;
  let bytes = packed.subarray(0, lies.keep ?? packed.length);
  if (lies.trailingCompressed !== undefined) bytes = Buffer.concat([bytes, lies.trailingCompressed]);
  const digest = lies.digest ?? digestOf(bytes);
  if (lies.missing !== true) blobs.set(digest, bytes);
  return {
    descriptor: {
      mediaType: lies.mediaType ?? layerType(compression, parts.dockerMediaTypes === true),
      digest,
      size: lies.size ?? bytes.length,
      ...(stargz !== undefined ? { annotations: { 'containerd.io/snapshot/stargz/toc.digest': stargz.toc } } : {}),
      ...(lies.urls !== undefined ? { urls: lies.urls } : {}),
    },
    diffId: lies.diffId ?? digestOf(tar),
    createdBy: layer.createdBy ?? 'test',
  };
}

function layerType(compression: 'gzip' | 'zstd' | 'none', docker: boolean): string {
  if (compression === 'zstd') return mediaTypes.ociLayerZstd;
  if (docker) return `application/vnd.docker.image.rootfs.diff.tar${compression === 'gzip' ? '.gzip' : ''}`;
  return compression === 'gzip' ? mediaTypes.ociLayerGzip : mediaTypes.ociLayer;
}

/** A zstd frame of stored blocks (RFC 8878, 3.1.1): valid for every decoder, and every Node can make it. */
export function zstdStored(bytes: Uint8Array): Buffer {
  const most = 128 * 1024;
  // Magic; single segment with the content size in eight bytes, no checksum, no dictionary.
  const head = Buffer.alloc(13);
  head.writeUInt32LE(0xfd2fb528, 0);
  head[4] = 0xe0;
  head.writeBigUInt64LE(BigInt(bytes.length), 5);
  const pieces: Uint8Array[] = [head];
  let at = 0;
  do {
    const block = bytes.subarray(at, at + most);
    at += block.length;
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (at >= bytes.length ? 1 : 0), 0, 3);
    pieces.push(header, block);
  } while (at < bytes.length);
  return Buffer.concat(pieces);
}

/** What buildx adds for each image (BuildKit docs/attestations/attestation-storage.md). */
function attestationOf(
  subject: Descriptor,
  blobs: Map<Digest, Uint8Array>,
  stated: true | { readonly provenance: object },
): Descriptor {
  const content = stated === true ? { _type: 'https://in-toto.io/Statement/v0.1' } : stated.provenance;
  const statement = Buffer.from(JSON.stringify(content));
  const type = 'predicateType' in content ? { 'in-toto.io/predicate-type': String(content.predicateType) } : undefined;
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'unknown',
      os: 'unknown',
      rootfs: { type: 'layers', diff_ids: [digestOf(statement)] },
    }),
  );
  blobs.set(digestOf(statement), statement).set(digestOf(config), config);
  const manifest = makeManifest({
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: [
      {
        mediaType: 'application/vnd.in-toto+json',
        digest: digestOf(statement),
        size: statement.length,
        ...(type !== undefined ? { annotations: type } : {}),
      },
    ],
    // The subject makes each attestation its own manifest.
    annotations: { 'test.subject': subject.digest },
  });
  blobs.set(manifest.descriptor.digest, manifest.bytes);
  return {
    ...manifest.descriptor,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.digest': subject.digest,
      'vnd.docker.reference.type': 'attestation-manifest',
    },
  };
}

function wantPlatform(text: string): Platform {
  const platform = parsePlatform(text);
  if (platform === undefined) throw new TypeError(`${text} is no platform`);
  return platform;
}

function testTree(parts: Pick<TestImage, 'descriptor' | 'blobs' | 'manifests' | 'layers'>): TestImage {
  const source = (name = 'test:image') => testSource({ name, root: parts.descriptor, blobs: parts.blobs });
  return {
    ...parts,
    source,
    tree: () => openTree(source(), withoutPlatform(parts.descriptor)),
    async writeLayout(directory, name = 'latest') {
      const sink = createLayoutSink(directory);
      // Through the file system and not the sink, which would refuse the lies.
      await sink.tag(name, withoutPlatform(parts.descriptor));
      await sink.close();
      const { mkdir, writeFile } = await import('node:fs/promises');
      for (const [digest, bytes] of parts.blobs) {
        const [algorithm = '', hex = ''] = digest.split(':');
        await mkdir(`${directory}/blobs/${algorithm}`, { recursive: true });
        await writeFile(`${directory}/blobs/${algorithm}/${hex}`, bytes);
      }
    },
  };
}

function withoutPlatform({ platform: _, ...descriptor }: Descriptor): Descriptor {
  return descriptor;
}
