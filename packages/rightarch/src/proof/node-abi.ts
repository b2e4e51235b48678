import type { ElfFacts } from '../scan/index.ts';
import type { RuntimeProcess } from './runtime-process.ts';
import { elfOf, type View } from './view.ts';

/** A module for another Node. */
export interface NodeAbi {
  /** `unread`: it has a version, where nobody could read it. */
  readonly built: number | 'unread';
  /** What the runtime requires; undefined where nothing in the image says it. */
  readonly wanted: number | undefined;
  /** Another Node of the image is the one that it was built for. */
  readonly elsewhere: boolean;
}

/**
 * Undefined where the module fits: one of N-API has no NODE_MODULE_VERSION of its own, and one of V8 has that of the
 * runtime, as the runtime's own file, the libnode that it loads, or its headers have it.
 */
export function otherAbi(
  view: View,
  { nodeAbi: built }: ElfFacts,
  runtime: RuntimeProcess,
  runtimes: readonly string[],
): NodeAbi | undefined {
  if (built === undefined) return undefined;
  const wanted = abiOf(view, runtime);
  if (wanted === built) return undefined;
  return {
    built,
    wanted,
    elsewhere:
      built !== 'unread' && runtimes.some((path) => path !== runtime.path && factsAt(view, path)?.nodeAbi === built),
  };
}

function abiOf(view: View, { path, libraries }: RuntimeProcess): number | undefined {
  const own = factsAt(view, path)?.nodeAbi;
  if (typeof own === 'number') return own;
  for (const { node } of libraries) {
    const abi = elfOf(node.entry)?.nodeAbi;
    if (typeof abi === 'number') return abi;
  }
  const header = view.tree.resolve(path.replace(/\/bin\/[^/]*$/, '/include/node/node_version.h'));
  const content = header.found ? header.node.entry.content : undefined;
  const written =
    content && /^#\s*define\s+NODE_MODULE_VERSION\s+(\d+)\s*$/m.exec(Buffer.from(content).toString('latin1'));
  return written ? Number(written[1]) : undefined;
}

function factsAt({ tree }: View, path: string): ElfFacts | undefined {
  const found = tree.resolve(path);
  return found.found ? elfOf(found.node.entry) : undefined;
}
