import type { Diagnostic } from '../core/index.ts';
import { type ArgsOf, type CodeId, diagnostic, nearest } from '../messages/index.ts';
import { checkFlags } from './flags.ts';
import { parseHeredocMark } from './heredoc.ts';
import { type Joined, partOf, spanOf, wordOf } from './source.ts';
import type { Arguments, Flag, Heredoc, Instruction, Span, Unknown, Word } from './types.ts';
import { type JsonWords, jsonWords, plainWords, quotedWords, type Rest, splitCommand } from './words.ts';

/** Every instruction, in the order of the reference. */
export const keywords = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
] as const;

/** One instruction before its arguments are understood. */
export interface Draft {
  readonly joined: Joined;
  readonly name: Word;
  /** Upper case. */
  readonly keyword: string;
  readonly flags: readonly Flag[];
  readonly rest: Rest;
  readonly json: JsonWords;
  readonly file: string;
  readonly escape: string;
}

const JSON_FORMS: readonly string[] = ['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME'];

/** Splits an instruction from its keyword on, as far as it must be known before heredocs are read. */
export function draftInstruction(
  joined: Joined,
  { file, escape: sign, bounds }: { readonly file: string; readonly escape: string; readonly bounds?: Rest },
): Draft {
  const { keyword: name, flags, rest } = splitCommand(joined, sign, bounds);
  const keyword = name.text.toUpperCase();
  const json: JsonWords = JSON_FORMS.includes(keyword) ? jsonWords(joined, rest) : { kind: 'none' };
  return { joined, name, keyword, flags, rest, json, file, escape: sign };
}

/** The instruction behind ONBUILD. */
export function draftTrigger(draft: Draft): Draft | undefined {
  if (draft.keyword !== 'ONBUILD' || draft.rest.from >= draft.rest.to) return undefined;
  return draftInstruction(draft.joined, { file: draft.file, escape: draft.escape, bounds: draft.rest });
}

/** Heredocs belong to RUN, COPY and ADD, also behind ONBUILD, and never to the JSON form (canContainHeredoc). */
export function takesHeredocs(draft: Draft): boolean {
  const inner = draftTrigger(draft) ?? draft;
  return (
    (inner.keyword === 'RUN' || inner.keyword === 'COPY' || inner.keyword === 'ADD') && inner.json.kind !== 'words'
  );
}

