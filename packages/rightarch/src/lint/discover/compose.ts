import { parsePlatform } from '../../core/index.ts';
import { child, scalarText, subText, type Tree, wordsOf } from '../../definition/index.ts';
import type { FoundBuild, FoundName } from '../found.ts';
import { nameAt } from './names.ts';
import { type Named, type PlaceOf, pathBeside } from './tree-parts.ts';

/** `image` beside `build`: the name that `docker compose build` gives and `docker compose push` pushes. */
export function composeNames(services: Named, file: string, place: PlaceOf): readonly FoundName[] {
  return services.flatMap(([, service]) => {
    const image = child(service, 'image');
    if (image === undefined || child(service, 'build') === undefined) return [];
    const text = scalarText(image) ?? subText(image);
    return nameAt(text, place(image), { how: 'pushed', dockerfile: composeDockerfile(service, file) });
  });
}

/** The context, as `build: DIR` or `build: { context: DIR }`. */
const composeContext = (service: Tree): string => {
  const build = child(service, 'build');
  return scalarText(build) ?? scalarText(child(build, 'context')) ?? '.';
};

const composeDockerfile = (service: Tree, file: string): string =>
  pathBeside(file, composeContext(service), scalarText(child(child(service, 'build'), 'dockerfile')) ?? 'Dockerfile');

export function composeBuilds(services: Named, file: string, place: PlaceOf): FoundBuild[] {
  return services.flatMap(([name, service]) => {
    const build = child(service, 'build');
    if (build === undefined) return [];
    const listed = child(build, 'platforms');
    // What it extends may build for more.
    const runs =
      child(service, 'extends') === undefined ? parsePlatform(scalarText(child(service, 'platform')) ?? '') : undefined;
    const written = listed ?? child(service, 'platform');
    const names = wordsOf(written);
    const platforms = names.flatMap((name) => parsePlatform(name) ?? []);
    // `${ARCH}`: put in from the shell that runs compose.
    const unseen = written !== undefined && (names.length === 0 || platforms.length < names.length);
    const isNamed = child(service, 'image') !== undefined;
    return [
      {
        platforms: unseen ? [] : platforms,
        ...(unseen && isNamed ? { unseen } : {}),
        // Without a name it stays on the machine, of whichever CPU.
        builder: unseen && !isNamed ? 'unknown' : undefined,
        dockerfile: composeDockerfile(service, file),
        context: pathBeside(file, composeContext(service)),
        at: place(service),
        ...(written === undefined ? {} : { platformsAt: place(written) }),
        ...(listed === undefined || runs === undefined
          ? {}
          : { runsAs: { service: name, platform: runs, at: place(child(service, 'platform')!) } }),
      },
    ];
  });
}
