import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CodeRow, codes, languages } from '../packages/rightarch/src/messages/index.ts';
import { generatedDocs, orphanPages } from '../tools/docs.ts';
import { repositoryRoot } from './support/transcript.ts';

/** What a finding begins with, by language: the word for each severity. */
const severities = {
  en: /^(?:error|warning|note)\[/,
  ja: /^(?:エラー|警告|参考)\[/,
  ko: /^(?:오류|경고|참고)\[/,
} as const;

/** Pages that say what is right and do not play it, each with the reason. */
const notPlayed: Readonly<Record<string, string>> = {
  'cli/internal': 'a bug of ours: no input is known that has it, so none is known that is rid of it',
  'engine/build-failed': 'needs a BuildKit: test/live/buildx.live.test.ts',
  'engine/no-emulation': 'needs a BuildKit: test/live/buildx.live.test.ts',
  'engine/builder-down': 'needs a BuildKit: test/live/builders.live.test.ts',
  'engine/builder-silent': 'needs a BuildKit that hangs: test/live/builder-faults.live.test.ts',
  'plan/builder-lacks-cpu': 'needs a BuildKit: test/live/builder-faults.live.test.ts',
  'plan/builder-made': 'needs docker buildx: test/live/kubernetes-pool.live.test.ts',
  'plan/builder-replaced': 'needs a BuildKit: test/live/builders.live.test.ts',
  'plan/dockerfile-changed': 'somebody has to save the file while two builds go on',
  'plan/engine-chosen': 'needs a BuildKit: test/live/buildx.live.test.ts',
  'cli/unknown-code': 'a page printed inside a page would have its command lines played',
};

interface Page {
  /** What the consoles before and behind the mended part print. */
  readonly shown: readonly string[];
  readonly mended: { readonly text: string; readonly consoles: readonly string[] } | undefined;
}

/** The printed lines of a page; a mended part goes on to the next heading. */
function pageOf(id: string): Page {
  const text = readFileSync(join(repositoryRoot, 'docs/codes', `${id}.md`), 'utf8');
  const shown: string[] = [];
  const mended: string[] = [];
  let mendedText = '';
  let within = false;
  let found = false;
  for (const [part, , info = '', body = ''] of text.matchAll(/^(```)([^\n]*)\n([\s\S]*?)^```$|^[^\n]+$/gm)) {
    if (/^#{2,3} /.test(part)) within = part === '### Mended';
    else if (within) mendedText += `${part}\n`;
    found ||= within;
    if (/^console(?: |$)/.test(info)) (within ? mended : shown).push(body);
  }
  return { shown, mended: found ? { text: mendedText, consoles: mended } : undefined };
}

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

  test.each(rows)('%s is shown in every language, and is gone from the mended example', (id) => {
    const { shown, mended } = pageOf(id);
    const lines = shown.join('').split('\n');
    for (const language of languages) {
      const said = lines.filter((line) => severities[language].test(line) && line.includes(`[${id}]: `));
      expect(said, `docs/codes/${id}.md has no example in ${language}`).not.toEqual([]);
    }
    expect(mended, `docs/codes/${id}.md: write ### Mended, with the input that is right`).toBeDefined();
    if (id in notPlayed) {
      expect(mended!.consoles).toEqual([]);
      expect(mended!.text).toMatch(/\S/);
      return;
    }
    const printed = mended!.consoles.join('');
    expect(printed, `docs/codes/${id}.md: the mended example runs nothing`).toMatch(/^\$ (?:[A-Z_]+=\S+ )*rightarch /m);
    expect(printed).not.toContain(id);
    expect(printed).not.toMatch(/^exit: /m);
  });

  test('no sentence about an image promises more than that it starts', () => {
    const messages = join(repositoryRoot, 'packages/rightarch/src/messages');
    const files = readdirSync(messages, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^(?:phrases[/\\].+|codes[/\\](?:proof|image|target)[^/\\]*)\.ts$/.test(file),
    );
    expect(files.length).toBeGreaterThan(15);
    const promised = files.flatMap((file) =>
      readFileSync(join(messages, file), 'utf8')
        .split('\n')
        .filter((line) =>
          /\b(?:will (?:run|work)|works|safe|guarantee[sd]?)\b|正常に動作|安全です|정상 동작|안전합니다/i.test(line),
        )
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(promised).toEqual([]);
  });

  test('every page that is not played is one of a code', () => {
    expect(Object.keys(notPlayed).filter((id) => !(id in codes))).toEqual([]);
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
