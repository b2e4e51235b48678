import { commandFor, type Language, sentenceFor } from '../messages/index.ts';

/** What a renderer has to know of its reader. Nothing that is said depends on colour or width. */
export interface Page {
  readonly language: Language;
  readonly color: boolean;
  /** Columns to fill; text is never cut, only tables are narrowed. */
  readonly width: number;
  /** What a reader types for `rightarch` where there is none on PATH. */
  readonly program?: string;
}

/** A command line of ours as it is typed here. */
export function typed({ program }: Page, command: string): string {
  return commandFor(program, command);
}

/** A sentence of ours, which quotes nothing of the reader's, with its commands as they are typed here. */
export function typedWithin({ program }: Page, sentence: string): string {
  return sentenceFor(program, () => sentence);
}

type Ink = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const INKS: Readonly<Record<Ink, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** The text in that colour where the page has colours. */
export function ink(page: Page, kind: Ink, text: string): string {
  if (!page.color || text === '') return text;
  const [on, off] = INKS[kind];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** `1.4 MB`, `312 kB`, `17 B`: decimal units, as Docker prints sizes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `0.4 s`, `12 s`, `1 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
