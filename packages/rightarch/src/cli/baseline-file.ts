import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { orThrow, relativePath } from '../core/index.ts';
import { type BaselineEntry, baselineText, type CheckResult, type LineOf, readBaseline } from '../lint/index.ts';
import { atInput, failure, printable } from '../messages/index.ts';
import { checkTexts } from '../messages/phrases/check.ts';
import type { Session } from './session.ts';
import { writeWhole } from './write-whole.ts';

/** Ten thousand findings have less than this. */
const MOST_BYTES = 16 << 20;

/** The findings that `--baseline` names as known, with names from `root`; those of files outside of it are none here. */
export function baselineIn(session: Session, file: string, root: string): readonly BaselineEntry[] {
  const folder = dirname(session.path(file));
  return entriesIn(session, file)
    .map((entry) => ({ ...entry, file: relativePath(root, resolve(folder, entry.file)) }))
    .filter((entry) => !entry.file.startsWith('../'));
}

function entriesIn(session: Session, file: string): readonly BaselineEntry[] {
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
  { root, result, lineOf }: { readonly root: string; readonly result: CheckResult; readonly lineOf: LineOf },
): Promise<void> {
  // A file of somebody else under that name was meant otherwise.
  if (statSync(session.path(file), { throwIfNoEntry: false }) !== undefined) entriesIn(session, file);
  const findings = [...result.diagnostics, ...result.undecided];
  const folder = dirname(session.path(file));
  const named = (name: string): string => relativePath(folder, resolve(root, name));
  await writeWhole(session.path(file), baselineText(findings, lineOf, named));
  if (session.json) return;
  session.print(checkTexts.baselineWritten[session.language]({ findings: findings.length, file: printable(file) }));
}
