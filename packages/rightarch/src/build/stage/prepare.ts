import {
  type Diagnostic,
  type Digest,
  digestOf,
  Failure,
  formatPlatform,
  type Location,
  type Platform,
  samePlatform,
} from '../../core/index.ts';
import {
  type Dockerfile,
  namedSource,
  openStage,
  parseDockerfile,
  positionAt,
  type Span,
  type Stage,
  type StageGraph,
  type StageNode,
  stageGraph,
} from '../../dockerfile/index.ts';
import { atFile, failure, nearest } from '../../messages/index.ts';
import type { CallOptions } from '../../oci/index.ts';
import { readRegular } from '../files/read-regular.ts';
import type { BuildRequest } from '../types.ts';
import type { BaseImage, Bases } from './bases.ts';
import { dockerCommand } from './docker-command.ts';
import { otherFrontend } from './frontend.ts';
import { type Operation, type RunOperation, resolveStage, type StageState } from './resolve-stage.ts';
import { openStageOrImage } from './stage-or-image.ts';
import { refuseErrors } from './variables.ts';

/** What a stage starts from. */
export type StageBase =
  | { readonly kind: 'scratch' }
  /** `--build-context base=DIR`: the files of a directory, without a configuration. */
  | { readonly kind: 'directory'; readonly name: string; readonly directory: string }
  | { readonly kind: 'stage'; readonly stage: PreparedStage }
  | ({ readonly kind: 'image'; readonly reference: string } & BaseImage);

/** What COPY takes from. */
export type CopySource =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'context'; readonly name: string | undefined; readonly directory: string }
  | { readonly kind: 'stage'; readonly stage: PreparedStage }
  | ({ readonly kind: 'image'; readonly reference: string } & BaseImage);

export type PreparedOperation = Operation & {
  readonly source?: CopySource;
  /** What the mounts of a RUN are taken from, in their order; for whoever asked for it. */
  readonly mounted?: readonly (CopySource | undefined)[];
};

/** One stage for one platform, with everything resolved that can be without a file of an image. */
export interface PreparedStage {
  readonly stage: Stage;
  /** Of the files in it; the image that is asked for may be of another. */
  readonly platform: Platform;
  readonly base: StageBase;
  readonly operations: readonly PreparedOperation[];
  readonly state: StageState;
  /** What the Dockerfile's own room noted on the way. */
  readonly notes: readonly Diagnostic[];
  /** Equal for stages that are the same whatever platform they are built on the way to. */
  readonly identity: Digest;
}

/** The stages that one platform needs, in the order of the file; the last is the image. */
export interface PreparedPlatform {
  readonly platform: Platform;
  readonly stages: readonly PreparedStage[];
  readonly target: PreparedStage;
  /** What is no error: of the file, its stages and their variables. */
  readonly notes: readonly Diagnostic[];
}

/**
 * The Dockerfile of a request, parsed. Throws its first error: a build of half a file would be another image; and where
 * it asks for another frontend, unless `anyFrontend`, for whom that frontend does it.
 */
export async function readDockerfile(
  request: BuildRequest,
  options: CallOptions & { readonly anyFrontend?: boolean } = {},
): Promise<Dockerfile> {
  const file = request.dockerfile;
  const read = async (): Promise<string> => request.dockerfileText ?? readRegular(file, options.signal);
  const text = await read().catch((cause: NodeJS.ErrnoException) => {
    if (cause.name === 'AbortError') throw cause;
    const detail = cause.code ?? cause.message;
    throw failure('plan/dockerfile-unreadable', { file, detail }, atFile(file), 'request', { cause });
  });
  const dockerfile = parseDockerfile(text, { file });
  refuseErrors(dockerfile.problems);
  if (options.anyFrontend === true) return dockerfile;
  const other = otherFrontend(dockerfile, request.args);
  if (other !== undefined) {
    const { instruction, what, span } = other;
    const at = span === undefined ? atFile(file) : placeIn(dockerfile, span);
    throw failure('plan/not-embedded', { instruction, what, docker: dockerCommand(request) }, at, 'request');
  }
  return dockerfile;
}

