import { positionsOf } from '../../core/index.ts';
import { blockLines, flowList, unquoted } from './block-yaml.ts';
import { requiredFrom } from './required.ts';
import type { LockRead, NodePackage } from './types.ts';

interface Entry {
  readonly key: string;
  readonly offset: number;
  os?: readonly string[];
  cpu?: readonly string[];
  libc?: readonly string[];
  optional?: boolean;
  dev?: boolean;
  requiresBuild?: boolean;
  /** Name and version, as written, of its optional dependencies. */
  readonly members: (readonly [name: string, version: string])[];
  /** The same of those that it always has. */
  readonly needs: (readonly [name: string, version: string])[];
}

/** What a project of version 9 asks for, and whether only for its own development. */
interface Root {
  readonly name: string;
  readonly dev: boolean;
  version?: string;
}

const DEPENDENCIES: ReadonlySet<string> = new Set(['dependencies', 'devDependencies', 'optionalDependencies']);

/** Fields of a package that hold a list or a map of their own. */
type Section = 'os' | 'cpu' | 'libc' | 'optionalDependencies' | 'dependencies' | undefined;

/**
 * pnpm-lock.yaml of the versions 5, 6 and 9 (github.com/pnpm/spec, lockfile). From 9 on a package is described under
 * `packages` and its use under `snapshots`.
 */
export function readPnpmLock(text: string, file: string): LockRead {
  const position = positionsOf(text);
  const entries = new Map<string, Entry>();
  const uses = new Map<string, Entry>();
  const ignored: string[] = [];
  let version: string | undefined;
  const direct = new Set<string>();
  let top = '';
  let entry: Entry | undefined;
  let section: Section;
  let ignoring = false;
  let importing: string | undefined;
  const roots: Root[] = [];
  for (const { indent, key, value, offset } of blockLines(text)) {
    if (indent === 0) {
      top = key;
      entry = undefined;
      if (key === 'lockfileVersion') version = unquoted(value);
      else if (key === 'ignoredOptionalDependencies') ignored.push(...flowList(value));
      // Items of a list may stand as deep as its key.
      else if (key === '-' && ignoring) ignored.push(value);
      ignoring = key === 'ignoredOptionalDependencies' || (key === '-' && ignoring);
      continue;
    }
    if (ignoring && key === '-') ignored.push(value);
    // `dependencies:` of the project stands at the top where it has no workspaces, else below its importer.
    if (DEPENDENCIES.has(top) && indent === 2) direct.add(key);
    if (top === 'importers') {
      if (indent === 4) importing = DEPENDENCIES.has(key) ? key : undefined;
      else if (indent === 6 && importing !== undefined) {
        direct.add(key);
        roots.push({ name: key, dev: importing === 'devDependencies' });
      } else if (indent === 8 && importing !== undefined && key === 'version') {
        const last = roots.at(-1);
        if (last !== undefined) last.version = unquoted(value);
      }
    }
    if (top !== 'packages' && top !== 'snapshots') continue;
    if (indent === 2) {
      entry = { key, offset, members: [], needs: [] };
      section = undefined;
      (top === 'packages' ? entries : uses).set(key, entry);
    } else if (entry === undefined) continue;
    else if (indent === 4) {
      section = /^(?:os|cpu|libc|optionalDependencies|dependencies)$/.test(key) ? (key as Section) : undefined;
      if ((section === 'os' || section === 'cpu' || section === 'libc') && value !== '')
        entry[section] = flowList(value);
      else if (key === 'optional' || key === 'dev' || key === 'requiresBuild') entry[key] = value === 'true';
    } else if (section === 'optionalDependencies' && indent === 6) entry.members.push([key, unquoted(value)]);
    else if (section === 'dependencies' && indent === 6) entry.needs.push([key, unquoted(value)]);
    else if ((section === 'os' || section === 'cpu' || section === 'libc') && key === '-')
      entry[section] = [...(entry[section] ?? []), value];
  }
  if (version === undefined) return { malformed: { problem: 'lacks', detail: 'lockfileVersion', at: position(0) } };
  const packages = new Map<string, NodePackage>();
  const isNew = uses.size > 0 || Number.parseFloat(version) >= 9;
  const used = isNew ? usesByPackage(uses) : entries;
  // Version 9 says of no package that it is for development: what the projects need otherwise, all the way down, is not.
  const production = isNew && roots.length > 0 ? productionOf(roots, uses) : undefined;
  for (const [key, one] of entries) {
    const named = nameOf(key);
    if (named === undefined) continue;
    const use = used.get(key);
    packages.set(key, {
      ...named,
      at: () => position(one.offset),
      os: one.os,
      cpu: one.cpu,
      libc: one.libc,
      optional: use?.optional === true,
      dev: production === undefined ? one.dev === true : !production.has(key),
      direct: direct.has(named.name),
      hasInstallScript: one.requiresBuild,
      get members() {
        return (use?.members ?? []).map(([name, written]) => ({ name, to: memberOf(packages, name, written) }));
      },
    });
  }
  return {
    lockfile: { kind: 'node', tool: 'pnpm', file, packages: [...packages.values()], saysPlatforms: true, ignored },
  };
}

/** The packages, without their peers, that the projects need beyond their own development. */
function productionOf(roots: readonly Root[], uses: ReadonlyMap<string, Entry>): ReadonlySet<string> {
  // An alias has the key of what it stands for as its version.
  const keyOf = (name: string, version: string): string | undefined =>
    [`${name}@${version}`, version].find((key) => uses.has(key));
  const start = roots.flatMap(({ name, version, dev }) =>
    dev || version === undefined ? [] : (keyOf(name, version) ?? []),
  );
  const { production } = requiredFrom(start, (key) => {
    const use = uses.get(key);
    return use && { hard: [...use.needs, ...use.members].map(([name, version]) => keyOf(name, version)), dev: [] };
  });
  return new Set([...production].map(withoutPeers));
}

/** One package may be used with several sets of peers: it is optional where all its uses are. */
function usesByPackage(uses: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  for (const [key, use] of uses) {
    const plain = withoutPeers(key);
    const before = found.get(plain);
    found.set(plain, {
      ...use,
      optional: use.optional === true && before?.optional !== false,
      members: before === undefined ? use.members : [...before.members, ...use.members],
    });
  }
  return found;
}

/** `a@1.0.0(b@2.0.0)` is `a@1.0.0`. */
function withoutPeers(key: string): string {
  const at = key.indexOf('(');
  return at < 0 ? key : key.slice(0, at);
}

/** `@img/sharp@0.33.5`, `/@img/sharp@0.33.5(a@1)` of 6, `/@img/sharp/0.33.5_a@1` of 5. */
function nameOf(key: string): { readonly name: string; readonly version: string } | undefined {
  const plain = withoutPeers(key.startsWith('/') ? key.slice(1) : key);
  const match = /^((?:@[^/]+\/)?[^/@]+)[@/]([^_]+)/.exec(plain);
  // What comes from a file, from Git or by its address has no release.
  if (match === null || !/^\d/.test(match[2]!)) return undefined;
  return { name: match[1]!, version: match[2]! };
}

function memberOf(packages: ReadonlyMap<string, NodePackage>, name: string, written: string): NodePackage | undefined {
  const version = withoutPeers(written);
  // An alias has the key of what it stands for as its version.
  for (const key of [
    `${name}@${version}`,
    `/${name}@${written}`,
    `/${name}@${version}`,
    `/${name}/${version}`,
    version,
    `/${version}`,
  ]) {
    const found = packages.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}
