import { type Diagnostic, no, ok, type Result } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { Suppression } from './suppress.ts';

/**
 * One finding that was there when a repository began with `check`. It has the text of its line and not the number, so
 * that it stays the same one while lines come and go above it.
 */
export interface BaselineEntry {
  readonly code: string;
  /** From the folder that the baseline lies in, whichever part of the repository is checked. */
  readonly file: string;
  readonly line: string;
  /** How many of these there are in that file. */
  readonly times: number;
}

/** The text of a line, from 1; empty where there is none. */
export type LineOf = (file: string, line: number) => string;

/** What the file says of these findings, sorted, so that a diff of it shows what was mended and what is new. */
export function baselineText(
  findings: readonly Diagnostic[],
  lineOf: LineOf,
  named: (file: string) => string = (file) => file,
): string {
  const times = new Map<string, number>();
  for (const one of findings) {
    const key = keyOf(one, lineOf);
    if (key !== undefined) times.set(key, (times.get(key) ?? 0) + 1);
  }
  const entries = [...times.keys()].sort().map((key): BaselineEntry => {
    const [file, code, line] = JSON.parse(key) as [string, string, string];
    return { file: named(file), code, line, times: times.get(key)! };
  });
  return `${JSON.stringify({ version: 1, findings: entries }, undefined, 2)}\n`;
}

/** Reads such a file; `cli/baseline-unusable` where it is something else. */
export function readBaseline(text: string, file: string): Result<readonly BaselineEntry[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { version, findings } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (version === 1 && Array.isArray(findings) && findings.every(isEntry)) return ok(findings);
  const at = { in: 'file', file, start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } as const;
  return no(diagnostic('cli/baseline-unusable', { file, problem: 'invalid' }, at));
}

const isEntry = (value: unknown): value is BaselineEntry => {
  const { code, file, line, times } = (value ?? {}) as Record<string, unknown>;
  return [code, file, line].every((one) => typeof one === 'string') && Number.isInteger(times) && (times as number) > 0;
};

/** Silences each finding of a baseline as often as it is in there, and knows afterwards which are not there any more. */
export function baselineSuppression(
  entries: readonly BaselineEntry[],
  lineOf: LineOf,
): { readonly suppression: Suppression; readonly left: () => number } {
  const open = new Map<string, number>();
  for (const { file, code, line, times } of entries) {
    const key = JSON.stringify([file, code, line]);
    open.set(key, (open.get(key) ?? 0) + times);
  }
  return {
    suppression: {
      reason: '',
      by: 'baseline',
      covers: (finding) => {
        const key = keyOf(finding, lineOf);
        const times = key === undefined ? 0 : (open.get(key) ?? 0);
        if (times === 0) return false;
        open.set(key!, times - 1);
        return true;
      },
    },
    left: () => [...open.values()].reduce((sum, one) => sum + one, 0),
  };
}

function keyOf({ code, at }: Diagnostic, lineOf: LineOf): string | undefined {
  if (at.in !== 'file') return undefined;
  return JSON.stringify([at.file, code, lineOf(at.file, at.start.line).trim()]);
}
