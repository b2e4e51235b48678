import { readFileSync, statSync } from 'node:fs';
import type { ProjectImage, ResolvedProject } from '../config/index.ts';
import type { Digest } from '../core/index.ts';
import { type Image, type ImageTree, readProvenance } from '../oci/index.ts';
import { type Recipe, recipeOfHistory, recipeOfProvenance, type WrittenRecipe } from '../proof/index.ts';
import type { Session } from './session.ts';
import { shownPath } from './shown.ts';

/** A Dockerfile is text that somebody wrote; what is larger is none. */
const LARGEST = 4 << 20;

/**
 * How each image of a tree was made: by the provenance that came with it, else by the Dockerfile whose words its history
 * ends with, of those at hand: the project's, its own images first, and the one in the working directory.
 */
export async function recipesOf(
  session: Session,
  tree: ImageTree,
  images: readonly ProjectImage[],
  others: ResolvedProject | undefined,
): Promise<ReadonlyMap<Digest, Recipe>> {
  const recipes = new Map<Digest, Recipe>();
  let atHand: readonly WrittenRecipe[] | undefined;
  for (const image of tree.images) {
    const { signal } = session.shell;
    const stated = await readProvenance(tree, image, { signal });
    atHand ??= writtenRecipes(session, [...images, ...(others?.images ?? [])]);
    const recipe = (stated && recipeOfProvenance(image, stated)) ?? firstOf(image, atHand);
    if (recipe !== undefined) recipes.set(image.descriptor.digest, recipe);
  }
  return recipes;
}

function firstOf(image: Image, written: readonly WrittenRecipe[]): Recipe | undefined {
  for (const one of written) {
    const recipe = recipeOfHistory(image, one);
    if (recipe !== undefined) return recipe;
  }
  return undefined;
}

function writtenRecipes({ shell, path }: Session, images: readonly ProjectImage[]): readonly WrittenRecipe[] {
  const places = [
    ...images.map(({ dockerfile, stage }) => ({ file: dockerfile, stage })),
    { file: path('Dockerfile'), stage: undefined },
  ];
  const seen = new Set<string>();
  return places.flatMap(({ file, stage }) => {
    const key = JSON.stringify([file, stage]);
    if (seen.has(key)) return [];
    seen.add(key);
    try {
      if (!statSync(file).isFile() || statSync(file).size > LARGEST) return [];
      return [{ file: shownPath(shell.cwd, file), text: readFileSync(file, 'utf8'), stage }];
    } catch {
      // One that cannot be read explains nothing, and is no fault of the image.
      return [];
    }
  });
}
