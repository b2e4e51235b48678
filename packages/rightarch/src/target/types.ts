import type { Platform } from '../core/index.ts';
import type { Clause } from '../messages/phrases/facts.ts';

/** A statement about the outside world. Without a source and a date it does not compile. */
export interface Fact<T> {
  readonly value: T;
  /** Where it was read. */
  readonly source: `https://${string}`;
  readonly checked: `20${number}-${string}-${string}`;
  /** Only a `confirmed` fact can refuse something; a `partial` one warns. */
  readonly standing: 'confirmed' | 'partial';
  /** A clause that qualifies it, from the source. */
  readonly note?: Clause;
}

/** A fact, or nobody knows. `unknown` can warn and never refuse. */
export type Known<T> = Fact<T> | 'unknown';

export type IndexRule = 'accepted' | 'rejected' | 'amd64-entry-required';
export type Acceptance = 'accepted' | 'rejected';

/** When a person hears of it: `load` is after the start, where the program opens its own native modules. */
export type Stage = 'deploy' | 'pull' | 'create' | 'start' | 'load';

/** What a runtime prints when the CPU is wrong, in its own words, and when. */
export interface Mismatch {
  readonly index: Known<string>;
  /** The same from another implementation that the runtime may be on: CRI-O beside containerd. */
  readonly indexElsewhere?: Fact<string>;
  readonly single: Known<string>;
  readonly stage: Exclude<Stage, 'load'>;
  /** Around the OCI runtime's `{error}`, where it refuses to create the container: no such file, no such user. */
  readonly create?: Fact<string>;
  /** A command that is a bare name and stands nowhere on PATH, where the runtime has words of its own for it. */
  readonly notOnPath?: Fact<string>;
}

/** One runtime: facts, and nothing that depends on an account. */
export interface Target {
  readonly id: TargetId;
  readonly title: string;
  /** What people type for it: `fargate`, `cloudrun`. */
  readonly aliases: readonly string[];
  /** Whose manifests deploy to it. */
  readonly family?: 'kubernetes';
  readonly platforms: Fact<readonly Platform[]>;
  /** What runs when nothing is declared: a CPU, the node's own, or it must be declared. */
  readonly fallback: Known<'amd64' | 'arm64' | 'arm' | 'node' | 'required'>;
  readonly index: Known<IndexRule>;
  readonly attestations: Known<Acceptance>;
  readonly oci: Known<Acceptance>;
  readonly zstd: Known<Acceptance>;
  /** How the runtime picks an entry from an index. */
  readonly selection: 'containerd' | 'cri-o' | 'docker' | 'exact' | 'unknown';
  /** Where the CPU is declared, by tool: `cdk`, `cloudformation`, `terraform`, `yaml`, `api`. */
  readonly declaredBy: Readonly<Record<string, string>> & { readonly instance?: Clause; readonly nodes?: Clause };
  readonly mismatch: Mismatch;
  /** Platforms that it runs under emulation: slower, and without some instructions. */
  readonly emulates?: Fact<readonly Platform[]>;
  /** 32-bit programs that its machines never run. */
  readonly lacks?: Fact<readonly ('ia32' | 'aarch32')[]>;
  /** Page sizes of the arm64 kernels that it may be, in bytes. Other CPUs have 4096, or nobody asks. */
  readonly pages?: Fact<readonly number[]>;
  readonly maxImageBytes?: Fact<number>;
  readonly port?: { readonly fallback?: Fact<number>; readonly variable?: Fact<string> };
  readonly readOnlyRoot?: Fact<boolean>;
  /** It runs everything as a user of its own, without privileges and whoever the image names. Its ids are not promised. */
  readonly ownUser?: Fact<boolean>;
  /** What the image must hold or speak beyond starting: `lambda-runtime-api`. */
  readonly requires?: readonly Fact<Clause>[];
  readonly status?: Fact<Clause>;
}

/** `ecs-fargate`, `lambda` …: the keys of facts/targets.md section 11, the same everywhere. */
export type TargetId = (typeof targetIds)[number];

