import { positionsOf } from '../../core/index.ts';
import { normalName, parseMarker } from '../../proof/index.ts';
import { readToml, type TomlTable, type TomlValue } from '../documents/toml.ts';
import { fileOf, isTable, listIn, markerOf, textIn } from './python-entries.ts';
import type { LockRead, PythonPackage, Want } from './types.ts';

/** uv.lock (docs.astral.sh/uv, concepts/projects/layout): every wheel of each release, and who wants it where. */
export function readUvLock(text: string, file: string): LockRead {
  const position = positionsOf(text);
  const read = readToml(text);
  if ('problem' in read) return { malformed: { problem: 'syntax', detail: read.problem, at: position(read.offset) } };
  const [head] = read.tables;
  if (head?.values.get('version') === undefined)
    return { malformed: { problem: 'lacks', detail: 'version', at: position(0) } };
  const tables: { readonly main: TomlTable; readonly more: TomlTable[] }[] = [];
  for (const table of read.tables) {
    if (table.name === 'package') tables.push({ main: table, more: [] });
    else if (table.name.startsWith('package.')) tables.at(-1)?.more.push(table);
  }
  const byName = new Map<string, number[]>();
  tables.forEach(({ main }, i) => {
    const name = normalName(textIn(main, 'name') ?? '');
    byName.set(name, [...(byName.get(name) ?? []), i]);
  });
  const wanted: Want[][] = tables.map(() => []);
  tables.forEach(({ main, more }, by) => {
    const add = (list: TomlValue | undefined, kind: Want['kind']): void => {
      for (const one of listIn(list)) {
        if (!isTable(one)) continue;
        const named = byName.get(normalName(String(one['name'] ?? ''))) ?? [];
        const ends = named.filter((i) => isMeant(one, tables[i]!.main));
        for (const i of ends) wanted[i]!.push({ by, marker: markerOf(one['marker']), kind });
        // What is asked for with extras has what these want.
        const extras = listIn(one['extra']).map(String);
        for (const i of ends)
          for (const table of tables[i]!.more)
            if (table.name === 'package.optional-dependencies')
              for (const extra of extras) follow(table.values.get(extra)?.value, by, markerOf(one['marker']), kind);
      }
    };
    const follow = (list: TomlValue | undefined, from: number, marker: Want['marker'], kind: Want['kind']): void => {
      for (const one of listIn(list)) {
        if (!isTable(one)) continue;
        const own = markerOf(one['marker']);
        const both =
          marker === undefined || own === undefined || marker === 'unread' || own === 'unread'
            ? (own ?? marker)
            : ({ op: 'and', left: marker, right: own } as const);
        for (const i of byName.get(normalName(String(one['name'] ?? ''))) ?? [])
          if (isMeant(one, tables[i]!.main)) wanted[i]!.push({ by: from, marker: both, kind });
      }
    };
    add(main.values.get('dependencies')?.value, 'always');
    for (const table of more) {
      const kind = table.name === 'package.optional-dependencies' ? 'extra' : 'dev';
      if (table.name !== 'package.optional-dependencies' && table.name !== 'package.dev-dependencies') continue;
      // Of what comes from an index nobody takes the extras by themselves.
      if (kind === 'extra' && !isProject(main)) continue;
      for (const { value } of table.values.values()) add(value, kind);
    }
  });
  const packages = tables.map(({ main }, i): PythonPackage => {
    const wheels = listIn(main.values.get('wheels')?.value).filter(isTable);
    const names = wheels.flatMap((one) => {
      const address = one['filename'] ?? one['url'] ?? one['path'];
      return typeof address === 'string' ? [fileOf(address)] : [];
    });
    const source = main.values.get('source')?.value;
    return {
      name: textIn(main, 'name') ?? '',
      version: textIn(main, 'version') ?? '',
      at: () => position(main.values.get('name')?.offset ?? main.offset),
      wheels: isProject(main) ? undefined : names,
      sdist: main.values.get('sdist') !== undefined || (isTable(source) && source['git'] !== undefined),
      hashes: [],
      wantedBy: isProject(main) ? [{ by: undefined, marker: undefined, kind: 'always' }] : wanted[i]!,
      marker: undefined,
      fromIndex: isTable(source) && source['registry'] === 'https://pypi.org/simple',
    };
  });
  const supported = head.values.get('supported-markers');
  return {
    lockfile: {
      kind: 'python',
      tool: 'uv',
      file,
      packages,
      requiresPython: textIn(head, 'requires-python'),
      environments: listIn(supported?.value).flatMap((one) =>
        typeof one === 'string'
          ? [{ text: one, marker: parseMarker(one), at: () => position(supported?.offset ?? 0) }]
          : [],
      ),
    },
  };
}

/** Of two releases of one name, each for some platforms, or the same from two places, an edge says which it means. */
function isMeant(edge: { readonly [key: string]: TomlValue }, main: TomlTable): boolean {
  const { version, source } = edge;
  if (version !== undefined && textIn(main, 'version') !== version) return false;
  return source === undefined || JSON.stringify(source) === JSON.stringify(main.values.get('source')?.value);
}

/** What is built from this repository: a project, a workspace member, a folder. */
function isProject(main: TomlTable): boolean {
  const source = main.values.get('source')?.value;
  return isTable(source) && ['virtual', 'editable', 'directory'].some((key) => source[key] !== undefined);
}
