import type { Position } from '../core/index.ts';
import type { Piece, Span, Word } from './types.ts';

/** Text that was put together from lines of a file, with the way back. */
export interface Joined {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** One line of the file, its line break included: where it begins, and where its break does. */
export interface Line {
  readonly number: number;
  /** Offset of the first character in the file's text. */
  readonly from: number;
  /** Offset behind the last character that is no line break. */
  readonly to: number;
  /** Offset behind the line feed. */
  readonly next: number;
}

/** Where an offset of joined text stands in the file. Logarithmic in the number of joined lines. */
export function positionAt(pieces: readonly Piece[], offset: number): Position {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle]!.offset <= offset) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  if (piece === undefined) return { line: 1, column: 1 };
  return { line: piece.start.line, column: piece.start.column + Math.max(0, offset - piece.offset) };
}

/** The stretch of the file that `from` to `to` of joined text came from. */
export function spanOf(joined: Joined, from: number, to: number): Span {
  const start = positionAt(joined.pieces, from);
  if (to <= from) return { start, end: start };
  // The end is measured from the last character, so that it stays on that character's line.
  const last = positionAt(joined.pieces, to - 1);
  return { start, end: { line: last.line, column: last.column + 1 } };
}

/** A part of joined text as a word. */
export function wordOf(joined: Joined, from: number, to: number): Word {
  return { text: joined.text.slice(from, to), span: spanOf(joined, from, to) };
}

/** A part of joined text with its own way back, counted from its own beginning. */
export function partOf(joined: Joined, from: number, to: number): Joined {
  const pieces: Piece[] = [{ offset: 0, start: positionAt(joined.pieces, from) }];
  for (const piece of joined.pieces) {
    if (piece.offset > from && piece.offset < to) pieces.push({ offset: piece.offset - from, start: piece.start });
  }
  return { text: joined.text.slice(from, to), pieces };
}

/** The lines of a text, split at line feeds only, as BuildKit's scanner does. */
export function* linesOf(text: string): Generator<Line, undefined, undefined> {
  let from = text.startsWith('\uFEFF') ? 1 : 0;
  for (let number = 1; from < text.length; number++) {
    const feed = text.indexOf('\n', from);
    const next = feed < 0 ? text.length : feed + 1;
    let to = next;
    while (to > from && (text[to - 1] === '\n' || text[to - 1] === '\r')) to--;
    yield { number, from, to, next };
    from = next;
  }
  return undefined;
}

/** Go's unicode.IsSpace: not JavaScript's `\s`, which has U+FEFF and lacks U+0085. */
export function isSpace(character: string | undefined): boolean {
  if (character === undefined) return false;
  // Asked of nearly every character of a file: most are letters and signs of ASCII.
  const code = character.charCodeAt(0);
  return code === 0x20 || ((code < 0x20 || code > 0x7e) && SPACE.test(character));
}

const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/** The separators between an instruction's words: Go's `[\t\v\f\r ]` of parser.go. */
export function isSeparator(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\v' || character === '\f';
}

/** The bounds without white space at either end. */
export function trimmed(text: string, from: number, to: number): readonly [from: number, to: number] {
  let start = from;
  let end = to;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return [start, end];
}
