import { type Location, type Platform, type Position, positionsOf } from '../core/index.ts';
import type { Placement } from '../definition/index.ts';
import type { TargetId } from '../target/index.ts';

/** What says something: where it begins, and where that line of it ends. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly end: Position;
}

/** The place of a value between two offsets; without the second, up to the end of the line. */
export type PlaceAt = (from: number, to?: number) => Place;

/** Places of a text. It is gone through once, however often it is asked; what goes over several lines is shown by its first. */
export function placesIn(file: string, text: string): PlaceAt {
  const positionOf = positionsOf(text);
  return (from, to = Infinity) => {
    const { line, column } = positionOf(from);
    const begin = from - column + 1;
    const next = text.indexOf('\n', from);
    const last = next < 0 ? text.length : text[next - 1] === '\r' ? next - 1 : next;
    return { file, line, column, end: { line, column: Math.max(column, Math.min(to, last) - begin + 1) } };
  };
}

/** The beginning of a file, for what none of its lines says. */
export const beginningOf = (file: string): Place => ({ file, line: 1, column: 1, end: { line: 1, column: 1 } });

/** A place as findings have it; a whole line where nothing of it stands out. */
export function locationOf({ file, line, column, end }: Place): Location {
  const isEmpty = end.line === line && end.column === column;
  return { in: 'file', file, start: { line, column }, end: isEmpty ? { line: line + 1, column: 1 } : end };
}

/** The place that a span of a document has; of several lines the first. */
export function placeOf(file: string, { start, end }: { readonly start: Position; readonly end: Position }): Place {
  return { file, line: start.line, column: start.column, end };
}

/** A stage as its FROM lines tell; of one that is built on an earlier stage, the FROM that it goes back to. */
export interface FoundStage {
  /** Image, as written, variables unexpanded. */
  readonly base: string | undefined;
  /** A constant `--platform`. */
  readonly pinned: { readonly platform: Platform; readonly at: Place } | undefined;
  /** It runs on the builder's CPU: `FROM --platform=$BUILDPLATFORM`. */
  readonly onBuilder: Place | undefined;
}

/** The image of a Dockerfile: what its final stage is. */
export interface FoundImage extends FoundStage {
  readonly dockerfile: string;
  /** All up to the final one, in their order; names in lower case. */
  readonly stages: readonly (FoundStage & { readonly name: string | undefined })[];
}

/** The image that `--target` makes of the same Dockerfile; undefined where it has no such stage. */
export function imageOfStage(image: FoundImage, name: string): FoundImage | undefined {
  const index = image.stages.findLastIndex((stage) => stage.name === name.toLowerCase());
  const final = image.stages[index];
  if (final === undefined) return undefined;
  const { base, pinned, onBuilder } = final;
  // What comes behind it is not built.
  return { dockerfile: image.dockerfile, base, pinned, onBuilder, stages: image.stages.slice(0, index + 1) };
}

/** A place where something of this repository runs. */
export interface FoundRuntime {
  readonly runtime: TargetId;
  readonly name: string | undefined;
  readonly platforms: readonly Platform[];
  /**
   * Declared in the file, the runtime's default, its only CPU, decided by nodes that nobody names here, or by a value
   * that is filled in when it is deployed.
   */
  readonly how: 'declared' | 'default' | 'only' | 'node' | 'open';
  /** Of one that is filled in later: with what, where nobody says otherwise. */
  readonly usually?: Platform;
  readonly at: Place;
  /** The images that it runs, as they are written; undefined stands for one that is filled in later. */
  readonly images?: readonly (string | undefined)[];
  /** Which of the nodes it may be put on, where it says so. */
  readonly placement?: Placement;
  /** What the same file builds for it, and nothing else runs there. */
  readonly dockerfile?: string;
}

/** A command or a step that builds an image. */
export interface FoundBuild {
  /** Empty where no platform is named: the builder's own CPU decides. */
  readonly platforms: readonly Platform[];
  /** A platform is named, by an expression or a file that is not read: which one, the sources do not say. */
  readonly unseen?: true;
  /** It says of itself that it is sent nowhere: what is published is made by another. */
  readonly trial?: true;
  /** Another engine than Docker builds it, with emulators of its own or none: that is not told from here. */
  readonly ownEngine?: true;
  /** The CPU that it runs on: a runner's, `unknown` of a CI that does not say it, undefined for whoever types it. */
  readonly builder: Platform | 'unknown' | undefined;
  readonly dockerfile: string | undefined;
  /** The tags that it alone has: those of an asset of CDK are made of what it is built from. */
  readonly tags?: readonly string[];
  /** As written: the last word of the command. */
  readonly context: string | undefined;
  readonly at: Place;
  /** What names the platforms. */
  readonly platformsAt?: Place;
  /** The platform that the same file runs it as: `platform:` of a compose service. */
  readonly runsAs?: { readonly service: string; readonly platform: Platform; readonly at: Place };
}

