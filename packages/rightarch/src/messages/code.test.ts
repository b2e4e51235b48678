import { expect, test } from 'vitest';
import { printable } from './code.ts';

test('a byte of a name that is no UTF-8 is shown as what it is; a pair is a sign', () => {
  expect(printable('/caf\udce9')).toBe('/caf\\xe9');
  expect(printable('/😀')).toBe('/😀');
});
