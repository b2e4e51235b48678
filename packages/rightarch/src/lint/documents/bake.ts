import { child, entriesOf, itemsOf, readHcl, readTrees, scalarText, type Tree } from '../../definition/index.ts';
import type { SourceFile } from '../repository.ts';
import { type BakeVariables, bakeVariables, type IsSet, withVariables } from './bake-variables.ts';

/** A target of `docker buildx bake`, as its file has it: what it inherits is not put in. */
export interface BakeTarget {
  readonly name: string;
  readonly body: Tree;
  readonly at: { readonly offset: number; readonly end: number };
  /** The file that says it last. */
  readonly path: string;
}

/** What several files say together: of each name what counts. */
export interface BakeDefinition {
  readonly targets: ReadonlyMap<string, BakeTarget>;
  /** Of the names of targets and groups that are seen; undefined stands for each that is not. */
  readonly groups: ReadonlyMap<string, readonly (string | undefined)[]>;
}

/** Targets that inherit from others that inherit from others: nobody needs more. */
const MOST_PARENTS = 20;

/** What of a target is looked at, and may be a variable's. */
const ATTRIBUTES = ['inherits', 'platforms', 'context', 'dockerfile'] as const;

/** The targets of one file of bake's own, HCL or JSON. */
function bakeTargets({ path, text }: SourceFile, variables: BakeVariables): readonly BakeTarget[] {
  const isJson = path.endsWith('.json');
  if (!isJson)
    return readHcl(text).flatMap(({ type, labels: [name], body, offset }) =>
      type === 'target' && name !== undefined
        ? [{ name, body: filled(body, variables, isJson), at: { offset, end: body.offset }, path }]
        : [],
    );
  const [root] = readTrees(text).roots;
  return entriesOf(child(root, 'target')).map(([name, body]) => ({
    name,
    body: filled(body, variables, isJson),
    at: body,
    path,
  }));
}

function filled(body: Tree, variables: BakeVariables, isJson: boolean): Tree {
  if (body.kind !== 'map') return body;
  // Names of its own, one value each time.
  const own = entriesOf(child(body, 'matrix')).map(([name]) => name);
  const known = own.length === 0 ? variables : new Map([...variables].filter(([name]) => !own.includes(name)));
  const entries = new Map(body.entries);
  for (const key of ATTRIBUTES) {
    const value = entries.get(key);
    if (value !== undefined) entries.set(key, withVariables(value, known, isJson));
  }
  return { ...body, entries };
}

/**
 * Several files as bake takes them together: of a target the later file's attributes, and the parents of all; a group as the
 * last has it (github.com/docker/buildx, bake/bake.go, Target.Merge, and bake/hclparser, read 2026-11-30). Undefined where
 * compose files would have to be merged by their own rules.
 */
export function readBake(files: readonly SourceFile[], isSet: IsSet): BakeDefinition | undefined {
  const isCompose = ({ path }: SourceFile): boolean => /\.ya?ml$/.test(path);
  const composed = files.filter(isCompose);
  if (composed.length > 1) return undefined;
  const services = composed.flatMap(targetsOfCompose);
  const own = files.filter((file) => !isCompose(file));
  const variables = bakeVariables(own, isSet);
  const targets = new Map<string, BakeTarget>();
  for (const one of [...services, ...own.flatMap((file) => bakeTargets(file, variables))]) {
    const before = targets.get(one.name);
    targets.set(one.name, before === undefined ? one : { ...one, body: merged(before.body, one.body) });
  }
  const groups = new Map<string, readonly (string | undefined)[]>();
  if (composed.length > 0)
    groups.set(
      'default',
      services.map(({ name }) => name),
    );
  for (const file of own)
    for (const [name, members] of groupsIn(file)) {
      const seen = members && withVariables(members, variables, file.path.endsWith('.json'));
      groups.set(name, seen?.kind === 'list' ? seen.items.map(scalarText) : [undefined]);
    }
  return { targets, groups };
}

function groupsIn({ path, text }: SourceFile): readonly (readonly [string, Tree | undefined])[] {
  if (path.endsWith('.json'))
    return entriesOf(child(readTrees(text).roots[0], 'group')).map(([name, body]) => [name, child(body, 'targets')]);
  return readHcl(text).flatMap(({ type, labels: [name], body }) =>
    type === 'group' && name !== undefined ? [[name, child(body, 'targets')] as const] : [],
  );
}

/** Services with `build`, whose names may have no dots; `x-bake` adds its platforms (bake/compose.go there). */
const targetsOfCompose = ({ path, text }: SourceFile): readonly BakeTarget[] =>
  readTrees(text).roots.flatMap((root) =>
    entriesOf(child(root, 'services')).flatMap(([name, service]) => {
      const body = child(service, 'build');
      if (body === undefined) return [];
      const more = child(child(body, 'x-bake'), 'platforms');
      const all = [child(body, 'platforms'), more].flatMap((one) => itemsOf(one));
      const platforms = more && ({ ...more, kind: 'list', items: all } as const);
      const added = platforms && ({ ...body, kind: 'map', entries: new Map([['platforms', platforms]]) } as const);
      return [
        { name: name.replaceAll('.', '_'), body: added === undefined ? body : merged(body, added), at: body, path },
      ];
    }),
  );

function merged(first: Tree, second: Tree): Tree {
  if (first.kind !== 'map' || second.kind !== 'map') return second;
  const parents = [first, second].flatMap((one) => itemsOf(child(one, 'inherits')));
  const entries = new Map([...first.entries, ...second.entries]);
  if (parents.length > 0) entries.set('inherits', { ...second, kind: 'list', items: parents });
  return { ...second, entries };
}

/** An attribute of a target, or of what it inherits: the last that has it wins. */
export function inherited(
  target: BakeTarget,
  key: string,
  known: ReadonlyMap<string, BakeTarget>,
  seen = new Set<string>(),
): Tree | undefined {
  const own = child(target.body, key);
  if (own !== undefined || seen.size > MOST_PARENTS || seen.has(target.name)) return own;
  seen.add(target.name);
  for (const parent of [...itemsOf(child(target.body, 'inherits'))].reverse()) {
    const other = known.get(scalarText(parent) ?? '');
    const found = other === undefined ? undefined : inherited(other, key, known, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
