import { projectJsonSchema } from '../packages/rightarch/src/config/index.ts';

/** The published JSON Schema of `rightarch.yaml`, from the root of the repository, and the exact text of the file. */
export const schemaFile = 'packages/rightarch/schema/rightarch.json';

export function schemaText(): string {
  return `${JSON.stringify(projectJsonSchema(), undefined, 2)}\n`;
}
