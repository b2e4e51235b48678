import { type Diagnostic, type Digest, type Platform, samePlatform } from '../core/index.ts';
import { originOf } from './origin.ts';
import type { Recipe } from './recipe.ts';
import type { ImageProof } from './types.ts';

/** A proof with every finding changed, those of its parts and those that somebody answers for too. */
export function withFindings(proof: ImageProof, change: (found: Diagnostic) => Diagnostic): ImageProof {
  const all = <Part extends { readonly diagnostics: readonly Diagnostic[] }>(part: Part): Part => ({
    ...part,
    diagnostics: part.diagnostics.map(change),
  });
  const ignored = proof.ignored?.map((one) => ({ ...one, diagnostic: change(one.diagnostic) }));
  return {
    ...all(proof),
    platforms: proof.platforms.map(all),
    targets: proof.targets.map(all),
    ...(ignored ? { ignored } : {}),
  };
}

/** The manifests of the images with a finding in a layer, whose origin a Dockerfile can tell. */
export function imagesToBlame({ platforms, targets }: ImageProof): readonly Digest[] {
  const said = targets.flatMap(({ diagnostics }) => diagnostics).filter(isInLayer);
  return platforms
    .filter(({ platform, diagnostics }) => diagnostics.some(isInLayer) || said.some((found) => isFor(found, platform)))
    .map(({ image }) => image);
}

const isInLayer = ({ at }: Diagnostic): boolean => at.in === 'image' && at.layerIndex !== undefined;

const isFor = ({ at }: Diagnostic, platform: Platform | undefined): boolean =>
  at.in === 'image' && at.platform !== undefined && platform !== undefined && samePlatform(platform, at.platform);

/** The findings in layers with the lines of the Dockerfile that they came from; `recipes` by the manifest of the image. */
export function withOrigins(proof: ImageProof, recipes: ReadonlyMap<Digest, Recipe>): ImageProof {
  const platforms = proof.platforms.map((one) => {
    const recipe = recipes.get(one.image);
    return recipe === undefined
      ? one
      : { ...one, diagnostics: one.diagnostics.map((found) => withOrigin(found, recipe)) };
  });
  // What a runtime says names a platform: of two images for one nobody knows which it is.
  const targets = proof.targets.map((target) => ({
    ...target,
    diagnostics: target.diagnostics.map((found) => {
      const [only, ...others] = proof.platforms.filter(({ platform }) => isFor(found, platform));
      const recipe = only && others.length === 0 ? recipes.get(only.image) : undefined;
      return recipe === undefined ? found : withOrigin(found, recipe);
    }),
  }));
  return { ...proof, platforms, targets };
}

function withOrigin(found: Diagnostic, recipe: Recipe): Diagnostic {
  const { at } = found;
  if (at.in !== 'image' || at.layerIndex === undefined) return found;
  const origin = originOf(recipe, at.layerIndex[0] - 1, at.path);
  return origin.length === 0 ? found : { ...found, related: [...found.related, ...origin] };
}
