import type { Position } from '../core/index.ts';
import { isSpace, type Joined, type Line } from './source.ts';
import type { Piece, Span, Word } from './types.ts';

/** One instruction's lines put together, or the notice that the text is over. */
export interface Statement {
  readonly joined: Joined;
  readonly start: Position;
  /** Behind the last line. */
  readonly end: Position;
  /** Empty lines between continued ones. BuildKit accepts them still, and warns. */
  readonly emptyLines: readonly Span[];
}

/** Where a reader of lines stands. */
export interface Cursor {
  readonly text: string;
  readonly lines: readonly Line[];
  next: number;
}

/** True for a line whose first character that is no white space is `#`. */
export function isComment(text: string, line: Line): boolean {
  return text[firstOf(text, line)] === '#' && firstOf(text, line) < line.to;
}

/** The offset of a line's first character that is no white space; its end where there is none. */
export function firstOf(text: string, line: Line): number {
  let from = line.from;
  while (from < line.to && isSpace(text[from])) from++;
  return from;
}

/** The text of a comment behind `#`, trimmed, at its place. */
export function commentOf(text: string, line: Line): Word {
  let from = firstOf(text, line) + 1;
  let to = line.to;
  while (from < to && isSpace(text[from])) from++;
  while (to > from && isSpace(text[to - 1])) to--;
  return {
    text: text.slice(from, to),
    span: {
      start: { line: line.number, column: 1 + from - line.from },
      end: { line: line.number, column: 1 + to - line.from },
    },
  };
}

/**
 * The end of a line's own text where it is continued: before an escape character that has none before it and only
 * blanks behind it. Undefined where the line is the last.
 */
function continuedAt(text: string, sign: string, from: number, to: number): number | undefined {
  let end = to;
  while (end > from && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  if (end === from || text[end - 1] !== sign) return undefined;
  if (end - 1 > from && text[end - 2] === sign) return undefined;
  return end - 1;
}

/**
 * Puts together an instruction from the cursor's line on: continuation lines joined, comment lines and empty lines
 * between them left out, as in BuildKit's Parse (parser.go). Comment lines are handed to `comment`.
 */
export function joinLines(cursor: Cursor, sign: string, comment: (word: Word) => void): Statement {
  const { text, lines } = cursor;
  const parts: string[] = [];
  const pieces: Piece[] = [];
  const emptyLines: Span[] = [];
  const first = lines[cursor.next]!;
  let length = 0;
  let last = first;
  let open = true;
  while (open && cursor.next < lines.length) {
    const line = lines[cursor.next++]!;
    const from = line === first ? firstOf(text, line) : line.from;
    if (line !== first) {
      if (isComment(text, line)) {
        comment(commentOf(text, line));
        last = line;
        continue;
      }
      if (firstOf(text, line) === line.to) {
        emptyLines.push({ start: { line: line.number, column: 1 }, end: { line: line.number, column: 1 } });
        last = line;
        continue;
      }
    }
    last = line;
    const end = continuedAt(text, sign, from, line.to);
    open = end !== undefined;
    const part = text.slice(from, end ?? line.to);
    pieces.push({ offset: length, start: { line: line.number, column: 1 + from - line.from } });
    parts.push(part);
    length += part.length;
  }
  return {
    joined: { text: parts.join(''), pieces },
    start: { line: first.number, column: 1 + firstOf(text, first) - first.from },
    end: { line: last.number, column: 1 + last.to - last.from },
    emptyLines,
  };
}
