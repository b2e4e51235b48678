import { isAlias, isMap, isPair, isScalar, isSeq, type Node, parseAllDocuments, Schema } from 'yaml';
import { positionsOf } from '../core/index.ts';
import { readJson } from './json.ts';
import { readPlainYaml } from './plain-yaml.ts';

/** Where something stands in its text: the offset of its first character, and the one behind its last. */
export interface Extent {
  readonly offset: number;
  readonly end: number;
}

/** A value of a YAML or JSON document, with its place; aliases followed, merge keys merged. */
export type Tree = Extent & { readonly tag?: string } & (
    | {
        readonly kind: 'scalar';
        readonly value: unknown;
        readonly text: string;
        /** A text below a `|`, which keeps the lines of the file, or below a `>`. */
        readonly block?: 'literal' | 'folded';
      }
    | { readonly kind: 'list'; readonly items: readonly Tree[] }
    | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree> }
    /** Written twice, or an alias of nothing: nobody can say which value counts. */
    | { readonly kind: 'unreadable' }
  );

/** The line and the column of an offset, both from 1. */
export type PlaceOf = (offset: number) => { readonly line: number; readonly column: number };

export interface Trees {
  readonly roots: readonly Tree[];
  readonly lineOf: (offset: number) => number;
  readonly placeOf: PlaceOf;
  /** The first thing that is wrong with the text; what could be read of it is in `roots` nevertheless. */
  readonly problem?: {
    readonly kind: 'syntax' | 'too-large' | 'too-deep';
    readonly said?: string;
    readonly line: number;
  };
}

/** Larger than any template or definition that a service accepts (CloudFormation: 1 MB): a stray dump is not parsed. */
export const MAX_DEFINITION_CHARACTERS = 2_000_000;
const MAX_DEPTH = 100;

/**
 * The short forms of CloudFormation's functions, and GitLab's: known to the parser, because it makes an error with its
 * whole stack for each tag that it does not know, which takes longer than the rest of a template.
 */
const INTRINSICS = [
  ...['And', 'Base64', 'Cidr', 'Condition', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join'],
  ...['Length', 'Not', 'Or', 'Ref', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform', 'reference'],
].flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => text },
  { tag: `!${name}`, collection: 'seq' as const, resolve: <Node>(list: Node) => list },
  { tag: `!${name}`, collection: 'map' as const, resolve: <Node>(map: Node) => map },
]);

class TooDeep extends Error {}

/** Made once: making it took a tenth of the time of a manifest of many small documents. */
const SCHEMA = new Schema({ schema: 'core', customTags: INTRINSICS, resolveKnownTags: true });

/**
 * The documents of a text. Never throws. Aliases share what they mean instead of copying it, so that a few lines cannot
 * unfold without end; one that stands within what it means is unreadable.
 */
export function readTrees(text: string): Trees {
  const placeOf = positionsOf(text);
  const lineOf = (offset: number): number => placeOf(offset).line;
  if (text.length > MAX_DEFINITION_CHARACTERS)
    return { roots: [], lineOf, placeOf, problem: { kind: 'too-large', line: 1 } };
  const json = readJson(text);
  if (json !== undefined) return { roots: [json], lineOf, placeOf };
  const plain = readPlainYaml(text);
  if (plain !== undefined) return { roots: plain, lineOf, placeOf };
  try {
    // Whether a key is there twice is seen below: the check of the library compares every key with every other.
    const options = {
      logLevel: 'silent',
      uniqueKeys: false,
      prettyErrors: false,
      // A document that names the YAML that it is written in has a schema of its own.
      ...(text.includes('%YAML') ? { customTags: INTRINSICS } : { schema: SCHEMA }),
    } as const;
    const documents = [...parseAllDocuments(text, options)];
    const roots = documents.flatMap(({ contents }) =>
      contents === null ? [] : [convert(contents as Node, new Map<string, Tree>(), 0)],
    );
    const [error] = documents.flatMap(({ errors }) => errors);
    if (error === undefined) return { roots, lineOf, placeOf };
    return { roots, lineOf, placeOf, problem: { kind: 'syntax', said: error.message, line: lineOf(error.pos[0]) } };
  } catch (error) {
    // Nesting deeper than the stack is the one thing the parser throws at.
    if (error instanceof TooDeep || error instanceof RangeError)
      return { roots: [], lineOf, placeOf, problem: { kind: 'too-deep', line: 1 } };
    const said = error instanceof Error ? error.message : String(error);
    return { roots: [], lineOf, placeOf, problem: { kind: 'syntax', said, line: 1 } };
  }
}

