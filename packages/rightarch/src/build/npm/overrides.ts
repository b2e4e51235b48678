import { isObject, satisfies } from '../../core/index.ts';
import { resolveFrom } from './graph.ts';
import type { Lockfile } from './lockfile.ts';

/** What the root depends on, by name. */
type Direct = Readonly<Record<string, string>>;

/**
 * What `npm ci` would say of `overrides` and the lockfile. The lockfile keeps no copy of them, so what they ask for is
 * looked up in it: a version that they rule out was locked before they were written (arborist override-set.js,
 * node.js assertRootOverrides, validate-lockfile.js of npm 11.19.1, read 2026-11-28).
 */
export function overrideMismatches(overrides: unknown, direct: Direct, lock: Lockfile): string[] {
  return isObject(overrides) ? rulesBelow(overrides, undefined, direct, lock) : [];
}

function rulesBelow(rules: object, parent: string | undefined, direct: Direct, lock: Lockfile): string[] {
  return Object.entries(rules).flatMap(([key, value]) => {
    const { name, range } = keyOf(key);
    if (isObject(value)) return rulesBelow(value, name, direct, lock);
    if (typeof value !== 'string') return [];
    // `.` is the package itself, whose children the other keys are.
    const about = name === '.' ? parent : name;
    if (about === undefined) return [];
    const alone = parent === undefined || name === '.';
    const spec = value.startsWith('$') ? direct[value.slice(1)] : value;
    if (spec === undefined) return [`Unable to resolve reference ${value}`];
    const own = direct[about];
    const taken = lock.packages.get(`node_modules/${about}`)?.version ?? '';
    const applies = range === undefined || satisfies(taken, range, { includePrerelease: false }) === true;
    if (alone && applies && own !== undefined && own !== spec && !value.startsWith('$'))
      return [`Override for ${about}@${own} conflicts with direct dependency`];
    const places = alone ? named(lock, about) : childrenOf(lock, parent, about);
    return places.flatMap((location) => {
      const { name: alias, version, link, inBundle } = lock.packages.get(location)!;
      if (version === undefined || link || inBundle) return [];
      // Of a rule for some versions it is not known which version would have been taken without it.
      if (range !== undefined && satisfies(version, range, { includePrerelease: false }) !== true) return [];
      const [, other, wanted = spec] = /^npm:(@?[^@]+)@(.+)$/.exec(spec) ?? [];
      const fits = (other === undefined || other === alias) && satisfies(version, wanted, { includePrerelease: false });
      return fits === false ? [`Invalid: lock file's ${about}@${version} does not satisfy ${about}@${spec}`] : [];
    });
  });
}

/** `tool@^1` is a rule for those versions of `tool`. */
function keyOf(key: string): { readonly name: string; readonly range?: string } {
  const at = key.indexOf('@', 1);
  return at < 0 ? { name: key } : { name: key.slice(0, at), range: key.slice(at + 1) };
}

function named(lock: Lockfile, name: string): string[] {
  return [...lock.packages.keys()].filter(
    (location) => location === `node_modules/${name}` || location.endsWith(`/node_modules/${name}`),
  );
}

/** Where the packages named `parent` find `name`. */
function childrenOf(lock: Lockfile, parent: string, name: string): string[] {
  const found = named(lock, parent).flatMap((location) => {
    const wants = lock.packages.get(location)?.dependencies?.[name] !== undefined;
    const at = wants ? resolveFrom(lock, location, name) : undefined;
    return at === undefined ? [] : [at];
  });
  return [...new Set(found)];
}
