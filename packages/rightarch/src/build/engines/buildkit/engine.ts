import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPlatform, type Platform, shellWords } from '../../../core/index.ts';
import { atInput, diagnostic, failure } from '../../../messages/index.ts';
import { type CallOptions, copyTree, createLayoutSink, makeDirectory } from '../../../oci/index.ts';
import { ownName, removeAbandoned } from '../../../oci/own-name.ts';
import { canceled } from '../../canceled.ts';
import { refuseForeign } from '../../open-output.ts';
import { planBuild, type Verdict } from '../../plan.ts';
import { Bases, type OpenBase } from '../../stage/bases.ts';
import { dockerCommand } from '../../stage/docker-command.ts';
import { type PreparedOperation, readDockerfile } from '../../stage/prepare.ts';
import type { BasePin, BuildPlan, BuildRequest, Engine } from '../../types.ts';
import { engineName } from './failure.ts';
import { insideOf, isClassic, lists, ownPlatform } from './node.ts';
import { type Chosen, type NodeOptions, Nodes } from './nodes.ts';
import { buildOnNodes } from './parts.ts';

export interface BuildKitOptions extends NodeOptions {
  /** Absolute; what BuildKit hands over lies below it until it is in the layout. */
  readonly cacheDirectory: string;
  readonly openBase: OpenBase;
  /** Of this host, for a builder that does not say its own. */
  readonly buildPlatform: Platform;
  readonly locked?: readonly BasePin[];
}

export interface Told {
  readonly engine: string;
  readonly builder: string;
}

/** BuildKit by `docker buildx` or `buildctl`: it really runs every RUN, natively or under an emulator. */
export interface BuildKitEngine extends Engine {
  /** The commands and the builders that would do it; undefined where there is nobody. Changes nothing. */
  told(request: BuildRequest, options?: CallOptions): Promise<Told | undefined>;
}

/**
 * Makes the engine that hands a build to BuildKit: to one, or to those that the configuration names for each platform, all
 * at once. Bases are resolved here, once for all of them, and given to them by their digests; what they leave is read
 * back, verified, into one layout.
 */
export function createBuildKitEngine(options: BuildKitOptions): BuildKitEngine {
  const nodes = new Nodes(options);
  const platformsOf = ({ platforms }: BuildRequest): readonly Platform[] => platforms.map(({ platform }) => platform);

  const prepare = async (
    request: BuildRequest,
    chosen: readonly Chosen[],
    pins: readonly BasePin[] | undefined,
    call: CallOptions,
  ) => {
    const bases = new Bases({ open: options.openBase, contexts: request.contexts, locked: options.locked, pins });
    const on = (platform: Platform) => {
      const { node } = chosen[request.platforms.findIndex((one) => one.platform === platform)]!;
      const inside = insideOf(node, platform);
      const name = inside.name === node.name ? node.name : `${node.name} (${inside.name})`;
      return { engine: node.engine, node: name, buildPlatform: ownPlatform(inside) ?? options.buildPlatform };
    };
    const engine = chosen[0]?.node.engine ?? 'buildx';
    const { attests = [] } = request;
    if (attests.length > 0 && chosen.some(({ node }) => isClassic(node))) {
      const args = { attests, by: 'store', docker: dockerCommand(request) } as const;
      throw failure('plan/attestations-need-buildkit', args, atInput('--attest'), 'request');
    }
    try {
      const dockerfile = await readDockerfile(request, { ...call, anyFrontend: true });
      const { buildPlatform } = options;
      const planner = { engine, buildPlatform, on, bases, anyBase: true, judge: executed } as const;
      const planned = await planBuild(dockerfile, request, planner, call);
      return { ...planned, plan: withNotes(planned.plan, chosen, nodes), bases };
    } catch (cause) {
      await bases.close();
      throw cause;
    }
  };

  return {
    id: options.use === 'buildkit' ? 'buildkit' : 'buildx',

    async told(request, call = {}) {
      return canceled(request, call, async () => {
        if (!(await nodes.isThere(call.signal))) return undefined;
        const chosen = await nodes.choose(platformsOf(request), call);
        const list = (words: readonly string[]): string => [...new Set(words)].join(', ');
        return {
          engine: list(chosen.map(({ node }) => engineName(node))),
          builder: list(chosen.map(({ node }) => node.name)),
        };
      });
    },

    async plan(request, call = {}) {
      return canceled(request, call, async () => {
        const chosen = await nodes.choose(platformsOf(request), call);
        const { plan, bases } = await prepare(request, chosen, undefined, call);
        await bases.close();
        return plan;
      });
    },

    async build(request, plan, output, call = {}) {
      return canceled(request, call, async () => {
        const chosen = await nodes.choose(platformsOf(request), call);
        await refuseForeign(output.directory);
        const parent = join(options.cacheDirectory, 'buildx');
        await makeDirectory(parent);
        await removeAbandoned(parent);
        const scratch = join(parent, ownName());
        try {
          await mkdir(scratch);
          const contexts = await withoutPlace(request, plan, { ...options, scratch }, call);
          const { run, patience } = options;
          const work = { run, patience, request: { ...request, contexts }, plan, output, scratch };
          const again = (whole: BuildRequest, who: readonly Chosen[]) => prepare(whole, who, plan.bases, call);
          return await buildOnNodes({ ...work, nodes, chosen, prepare: again }, call);
        } finally {
          await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
        }
      });
    },
  };
}

