import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPlainYaml } from './plain-yaml.ts';
import { readTrees, type Tree, type Trees } from './tree.ts';

/** Nobody else's reader takes a tab in a comment. */
const LEFT_TO_THE_OTHER = '#\t\n';

const whole = (text: string): Trees => readTrees(LEFT_TO_THE_OTHER + text);

/** A tree with the places that it has without the comment. */
function moved(tree: Tree): unknown {
  const { offset, end, ...rest } = tree;
  const by = LEFT_TO_THE_OTHER.length;
  const place = { offset: offset - by, end: end - by };
  if (tree.kind === 'list') return { ...rest, ...place, items: tree.items.map(moved) };
  if (tree.kind !== 'map') return { ...rest, ...place };
  return { ...rest, ...place, entries: new Map([...tree.entries].map(([key, value]) => [key, moved(value)])) };
}

function agrees(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain === undefined) return false;
  const { roots, problem } = whole(text);
  expect({ problem, roots: roots.map(moved) }, text).toEqual({ problem: undefined, roots: plain });
  return true;
}

const WORKFLOW = `# What is built.
name: build
on:
  push:
    branches: [main, 'release/**'] # and those
env:
  REGISTRY: ghcr.io
  EMPTY:
  "quoted key": "a \\"b\\"\\n"

jobs:
  # one
  image:
    runs-on: \${{ matrix.runner }}
    strategy:
      matrix:
        include:
          - { platform: linux/amd64, runner: ubuntu-24.04 }
          - platform: linux/arm64
            runner: ubuntu-24.04-arm

    steps:
    - uses: actions/checkout@v5
    - name: It's here
      run: |
        echo one
          echo two # kept

        echo three
    - run: |-
        last
      if: true
    - with:
        fetch-depth: 0
        ratio: -1.5e3
        nothing: ~
        Fn::Sub: x:y
---
kind: Pod
a: {}
b: []
c: 012
d: 1.2.3
`;

test('a workflow as people write it is plain', () => expect(agrees(WORKFLOW)).toBe(true));

test('what is plain means what the reader of all YAML makes of it, however it is cut and mixed', () => {
  const lines = WORKFLOW.split('\n');
  const more = [
    '- ',
    '-',
    '- - a',
    'a: b: c',
    'a:',
    '#',
    '  # deep',
    '---',
    '...',
    '? a',
    '*a',
    '&a b',
    '! x',
    '<<: a',
  ];
  const odd = ['a: >', 'a: |+', 'a: |2', 'a: "b', "a: 'b", 'a: [b', 'a: {b', 'a: {b: c, b: d}', 'a: @', '%YAML 1.1'];
  const line = fc.constantFrom(...lines, ...more, ...odd, 'null: 1', '1: 2', 'a: 0x10', 'a: b #', 'a: b#c', 'a:b', ' ');
  const indented = fc.tuple(fc.constantFrom('', '', ' ', '  ', '    ', '\t'), line).map((both) => both.join(''));
  const change = fc.record({ at: fc.nat(lines.length), gone: fc.nat(1), put: fc.array(indented, { maxLength: 2 }) });
  let plain = 0;
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 2 }),
      fc.array(indented, { maxLength: 8 }),
      (changes, few) => {
        const changed = changes.reduce((all, { at, gone, put }) => all.toSpliced(at, gone, ...put), lines);
        for (const text of [changed.join('\n'), few.join('\n')]) if (agrees(text)) plain++;
      },
    ),
    { numRuns: 2_000 },
  );
  // Otherwise nothing was compared.
  expect(plain).toBeGreaterThan(500);
});

test.each([
  '',
  '# nothing',
  'a',
  'a: b\r\n',
  'a: &x b',
  'a: *x',
  'a: !Ref b',
  'a: >\n  b',
  'a: b\n c',
  'a: [\n b]',
  'a:\n - b\n # c\nd: e',
  'a: "\\u0041"',
  'a: b: c',
  ' a: b\nc: d',
  '<<: a',
  'true: a',
  'a:\n  ',
  `${'a'.repeat(1_025)}: b`,
  `"${'a'.repeat(1_025)}": b`,
  Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
])('%j is left to the other reader', (text) => expect(readPlainYaml(text)).toBeUndefined());
