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
  const keyOf = ({ repository, path }: { readonly repository: string; readonly path: string }): string =>
    `${repository} ${path}`;
  const read = new Set(rows.map(keyOf));
  const own = findings.filter((one) => read.has(keyOf(one)));
  const certain = rows.filter((row) => row.line !== undefined && row.certainty === 'certain');
  const atLine = certain.filter((row) => own.some((one) => keyOf(one) === keyOf(row) && one.line === row.line));
  const others = certain.filter((row) => !atLine.includes(row));
  const elsewhere = others.filter((row) => own.some((one) => keyOf(one) === keyOf(row)));
  const right = labels.filter((row) => row.label === 'right' && read.has(keyOf(row)));
  const named = right.filter((row) =>
    rows.some((one) => keyOf(one) === keyOf(row) && (row.line === '*' || String(one.line) === row.line)),
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
