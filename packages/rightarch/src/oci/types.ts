import type { Diagnostic, Digest, Platform } from '../core/index.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** image-spec descriptor.md. `platform` is as written in the bytes: a claim, not normalised. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly urls?: readonly string[];
}

/**
 * The least that a place must offer to be read as images: a registry repository, a layout, an archive, an engine.
 * Its bytes are not verified: only `verified.ts` reads them.
 */
export interface ImageSource {
  /** How people wrote it, for messages: `127.0.0.1:5000/app`, `oci:out`, `archive:app.tar`. */
  readonly name: string;
  readonly kind: 'registry' | 'layout' | 'archive' | 'docker';
  /**
   * Where other tools find it, as BuildKit's named contexts have it and without a digest: `oci-layout:///srv/bases`,
   * `docker-image://127.0.0.1:5000/library/node`. Undefined where they do not.
   */
  readonly place?: string | undefined;
  /** The descriptor behind a tag, a digest or a layout name; without one, the only image there is. Throws Failure. */
  resolve(name: string | undefined, options?: CallOptions): Promise<Descriptor>;
  /** The bytes of a manifest or blob, from `offset` on. Unverified. Throws Failure where they cannot be had. */
  blob(descriptor: Descriptor, options?: CallOptions & { readonly offset?: number }): AsyncIterable<Uint8Array>;
  /**
   * `length` bytes of a blob from `offset` on, for a look at a table of contents; undefined where the place gives no
   * parts of blobs or other than was asked for. No digest covers them: who asks holds them to one that he knows.
   */
  part?(
    descriptor: Descriptor,
    range: { readonly offset: number; readonly length: number },
    options?: CallOptions,
  ): Promise<Uint8Array | undefined>;
  /** Of several places that are read as one: the one that has it. */
  placeOf?(descriptor: Descriptor): ImageSource | undefined;
  /** Each chunk of `blob` is a buffer of its own that nobody else looks at: who asked may give its memory back. */
  readonly ownChunks?: boolean;
  referrers?(subject: Digest, options?: CallOptions): Promise<readonly Descriptor[]>;
  /**
   * Of an archive: the configs that its `manifest.json` names, which are what `docker load` makes of it where Docker has
   * its own image store; undefined where it has none, and such a Docker refuses it. Docker with containerd's store takes
   * `index.json` and every platform (moby daemon/internal/image/tarexport/load.go, daemon/containerd/image_exporter.go,
   * read 2026-11-28).
   */
  loadedByDocker?(): Promise<readonly Digest[] | undefined>;
  /** Every name that the place has, whatever it points at. */
  tags?(options?: CallOptions): AsyncIterable<string>;
  /** Frees sockets and file handles. Idempotent. */
  close(): Promise<void>;
}

/** A place that images can be written to. Every write is idempotent and visible only when whole. */
export interface ImageSink {
  readonly name: string;
  readonly kind: 'registry' | 'layout';
  has(descriptor: Descriptor, options?: CallOptions): Promise<boolean>;
  /**
   * Streams one blob in and checks its digest and size on the way. `mountFrom` names a repository of the same
   * registry that has it already.
   */
  writeBlob(
    descriptor: Descriptor,
    bytes: () => AsyncIterable<Uint8Array>,
    options?: CallOptions & { readonly mountFrom?: string | undefined; readonly onBytes?: (count: number) => void },
  ): Promise<void>;
  /** Puts a manifest or index by its digest; nothing is tagged. */
  writeManifest(descriptor: Descriptor, bytes: Uint8Array, options?: CallOptions): Promise<void>;
  /** Points a name at a manifest that is already there. The last step of everything. */
  tag(name: string, descriptor: Descriptor, options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}

/** image-spec config.md, the parts we read. Unknown members survive in the raw bytes. */
export interface ImageConfig {
  readonly os?: string;
  readonly architecture?: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
  readonly created?: string;
  readonly author?: string;
  readonly config?: RuntimeConfig;
  readonly rootfs?: { readonly type: string; readonly diff_ids: readonly Digest[] };
  readonly history?: readonly HistoryEntry[];
}

/** image-spec config.md, `config`; the Docker members (`Shell`, `OnBuild`, `Healthcheck`) beside the OCI ones. */
export interface RuntimeConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly StopSignal?: string;
  readonly Shell?: readonly string[];
  readonly OnBuild?: readonly string[] | null;
  readonly Healthcheck?: object;
  readonly ArgsEscaped?: boolean;
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: Descriptor;
}

export interface Index {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One layer of one image: where its compressed bytes are, and what they must unpack to. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of the uncompressed tar, from the config. Absent where the config lists fewer than there are layers. */
  readonly diffId: Digest | undefined;
  /** 1-based, with the number of layers. */
  readonly position: readonly [number, number];
  /** The history entry that made it, where the config tells. */
  readonly history: HistoryEntry | undefined;
}

/** One runnable image, read and verified, immutable. */
export interface Image {
  readonly descriptor: Descriptor;
  /** What the index says; undefined where there is no index or no platform in the entry. */
  readonly entryPlatform: Platform | undefined;
  /** What the config says, normalised; undefined where os or architecture is missing. Never guessed. */
  readonly declared: Platform | undefined;
  readonly rawManifest: Uint8Array;
  readonly manifest: Manifest;
  readonly rawConfig: Uint8Array;
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
}

/** Everything behind one descriptor: one image, or an index with what it lists. */
export interface ImageTree {
  readonly source: ImageSource;
  readonly root: Descriptor;
  readonly rawRoot: Uint8Array;
  readonly form: 'index' | 'manifest';
  readonly images: readonly Image[];
  /** buildx provenance and SBOM manifests: `unknown/unknown` entries that say what they refer to. */
  readonly attestations: readonly Descriptor[];
  /** Entries that are neither (nested indexes, schema 1, artifacts, unreadable ones), each with a diagnostic in `problems`. */
  readonly others: readonly Descriptor[];
  /** Faults of structure that reading met and survived. What made reading impossible is thrown. */
  readonly problems: readonly Diagnostic[];
}

export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;
