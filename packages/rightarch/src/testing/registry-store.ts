import { createHash } from 'node:crypto';

export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface StoredUpload {
  bytes: Uint8Array;
}

/** One repository of the in-memory registry. */
export interface StoredRepository {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
  readonly uploads: Map<string, StoredUpload>;
}

/** An empty repository. */
export function emptyRepository(): StoredRepository {
  return { blobs: new Map(), manifests: new Map(), tags: new Map(), uploads: new Map() };
}

/** sha256 or sha512, as the digest that is to be compared with says. */
export function hashAs(digest: string, bytes: Uint8Array): string {
  const algorithm = digest.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

interface Entry {
  readonly digest?: unknown;
  readonly urls?: readonly string[];
}

interface AnyManifest {
  readonly manifests?: readonly Entry[];
  readonly layers?: readonly Entry[];
  readonly config?: Entry;
  readonly subject?: { readonly digest?: string };
  readonly artifactType?: string;
  readonly annotations?: object;
}

/** What a manifest needs and the repository lacks. A name never shows something incomplete while this is empty. */
export function missingFrom(repository: StoredRepository, bytes: Uint8Array): string[] {
  const manifest = parse(bytes);
  const blobs = [...(manifest.layers ?? []), ...(manifest.config === undefined ? [] : [manifest.config])];
  const missing = blobs.filter(({ digest, urls }) => urls === undefined && !repository.blobs.has(String(digest)));
  const children = (manifest.manifests ?? []).filter(({ digest }) => !repository.manifests.has(String(digest)));
  return [...missing, ...children].map(({ digest }) => String(digest));
}

/** As `missingFrom`, through all children: the blobs of every platform. */
export function missingBelow(repository: StoredRepository, digest: string): string[] {
  const stored = repository.manifests.get(digest);
  if (stored === undefined) return [digest];
  const children = (parse(stored.bytes).manifests ?? []).flatMap((entry) =>
    missingBelow(repository, String(entry.digest)),
  );
  return [...missingFrom(repository, stored.bytes), ...children];
}

/** The descriptors of everything that names `subject`. */
export function referrersOf(repository: StoredRepository, subject: string): object[] {
  const found: object[] = [];
  for (const [digest, { mediaType, bytes }] of repository.manifests) {
    const manifest = parse(bytes);
    if (manifest.subject?.digest !== subject) continue;
    const { artifactType, annotations } = manifest;
    found.push({ mediaType, digest, size: bytes.length, artifactType, annotations });
  }
  return found;
}

/** Undefined members where the bytes are no JSON object. */
export function parse(bytes: Uint8Array): AnyManifest {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
