import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, type Platform } from '../../../core/index.ts';
import { type CallOptions, linkLayers } from '../../../oci/index.ts';
import { together } from '../../first-failure.ts';
import type { Planned } from '../../plan.ts';
import type { Bases } from '../../stage/bases.ts';
import type { BuildEvent, BuildPlan, BuildRequest, BuildResult, Engine, RunProgram } from '../../types.ts';
import { inContext } from '../buildx/builder.ts';
import { dockerStore } from '../buildx/classic.ts';
import { buildxWords } from '../buildx/command.ts';
import { makePool } from '../buildx/pool.ts';
import { buildInStore } from '../store/build-in-store.ts';
import { buildctlWords } from './buildctl.ts';
import { carryOut, toldAs } from './carry-out.ts';
import { lostBuilder } from './failure.ts';
import { handOver, partOf, withPlatforms } from './hand-over.ts';
import { isClassic, type Node } from './node.ts';
import type { Chosen, Nodes } from './nodes.ts';
import type { Patience } from './silence.ts';
import { type LeftThere, takeOver } from './take-over.ts';

interface Work {
  readonly run: RunProgram;
  readonly patience: Patience | undefined;
  readonly request: BuildRequest;
  readonly plan: BuildPlan;
  readonly output: Parameters<Engine['build']>[2];
  readonly scratch: string;
  readonly nodes: Nodes;
  readonly chosen: readonly Chosen[];
  /** The same plan again, with its bases open, for whoever is chosen now. */
  readonly prepare: (request: BuildRequest, chosen: readonly Chosen[]) => Promise<Planned & { readonly bases: Bases }>;
}

type Call = CallOptions & { readonly onEvent?: (event: BuildEvent) => void };

/** What one builder does. */
interface Part {
  readonly node: Node;
  readonly platforms: readonly Platform[];
}

/**
 * Has every builder build its platforms, all at the same time, and takes over what they left when all are done: nothing of
 * it is anywhere before. The first that fails stops the others; one that went away does not, where another may go on.
 */
export async function buildOnNodes(work: Work, call: Call): Promise<BuildResult> {
  const { request, output, scratch, nodes, chosen } = work;
  const parts = partsOf(chosen);
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0 && isClassic(only.node)) return buildClassic(work, only, output, call);
  const left: LeftThere[] = [];
  let changed: BuildPlan | undefined;
  let count = 0;
  for (let wanted: readonly Part[] = parts; wanted.length > 0; ) {
    const several = more.length > 0;
    const { signal, all } = together(call);
    const gone: { readonly part: Part; readonly failure: Failure }[] = [];
    await all(
      wanted.map(async (part) => {
        const directory = join(scratch, String(count++));
        try {
          left.push(await buildPart(work, part, { directory, several }, { ...call, signal }));
        } catch (cause) {
          if (!(cause instanceof Failure && nodes.mayGoOn(cause))) throw cause;
          gone.push({ part, failure: cause });
        }
      }),
    );
    for (const { part, failure } of gone) nodes.lost(part.node, failure.diagnostic.because?.join('\n') ?? '');
    const platforms = gone.flatMap(({ part }) => part.platforms);
    if (platforms.length === 0) break;
    const again = await nodes.choose(platforms, call);
    const { plan, bases } = await work.prepare(withPlatforms(request, platforms), again);
    await bases.close();
    for (const note of plan.diagnostics)
      if (note.code === 'plan/builder-replaced' || note.code === 'plan/builder-made')
        call.onEvent?.({ kind: 'diagnostic', diagnostic: note });
    const before = changed ?? work.plan;
    const instead = new Map(plan.platforms.map((one) => [one.platform, one]));
    changed = { ...before, platforms: before.platforms.map((one) => instead.get(one.platform) ?? one) };
    wanted = partsOf(again);
  }
  const result = await takeOver(left, request, output, call);
  return changed === undefined ? result : { ...result, plan: changed };
}

/** Platforms of one builder go to it in one build. */
function partsOf(chosen: readonly Chosen[]): readonly Part[] {
  const parts = new Map<string, { readonly node: Node; readonly platforms: Platform[] }>();
  for (const { node, platform } of chosen) {
    const key = `${node.engine} ${node.name}`;
    const part = parts.get(key) ?? { node, platforms: [] };
    part.platforms.push(platform);
    parts.set(key, part);
  }
  return [...parts.values()];
}

async function buildPart(
  work: Work,
  part: Part,
  { directory, several }: { readonly directory: string; readonly several: boolean },
  call: Call,
): Promise<LeftThere> {
  const { request, plan, patience } = work;
  const { node, platforms } = part;
  const run = node.engine === 'buildx' ? inContext(work.run, node) : work.run;
  const layout = join(directory, 'layout');
  await mkdir(directory);
  const own = several ? partOf(request, platforms) : request;
  if (isClassic(node)) {
    await buildClassic(
      { ...work, request: own, scratch: directory },
      part,
      { directory: layout, name: 'latest' },
      call,
    );
    return { layout, platforms };
  }
  if (node.engine === 'buildx') {
    const refused = await makePool(run, node, call);
    if (refused !== undefined) throw lostBuilder(own, node, refused, false);
  }
  const handed = await handOver(own, plan, directory);
  const words =
    node.engine === 'buildx'
      ? buildxWords(handed, { builder: node.name, layout })
      : await buildctlWords(handed, { node, layout }, call);
  // BuildKit sends no blob that is there (containerd, plugins/content/local/store.go, writer; read 2026-11-30): after the first
  // build not the base again, which is most of an image.
  await linkLayers(work.output.directory, layout);
  await carryOut(
    run,
    words,
    { request: own, node, patience },
    several ? { ...call, ...toldAs(platforms, call) } : call,
  );
  return { layout, platforms };
}

/** With Docker's older image store. */
async function buildClassic(work: Work, { node, platforms }: Part, output: Work['output'], call: Call) {
  if (node.engine !== 'buildx') throw new Error('no Docker');
  const { scratch, plan } = work;
  const run = inContext(work.run, node);
  const request = withPlatforms(work.request, platforms);
  const { prepared, bases } = await work.prepare(
    request,
    platforms.map((platform) => ({ platform, node })),
  );
  try {
    return await buildInStore({ store: dockerStore(run, node), scratch, request, plan, prepared, output }, call);
  } finally {
    await bases.close();
  }
}
