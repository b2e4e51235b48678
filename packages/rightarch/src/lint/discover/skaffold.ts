import { parsePlatform } from '../../core/index.ts';
import { child, itemsOf, scalarText, type Tree, wordsOf } from '../../definition/index.ts';
import type { FoundBuild, FoundName } from '../found.ts';
import { nameAt } from './names.ts';
import { type PlaceOf, pathBeside } from './tree-parts.ts';

/**
 * What skaffold builds and pushes: each artifact for the platforms that it names, else for those of the file. Without
 * any it asks the cluster which CPU its nodes have (https://skaffold.dev/docs/builders/cross-platform/, read 2026-11-29).
 */
export function readSkaffold(
  root: Tree,
  file: string,
  place: PlaceOf,
): { readonly builds: readonly FoundBuild[]; readonly names: readonly FoundName[] } {
  if (scalarText(child(root, 'apiVersion'))?.startsWith('skaffold/') !== true) return { builds: [], names: [] };
  const build = child(root, 'build');
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  for (const artifact of itemsOf(child(build, 'artifacts'))) {
    const image = child(artifact, 'image');
    // Made by something that is no Dockerfile.
    const others = ['jib', 'ko', 'bazel', 'buildpacks', 'kaniko', 'custom'];
    if (others.some((name) => child(artifact, name) !== undefined)) continue;
    const context = scalarText(child(artifact, 'context')) ?? '.';
    const own = scalarText(child(child(artifact, 'docker'), 'dockerfile')) ?? 'Dockerfile';
    const dockerfile = pathBeside(file, context, own);
    const written = child(artifact, 'platforms') ?? child(build, 'platforms');
    const platforms = wordsOf(written).flatMap((name) => parsePlatform(name) ?? []);
    builds.push({
      platforms,
      builder: 'unknown',
      dockerfile,
      context: pathBeside(file, context),
      at: place(image ?? artifact),
      ...(written === undefined ? {} : { platformsAt: place(written) }),
    });
    // The tag is made by skaffold.
    if (image !== undefined)
      names.push(...nameAt(scalarText(image), place(image), { how: 'given', dockerfile, tag: undefined }));
  }
  return { builds, names };
}
