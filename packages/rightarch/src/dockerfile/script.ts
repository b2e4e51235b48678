import { heredocContent, parseHeredocMark } from './heredoc.ts';
import type { Piece, Run, Word } from './types.ts';

/** What a RUN really runs. */
export type RunScript =
  /** The text for the stage's shell, with the way back to the file. */
  | { readonly kind: 'shell'; readonly text: string; readonly pieces: readonly Piece[] }
  /** A heredoc that begins with `#!`: an executable file of mode 0755 in a read-only mount, without a shell. */
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly pieces: readonly Piece[] }
  /** JSON form: no shell, no expansion. */
  | { readonly kind: 'exec'; readonly words: readonly Word[] };

/**
 * The command of a RUN as BuildKit hands it on (dispatchRun in dockerfile2llb/convert.go): a lone heredoc is the
 * script itself, any other stays a heredoc for the shell.
 */
export function runScript(run: Run): RunScript {
  const { command, heredocs } = run;
  if (command.form === 'json') return { kind: 'exec', words: command.words };
  const [first] = heredocs;
  if (first === undefined) return { kind: 'shell', text: command.text, pieces: command.pieces };
  // Only a heredoc mark and nothing else: `<<EOF`, also `3<<-"EOF"`.
  if (parseHeredocMark(command.text) !== undefined) {
    const text = heredocContent(first);
    const pieces = first.chomp ? chompedPieces(first.body, first.pieces) : first.pieces;
    return text.startsWith('#!')
      ? { kind: 'file', path: `/dev/pipes/${first.name}`, text, pieces }
      : { kind: 'shell', text, pieces };
  }
  const pieces: Piece[] = [...command.pieces];
  let text = command.text;
  for (const { body, name, pieces: lines, span } of heredocs) {
    text += '\n';
    for (const piece of lines) pieces.push({ offset: text.length + piece.offset, start: piece.start });
    text += body;
    pieces.push({ offset: text.length, start: { line: span.end.line, column: 1 } });
    text += name;
  }
  return { kind: 'shell', text, pieces };
}

/** The way back after leading tabs were taken from every line. */
function chompedPieces(body: string, pieces: readonly Piece[]): readonly Piece[] {
  let removed = 0;
  return pieces.map(({ offset, start }) => {
    let tabs = 0;
    while (body[offset + tabs] === '\t') tabs++;
    const piece = { offset: offset - removed, start: { line: start.line, column: start.column + tabs } };
    removed += tabs;
    return piece;
  });
}