/** Resolves what a platform needs of a Dockerfile: stages, bases, variables, sources. Reads manifests, no layers. */
export async function preparePlatform(
  dockerfile: Dockerfile,
  request: BuildRequest,
  parts: {
    readonly platform: Platform;
    readonly buildPlatform: Platform;
    readonly bases: Bases;
    /** For whom a directory can be what a stage starts from. */
    readonly anyBase?: boolean;
    /** For whom the stages and images are prepared that a RUN mounts. */
    readonly mounts?: boolean;
  },
  options: CallOptions = {},
): Promise<PreparedPlatform> {
  const { platform, buildPlatform, bases, anyBase = false, mounts = false } = parts;
  refuseUnknown(platform);
  const contexts = Object.keys(request.contexts);
  const graph = stageGraph(dockerfile, {
    args: request.args,
    target: request.stage,
    targetAt: request.stageAt,
    platform,
    buildPlatform,
    contexts,
  });
  // Faults of the file are told before anything is asked of a registry.
  refuseErrors(graph.problems);
  const target = graph.target === undefined ? undefined : graph.stages[graph.target];
  if (target === undefined) throw failure('dockerfile/no-stage', {}, atFile(dockerfile.file), 'request');
  // All at once, for each is several round trips to a registry; which fault is told is decided below, in the file's order.
  for (const { base, needed, stage, uses } of graph.stages) {
    if (!needed) continue;
    const at = placeIn(dockerfile, stage.from.image.span);
    if (base?.kind === 'image') bases.begin(base.reference, at, options);
    for (const { by, source, span } of uses)
      if (source.kind === 'image' && (by === 'copy' || mounts))
        bases.begin(source.reference, placeIn(dockerfile, span), options);
  }
  const preparer = new Preparer({ dockerfile, request, graph, bases, anyBase, mounts, options });
  const prepared = await preparer.prepare(target);
  if (!samePlatform(prepared.platform, platform)) {
    const { from } = target.stage;
    const flag = from.flags.find(({ name }) => name === 'platform');
    const args = { asked: formatPlatform(platform), fixed: formatPlatform(prepared.platform) };
    throw failure('plan/target-fixed', args, placeIn(dockerfile, (flag?.value ?? from.image).span), 'request');
  }
  const stages = preparer.done();
  const notes = [...dockerfile.problems, ...graph.problems, ...stages.flatMap((stage) => stage.notes)];
  return { platform, stages, target: prepared, notes };
}

/** The CPUs of Linux that Go and so every container tool knows (go tool dist list). */
const CPUS = 'amd64 arm64 arm 386 riscv64 ppc64le s390x loong64 mips mipsle mips64 mips64le ppc64'.split(' ');

/** A word that no machine calls itself would become the label of an image, and the build would not notice. */
function refuseUnknown(platform: Platform): void {
  const { os, architecture } = platform;
  if (os === 'linux' && CPUS.includes(architecture)) return;
  const near = os === 'linux' ? nearest(architecture, CPUS) : undefined;
  const args = { text: formatPlatform(platform), nearest: near && `linux/${near}`, known: CPUS };
  throw failure('platform/not-built', args, { in: 'input', name: '--platform' }, 'request');
}

interface Preparation {
  readonly dockerfile: Dockerfile;
  readonly request: BuildRequest;
  readonly graph: StageGraph;
  readonly bases: Bases;
  readonly anyBase: boolean;
  readonly mounts: boolean;
  readonly options: CallOptions;
}

class Preparer {
  readonly #parts: Preparation;
  readonly #prepared = new Map<number, PreparedStage>();

  constructor(parts: Preparation) {
    this.#parts = parts;
  }

