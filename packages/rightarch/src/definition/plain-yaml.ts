import type { Extent, Tree } from './tree.ts';

/** Deeper than any definition, and far from the end of the stack. */
const MAX_DEPTH = 50;

/** YAML takes no longer key in one line (https://yaml.org/spec/1.2.2/#742-flow-mappings): 1,024 characters, with what stands around it. */
const MAX_KEY = 1_000;

/** What is left to the other reader wherever it stands: tabs and line ends of Windows change what lines mean. */
const FOREIGN = /[\t\r\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]/;

/** A word that is a key: what could be a number, a truth or nothing is left to the other reader. */
const KEY = /(?:[A-Za-z_$/]|\.(?!inf|nan)[A-Za-z_])(?:[\w./$@+()*-]|:(?=[^\s]))*(?: [\w./$@+()-]+)*(?=:(?: |\n|$))/iy;
const NO_NAME = /^(?:true|false|null)$/i;

const PLAIN_IN_FLOW = /[A-Za-z0-9_$/.~][\w.$/@+*()=-]*(?::[\w.$/@+*()=-]+)*(?: [\w.$/@+()=-]+)*/y;
const BEGINS_PLAIN = /[\w$/.~+(<=^;\\\u00a0-\uffff]|-(?=[^\s])/y;
const DOUBLE_QUOTED = /"(?:[^"\\\n]|\\["\\/bfnrt])*"/y;
const SINGLE_QUOTED = /'(?:[^'\n]|'')*'/y;
const BLOCK = /\|(-?) *(?:\n|$)/y;

/**
 * YAML as people and programs mostly write it, as trees: block maps and lists, values that stand on one line, texts below
 * a `|`. What the reader of all of YAML would give, in an eighth of the time. Undefined for whatever else stands there,
 * mistakes too: the other reader then says what it means.
 */
