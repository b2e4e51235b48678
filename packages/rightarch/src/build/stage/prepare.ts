import { readFile } from 'node:fs/promises';
import {
  Failure,
  formatPlatform,
  type Location,
  type Platform,
  parsePlatform,
  samePlatform,
} from '../../core/index.ts';
import {
  type Dockerfile,
  type GlobalScope,
  globalScope,
  openStage,
  parseDockerfile,
  positionAt,
  type Span,
} from '../../dockerfile/index.ts';
import { atFile, failure } from '../../messages/index.ts';
import type { CallOptions } from '../../oci/index.ts';
import type { BuildRequest } from '../types.ts';
import type { BaseImage, Bases } from './bases.ts';
import { type Operation, resolveStage, type StageState } from './resolve-stage.ts';
import { type BuildStage, findStage, type Stages, splitStages, targetStage } from './stages.ts';
import { expandGlobally, refuseErrors } from './variables.ts';

/** What a stage starts from. */
export type StageBase =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly stage: PreparedStage }
  | ({ readonly kind: 'image'; readonly reference: string } & BaseImage);

/** What COPY takes from. */
export type CopySource =
  | { readonly kind: 'context'; readonly name: string | undefined; readonly directory: string }
  | { readonly kind: 'stage'; readonly stage: PreparedStage }
  | ({ readonly kind: 'image'; readonly reference: string } & BaseImage);

export type PreparedOperation = Operation & { readonly source?: CopySource };

/** One stage for one platform, with everything resolved that can be without a file of an image. */
export interface PreparedStage {
  readonly stage: BuildStage;
  /** Of the files in it; the image that is asked for may be of another. */
  readonly platform: Platform;
  readonly base: StageBase;
  readonly operations: readonly PreparedOperation[];
  readonly state: StageState;
}

/** The stages that one platform needs, in the order of the file; the last is the image. */
export interface PreparedPlatform {
  readonly platform: Platform;
  readonly stages: readonly PreparedStage[];
  readonly target: PreparedStage;
}

/** The Dockerfile of a request, parsed. Throws its first error: a build of half a file would be another image. */
export async function readDockerfile(request: BuildRequest, options: CallOptions = {}): Promise<Dockerfile> {
  const file = request.dockerfile;
  const text = await readFile(file, { encoding: 'utf8', ...(options.signal ? { signal: options.signal } : {}) }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.name === 'AbortError') throw cause;
      const detail = cause.code ?? cause.message;
      throw failure('plan/dockerfile-unreadable', { file, detail }, atFile(file), 'request', { cause });
    },
  );
  const dockerfile = parseDockerfile(text, { file });
  const fatal = dockerfile.problems.find(({ severity }) => severity === 'error');
  if (fatal !== undefined) throw new Failure(fatal, 'request');
  return dockerfile;
}

/** Resolves what a platform needs of a Dockerfile: stages, bases, variables, sources. Reads manifests, no layers. */
export async function preparePlatform(
  dockerfile: Dockerfile,
  request: BuildRequest,
  parts: { readonly platform: Platform; readonly buildPlatform: Platform; readonly bases: Bases },
  options: CallOptions = {},
): Promise<PreparedPlatform> {
  const stages = splitStages(dockerfile);
  const target = targetStage(stages, request.stage, dockerfile.file);
  const global = globalScope(dockerfile, {
    args: request.args,
    target: request.stage,
    platform: parts.platform,
    buildPlatform: parts.buildPlatform,
  });
  refuseErrors(global.problems);
  const preparer = new Preparer({
    dockerfile,
    request,
    stages,
    global,
    platform: parts.platform,
    bases: parts.bases,
    options,
  });
  const prepared = await preparer.prepare(target);
  if (!samePlatform(prepared.platform, parts.platform)) {
    const flag = target.from.flags.find(({ name }) => name === 'platform');
    const args = { asked: formatPlatform(parts.platform), fixed: formatPlatform(prepared.platform) };
    throw failure('plan/target-fixed', args, placeIn(dockerfile, (flag?.value ?? target.from.image).span), 'request');
  }
  return { platform: parts.platform, stages: preparer.done(), target: prepared };
}

interface Preparation {
  readonly dockerfile: Dockerfile;
  readonly request: BuildRequest;
  readonly stages: Stages;
  readonly global: GlobalScope;
  readonly platform: Platform;
  readonly bases: Bases;
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

