import { EXPRESSION, TEMPLATE as HCL_TEMPLATE } from './hcl.ts';
import { child, entriesOf, scalarText, type Tree } from './tree.ts';

/** A value that is there, or one that only somebody else knows: with the words that stand in its place. */
export type Written<T> = { readonly value: T } | { readonly open: string; readonly offset: number };

/** Placeholders of Helm, Go templates and `{{resolve:…}}` of CloudFormation. */
const TEMPLATE = /\{\{[\s\S]*?\}\}/;
/** A variable of a template. In an argument it may be meant for a shell, which is why only some values ask. */
const VARIABLE = /\$\{[^}]*\}/;

/** What CloudFormation or Terraform puts in place of a value: as it may be named in one line. */
export function intrinsic(tree: Tree): string | undefined {
  if ((tree.tag === EXPRESSION || tree.tag === HCL_TEMPLATE) && tree.kind === 'scalar') return tree.text;
  if (tree.tag?.startsWith('!') && tree.tag !== '!') {
    return tree.kind === 'scalar' ? `${tree.tag} ${tree.text}` : tree.tag;
  }
  const [only, ...more] = entriesOf(tree);
  if (only === undefined || more.length > 0 || !/^(?:Ref|Condition|Fn::\w+)$/.test(only[0])) return undefined;
  return `${only[0]}${only[1].kind === 'scalar' ? `: ${only[1].text}` : ''}`;
}

/** `Fn::Sub` of a text without variables is that text; `${!x}` is `${x}` in it. */
function substituted(tree: Tree): string | undefined {
  const text = subText(tree);
  return text === undefined || /\$\{(?!!)/.test(text) ? undefined : text.replace(/\$\{!/g, '${');
}

/** The pattern of `Fn::Sub`, its variables as they are written. */
export function subText(tree: Tree | undefined): string | undefined {
  if (tree === undefined) return undefined;
  if (tree.tag === '!Sub' && tree.kind === 'scalar') return tree.text;
  return tree.tag === undefined ? scalarText(child(tree, 'Fn::Sub')) : undefined;
}

/** A map that is written out: neither twice, nor in the place of one that CloudFormation makes. */
export const isWrittenMap = (tree: Tree): boolean => tree.kind === 'map' && intrinsic(tree) === undefined;

/** What `Fn::If` may put in its place: both of its values, without the one that is none. All else is itself. */
export function alternatives(tree: Tree, depth = 0): readonly Tree[] {
  const values = tree.tag === '!If' ? tree : child(tree, 'Fn::If');
  if (intrinsic(tree) === undefined || values?.kind !== 'list' || values.items.length !== 3 || depth > 8) return [tree];
  return values.items
    .slice(1)
    .filter((one) => intrinsic(one) !== '!Ref AWS::NoValue' && intrinsic(one) !== 'Ref: AWS::NoValue')
    .flatMap((one) => alternatives(one, depth + 1));
}

/** A value that should be text. Numbers and truth values stand for what is written. */
export function writtenText(tree: Tree, { variables = false }: { readonly variables?: boolean } = {}): Written<string> {
  const plain = substituted(tree);
  if (plain !== undefined) return { value: plain };
  const { offset } = tree;
  const function_ = intrinsic(tree);
  if (function_ !== undefined) return { open: function_, offset };
  if (tree.kind !== 'scalar' || typeof tree.value === 'object') return { open: tree.kind, offset };
  const { text } = tree;
  const placeholder = TEMPLATE.exec(text)?.[0] ?? (variables ? VARIABLE.exec(text)?.[0] : undefined);
  return placeholder === undefined ? { value: text } : { open: placeholder, offset };
}

/** A list of words. The first is a program: a variable there is nothing that a shell would see. */
export function writtenWords(tree: Tree): Written<readonly string[]> {
  const function_ = intrinsic(tree);
  if (tree.kind !== 'list' || function_ !== undefined) return { open: function_ ?? tree.kind, offset: tree.offset };
  const words: string[] = [];
  for (const [i, item] of tree.items.entries()) {
    const word = writtenText(item, { variables: i === 0 });
    if (!('value' in word)) return word;
    words.push(word.value);
  }
  return { value: words };
}

/** True or false; anything else is open. */
export function writtenTruth(tree: Tree): Written<boolean> {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return { value: tree.value };
  if (tree.kind === 'scalar' && /^(?:true|false)$/i.test(tree.text)) return { value: /^true$/i.test(tree.text) };
  return { open: intrinsic(tree) ?? (tree.kind === 'scalar' ? tree.text : tree.kind), offset: tree.offset };
}
