import type { Diagnostic, Digest } from '../core/index.ts';
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

/** True where a finding is in a layer, whose origin a Dockerfile can tell. */
export const isInLayer = ({ at }: Diagnostic): boolean => at.in === 'image' && at.layerIndex !== undefined;

/** The findings in layers with the lines of the Dockerfile that they came from; `recipes` by the manifest of the image. */
export function withOrigins(proof: ImageProof, recipes: ReadonlyMap<Digest, Recipe>): ImageProof {
  if (recipes.size === 0) return proof;
  const byLayer = new Map(
    proof.platforms.flatMap(({ image, platform }) => {
      const recipe = recipes.get(image);
      return recipe === undefined ? [] : [[JSON.stringify(platform), recipe] as const];
    }),
  );
  return withFindings(proof, (found) => {
    const { at } = found;
    if (at.in !== 'image' || at.layerIndex === undefined) return found;
    const recipe = byLayer.get(JSON.stringify(at.platform));
    const origin = recipe === undefined ? [] : originOf(recipe, at.layerIndex[0] - 1, at.path);
    return origin.length === 0 ? found : { ...found, related: [...found.related, ...origin] };
  });
}
