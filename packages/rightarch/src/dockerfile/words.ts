import { isSeparator, isSpace, type Joined, spanOf, trimmed, wordOf } from './source.ts';
import type { Flag, Word } from './types.ts';

/** A stretch of joined text that is still to be read. */
export interface Rest {
  readonly from: number;
  readonly to: number;
}

/** The keyword, the flags behind it, and the bounds of what follows (splitCommand in BuildKit's split_command.go). */
export function splitCommand(
  line: Joined,
  sign: string,
  bounds: Rest = { from: 0, to: line.text.length },
): { readonly keyword: Word; readonly flags: readonly Flag[]; readonly rest: Rest } {
  const [from, to] = trimmed(line.text, bounds.from, bounds.to);
  let end = from;
  while (end < to && !isSeparator(line.text[end])) end++;
  const keyword = wordOf(line, from, end);
  while (end < to && isSeparator(line.text[end])) end++;
  const { flags, at } = readFlags(line, sign, { from: end, to });
  const [start, stop] = trimmed(line.text, at, to);
  return { keyword, flags, rest: { from: start, to: stop } };
}

/** Leading words that begin with `--`, without their quotes and escapes; a lone `--` ends them (extractBuilderFlags). */
function readFlags(line: Joined, sign: string, { from, to }: Rest): { flags: readonly Flag[]; at: number } {
  const { text } = line;
  const flags: Flag[] = [];
  let at = from;
  for (;;) {
    while (at < to && isSpace(text[at])) at++;
    if (!text.startsWith('--', at) || at + 2 > to) return { flags, at };
    const start = at;
    let word = '';
    let equals = -1;
    let valueFrom = at;
    let quote = '';
    for (; at < to; at++) {
      let ch = text[at]!;
      if (quote === '' && isSpace(ch)) break;
      if (quote === '' ? ch === "'" || ch === '"' : ch === quote) {
        quote = quote === '' ? ch : '';
        continue;
      }
      if (ch === sign) {
        if (at + 1 === to) {
          quote = '';
          continue;
        }
        at++;
        ch = text[at]!;
      }
      if (equals < 0 && ch === '=') {
        equals = word.length;
        valueFrom = at + 1;
      }
      word += ch;
    }
    if (word === '--') return { flags, at };
    const assigned = equals >= 0;
    const value: Word = assigned
      ? { text: word.slice(equals + 1), span: spanOf(line, valueFrom, at) }
      : { text: '', span: spanOf(line, at, at) };
    flags.push({
      name: (assigned ? word.slice(0, equals) : word).replace(/^--/, ''),
      value,
      assigned,
      span: spanOf(line, start, at),
    });
  }
}

/** The bounds of words divided by blanks, with quotes and escapes left in them (parseWords in BuildKit's line_parsers.go). */
export function quotedWords(line: Joined, sign: string, { from, to }: Rest): readonly Rest[] {
  const { text } = line;
  const words: Rest[] = [];
  let at = from;
  for (;;) {
    while (at < to && isSpace(text[at])) at++;
    if (at >= to) return words;
    const start = at;
    let end = at;
    let quote = '';
    for (; at < to; at++) {
      const ch = text[at]!;
      if (quote === '' && isSpace(ch)) break;
      if (ch === sign && quote !== "'") {
        // The escape character at the very end is dropped.
        if (at + 1 === to) continue;
        at++;
      } else if (quote === '') {
        if (ch === "'" || ch === '"') quote = ch;
      } else if (ch === quote) quote = '';
      end = Math.min(at + 1, to);
    }
    if (end > start) words.push({ from: start, to: end });
  }
}

/** Words divided by blanks, without any quoting (parseStringsWhitespaceDelimited). */
export function plainWords(line: Joined, { from, to }: Rest): readonly Word[] {
  const words: Word[] = [];
  for (let at = from; at < to; ) {
    let end = at;
    while (end < to && !isSeparator(line.text[end])) end++;
    words.push(wordOf(line, at, end));
    at = end;
    while (at < to && isSeparator(line.text[at])) at++;
  }
  return words;
}

export type JsonWords =
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  /** A JSON array that has something else than strings in it: BuildKit refuses it. */
  | { readonly kind: 'other' }
  /** No JSON array: BuildKit goes on with the shell form. */
  | { readonly kind: 'none' };

/** The strings of a JSON array with their places (parseJSON). Blanks inside of a string stay. */
export function jsonWords(line: Joined, { from, to }: Rest): JsonWords {
  const { text } = line;
  if (text[from] !== '[') return { kind: 'none' };
  let values: unknown;
  try {
    values = JSON.parse(text.slice(from, to));
  } catch {
    return { kind: 'none' };
  }
  if (!Array.isArray(values)) return { kind: 'none' };
  if (!values.every((value) => typeof value === 'string')) return { kind: 'other' };
  const words: Word[] = [];
  let at = from;
  for (const value of values as readonly string[]) {
    at = text.indexOf('"', at);
    const start = at;
    for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
    at++;
    // Go replaces half a surrogate pair with U+FFFD.
    words.push({ text: value.replace(/\p{Cs}/gu, '\uFFFD'), span: spanOf(line, start, at) });
  }
  return { kind: 'words', words };
}
