import { positionsOf } from '../../core/index.ts';
import { normalName } from '../../proof/index.ts';
import { readToml, type TomlTable, type TomlValue } from '../documents/toml.ts';
import { isTable, listIn, markerOf, textIn } from './python-entries.ts';
import type { LockRead, PythonPackage, ReadBeside, Want } from './types.ts';

/**
 * poetry.lock of the versions 1.0 to 2.1 (github.com/python-poetry/poetry, src/poetry/packages/locker.py). Who wants a
 * package stands with who wants it; what the project itself wants is in pyproject.toml, from 2.1 on also as `markers`.
 */
export function readPoetryLock(text: string, file: string, beside: ReadBeside): LockRead {
  const position = positionsOf(text);
  const read = readToml(text);
  if ('problem' in read) return { malformed: { problem: 'syntax', detail: read.problem, at: position(read.offset) } };
  const tables: { readonly main: TomlTable; readonly dependencies?: TomlTable; readonly source?: TomlTable }[] = [];
  for (const table of read.tables) {
    if (table.name === 'package') tables.push({ main: table });
    else if (table.name === 'package.dependencies' && tables.length > 0)
      tables.push({ ...tables.pop()!, dependencies: table });
    else if (table.name === 'package.source' && tables.length > 0) tables.push({ ...tables.pop()!, source: table });
  }
  const metadata = read.tables.find(({ name }) => name === 'metadata');
  if (metadata === undefined) return { malformed: { problem: 'lacks', detail: '[metadata]', at: position(0) } };
  // Until 1.1 the files of all packages stood together, by name.
  const files = read.tables.find(({ name }) => name === 'metadata.files');
  const byName = new Map<string, number[]>();
  tables.forEach(({ main }, i) => {
    const name = normalName(textIn(main, 'name') ?? '');
    byName.set(name, [...(byName.get(name) ?? []), i]);
  });
  const wanted: Want[][] = tables.map(() => []);
  tables.forEach(({ dependencies }, by) => {
    for (const [name, { value }] of dependencies?.values ?? [])
      for (const want of wantsOf(value, by, 'always'))
        for (const i of byName.get(normalName(name)) ?? []) wanted[i]!.push(want);
  });
  const project = projectWants(beside('pyproject.toml'));
  for (const [name, wants] of project) for (const i of byName.get(name) ?? []) wanted[i]!.push(...wants);
  const packages = tables.map(({ main, source }, i): PythonPackage => {
    const name = textIn(main, 'name') ?? '';
    const listed = main.values.get('files')?.value ?? files?.values.get(name)?.value;
    const names = listIn(listed).flatMap((one) =>
      isTable(one) && typeof one['file'] === 'string' ? [one['file']] : [],
    );
    const groups = listIn(main.values.get('groups')?.value);
    const isDev = groups.length > 0 ? !groups.includes('main') : textIn(main, 'category') === 'dev';
    return {
      name,
      version: textIn(main, 'version') ?? '',
      at: () => position(main.values.get('name')?.offset ?? main.offset),
      wheels: names.length === 0 ? undefined : names.filter((one) => one.endsWith('.whl')),
      sdist: names.some((one) => !one.endsWith('.whl')),
      hashes: [],
      wantedBy: wanted[i]!.map((want) => (isDev && want.kind === 'always' ? { ...want, kind: 'dev' } : want)),
      marker: markerIn(main),
      fromIndex: source === undefined || textIn(source, 'url') === 'https://pypi.org/simple',
    };
  });
  return {
    lockfile: {
      kind: 'python',
      tool: 'poetry',
      file,
      packages,
      requiresPython: textIn(metadata, 'python-versions'),
      environments: [],
    },
  };
}

/** `markers = "…"`, or by group. A group alone may hold: then it is not known here. */
function markerIn(main: TomlTable): PythonPackage['marker'] {
  const value = main.values.get('markers')?.value;
  return isTable(value) ? markerOf(value['main'] ?? Object.values(value)[0]) : markerOf(value);
}

/** `"*"`, `{version = "*", markers = "…", optional = true}`, or a list of these. */
function wantsOf(value: TomlValue, by: number | undefined, kind: Want['kind']): readonly Want[] {
  const rows = Array.isArray(value) ? (value as readonly TomlValue[]) : [value];
  return rows.map((row) => {
    if (!isTable(row)) return { by, marker: undefined, kind };
    const platform = typeof row['platform'] === 'string' ? `sys_platform == '${row['platform']}'` : undefined;
    return {
      by,
      marker: markerOf(row['markers'] ?? platform),
      kind: row['optional'] === true && kind === 'always' ? 'extra' : kind,
    };
  });
}

const REQUIREMENT = /^\s*([A-Za-z0-9][\w.-]*)[^;]*(?:;(.*))?$/s;

/** What a pyproject.toml asks for, by normalised name: Poetry's own tables, and those of the standard. */
function projectWants(text: string | undefined): ReadonlyMap<string, readonly Want[]> {
  const found = new Map<string, readonly Want[]>();
  const read = text === undefined ? undefined : readToml(text);
  if (read === undefined || 'problem' in read) return found;
  const add = (name: string, wants: readonly Want[]): void => {
    found.set(normalName(name), [...(found.get(normalName(name)) ?? []), ...wants]);
  };
  for (const { name, values } of read.tables) {
    const group = /^tool\.poetry\.(?:(dev-dependencies)|group\.(.+)\.dependencies|dependencies)$/.exec(name);
    if (group !== null) {
      const kind = group[1] === undefined && group[2] === undefined ? 'always' : 'dev';
      for (const [key, { value }] of values) if (key !== 'python') add(key, wantsOf(value, undefined, kind));
    }
    if (name === 'project') {
      for (const line of listIn(values.get('dependencies')?.value)) {
        const match = REQUIREMENT.exec(String(line));
        if (match !== null) add(match[1]!, [{ by: undefined, marker: markerOf(match[2]?.trim()), kind: 'always' }]);
      }
    }
    if (name === 'project.optional-dependencies' || name === 'dependency-groups')
      for (const { value } of values.values())
        for (const line of listIn(value)) {
          const match = REQUIREMENT.exec(String(line));
          const kind = name === 'dependency-groups' ? 'dev' : 'extra';
          if (match !== null) add(match[1]!, [{ by: undefined, marker: markerOf(match[2]?.trim()), kind }]);
        }
  }
  return found;
}
