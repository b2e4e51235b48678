import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { projectJsonSchema } from '../packages/rightarch/src/config/index.ts';
import { targetIds } from '../packages/rightarch/src/target/index.ts';
import { schemaFile, schemaText } from '../tools/schema.ts';
import { staleTargetPages, targetPages } from '../tools/target-pages.ts';

test('the published JSON Schema is the one of the code: npx tsx tools/schema.ts', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(schemaText());
});

test('the JSON Schema holds the keys of design.md and no others', () => {
  const schema = projectJsonSchema() as {
    properties: Record<string, { additionalProperties?: unknown }>;
    additionalProperties: unknown;
  };
  expect(schema.additionalProperties).toBe(false);
  expect(Object.keys(schema.properties).sort()).toEqual(
    ['$schema', 'images', 'targets', 'environments', 'defaults', 'from', 'language', 'ignore', 'mirrors'].sort(),
  );
});

test('every runtime has its page, as written by: npx tsx tools/target-pages.ts', () => {
  expect(staleTargetPages()).toEqual([]);
  expect(targetPages().size).toBe(targetIds.length);
});
