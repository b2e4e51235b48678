import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJson } from './json.ts';
import { readTrees, type Tree } from './tree.ts';

/** A tree without places, which the two readers give alike but for the spaces around them. */
function plain(tree: Tree | undefined): unknown {
  if (tree === undefined) return undefined;
  if (tree.kind === 'scalar') return { value: tree.value, text: tree.text };
  if (tree.kind === 'list') return tree.items.map(plain);
  return tree.kind === 'map' ? [...tree.entries].map(([key, value]) => [key, plain(value)]) : tree.kind;
}

test('what JSON says is what YAML would read', () => {
  const value = fc.jsonValue({ maxDepth: 4 }).filter((one) => typeof one === 'object' && one !== null);
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (data, space) => {
      const text = JSON.stringify(data, undefined, space);
      const tree = readJson(text);
      expect(tree).toBeDefined();
      // The text begins with a comment, so that the other reader takes it.
      const [yaml] = readTrees(`# yaml\n${text}`).roots;
      // JSON has texts that YAML has not: of those only that they are read.
      if (!/[^ -~]|\\u|"<<"|-0/.test(text)) expect(plain(tree)).toEqual(plain(yaml));
    }),
    { numRuns: 200 },
  );
});

test('a value has its place, a key that is there twice no value', () => {
  const text = '{\n  "a": ["x\\ty", 1e3],\n  "b": 1,\n  "b": 2\n}\n';
  const { roots, placeOf } = readTrees(text);
  const [root] = roots;
  if (root?.kind !== 'map') throw new Error('no map');
  const a = root.entries.get('a');
  const [first] = a?.kind === 'list' ? a.items : [];
  expect(first).toMatchObject({ value: 'x\ty' });
  expect(text.slice(first!.offset, first!.end)).toBe('"x\\ty"');
  expect(placeOf(first!.offset)).toEqual({ line: 2, column: 9 });
  expect(root.entries.get('b')).toMatchObject({ kind: 'unreadable' });
});

test.each([
  '{a: 1}',
  '{"a": 1} # why',
  '{"a": 1,}',
  '["a" "b"]',
  '{"a": 01}',
  '{"a": "x\ny"}',
  '{"a"',
  '{"a": tru}',
  '[1] [2]',
  `${'['.repeat(200)}${']'.repeat(200)}`,
  'a: 1',
])('%s is left to the other reader', (text) => expect(readJson(text)).toBeUndefined());
