import { matchesPath } from '../../packages/rightarch/src/proof/index.ts';

/** What a person said of a finding, or of a mistake that must be found: `right` is both. */
export type Label = 'right' | 'wrong' | 'arguable';

/** A row of testdata/wild/labels.tsv. A path may hold `*` and `**`, and a line of `*` is any. */
export interface LabelRow {
  readonly repository: string;
  readonly path: string;
  readonly line: string;
  readonly code: string;
  readonly label: Label;
}

/** A finding, by its place in a repository. */
export interface WildFinding {
  readonly repository: string;
  readonly path: string;
  readonly line: number;
  readonly code: string;
}

/** How the findings of one code were labelled. */
export interface Tally {
  readonly code: string;
  readonly right: number;
  readonly wrong: number;
  readonly arguable: number;
  /** Nobody has looked at them yet: they count against the precision. */
  readonly unlabelled: readonly WildFinding[];
  readonly missed: readonly LabelRow[];
}

export function readLabels(text: string): readonly LabelRow[] {
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => {
      const [repository = '', path = '', line = '', code = '', label = ''] = row.split('\t');
      return { repository, path, line, code, label: label as Label };
    });
}

/** The findings of each code against the labels; in alphabetical order. */
export function tally(findings: readonly WildFinding[], labels: readonly LabelRow[]): readonly Tally[] {
  const codes = [...new Set([...findings, ...labels.filter(({ label }) => label === 'right')].map(({ code }) => code))];
  return codes.sort().map((code) => {
    const rows = labels.filter((one) => one.code === code);
    const labelled = findings
      .filter((one) => one.code === code)
      .map((finding) => ({ finding, label: labelOf(finding, rows) }));
    const count = (label: Label): number => labelled.filter((one) => one.label === label).length;
    return {
      code,
      right: count('right'),
      wrong: count('wrong'),
      arguable: count('arguable'),
      unlabelled: labelled.flatMap(({ finding, label }) => (label === undefined ? [finding] : [])),
      missed: rows.filter((row) => row.label === 'right' && !findings.some((finding) => isOf(row, finding))),
    };
  });
}

/** What was said of a finding; undefined where nobody has looked at it. */
export const labelOf = (finding: WildFinding, rows: readonly LabelRow[]): Label | undefined =>
  rows.find((row) => isOf(row, finding))?.label;

function isOf(row: LabelRow, { repository, path, line, code }: WildFinding): boolean {
  return (
    row.code === code &&
    row.repository === repository &&
    (row.line === '*' || row.line === String(line)) &&
    (row.path === path || matchesPath(row.path, path))
  );
}
