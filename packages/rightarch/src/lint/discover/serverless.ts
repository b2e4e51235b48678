import { child, entriesOf, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import type { FoundLayer } from '../found.ts';
import { layersAt } from './layers.ts';
import type { PlaceOf } from './tree-parts.ts';

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