  async prepare(stage: BuildStage): Promise<PreparedStage> {
    const known = this.#prepared.get(stage.index);
    if (known !== undefined) return known;
    const { dockerfile, global } = this.#parts;
    const at = placeIn(dockerfile, stage.from.image.span);
    const reference = expandGlobally(stage.from.image, global, at);
    const base = await this.#base(stage, reference, at);
    const platform = this.#platformOf(stage, base);
    const { state: before, triggers } = takeTriggers(startOf(base));
    const scope = openStage(
      global,
      before.scope === undefined ? { environment: before.config.Env ?? [] } : { stage: before.scope },
    );
    const instructions = [...this.#triggers(triggers, stage), ...stage.instructions];
    const { operations, state } = resolveStage(instructions, {
      state: before,
      scope,
      global,
      at: ({ span }) => placeIn(dockerfile, span),
      places: (command, offset) => {
        if (command.form === 'json') return placeIn(dockerfile, command.span);
        const start = positionAt(command.pieces, offset);
        return placeIn(dockerfile, { start, end: start });
      },
    });
    const withSources: PreparedOperation[] = [];
    for (const operation of operations) {
      if (operation.kind !== 'copy') withSources.push(operation);
      else
        withSources.push({ ...operation, source: await this.#source(operation.from, stage, platform, operation.at) });
    }
    const prepared: PreparedStage = { stage, platform, base, operations: withSources, state };
    this.#prepared.set(stage.index, prepared);
    return prepared;
  }

  /** A stage on a stage has its platform, whatever the flag says; one on scratch has the target's (dockerfile2llb). */
  #platformOf(stage: BuildStage, base: StageBase): Platform {
    if (base.kind === 'stage') return base.stage.platform;
    return base.kind === 'scratch' ? this.#parts.platform : this.#flagged(stage);
  }

  #flagged(stage: BuildStage): Platform {
    const flag = stage.from.flags.find(({ name }) => name === 'platform');
    if (flag === undefined) return this.#parts.platform;
    const at = placeIn(this.#parts.dockerfile, flag.value.span);
    const value = expandGlobally(flag.value, this.#parts.global, at);
    const platform = parsePlatform(value);
    if (platform !== undefined) return platform;
    throw failure('plan/platform-unreadable', { text: flag.value.text, value }, at, 'request');
  }

  async #base(stage: BuildStage, reference: string, at: Location): Promise<StageBase> {
    const { stages, request, bases, options } = this.#parts;
    const earlier = stages.all.slice(0, stage.index).findLast(({ name }) => name === reference.toLowerCase());
    if (earlier !== undefined) return { kind: 'stage', stage: await this.prepare(earlier) };
    if (reference === 'scratch' && !Object.hasOwn(request.contexts, 'scratch')) return { kind: 'scratch' };
    return { kind: 'image', reference, ...(await bases.image(reference, this.#flagged(stage), at, options)) };
  }

  async #source(from: string | undefined, stage: BuildStage, platform: Platform, at: Location): Promise<CopySource> {
    const { stages, request, bases, options } = this.#parts;
    if (from === undefined) return { kind: 'context', name: undefined, directory: request.context };
    const earlier = findStage(stages.all.slice(0, stage.index), from);
    if (earlier !== undefined) return { kind: 'stage', stage: await this.prepare(earlier) };
    const named = Object.hasOwn(request.contexts, from) ? request.contexts[from] : undefined;
    if (named !== undefined && !/^(?:oci:|oci-layout:\/\/|docker-image:\/\/)/.test(named))
      return { kind: 'context', name: from, directory: named };
    return { kind: 'image', reference: from, ...(await bases.image(from, platform, at, options)) };
  }

  /** ONBUILD triggers of the base, parsed as if they stood behind FROM. */
  #triggers(triggers: readonly string[], stage: BuildStage) {
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

/** The state in which a stage begins. */
function startOf(base: StageBase): StageState {
  if (base.kind === 'stage') return base.stage.state;
  if (base.kind === 'scratch') return { config: { WorkingDir: '/' } };
  const { config } = base.image;
  const author = config.author === undefined ? {} : { author: config.author };
  return { config: config.config ?? {}, ...author };
}

/** Triggers run once: the image that is built from them has none of them. */
function takeTriggers(state: StageState): { readonly state: StageState; readonly triggers: readonly string[] } {
  const { OnBuild, ...config } = state.config;
  return { state: { ...state, config }, triggers: OnBuild ?? [] };
}

function placeIn({ file }: Dockerfile, span: Span): Location {
  return { in: 'file', file, start: span.start, end: span.end };
}

/** The line that builds the same with Docker, for these very values. Secrets are named, never shown. */
export function dockerCommand(request: BuildRequest): string {
  const words = ['docker', 'buildx', 'build', '--platform'];
  words.push(request.platforms.map(({ platform }) => formatPlatform(platform)).join(','));
  words.push('-f', request.dockerfile, '-t', request.name);
  if (request.stage !== undefined) words.push('--target', request.stage);
  for (const [name, value] of Object.entries(request.args)) words.push('--build-arg', `${name}=${value}`);
  for (const [name, value] of Object.entries(request.labels)) words.push('--label', `${name}=${value}`);
  for (const [name, value] of Object.entries(request.contexts)) words.push('--build-context', `${name}=${value}`);
  for (const { id, file, env } of request.secrets)
    words.push('--secret', `id=${id}${file !== undefined ? `,src=${file}` : env !== undefined ? `,env=${env}` : ''}`);
  words.push(request.context);
  return words.map(quote).join(' ');
}

function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
