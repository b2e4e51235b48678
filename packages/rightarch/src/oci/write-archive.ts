import { formatReference, type Platform, parseReference, splitDigest, withDefaultTag } from '../core/index.ts';
import { writeTar } from '../tar/index.ts';
import { chooseImages } from './copy.ts';
import { isSystemError, writeFailure } from './files.ts';
import { descriptorJson } from './mutate.ts';
import { nameAnnotations } from './names.ts';
import { isForeignLayer } from './tree.ts';
import { type CallOptions, type Descriptor, type Image, type ImageTree, mediaTypes } from './types.ts';
import { streamVerified } from './verified.ts';
import { writeWholeFile } from './whole-file.ts';

export interface WriteArchiveOptions extends CallOptions {
  /** Full references; `docker load` gives them to the image. */
  readonly names?: readonly string[];
  /** Which image Docker's older `manifest.json` names, where there are several; without it, none. */
  readonly dockerPlatform?: Platform;
  readonly onBytes?: (count: number) => void;
}

/**
 * Writes a tree as one tar: an OCI layout, with Docker's `manifest.json` beside it as `docker save` does since 25.0,
 * so that containerd, Podman and every Docker can load it. Equal trees give equal bytes. The file appears when whole.
 */
export async function writeArchive(tree: ImageTree, file: string, options: WriteArchiveOptions = {}): Promise<void> {
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of writeTar(archiveEntries(tree, options))) {
      options.signal?.throwIfAborted();
      yield chunk;
      options.onBytes?.(chunk.length);
    }
  };
  try {
    await writeWholeFile(file, bytes());
  } catch (error) {
    throw isSystemError(error) ? writeFailure(error, file) : error;
  }
}

interface Part {
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function* archiveEntries(tree: ImageTree, options: WriteArchiveOptions) {
  const parts = new Map<string, Part>();
  const whole = (path: string, bytes: Uint8Array) =>
    parts.set(path, { size: bytes.length, open: () => bytesOf(bytes) });
  const json = (path: string, value: unknown) => whole(path, Buffer.from(JSON.stringify(value)));
  const blob = (descriptor: Descriptor) =>
    parts.set(blobName(descriptor), {
      size: descriptor.size,
      open: () => streamVerified(tree.source, descriptor, options.signal ? { signal: options.signal } : {}),
    });
  whole(blobName(tree.root), tree.rawRoot);
  for (const image of tree.images) {
    whole(blobName(image.descriptor), image.rawManifest);
    whole(blobName(image.manifest.config), image.rawConfig);
    for (const layer of image.manifest.layers) if (!isForeignLayer(layer)) blob(layer);
  }
  for (const other of tree.attestations) blob(other);
  const names = options.names ?? [];
  const entries = names.length === 0 ? [{}] : names.map(nameAnnotations);
  json('index.json', {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: entries.map((annotations) => descriptorJson({ ...tree.root, annotations })),
  });
  json('oci-layout', { imageLayoutVersion: '1.0.0' });
  const chosen = dockerImage(tree, options.dockerPlatform);
  if (chosen !== undefined) json('manifest.json', [dockerEntry(chosen, names)]);

  const directories = new Set<string>();
  for (const path of [...parts.keys()].sort()) {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const directory = path.slice(0, slash);
      if (directories.has(directory)) continue;
      directories.add(directory);
      yield { entry: { path: directory, type: 'directory' as const, mode: 0o755 } };
    }
    const { size, open: content } = parts.get(path)!;
    yield { entry: { path, type: 'file' as const, mode: 0o644, size }, open: content };
  }
}

function blobName(descriptor: Descriptor): string {
  return `blobs/${splitDigest(descriptor.digest).join('/')}`;
}

function dockerImage(tree: ImageTree, platform: Platform | undefined): Image | undefined {
  if (platform !== undefined) return chooseImages(tree, [platform])[0];
  return tree.images.length === 1 ? tree.images[0] : undefined;
}

function dockerEntry(image: Image, names: readonly string[]): object {
  const tags = names.flatMap((name) => {
    const parsed = parseReference(name);
    return parsed.ok ? [formatReference(withDefaultTag(parsed.value))] : [];
  });
  return {
    Config: blobName(image.manifest.config),
    RepoTags: tags.length > 0 ? tags : null,
    Layers: image.manifest.layers.map(blobName),
  };
}
