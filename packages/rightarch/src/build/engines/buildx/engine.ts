import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatPlatform, type Platform, parsePlatform } from '../../../core/index.ts';
import { type CallOptions, chooseImages, copyTree, makeDirectory, openLayout, openTree } from '../../../oci/index.ts';
import { ownName, removeAbandoned } from '../../../oci/own-name.ts';
import { canceled } from '../../canceled.ts';
import { csvRow } from '../../docker-flags.ts';
import { openOutput, refuseForeign } from '../../open-output.ts';
import { planBuild, type Verdict } from '../../plan.ts';
import { Bases, type OpenBase } from '../../stage/bases.ts';
import { buildFlags, platformsOf } from '../../stage/docker-command.ts';
import { type PreparedOperation, readDockerfile } from '../../stage/prepare.ts';
import type { BasePin, BuildEvent, BuildPlan, BuildRequest, BuildResult, Engine, RunProgram } from '../../types.ts';
import { type Builder, findBuilder, type NoBuilder } from './builder.ts';
import { buildFailure, noBuilder } from './failure.ts';
import { BuildxProgress } from './progress.ts';

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
  return {
    id: 'buildx',
    available,

    async plan(request, call = {}) {
      return canceled(request, call, async () => {
        const { platforms } = await builder(call.signal);
        const buildPlatform = parsePlatform(platforms[0] ?? '') ?? options.buildPlatform;
        const bases = new Bases({ open: options.openBase, contexts: request.contexts, locked: options.locked });
        try {
          const dockerfile = await readDockerfile(request, { ...call, anyFrontend: true });
          const planner = { engine: 'buildx', buildPlatform, bases, anyBase: true, judge: howDone } as const;
          return (await planBuild(dockerfile, request, planner, call)).plan;
        } finally {
          await bases.close();
        }
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
          const layout = join(scratch, 'layout');
          const words = await commandLine(request, plan, { builder: chosen.name, scratch, layout });
          await carryOut(options.run, words, { request, builder: chosen }, call);
          return await takeOver(layout, request, output, call);
        } finally {
          await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
        }
      });
    },
  };
}

function howDone({ kind }: PreparedOperation): Verdict {
  return { how: kind === 'run' ? 'execute' : kind === 'copy' ? 'copy' : 'metadata' };
}

async function commandLine(
  request: BuildRequest,
  plan: BuildPlan,
  { builder, scratch, layout }: { readonly builder: string; readonly scratch: string; readonly layout: string },
): Promise<readonly string[]> {
  const { dockerfileText, sourceDateEpoch } = request;
  const dockerfile = dockerfileText === undefined ? request.dockerfile : join(scratch, 'Dockerfile');
  if (dockerfileText !== undefined) await writeFile(dockerfile, dockerfileText);
  const epoch = sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(sourceDateEpoch) };
  const args = Object.entries({ ...request.args, ...epoch }).map(([name, value]) => `${name}=${value}`);
  const pinned: BuildRequest = {
    ...request,
    contexts: { ...request.contexts, ...pinnedContexts(plan.bases) },
  };
  return [
    ...['buildx', 'build', '--builder', builder, '--progress', 'rawjson', '--platform', platformsOf(request)],
    // Attestations would make an index of every image: they come back with the targets that take them.
    ...['--provenance', 'false', '--sbom', 'false', '--output', exportTo(layout, sourceDateEpoch)],
    ...['--file', dockerfile, ...buildFlags(pinned, args, absolute(request)), request.context],
  ];
}

/**
 * Fields as Go's encoding/csv reads them (buildx, util/buildflags/export.go). A time that the user sets is that of every
 * file, as on the embedded engine; BuildKit before 0.13 does not know the field and passes over it.
 */
const exportTo = (layout: string, epoch: number | undefined): string =>
  csvRow(['type=oci', `dest=${layout}`, 'tar=false', ...(epoch === undefined ? [] : ['rewrite-timestamp=true'])]);

/** docker is not started where the user stands. What begins with a scheme is no path. */
const absolute =
  ({ cwd }: BuildRequest) =>
  (path: string): string =>
    cwd === undefined || /^[a-z][a-z-]*:\/\//.test(path) ? path : resolve(cwd, path);

/** Every base by its digest: two builders, or two moments, would otherwise build on two bases. */
function pinnedContexts(pins: readonly BasePin[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (const { reference, place, root } of pins) if (place !== undefined) named[reference] = `${place}@${root.digest}`;
  return named;
}

async function carryOut(
  run: RunProgram,
  words: readonly string[],
  { request, builder }: { readonly request: BuildRequest; readonly builder: Builder },
  { signal, onEvent = () => {} }: CallOptions & { readonly onEvent?: (event: BuildEvent) => void },
): Promise<void> {
  const progress = new BuildxProgress(onEvent);
  const { status } = await run('docker', words, { signal, onError: (text) => progress.write(text) });
  if (status === undefined) throw noBuilder({ lack: 'program', detail: '' });
  if (status !== 0) throw buildFailure(request, builder, { step: progress.failed, text: progress.text });
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
