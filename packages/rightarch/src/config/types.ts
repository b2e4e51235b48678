import type { ConfiguredBuilder, Diagnostic, ImageReference, Location, Platform } from '../core/index.ts';
import type { Language } from '../messages/index.ts';
import type { TargetAsk } from '../target/index.ts';
import type { ImageShape, ProjectShape, TargetShape } from './schema.ts';

/** A value, or everything that is wrong: a person mends a file once, not line by line. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** `rightarch.yaml` as written: shapes are right, names inside it fit; variables are not put in yet. */
export interface Project {
  /** Absolute. */
  readonly file: string;
  readonly directory: string;
  readonly shape: ProjectShape;
  /** Where a value stands, or its nearest ancestor that does. */
  readonly at: (path: readonly PropertyKey[]) => Location;
  /** Where the key of a value stands. */
  readonly keyAt: (path: readonly PropertyKey[]) => Location;
}

export type { ImageShape, ProjectShape, TargetShape };

/** Why a platform is built: a target needs it, or it was promised. */
export type PlatformReason =
  | { readonly kind: 'target'; readonly target: string; readonly runtime: string }
  | { readonly kind: 'promise' };

export interface ProjectImage {
  readonly name: string;
  readonly at: Location;
  /** Absolute directory. */
  readonly context: string;
  /** Absolute file. */
  readonly dockerfile: string;
  readonly stage?: string;
  /** Where the stage is named. */
  readonly stageAt: Location;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Files are absolute. */
  readonly secrets: readonly { readonly id: string; readonly file?: string; readonly env?: string }[];
  readonly secretsAt: Location;
  readonly ssh: readonly string[];
  readonly sshAt: Location;
  /** Directories are absolute; `oci:` and `docker-image://` stay as written. */
  readonly contexts: Readonly<Record<string, string>>;
  /** Registry and repository only, in the order of the file. */
  readonly repositories: readonly ImageReference[];
  /** Templates: environment variables are in, those of Git and time are not. */
  readonly tags: readonly string[];
  readonly childTags: readonly string[];
  /** In canonical order, each with the first reason. Empty where neither a target nor a promise asks for any. */
  readonly platforms: readonly {
    readonly platform: Platform;
    readonly because: PlatformReason;
    readonly optional: boolean;
  }[];
  readonly foreign: readonly { readonly path: string; readonly reason: string }[];
  readonly scriptsNotNeeded: readonly { readonly package: string; readonly reason: string }[];
}

export interface ProjectTarget {
  readonly name: string;
  readonly at: Location;
  readonly image: string;
  readonly ask: TargetAsk;
  readonly release: 'digest' | 'tag' | 'handoff' | undefined;
  /** What names the running thing: `cluster`, `service`, `function`, `host` …, with variables put in. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The project in one environment, everything put in that does not come from Git or the clock. */
export interface ResolvedProject {
  readonly file: string;
  readonly directory: string;
  readonly environment: { readonly name: string; readonly confirm: boolean; readonly profile?: string } | undefined;
  readonly images: readonly ProjectImage[];
  readonly targets: readonly ProjectTarget[];
  readonly builders: readonly ConfiguredBuilder[];
  readonly language: Language | undefined;
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
  readonly ignore: readonly {
    readonly code: string;
    readonly paths: readonly string[];
    readonly reason: string;
    readonly until?: string;
    readonly at: Location;
  }[];
  /** Findings that stop nothing: what is read and not used yet. */
  readonly notes: readonly Diagnostic[];
}

/** What Git, the clock and package.json say, for the variables of tags. Anything may be missing. */
export interface TagFacts {
  /** 40 hexadecimal digits. */
  readonly commit?: string;
  readonly branch?: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** From the tag on HEAD, else from package.json: `1.8.3`, without a leading v. */
  readonly version?: string;
  /** True where `version` is the highest stable release there is. */
  readonly isLatest: boolean;
}

/** Everything that one push of an image makes visible. */
export interface ExpandedTags {
  /** Full references of the whole image. */
  readonly references: readonly ImageReference[];
  readonly children: readonly { readonly platform: Platform; readonly reference: ImageReference }[];
}