/** Says who builds what somebody else should have, and who lacks the CPU for it. What nobody that answers can run is not begun. */
function withNotes(plan: BuildPlan, chosen: readonly Chosen[], nodes: Nodes): BuildPlan {
  const notes = chosen.flatMap(({ platform, node, insteadOf }, index) => {
    const { how, stages } = plan.platforms[index]!;
    const runs = insideOf(node, platform).platforms;
    const isBeyond = how === 'emulate' && !lists(runs, platform);
    const shown = formatPlatform(platform);
    const made =
      node.engine === 'buildx' && node.madeBy !== undefined
        ? [
            diagnostic(
              'plan/builder-made',
              { platform: shown, builder: node.name, command: shellWords(['docker', ...node.madeBy]) },
              node.at!,
            ),
          ]
        : [];
    if (insteadOf !== undefined) {
      if (isBeyond) throw nodes.nobody(platform);
      const args = { platform: shown, builder: insteadOf, instead: node.name, how };
      return [...made, diagnostic('plan/builder-replaced', args, node.at ?? atInput('--fallback'))];
    }
    const because = stages.find((stage) => stage.how === 'emulate')?.because;
    if (!isBeyond || !nodes.isNamedFor(platform, node) || because === undefined || !('instruction' in because))
      return made;
    // An emulator that comes with BuildKit is not listed (moby/buildkit, solver/llbsolver/ops/exec_binfmt.go): no refusal.
    const args = { builder: node.name, platform: shown, runs, instruction: because.instruction };
    return [...made, diagnostic('plan/builder-lacks-cpu', args, node.at ?? atInput('--engine'))];
  });
  return notes.length === 0 ? plan : { ...plan, diagnostics: [...notes, ...plan.diagnostics] };
}

/** The contexts of a request, and the bases that no builder can fetch, from Docker's own store: as a layout beside. */
async function withoutPlace(
  { contexts }: BuildRequest,
  { bases: pins }: BuildPlan,
  { openBase, locked, scratch }: Pick<BuildKitOptions, 'openBase' | 'locked'> & { readonly scratch: string },
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

/** Of whoever really runs every RUN. */
export function executed({ kind }: PreparedOperation): Verdict {
  return { how: kind === 'run' ? 'execute' : kind === 'copy' ? 'copy' : 'metadata' };
}
