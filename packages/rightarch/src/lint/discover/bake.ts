import { parsePlatform } from '../../core/index.ts';
import { child, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import { bakeTargets, inherited } from '../documents/bake.ts';
import { type Found, type FoundBuild, type FoundName, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';
import { pathBeside } from './tree-parts.ts';

/**
 * The targets of `docker buildx bake`: what each builds, for which platforms, under which tags, with what it inherits
 * (https://docs.docker.com/build/bake/reference/, read 2026-11-29). Values of `variable` blocks can be set from outside.
 */
export function discoverBake(file: SourceFile): Partial<Found> {
  const { path, text } = file;
  const targets = bakeTargets(file);
  const known = new Map(targets.map((target) => [target.name, target]));
  const place = placesIn(path, text);
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  // One that others inherit from is a part of theirs, unless it says what it builds.
  const parents = new Set(
    targets.flatMap(({ body }) => itemsOf(child(body, 'inherits')).flatMap((one) => scalarText(one) ?? [])),
  );
  for (const target of targets) {
    const own = (key: string): Tree | undefined => inherited(target, key, known);
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
