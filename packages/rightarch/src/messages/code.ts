import type { Severity } from '../core/index.ts';
import type { Label, Text } from './language.ts';
import { marked, type Quoted } from './own-commands.ts';

/** One row of the catalogue: everything that anyone says about one kind of finding. */
export interface CodeRow<Args> {
  readonly severity: Severity;
  readonly since: string;
  /** What replaced it. The row stays: codes are never renamed and never reused. */
  readonly retired?: string;
  readonly title: Label;
  /** One sentence, present tense, no full stop: what was found, how we know, what was expected. */
  readonly message: Text<Args>;
  /** Imperative, copyable, true for these very values. */
  readonly fix: Text<Args>;
}

/** Returns its argument, for the inference of `Args`. */
export function code<Args>(row: CodeRow<Args>): CodeRow<Args> {
  return row;
}

/** No name is longer, and nobody reads a value that is. */
const MOST = 2000;

/** Quotes a value the way every sentence quotes it. Control characters of hostile input are made visible. */
export function q(value: unknown): string {
  return quote(String(value), 'data');
}

/** Quotes a command line that the reader is to type: `rightarch` in it is this program, in a value it is not. */
export function cmd(line: string): string {
  return quote(line, 'command');
}

function quote(text: string, kind: Quoted): string {
  return `\`${marked(printable(text.length > MOST ? `${text.slice(0, MOST)}…` : text), kind)}\``;
}

/** What moves a cursor, ends a line, turns the direction of writing or takes no room: two names would look the same. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u00ad\u200b\u2060\ufeff]/g;

/** A byte of a name that is no UTF-8, as tar/name-bytes.ts has it. */
const RAW = /[\udc80-\udcff]/gu;

/** Who logs in, in a URL: a password or a token, wherever it was typed. */
const USER_INFO = /\b((?:https?|ftp|socks\w*):\/\/)[^\s/@`"'\\]+@/gi;

/**
 * The text as it may be shown: control characters and bidirectional overrides as escapes, so that no name can fool a
 * terminal; the credentials of a URL as `***`, so that no log keeps them.
 */
export function printable(text: string): string {
  return text
    .replace(USER_INFO, '$1***@')
    .replace(HIDDEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(RAW, (c) => `\\x${(c.charCodeAt(0) & 0xff).toString(16)}`);
}

/** `10 GiB`, `250 MiB`: limits are set in binary units, whatever their pages call them. Others are told in bytes. */
export function binaryBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
  ] as const)
    if (bytes >= size && Number.isInteger((bytes / size) * 10)) return `${bytes / size} ${unit}`;
  return `${bytes} B`;
}

/** `a, b, c` from a list of values, each quoted. */
export function list(values: readonly string[]): string {
  return values.map(q).join(', ');
}

/** The nearest of `known` to `text`, if it is near enough to be a slip of the finger. */
export function nearest(text: string, known: readonly string[]): string | undefined {
  // Hostile input can be of any length, and no slip of the finger is.
  if (text.length > 64) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(text.length / 3)) + 1;
  for (const candidate of known) {
    const steps = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (steps < least) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

/** Damerau–Levenshtein with adjacent transpositions, on short words only. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let steps = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        steps = Math.min(steps, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = steps;
    }
  }
  return rows[a.length]![b.length]!;
}
