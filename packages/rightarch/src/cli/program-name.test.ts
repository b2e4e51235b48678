import { expect, test } from 'vitest';
import { programName } from './program-name.ts';

test.each([
  ['npx', { npm_command: 'exec' }, '/x/node_modules/.bin/rightarch', 'npx rightarch'],
  ['a script of package.json', { npm_command: 'run-script' }, '/x/node_modules/.bin/rightarch', 'npx rightarch'],
  ['its path in the project', {}, '/x/node_modules/.bin/rightarch', 'npx rightarch'],
  ['a global installation', {}, '/usr/local/bin/rightarch', undefined],
  ['a global installation on Windows', {}, 'C:\\npm\\node_modules\\rightarch\\bin\\rightarch.js', undefined],
  ['nothing known', {}, undefined, undefined],
] as const)('started by %s', (_, env, program, expected) => {
  expect(programName(env, program)).toBe(expected);
});
