import { type ConfiguredBuilder, formatPlatform, type Location, type Platform } from '../../core/index.ts';
import { atInput } from '../../messages/index.ts';
import { askNode, askOwnAddress, DEFAULT_ADDRESS, type Node, type NoNode } from '../engines/buildkit/node.ts';
import type { PoolBuilder } from '../engines/buildx/pool.ts';
import type { RunProgram } from '../types.ts';

/** A builder that is named here, and what it answers. */
export interface BuilderHere {
  readonly engine: 'buildx' | 'buildkit';
  readonly name: string;
  /** What it is named for; nothing for that of BUILDKIT_HOST, and for the one that `buildctl` finds by itself. */
  readonly of: readonly string[];
  readonly at: Location;
  readonly answer: (Pick<Node, 'platforms'> & Pick<PoolBuilder, 'madeBy'>) | NoNode;
}

/** Asks every builder of the configuration, and that of BUILDKIT_HOST, all at once; without that, the one at the usual place. */
export async function readBuilders({
  run,
  builders,
  buildkitHost,
  signal,
}: {
  readonly run: RunProgram;
  readonly builders: readonly ConfiguredBuilder[];
  readonly buildkitHost: string | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<readonly BuilderHere[]> {
  const named = new Map<string, { readonly builder: ConfiguredBuilder; readonly of: Platform[] }>();
  for (const builder of builders) {
    const key = `${builder.engine} ${builder.name}`;
    const known = named.get(key) ?? { builder, of: [] };
    known.of.push(builder.platform);
    named.set(key, known);
  }
  const asked = [...named.values()].map(async ({ builder, of }): Promise<BuilderHere> => {
    const { engine, name, at } = builder;
    return { engine, name, of: of.map(formatPlatform), at, answer: await askNode(run, builder, signal) };
  });
  if (buildkitHost !== undefined && !named.has(`buildkit ${buildkitHost}`))
    asked.push(
      askOwnAddress(run, buildkitHost, signal).then((answer) => {
        const at = atInput('BUILDKIT_HOST');
        return { engine: 'buildkit', name: buildkitHost, of: [], at, answer };
      }),
    );
  const all = await Promise.all(asked);
  if (buildkitHost !== undefined || named.has(`buildkit ${DEFAULT_ADDRESS}`)) return all;
  // Nobody named it: that it is not there is no news.
  const answer = await askOwnAddress(run, undefined, signal);
  if (!('platforms' in answer)) return all;
  return [...all, { engine: 'buildkit', name: DEFAULT_ADDRESS, of: [], at: atInput('--engine'), answer }];
}
