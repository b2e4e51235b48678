import { type Blame, type Diagnostic, Failure, type Location, no, type Related, type Severity } from '../core/index.ts';
import type { CodeRow } from './code.ts';
import { type ArgsOf, type CodeId, codes } from './codes/index.ts';
import { josa } from './josa.ts';
import type { Language } from './language.ts';
import { commandFor, sentenceFor } from './own-commands.ts';

interface More {
  readonly related?: readonly Related[];
  /** What other programs said, outermost first. */
  readonly because?: readonly string[];
  readonly severity?: Severity;
}

/** A diagnostic of a known code with the arguments that its sentences need. */
export function diagnostic<Id extends CodeId>(id: Id, args: ArgsOf<Id>, at: Location, more: More = {}): Diagnostic {
  return {
    code: id,
    severity: more.severity ?? codes[id].severity,
    args: args as Readonly<Record<string, unknown>>,
    at,
    related: more.related ?? [],
    ...(more.because !== undefined && more.because.length > 0 ? { because: more.because } : {}),
  };
}

/** A failed `Result`, from the same parts as `diagnostic`. */
export function refusal<Id extends CodeId>(id: Id, args: ArgsOf<Id>, at: Location, more: More = {}) {
  return no(diagnostic(id, args, at, more));
}

/**
 * An error to throw where an operation cannot be carried out. `blame` decides the exit status: `request` is a
 * wrong request (2), `outside` is the network, the registry, the engine, the disk (3).
 */
export function failure<Id extends CodeId>(
  id: Id,
  args: ArgsOf<Id>,
  at: Location,
  blame: Blame,
  more: More & { readonly cause?: unknown } = {},
): Failure {
  return new Failure(diagnostic(id, args, at, more), blame, more.cause === undefined ? {} : { cause: more.cause });
}

/** The command that shows the page of a code: the pages are in the package, and need no network. */
export function docsFor(id: string): string {
  return `rightarch explain ${id}`;
}

export interface Worded {
  readonly title: string;
  readonly message: string;
  readonly fix: string;
  readonly docs: string;
}

/**
 * Puts a diagnostic into words. A code that this version does not know keeps its arguments as they are. `program` is
 * what this reader types for `rightarch`, where that is something else.
 */
export function inWords({ code, args }: Diagnostic, language: Language, program?: string): Worded {
  const row = (codes as Readonly<Record<string, CodeRow<unknown>>>)[code];
  const docs = commandFor(program, docsFor(code));
  if (row === undefined) return { title: code, message: `${code} ${JSON.stringify(args)}`, fix: '', docs };
  const said = language === 'ko' ? josa : (text: string) => text;
  return {
    title: row.title[language],
    message: said(row.message[language](args)),
    fix: said(sentenceFor(program, () => row.fix[language](args))),
    docs,
  };
}

/** Why, outermost first: what others said in their own words, then what went before in the reader's. */
export function reasons({ because = [], causes = [] }: Diagnostic, language: Language): readonly string[] {
  const before = causes.flatMap((cause) => {
    const place = cause.at.in === 'image' ? `${cause.at.image}: ` : '';
    return [`${place}${inWords(cause, language).message}`, ...reasons(cause, language)];
  });
  return [...because, ...before];
}

/** A flag, variable, key or command as a place. */
export function atInput(name: string): Location {
  return { in: 'input', name };
}

/** A whole file as a place: its first character. */
export function atFile(file: string, line = 1, column = 1): Location {
  return { in: 'file', file, start: { line, column }, end: { line, column } };
}
