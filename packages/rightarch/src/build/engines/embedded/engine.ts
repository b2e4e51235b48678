import { join } from 'node:path';
import { Failure, formatPlatform, type Platform } from '../../../core/index.ts';
import type { Dockerfile } from '../../../dockerfile/index.ts';
import { atInput, failure } from '../../../messages/index.ts';
import type { CallOptions } from '../../../oci/index.ts';
import type { ScanCache } from '../../../scan/index.ts';
import type { FileTree } from '../../../scan/tree.ts';
import { canceled } from '../../canceled.ts';
import { readIgnoreRule } from '../../context/ignore-rule.ts';
import { BlobStore } from '../../files/blob-store.ts';
import { LayerWriter } from '../../files/write-layer.ts';
import { together } from '../../first-failure.ts';
import { boundPackages } from '../../npm/bound-packages.ts';
import { sweepPackages } from '../../npm/package-store.ts';
import { type Planned, planBuild } from '../../plan.ts';
import { Bases, type OpenBase } from '../../stage/bases.ts';
import { dockerCommand } from '../../stage/docker-command.ts';
import { type PreparedPlatform, type PreparedStage, readDockerfile } from '../../stage/prepare.ts';
import type { PackageAccess } from '../../stage-files.ts';
import type { BasePin, BuildEvent, BuildPlan, BuildRequest, Engine } from '../../types.ts';
import { type BuiltStage, StageBuilder } from './build-stage.ts';
import { agentNotAsked, attestationsRefused, checksNotRun, flagsUnused } from './not-done.ts';
import type { ReadSecret } from './secret-mounts.ts';
import { judge } from './unsupported.ts';
import { makeImage, writeOutput } from './write-output.ts';

/**
 * The time of every file that a build makes: one constant, or every commit would give every layer a new digest.
 * 1985-10-26T08:15Z is what npm writes into its archives, and late enough for zip, which begins in 1980.
 */
export const LAYER_TIME = 499_162_500;

export interface EmbeddedOptions {
  /** Absolute; made when it is needed. */
  readonly cacheDirectory: string;
  /** Reads a base image; see `OpenBase`. */
  readonly openBase: OpenBase;
  /** `linux/<CPU of this host>`: never darwin or windows. */
  readonly buildPlatform: Platform;
  /** Seconds for `created` and history: the last commit, or SOURCE_DATE_EPOCH. 0 where neither is known. */
  readonly created?: number;
  /** How this host's file system keeps modes. */
  readonly system?: 'posix' | 'windows';
  /** `--locked`: a reference that points elsewhere than in these pins is refused. */
  readonly locked?: readonly BasePin[];
  /** How package registries are reached from here. */
  readonly packages?: PackageAccess;
  /** Reads a secret of a request where a RUN needs its bytes; without it every request has none. */
  readonly readSecret?: ReadSecret;
  /** Of rightarch, part of the key of every RUN: another version may carry it out otherwise. */
  readonly version?: string;
  /** Milliseconds since 1970: what is kept is ordered by use. Without it only leftovers of killed runs are removed. */
  readonly now?: () => number;
  /** Bytes that everything kept between builds may take, and npm's packages once more as many. 10 GiB unless told. */
  readonly cacheLimit?: number;
  /** Gets the facts of every layer that is written or read, so that a proof after the build reads no layer. */
  readonly scans?: ScanCache;
}

/** The engine that needs nothing but this process: see design.md, The embedded engine. */
export interface EmbeddedEngine extends Engine {
  /** The file system that an image of this request has, without an output: for tests and `diff`. */
  readTree(request: BuildRequest, platform: Platform, options?: CallOptions): Promise<FileTree>;
}

