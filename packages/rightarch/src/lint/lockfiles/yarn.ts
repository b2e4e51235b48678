import { isObject, positionsOf } from '../../core/index.ts';
import { blockLines, unquoted } from './block-yaml.ts';
import { parseJson } from './json.ts';
import { requiredFrom } from './required.ts';
import type { LockRead, NodePackage, ReadBeside } from './types.ts';

interface Entry {
  readonly key: string;
  /** Each `name@range` that ends here. */
  readonly patterns: readonly string[];
  readonly offset: number;
  version: string;
  /** Of Yarn 2 and later: `os=linux & cpu=x64 & libc=glibc`. */
  conditions?: string;
  resolution?: string;
  readonly dependencies: (readonly [name: string, range: string])[];
  /** Names among them that are optional. */
  readonly optional: Set<string>;
}

/** yarn.lock: of Yarn 1 (a form of its own, without os and cpu), and of later ones (YAML with `conditions`). */
export function readYarnLock(text: string, file: string, beside: ReadBeside): LockRead {
  const position = positionsOf(text);
  const isClassic = !/^__metadata:/m.test(text);
  const entries: Entry[] = [];
  let entry: Entry | undefined;
  let section = '';
  let subject = '';
  for (const { indent, key, value, offset } of blockLines(text)) {
    if (indent === 0) {
      entry = undefined;
      if (key === '__metadata' || value !== '') continue;
      entry = { key, patterns: patternsOf(key), offset, version: '', dependencies: [], optional: new Set() };
      entries.push(entry);
    } else if (entry === undefined) continue;
    else if (indent === 2) {
      section = value === '' ? key : '';
      if (key === 'version') entry.version = unquoted(value);
      else if (key === 'conditions') entry.conditions = unquoted(value);
      else if (key === 'resolution') entry.resolution = unquoted(value);
    } else if (indent === 4) {
      if (section === 'dependencies' || section === 'optionalDependencies') {
        entry.dependencies.push([key, unquoted(value)]);
        if (section === 'optionalDependencies') entry.optional.add(key);
      } else if (section === 'dependenciesMeta') subject = key;
    } else if (indent === 6 && section === 'dependenciesMeta' && key === 'optional' && value === 'true')
      entry.optional.add(subject);
  }
  const isLock = isClassic ? entries.every(({ version }) => version !== '') : entries.length > 0;
  if (!isLock || (entries.length === 0 && !/^# yarn lockfile/m.test(text)))
    return { malformed: { problem: 'lacks', detail: 'version', at: position(entries[0]?.offset ?? 0) } };
  const byPattern = new Map<string, Entry>();
  for (const one of entries) for (const pattern of one.patterns) byPattern.set(pattern, one);
  const find = (name: string, range: string): Entry | undefined =>
    byPattern.get(`${name}@${range}`) ?? byPattern.get(`${name}@npm:${range}`);
  const manifest = isClassic ? manifestEdges(beside('package.json'), find) : undefined;
  const wanted = new Set(entries.flatMap((one) => one.dependencies.map(([name, range]) => find(name, range)?.key)));
  const roots = isClassic
    ? manifest === undefined
      ? entries.filter(({ key }) => !wanted.has(key)).map(({ key }) => key)
      : ['']
    : entries.filter(({ resolution }) => /@workspace:/.test(resolution ?? '')).map(({ key }) => key);
  const byKey = new Map(entries.map((one) => [one.key, one]));
  const { all } = requiredFrom(roots, (key) => {
    if (key === '') return manifest;
    const one = byKey.get(key);
    const hard = one?.dependencies.filter(([name]) => !one.optional.has(name)) ?? [];
    return { hard: hard.map(([name, range]) => find(name, range)?.key), dev: [] };
  });
  const direct = new Set(
    isClassic
      ? [...(manifest?.hard ?? []), ...(manifest?.dev ?? [])]
      : entries
          .filter(({ key }) => roots.includes(key))
          .flatMap((one) => one.dependencies.map(([name, range]) => find(name, range)?.key)),
  );
  const packages = new Map<string, NodePackage>();
  for (const one of entries) {
    if (/@(?:workspace|portal|link):/.test(one.resolution ?? one.key)) continue;
    packages.set(one.key, {
      name: nameOf(one),
      version: one.version,
      at: () => position(one.offset),
      ...conditionsOf(one.conditions),
      optional: !all.has(one.key),
      dev: false,
      direct: direct.has(one.key),
      hasInstallScript: undefined,
      get members() {
        return one.dependencies
          .filter(([name]) => one.optional.has(name))
          .map(([name, range]) => ({ name, to: packages.get(find(name, range)?.key ?? '') }));
      },
    });
  }
  return {
    lockfile: {
      kind: 'node',
      tool: isClassic ? 'yarn-classic' : 'yarn',
      file,
      packages: [...packages.values()],
      saysPlatforms: !isClassic,
      ignored: [],
    },
  };
}

/** `"a@^1, a@^2"` of later ones; `"@a/b@1", c@2` of Yarn 1, each quoted where it must be. */
const patternsOf = (key: string): readonly string[] => key.split(',').map((one) => one.trim().replace(/^"|"$/g, ''));

function nameOf({ resolution, patterns }: Entry): string {
  const written = resolution ?? patterns[0] ?? '';
  // `alias@npm:real@1.0.0` of Yarn 1 is the release of the other.
  const aliased = /@npm:((?:@[^/]+\/)?[^@/]+)@/.exec(written)?.[1];
  return aliased ?? /^(?:@[^/]+\/)?[^@]+/.exec(written)?.[0] ?? written;
}

/** Yarn joins what the manifest's os, cpu and libc list (yarnpkg.com, lexicon: conditions). */
function conditionsOf(written: string | undefined): Pick<NodePackage, 'os' | 'cpu' | 'libc'> {
  const found: Record<'os' | 'cpu' | 'libc', string[] | undefined> = { os: undefined, cpu: undefined, libc: undefined };
  for (const [, field, value = ''] of (written ?? '').matchAll(/\b(os|cpu|libc)=([\w!.-]+)/g)) {
    const name = field as 'os' | 'cpu' | 'libc';
    found[name] = [...(found[name] ?? []), value];
  }
  return found;
}

/** What the project itself asks for, which the lockfile of Yarn 1 does not say. */
function manifestEdges(text: string | undefined, find: (name: string, range: string) => Entry | undefined) {
  const parsed = text === undefined ? undefined : parseJson(text);
  const manifest = parsed !== undefined && 'value' in parsed && isObject(parsed.value) ? parsed.value : undefined;
  // Those of workspaces are in folders of their own, whose manifests are not read.
  if (manifest === undefined || manifest['workspaces'] !== undefined) return undefined;
  const keys = (field: string): readonly (string | undefined)[] =>
    isObject(manifest[field])
      ? Object.entries(manifest[field]).map(([name, range]) => find(name, String(range))?.key)
      : [];
  const optional = new Set(keys('optionalDependencies'));
  return { hard: [...keys('dependencies'), ...keys('devDependencies')].filter((key) => !optional.has(key)), dev: [] };
}
