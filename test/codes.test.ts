import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CodeRow, codes, languages } from '../packages/rightarch/src/messages/index.ts';
import { generatedDocs, orphanPages } from '../tools/docs.ts';
import { repositoryRoot } from './support/transcript.ts';

const rows = Object.entries(codes) as [string, CodeRow<unknown>][];

describe('the catalogue of codes', () => {
  test.each(rows)('%s has a well-formed id and a title in every language', (id, row) => {
    expect(id).toMatch(/^[a-z]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
    for (const language of languages) {
      expect(row.title[language].length).toBeGreaterThan(0);
      expect(row.title[language]).not.toMatch(/[.。]$/);
    }
  });

  test.each(rows)('%s speaks Japanese and Korean in their own letters', (_id, row) => {
    expect(row.title.ja).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    expect(row.title.ko).toMatch(/[\uac00-\ud7a3]/);
  });

  test.each(rows)('%s has a page that says why, with an example that shows the code', (id) => {
    const file = join(repositoryRoot, 'docs/codes', `${id}.md`);
    expect(existsSync(file), `write ${file}: npm run docs`).toBe(true);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^## Why\n\n\S/m);
    expect(text).toMatch(/^## Example\n\n\S/m);
    expect(text.slice(text.indexOf('## Example'))).toContain(`[${id}]`);
  });

  test('every generated part is what `npm run docs` writes', () => {
    for (const [file, text] of generatedDocs()) {
      expect(
        existsSync(join(repositoryRoot, file)) && readFileSync(join(repositoryRoot, file), 'utf8') === text,
        `${file} is stale: npm run docs`,
      ).toBe(true);
    }
    expect(orphanPages()).toEqual([]);
  });
});
