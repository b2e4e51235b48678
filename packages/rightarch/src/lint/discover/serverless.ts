import { parseCpu } from '../../core/index.ts';
import { child, entriesOf, itemsOf, scalarText, type Tree, wordsOf } from '../../definition/index.ts';
import type { FoundLayer, FoundRuntime } from '../found.ts';
import { layersAt } from './layers.ts';
import { runtimeAt } from './runtime.ts';
import type { PlaceOf } from './tree-parts.ts';

/** Functions of serverless.yml that run an image. */
export function serverlessRuntimes(root: Tree, place: PlaceOf): FoundRuntime[] {
  const shared = child(child(root, 'provider'), 'architecture');
  return entriesOf(child(root, 'functions')).flatMap(([name, one]) => {
    if (child(one, 'image') === undefined) return [];
    const written = child(one, 'architecture') ?? shared;
    const declared = wordsOf(written).flatMap((name) => parseCpu(name) ?? []);
    // `${opt:cpu}`, `${self:custom.cpu}`: put in when it is deployed.
    const open = written !== undefined && declared.length === 0;
    return [runtimeAt('lambda', place(written ?? one), { name, declared, open })];
  });
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
