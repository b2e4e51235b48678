import { keepsBar, type MachineFacts, type Row } from './measure.ts';

/** What one run found for one part. */
export interface BenchResult {
  readonly part: string;
  readonly date: string;
  readonly command: string;
  readonly machine: MachineFacts;
  readonly rows: readonly Row[];
  /** Why there are no rows. */
  readonly notMeasured?: string;
}

const time = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

function barOf({ bar }: Row): string {
  if (bar === undefined) return '';
  if ('mostMs' in bar) return `at most ${time(bar.mostMs)}`;
  if ('mostBytes' in bar) return `at most ${bar.mostBytes / 1e6} MB`;
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
export function renderText({ part, machine, rows, notMeasured }: BenchResult): string {
  if (notMeasured !== undefined) return `${part} was not measured: ${notMeasured}\n`;
  const table = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [`${part}: ${machineLine(machine)}`, '', ...lines, ''].join('\n');
}

const WRITTEN = '<!-- figures: written by `npm run bench -- --write`, never by hand -->';

/**
 * The page with the figures of these parts replaced; what people wrote above the mark, and the parts that were measured
 * elsewhere or on another day, stay as they are. `order` is that of the parts.
 */
export function renderPage(page: string, results: readonly BenchResult[], order: readonly string[]): string {
  const [above = '', below = ''] = page.split(WRITTEN);
  const written = below.split(/^(?=## )/m).filter((section) => section.startsWith('## '));
  const sections = new Map(written.map((section) => [/^## (.*)/.exec(section)![1]!, section.trimEnd()]));
  for (const result of results) sections.set(result.part, renderSection(result));
  const known = order.flatMap((part) => sections.get(part) ?? []);
  return `${[above.trimEnd(), WRITTEN, ...known].join('\n\n')}\n`;
}

function renderSection({ part, date, command, machine, rows, notMeasured }: BenchResult): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map((row) => line(cells(row)))];
  return [
    `## ${part}`,
    '',
    `${date}, \`${command}\`: ${machineLine(machine)}.`,
    '',
    ...(notMeasured === undefined ? table : [`Not measured: ${notMeasured}`]),
  ].join('\n');
}
