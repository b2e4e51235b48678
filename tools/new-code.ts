import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** `npm run new-code AREA/WHAT-IS-WRONG`: adds the row to its area; `npm run docs` then writes the page's head. */
const id = process.argv[2] ?? '';
const match = /^([a-z]+)\/([a-z0-9-]+)$/.exec(id);
if (match === null) {
  process.stderr.write('Write it as AREA/WHAT-IS-WRONG, as in `npm run new-code image/layer-missing`\n');
  process.exit(2);
}
const file = resolve(join('packages/rightarch/src/messages/codes', `${match[1]}.ts`));
const text = readFileSync(file, 'utf8');
if (text.includes(`'${id}'`)) {
  process.stderr.write(`${id} is already there\n`);
  process.exit(2);
}
const blank = `{ en: '', ja: '', ko: '' }`;
const sentence = `{ en: () => '', ja: () => '', ko: () => '' }`;
const row = `  '${id}': code<{ subject: string }>({\n    severity: 'error',\n    since: '0.1.0',\n    title: ${blank},\n    message: ${sentence},\n    fix: ${sentence},\n  }),\n`;
writeFileSync(file, text.replace(/\} as const;\s*$/, `${row}} as const;\n`));
process.stdout.write(
  `wrote the row in ${file}\nnow write its sentences, run \`npm run docs\`, and write the page's examples: the finding in three languages, then the mended input\n`,
);