/** Makes the engine that builds without Docker, QEMU or root. Nothing is opened or written before it is used. */
export function createEmbeddedEngine(options: EmbeddedOptions): EmbeddedEngine {
  const { scans, now, cacheLimit: limit } = options;
  const store = new BlobStore(join(options.cacheDirectory, 'build'), { scans, now, limit });
  let swept: Promise<void> | undefined;
  const sweepAll = async () => {
    await store.sweep();
    await sweepPackages(options.cacheDirectory);
  };

  const open = async (request: BuildRequest, pins: readonly BasePin[] | undefined, call: CallOptions) => {
    if (request.platforms.length === 0)
      throw failure('plan/no-platform', { image: request.name }, atInput('--platform'), 'request');
    const bases = new Bases({ open: options.openBase, contexts: request.contexts, locked: options.locked, pins });
    try {
      const dockerfile = await readDockerfile(request, call);
      const docker = dockerCommand(request);
      const planned = await planBuild(
        dockerfile,
        request,
        {
          engine: 'embedded',
          buildPlatform: options.buildPlatform,
          bases,
          judge: (operation) => judge(operation, docker, request),
        },
        call,
      );
      return { bases, dockerfile, ...withRemarks(planned, dockerfile, request) };
    } catch (cause) {
      await bases.close();
      throw cause;
    }
  };

  const builder = async (
    request: BuildRequest,
    prepared: readonly PreparedPlatform[],
    call: CallOptions,
    onEvent: (event: BuildEvent) => void,
  ) => {
    swept ??= sweepAll();
    await swept;
    const writer = new LayerWriter(store, { useCache: !request.noCache });
    return new StageBuilder({
      request,
      store,
      writer,
      cacheDirectory: options.cacheDirectory,
      ignore: await readIgnoreRule(request.context, request.dockerfile),
      system: options.system ?? 'posix',
      mtime: request.sourceDateEpoch ?? LAYER_TIME,
      created: createdOf(request, options),
      docker: dockerCommand(request),
      kept: new Set(prepared.flatMap(({ target }) => layersOf(target)).map(({ identity }) => identity)),
      version: options.version ?? '',
      packages: options.packages,
      readSecret: options.readSecret ?? noReader,
      onEvent,
      signal: call.signal,
    });
  };

  return {
    id: 'embedded',

    async plan(request, call = {}) {
      return canceled(request, call, async () => {
        const { plan, bases } = await open(request, undefined, call);
        await bases.close();
        return plan;
      });
    },

    async build(request, plan, output, call = {}) {
      return canceled(request, call, async () => {
        const { bases, prepared } = await open(request, plan.bases, call);
        try {
          refuseRefused(plan);
          const onEvent = call.onEvent ?? (() => {});
          // Nothing goes on writing behind a failure.
          const { signal, all } = together(call);
          const stages = await builder(request, prepared, { signal }, onEvent);
          const images = await all(
            prepared.map(async ({ platform, target }) => {
              const built = await stages.build(target);
              await ready(built);
              const image = makeImage(built, platform, request, createdOf(request, options));
              onEvent({ kind: 'built', platform, descriptor: image.descriptor });
              return image;
            }),
          );
          const name = output.name ?? 'latest';
          const { annotations } = request;
          const result = await writeOutput(images, { ...output, name }, { store, annotations, signal: call.signal });
          await store.bound();
          if (now !== undefined) await boundPackages(options.cacheDirectory, { limit, now: now() });
          return result;
        } finally {
          await bases.close();
        }
      });
    },

    async readTree(request, platform, call = {}) {
      const { bases, prepared } = await open(request, undefined, call);
      try {
        const stages = await builder(request, prepared, call, () => {});
        const wanted = prepared.find((one) => formatPlatform(one.platform) === formatPlatform(platform));
        if (wanted === undefined)
          throw failure('plan/no-platform', { image: request.name }, atInput('--platform'), 'request');
        return await (await stages.build(wanted.target)).tree();
      } finally {
        await bases.close();
      }
    },
  };
}

/** Adds what was asked for and changes nothing here: before the refusals, which stand last. */
function withRemarks(planned: Planned, dockerfile: Dockerfile, request: BuildRequest): Planned {
  const { diagnostics } = planned.plan;
  const refusals = diagnostics.filter(({ severity }) => severity === 'error');
  const others = diagnostics.filter(({ severity }) => severity !== 'error');
  const remarks = [
    ...checksNotRun(dockerfile, request),
    ...(refusals.length === 0 ? [...agentNotAsked(request), ...flagsUnused(request)] : []),
  ];
  const all = [...others, ...remarks, ...attestationsRefused(request), ...refusals];
  return { ...planned, plan: { ...planned.plan, diagnostics: all } };
}

/** Whoever hands over secrets hands over the way to them. */
function noReader(): never {
  throw new TypeError('EmbeddedOptions.readSecret is missing, and a secret is wanted');
}

/** The stages that an image has its layers from: its own and those below. */
function layersOf(stage: PreparedStage): readonly PreparedStage[] {
  return stage.base.kind === 'stage' ? [stage, ...layersOf(stage.base.stage)] : [stage];
}

/** RFC 3339 without fractions, as histories have it. */
function createdOf(request: BuildRequest, options: EmbeddedOptions): string {
  const seconds = request.sourceDateEpoch ?? options.created ?? 0;
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** Every layer of an image in the store. */
async function ready(built: BuiltStage): Promise<void> {
  await Promise.all(built.layers.map((layer) => layer.ready()));
}

/** A plan with refusals is no build: the first in the order of the file says which line decided. */
function refuseRefused(plan: BuildPlan): void {
  const [first] = plan.diagnostics.filter(({ severity }) => severity === 'error');
  if (first !== undefined) throw new Failure(first, 'request');
}
