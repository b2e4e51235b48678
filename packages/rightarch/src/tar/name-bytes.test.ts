import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeName, encodeName } from './name-bytes.ts';

const names = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));

test('any bytes come back from their text, so no two names are one', () => {
  fc.assert(fc.property(names, (bytes) => encodeName(decodeName(bytes)).equals(bytes)));
});

test('UTF-8 is its own text, also what Unicode writes in two ways', () => {
  for (const text of ['a/é', 'a/e\u0301', '日本語', '😀', '\ufeffa']) {
    expect(decodeName(Buffer.from(text))).toBe(text);
  }
});

test('a part that is UTF-8 has one name, whatever stands beside it', () => {
  const directory = Buffer.from('é/');
  expect(decodeName(Buffer.concat([directory, Buffer.from([0x63, 0xe9])]))).toBe('é/c\udce9');
  // A surrogate that is written as if it were UTF-8 is none.
  expect(decodeName(Buffer.from([0xed, 0xb3, 0xa9]))).toBe('\udced\udcb3\udca9');
});

test('the parts of a path are those of its bytes', () => {
  fc.assert(
    fc.property(fc.array(names), (parts) => {
      const bytes = Buffer.from(parts.map((part) => part.toString('latin1')).join('/'), 'latin1');
      const own = bytes.toString('latin1').split('/');
      expect(decodeName(bytes).split('/')).toEqual(own.map((part) => decodeName(Buffer.from(part, 'latin1'))));
    }),
  );
});
