import type { Diagnostic } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { detectSyntax, readDirective } from './directives.ts';
import { type HeredocMark, heredocMarks } from './heredoc.ts';
import { type Cursor, commentOf, firstOf, isComment, joinLines } from './join.ts';
import { type Draft, draftInstruction, readInstruction, takesHeredocs } from './read.ts';
import { type Line, linesOf } from './source.ts';
import type { Directive, Dockerfile, Heredoc, Instruction, Piece, Span, Word } from './types.ts';

/** A line of this many bytes, its line feed included, is the longest that BuildKit's scanner takes (bufio.MaxScanTokenSize). */
const MAX_LINE = 65_536;

/**
 * Reads a text as BuildKit does. Never throws, in time that grows with the text alone; what BuildKit would refuse or
 * warn about is in `problems`, in the order of the file.
 */
export function parseDockerfile(text: string, { file }: { readonly file: string }): Dockerfile {
  const lines = [...linesOf(text)];
  const cursor: Cursor = { text, lines, next: 0 };
  const problems: Diagnostic[] = [];
  const comments: Word[] = [];
  const directives: Directive[] = [];
  const instructions: Instruction[] = [];
  let sign: '\\' | '`' = '\\';
  let atTop = true;
  const at = (span: Span) => ({ in: 'file', file, ...span }) as const;

  while (cursor.next < lines.length) {
    const line = lines[cursor.next]!;
    if (firstOf(text, line) === line.to) {
      atTop = false;
      cursor.next++;
      continue;
    }
    if (isComment(text, line)) {
      cursor.next++;
      const span = spanOfLine(text, line);
      const found = atTop ? readDirective(text, { from: firstOf(text, line), to: line.to }) : undefined;
      if (found === undefined) {
        atTop = false;
        comments.push(commentOf(text, line));
      } else if (directives.some(({ name }) => name === found.name)) {
        problems.push(diagnostic('dockerfile/directive-duplicate', { name: found.name }, at(span)));
      } else {
        directives.push({ ...found, span });
        if (found.name !== 'escape') continue;
        if (found.value === '\\' || found.value === '`') sign = found.value;
        else problems.push(diagnostic('dockerfile/escape-invalid', { value: found.value }, at(span)));
      }
      continue;
    }
    atTop = false;
    const statement = joinLines(cursor, sign, (comment) => comments.push(comment));
    for (const span of statement.emptyLines) problems.push(diagnostic('dockerfile/empty-continuation', {}, at(span)));
    const draft = draftInstruction(statement.joined, { file, escape: sign });
    const { heredocs, end } = takesHeredocs(draft)
      ? readHeredocs(cursor, heredocMarks(statement.joined.text), { draft, problems })
      : { heredocs: [], end: undefined };
    const span = { start: statement.start, end: end ?? statement.end };
    instructions.push(readInstruction(draft, { span, heredocs, problems }));
  }

  problems.push(...longLines(text, lines, file), ...stageProblems(instructions, file));
  problems.sort((one, other) => lineOf(one) - lineOf(other));
  const syntax = detectSyntax(text);
  return { file, text, escape: sign, directives, ...(syntax ? { syntax } : {}), instructions, comments, problems };
}

function lineOf({ at }: Diagnostic): number {
  return at.in === 'file' ? at.start.line : 0;
}

function spanOfLine(text: string, line: Line): Span {
  return {
    start: { line: line.number, column: 1 + firstOf(text, line) - line.from },
    end: { line: line.number, column: 1 + line.to - line.from },
  };
}

/** Takes the bodies of an instruction's heredocs from the lines that follow, one after the other. */
function readHeredocs(
  cursor: Cursor,
  marks: readonly HeredocMark[],
  { draft, problems }: { readonly draft: Draft; readonly problems: Diagnostic[] },
): { readonly heredocs: readonly Heredoc[]; readonly end: Span['end'] | undefined } {
  const heredocs: Heredoc[] = [];
  let end: Span['end'] | undefined;
  for (const mark of marks) {
    const parts: string[] = [];
    const pieces: Piece[] = [];
    const first = cursor.lines[cursor.next];
    let start = end ?? draft.name.span.end;
    if (first !== undefined) start = { line: first.number, column: 1 };
    let length = 0;
    let terminated = false;
    while (!terminated && cursor.next < cursor.lines.length) {
      const line = cursor.lines[cursor.next++]!;
      end = { line: line.number, column: 1 + line.to - line.from };
      const plain = cursor.text.slice(line.from, line.to);
      terminated = (mark.chomp ? plain.replace(/^\t+/, '') : plain) === mark.name;
      if (terminated) break;
      pieces.push({ offset: length, start: { line: line.number, column: 1 } });
      parts.push(cursor.text.slice(line.from, line.next));
      length += line.next - line.from;
    }
    if (!terminated) {
      const at = { in: 'file', file: draft.file, ...draft.name.span } as const;
      problems.push(diagnostic('dockerfile/heredoc-unterminated', { name: mark.name }, at));
    }
    heredocs.push({ ...mark, body: parts.join(''), pieces, span: { start, end: end ?? start } });
    if (!terminated) break;
  }
  return { heredocs, end };
}

function* longLines(text: string, lines: readonly Line[], file: string): Generator<Diagnostic> {
  for (const line of lines) {
    const units = line.next - line.from;
    if (units * 3 < MAX_LINE) continue;
    const bytes = Buffer.byteLength(text.slice(line.from, line.next));
    const ended = text[line.next - 1] === '\n';
    if (bytes > MAX_LINE || (bytes === MAX_LINE && !ended)) {
      const start = { line: line.number, column: 1 };
      const at = { in: 'file', file, start, end: start } as const;
      yield diagnostic('dockerfile/line-too-long', { bytes, limit: MAX_LINE - 1 }, at);
    }
  }
}

/** What is wrong with the file as a whole: no instruction, no stage, something before the first stage, names twice. */
function* stageProblems(instructions: readonly Instruction[], file: string): Generator<Diagnostic> {
  const at = (span: Span) => ({ in: 'file', file, ...span }) as const;
  const top = { line: 1, column: 1 };
  if (instructions.length === 0) {
    yield diagnostic('dockerfile/empty', {}, at({ start: top, end: top }));
    return;
  }
  const names = new Map<string, Word>();
  let stages = 0;
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') {
      stages++;
      const alias = instruction.alias;
      if (alias === undefined) continue;
      const name = alias.text.toLowerCase();
      const before = names.get(name);
      if (before !== undefined) {
        yield diagnostic('dockerfile/stage-name-duplicate', { name, line: before.span.start.line }, at(alias.span));
      }
      if (name === 'scratch' || name === 'context') {
        yield diagnostic('dockerfile/stage-name-reserved', { name }, at(alias.span));
      }
      names.set(name, alias);
    } else if (stages === 0 && instruction.keyword !== 'ARG' && instruction.keyword !== 'UNKNOWN') {
      yield diagnostic('dockerfile/before-from', { instruction: instruction.keyword }, at(instruction.name.span));
    }
  }
  // A FROM that could not be read has its own message.
  const tried = instructions.some(({ name }) => name.text.toUpperCase() === 'FROM');
  const others = instructions.some(({ keyword }) => keyword !== 'ARG' && keyword !== 'UNKNOWN');
  if (stages === 0 && !tried && !others) yield diagnostic('dockerfile/no-stage', {}, at(instructions[0]!.span));
}