/** Turns a draft into an instruction. What cannot be read becomes `UNKNOWN`, and a problem says why. */
export function readInstruction(
  draft: Draft,
  {
    span,
    heredocs,
    problems,
  }: { readonly span: Span; readonly heredocs: readonly Heredoc[]; readonly problems: Diagnostic[] },
): Instruction {
  const { joined, keyword, rest, file, escape: sign, json } = draft;
  const original = joined.text;
  const base = { name: draft.name, span, original, flags: draft.flags, heredocs };
  const unknown = (): Unknown => ({ ...base, keyword: 'UNKNOWN', word: draft.name });
  const at = (where: Span) => ({ in: 'file', file, ...where }) as const;
  const refuse = <Id extends CodeId>(id: Id, args: ArgsOf<Id>, where: Span = draft.name.span): Unknown => {
    problems.push(diagnostic(id, args, at(where)));
    return unknown();
  };
  const empty = rest.from >= rest.to;
  const lacks = (needs: 'one' | 'exactly-one' | 'two' | 'value'): Unknown =>
    refuse('dockerfile/argument-required', { instruction: keyword, needs });
  const single = (): Word => wordOf(joined, rest.from, rest.to);

  if (!(keywords as readonly string[]).includes(keyword)) {
    const near = nearest(keyword.slice(0, 64), keywords);
    return refuse('dockerfile/unknown-instruction', { word: draft.name.text, nearest: near });
  }
  if (json.kind === 'other')
    return refuse('dockerfile/json-not-strings', { instruction: keyword }, spanOf(joined, rest.from, rest.to));
  problems.push(...checkFlags(keyword, draft.flags, file));

  const command = (bounds: Rest, form: JsonWords): Arguments => {
    const where = spanOf(joined, bounds.from, bounds.to);
    if (form.kind === 'words') return { form: 'json', words: form.words, span: where };
    const { text, pieces } = partOf(joined, bounds.from, bounds.to);
    // `RUN [ -f x ]` is a test of the shell. Anywhere else, text in brackets was meant as JSON.
    if (keyword !== 'RUN' && text.startsWith('[') && text.endsWith(']')) {
      problems.push(diagnostic('dockerfile/json-malformed', { instruction: keyword, text }, at(where)));
    }
    return { form: 'shell', text, pieces, span: where };
  };

  switch (keyword as (typeof keywords)[number]) {
    case 'FROM': {
      const words = plainWords(joined, rest);
      const [image, as, alias] = words;
      const named = words.length === 3 && as?.text.toLowerCase() === 'as';
      if (image === undefined || (words.length !== 1 && !named)) {
        return refuse('dockerfile/from-form', { words: words.slice(0, 8).map(({ text }) => text) });
      }
      if (named && !/^[a-z][a-z0-9-_.]*$/.test(alias!.text.toLowerCase())) {
        problems.push(diagnostic('dockerfile/stage-name-invalid', { name: alias!.text }, at(alias!.span)));
      }
      return { ...base, keyword: 'FROM', image, ...(named ? { alias: alias! } : {}) };
    }
    case 'RUN':
      return { ...base, keyword: 'RUN', command: command(rest, json) };
    case 'CMD':
    case 'ENTRYPOINT':
      return { ...base, keyword: keyword as 'CMD' | 'ENTRYPOINT', command: command(rest, json) };
    case 'SHELL': {
      if (json.kind === 'words' && json.words.length > 0)
        return { ...base, keyword: 'SHELL', command: command(rest, json) };
      if (empty || json.kind === 'words') return lacks('one');
      return refuse('dockerfile/json-required', { instruction: keyword, text: single().text }, single().span);
    }
    case 'COPY':
    case 'ADD': {
      const words = json.kind === 'words' ? json.words : plainWords(joined, rest);
      if (words.length < 2) return lacks('two');
      if (json.kind === 'none') command(rest, json);
      const destination = words.at(-1)!;
      if (parseHeredocMark(destination.text) !== undefined) {
        return refuse('dockerfile/heredoc-destination', { instruction: keyword }, destination.span);
      }
      const sources = words.slice(0, -1).filter(({ text }) => parseHeredocMark(text) === undefined);
      return { ...base, keyword: keyword as 'COPY' | 'ADD', sources, destination };
    }
    case 'ENV':
    case 'LABEL': {
      const words = quotedWords(joined, sign, rest);
      const [first] = words;
      if (first === undefined) return lacks('one');
      if (!joined.text.slice(first.from, first.to).includes('=')) {
        const [key] = plainWords(joined, rest);
        let valueFrom = rest.from + key!.text.length;
        while (valueFrom < rest.to && ' \t\r\v\f'.includes(joined.text[valueFrom]!)) valueFrom++;
        if (valueFrom >= rest.to) return lacks('value');
        const value = wordOf(joined, valueFrom, rest.to);
        return { ...base, keyword: keyword as 'ENV' | 'LABEL', pairs: [{ key: key!, value }], legacy: true };
      }
      const pairs: { key: Word; value: Word }[] = [];
      for (const word of words) {
        const pair = splitPair(joined, word);
        if (pair === undefined) {
          const { text, span: where } = wordOf(joined, word.from, word.to);
          return refuse('dockerfile/pair-form', { instruction: keyword, word: text }, where);
        }
        if (pair.key.text === '')
          return refuse('dockerfile/name-blank', { instruction: keyword }, spanOf(joined, word.from, word.to));
        pairs.push(pair);
      }
      return { ...base, keyword: keyword as 'ENV' | 'LABEL', pairs, legacy: false };
    }
    case 'ARG': {
      const words = quotedWords(joined, sign, rest);
      if (words.length === 0) return lacks('one');
      const args: { name: Word; value?: Word }[] = [];
      for (const word of words) {
        const pair = splitPair(joined, word);
        if (pair?.key.text === '')
          return refuse('dockerfile/name-blank', { instruction: keyword }, spanOf(joined, word.from, word.to));
        args.push(
          pair === undefined ? { name: wordOf(joined, word.from, word.to) } : { name: pair.key, value: pair.value },
        );
      }
      return { ...base, keyword: 'ARG', args };
    }
    case 'WORKDIR':
    case 'USER':
    case 'STOPSIGNAL':
    case 'MAINTAINER':
      if (empty) return lacks('exactly-one');
      return { ...base, keyword: keyword as 'WORKDIR' | 'USER' | 'STOPSIGNAL' | 'MAINTAINER', value: single() };
    case 'EXPOSE':
    case 'VOLUME': {
      const values = json.kind === 'words' ? json.words : plainWords(joined, rest);
      if (values.length === 0) return lacks('one');
      if (keyword === 'VOLUME') {
        if (json.kind === 'none') command(rest, json);
        const blank = values.find(({ text }) => text.trim() === '');
        if (blank !== undefined) return refuse('dockerfile/name-blank', { instruction: keyword }, blank.span);
      }
      return { ...base, keyword: keyword as 'EXPOSE' | 'VOLUME', values };
    }
    case 'ONBUILD': {
      const inner = draftTrigger(draft);
      if (inner === undefined) return lacks('one');
      if (inner.keyword === 'ONBUILD' || inner.keyword === 'FROM' || inner.keyword === 'MAINTAINER') {
        return refuse('dockerfile/onbuild-forbidden', { trigger: inner.keyword }, inner.name.span);
      }
      const trigger = readInstruction(inner, { span, heredocs, problems });
      const bodies = heredocs.map(({ name, body }) => `\n${body}${name}`).join('');
      const expression = original.replace(/^\s*ONBUILD\s*/i, '') + bodies;
      return { ...base, keyword: 'ONBUILD', trigger, expression };
    }
    case 'HEALTHCHECK': {
      let typeEnd = rest.from;
      while (typeEnd < rest.to && joined.text[typeEnd]!.trim() !== '') typeEnd++;
      const type = wordOf(joined, rest.from, typeEnd);
      let from = typeEnd;
      while (from < rest.to && joined.text[from]!.trim() === '') from++;
      const bounds = { from, to: rest.to };
      const form = jsonWords(joined, bounds);
      if (empty) return lacks('one');
      if (form.kind === 'other')
        return refuse('dockerfile/json-not-strings', { instruction: keyword }, spanOf(joined, from, rest.to));
      const kind = type.text.toUpperCase();
      const some = from < rest.to && !(form.kind === 'words' && form.words.length === 0);
      if (kind === 'NONE' && from >= rest.to) return { ...base, keyword: 'HEALTHCHECK', none: true };
      if (kind !== 'CMD' || !some) return refuse('dockerfile/healthcheck-form', { type: type.text }, type.span);
      return { ...base, keyword: 'HEALTHCHECK', none: false, command: command(bounds, form) };
    }
  }
}

/** `key=value` at its first `=`; undefined without one. */
function splitPair(joined: Joined, { from, to }: Rest): { readonly key: Word; readonly value: Word } | undefined {
  const equals = joined.text.slice(from, to).indexOf('=');
  if (equals < 0) return undefined;
  return { key: wordOf(joined, from, from + equals), value: wordOf(joined, from + equals + 1, to) };
}
