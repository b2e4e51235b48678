import { listFits, satisfies } from '../../core/index.ts';
import type { LockEntry, Lockfile } from './lockfile.ts';

/** The machine that the packages are for. */
export interface Machine {
  /** As process.platform and process.arch call them. */
  readonly os: string;
  readonly cpu: string;
  /** Undefined where neither could be told: then no package that names one fits, as npm has it. */
  readonly libc: 'glibc' | 'musl' | undefined;
  readonly node: string;
  readonly npm: string;
}

export interface Edge {
  readonly from: string;
  readonly name: string;
  readonly spec: string;
  readonly kind: 'prod' | 'dev' | 'optional' | 'peer' | 'peerOptional' | 'workspace';
  /** Location of what it resolves to. */
  readonly to: string | undefined;
}

export interface Graph {
  readonly edgesOut: ReadonlyMap<string, readonly Edge[]>;
  readonly edgesIn: ReadonlyMap<string, readonly Edge[]>;
}

/** Who requires whom, resolved along node_modules as Node does. Links pass their edges to what they lead to. */
export function buildGraph(lock: Lockfile): Graph {
  const edgesOut = new Map<string, Edge[]>();
  const edgesIn = new Map<string, Edge[]>();
  const add = (edge: Edge): void => {
    edgesOut.set(edge.from, [...(edgesOut.get(edge.from) ?? []), edge]);
    if (edge.to !== undefined) edgesIn.set(edge.to, [...(edgesIn.get(edge.to) ?? []), edge]);
  };
  for (const [location, entry] of lock.packages) {
    if (entry.link) {
      const to = entry.resolved;
      if (to !== undefined && lock.packages.has(to)) add({ from: location, name: '', spec: '', kind: 'workspace', to });
      continue;
    }
    const optional = entry.optionalDependencies ?? {};
    const isTop = !location.includes('node_modules/');
    const groups: readonly (readonly [Edge['kind'], Readonly<Record<string, string>> | undefined])[] = [
      ['prod', entry.dependencies],
      ['optional', optional],
      ['dev', isTop ? entry.devDependencies : undefined],
      ['peer', entry.peerDependencies],
    ];
    for (const [kind, specs] of groups) {
      for (const [name, spec] of Object.entries(specs ?? {})) {
        if (kind === 'prod' && optional[name] !== undefined) continue;
        const peerOptional = kind === 'peer' && entry.peerDependenciesMeta?.[name]?.optional === true;
        const to = resolveFrom(lock, location, name, kind === 'peer');
        add({ from: location, name, spec, kind: peerOptional ? 'peerOptional' : kind, to });
      }
    }
  }
  // Workspaces are required by the root through their links.
  for (const [location, entry] of lock.packages)
    if (
      entry.link &&
      /^node_modules\/(@[^/]+\/)?[^/]+$/.test(location) &&
      !(edgesIn.get(location) ?? []).some((e) => e.from === '')
    )
      add({ from: '', name: location.slice('node_modules/'.length), spec: '', kind: 'workspace', to: location });
  return { edgesOut, edgesIn };
}

/** Where `require(name)` from a package ends; peers are looked for beside it, not below. */
export function resolveFrom(lock: Lockfile, location: string, name: string, beside = false): string | undefined {
  let here = location;
  if (beside && here !== '') here = parentOf(here);
  for (;;) {
    const candidate = here === '' ? `node_modules/${name}` : `${here}/node_modules/${name}`;
    if (lock.packages.has(candidate)) return candidate;
    if (here === '') return undefined;
    here = parentOf(here);
  }
}

/** The package above: `a/node_modules/b` gives `a`; a workspace gives the folder above it, down to the root. */
function parentOf(location: string): string {
  const at = location.lastIndexOf('node_modules/');
  if (at > 0) {
    const above = location.slice(0, at - 1);
    const behind = location.slice(at + 'node_modules/'.length);
    return /^(@[^/]+\/)?[^/]+$/.test(behind) ? above : location.slice(0, location.lastIndexOf('/'));
  }
  if (at === 0) return '';
  const slash = location.lastIndexOf('/');
  return slash < 0 ? '' : location.slice(0, slash);
}

