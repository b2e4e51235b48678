import { eastAsianWidth } from 'get-east-asian-width';
import { ink, type Page } from './page.ts';

const ESCAPES = /\u001b\[[0-9;]*m/g;
const PRINTABLE_ASCII = /^[ -~]*$/;
let segmenter: Intl.Segmenter | undefined;

/** Columns that a text takes on a terminal: escapes take none, wide East Asian characters two. */
export function displayWidth(text: string): number {
  const shown = text.replace(ESCAPES, '');
  if (PRINTABLE_ASCII.test(shown)) return shown.length;
  // Made when first needed: it loads Unicode's tables, which takes longer than most commands.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let width = 0;
  for (const { segment } of segmenter.segment(shown)) {
    const point = segment.codePointAt(0) ?? 0;
    width += point < 32 ? 0 : eastAsianWidth(point);
  }
  return width;
}

/** The text with spaces behind it up to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Columns that line up, two spaces apart, the head dimmed; the last column is never padded. */
export function renderTable(
  page: Page,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  indent = '  ',
): string {
  const all = head.length > 0 ? [head, ...rows] : rows;
  const widths: number[] = [];
  for (const row of all)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell));
    });
  return all
    .map((row, line) => {
      const cells = row.map((cell, i) => (i === row.length - 1 ? cell : padEnd(cell, widths[i] ?? 0)));
      const text = cells.join('  ').trimEnd();
      return indent + (line === 0 && head.length > 0 ? ink(page, 'dim', text) : text);
    })
    .join('\n');
}

/**
 * Rows whose cells from `first` on say more of the ones before: beside them where that fits the page, else below, a line
 * each, folded between words. Nothing is cut.
 */
export function renderDetails(page: Page, rows: readonly (readonly string[])[], first: number, indent = '  '): string {
  const whole = renderTable(page, [], rows, indent).split('\n');
  const below = `${indent}    `;
  return rows
    .flatMap((row, i) => {
      if (displayWidth(whole[i]!) <= page.width) return [whole[i]!];
      const [head = ''] = renderTable(page, [], [row.slice(0, first)], indent).split('\n');
      const rest = row.slice(first).filter((cell) => cell !== '');
      return [
        ...fold(head, page.width, below),
        ...rest.flatMap((cell) => fold(below + cell, page.width, `${below}  `)),
      ];
    })
    .join('\n');
}

/** The text in lines of at most `width` columns where it has spaces to break at; what follows stands behind `indent`. */
function fold(text: string, width: number, indent: string): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.trimEnd().split(/(?<=\S) (?=\S)/)) {
    if (line !== '' && displayWidth(`${line} ${word}`) > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
