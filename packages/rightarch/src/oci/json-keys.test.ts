import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateKey } from './json-keys.ts';

describe('duplicateKey', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a" :1,\n"\\u0061": 2}', 'a'],
    ['{"config":{"digest":"x"},"layers":[],"config":{}}', 'config'],
    ['{"layers":[{"size":1},{"digest":"a","size":1,"digest":"b"}]}', 'layers[1].digest'],
    ['[{"a\\\\":{"a\\\\":1,"b":{"__proto__":1,"__proto__":2}}}]', '[0].a\\.b.__proto__'],
  ])('%s', (text, path) => expect(duplicateKey(text)).toBe(path));

  it.each([
    '{"a":{"a":{"a":["a","a",{"a":"a"}]}},"b":"a"}',
    '{"a\\\\":1,"a":":","\\"":2,"\\\\\\"":3}',
    '["a","a"]',
    '"a"',
    '[{"a":1},{"a":1}]',
  ])('%s has none', (text) => expect(duplicateKey(text)).toBeUndefined());

  it('finds none in what has passed through an object, and any that is put in', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, key) => {
        const text = JSON.stringify(object);
        expect(duplicateKey(text)).toBeUndefined();
        if (!Object.hasOwn(object, key) || text === '{}') return;
        expect(duplicateKey(`{${JSON.stringify(key)}:0,${text.slice(1)}`)).toBeDefined();
      }),
    );
  });

  it('is linear: depth, escapes and keys by the million', () => {
    expect(duplicateKey(`${'['.repeat(2e5)}${']'.repeat(2e5)}`)).toBeUndefined();
    expect(duplicateKey(`["${'\\"'.repeat(2e5)}","${'\\\\'.repeat(2e5)}"]`)).toBeUndefined();
    const keys = Array.from({ length: 5e4 }, (_, i) => `"${i}":0`);
    expect(duplicateKey(`{${keys.join()}}`)).toBeUndefined();
    expect(duplicateKey(`{${keys.join()},"7":0}`)).toBe('7');
  });
});
