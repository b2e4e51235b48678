import type { Diagnostic, Digest, Platform } from '../core/index.ts';
import type { CallOptions, Descriptor, ImageTree } from '../oci/index.ts';
import type { RegistryRepository } from '../oci/registry/index.ts';

/** One repository and the names to move there. The caller opens and closes it. */
export interface Destination {
  readonly repository: RegistryRepository;
  /** For the whole: the index, or the one manifest. */
  readonly tags: readonly string[];
  /** For single platforms, with `{arch}` already put in. */
  readonly childTags?: readonly { readonly platform: Platform; readonly tags: readonly string[] }[];
}

/** What is in a repository by digest and under no name yet: the very thing to prove. */
export interface Pushed {
  readonly repository: RegistryRepository;
  readonly root: Descriptor;
  /** The manifest of every platform below the root; the root itself where there is one platform. */
  readonly images: readonly Digest[];
}

export type PublishEvent =
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: Digest; readonly bytes: number }
  | { readonly kind: 'pushed'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'tagged'; readonly repository: string; readonly tag: string; readonly moved: boolean };

export interface PublishOptions extends CallOptions {
  readonly tree: ImageTree;
  readonly destinations: readonly Destination[];
  /** Only these platforms; all of them unless told. */
  readonly platforms?: readonly Platform[] | undefined;
  /** Awaited before any manifest is written, while blobs go up: a proof that still runs. What it throws ends all. */
  readonly cleared?: (() => Promise<void>) | undefined;
  /** Called for every repository when everything is there by digest. What it throws leaves every tag where it was. */
  readonly prove?: ((pushed: Pushed) => Promise<void>) | undefined;
  /** Read back what the registry holds before tagging: manifests and configs, or every byte. */
  readonly reread?: 'documents' | 'everything' | undefined;
  /** What a name pointed at when the tree was made of it: where it points elsewhere now, no tag moves. */
  readonly expected?: { readonly reference: string; readonly digest: Digest | undefined } | undefined;
  /** Platforms that a tag may lose. */
  readonly drop?: readonly Platform[] | undefined;
  /** Refuse to turn a manifest into an index, or an index into a manifest, where it would only be warned of. */
  readonly refuseKindChange?: boolean | undefined;
  /** Blobs in flight; 4 unless told. */
  readonly concurrency?: number | undefined;
  /** Milliseconds that the answer about a name is waited for after `signal`; 5,000 unless told. */
  readonly graceMs?: number | undefined;
  readonly onEvent?: ((event: PublishEvent) => void) | undefined;
}

/** Where one name points, and where it did. */
export interface TagReceipt {
  readonly tag: string;
  readonly digest: Digest;
  /** Null where the name is new. */
  readonly before: Digest | null;
  readonly moved: boolean;
  /** For a name of one platform. */
  readonly platform?: string;
}

/** What one repository needed. */
export interface RepositoryReceipt {
  readonly repository: string;
  readonly tags: readonly TagReceipt[];
  readonly blobs: { readonly present: number; readonly mounted: number; readonly uploaded: number };
  readonly manifests: { readonly present: number; readonly written: number };
  /** Bytes of blobs that went over the network. */
  readonly bytes: number;
}

/** Plain JSON: what is published where, and what it took. */
export interface PublishReceipt {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly form: 'index' | 'manifest';
  readonly platforms: readonly { readonly platform: string; readonly digest: Digest }[];
  readonly repositories: readonly RepositoryReceipt[];
  readonly diagnostics: readonly Diagnostic[];
}
