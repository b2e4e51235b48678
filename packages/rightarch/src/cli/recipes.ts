import type { ProjectImage } from '../config/index.ts';
import type { Digest } from '../core/index.ts';
import { type Image, type ImageTree, readProvenance, readSmallFile } from '../oci/index.ts';
import {
  LARGEST_DOCKERFILE,
  type Recipe,
  recipeOfHistory,
  recipeOfProvenance,
  type WrittenRecipe,
} from '../proof/index.ts';
import type { Session } from './session.ts';
import { shownPath } from './shown.ts';

/**
 * How images of a tree were made: by the provenance that came with each, else by the Dockerfile whose words its history
 * ends with, of those at hand: the project's, in the order in which they are given, and the one in the working directory.
 */
export async function recipesOf(
  session: Session,
  tree: ImageTree,
  wanted: readonly Digest[],
  projectImages: readonly ProjectImage[],
): Promise<ReadonlyMap<Digest, Recipe>> {
  const recipes = new Map<Digest, Recipe>();
  let atHand: readonly WrittenRecipe[] | undefined;
  for (const image of tree.images.filter(({ descriptor }) => wanted.includes(descriptor.digest))) {
    const { signal } = session.shell;
    const stated = await readProvenance(tree, image, { signal });
    let recipe = stated && recipeOfProvenance(image, stated);
    if (recipe === undefined) {
      atHand ??= await writtenRecipes(session, projectImages);
      recipe = firstOf(image, atHand);
    }
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

async function writtenRecipes(
  { shell, path }: Session,
  images: readonly ProjectImage[],
): Promise<readonly WrittenRecipe[]> {
  const found: WrittenRecipe[] = [];
  for (const { dockerfile, stage } of [...images, { dockerfile: path('Dockerfile'), stage: undefined }]) {
    // One that cannot be read explains nothing, and is no fault of the image.
    const bytes = await readSmallFile(dockerfile, LARGEST_DOCKERFILE + 1).catch(() => undefined);
    if (bytes === undefined) continue;
    found.push({ file: shownPath(shell.cwd, dockerfile), text: Buffer.from(bytes).toString('utf8'), stage });
  }
  return found;
}
