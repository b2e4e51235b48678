import { parsePlatform } from '../../core/index.ts';
import { child, inner } from '../../definition/index.ts';
import type { Found, FoundBuild, FoundName } from '../found.ts';
import { nameAt } from './names.ts';
import { isHidden, type Resource, textOf } from './terraform.ts';
import { type PlaceOf, pathBeside } from './tree-parts.ts';

/**
 * What the provider of Docker builds, and what it pushes: `build` of `docker_image`, and `docker_registry_image`
 * (https://github.com/kreuzwerker/terraform-provider-docker/blob/master/docs/resources/image.md, read 2026-11-30).
 */
export function dockerImages(
  resources: readonly Resource[],
  path: string,
  place: PlaceOf,
): Pick<Found, 'builds' | 'names'> {
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  for (const { type, name, body, at } of resources) {
    const given = child(body, 'name');
    if (type === 'docker_registry_image' && given?.kind === 'scalar' && textOf(given) !== undefined)
      names.push(...nameAt(textOf(given), place(given), { how: 'pushed' }));
    const build = type === 'docker_image' ? child(body, 'build') : undefined;
    if (build === undefined) continue;
    const parts = isHidden(build) ? undefined : inner(build);
    const folder = textOf(child(parts, 'context'));
    const file = child(parts, 'dockerfile');
    const isSeen = folder !== undefined && (file === undefined || textOf(file) !== undefined);
    const written = child(parts, 'platform');
    const platform = parsePlatform(textOf(written) ?? '');
    const unseen = parts === undefined || (written !== undefined && platform === undefined);
    const context =
      folder === undefined ? undefined : pathBeside(path, folder.replace(/^\$\{path\.(?:module|root)\}\//, ''));
    const dockerfile = isSeen
      ? pathBeside(path, folder.replace(/^\$\{path\.(?:module|root)\}\//, ''), textOf(file) ?? 'Dockerfile')
      : undefined;
    builds.push({
      platforms: platform === undefined ? [] : [platform],
      ...(unseen ? { unseen: true as const } : {}),
      builder: undefined,
      dockerfile,
      context,
      at: place(at),
      ...(written === undefined ? {} : { platformsAt: place(written) }),
    });
    const isPushed = resources.some(
      (one) => one.type === 'docker_registry_image' && JSON.stringify(one.body).includes(`docker_image.${name}.`),
    );
    if (given?.kind === 'scalar' && textOf(given) !== undefined)
      names.push(...nameAt(textOf(given), place(given), { how: isPushed ? 'pushed' : 'given', dockerfile }));
  }
  return { builds, names };
}
