import { parsePlatform } from '../../core/index.ts';
import {
  child,
  entriesOf,
  type HclBlock,
  itemsOf,
  readHcl,
  readTrees,
  scalarText,
  type Tree,
} from '../../definition/index.ts';
import { type Found, type FoundBuild, type FoundName, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';
import { pathBeside } from './tree-parts.ts';

interface BakeTarget {
  readonly name: string;
  readonly body: Tree;
  readonly at: { readonly offset: number; readonly end: number };
}

/** Targets that inherit from others that inherit from others: nobody needs more. */
const MOST_PARENTS = 20;

/**
 * The targets of `docker buildx bake`: what each builds, for which platforms, under which tags, with what it inherits
 * (https://docs.docker.com/build/bake/reference/, read 2026-11-29). Values of `variable` blocks can be set from outside.
 */
export function discoverBake({ path, text }: SourceFile): Partial<Found> {
  const targets = path.endsWith('.json') ? targetsOfJson(text) : targetsOfHcl(readHcl(text));
  const known = new Map(targets.map((target) => [target.name, target]));
  const place = placesIn(path, text);
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  // One that others inherit from is a part of theirs, unless it says what it builds.
  const parents = new Set(
    targets.flatMap(({ body }) => itemsOf(child(body, 'inherits')).flatMap((one) => scalarText(one) ?? [])),
  );
  for (const target of targets) {
    const own = (key: string): Tree | undefined => inherited(target, key, known, new Set());
    if (
      parents.has(target.name) &&
      child(target.body, 'dockerfile') === undefined &&
      child(target.body, 'tags') === undefined
    )
      continue;
    const context = scalarText(own('context')) ?? '.';
    const isRemote = /:\/\//.test(context) || own('dockerfile-inline') !== undefined;
    const file = own('dockerfile');
    const dockerfile =
      isRemote || (file !== undefined && scalarText(file) === undefined)
        ? undefined
        : pathBeside(path, context, scalarText(file) ?? 'Dockerfile');
    if (dockerfile === undefined) continue;
    const written = own('platforms');
    const words = itemsOf(written).map((one) => parsePlatform(scalarText(one) ?? ''));
    const unseen = written !== undefined && (written.kind !== 'list' || words.some((one) => one === undefined));
    builds.push({
      platforms: unseen ? [] : words.flatMap((one) => one ?? []),
      ...(unseen ? { unseen } : {}),
      builder: undefined,
      dockerfile,
      context: pathBeside(path, context),
      at: place(target.at.offset, target.at.end),
      ...(written === undefined ? {} : { platformsAt: place(written.offset, written.end) }),
    });
    for (const tag of itemsOf(own('tags')))
      if (tag.kind === 'scalar')
        names.push(...nameAt(tag.text, place(tag.offset, tag.end), { how: 'given', dockerfile }));
  }
  return { builds, names };
}

function targetsOfHcl(blocks: readonly HclBlock[]): readonly BakeTarget[] {
  return blocks.flatMap(({ type, labels, body, offset }) =>
    type === 'target' && labels[0] !== undefined ? [{ name: labels[0], body, at: { offset, end: body.offset } }] : [],
  );
}

function targetsOfJson(text: string): readonly BakeTarget[] {
  const [root] = readTrees(text).roots;
  return entriesOf(child(root, 'target')).map(([name, body]) => ({ name, body, at: body }));
}

/** An attribute of a target, or of what it inherits: the last that has it wins. */
function inherited(
  target: BakeTarget,
  key: string,
  known: ReadonlyMap<string, BakeTarget>,
  seen: Set<string>,
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
