import type { Word } from 'unbash';
import { UNSEEN } from './shell.ts';

type Part = NonNullable<Word['parts']>[number];

/** A pattern of the shell; undefined where it is not known, or asks for more than its value would be short of. */
export type Pattern = RegExp | undefined;

/** Each star may try every place of a value: of more than anybody writes, nothing is asked. */
const MOST_STARS = 3;
const MOST_LETTERS = 200;

/** What a word is as a pattern: quoted it stands for itself. */
export function patternOf(word: Word, textOf: (part: Part) => string): Pattern {
  const parts = word.parts ?? [{ type: 'Literal' as const, pos: 0, end: 0, value: word.value, text: word.text }];
  let source = '';
  let stars = 0;
  for (const part of parts) {
    if (part.type === 'Glob' && part.kind === 'star') {
      source += '[^]*';
      stars++;
    } else if (part.type === 'Glob' && part.kind === 'question') source += '[^]';
    else if (part.type === 'Glob') {
      if (!/^\[[!^]?[\w-]+\]$/.test(part.text)) return undefined;
      source += part.text.replace(/^\[!/, '[^');
    } else if (part.type === 'ExtendedGlob' || part.type === 'BraceExpansion') return undefined;
    else {
      const value = textOf(part);
      if (value.includes(UNSEEN)) return undefined;
      source += value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    }
  }
  return stars > MOST_STARS || source.length > MOST_LETTERS ? undefined : new RegExp(`^${source}$`);
}

/** Whether a value is one of these; undefined where that is open. */
export function matches(value: string, patterns: readonly Pattern[]): boolean | undefined {
  if (value.length > MOST_LETTERS) return undefined;
  // Whatever it is, `*` is for it.
  if (patterns.some((one) => one?.source === '^[^]*$')) return true;
  if (value.includes(UNSEEN) || value.includes('\u0003')) return undefined;
  if (patterns.some((one) => one?.test(value) === true)) return true;
  return patterns.includes(undefined) ? undefined : false;
}

/** `${NAME##*\/}`, `${NAME%-*}`. */
export function withoutMatch(value: string, operator: '#' | '##' | '%' | '%%', pattern: Pattern): string | undefined {
  if (pattern === undefined || value.length > MOST_LETTERS) return undefined;
  const cuts = [...Array(value.length + 1).keys()].filter((at) =>
    pattern.test(operator.startsWith('#') ? value.slice(0, at) : value.slice(at)),
  );
  const at = operator === '#' || operator === '%%' ? cuts[0] : cuts.at(-1);
  if (at === undefined) return value;
  return operator.startsWith('#') ? value.slice(at) : value.slice(0, at);
}

/** One replacement of plain words: `s/x86_64/amd64/`. */
const REPLACEMENT = /^\s*s([/|,#:])((?:(?!\1)[\w/-])+)\1((?:(?!\1)[\w/-])*)\1(g?)\s*$/;

/** What `sed` makes of a text: `s/…/…/`, also behind `-e`, also several. Undefined for what more it can do. */
export function edited(text: string, args: readonly string[]): string | undefined {
  const programs = args.filter((one) => !/^-[eEr]$/.test(one)).flatMap((one) => one.split(';'));
  if (text.includes(UNSEEN) || text.length > MOST_LETTERS) return undefined;
  let result = text;
  for (const program of programs.filter((one) => one.trim() !== '')) {
    const [, , from, to, flags] = REPLACEMENT.exec(program) ?? [];
    if (from === undefined || to === undefined) return undefined;
    result = flags === 'g' ? result.replaceAll(from, () => to) : result.replace(from, () => to);
  }
  return result;
}