  /** Every stage that was needed, in the order of the file. */
  done(): PreparedStage[] {
    return [...this.#prepared.values()].sort((one, other) => one.stage.index - other.stage.index);
  }

  async prepare(node: StageNode): Promise<PreparedStage> {
    const { stage } = node;
    const known = this.#prepared.get(stage.index);
    if (known !== undefined) return known;
    const { dockerfile, graph, request } = this.#parts;
    const base = await this.#base(node, placeIn(dockerfile, stage.from.image.span));
    const platform = node.platform!;
    const { state: before, triggers } = takeTriggers(startOf(base));
    const scope = openStage(
      graph.global,
      before.scope === undefined ? { environment: before.config.Env ?? [] } : { stage: before.scope },
    );
    const instructions = [...this.#triggers(triggers, stage), ...stage.instructions];
    const { operations, state, notes } = resolveStage(instructions, {
      state: before,
      scope,
      args: request.args,
      at: ({ span }) => placeIn(dockerfile, span),
      places: (command, offset) => {
        if (command.form === 'json') return placeIn(dockerfile, command.span);
        const start = positionAt(command.pieces, offset);
        return placeIn(dockerfile, { start, end: start });
      },
    });
    const withSources: PreparedOperation[] = [];
    for (const operation of operations) {
      if (operation.kind === 'run' && this.#parts.mounts)
        withSources.push({ ...operation, mounted: await this.#mounted(operation, stage, platform) });
      else if (operation.kind !== 'copy') withSources.push(operation);
      else
        withSources.push({ ...operation, source: await this.#source(operation.from, stage, platform, operation.at) });
    }
    const identity = identityOf({ platform, base, operations: withSources, state });
    const prepared: PreparedStage = { stage, platform, base, operations: withSources, state, notes, identity };
    this.#prepared.set(stage.index, prepared);
    return prepared;
  }

  async #base({ base, platform }: StageNode, at: Location): Promise<StageBase> {
    const { graph, request, bases, options, anyBase } = this.#parts;
    // What is undefined here was an error of the graph.
    switch (base!.kind) {
      case 'scratch':
        return { kind: 'scratch' };
      case 'stage':
        return { kind: 'stage', stage: await this.prepare(graph.stages[base!.index]!) };
      case 'context': {
        const { name } = base!;
        const directory = request.contexts[name]!;
        if (isDirectory(directory)) {
          if (anyBase) return { kind: 'directory', name, directory };
          const args = { instruction: 'FROM', what: name, docker: dockerCommand(request) };
          throw failure('plan/not-embedded', args, at, 'request');
        }
        return { kind: 'image', reference: name, ...(await bases.image(name, platform!, at, options)) };
      }
      case 'image': {
        const { reference } = base!;
        const stages = graph.stages.map(({ stage }) => stage);
        const open = () => bases.image(reference, platform!, at, options);
        return { kind: 'image', reference, ...(await openStageOrImage(reference, stages, at, open)) };
      }
    }
  }

  async #source(from: string | undefined, stage: Stage, platform: Platform, at: Location): Promise<CopySource> {
    const { graph, request, bases, options } = this.#parts;
    if (from === undefined) return { kind: 'context', name: undefined, directory: request.context };
    const stages = graph.stages.map((node) => node.stage);
    const source = namedSource(from, { stages, contexts: Object.keys(request.contexts), byNumber: true });
    // The graph has looked at the file; only triggers of a base image get here with these.
    if (source === undefined)
      throw failure('dockerfile/stage-index', { index: from, count: stages.length }, at, 'request');
    switch (source.kind) {
      case 'scratch':
        return { kind: 'scratch' };
      case 'stage':
        if (source.index >= stage.index) throw failure('dockerfile/stage-later', { name: from }, at, 'request');
        return { kind: 'stage', stage: await this.prepare(graph.stages[source.index]!) };
      case 'context': {
        const directory = request.contexts[source.name]!;
        if (isDirectory(directory)) return { kind: 'context', name: source.name, directory };
        return { kind: 'image', reference: source.name, ...(await bases.image(source.name, platform, at, options)) };
      }
      case 'image': {
        const open = () => bases.image(from, platform, at, options);
        return { kind: 'image', reference: from, ...(await openStageOrImage(from, stages, at, open)) };
      }
    }
  }

  async #mounted({ mounts, at }: RunOperation, stage: Stage, platform: Platform) {
    const sources: (CopySource | undefined)[] = [];
    for (const { fields } of mounts) {
      const from = fields.get('from');
      sources.push(from ? await this.#source(from, stage, platform, at) : undefined);
    }
    return sources;
  }

  /** ONBUILD triggers of the base, parsed as if they stood behind FROM. */
  #triggers(triggers: readonly string[], stage: Stage) {
    if (triggers.length === 0) return [];
    const { file } = this.#parts.dockerfile;
    const parsed = parseDockerfile(`FROM scratch\n${triggers.join('\n')}\n`, { file });
    const fatal = parsed.problems.find(({ severity }) => severity === 'error');
    if (fatal !== undefined)
      throw new Failure({ ...fatal, at: placeIn(this.#parts.dockerfile, stage.from.image.span) }, 'request');
    // Their place is the FROM that brought them in.
    return parsed.instructions.slice(1).map((instruction) => ({ ...instruction, span: stage.from.span }));
  }
}

/** A `--build-context` is a directory unless it says that it is an image. */
function isDirectory(given: string): boolean {
  return !/^(?:oci:|oci-layout:\/\/|docker-image:\/\/)/.test(given);
}

/**
 * Everything that decides what a stage is: two with one identity are one stage, built once. A `$BUILDPLATFORM` stage
 * has the same on the way to every target, unless a variable of the target got into it.
 */
function identityOf({
  platform,
  base,
  operations,
  state,
}: Omit<PreparedStage, 'stage' | 'notes' | 'identity'>): Digest {
  const source = (from: CopySource | StageBase | undefined) => {
    switch (from?.kind) {
      case 'stage':
        return ['stage', from.stage.identity];
      case 'image':
        return ['image', from.image.descriptor.digest, from.reference];
      default:
        return from;
    }
  };
  const shown = operations.map(({ source: from, mounted, ...operation }) => ({
    ...operation,
    ...(from === undefined ? {} : { source: source(from) }),
    ...(mounted === undefined ? {} : { mounted: mounted.map(source) }),
  }));
  const { config, author } = state;
  const whole = [formatPlatform(platform), source(base), shown, config, author ?? null];
  return digestOf(JSON.stringify(whole, (_, value) => (value instanceof Map ? [...value] : value)));
}

/** The state in which a stage begins. */
function startOf(base: StageBase): StageState {
  if (base.kind === 'stage') return base.stage.state;
  if (base.kind !== 'image') return { config: { WorkingDir: '/' } };
  const { config } = base.image;
  const author = config.author === undefined ? {} : { author: config.author };
  return { config: config.config ?? {}, ...author };
}

/** Triggers run once: the image that is built from them has none of them. */
function takeTriggers(state: StageState): { readonly state: StageState; readonly triggers: readonly string[] } {
  const { OnBuild, ...config } = state.config;
  return { state: { ...state, config }, triggers: OnBuild ?? [] };
}

export function placeIn({ file }: Dockerfile, span: Span): Location {
  return { in: 'file', file, start: span.start, end: span.end };
}
