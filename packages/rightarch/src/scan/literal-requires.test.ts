import { expect, test } from 'vitest';
import { literalRequires, OWN_SCRIPT } from './literal-requires.ts';

const read = (text: string) => literalRequires(Buffer.from(text))?.toString();

test.each([
  ["const addon = require('./build/Release/addon.node')", './build/Release/addon.node'],
  [
    'const { hash, sign: s } = require("../native/x.node");\nvar y = require(\'./y.node\')',
    '../native/x.node\n./y.node',
  ],
  ["module.exports = require('./x.node')", './x.node'],
  ["require( './x.node' )", './x.node'],
  ["'use strict'\nconst fs = require('fs')\nrequire('./x.node')", './x.node'],
  ["if (a) { b() }\nconst x = require('./x.node')", './x.node'],
])('what runs whenever the script runs: %s', (text, modules) => {
  expect(read(text)).toBe(modules);
});

test.each([
  "try {\n  x = require('./x.node')\n} catch {}",
  "try {\nconst x = require('./x.node')\n} catch {}",
  "function load() {\nreturn 1\n}\nif (windows) {\nvar x = require('./x.node')\n}",
  "// const x = require('./x.node')",
  "/*\nconst x = require('./x.node')\n*/",
  "const help = `\nrequire('./x.node')\n`",
  "const x = require('./' + name + '.node')",
  "const x = require('bindings')('x.node')",
  "const x = require('package/x.node')",
  "const load = () => require('./x.node')",
  "const x = windows ? null : require('./x.node')",
  "const x = windows ||\nrequire('./x.node')",
  "'use strict'\nif (linux)\nrequire('./x.node')",
  "if (linux)\n  a()\nelse\nrequire('./x.node')",
  'no modules at all',
])('what may not run, or is no literal path: %s', (text) => {
  expect(read(text)).toBeUndefined();
});

test('scripts of the application, not of its packages', () => {
  expect(['app/server.js', 'a.cjs', 'app/my_node_modules/a.js'].every((path) => OWN_SCRIPT.test(path))).toBe(true);
  expect(
    ['app/node_modules/a/index.js', 'node_modules/a.js', 'a.mjs', 'a.json'].some((path) => OWN_SCRIPT.test(path)),
  ).toBe(false);
});

test.each([
  ["require('./x.node')\n".repeat(50_000), 50_000],
  [`const ${' '.repeat(1 << 20)}.node`, 0],
  [`${'/*'.repeat(500_000)}.node`, 0],
  [`${'{'.repeat(500_000)}\nrequire('./x.node')`, 0],
  [`${'const a ,'.repeat(100_000)}.node`, 0],
])('a hostile script costs no more than its length', (text, modules) => {
  expect(read(text)?.split('\n').length ?? 0).toBe(modules);
});
