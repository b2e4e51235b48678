import { formatPlatform, type Location, type Platform } from '../../core/index.ts';
import { type Arg, type ExpandOptions, expandWord, type Lookup, type Word } from '../../dockerfile/index.ts';
import { failure } from '../../messages/index.ts';

/** PATH of an image built from scratch (BuildKit util/system DefaultPathEnvUnix). */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * ARGs that a build takes without a declaration, for proxies (Dockerfile reference, Predefined ARGs). Their values
 * say something about the machine that built, so they are in no history and no key.
 */
export function isProxyArg(name: string): boolean {
  return /^(?:https?|ftp|no|all)_proxy$/i.test(name);
}

/** The automatic variables (Dockerfile reference, Automatic platform ARGs in the global scope). */
export function platformArgs(ask: {
  readonly build: Platform;
  readonly target: Platform;
  readonly stage: string;
}): ReadonlyMap<string, string> {
  const of = (prefix: string, platform: Platform): [string, string][] => [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}OSVERSION`, platform.osVersion ?? ''],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ''],
  ];
  return new Map([...of('BUILD', ask.build), ...of('TARGET', ask.target), ['TARGETSTAGE', ask.stage]]);
}

/** How words of one file are expanded, with its escape character and its places. */
export interface Words {
  readonly escape: '\\' | '`';
  at(word: Word): Location;
}

/** A word with its variables in and its quotes out. Throws where BuildKit would refuse it. */
export function expandText(word: Word, lookup: Lookup, words: Words, options: ExpandOptions = {}): string {
  return expanded(word, lookup, words, options).text;
}

/** The same, split at white space behind the expansion: EXPOSE. */
export function expandWords(word: Word, lookup: Lookup, words: Words): readonly string[] {
  return expanded(word, lookup, words, {}).words;
}

function expanded(word: Word, lookup: Lookup, words: Words, options: ExpandOptions) {
  const result = expandWord(word.text, lookup, { escape: words.escape, ...options });
  if (result.ok) return result;
  const { problem } = result;
  const detail = problem.kind === 'required' ? `${problem.name}: ${problem.message}` : problem.kind;
  throw failure('plan/not-expandable', { text: word.text, detail }, words.at(word), 'request');
}

/** The ARGs before the first FROM, over the automatic ones: what FROM may use. */
export function globalArgs(
  args: readonly Arg[],
  given: Readonly<Record<string, string>>,
  automatic: ReadonlyMap<string, string>,
  words: Words,
): ReadonlyMap<string, string> {
  const known = new Map(automatic);
  for (const instruction of args) {
    for (const { name, value } of instruction.args) {
      const key = expandText(name, (text) => known.get(text), words);
      const wanted = Object.hasOwn(given, key)
        ? given[key]
        : value === undefined
          ? known.get(key)
          : expandText(value, (text) => known.get(text), words);
      if (wanted !== undefined) known.set(key, wanted);
    }
  }
  return known;
}
