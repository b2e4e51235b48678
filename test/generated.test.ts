import { expect, test } from 'vitest';
import { projectJsonSchema } from '../packages/rightarch/src/config/index.ts';
import { targetIds } from '../packages/rightarch/src/target/index.ts';
import { targetPages } from '../tools/target-pages.ts';

test('the JSON Schema holds the keys of design.md and of several builders, and no others', () => {
  const schema = projectJsonSchema() as {
    properties: Record<string, { additionalProperties?: unknown }>;
    additionalProperties: unknown;
  };
  expect(schema.additionalProperties).toBe(false);
  expect(Object.keys(schema.properties).sort()).toEqual(
    [
      '$schema',
      'images',
      'targets',
      'environments',
      'defaults',
      'from',
      'language',
      'ignore',
      'mirrors',
      'builders',
    ].sort(),
  );
});

test('every runtime has its page', () => {
  expect([...targetPages().keys()].sort()).toEqual(targetIds.map((id) => `docs/targets/${id}.md`).sort());
});
