import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHcl } from './hcl.ts';
import type { Tree } from './tree.ts';

/** As JSON; what only an evaluation would tell between angle brackets. */
function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.tag === undefined ? tree.value : `<${tree.text}>`;
  if (tree.kind === 'list') return tree.items.map(plain);
  if (tree.kind === 'unreadable') return '?';
  return Object.fromEntries([...tree.entries].map(([key, value]) => [key, plain(value)]));
}

const read = (text: string) => readHcl(text).map(({ type, labels, body }) => [type, ...labels, plain(body)]);

describe('values', () => {
  test.each<[string, unknown]>([
    ['a = "x"', 'x'],
    ['a = "x\\n\\"y\\" $${z}"', 'x\n"y" ${z}'],
    ['a = "x-${var.y}"', '<x-${var.y}>'],
    ['a = "x-${lookup(var.y, "k")}" # why', '<x-${lookup(var.y, "k")}>'],
    ['a = 012', 12],
    ['a = true // yes', true],
    ['a = var.x', '<var.x>'],
    ['a = true ? "x" : "y"', '<true ? "x" : "y">'],
    ['a = "x" == var.y', '<"x" == var.y>'],
    ['a = ["x", /* c */ var.y,\n # c\n "z",]', ['x', '<var.y>', 'z']],
    ['a = { k = "v", "q/r" : [1], s = f(1, "}") }', { k: 'v', 'q/r': [1], s: '<f(1, "}")>' }],
    ['a = [for x in var.y : x]', '<[for x in var.y : x]>'],
    ['a = concat(["x"], [\n"y"\n])', '<concat(["x"], [\n"y"\n])>'],
    ['a = jsonencode([{ image = "i" }])', [{ image: 'i' }]],
    ['a = jsonencode(merge(var.a, {}))', '<merge(var.a, {})>'],
    ['a = <<EOF\n[{"image": "i"}]\nEOF', '[{"image": "i"}]\n'],
    ['a = <<-EOF\n  x ${y}\n  EOF', '<  x ${y}\n>'],
    ['a = local.x[0].y["k"]', '<local.x[0].y["k"]>'],
  ])('%s', (text, expected) => {
    expect(read(`r {\n${text}\nz = 1\n}\n`)).toEqual([['r', { a: expected, z: 1 }]]);
  });
});

test('blocks within blocks are lists, as a plan has them; what a dynamic block makes is not seen', () => {
  expect(
    read(
      'resource "a" "b" {\n  p { k = "v" }\n  p {\n  }\n  dynamic "q" {\n    for_each = var.x\n    content {}\n  }\n  t = 1\n  t = 2\n}\n' +
        '# resource "c" "d" {}\nlocals { x = 1 }',
    ),
  ).toEqual([
    ['resource', 'a', 'b', { p: [{ k: 'v' }, {}], q: ['?'], t: '?' }],
    ['locals', { x: 1 }],
  ]);
});

test('a block that is not closed ends where the next begins', () => {
  expect(read('resource "a" "b" {\n  k = 1\nresource "c" "d" {\n  k = 2\n}\n')).toEqual([
    ['resource', 'a', 'b', { k: 1 }],
    ['resource', 'c', 'd', { k: 2 }],
  ]);
});

test('a value has the place of its first and its last character', () => {
  const text = 'r "a" {\n  k = "v" # c\n  e = var.x   \n}\n';
  const [block] = readHcl(text);
  const at = (tree: { offset: number; end: number }) => text.slice(tree.offset, tree.end);
  if (block?.body.kind !== 'map') throw new Error('no block');
  expect([...block.body.entries.values()].map(at)).toEqual(['"v"', 'var.x']);
  expect(at(block)).toBe(text.trimEnd());
});

test('whatever the text is, it is read to its end, in a time that grows with it', () => {
  const piece = fc.constantFrom(
    'a = ',
    '"',
    '${',
    '}',
    '{',
    '[',
    ']',
    '(',
    ')',
    '<<EOF\n',
    'EOF\n',
    '\n',
    '#',
    '/*',
    'x "y" {',
    'for ',
    ',',
    '\\',
    'jsonencode(',
    'dynamic "a" {',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      for (const { offset, end } of readHcl(text)) expect(offset >= 0 && end <= text.length && offset < end).toBe(true);
    }),
    { numRuns: 500 },
  );
  for (const one of ['a = {', 'a {', 'a = [', '"${', 'a = <<EOF\n', 'a = f(', 'jsonencode(', '/*', 'a = "${x("'])
    expect(Array.isArray(readHcl(one.repeat(20_000)))).toBe(true);
}, 60_000);