export function readPlainYaml(text: string): readonly Tree[] | undefined {
  if (FOREIGN.test(text)) return undefined;
  try {
    return new Reader(text).documents();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class NotPlain extends Error {}
/** Thrown for what is left to the other reader, which is no rare case: it needs no stack. */
const NOT_PLAIN = new NotPlain();

class Reader {
  private readonly text: string;
  private at = 0;
  private lineStart = 0;
  /** Of the line that is next; -1 at the end of a document. */
  private indent = 0;
  /** Whether lines that hold a comment alone were passed over before it. */
  private isBehindComment = false;
  /** Behind what belongs to the node that was read last: its line. */
  private behind = 0;

  constructor(text: string) {
    this.text = text;
  }

  documents(): readonly Tree[] {
    const roots: Tree[] = [];
    this.seek(0);
    if (this.indent < 0 && this.at < this.text.length) this.mark();
    for (;;) {
      if (this.indent !== 0) throw NOT_PLAIN;
      roots.push(this.block(0));
      if (this.indent >= 0) throw NOT_PLAIN;
      if (this.at === this.text.length) return roots;
      this.mark();
    }
  }

  /** Behind a `---` that stands alone. */
  private mark(): void {
    const end = this.endOfLine();
    if (this.text.slice(this.at, end).trimEnd() !== '---') throw NOT_PLAIN;
    this.seek(end + 1);
  }

  private endOfLine(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end;
  }

  /** Goes to the next line that holds more than a comment. */
  private seek(from: number): void {
    const { text } = this;
    let start = from;
    let deepest = -1;
    for (;;) {
      let at = start;
      while (text.charCodeAt(at) === 0x20) at++;
      const code = text.charCodeAt(at);
      const depth = at - start;
      if (code === 0x23) deepest = Math.max(deepest, depth);
      if (code === 0x23 || code === 0x0a) {
        const end = code === 0x0a ? at : text.indexOf('\n', at);
        start = end < 0 ? text.length : end + 1;
        continue;
      }
      const isEnd = at >= text.length;
      const isMark = depth === 0 && (text.startsWith('---', at) || text.startsWith('...', at));
      // A comment that is deeper than what follows belongs to what is before it, and where that ends is another question.
      if (deepest > (isEnd ? 0 : depth) || (isEnd && depth > 0)) throw NOT_PLAIN;
      this.at = isEnd ? text.length : at;
      this.lineStart = start;
      this.indent = isEnd || isMark ? -1 : depth;
      this.isBehindComment = deepest >= 0;
      return;
    }
  }

  private block(depth: number): Tree {
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    return this.isItem() ? this.list(this.indent, depth) : this.map(this.indent, depth);
  }

  private isItem(): boolean {
    const { text, at } = this;
    if (text.charCodeAt(at) !== 0x2d) return false;
    const code = text.charCodeAt(at + 1);
    return code === 0x20 || code === 0x0a || Number.isNaN(code);
  }

  private map(column: number, depth: number): Tree {
    const offset = this.at;
    const entries = new Map<string, Tree>();
    do {
      const name = this.key();
      if (name === undefined) throw NOT_PLAIN;
      this.at++;
      const value = this.value(column, depth, true);
      // Written twice: nobody can say which value counts.
      entries.set(name, entries.has(name) ? { offset: value.offset, end: value.end, kind: 'unreadable' } : value);
    } while (this.indent === column);
    if (this.indent > column) throw NOT_PLAIN;
    return { offset, end: this.behind, kind: 'map', entries };
  }

  private list(column: number, depth: number): Tree {
    const offset = this.at;
    const items: Tree[] = [];
    do {
      this.at++;
      items.push(this.item(column, depth));
    } while (this.indent === column && this.isItem());
    if (this.indent > column) throw NOT_PLAIN;
    // Of a list that is no deeper than its key, a comment behind it may be its own.
    if (this.indent === column && this.isBehindComment && column > 0) throw NOT_PLAIN;
    return { offset, end: this.behind, kind: 'list', items };
  }

  private item(column: number, depth: number): Tree {
    const { text } = this;
    let at = this.at;
    while (text.charCodeAt(at) === 0x20) at++;
    const before = this.at;
    this.at = at;
    if (this.isItem()) throw NOT_PLAIN;
    // A map whose first key stands behind the dash.
    const isMap = this.key() !== undefined;
    this.at = isMap ? at : before;
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    return isMap ? this.map(at - this.lineStart, depth + 1) : this.value(column, depth, false);
  }

  /** The name at the start of an entry, with `at` then on its colon; undefined where there is none. */
  private key(): string | undefined {
    const { text, at } = this;
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === 0x27) {
      const quoted = match(code === 0x22 ? DOUBLE_QUOTED : SINGLE_QUOTED, text, at);
      if (quoted === undefined) return undefined;
      const colon = at + quoted.length;
      const behind = text[colon + 1];
      if (text[colon] !== ':' || (behind !== ' ' && behind !== '\n' && behind !== undefined)) return undefined;
      if (quoted.length > MAX_KEY) throw NOT_PLAIN;
      this.at = colon;
      return unquoted(quoted);
    }
    const name = match(KEY, text, at);
    if (name === undefined) return undefined;
    if (NO_NAME.test(name) || name.length > MAX_KEY) throw NOT_PLAIN;
    this.at = at + name.length;
    return name;
  }

  /** What stands behind the colon of a key, or behind a dash. */
  private value(column: number, depth: number, isOfKey: boolean): Tree {
    const { text } = this;
    const colon = this.at;
    let at = colon;
    while (text.charCodeAt(at) === 0x20) at++;
    const code = text.charCodeAt(at);
    const isComment = code === 0x23 && at > colon;
    if (isComment || code === 0x0a || at >= text.length) {
      this.seek(this.endOfLine() + 1);
      if (this.indent > column) return this.block(depth + 1);
      if (isOfKey && this.indent === column && this.isItem()) return this.list(column, depth + 1);
      if (at > colon || this.isBehindComment || !isOfKey) throw NOT_PLAIN;
      this.behind = colon;
      return { offset: colon, end: colon, kind: 'scalar', value: null, text: '' };
    }
    if (at === colon) throw NOT_PLAIN;
    this.at = at;
    if (code === 0x7c) return this.literal(column);
    const tree = code === 0x7b || code === 0x5b ? this.flow(depth) : this.scalar(code);
    this.tail(column);
    return tree;
  }

  /** The rest of the line: nothing or a comment. */
  private tail(column: number): void {
    const { text } = this;
    const end = this.endOfLine();
    const rest = text.slice(this.at, end);
    if (rest !== '' && !/^ *$|^ +#/.test(rest)) throw NOT_PLAIN;
    this.behind = Math.min(text.length, end + 1);
    this.seek(end + 1);
    // It goes on there.
    if (this.indent > column) throw NOT_PLAIN;
  }

  private scalar(code: number): Tree {
    const { text, at: offset } = this;
    if (code === 0x22 || code === 0x27) return this.quoted(code);
    BEGINS_PLAIN.lastIndex = offset;
    if (!BEGINS_PLAIN.test(text)) throw NOT_PLAIN;
    const line = text.slice(offset, this.endOfLine());
    const comment = line.indexOf(' #');
    const word = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
    if (word.includes(': ') || word.endsWith(':')) throw NOT_PLAIN;
    this.at = offset + word.length;
    return plain(word, { offset, end: this.at });
  }

  private quoted(code: number): Tree {
    const { text, at: offset } = this;
    const written = match(code === 0x22 ? DOUBLE_QUOTED : SINGLE_QUOTED, text, offset);
    if (written === undefined) throw NOT_PLAIN;
    this.at = offset + written.length;
    const value = unquoted(written);
    return { offset, end: this.at, kind: 'scalar', value, text: value };
  }

  /** `{ a: b }`, `[a, b]` on one line. */
  private flow(depth: number): Tree {
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    const { text, at: offset } = this;
    const code = text.charCodeAt(offset);
    if (code === 0x22 || code === 0x27) return this.quoted(code);
    if (code !== 0x7b && code !== 0x5b) {
      const word = match(PLAIN_IN_FLOW, text, offset);
      if (word === undefined) throw NOT_PLAIN;
      this.at = offset + word.length;
      return plain(word, { offset, end: this.at });
    }
    const close = code === 0x7b ? '}' : ']';
    const entries = new Map<string, Tree>();
    const items: Tree[] = [];
    this.at++;
    this.spaces();
    if (text[this.at] === close) this.at++;
    else
      for (;;) {
        this.spaces();
        if (code === 0x7b) {
          const name = this.key();
          if (name === undefined || entries.has(name) || text[this.at + 1] !== ' ') throw NOT_PLAIN;
          this.at++;
          this.spaces();
          entries.set(name, this.flow(depth + 1));
        } else items.push(this.flow(depth + 1));
        this.spaces();
        const sign = text[this.at++];
        if (sign === close) break;
        if (sign !== ',') throw NOT_PLAIN;
      }
    const extent = { offset, end: this.at };
    return code === 0x7b ? { ...extent, kind: 'map', entries } : { ...extent, kind: 'list', items };
  }

  private spaces(): void {
    while (this.text.charCodeAt(this.at) === 0x20) this.at++;
  }

  /** A text below a `|`, or a `|-`. */
  private literal(column: number): Tree {
    const { text, at: offset } = this;
    BLOCK.lastIndex = offset;
    const head = BLOCK.exec(text);
    if (head === null) throw NOT_PLAIN;
    const lines: string[] = [];
    let own: number | undefined;
    let start = offset + head[0].length;
    let end = start;
    while (start < text.length) {
      const next = text.indexOf('\n', start);
      const stop = next < 0 ? text.length : next;
      let at = start;
      while (text.charCodeAt(at) === 0x20) at++;
      if (at === stop) {
        // Spaces alone are a part of the text where they are more than it is indented by.
        if (at - start > (own ?? 0)) throw NOT_PLAIN;
        lines.push('');
      } else {
        const depth = at - start;
        if (depth <= column) break;
        own ??= depth;
        if (depth < own) throw NOT_PLAIN;
        lines.push(text.slice(start + own, stop));
        end = Math.min(text.length, stop + 1);
      }
      start = stop + 1;
    }
    if (own === undefined) throw NOT_PLAIN;
    while (lines.at(-1) === '') lines.pop();
    const value = `${lines.join('\n')}${head[1] === '-' ? '' : '\n'}`;
    this.behind = end;
    this.seek(end);
    return { offset, end, kind: 'scalar', value, text: value, block: 'literal' };
  }
}

function match(sticky: RegExp, text: string, at: number): string | undefined {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0];
}

const unquoted = (written: string): string => {
  const inner = written.slice(1, -1);
  if (written[0] === "'") return inner.includes("''") ? inner.replaceAll("''", "'") : inner;
  return inner.includes('\\') ? (JSON.parse(written) as string) : inner;
};

/** What a word without quotes means (https://yaml.org/spec/1.2.2/#103-core-schema, read 2026-11-29). */
function plain(text: string, extent: Extent): Tree {
  const { offset, end } = extent;
  return { offset, end, kind: 'scalar', ...meant(text) };
}

function meant(text: string): { readonly value: unknown; readonly text: string } {
  switch (text) {
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return { value: null, text };
    case 'true':
    case 'True':
    case 'TRUE':
      return { value: true, text };
    case 'false':
    case 'False':
    case 'FALSE':
      return { value: false, text };
    default:
      if (!/^[-+.\d]/.test(text)) return { value: text, text };
      if (/^[-+]?\d+$/.test(text)) return { value: Number.parseInt(text, 10), text };
      if (/^[-+]?(?:\.\d+|\d+\.\d*|(?:\.\d+|\d+(?:\.\d*)?)e[-+]?\d+)$/i.test(text))
        return { value: Number.parseFloat(text), text };
      // Octal, hexadecimal, infinite, no number.
      if (/^0[ox]|^[-+]?\.(?:inf|nan)$/i.test(text)) throw NOT_PLAIN;
      return { value: text, text };
  }
}
