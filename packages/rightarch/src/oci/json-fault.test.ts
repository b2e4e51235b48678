import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonFault } from './json-fault.ts';

test.each([
  ['', '1:1'],
  ['{"a":\n }', '2:2'],
  ['{"a":1,}', '1:8'],
  ['[1 2]', '1:4'],
  ['[1}', '1:3'],
  ['{"a" 1}', '1:6'],
  ['{} x', '1:4'],
  ['"\u0001"', '1:1'],
  ['\n\n"open', '3:1'],
  ['01', '1:2'],
])('%j', (text, place) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(jsonFault(text)).toBe(place);
});

test('what stands before the fault could have gone on', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      const short = text.slice(0, cut % (text.length + 1));
      const column = Number(jsonFault(short).split(':')[1]);
      expect(column).toBeLessThanOrEqual(short.length + 1);
    }),
  );
});

test('deep nesting needs no deep stack', () => {
  expect(jsonFault('['.repeat(300_000))).toBe('1:300001');
});

test('a string of nothing but escapes, as long as a document may be', () => {
  for (const sequence of ['\\n', '\\u0041', 'a\\"']) {
    const text = `"${sequence.repeat(Math.floor((8 << 20) / sequence.length))}" x`;
    expect(jsonFault(text)).toBe(`1:${text.length}`);
  }
});
