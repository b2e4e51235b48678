import { posix } from 'node:path';
import { formatPlatform, type Platform } from '../../core/index.ts';
import { child, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import type { FoundCall } from '../bake-calls.ts';
import { type BakeFiles, bakedTargets, platformsOf } from '../baked.ts';
import { type BakeDefinition, type BakeTarget, inherited, readBake } from '../documents/bake.ts';
import { type Found, type FoundBuild, type FoundName, placesIn } from '../found.ts';
import type { Around, SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';
import { pathBeside } from './tree-parts.ts';

/**
 * The targets of `docker buildx bake`: what each builds, for which platforms, under which tags, with what it inherits, and with
 * what calls of it put in (https://docs.docker.com/build/bake/reference/, read 2026-11-29).
 */
export function discoverBake(file: SourceFile, { bake, bakeCalls }: Around): Partial<Found> {
  const { path, text } = file;
  const alone = /\btarget\b/.test(text) ? readBake([file], bake.isSet) : undefined;
  if (alone === undefined) return {};
  const targets = [...alone.targets.values()];
  const place = placesIn(path, text);
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  // One that others inherit from is a part of theirs, unless it says what it builds.
  const parents = new Set(
    targets.flatMap(({ body }) => itemsOf(child(body, 'inherits')).flatMap((one) => scalarText(one) ?? [])),
  );
  for (const target of targets) {
    const own = (key: string): Tree | undefined => inherited(target, key, alone.targets);
    if (
      parents.has(target.name) &&
      child(target.body, 'dockerfile') === undefined &&
      child(target.body, 'tags') === undefined
    )
      continue;
    const [folder, written] = [own('context'), own('dockerfile')];
    const context = folder === undefined ? '.' : scalarText(folder);
    const isSeen = context !== undefined && !/:\/\//.test(context) && own('dockerfile-inline') === undefined;
    if (!isSeen || (written !== undefined && scalarText(written) === undefined)) continue;
    const at = place(target.at.offset, target.at.end);
    const platforms = own('platforms');
    const ways = waysOf(target, alone, { bake, bakeCalls });
    const from = ({ directory }: Way): string =>
      directory === undefined ? pathBeside(path, context) : posix.join(directory, context);
    const dockerfileOf = (way: Way): string => posix.join(from(way), scalarText(written) ?? 'Dockerfile');
    for (const way of ways) {
      const { made, builder } = way;
      builds.push({
        platforms: made ?? [],
        ...(made === undefined ? { unseen: true as const } : {}),
        builder,
        dockerfile: dockerfileOf(way),
        context: from(way),
        at,
        ...(platforms === undefined ? {} : { platformsAt: place(platforms.offset, platforms.end) }),
      });
    }
    const dockerfile = dockerfileOf(ways[0]!);
    for (const tag of itemsOf(own('tags')))
      if (tag.kind === 'scalar')
        names.push(...nameAt(tag.text, place(tag.offset, tag.end), { how: 'given', dockerfile }));
  }
  return { builds, names };
}

interface Way {
  /** Undefined where it is not seen. */
  readonly made: readonly Platform[] | undefined;
  readonly builder: FoundBuild['builder'];
  /** Where it is called; undefined for beside its file. */
  readonly directory: string | undefined;
}

/** How a target is built: each way once, by the calls that build it, else as its own file has it. */
function waysOf(
  target: BakeTarget,
  alone: BakeDefinition,
  { bake, bakeCalls }: { readonly bake: BakeFiles; readonly bakeCalls: readonly FoundCall[] },
): readonly Way[] {
  const ways = bakeCalls.flatMap(({ call, builder }): readonly Way[] => {
    if (call === undefined) return [{ made: undefined, builder: 'unknown', directory: undefined }];
    if (!call.files.includes(target.path)) return [];
    return bakedTargets(call, bake)
      .filter((one) => one.target.name === target.name)
      .map(({ platforms }) => ({ made: platforms, builder, directory: call.directory }));
  });
  const own: Way = { made: platformsOf(target, alone, []), builder: undefined, directory: undefined };
  const keyOf = ({ made, builder, directory }: Way): string =>
    JSON.stringify([made?.map(formatPlatform), made?.length ? '' : builder, directory]);
  return [...new Map((ways.length === 0 ? [own] : ways).map((one) => [keyOf(one), one])).values()];
}
