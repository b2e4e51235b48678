import type { Diagnostic, Digest, Location, Platform } from '../core/index.ts';
import type { CallOptions, Descriptor } from '../oci/types.ts';
import type { DockerFlag } from './docker-flags.ts';

/** What is to be built, resolved: absolute paths, no variables left, docker's meaning for everything docker has. */
export interface BuildRequest {
  /** The image's name in the configuration, or the context's folder name. */
  readonly name: string;
  /** Absolute directory. */
  readonly context: string;
  /** Absolute file. */
  readonly dockerfile: string;
  /** `--target`: a stage by name; the last one where absent. */
  readonly stage?: string;
  /** Where the stage is named; `--target` unless told. */
  readonly stageAt?: Location;
  /** What `-f -` read: the Dockerfile itself, and `dockerfile` is only its name. */
  readonly dockerfileText?: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Id to file or variable. Values never enter a plan, a cache key or a log. */
  readonly secrets: readonly { readonly id: string; readonly file?: string; readonly env?: string }[];
  /** `--ssh` as written: `default`, or `id=PATH`. Only the line for Docker has a use for it. */
  readonly ssh: readonly string[];
  /** Where that is written; `--ssh` unless told. */
  readonly sshAt?: Location;
  /** `--build-context NAME=…`: a directory, `oci:DIR`, or an image reference behind `docker-image://`. */
  readonly contexts: Readonly<Record<string, string>>;
  readonly platforms: readonly { readonly platform: Platform; readonly because: Because }[];
  readonly noCache: boolean;
  /** `--pull`: references are asked of their registry at every build here, so it is for the line for Docker. */
  readonly pull: boolean;
  /** `--network`: that of every RUN which names none itself; `default` where absent. */
  readonly network?: 'default' | 'none' | 'host';
  /** Flags that only Docker has a use for, with their values as written. */
  readonly dockerFlags?: readonly (readonly [flag: DockerFlag, value: string])[];
  /** What is to be stated beside the images, as `--attest` has it: `type=provenance,mode=max`. Only BuildKit makes it. */
  readonly attests?: readonly string[];
  /** Runtimes that take no attestation, where some were asked for: none is made then. */
  readonly attestsRefusedBy?: readonly string[];
  /** Where the user stands, absolute: lines to be typed have their paths relative to it. */
  readonly cwd?: string;
  /** Seconds since 1970 for everything in the image; absent means the rule of the plan. */
  readonly sourceDateEpoch?: number;
  /** Packages whose install script is known not to be needed, by the user's word. */
  readonly scriptsNotNeeded: readonly { readonly package: string; readonly reason: string }[];
}

/** Why a platform is built: data, put into words by the report. */
export type Because =
  | { readonly kind: 'target'; readonly target: string; readonly runtime: string }
  | { readonly kind: 'promise' }
  /** Of `optional-platforms`: where it cannot be had, the others go without it. */
  | { readonly kind: 'optional' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'host' };

export type EngineId = 'embedded' | 'buildx' | 'buildkit' | 'buildah';

/** One FROM, resolved once for all platforms. */
export interface BasePin {
  /** As written, variables expanded: `node:22-slim`. */
  readonly reference: string;
  /** What it was read from: the registry, or the mirror that stood in. */
  readonly source: string;
  /** The same for another tool (`ImageSource.place`). */
  readonly place?: string;
  readonly root: Descriptor;
  /** The manifest for each platform that needs it. */
  readonly manifests: readonly { readonly platform: Platform; readonly digest: Digest }[];
}

/** What one instruction comes to, for one platform. */
export interface Step {
  readonly stage: number;
  readonly line: number;
  readonly instruction: string;
  readonly how: 'base' | 'metadata' | 'copy' | 'simulate' | 'install' | 'execute' | 'refused';
}

/** Whose CPU carries it out: the builder's own for its own, the builder's own for another, or an emulated one. */
export type HowBuilt = 'native' | 'cross' | 'emulate';

/** What decided how a stage is made. */
export type StageReason =
  /** It is for the builder's own CPU, as the image is. */
  | { readonly kind: 'own' }
  /** Its FROM asks for the builder's CPU, whichever the image is for. */
  | { readonly kind: 'pinned' }
  /** It has no RUN: files are copied alike for all. */
  | { readonly kind: 'files' }
  /** Its RUNs are carried out without a program of it being started. */
  | { readonly kind: 'without-running' }
  /** The first line of it that starts a program of its CPU, or that the engine of the plan cannot carry out. */
  | { readonly kind: 'runs' | 'refused'; readonly line: number; readonly instruction: string };

