import type { LabelRow, WildFinding } from './labels.ts';

/** A row of testdata/wild/second.tsv or blind.tsv: what somebody who had no answer saw. A line of `-` is nothing. */
export interface ReadRow {
  readonly repository: string;
  readonly path: string;
  readonly line: number | undefined;
  readonly certainty: string;
}

/** A row of testdata/wild/files.tsv. */
export interface WildFile {
  readonly repository: string;
  readonly path: string;
  readonly kind: string;
  readonly isBlind: boolean;
}

/** `arm64v8/Dockerfile`, `Dockerfile.amd64`: check does not hold such a file against the other CPU. */
export const isOfOneCpu = (path: string): boolean =>
  /(?:^|[^a-z0-9])(?:amd64|x86_64|x64|arm64(?:v8)?|aarch64|arm32v\d|arm(?:v\d)?|armhf|386|i386|ppc64le|s390x)(?:[^a-z0-9]|$)/i.test(
    path,
  );

const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split('\t'));

export const readReadings = (text: string): readonly ReadRow[] =>
  rowsOf(text).map(([repository = '', path = '', line = '', , certainty = '']) => ({
    repository,
    path,
    line: line === '-' ? undefined : Number(line),
    certainty,
  }));

export const readFiles = (text: string): readonly WildFile[] =>
  rowsOf(text).map(([repository = '', path = '', kind = '', read = '']) => ({
    repository,
    path,
    kind,
    isBlind: read === 'blind',
  }));

/** What a reader who had no answer saw, held against the answers. */
export interface ReadingFigures {
  readonly files: number;
  /** Places that the reader was certain of. */
  readonly certain: number;
  /** Those with a finding at the very line. */
  readonly atLine: number;
  /** Those in a file with findings, all of them at other lines. */
  readonly elsewhere: number;
  readonly silent: number;
  /** Findings labelled right in the files that were read, and how many of their lines the reader named too. */
  readonly right: number;
  readonly named: number;
}

export function readingFigures(
  rows: readonly ReadRow[],
  findings: readonly WildFinding[],
  labels: readonly LabelRow[],
): ReadingFigures {
  const read = new Set(rows.map(fileOf));
  const own = findings.filter((one) => read.has(fileOf(one)));
  const certain = rows.filter((row) => row.line !== undefined && row.certainty === 'certain');
  const atLine = certain.filter((row) => own.some((one) => fileOf(one) === fileOf(row) && one.line === row.line));
  const others = certain.filter((row) => !atLine.includes(row));
  const elsewhere = others.filter((row) => own.some((one) => fileOf(one) === fileOf(row)));
  const right = labels.filter((row) => row.label === 'right' && read.has(fileOf(row)));
  const named = right.filter((row) =>
    rows.some((one) => fileOf(one) === fileOf(row) && (row.line === '*' || String(one.line) === row.line)),
  );
  return {
    files: read.size,
    certain: certain.length,
    atLine: atLine.length,
    elsewhere: elsewhere.length,
    silent: others.length - elsewhere.length,
    right: right.length,
    named: named.length,
  };
}

/** What two who did not know of each other called a mistake, by file. */
export interface Agreement {
  readonly both: number;
  readonly first: number;
  readonly second: number;
  readonly neither: number;
}

const fileOf = ({ repository, path }: { readonly repository: string; readonly path: string }): string =>
  `${repository} ${path}`;

/** Of these files, those that each called a mistake. */
export function agreement(
  files: readonly { readonly repository: string; readonly path: string }[],
  first: readonly { readonly repository: string; readonly path: string }[],
  second: readonly { readonly repository: string; readonly path: string }[],
): Agreement {
  const sets = [first, second].map((rows) => new Set(rows.map(fileOf)));
  const all = [...new Set(files.map(fileOf))];
  const count = (one: boolean, other: boolean): number =>
    all.filter((file) => sets[0]!.has(file) === one && sets[1]!.has(file) === other).length;
  return {
    both: count(true, true),
    first: count(true, false),
    second: count(false, true),
    neither: count(false, false),
  };
}

/** Cohen's kappa: how far they agree beyond what chance gives. Undefined where both say the same of every file. */
export function kappa({ both, first, second, neither }: Agreement): number | undefined {
  const all = both + first + second + neither;
  const chance = ((both + first) * (both + second) + (neither + first) * (neither + second)) / all ** 2;
  return chance === 1 ? undefined : ((both + neither) / all - chance) / (1 - chance);
}

/** A row of testdata/wild/disagreements.tsv: a place that one of two readers named, or both with another certainty. */
export interface Disagreement {
  readonly repository: string;
  readonly path: string;
  readonly line: string;
  readonly first: string;
  readonly second: string;
  /** What it is, once both were asked: a mistake, none, or open where the sources do not say. */
  readonly judged: string;
  readonly why: string;
}

export const readDisagreements = (text: string): readonly Disagreement[] =>
  rowsOf(text).map(([repository = '', path = '', line = '', first = '', second = '', judged = '', why = '']) => ({
    repository,
    path,
    line,
    first,
    second,
    judged,
    why,
  }));

/** The places of files that both read of which they did not say the same. */
export function disagreements(
  first: readonly ReadRow[],
  second: readonly ReadRow[],
): readonly Pick<Disagreement, 'repository' | 'path' | 'line' | 'first' | 'second'>[] {
  const read = new Set(second.map(fileOf));
  const said = [first, second].map(
    (rows) =>
      new Map(
        rows.flatMap((row) =>
          row.line === undefined ? [] : [[`${fileOf(row)} ${row.line}`, { row, certainty: row.certainty }] as const],
        ),
      ),
  );
  const both = new Set(first.map(fileOf).filter((file) => read.has(file)));
  return [...new Set([...said[0]!.keys(), ...said[1]!.keys()])].flatMap((place) => {
    const [one, other] = said.map((map) => map.get(place));
    const row = (one ?? other)!.row;
    if (!both.has(fileOf(row)) || one?.certainty === other?.certainty) return [];
    const { repository, path, line } = row;
    const words = { first: one?.certainty ?? '-', second: other?.certainty ?? '-' };
    return [{ repository, path, line: String(line), ...words }];
  });
}