/** Whether a package may be placed on a machine. */
export function platformFits(entry: LockEntry, machine: Machine): boolean {
  if (entry.libc !== undefined && machine.libc === undefined) return false;
  return listFits(machine.os, entry.os) && listFits(machine.cpu, entry.cpu) && listFits(machine.libc, entry.libc);
}

/** Whether `engines` is met; a range that cannot be read is met by nothing, as in npm. */
export function engineFits(entry: LockEntry, machine: Machine): boolean {
  const engines = entry.engines;
  if (typeof engines !== 'object' || engines === null) return true;
  const { node, npm } = engines as { readonly node?: unknown; readonly npm?: unknown };
  const fits = (version: string, range: unknown): boolean =>
    typeof range !== 'string' || range === '' || satisfies(version, range, { includePrerelease: true }) === true;
  return fits(machine.node, node) && fits(machine.npm, npm);
}

/**
 * Locations of optional packages that cannot be placed, with everything that is only there for them. npm has changed
 * its mind twice: until 11.6.1 each failure takes its own set along, whose optional edges count for nothing; then an
 * edge inside the set counts for nothing; from 11.13.0 one from a package that is dropped already neither (arborist,
 * optional-set.js, reify.js and build-ideal-tree.js of those releases). sharp's wasm build is placed by npm 10 and not by npm 11.
 */
export function droppedOptionals(
  lock: Lockfile,
  graph: Graph,
  machine: Machine,
  omit: ReadonlySet<string>,
): ReadonlySet<string> {
  const oldRule = isBefore(machine.npm, '11.6.2');
  const dropped = new Set<string>();
  for (const [location, entry] of lock.packages) {
    if (!entry.optional || entry.link) continue;
    // Until 11.6.1 it is noticed when a package is unpacked, which what is omitted is not.
    if (oldRule ? isOmitted(entry, omit) : dropped.has(location)) continue;
    if (platformFits(entry, machine) && engineFits(entry, machine)) continue;
    const gone = isBefore(machine.npm, '11.13.0') ? new Set<string>() : dropped;
    for (const lost of optionalSet(location, graph, oldRule ? 'required' : gone)) dropped.add(lost);
  }
  // A folder goes with everything in it.
  for (const location of lock.packages.keys())
    for (let above = parentOf(location); above !== ''; above = parentOf(above))
      if (dropped.has(above) && location.startsWith(`${above}/node_modules/`)) dropped.add(location);
  return dropped;
}

/** Whether npm's own version is below another. */
export function isBefore(npm: string, version: string): boolean {
  return satisfies(npm, `<${version}`, { includePrerelease: true }) !== false;
}

function optionalSet(location: string, graph: Graph, counted: 'required' | ReadonlySet<string>): Set<string> {
  const set = new Set([location]);
  const isOptional = ({ kind }: Edge): boolean => kind === 'optional' || kind === 'peerOptional';
  for (const node of set) for (const edge of graph.edgesIn.get(node) ?? []) if (!isOptional(edge)) set.add(edge.from);
  const counts = (edge: Edge): boolean =>
    counted === 'required' ? !isOptional(edge) : !set.has(edge.to!) && !counted.has(edge.from);
  const all = new Set(set);
  for (const node of all)
    for (const edge of graph.edgesOut.get(node) ?? []) if (edge.to !== undefined && counts(edge)) all.add(edge.to);
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of all) {
      if ((graph.edgesIn.get(node) ?? []).some((edge) => !all.has(edge.from) && counts(edge))) {
        all.delete(node);
        changed = true;
      }
    }
  }
  return all;
}

/** Whether `--omit` leaves a package out (arborist, node.js shouldOmit). */
export function isOmitted(entry: LockEntry, omit: ReadonlySet<string>): boolean {
  const devOptional = entry.devOptional || entry.dev || entry.optional;
  return (
    (entry.peer === true && omit.has('peer')) ||
    (entry.dev === true && omit.has('dev')) ||
    (entry.optional === true && omit.has('optional')) ||
    (devOptional === true && omit.has('dev') && omit.has('optional'))
  );
}
