import type { Location } from '../../core/index.ts';
import { refuse } from './refusal.ts';
import type { RunHeredoc, RunInput } from './types.ts';

/** What a shell is given with `-c`, and how its offsets map back. */
export interface Script {
  readonly text: string;
  readonly at: (offset: number) => Location;
}

/** The line of BuildKit's heredoc expression: the whole RUN is one `<<NAME`. */
const ALONE = /^\s*\d*<<-?\s*(["']?)[^\s<"']+\1\s*$/;

/**
 * The script of a shell-form RUN. One heredoc alone is the script itself; a `#!` in it makes BuildKit write a file
 * and execute that. Anything else is put together again behind the line
 * (BuildKit frontend/dockerfile/dockerfile2llb/convert.go, dispatchRun).
 */
export function scriptOf(run: Extract<RunInput, { form: 'shell' }>): Script {
  const { text, heredocs, at } = run;
  const [first] = heredocs;
  if (first === undefined) return { text, at };
  if (heredocs.length === 1 && ALONE.test(text)) {
    if (first.body.startsWith('#!')) refuse('run/syntax', { what: first.body.split('\n', 1)[0]! }, 0);
    return {
      text: first.chomp ? first.body.replace(/^\t+/gm, '') : first.body,
      at: (offset) => bodyAt(at, first, offset),
    };
  }
  const whole = heredocs.reduce((all, { body, name }) => `${all}\n${body}${name}`, text);
  return { text: whole, at: (offset) => at(Math.min(offset, text.length)) };
}

/** A place in the body, counted in lines from the instruction. */
function bodyAt(at: (offset: number) => Location, heredoc: RunHeredoc, offset: number): Location {
  const start = at(0);
  if (start.in !== 'file') return start;
  const before = heredoc.body.slice(0, offset).split('\n');
  const position = { line: start.start.line + before.length, column: before.at(-1)!.length + 1 };
  return { ...start, start: position, end: position };
}
