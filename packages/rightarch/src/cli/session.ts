import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Diagnostic, Failure } from '../core/index.ts';
import {
  atInput,
  type DiagnosticJson,
  diagnostic,
  diagnosticJson,
  failure,
  type Language,
  printable,
} from '../messages/index.ts';
import { type Page, renderDiagnostic, sortDiagnostics } from '../report/index.ts';
import { allValues } from './arguments.ts';
import { type ExitStatus, exitOfBlame } from './exit.ts';
import type { Shell } from './shell.ts';
import { shown } from './shown.ts';
import type { Flags } from './specs.ts';
import { writeFailed } from './write-whole.ts';

/** A longer file is not read for the one line of it that a finding shows. */
const MAX_SHOWN_BYTES = 4 << 20;

/** One run of one command: the shell, the language, and how things are said. */
export interface Session {
  readonly shell: Shell;
  readonly page: Page;
  readonly language: Language;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly mirrors: readonly string[];
  readonly allowHttp: readonly string[];
  /** A path of the command line as an absolute one. */
  path(text: string): string;
  /** Data on stdout, with a line end. */
  print(text: string): void;
  printJson(value: unknown): void;
  /** What a command came to, for programs: on stdout with `--json`, in a file with `--report`. */
  answer(value: unknown): void;
  /** What was answered last. */
  answered(): unknown;
  /** Findings for `printJson`, in the order of the text. */
  findingsJson(diagnostics: readonly Diagnostic[]): readonly DiagnosticJson[];
  /** Findings on stdout with the data, by place unless their order is told to mean something. */
  printFindings(diagnostics: readonly Diagnostic[], order?: 'by place' | 'as found'): void;
  /** Failures and hints, on stderr. */
  warn(diagnostic: Diagnostic): void;
  /** Names that were moved so far: whatever ends the command, they have. */
  readonly tagsMoved: string[];
  /** The text of a file that a finding stands in, for the line that is shown with it. */
  readSource(file: string): string | undefined;
}

export function openSession(shell: Shell, language: Language, flags: Flags): Session {
  const page: Page = {
    language,
    color: shell.color,
    width: shell.width,
    ...(shell.program === undefined ? {} : { program: shell.program }),
  };
  const pageOfErrors: Page = { ...page, color: shell.colorOfErrors ?? shell.color };
  const json = flags.json === true;
  const sources = new Map<string, string | undefined>();
  const readSource = (file: string): string | undefined => {
    if (!sources.has(file)) {
      let text: string | undefined;
      try {
        // A pipe would be waited for, and a place in a file of gigabytes is no line to show.
        const path = resolve(shell.cwd, file);
        const found = statSync(path);
        text = found.isFile() && found.size < MAX_SHOWN_BYTES ? readFileSync(path, 'utf8') : undefined;
      } catch {
        text = undefined;
      }
      sources.set(file, text);
    }
    return sources.get(file);
  };
  const near = (finding: Diagnostic): Diagnostic => shown(shell.cwd, finding);
  const print = (text: string): void => shell.out(`${text}\n`);
  const printJson = (value: unknown): void => print(jsonText(value));
  let answered: unknown;
  return {
    shell,
    page,
    language,
    json,
    verbose: flags.verbose === true,
    mirrors: allValues(flags, 'mirror'),
    allowHttp: allValues(flags, 'allow-http'),
    path: (text) => resolve(shell.cwd, text),
    print,
    printJson,
    answer: (value) => {
      answered = value;
      if (json) printJson(value);
    },
    answered: () => answered,
    printFindings: (diagnostics, order = 'by place') => {
      const findings = diagnostics.map(near);
      for (const finding of order === 'by place' ? sortDiagnostics(findings) : findings)
        print(`${renderDiagnostic(page, finding, readSource)}\n`);
    },
    findingsJson: (diagnostics) =>
      sortDiagnostics(diagnostics.map(near)).map((finding) => diagnosticJson(finding, language)),
    tagsMoved: [],
    readSource,
    warn: (finding) => shell.err(`${renderDiagnostic(pageOfErrors, near(finding), readSource)}\n\n`),
  };
}

/** JSON writes C0 controls as escapes by itself; what else could fool a terminal is written so too, and means the same. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, undefined, 2).split('\n').map(printable).join('\n');
}

/** Several things wrong with one request, said at once: a person mends a file once, not line by line. */
export class Refusals extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ code }) => code).join(', '));
    this.name = 'Refusals';
    this.diagnostics = diagnostics;
  }
}

/** Says why a command could not be carried out, and which status that is. */
export function reportFailure(session: Session, error: unknown): ExitStatus {
  const { status, diagnostics } = tellFailure(session, error);
  session.answer({ diagnostics });
  return status;
}

/** The same for one part of a command: what goes into its JSON is left to the caller. */
export function tellFailure(
  session: Session,
  error: unknown,
): { readonly status: ExitStatus; readonly diagnostics: readonly DiagnosticJson[] } {
  if (error instanceof Refusals) {
    if (!session.json) for (const one of sortDiagnostics(error.diagnostics)) session.warn(one);
    return { status: 2, diagnostics: session.findingsJson(error.diagnostics) };
  }
  const thrown = asFailure(session, error);
  if (!session.json) session.warn(thrown.diagnostic);
  if (session.verbose) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
      session.shell.err(`${(cause.stack ?? cause.message).split('\n').map(printable).join('\n')}\n`);
  }
  return {
    status: thrown.diagnostic.code === 'cli/interrupted' ? 3 : exitOfBlame(thrown.blame),
    diagnostics: session.findingsJson([thrown.diagnostic]),
  };
}

/** What they say of tags is true of an interrupted command too, and more than that it was interrupted. */
const ABOUT_TAGS: readonly string[] = ['publish/tags-partly-moved', 'publish/tag-unanswered'];

function asFailure({ shell, tagsMoved }: Session, error: unknown): Failure {
  const isAboutTags = error instanceof Failure && ABOUT_TAGS.includes(error.diagnostic.code);
  if (shell.signal.aborted && !isAboutTags)
    return failure('cli/interrupted', { moved: [...tagsMoved] }, atInput('Ctrl-C'), 'outside');
  if (error instanceof Failure) return error;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  // The disk and its permissions are outside; everything else that is no Failure is a bug of ours.
  const full = code === 'ENOSPC' || code === 'EROFS' || code === 'EDQUOT';
  if (full || syscall === 'mkdir' || ((code === 'EACCES' || code === 'EPERM') && path !== undefined)) {
    return writeFailed(path ?? shell.cwd, error);
  }
  const where =
    (error instanceof Error ? error.stack : undefined)
      ?.split('\n')[1]
      ?.trim()
      .replace(/^at /, '')
      .replace(/\(.*\/(.*)\)$/, '($1)') ?? 'rightarch';
  return new Failure(diagnostic('cli/internal', { where }, atInput('rightarch'), { because: [String(error)] }), 'bug', {
    cause: error,
  });
}
