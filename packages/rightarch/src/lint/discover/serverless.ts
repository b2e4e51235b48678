import { parsePlatform } from '../../core/index.ts';
import { child, entriesOf, itemsOf, scalarText, serverlessImages, type Tree } from '../../definition/index.ts';
import type { FoundBuild, FoundLayer } from '../found.ts';
import { layersAt } from './layers.ts';
import { type PlaceOf, pathBeside } from './tree-parts.ts';

/** What `serverless deploy` builds on whichever machine it runs, and the Dockerfile of each function that runs it. */
export function serverlessBuilds(
  root: Tree,
  file: string,
  place: PlaceOf,
): { readonly builds: readonly FoundBuild[]; readonly made: ReadonlyMap<string, string> } {
  const builds: FoundBuild[] = [];
  const made = new Map<string, string>();
  for (const { image, functions } of serverlessImages(root)) {
    const dockerfile = pathBeside(file, image.path, image.file);
    const platform = parsePlatform(scalarText(image.platform) ?? '');
    builds.push({
      platforms: platform === undefined ? [] : [platform],
      ...(image.platform !== undefined && platform === undefined ? { unseen: true } : {}),
      builder: undefined,
      dockerfile,
      context: pathBeside(file, image.path),
      at: place(image.at),
      ...(image.platform === undefined ? {} : { platformsAt: place(image.platform) }),
    });
    for (const name of functions) made.set(name, dockerfile);
  }
  return { builds, made };
}

/** The layers of functions, their own or those of all. */
export function serverlessLayers(root: Tree, place: PlaceOf): readonly FoundLayer[] {
  const provider = child(root, 'provider');
  return entriesOf(child(root, 'functions')).flatMap(([name, one]) => {
    const layers = itemsOf(child(one, 'layers') ?? child(provider, 'layers'));
    const texts = layers.flatMap((tree) => {
      const text = scalarText(tree);
      return text === undefined ? [] : [{ text, offset: tree.offset, end: tree.end }];
    });
    const declared = child(one, 'architecture') ?? child(provider, 'architecture');
    return layersAt(name, texts, { declared, otherwise: one }, place);
  });
}
