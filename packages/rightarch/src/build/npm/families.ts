import { formatPlatform, type Platform } from '../../core/index.ts';
import { refuse } from '../run/refusal.ts';
import type { Graph, Machine } from './graph.ts';
import { platformFits } from './graph.ts';
import { folderName, type Lockfile } from './lockfile.ts';

/** Optional dependencies that name a platform are told from others by their names where the lockfile has lost them. */
const LOOKS_LIKE_PLATFORM =
  /(?:^|[-/_.])(?:linux(?:musl)?|darwin|win32|windows|freebsd|android|openharmony|sunos|aix)(?:[-_.]|$)/;

/**
 * Each placed package whose optional dependencies are one package a platform needs one member for this machine. A
 * lockfile that was written beside another platform's node_modules can have lost the rest (npm/cli#4828): npm says
 * nothing then, and the application fails when it starts.
 */
export function checkFamilies(
  lock: Lockfile,
  graph: Graph,
  placed: ReadonlySet<string>,
  machine: Machine,
  platform: Platform,
): void {
  for (const location of placed) {
    const entry = lock.packages.get(location)!;
    // Whoever wants an optional package works without it: what it lacks, `verify` calls undecided.
    if (entry.optional) continue;
    for (const names of familiesOf(Object.keys(entry.optionalDependencies ?? {}))) {
      const edges = (graph.edgesOut.get(location) ?? []).filter(
        (edge) => edge.kind === 'optional' && names.includes(edge.name),
      );
      const fits = (to: string | undefined): boolean =>
        to !== undefined && placed.has(to) && platformFits(lock.packages.get(to)!, machine);
      if (edges.some((edge) => fits(edge.to))) continue;
      refuse('npm/family-empty', {
        package: `${entry.name ?? folderName(location)}@${entry.version ?? ''}`,
        platform: `${formatPlatform(platform)}${machine.libc === undefined ? '' : ` (${machine.libc})`}`,
        members: edges.flatMap((edge) => (edge.to === undefined ? [] : [edge.name])),
      });
    }
  }
}

/**
 * Names that differ only in the platform, where Linux is among them: `@img/sharp-*` and `@img/sharp-libvips-*` are
 * two families of one package. One name alone, as `fsevents`, is an accelerator and no family.
 */
function familiesOf(names: readonly string[]): string[][] {
  const families = new Map<string, string[]>();
  for (const name of names) {
    const match = LOOKS_LIKE_PLATFORM.exec(name);
    if (match === null) continue;
    const prefix = name.slice(0, match.index);
    families.set(prefix, [...(families.get(prefix) ?? []), name]);
  }
  return [...families.values()].filter((family) => family.length > 1 && family.some((name) => name.includes('linux')));
}
