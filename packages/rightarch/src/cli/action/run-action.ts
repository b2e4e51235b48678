import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../../core/index.ts';
import { type Answer, findingsOfAnswer, renderAnnotations, renderSummary } from '../../report/index.ts';
import { languageOf, run } from '../run.ts';
import { openSession, reportFailure } from '../session.ts';
import type { Shell } from '../shell.ts';
import { type ActionLines, commandLines } from './command-lines.ts';
import { readInputs } from './inputs.ts';
import { outputsOf, outputText } from './outputs.ts';

/**
 * One step of a workflow: what its inputs ask for is carried out as command lines, what they say is read by people in the
 * log, and what they answer becomes annotations, the page of the run and the outputs. Throws nothing.
 */
export async function runAction(given: Shell): Promise<number> {
  const inputs = readInputs(given.env);
  const directory = inputs('working-directory');
  // One stream: the runner reads two at once, and what comes by the other could be read after commands are heard again.
  const shell: Shell = { ...given, cwd: resolve(given.cwd, directory), err: given.out };
  const language = languageOf(inputs('lang') === '' ? [] : ['--lang', inputs('lang')], shell);
  let asked: ActionLines;
  try {
    asked = commandLines(inputs, (text) => resolve(shell.cwd, text));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const session = openSession(shell, language, {});
    const resume = stopCommands(shell);
    const status = reportFailure(session, error);
    resume();
    tell(shell, { answers: [session.answered() as Answer], report: '', language, directory });
    return status;
  }
  const place = mkdtempSync(join(shell.env['RUNNER_TEMP'] || shell.temporary, 'rightarch-'));
  const report = join(place, 'report.json');
  let status = 0;
  const resume = stopCommands(shell);
  for (const line of asked.lines) {
    if (status !== 0) break;
    rmSync(report, { force: true });
    const [command = '', ...rest] = line;
    status = await run([command, '--report', report, ...rest], { ...shell, env: { ...shell.env, ...asked.env } });
  }
  resume();
  const answers = answersIn(report);
  tell(shell, { answers, report: answers.length === 0 ? '' : report, language, directory });
  return status;
}

/** What a log says never speaks to the runner, whatever stands in a file or comes from a registry. */
function stopCommands({ out }: Shell): () => void {
  const token = randomUUID();
  out(`::stop-commands::${token}\n`);
  return () => out(`::${token}::\n`);
}

interface Told {
  readonly answers: readonly Answer[];
  readonly report: string;
  readonly language: ReturnType<typeof languageOf>;
  readonly directory: string;
}

function tell({ env, out }: Shell, { answers, report, language, directory }: Told): void {
  const annotations = renderAnnotations(
    answers.flatMap(findingsOfAnswer).filter(({ severity }) => severity !== 'note'),
    directory,
  );
  if (annotations !== '') out(`${annotations}\n`);
  const [outputFile, summaryFile] = [env['GITHUB_OUTPUT'], env['GITHUB_STEP_SUMMARY']];
  if (summaryFile) appendFileSync(summaryFile, renderSummary(answers, language));
  if (outputFile) appendFileSync(outputFile, outputText(outputsOf(answers, report)));
}

/** What the last command left; nothing where it could not even write that. */
function answersIn(report: string): readonly Answer[] {
  try {
    const value = JSON.parse(readFileSync(report, 'utf8')) as Answer | readonly Answer[];
    return Array.isArray(value) ? value : [value as Answer];
  } catch {
    return [];
  }
}
