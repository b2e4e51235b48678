import { keepsBar, type MachineFacts, type Row } from './measure.ts';

/** What one run of the bench found. */
export interface BenchResult {
  readonly date: string;
  readonly command: string;
  readonly machine: MachineFacts;
  readonly rows: readonly Row[];
  readonly notMeasured: readonly { readonly part: string; readonly why: string }[];
}

const time = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

function barOf({ bar }: Row): string {
  if (bar === undefined) return '';
  return 'most' in bar ? `at most ${bar.most}x` : `${bar.timesFaster}x faster`;
}

function ratioOf({ bar, ratio }: Row): string {
  if (ratio === undefined) return '';
  return bar !== undefined && 'timesFaster' in bar ? `${(1 / ratio).toFixed(1)}x faster` : `${ratio.toFixed(2)}x`;
}

const head = ['what', 'took', 'against', 'took', 'ratio', 'bar', ''] as const;

function cells(row: Row): readonly string[] {
  const kept = keepsBar(row);
  return [
    row.note === undefined ? row.what : `${row.what} (${row.note})`,
    time(row.ms),
    row.against?.name ?? '',
    row.against === undefined ? '' : time(row.against.ms),
    ratioOf(row),
    barOf(row),
    kept === undefined ? '' : kept ? 'kept' : 'missed',
  ];
}

function machineLine({ cores, cpu, node, system, load }: MachineFacts): string {
  return `${cores} cores (${cpu}), ${system}, Node ${node}, load ${load[0].toFixed(1)} before and ${load[1].toFixed(1)} after`;
}

/** The table of a terminal. */
export function renderText({ machine, rows, notMeasured }: BenchResult): string {
  const table = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const missing = notMeasured.map(({ part, why }) => `not measured: ${part}: ${why}`);
  return [machineLine(machine), '', ...lines, ...(missing.length > 0 ? ['', ...missing] : []), ''].join('\n');
}

const WRITTEN = '<!-- figures: written by `npm run bench -- --write`, never by hand -->';

/** The page with its figures replaced; everything before the mark is written by people. */
export function renderPage(page: string, result: BenchResult): string {
  const cut = page.indexOf(WRITTEN);
  const above = cut < 0 ? page.trimEnd() : page.slice(0, cut).trimEnd();
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const missing = result.notMeasured.map(({ part, why }) => `- \`${part}\` was not measured: ${why}`);
  return [
    above,
    '',
    WRITTEN,
    '',
    `${result.date}, \`${result.command}\`: ${machineLine(result.machine)}.`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...result.rows.map((row) => line(cells(row))),
    ...(missing.length > 0 ? ['', ...missing] : []),
    '',
  ].join('\n');
}
