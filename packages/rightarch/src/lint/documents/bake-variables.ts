import {
  child,
  EXPRESSION,
  entriesOf,
  readHcl,
  readHclAttributes,
  readTrees,
  scalarText,
  TEMPLATE,
  type Tree,
} from '../../definition/index.ts';
import type { SourceFile } from '../repository.ts';

/** What names stand for in files of bake. */
export type BakeVariables = ReadonlyMap<string, Tree>;

/** Whether anything beside these files may set a variable. */
export type IsSet = (name: string) => boolean;

/** A variable that stands for others that stand for others: nobody needs more. */
const MOST_STEPS = 10;

/**
 * `variable` blocks with their defaults, which the environment wins over, and the attributes beside all blocks, which nothing
 * does (github.com/docker/buildx, bake/hclparser, resolveValue, read 2026-11-30). One that something may set is left out.
 */
export function bakeVariables(files: readonly SourceFile[], isSet: IsSet): BakeVariables {
  const found = new Map<string, Tree>();
  const add = (name: string, value: Tree | undefined): void => {
    if (value === undefined || isSet(name)) found.delete(name);
    else found.set(name, value);
  };
  for (const { path, text } of files) {
    if (path.endsWith('.json')) {
      const [root] = readTrees(text).roots;
      for (const [name, body] of entriesOf(child(root, 'variable'))) add(name, child(body, 'default'));
      continue;
    }
    for (const { type, labels, body } of readHcl(text))
      if (type === 'variable' && labels[0] !== undefined) add(labels[0], child(body, 'default'));
    for (const [name, value] of readHclAttributes(text)) found.set(name, value);
  }
  return found;
}

/** A value with what its variables stand for, at the place where it is written; what is not seen stays an expression. */
export function withVariables(tree: Tree, variables: BakeVariables, isJson: boolean, steps = MOST_STEPS): Tree {
  const { offset, end } = tree;
  const standsFor = (name: string): Tree | undefined => {
    const value = steps > 0 ? variables.get(name) : undefined;
    return value && withVariables(value, variables, isJson, steps - 1);
  };
  if (tree.kind === 'list') {
    const items = tree.items.map((one) => withVariables(one, variables, isJson, steps));
    return { ...tree, items };
  }
  if (tree.kind !== 'scalar') return tree;
  const { text } = tree;
  const isTemplate = tree.tag === TEMPLATE || (isJson && text.includes('${'));
  const [, name] = (isTemplate ? /^\$\{\s*([A-Za-z_][\w-]*)\s*\}$/ : /^([A-Za-z_][\w-]*)$/).exec(text) ?? [];
  const hidden: Tree = { offset, end, tag: EXPRESSION, kind: 'scalar', value: text, text };
  if (tree.tag !== EXPRESSION && !isTemplate) return tree;
  if (name !== undefined) return { ...(standsFor(name) ?? hidden), offset, end };
  if (!isTemplate) return tree;
  let isSeen = true;
  const filled = text.replace(/\$\{\s*([^}]*?)\s*\}/g, (_, inner: string) => {
    const value = scalarText(standsFor(inner));
    isSeen &&= value !== undefined;
    return value ?? '';
  });
  return isSeen && !filled.includes('%{') ? { offset, end, kind: 'scalar', value: filled, text: filled } : hidden;
}
