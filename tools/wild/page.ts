import { type Agreement, type Disagreement, kappa, type ReadingFigures } from './figures.ts';
import type { LabelRow, Tally, WildFinding } from './labels.ts';
import { labelOf } from './labels.ts';

const BEGIN = '<!-- written by `npm run wild` -->';
const END = '<!-- end of what `npm run wild` wrote -->';

/** docs/truth.md with another table between the marks; what `npm run soak` writes stands below them. */
export function withWildTable(page: string, table: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error('docs/truth.md has no place for the table of npm run wild');
  return `${page.slice(0, from)}${BEGIN}\n\n${table}\n\n${page.slice(to)}`;
}

/** The table, one row for each code and one for all. */
export function wildTable(tallies: readonly Tally[]): string {
  const rows = tallies.map((one) => ({ ...one, unlabelled: one.unlabelled.length, missed: one.missed.length }));
  const all = rows.reduce(
    (sum, one) => ({
      code: 'all',
      right: sum.right + one.right,
      wrong: sum.wrong + one.wrong,
      arguable: sum.arguable + one.arguable,
      unlabelled: sum.unlabelled + one.unlabelled,
      missed: sum.missed + one.missed,
    }),
    { code: 'all', right: 0, wrong: 0, arguable: 0, unlabelled: 0, missed: 0 },
  );
  const cells = [...rows, all].map(({ code, right, wrong, arguable, unlabelled, missed }) => [
    code === 'all' ? 'all' : `\`${code}\``,
    ...[right, wrong, arguable, unlabelled, missed].map(String),
    share(right, right + wrong + unlabelled),
    share(right, right + missed),
  ]);
  const head = ['code', 'right', 'wrong', 'arguable', 'not labelled', 'missed', 'precision', 'recall'];
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** What kinds of files the findings stand in, by the name of the file. */
const KINDS: readonly (readonly [kind: string, path: RegExp])[] = [
  ['Dockerfiles', /(^|\/)[^/]*(?:docker|container)file[^/]*$/i],
  ['workflows', /(^|\/)\.github\/(?:workflows|actions)\/|(^|\/)action\.ya?ml$/],
  ['lockfiles', /lock\.(?:json|yaml)$|\.lock$/],
  ['scripts, buildspecs', /\.(?:ba)?sh$|(^|\/)buildspec[^/]*$|Makefile$/],
  ['infrastructure', /./],
];

/** The same figures by the kind of file that the finding stands in. */
export function kindTable(findings: readonly WildFinding[], labels: readonly LabelRow[]): string {
  const kindOf = (path: string): string => KINDS.find(([, pattern]) => pattern.test(path))![0];
  const missed = labels.filter(
    (row) => row.label === 'right' && !findings.some((finding) => labelOf(finding, [row]) === 'right'),
  );
  const rows = KINDS.map(([kind]) => {
    const own = findings.filter(({ path }) => kindOf(path) === kind).map((one) => labelOf(one, labels));
    const count = (label: string | undefined): number => own.filter((one) => one === label).length;
    const lost = missed.filter(({ path }) => kindOf(path) === kind).length;
    const figures = [count('right'), count('wrong'), count('arguable'), count(undefined), lost];
    const precision = share(count('right'), count('right') + count('wrong') + count(undefined));
    return [kind, ...figures.map(String), precision, share(count('right'), count('right') + lost)];
  });
  const head = ['findings in', 'right', 'wrong', 'arguable', 'not labelled', 'missed', 'precision', 'recall'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** What readers without answers saw. */
export function readingTable(rows: readonly (readonly [who: string, figures: ReadingFigures])[]): string {
  const head = [
    'read without an answer',
    'files',
    'certain places',
    'told at that line',
    'told at another line of the file',
    'silent',
    'findings labelled right there',
    'named by the reader',
  ];
  const cells = rows.map(([who, one]) => [
    who,
    ...[one.files, one.certain, one.atLine, one.elsewhere, one.silent, one.right, one.named].map(String),
  ]);
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** How far two agree who did not know of each other, by file. */
export function agreementTable(rows: readonly (readonly [who: string, counts: Agreement])[]): string {
  const head = [
    'a mistake, in the eyes of',
    'files',
    'both',
    'the first alone',
    'the second alone',
    'neither',
    'kappa',
  ];
  const cells = rows.map(([who, one]) => {
    const counts = [one.both, one.first, one.second, one.neither];
    const files = counts.reduce((sum, count) => sum + count, 0);
    return [who, ...[files, ...counts].map(String), kappa(one)?.toFixed(3) ?? '–'];
  });
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function disagreementTable(rows: readonly Disagreement[]): string {
  const head = ['place', 'the first', 'the second', 'judged', 'why'];
  const cells = rows.map((row) => [
    `${row.repository} \`${row.path}:${row.line}\``,
    row.first === '-' ? 'nothing' : row.first,
    row.second === '-' ? 'nothing' : row.second,
    row.judged,
    row.why,
  ]);
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const share = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3));
