import { PatternProblem, replaceMatches, trimMatch } from './expand-pattern.ts';
import { isSpace } from './source.ts';

/** What a variable holds; undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Why a word cannot be expanded. */
export type ExpansionProblem =
  | { readonly kind: 'single-quote' | 'double-quote' | 'brace' | 'slash' | 'substitution' | 'depth' }
  | { readonly kind: 'modifier'; readonly modifier: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** `${NAME:?message}`: `empty` says which of the two checks failed. The message is the author's own. */
  | { readonly kind: 'required'; readonly name: string; readonly empty: boolean; readonly message: string };

interface Seen {
  /** Variables that were asked for and are set. */
  readonly used: ReadonlySet<string>;
  /** Variables that were asked for and are not set, also those with a default. */
  readonly unset: ReadonlySet<string>;
}

export type Expansion =
  | (Seen & { readonly ok: true; readonly text: string; readonly words: readonly string[] })
  | (Seen & { readonly ok: false; readonly problem: ExpansionProblem });

export interface ExpandOptions {
  /** The file's escape character. Heredoc bodies always use the backslash. */
  readonly escape?: '\\' | '`';
  /** Quotes stay in the text. */
  readonly rawQuotes?: boolean;
  /** Escape characters stay in the text. */
  readonly rawEscapes?: boolean;
  /** Quotes mean nothing: for heredoc bodies. */
  readonly ignoreQuotes?: boolean;
  /** Variables that are not set stay as they are written. */
  readonly keepUnset?: boolean;
}

/** Deeper nesting of `${…}` than any person writes is refused, so that no input can exhaust the stack. */
const MAX_DEPTH = 200;

class Stop extends Error {
  readonly problem: ExpansionProblem;
  constructor(problem: ExpansionProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/**
 * Expands variables and removes quotes and escapes, exactly as BuildKit's lexer does
 * (frontend/dockerfile/shell/lex.go). `words` is the same, split at white space behind the expansion.
 */
export function expandWord(source: string, lookup: Lookup, options: ExpandOptions = {}): Expansion {
  const lexer = new Lexer(source, lookup, options);
  try {
    const { text, words } = lexer.until(undefined, options.rawEscapes === true);
    return { ok: true, text, words, used: lexer.used, unset: lexer.unset };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { ok: false, problem: error.problem, used: lexer.used, unset: lexer.unset };
  }
}

/** The variables that a word asks for, in the order of their first use. Empty for a constant. */
export function variablesOf(source: string, options: ExpandOptions = {}): readonly string[] {
  const names = new Set<string>();
  const note: Lookup = (name) => {
    names.add(name);
    return undefined;
  };
  expandWord(source, note, options);
  return [...names];
}

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;
const SPECIAL = '@*#?-$!0';

/** The words that are being collected. Their buffer is shared by nested `${…}`, as in BuildKit. */
interface Words {
  readonly list: string[];
  inWord: boolean;
}

class Lexer {
  readonly used = new Set<string>();
  readonly unset = new Set<string>();
  readonly #source: string;
  readonly #lookup: Lookup;
  readonly #options: ExpandOptions;
  readonly #escape: string;
  #at: number;
  #rawEscapes: boolean;
  #depth = 0;
  /** BuildKit has one buffer for all levels and empties it at each: `a${b:-c}` splits into `c`. */
  #buffer = '';

  constructor(source: string, lookup: Lookup, options: ExpandOptions) {
    this.#source = source;
    this.#lookup = lookup;
    this.#options = options;
    this.#escape = options.escape ?? '\\';
    this.#rawEscapes = options.rawEscapes === true;
    // Go's text/scanner drops a byte order mark at the beginning.
    this.#at = source.startsWith('\uFEFF') ? 1 : 0;
  }

  #peek(): string | undefined {
    const point = this.#source.codePointAt(this.#at);
    return point === undefined ? undefined : String.fromCodePoint(point);
  }

  #next(): string | undefined {
    const character = this.#peek();
    if (character !== undefined) this.#at += character.length;
    return character;
  }

  until(stop: string | undefined, rawEscapes: boolean): { readonly text: string; readonly words: readonly string[] } {
    if (++this.#depth > MAX_DEPTH) throw new Stop({ kind: 'depth' });
    const before = this.#rawEscapes;
    this.#rawEscapes = rawEscapes;
    try {
      return this.#until(stop);
    } finally {
      this.#rawEscapes = before;
      this.#depth--;
    }
  }

  #until(stop: string | undefined): { readonly text: string; readonly words: readonly string[] } {
    let text = '';
    this.#buffer = '';
    const words: Words = { list: [], inWord: false };
    for (let ch = this.#peek(); ch !== undefined; ch = this.#peek()) {
      if (ch === stop) {
        this.#next();
        return { text, words: this.#close(words) };
      }
      if (ch === '$') {
        const value = this.#dollar();
        text += value;
        for (const each of value) this.#add(words, each);
      } else if (ch === '<' || ((ch === "'" || ch === '"') && this.#options.ignoreQuotes !== true)) {
        const value = ch === '<' ? this.#angle() : ch === "'" ? this.#single() : this.#double();
        text += value;
        this.#buffer += value;
        words.inWord = true;
      } else {
        this.#next();
        if (ch !== this.#escape) {
          this.#add(words, ch);
          text += ch;
          continue;
        }
        if (this.#rawEscapes) {
          this.#addRaw(words, ch);
          text += ch;
        }
        const escaped = this.#next();
        if (escaped === undefined) break;
        this.#addRaw(words, escaped);
        text += escaped;
      }
    }
    if (stop !== undefined) throw new Stop({ kind: stop === '/' ? 'slash' : 'brace' });
    return { text, words: this.#close(words) };
  }

  #add(words: Words, character: string): void {
    if (!isSpace(character)) this.#addRaw(words, character);
    else if (words.inWord && this.#buffer !== '') {
      words.list.push(this.#buffer);
      this.#buffer = '';
      words.inWord = false;
    }
  }

  #addRaw(words: Words, text: string): void {
    this.#buffer += text;
    words.inWord = true;
  }

  #close(words: Words): readonly string[] {
    if (this.#buffer !== '') words.list.push(this.#buffer);
    this.#buffer = '';
    words.inWord = false;
    return words.list;
  }

  #single(): string {
    const raw = this.#options.rawQuotes === true;
    this.#next();
    const end = this.#source.indexOf("'", this.#at);
    if (end < 0) throw new Stop({ kind: 'single-quote' });
    const text = this.#source.slice(this.#at, end);
    this.#at = end + 1;
    return raw ? `'${text}'` : text;
  }

  #double(): string {
    let text = this.#options.rawQuotes === true ? '"' : '';
    this.#next();
    for (;;) {
      const ch = this.#peek();
      if (ch === undefined) throw new Stop({ kind: 'double-quote' });
      if (ch === '$') {
        text += this.#dollar();
        continue;
      }
      this.#next();
      if (ch === '"') return this.#options.rawQuotes === true ? `${text}"` : text;
      if (ch !== this.#escape) {
        text += ch;
        continue;
      }
      if (this.#rawEscapes) text += ch;
      const following = this.#peek();
      if (following === undefined) continue;
      if (following === '"' || following === '$' || following === this.#escape) text += this.#next();
      else text += ch;
    }
  }

  /** `<<` and the white space behind it stay together, so that `<< EOF` is one word. */
  #angle(): string {
    this.#next();
    if (this.#peek() !== '<') return '<';
    this.#next();
    const from = this.#at;
    for (let ch = this.#peek(); ch === ' ' || ch === '\t' || ch === '\r'; ch = this.#peek()) this.#next();
    return `<<${this.#source.slice(from, this.#at)}`;
  }

  #name(): string {
    const from = this.#at;
    const first = this.#peek();
    if (first !== undefined && DIGIT.test(first)) {
      for (let ch = this.#peek(); ch !== undefined && DIGIT.test(ch); ch = this.#peek()) this.#next();
    } else if (first !== undefined && SPECIAL.includes(first)) {
      this.#next();
    } else {
      for (let ch = this.#peek(); ch !== undefined; ch = this.#peek()) {
        if (ch !== '_' && !LETTER.test(ch) && !DIGIT.test(ch)) break;
        this.#next();
      }
    }
    return this.#source.slice(from, this.#at);
  }

  #get(name: string): string | undefined {
    const value = this.#lookup(name);
    (value === undefined ? this.unset : this.used).add(name);
    return value;
  }

  #dollar(): string {
    this.#next();
    const keep = this.#options.keepUnset === true;
    if (this.#peek() !== '{') {
      const name = this.#name();
      if (name === '') return '$';
      return this.#get(name) ?? (keep ? `$${name}` : '');
    }
    this.#next();
    const first = this.#peek();
    if (first === undefined) throw new Stop({ kind: 'brace' });
    if (first === '{' || first === '}' || first === ':') throw new Stop({ kind: 'substitution' });
    const name = this.#name();
    const sign = this.#next();
    if (sign === '}') return this.#get(name) ?? (keep ? `\${${name}}` : '');
    if (sign === '/') return this.#replace(name, keep);
    if (sign === undefined) throw new Stop({ kind: 'brace' });
    if (!':+-?#%'.includes(sign)) throw new Stop({ kind: 'modifier', modifier: sign });
    return this.#modified(name, sign, keep);
  }

  #modified(name: string, sign: string, keep: boolean): string {
    const emptyCounts = sign === ':';
    const operator = emptyCounts ? this.#next() : sign;
    const written = emptyCounts ? `:${operator ?? ''}` : sign;
    const isPattern = operator === '#' || operator === '%';
    if (emptyCounts && isPattern) throw new Stop({ kind: 'modifier', modifier: written });
    const { text: word } = this.until('}', isPattern);
    const value = this.#get(name);
    if (value === undefined && keep) return `\${${name}${written}${word}}`;
    const missing = value === undefined || (emptyCounts && value === '');
    switch (operator) {
      case '-':
        return missing ? word : value;
      case '+':
        return missing ? '' : word;
      case '?':
        if (missing) throw new Stop({ kind: 'required', name, empty: value !== undefined, message: word });
        return value;
      case '#':
      case '%': {
        const longest = word.startsWith(operator);
        const pattern = longest ? word.slice(1) : word;
        return this.#pattern(pattern, () =>
          trimMatch(value ?? '', pattern, { longest, end: operator === '%' ? 'suffix' : 'prefix' }),
        );
      }
      default:
        throw new Stop({ kind: 'modifier', modifier: written });
    }
  }

  #replace(name: string, keep: boolean): string {
    const all = this.#peek() === '/';
    if (all) this.#next();
    const { text: pattern } = this.until('/', true);
    const { text: replacement } = this.until('}', true);
    const value = this.#get(name);
    if (value === undefined && keep) return `\${${name}/${pattern}/${replacement}}`;
    return this.#pattern(pattern, () => replaceMatches(value ?? '', pattern, replacement, { all }));
  }

  #pattern(pattern: string, apply: () => string): string {
    try {
      return apply();
    } catch (error) {
      if (error instanceof PatternProblem) throw new Stop({ kind: 'pattern', pattern });
      throw error;
    }
  }
}
