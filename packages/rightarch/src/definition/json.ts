import type { Tree } from './tree.ts';

/** Deeper than any definition, and far from the end of the stack. */
const MAX_DEPTH = 100;

/**
 * JSON as trees: what a reader of YAML would give, in a tenth of the time, because the templates that programs write are
 * large. Undefined where it is no JSON; then it may be YAML that begins with a bracket.
 */
export function readJson(text: string): Tree | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const reader = new Reader(text);
  try {
    const tree = reader.value(0);
    reader.skip();
    return reader.at === text.length ? tree : undefined;
  } catch (error) {
    if (error instanceof NoJson) return undefined;
    throw error;
  }
}

class NoJson extends Error {}
/** Thrown for what is left to the other reader, which is no rare case: it needs no stack. */
const NO_JSON = new NoJson();

const LITERALS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

class Reader {
  at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): Tree {
    if (depth > MAX_DEPTH) throw NO_JSON;
    this.skip();
    const offset = this.at;
    switch (this.text[offset]) {
      case '{':
        return this.map(depth);
      case '[':
        return this.list(depth);
      case '"': {
        const value = this.string();
        return { offset, end: this.at, kind: 'scalar', value, text: value };
      }
      default:
        return this.literal();
    }
  }

  skip(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) this.at++;
      else return;
    }
  }

  private map(depth: number): Tree {
    const offset = this.at++;
    const entries = new Map<string, Tree>();
    this.skip();
    if (this.text[this.at] === '}') this.at++;
    else
      for (;;) {
        this.skip();
        if (this.text[this.at] !== '"') throw NO_JSON;
        const name = this.string();
        this.skip();
        if (this.text[this.at++] !== ':') throw NO_JSON;
        const value = this.value(depth + 1);
        // Written twice: nobody can say which value counts.
        entries.set(name, entries.has(name) ? { offset: value.offset, end: value.end, kind: 'unreadable' } : value);
        if (this.ends('}')) break;
      }
    return { offset, end: this.at, kind: 'map', entries };
  }

  private list(depth: number): Tree {
    const offset = this.at++;
    const items: Tree[] = [];
    this.skip();
    if (this.text[this.at] === ']') this.at++;
    else
      do items.push(this.value(depth + 1));
      while (!this.ends(']'));
    return { offset, end: this.at, kind: 'list', items };
  }

  /** Behind a member: whether it was the last. */
  private ends(close: string): boolean {
    this.skip();
    const char = this.text[this.at++];
    if (char !== close && char !== ',') throw NO_JSON;
    return char === close;
  }

  private string(): string {
    const from = this.at;
    let end = from + 1;
    let isPlain = true;
    for (;;) {
      const code = this.text.charCodeAt(end);
      if (code === 0x22) break;
      // A line end, a control character or the end of the text is in no string.
      if (Number.isNaN(code) || code < 0x20) throw NO_JSON;
      if (code === 0x5c) {
        isPlain = false;
        end++;
      }
      end++;
    }
    this.at = end + 1;
    if (isPlain) return this.text.slice(from + 1, end);
    try {
      return JSON.parse(this.text.slice(from, end + 1)) as string;
    } catch {
      throw NO_JSON;
    }
  }

  private literal(): Tree {
    const word = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
    word.lastIndex = this.at;
    const text = word.exec(this.text)?.[0];
    if (text === undefined) throw NO_JSON;
    const offset = this.at;
    this.at += text.length;
    const value = Object.hasOwn(LITERALS, text) ? LITERALS[text] : Number(text);
    return { offset, end: this.at, kind: 'scalar', value, text };
  }
}
