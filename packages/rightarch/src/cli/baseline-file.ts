import { readFileSync, statSync } from 'node:fs';
import { orThrow } from '../core/index.ts';
import { type BaselineEntry, baselineText, type CheckResult, type LineOf, readBaseline } from '../lint/index.ts';
import { atInput, failure, printable } from '../messages/index.ts';
import { checkTexts } from '../messages/phrases/check.ts';
import type { Session } from './session.ts';
import { writeWhole } from './write-whole.ts';

/** Ten thousand findings have less than this. */
const MOST_BYTES = 16 << 20;

/** The findings that `--baseline` names as known. */
export function baselineIn(session: Session, file: string): readonly BaselineEntry[] {
  const path = session.path(file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw failure('cli/baseline-unusable', { file, problem: 'missing' }, atInput(file), 'request');
  if (!found.isFile() || found.size > MOST_BYTES)
    throw failure('cli/baseline-unusable', { file, problem: 'invalid' }, atInput(file), 'request');
  return orThrow(readBaseline(readFileSync(path, 'utf8'), file), 'request');
}

/** Everything that is told today becomes known. */
export async function writeBaseline(
  session: Session,
  file: string,
  { result, lineOf }: { readonly result: CheckResult; readonly lineOf: LineOf },
): Promise<void> {
  // A file of somebody else under that name was meant otherwise.
  if (statSync(session.path(file), { throwIfNoEntry: false }) !== undefined) baselineIn(session, file);
  const findings = [...result.diagnostics, ...result.undecided];
  await writeWhole(session.path(file), baselineText(findings, lineOf));
  if (session.json) return;
  session.print(checkTexts.baselineWritten[session.language]({ findings: findings.length, file: printable(file) }));
}
