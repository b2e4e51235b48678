import { posix } from 'node:path';
import { isObject, satisfies } from '../../core/index.ts';
import { refuse } from '../run/refusal.ts';
import { resolveFrom } from './graph.ts';
import type { Lockfile } from './lockfile.ts';
import { overrideMismatches } from './overrides.ts';

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** A text that node-semver reads as a range; else it is a tag, an alias or an address. */
const RANGE_LIKE = /^[\s\d.xX*^~<>=|v-]*(?:-[0-9A-Za-z.-]+)?[\s\d.xX*^~<>=|v-]*$/;

/**
 * What `npm ci` would say of the package.json of the project, or of a workspace, and the lockfile: the lines of its complaint, none where they agree. Where
 * it would have to resolve anew to know, it is refused.
 */
export function mismatches(project: Readonly<Record<string, unknown>>, lock: Lockfile, location = ''): string[] {
  const root = lock.packages.get(location)!;
  const complaints: string[] = [];
  const outOfDate = (problem: string): never => refuse('npm/lockfile-malformed', { file: lock.file, problem });
  for (const kind of KINDS) {
    const wanted = mapOf(project[kind]);
    const locked = root[kind] ?? {};
    for (const [name, spec] of Object.entries(wanted)) {
      // npm copies optional dependencies into dependencies and back.
      if (kind === 'dependencies' && mapOf(project['optionalDependencies'])[name] !== undefined) continue;
      if (locked[name] === spec) continue;
      const entry = lock.packages.get(resolveFrom(lock, location, name) ?? '\0');
      if (entry === undefined) complaints.push(`Missing: ${name}@${spec} from lock file`);
      else if (RANGE_LIKE.test(spec) && entry.version !== undefined && !entry.link) {
        if (satisfies(entry.version, spec, { includePrerelease: false }) !== true)
          complaints.push(`Invalid: lock file's ${name}@${entry.version} does not satisfy ${name}@${spec}`);
        else if (locked[name] === undefined) outOfDate(`${name} is another kind of dependency in package.json`);
      } else outOfDate(`${name}@${spec} of package.json is not what it was made from`);
    }
    for (const name of Object.keys(locked))
      if (
        wanted[name] === undefined &&
        (kind !== 'dependencies' || mapOf(project['optionalDependencies'])[name] === undefined)
      )
        outOfDate(`${name} is no longer in ${kind} of package.json`);
  }
  if (location === '' && JSON.stringify(project['workspaces'] ?? null) !== JSON.stringify(root.workspaces ?? null))
    outOfDate('workspaces of package.json have changed');
  if (location === '') {
    const direct = Object.assign({}, ...[...KINDS].reverse().map((kind) => mapOf(project[kind])));
    complaints.push(...overrideMismatches(project['overrides'], direct, lock));
  }
  return complaints;
}

/** Dependencies of locked packages that the lockfile does not have: npm would add them and complain. */
export function missingFromLock(lock: Lockfile, missing: (location: string, name: string) => boolean): string[] {
  const complaints: string[] = [];
  for (const [location, entry] of lock.packages) {
    if (entry.link) continue;
    for (const [name, spec] of Object.entries(entry.dependencies ?? {})) {
      if (entry.optionalDependencies?.[name] !== undefined) continue;
      if (missing(location, name)) complaints.push(`Missing: ${name}@${spec} from lock file`);
    }
  }
  return complaints;
}

/** A field of package.json as a map of texts. */
export function mapOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Where a link of the lockfile leads: relative to the project, and inside it. */
export function linkTarget(lock: Lockfile, location: string): string {
  const entry = lock.packages.get(location)!;
  const to = entry.resolved;
  if (to === undefined || to.startsWith('/') || posix.normalize(to).startsWith('..'))
    return refuse('npm/source-refused', { package: location, source: to ?? '' });
  if (!lock.packages.has(to))
    return refuse('npm/lockfile-malformed', { file: lock.file, problem: `packages["${to}"] is missing` });
  return to;
}
