import { isObject, positionsOf } from '../../core/index.ts';
import { namesOf, parseJson, plainJson, textsOf } from './json.ts';
import { requiredFrom } from './required.ts';
import type { LockRead, NodePackage } from './types.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * bun.lock (bun.sh/docs/install/lockfile): JSON with comments. A package is a list: name and version, what it is
 * fetched from, its fields, its hash. Its key is its place in node_modules: `a/b` is the `b` that only `a` has.
 */
export function readBunLock(text: string, file: string): LockRead {
  const position = positionsOf(text);
  const parsed = parseJson(plainJson(text));
  if ('problem' in parsed)
    return { malformed: { problem: 'syntax', detail: parsed.problem, at: position(parsed.offset) } };
  const whole = parsed.value;
  if (!isObject(whole) || !isObject(whole['packages']))
    return { malformed: { problem: 'lacks', detail: 'packages', at: position(0) } };
  const fields = new Map<string, Fields>();
  const names = new Map<string, readonly [name: string, version: string]>();
  for (const [key, row] of Object.entries(whole['packages'])) {
    if (!Array.isArray(row) || typeof row[0] !== 'string') continue;
    const match = /^((?:@[^/@]+\/)?[^@]+)@(\d[^:]*)$/.exec(row[0]);
    if (match !== null) names.set(key, [match[1]!, match[2]!]);
    fields.set(key, row.find(isObject) ?? {});
  }
  const resolve = (from: string, name: string): string | undefined => {
    for (let above = from; ; above = parentOf(above)) {
      const key = above === '' ? name : `${above}/${name}`;
      if (fields.has(key)) return key;
      if (above === '') return undefined;
    }
  };
  const workspaces = isObject(whole['workspaces']) ? Object.values(whole['workspaces']).filter(isObject) : [];
  const edges = (from: string, of: Fields) => {
    const optional = new Set(namesOf(of['optionalDependencies']));
    const get = (field: string) =>
      namesOf(of[field]).flatMap((name) => (optional.has(name) ? [] : [resolve(from, name)]));
    return { hard: get('dependencies'), dev: get('devDependencies') };
  };
  const projects = workspaces.map((_, i) => `\u0000${i}`);
  const { all, production } = requiredFrom(projects, (key) =>
    key.startsWith('\u0000') ? edges('', workspaces[Number(key.slice(1))]!) : edges(key, fields.get(key) ?? {}),
  );
  const direct = new Set(
    workspaces.flatMap((one) =>
      ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((field) => namesOf(one[field])),
    ),
  );
  const packages = new Map<string, NodePackage>();
  for (const [key, [name, version]] of names) {
    const own = fields.get(key) ?? {};
    packages.set(key, {
      name,
      version,
      at: () => position(Math.max(0, text.indexOf(`\n    ${JSON.stringify(key)}: [`) + 5)),
      // `none` is what bun writes for a system or a CPU that it has no word for.
      os: textsOf(own['os']),
      cpu: textsOf(own['cpu']),
      libc: textsOf(own['libc']),
      optional: !all.has(key),
      dev: all.has(key) && !production.has(key),
      direct: direct.has(key),
      hasInstallScript: undefined,
      get members() {
        return namesOf(own['optionalDependencies']).map((one) => ({
          name: one,
          to: packages.get(resolve(key, one) ?? ''),
        }));
      },
    });
  }
  return {
    lockfile: { kind: 'node', tool: 'bun', file, packages: [...packages.values()], saysPlatforms: true, ignored: [] },
  };
}

/** The package that one lies in; a scope is no package. */
function parentOf(key: string): string {
  const parts = key.split('/');
  parts.pop();
  if (parts.at(-1)?.startsWith('@')) parts.pop();
  return parts.join('/');
}