export const targetIds = [
  'ecs-fargate',
  'ecs-express',
  'ecs-ec2',
  'lambda',
  'apprunner',
  'kubernetes',
  'eks',
  'eks-fargate',
  'ec2',
  'batch',
  'codebuild',
  'sagemaker',
  'cloud-run',
  'gke',
  'gce',
  'azure-container-apps',
  'azure-aci',
  'aks',
  'azure-app-service',
  'azure-vm',
  'fly',
  'heroku',
  'render',
  'railway',
  'digitalocean-app-platform',
  'oracle-compute',
  'hetzner',
  'raspberry-pi-64',
  'raspberry-pi-32',
  'docker-desktop-apple-silicon',
  'docker-desktop-intel',
  'github-actions',
  'gitlab-hosted',
] as const;

/** What a target sets over the image's own start; what is left out stays the image's. */
export interface StartSettings {
  /** argv that the target starts instead of the image's own: an entrypoint alone drops the image's CMD. */
  readonly command?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  /** Set over the image's: variables by name, `uid:gid` or a name, a directory. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly user?: string | undefined;
  /** The group alone, where the user may be the image's. */
  readonly group?: string | undefined;
  /** Groups beside those that the image gives the user. */
  readonly groups?: readonly number[] | undefined;
  /** The runtime refuses whoever is root, or whose number the image does not say: `runAsNonRoot` of Kubernetes. */
  readonly nonRoot?: boolean | undefined;
  readonly workdir?: string | undefined;
  /** The root file system is mounted read-only: by the configuration, or by the runtime itself. */
  readonly readOnly?: boolean | undefined;
  /** Absolute paths that something else is mounted over: what the image has there is not seen, what is there not known. */
  readonly mounts?: readonly string[] | undefined;
  /** What is set to a value that only somebody else knows. */
  readonly open?: readonly OpenSetting[] | undefined;
  /** Where all this was read. */
  readonly setAt?: SetAt | undefined;
}

/** A value of a start that is decided elsewhere: in a Secret, by a parameter of a stack, in a template. */
export interface OpenSetting {
  readonly field: 'command' | 'entrypoint' | 'user' | 'group' | 'workdir' | 'readOnly' | 'nonRoot' | 'env';
  /** The variable; absent where there may be variables of any name. */
  readonly name?: string;
  /** What stands in its place: `Ref: Command`, `ConfigMap/app`, `{{ .Values.cmd }}`. */
  readonly text: string;
  readonly file?: string;
  readonly line: number;
  readonly column: number;
}

/** The place that says what is started: a line of a file, and the container there. */
export interface SetAt {
  readonly file: string;
  readonly line: number;
  readonly container?: string;
  /** The reference that the container names. */
  readonly image?: string;
}

/** A runtime as asked for: `--for lambda:arm64`, or a target of the configuration. */
export interface TargetAsk extends StartSettings {
  /** How it was named, for reports: `api`, `lambda:arm64`. */
  readonly name: string;
  readonly target: Target;
  /** The platforms that the image must have there; resolved, never empty. */
  readonly platforms: readonly Platform[];
  /** Who said which CPU: declared by the user, the runtime's default, its only CPU, the instance type. */
  readonly decidedBy: 'declared' | 'default' | 'only' | 'instance' | 'assumed';
  /** The fact behind `default`, `only` and `instance`: what is partial here refutes nothing. */
  readonly basis?: Fact<unknown>;
  /** The machine it was asked for: `m7g.large`, `ubuntu-24.04-arm`. */
  readonly instance?: string;
  /** The page size of its kernel, where somebody says so: `ec2:arm64-64k`. */
  readonly pages?: number;
  /** Facts that the user overrules, with the reason; shown in every report. */
  readonly assume?: Assumption;
}

/** What somebody answers for: a fact that is not confirmed, or one that is overruled. */
export interface Assumption {
  readonly architecture?: readonly Platform[];
  readonly index?: IndexRule;
  readonly attestations?: 'accepted';
  readonly oci?: 'accepted';
  readonly zstd?: 'accepted';
  /** The image's own size is taken, whatever limit is known. */
  readonly size?: 'accepted';
  readonly reason: string;
}

/** Facts that can be assumed by name. */
export const assumableFacts = ['architecture', 'index', 'attestations', 'oci', 'zstd', 'size'] as const;
