import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectJsonSchema } from '../packages/rightarch/src/config/index.ts';

/** Writes the published JSON Schema of `rightarch.yaml`; `--check` only compares. */
export const schemaFile = resolve(
  fileURLToPath(new URL('.', import.meta.url)),
  '../packages/rightarch/schema/rightarch.json',
);

/** The exact text of the file. */
export function schemaText(): string {
  return `${JSON.stringify(projectJsonSchema(), undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(schemaFile, schemaText());
  else if (readFileSync(schemaFile, 'utf8') !== schemaText()) {
    process.stderr.write('packages/rightarch/schema/rightarch.json is stale: npx tsx tools/schema.ts\n');
    process.exitCode = 1;
  }
}
