import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { atInput, type CodeRow, codes, docsFor, failure, type Language, nearest } from '../../messages/index.ts';
import { helpPhrases } from '../../messages/phrases/commands.ts';
import { reportPhrases } from '../../messages/phrases/report.ts';
import { ink, renderTable, typedWithin } from '../../report/index.ts';
import type { ExitStatus } from '../exit.ts';
import type { Session } from '../session.ts';

const rows: Readonly<Record<string, Pick<CodeRow<unknown>, 'severity' | 'since' | 'title'>>> = codes;

/** Where the pages are: beside the bundle in the package, in `docs/` of a checkout. Never the user's own directory. */
const pages = new URL(import.meta.url.endsWith('.ts') ? '../../../../../docs/codes/' : './codes/', import.meta.url);

/** `explain [CODE…]`: the page of a finding; without words, every code there is. */
export async function explain(session: Session, words: readonly string[]): Promise<ExitStatus> {
  const asked = words.length === 0 ? Object.keys(rows) : words.map(codeOf);
  const { language, page } = session;
  const entries = asked.map((code) => ({ code, ...rows[code]! }));
  if (session.json) {
    const values = entries.map(({ code, severity, since, title }) => ({
      ...{ code, severity, since, title: title[language], docs: docsFor(code) },
      ...(words.length > 0 ? { page: pageOf(code) } : {}),
    }));
    session.printJson(words.length === 1 ? values[0] : values);
    return 0;
  }
  if (words.length === 0) {
    const lines = entries.map(({ code, severity, title }) => [
      code,
      reportPhrases[severity][language],
      title[language],
    ]);
    session.print(renderTable(page, [], lines, ''));
    session.print(`\n${ink(page, 'dim', typedWithin(page, helpPhrases.explainOne[language]))}`);
    return 0;
  }
  for (const { code, severity, title } of entries) {
    session.print(`${ink(page, 'bold', code)}  ${reportPhrases[severity][language]}: ${title[language]}\n`);
    const body = pageOf(code);
    // The pages are English; what is found and what to do, in the language of the reader, is in their examples.
    if (language !== 'en')
      session.print(`${helpPhrases.explainEnglish[language]}\n\n${exampleIn(body, code, language)}`);
    session.print(body);
  }
  return 0;
}

/** The words of a page that a person wrote: the rest of it is in the row. */
function pageOf(code: string): string {
  const text = readFileSync(fileURLToPath(new URL(`${code}.md`, pages)), 'utf8');
  return text
    .slice(Math.max(0, text.indexOf('## Why')))
    .replace(/^<!-- .* -->\n/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd();
}

/** The finding of the page's example with its fix, as that language says it; nothing where no example prints it. */
function exampleIn(body: string, code: string, language: Language): string {
  const lines = body.split('\n');
  const words = [reportPhrases.error, reportPhrases.warning].map((label) => `${label[language]}[${code}]: `);
  const from = lines.findIndex((line) => words.some((word) => line.startsWith(word)));
  if (from < 0) return '';
  const to = lines.findIndex((line, at) => at > from && line.startsWith(`  ${reportPhrases.docs[language]}`));
  return `${lines.slice(from, to).join('\n')}\n\n`;
}

/** `image/platform-absent`, also with what stood around it: `error[image/platform-absent]:`. */
function codeOf(word: string): string {
  const text = /\[([a-z]+\/[a-z0-9-]+)\]/.exec(word)?.[1] ?? word;
  if (Object.hasOwn(rows, text)) return text;
  const known = Object.keys(rows);
  const ends = known.filter((code) => code.endsWith(`/${text}`));
  const near = ends.length === 1 ? ends[0] : nearest(text, known);
  throw failure('cli/unknown-code', { word, near }, atInput(word), 'request');
}
