import { expect, test } from 'vitest';
import { asTyped, ownName } from './own-name.ts';

test.each([
  ['npx', { npm_command: 'exec' }, '/x/node_modules/.bin/rightarch', 'npx rightarch'],
  ['a script of package.json', { npm_command: 'run-script' }, '/x/node_modules/.bin/rightarch', 'npx rightarch'],
  ['its path in the project', {}, '/x/node_modules/.bin/rightarch', 'npx rightarch'],
  ['a global installation', {}, '/usr/local/bin/rightarch', 'rightarch'],
  ['a global installation on Windows', {}, 'C:\\npm\\node_modules\\rightarch\\bin\\rightarch.js', 'rightarch'],
  ['nothing known', {}, undefined, 'rightarch'],
] as const)('started by %s', (_, env, program, expected) => {
  expect(ownName(env, program)).toBe(expected);
});

test.each([
  ['docs: rightarch explain a/b', 'docs: npx rightarch explain a/b'],
  ['fix: `docker x && rightarch verify archive:a.tar`', 'fix: `docker x && npx rightarch verify archive:a.tar`'],
  ['`npx rightarch verify` stays', '`npx rightarch verify` stays'],
  [' 3 | rightarch verify x', ' 3 | rightarch verify x'],
  ['rightarch does not know it, ghcr.io/rightarch verify', 'rightarch does not know it, ghcr.io/rightarch verify'],
])('%s', (text, expected) => {
  expect(asTyped(text, 'npx rightarch', ['explain', 'verify'])).toBe(expected);
  expect(asTyped(text, 'rightarch', ['explain', 'verify'])).toBe(text);
});
