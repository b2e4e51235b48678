import { expandWord } from './expand.ts';
import type { Heredoc } from './types.ts';

/** What `<<EOF` says, before its body is read. */
export interface HeredocMark {
  readonly name: string;
  readonly expand: boolean;
  readonly chomp: boolean;
  readonly fd?: number;
}

const nothing = (): undefined => undefined;

/**
 * Reads one word as a heredoc mark: `<<EOF`, `3<<-"EOF"`. The delimiter is one word, and quotes anywhere in it make
 * the body literal (heredocFromMatch in BuildKit's parser.go).
 */
export function parseHeredocMark(word: string): HeredocMark | undefined {
  const match = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word);
  const rest = match?.[3];
  if (match === null || rest === undefined || rest === '') return undefined;
  const plain = expandWord(rest, nothing, { keepUnset: true });
  if (!plain.ok || plain.words.length !== 1) return undefined;
  const raw = expandWord(rest, nothing, { keepUnset: true, rawQuotes: true });
  if (!raw.ok || raw.words.length !== 1) return undefined;
  const quotes = (text: string): number => text.match(/['"]/g)?.length ?? 0;
  const name = plain.words[0]!;
  return {
    name,
    expand: quotes(name) === quotes(raw.words[0]!),
    chomp: match[2] === '-',
    ...(match[1] !== '' ? { fd: Number(match[1]) } : {}),
  };
}

/** The heredoc marks of an instruction's joined line, in their order. */
export function heredocMarks(line: string): readonly HeredocMark[] {
  if (!line.includes('<<')) return [];
  const split = expandWord(line, nothing, { keepUnset: true, rawQuotes: true, rawEscapes: true });
  if (!split.ok) return [];
  return split.words.map(parseHeredocMark).filter((mark) => mark !== undefined);
}

/** A heredoc's content: the body, without leading tabs for `<<-`. */
export function heredocContent(heredoc: Pick<Heredoc, 'body' | 'chomp'>): string {
  return heredoc.chomp ? heredoc.body.replace(/(^|\n)\t+/g, '$1') : heredoc.body;
}
