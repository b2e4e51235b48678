import { machineFit } from '../scan/index.ts';
import { elfOf, type View } from './view.ts';

const located = new WeakMap<View['tree'], ReadonlySet<string>>();

/** True where a library of that file name or soname lies anywhere in the image, for its CPU. */
export function isSomewhere(view: View, name: string): boolean {
  let names = located.get(view.tree);
  if (names === undefined) {
    const all = new Set<string>();
    for (const [path, node] of view.tree.walk()) {
      const facts = elfOf(node.entry);
      if (facts === undefined || machineFit(facts, view.declared).fit !== 'match') continue;
      all.add(path.slice(path.lastIndexOf('/') + 1));
      if (facts.soname !== undefined) all.add(facts.soname);
    }
    names = all;
    located.set(view.tree, names);
  }
  return names.has(name);
}