/** One stage on the way to one platform. */
export interface PlannedStage {
  readonly stage: number;
  readonly name: string | null;
  readonly line: number;
  /** Of the programs in it. */
  readonly platform: string;
  readonly how: HowBuilt;
  readonly engine: EngineId;
  /** Which of the engine's machines, where there are several to choose from. */
  readonly node?: string;
  readonly because: StageReason;
  /** Of an emulated one: a builder of its CPU, or the Dockerfile that `plan --rewrite` would try to prove. */
  readonly faster?: readonly ('builder' | 'rewrite')[];
}

/** Plain data: it prints, compares and replays. Two runs on the same inputs give the same bytes. */
export interface BuildPlan {
  readonly version: 1;
  readonly image: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly stage: string | null;
  readonly engine: EngineId;
  readonly bases: readonly BasePin[];
  readonly platforms: readonly {
    readonly platform: string;
    readonly how: HowBuilt;
    /** Whose work it is where several build; that of the plan where absent. */
    readonly engine?: EngineId;
    /** The builder or the address that does it. */
    readonly node?: string;
    readonly because: Because;
    readonly stages: readonly PlannedStage[];
    readonly steps: readonly Step[];
  }[];
  /** Why this engine: the instruction that decided, where one did. */
  readonly diagnostics: readonly Diagnostic[];
}

export type BuildEvent =
  | {
      readonly kind: 'step';
      readonly platform: Platform;
      readonly step: Step;
      readonly state: 'started' | 'cached' | 'done';
      readonly ms?: number;
    }
  /** Of a program that builds for us, in its own words: `[linux/arm64 build 2/5] RUN npm ci`. */
  | {
      readonly kind: 'told';
      readonly text: string;
      readonly state: 'started' | 'cached' | 'done';
      readonly ms?: number;
    }
  | { readonly kind: 'bytes'; readonly what: string; readonly done: number; readonly total?: number }
  | { readonly kind: 'diagnostic'; readonly diagnostic: Diagnostic }
  | { readonly kind: 'built'; readonly platform: Platform; readonly descriptor: Descriptor };

/** What a build leaves: one image a platform, in a layout. */
export interface BuildResult {
  /** What was carried out, where the engine of the plan could not and another did. */
  readonly plan?: BuildPlan;
  readonly root: Descriptor;
  readonly images: readonly { readonly platform: Platform; readonly descriptor: Descriptor }[];
}

export interface Engine {
  readonly id: EngineId;
  /** Whether it can do this plan; the refusals say which line it cannot, and why. Changes nothing. */
  plan(request: BuildRequest, options?: CallOptions): Promise<BuildPlan>;
  /** Builds into an OCI layout directory. Throws Failure; a half-built layout is never left. */
  build(
    request: BuildRequest,
    plan: BuildPlan,
    output: {
      readonly directory: string;
      readonly name?: string;
      /** The layout holds this image alone from then on. */
      readonly newestOnly?: boolean;
    },
    options?: CallOptions & { readonly onEvent?: (event: BuildEvent) => void },
  ): Promise<BuildResult>;
}

/** How a program that was started ended. */
export interface ProgramEnd {
  /** Undefined where it could not be started: there is no such program. */
  readonly status: number | undefined;
  /** What it said, the last part of it where that was much. */
  readonly out: string;
  readonly err: string;
}

/**
 * Starts a program of this machine and waits for its end; given by whoever may (`cli/`). An abort ends the program first
 * and is thrown then. `onError` gets what it writes to stderr as it comes.
 */
export type RunProgram = (
  command: string,
  args: readonly string[],
  options?: {
    readonly signal?: AbortSignal | undefined;
    /** Ends it at once: what `signal` asks for, it would not come to. */
    readonly kill?: AbortSignal | undefined;
    readonly onError?: ((text: string) => void) | undefined;
    /** The same of stdout. */
    readonly onOutput?: ((text: string) => void) | undefined;
    /** Variables beside the user's own. */
    readonly env?: Readonly<Record<string, string>> | undefined;
  },
) => Promise<ProgramEnd>;