/** The Dockerfile of a build, as it is written there: that of its context where it names none. */
export const fileOfBuild = ({ dockerfile, context }: FoundBuild): string | undefined =>
  dockerfile ?? (context === undefined ? undefined : `${context.replace(/\/$/, '')}/Dockerfile`);

/** Whether a build is the one that the file of a runtime makes for it. */
export const isBuiltFor = ({ dockerfile, at }: FoundBuild, runtime: FoundRuntime): boolean =>
  runtime.dockerfile !== undefined && at.file === runtime.at.file && dockerfile === runtime.dockerfile;

/** A layer of a function of Lambda whose name, or whose own declaration, says its CPU. */
export interface FoundLayer {
  /** Its name, without region, account and version. */
  readonly layer: string;
  readonly made: Platform;
  /** It is made here, and says what it is for; Lambda holds nobody to that. */
  readonly own?: true;
  readonly function: string;
  readonly runs: Platform;
  readonly how: 'declared' | 'default';
  readonly at: Place;
  readonly runsAt: Place;
}

/** Machines that somebody else puts containers on. */
export interface FoundNodes {
  /** Who does: Kubernetes, Amazon ECS on its container instances, AWS Batch on those of a compute environment. */
  readonly of: 'kubernetes' | 'ecs-ec2' | 'batch';
  readonly name: string;
  /** Undefined where the sources do not say it; several where each of them may come. */
  readonly platforms: readonly Platform[] | undefined;
  /** Pods that tolerate nothing are not put there; undefined where a value decides that is filled in later. */
  readonly tainted: boolean | undefined;
  /** Labels that each of them has. */
  readonly labels?: ReadonlyMap<string, string>;
  /** Of Kubernetes. */
  readonly cluster?: FoundCluster;
  /** Of ECS: the task definitions whose services are spread over these nodes, perhaps among others. */
  readonly tasks?: readonly string[];
  /** A value decides whether there are any that is filled in later. */
  readonly optional?: true;
  readonly at: Place;
}

/** What nodes join, by a name that means the same wherever the same sources say it. */
export interface FoundCluster {
  /** Undefined where none is named: one like any other of its folder. */
  readonly name: string | undefined;
  /** The cluster itself is made by the same sources: its nodes are those that stand there. */
  readonly isMade: boolean;
}

/** A project of CodeBuild: the CPU that a buildspec runs on. */
export interface FoundProject {
  readonly builder: Platform | 'unknown';
  /** As written; undefined where it is the usual one, or none that is a file. */
  readonly buildspec: string | undefined;
  /** Of its environment, as written. */
  readonly type?: string;
  /** One of CodeBuild's own images, and its CPU. */
  readonly image?: { readonly name: string; readonly cpu: Platform; readonly at: Place };
  readonly at: Place;
}

/** A name that an image of this repository is pushed under, or that something here runs an image by. */
export interface FoundName {
  /** Registry and repository, without tag; `?` stands for what the sources do not say. */
  readonly repository: string;
  /** As `tags:` of rightarch.yaml takes it: `latest`, `{commit}`. Undefined where the sources do not say. */
  readonly tag: string | undefined;
  /** A command or a step that pushes it, one that only gives it to an image, a resource that it is, a runtime that pulls it. */
  readonly how: 'pushed' | 'given' | 'declared' | 'pulled';
  /** The Dockerfile of the same command, where it says one. */
  readonly dockerfile: string | undefined;
  /** The name that it had before `docker tag`. */
  readonly before: string | undefined;
  /** The runtime that pulls it. */
  readonly runtime: TargetId | undefined;
  readonly at: Place;
}

export interface Found {
  readonly names: readonly FoundName[];
  readonly images: readonly FoundImage[];
  readonly runtimes: readonly FoundRuntime[];
  readonly builds: readonly FoundBuild[];
  readonly layers: readonly FoundLayer[];
  readonly nodes: readonly FoundNodes[];
  readonly projects: readonly FoundProject[];
}

/** Whether a path of a command may mean a Dockerfile of the repository: where the command runs is not known. */
export function sameFile(written: string, dockerfile: string): boolean {
  const plain = written.startsWith('./') ? written.slice(2) : written;
  if (!dockerfile.endsWith(plain)) return false;
  return dockerfile.length === plain.length || dockerfile[dockerfile.length - plain.length - 1] === '/';
}
