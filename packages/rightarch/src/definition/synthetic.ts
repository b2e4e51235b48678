import { TEMPLATE } from './hcl.ts';
import type { Extent, Tree } from './tree.ts';

/** A map of members that stand elsewhere, under the names that a reader knows them by; what is absent is left out. */
export function mapOf(at: Extent, members: Readonly<Record<string, Tree | undefined>>): Tree {
  const entries = new Map(
    Object.entries(members).flatMap(([name, tree]) => (tree === undefined ? [] : [[name, tree] as const])),
  );
  return { offset: at.offset, end: at.end, kind: 'map', entries };
}

/**
 * The same tree with each text that fits a pattern marked as one that is only known later, and all of it at another place
 * where it stands within a text.
 */
export function marked(tree: Tree, pattern: RegExp, place?: Extent): Tree {
  const at = place === undefined ? tree : { offset: place.offset, end: place.end };
  const base = { offset: at.offset, end: at.end, ...(tree.tag === undefined ? {} : { tag: tree.tag }) };
  const inner = (one: Tree): Tree => marked(one, pattern, place);
  if (tree.kind === 'list') return { ...base, kind: 'list', items: tree.items.map(inner) };
  if (tree.kind === 'map')
    return { ...base, kind: 'map', entries: new Map([...tree.entries].map(([key, value]) => [key, inner(value)])) };
  if (tree.kind !== 'scalar') return { ...tree, ...base };
  const isOpen = tree.tag === undefined && pattern.test(tree.text);
  return { ...tree, ...base, ...(isOpen ? { tag: TEMPLATE } : {}) };
}

/** The one block of a list of blocks; itself where it is none. */
export const inner = (tree: Tree | undefined): Tree | undefined =>
  tree?.kind === 'list' && tree.tag === undefined ? tree.items[0] : tree;
