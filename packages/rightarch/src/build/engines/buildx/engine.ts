import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPlatform, type Platform, parsePlatform } from '../../../core/index.ts';
import { atInput, failure } from '../../../messages/index.ts';
import {
  type CallOptions,
  chooseImages,
  copyTree,
  createLayoutSink,
  makeDirectory,
  openLayout,
  openTree,
} from '../../../oci/index.ts';
import { ownName, removeAbandoned } from '../../../oci/own-name.ts';
import { canceled } from '../../canceled.ts';
import { openOutput, refuseForeign } from '../../open-output.ts';
import { planBuild, type Verdict } from '../../plan.ts';
import { Bases, type OpenBase } from '../../stage/bases.ts';
import { dockerCommand } from '../../stage/docker-command.ts';
import { type PreparedOperation, readDockerfile } from '../../stage/prepare.ts';
import type { BasePin, BuildPlan, BuildRequest, BuildResult, Engine, RunProgram } from '../../types.ts';
import { type Builder, findBuilder, type NoBuilder } from './builder.ts';
import { buildAndSave } from './classic.ts';
import { carryOut, commandLine } from './command.ts';
import { noBuilder } from './failure.ts';

export interface BuildxOptions {
  readonly run: RunProgram;
  /** Absolute; what BuildKit hands over lies below it until it is in the layout. */
  readonly cacheDirectory: string;
  readonly openBase: OpenBase;
  /** Of this host, for a builder that does not say its own. */
  readonly buildPlatform: Platform;
  readonly locked?: readonly BasePin[];
}

/** BuildKit through `docker buildx`: it really runs every RUN, natively or under an emulator. */
export interface BuildxEngine extends Engine {
  /** The builder that would do it, or what is missing for one. Changes nothing; asked once. */
  available(signal?: AbortSignal): Promise<Builder | NoBuilder>;
}

/**
 * Makes the engine that hands a build to `docker buildx`. Bases are resolved here, once for all platforms, and given to
 * it by their digests; what it leaves is read back, verified, into the layout.
 */
export function createBuildxEngine(options: BuildxOptions): BuildxEngine {
  let asked: Promise<Builder | NoBuilder> | undefined;
  const available = (signal?: AbortSignal) => {
    asked ??= findBuilder(options.run, signal);
    return asked;
  };
  const builder = async (signal?: AbortSignal): Promise<Builder> => {
    const found = await available(signal);
    if ('lack' in found) throw noBuilder(found);
    return found;
  };
  const prepare = async (
    request: BuildRequest,
    { platforms, classic }: Builder,
    pins: readonly BasePin[] | undefined,
    call: CallOptions,
  ) => {
    const { attests = [] } = request;
    if (classic !== undefined && attests.length > 0) {
      const args = { attests, by: 'store', docker: dockerCommand(request) } as const;
      throw failure('plan/attestations-need-buildkit', args, atInput('--attest'), 'request');
    }
    const buildPlatform = parsePlatform(platforms[0] ?? '') ?? options.buildPlatform;
    const bases = new Bases({ open: options.openBase, contexts: request.contexts, locked: options.locked, pins });
    try {
      const dockerfile = await readDockerfile(request, { ...call, anyFrontend: true });
      const planner = { engine: 'buildx', buildPlatform, bases, anyBase: true, judge: howDone } as const;
      return { ...(await planBuild(dockerfile, request, planner, call)), bases };
    } catch (cause) {
      await bases.close();
      throw cause;
    }
  };
  return {
    id: 'buildx',
    available,

    async plan(request, call = {}) {
      return canceled(request, call, async () => {
        const { plan, bases } = await prepare(request, await builder(call.signal), undefined, call);
        await bases.close();
        return plan;
      });
    },

    async build(request, plan, output, call = {}) {
      return canceled(request, call, async () => {
        const chosen = await builder(call.signal);
        await refuseForeign(output.directory);
        const parent = join(options.cacheDirectory, 'buildx');
        await makeDirectory(parent);
        await removeAbandoned(parent);
        const scratch = join(parent, ownName());
        try {
          await mkdir(scratch);
          if (chosen.classic !== undefined) {
            const { prepared, bases } = await prepare(request, chosen, plan.bases, call);
            try {
              return await buildAndSave(
                { run: options.run, builder: chosen, scratch, request, plan, prepared, output },
                call,
              );
            } finally {
              await bases.close();
            }
          }
          const layout = join(scratch, 'layout');
          const contexts = await withoutPlace(request, plan, { ...options, scratch }, call);
          const words = await commandLine({ ...request, contexts }, plan, { builder: chosen.name, scratch, layout });
          await carryOut(options.run, words, { request, builder: chosen }, call);
          return await takeOver(layout, request, output, call);
        } finally {
          await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
        }
      });
    },
  };
}

/** The contexts of a request, and the bases that no builder can fetch, from Docker's own store: as a layout beside. */
async function withoutPlace(
  { contexts }: BuildRequest,
  { bases: pins }: BuildPlan,
  { openBase, locked, scratch }: Pick<BuildxOptions, 'openBase' | 'locked'> & { readonly scratch: string },
  call: CallOptions,
): Promise<BuildRequest['contexts']> {
  const own = pins.filter(({ place }) => place === undefined);
  if (own.length === 0) return contexts;
  const bases = new Bases({ open: openBase, contexts, locked, pins });
  const layout = join(scratch, 'bases');
  const sink = createLayoutSink(layout);
  const found: Record<string, string> = {};
  try {
    for (const { reference } of own) {
      const tree = await bases.tree(reference, atInput(reference), call);
      const root = await copyTree(tree, sink, call);
      await sink.tag(reference, root, call);
      found[reference] = `oci-layout://${layout}@${root.digest}`;
    }
  } finally {
    await sink.close();
    await bases.close();
  }
  return { ...contexts, ...found };
}

function howDone({ kind }: PreparedOperation): Verdict {
  return { how: kind === 'run' ? 'execute' : kind === 'copy' ? 'copy' : 'metadata' };
}

/** Reads what BuildKit left, every byte against its digest, into the layout of the build. */
async function takeOver(
  from: string,
  request: BuildRequest,
  output: Parameters<Engine['build']>[2],
  { signal }: CallOptions,
): Promise<BuildResult> {
  const call = { signal };
  const source = openLayout(from);
  try {
    const tree = await openTree(source, await source.resolve(undefined, call), call);
    const wanted = request.platforms.map(({ platform }) => platform);
    const images = chooseImages(tree, wanted).map(({ descriptor }, index) => ({
      platform: wanted[index]!,
      descriptor: { ...descriptor, platform: wanted[index]! },
    }));
    images.sort((one, other) => (formatPlatform(one.platform) < formatPlatform(other.platform) ? -1 : 1));
    const sink = await openOutput(output, call);
    try {
      const root = await copyTree(tree, sink, call);
      await sink.tag(output.name ?? 'latest', root, call);
      return { root, images };
    } finally {
      await sink.close();
    }
  } finally {
    await source.close();
  }
}