function convert(node: Node | null | undefined, anchors: Map<string, Tree>, depth: number): Tree {
  if (depth > MAX_DEPTH) throw new TooDeep();
  const tree = convertOne(node, anchors, depth);
  const anchor = isAlias(node) ? undefined : (node as { readonly anchor?: string } | null | undefined)?.anchor;
  if (anchor !== undefined) anchors.set(anchor, tree);
  return tree;
}

function convertOne(node: Node | null | undefined, anchors: Map<string, Tree>, depth: number): Tree {
  const [offset = 0, end = offset] = node?.range ?? [];
  // The tags of YAML itself say nothing that the value does not; those of CloudFormation make another value of it.
  const named = node?.tag !== undefined && !node.tag.startsWith('tag:yaml.org') ? { tag: node.tag } : {};
  const base = { offset, end, ...named };
  if (isAlias(node)) return anchors.get(node.source) ?? { ...base, kind: 'unreadable' };
  if (isScalar(node)) {
    const { value, source } = node;
    const text = typeof value === 'string' ? value : (source ?? String(value));
    if (node.type === 'BLOCK_LITERAL') return { ...base, kind: 'scalar', value, text, block: 'literal' };
    if (node.type === 'BLOCK_FOLDED') return { ...base, kind: 'scalar', value, text, block: 'folded' };
    return { ...base, kind: 'scalar', value, text };
  }
  if (isSeq(node))
    return { ...base, kind: 'list', items: node.items.map((item) => convert(item as Node, anchors, depth + 1)) };
  if (!isMap(node)) return { ...base, kind: 'scalar', value: null, text: '' };
  const entries = new Map<string, Tree>();
  const merged: Tree[] = [];
  for (const pair of node.items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    const name = String(pair.key.value);
    const value = convert(pair.value as Node | null, anchors, depth + 1);
    if (name === '<<' && pair.key.type === 'PLAIN') merged.push(...(value.kind === 'list' ? value.items : [value]));
    else if (entries.has(name)) entries.set(name, { offset: value.offset, end: value.end, kind: 'unreadable' });
    // A key alone has the place of the key.
    else entries.set(name, pair.value === null ? { ...value, ...extentOf(pair.key.range, offset) } : value);
  }
  // What is written in the map itself wins, then the earlier of several.
  for (const one of merged)
    if (one.kind === 'map') for (const [name, value] of one.entries) if (!entries.has(name)) entries.set(name, value);
  return { ...base, kind: 'map', entries };
}

function extentOf(range: readonly number[] | null | undefined, otherwise: number): Extent {
  const [offset = otherwise, end = offset] = range ?? [];
  return { offset, end };
}

/** The value of the first of these keys that is there; null counts as absent, as everywhere where these are read. */
export function child(tree: Tree | undefined, ...names: readonly string[]): Tree | undefined {
  if (tree?.kind !== 'map') return undefined;
  for (const name of names) {
    const value = tree.entries.get(name);
    if (value !== undefined && !(value.kind === 'scalar' && value.value === null)) return value;
  }
  return undefined;
}

export const itemsOf = (tree: Tree | undefined): readonly Tree[] => (tree?.kind === 'list' ? tree.items : []);

export const entriesOf = (tree: Tree | undefined): readonly (readonly [string, Tree])[] =>
  tree?.kind === 'map' ? [...tree.entries] : [];

/** A text; anything else, intrinsic functions included, is undefined. */
export function scalarText(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' && tree.tag === undefined ? tree.value : undefined;
}

/** A text, or the texts of a list. */
export function wordsOf(tree: Tree | undefined): readonly string[] {
  return (tree?.kind === 'list' ? tree.items : [tree]).flatMap((one) => scalarText(one) ?? []);
}
