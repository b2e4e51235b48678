import type { Platform } from '../core/index.ts';
import type { StartSettings, TargetId } from '../target/index.ts';
import type { Extent, PlaceOf } from './tree.ts';

/** One container of a definition: what it runs, and what it sets over the image's own start. */
export interface Container {
  readonly name: string | undefined;
  /** `init` ends before the others start. */
  readonly role: 'main' | 'init';
  readonly line: number;
  /** The reference as it is written; `pattern` where CloudFormation still puts something in. */
  readonly image:
    | { readonly text: string; readonly pattern: boolean; readonly line: number; readonly at: Extent }
    | undefined;
  /** Read when it is asked for: most readers only look at names. */
  readonly start: () => StartSettings;
}

/** Something that runs containers: a task definition, a function, a pod, a service. */
export interface Workload {
  readonly kind: 'ecs' | 'lambda' | 'kubernetes' | 'cloud-run' | 'apprunner' | 'batch' | 'compose';
  /** The runtimes that it says it is for; none where a machine must be named beside it. */
  readonly runtimes: readonly TargetId[];
  /** Runtimes that it does not name and does not rule out either. */
  readonly orOn?: readonly TargetId[];
  readonly name: string | undefined;
  /** Declared CPUs; empty where none is, or where it is not known yet which. */
  readonly cpus: readonly Platform[];
  /** What declares them. */
  readonly cpusAt?: Extent;
  /** A CPU that is declared by something that only the deployment knows: `Ref: Architecture`. */
  readonly cpuOpen?: { readonly text: string; readonly line: number; readonly column: number; readonly at: Extent };
  /** Of Batch: it runs on instances of a compute environment, whose CPU it has; else on Fargate, where it says its own. */
  readonly onInstances?: true;
  /** Of a pod: which nodes it may be put on, beside their CPU. */
  readonly placement?: Placement;
  readonly containers: readonly Container[];
  readonly at: Extent;
  readonly line: number;
  readonly column: number;
}

/** What a pod says of its nodes, their CPU and operating system left out. */
export interface Placement {
  /** Labels that a node must have; undefined where the value is filled in later. */
  readonly labels: ReadonlyMap<string, string | undefined>;
  /** Nodes are chosen by something that is not read here: an affinity, a name, a scheduler of its own. */
  readonly elsewhere: boolean;
  /** It tolerates some taints: nodes that have any may take it. */
  readonly tolerates: boolean;
}

/** The places and the shared budget of one reading. */
export interface Reading {
  readonly lineOf: (offset: number) => number;
  readonly placeOf: PlaceOf;
  /** Where something stands, for people and for programs. */
  readonly stands: (at: Extent) => { readonly line: number; readonly column: number; readonly at: Extent };
  /** True as long as there is room for so many more values. */
  readonly spend: (count: number) => boolean;
}
