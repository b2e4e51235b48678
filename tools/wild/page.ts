import type { Tally } from './labels.ts';

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

const share = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3));
