import { type Extent, MAX_DEFINITION_CHARACTERS, type Tree } from './tree.ts';

/** A block of Terraform or bake: `resource "aws_lambda_function" "api" { … }`. */
export interface HclBlock extends Extent {
  readonly type: string;
  readonly labels: readonly string[];
  /** Its attributes; blocks within it as lists of maps, as a plan of Terraform has them. */
  readonly body: Tree;
}

/** Stand as tags of what only an evaluation would tell: `var.cpu`, `a ? b : c`, and a text with `${…}` in it. */
export const EXPRESSION = '!expression';
export const TEMPLATE = '!template';

/** Written by a person, nothing is as deep. */
const MAX_DEPTH = 60;

/**
 * The blocks of a text in HashiCorp's language (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md, read
 * 2026-11-29), with the places of their values. Nothing is evaluated. Never throws: what is no HCL is passed over.
 */
export function readHcl(text: string): readonly HclBlock[] {
  if (text.length > MAX_DEFINITION_CHARACTERS) return [];
  return new Reader(text).file();
}

/** The attributes beside its blocks: what bake takes for variables that nobody sets from outside. */
export function readHclAttributes(text: string): ReadonlyMap<string, Tree> {
  const attributes = new Map<string, Tree>();
  if (text.length <= MAX_DEFINITION_CHARACTERS) new Reader(text).file(attributes);
  return attributes;
}

class Reader {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  file(attributes = new Map<string, Tree>()): readonly HclBlock[] {
    const found: HclBlock[] = [];
    while (this.at < this.text.length) {
      const from = this.at;
      const block = this.item(attributes, 0);
      if (block !== undefined) found.push(block);
      // A bracket that nothing opened.
      if (this.at === from) this.at++;
    }
    return found;
  }

  /** An attribute, which goes into `entries`, or a block; nothing where neither begins here. */
  private item(entries: Map<string, Tree>, depth: number): HclBlock | undefined {
    this.skip(true);
    const offset = this.at;
    const name = this.name() ?? this.quotedWord();
    if (name === undefined) return void this.toEndOfLine();
    this.skip(false);
    if (this.text[this.at] === '=' && this.text[this.at + 1] !== '=') {
      this.at++;
      const value = this.value(depth);
      entries.set(name, entries.has(name) ? { offset, end: this.at, kind: 'unreadable' } : value);
      return undefined;
    }
    const labels: string[] = [];
    while (this.text[this.at] !== '{') {
      const label = this.name() ?? this.quotedWord();
      if (label === undefined) return void this.toEndOfLine();
      labels.push(label);
      this.skip(false);
    }
    this.at++;
    const body = this.body(depth + 1);
    return { type: name, labels, body, offset, end: Math.min(this.at, this.text.length) };
  }

  /** Up to the bracket that closes it, or to the end. */
  private body(depth: number): Tree {
    const offset = this.at - 1;
    const entries = new Map<string, Tree>();
    const blocks = new Map<string, Tree[]>();
    while (!this.ends('}')) {
      if (this.isNextBlock()) break;
      const from = this.at;
      if (depth > MAX_DEPTH) this.at++;
      else {
        const block = this.item(entries, depth);
        if (block !== undefined) {
          // Each of `dynamic "name"` is made when it is applied, from what is not seen.
          const [type, tree] =
            block.type === 'dynamic'
              ? [block.labels[0] ?? '', { offset: block.offset, end: block.end, kind: 'unreadable' } as const]
              : [block.type, block.body];
          const same = blocks.get(type);
          if (same === undefined) blocks.set(type, [tree]);
          else same.push(tree);
        }
      }
      if (this.at === from) this.at++;
    }
    for (const [type, items] of blocks)
      if (!entries.has(type))
        entries.set(type, { offset: items[0]!.offset, end: items.at(-1)!.end, kind: 'list', items });
    return { offset, end: this.at, kind: 'map', entries };
  }

  /** At the beginning of a line, where a person writes none that is within another: this one was not closed. */
  private isNextBlock(): boolean {
    const head =
      /(?:resource|data|module|variable|output|provider|target|group)[ \t]+"[^"\n]*"[^=\n]*\{|locals[ \t]*\{/y;
    head.lastIndex = this.at;
    return this.text[this.at - 1] === '\n' && head.test(this.text);
  }

  private value(depth: number): Tree {
    this.skip(false);
    const offset = this.at;
    const tree = depth > MAX_DEPTH ? undefined : this.primary(depth + 1);
    const end = this.at;
    this.skip(false);
    if (tree !== undefined && this.isEnd()) {
      this.at = end;
      return tree;
    }
    // More than one value: an operation, a condition, an access.
    this.at = offset;
    this.expression();
    const text = this.text.slice(offset, this.at).trimEnd();
    return { offset, end: offset + text.length, tag: EXPRESSION, kind: 'scalar', value: text, text };
  }

  private isEnd(): boolean {
    const char = this.text[this.at];
    return char === undefined || char === '\n' || char === '\r' || ',}])'.includes(char);
  }

  private primary(depth: number): Tree | undefined {
    const offset = this.at;
    const char = this.text[offset];
    if (char === '"') return this.quoted();
    if (char === '[') return this.list(depth);
    if (char === '{') return this.object(depth);
    if (this.text.startsWith('<<', offset)) return this.heredoc();
    const word = /(?:true|false|null|-?\d+(?:\.\d+)?)(?![\w.(])/y;
    word.lastIndex = offset;
    const literal = word.exec(this.text)?.[0];
    if (literal !== undefined) {
      this.at += literal.length;
      const value: unknown = JSON.parse(literal.replace(/^(-?)0+(?=\d)/, '$1'));
      return { offset, end: this.at, kind: 'scalar', value, text: literal };
    }
    if (/[A-Za-z_]/.test(char ?? '')) {
      const name = this.name();
      // A text of JSON made from a value: the value says it.
      if (name === 'jsonencode' && this.text[this.at] === '(') {
        this.at++;
        this.skip(true);
        const inner = this.value(depth);
        this.skip(true);
        if (this.text[this.at] !== ')') return undefined;
        this.at++;
        return inner;
      }
    }
    return undefined;
  }

  /** A text in quotes; with `${…}` or `%{…}` in it, a template. */
  private quoted(): Tree {
    const offset = this.at++;
    let isTemplate = false;
    while (this.at < this.text.length && this.text[this.at] !== '"' && this.text[this.at] !== '\n') {
      const char = this.text[this.at];
      if (char === '\\') this.at += 2;
      else if ((char === '$' || char === '%') && this.text[this.at + 1] === '{') {
        if (this.text[this.at - 1] === char) {
          this.at += 2;
          continue;
        }
        isTemplate = true;
        this.at += 2;
        this.bracketed('}', 1);
      } else this.at++;
    }
    const inner = this.text.slice(offset + 1, Math.min(this.at, this.text.length));
    this.at = Math.min(this.at + 1, this.text.length);
    const text = isTemplate ? inner : unescaped(inner);
    return { offset, end: this.at, kind: 'scalar', value: text, text, ...(isTemplate ? { tag: TEMPLATE } : {}) };
  }

  private heredoc(): Tree | undefined {
    const mark = /<<-?([A-Za-z_][\w-]*)[ \t]*\r?\n/y;
    mark.lastIndex = this.at;
    const found = mark.exec(this.text);
    if (found === null) return undefined;
    const offset = this.at + found[0].length;
    let line = offset;
    let end = this.text.length;
    let after = end;
    while (line < this.text.length) {
      const next = this.text.indexOf('\n', line);
      const to = next < 0 ? this.text.length : next;
      if (this.text.slice(line, to).trim() === found[1]) {
        [end, after] = [line, to];
        break;
      }
      line = next < 0 ? this.text.length : next + 1;
    }
    this.at = after;
    const text = this.text.slice(offset, end);
    const tag = /(?<![$%])[$%]\{/.test(text) ? { tag: TEMPLATE } : {};
    return { offset, end, kind: 'scalar', value: text, text, ...tag };
  }

  private list(depth: number): Tree | undefined {
    const offset = this.at++;
    const items: Tree[] = [];
    while (!this.ends(']')) {
      if (this.isFor()) return undefined;
      items.push(this.value(depth));
      this.skip(true);
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== ']') return undefined;
    }
    return { offset, end: this.at, kind: 'list', items };
  }

  private object(depth: number): Tree | undefined {
    const offset = this.at++;
    const entries = new Map<string, Tree>();
    while (!this.ends('}')) {
      if (this.isFor()) return undefined;
      const key = this.name() ?? this.quotedWord();
      this.skip(true);
      if (key === undefined || !/[=:]/.test(this.text[this.at] ?? '')) return undefined;
      this.at++;
      const value = this.value(depth);
      entries.set(key, entries.has(key) ? { offset: value.offset, end: value.end, kind: 'unreadable' } : value);
      this.skip(true);
      if (this.text[this.at] === ',') this.at++;
    }
    return { offset, end: this.at, kind: 'map', entries };
  }

  /** Whether what was opened ends here: with its bracket, or with the text. */
  private ends(close: string): boolean {
    this.skip(true);
    if (this.text[this.at] !== close) return this.at >= this.text.length;
    this.at++;
    return true;
  }

  private isFor(): boolean {
    const word = /for\s/y;
    word.lastIndex = this.at;
    return word.test(this.text);
  }

  /** To where the value must end: behind all brackets that it opens. */
  private expression(): void {
    while (this.at < this.text.length && !this.isEnd()) {
      const char = this.text[this.at] ?? '';
      if (this.isComment()) return;
      if (char === '"') this.quoted();
      else if ('([{'.includes(char)) {
        this.at++;
        this.bracketed(char === '(' ? ')' : char === '[' ? ']' : '}', 1);
      } else if (this.text.startsWith('<<', this.at) && this.heredoc() !== undefined) continue;
      else this.at++;
    }
  }

  /** Behind the bracket that closes one that is open; texts in it may hold others. */
  private bracketed(close: string, depth: number): void {
    while (this.at < this.text.length) {
      const char = this.text[this.at] ?? '';
      if (char === close) {
        this.at++;
        return;
      }
      if (char === '"' && depth < MAX_DEPTH) {
        this.nestedText(depth);
      } else if ('([{'.includes(char) && depth < MAX_DEPTH) {
        this.at++;
        this.bracketed(char === '(' ? ')' : char === '[' ? ']' : '}', depth + 1);
      } else if (this.isComment()) this.toEndOfLine();
      else this.at++;
    }
  }

  private nestedText(depth: number): void {
    this.at++;
    while (this.at < this.text.length && this.text[this.at] !== '"') {
      if (this.text[this.at] === '\n') return;
      if (this.text[this.at] === '\\') this.at += 2;
      else if (this.text.startsWith('${', this.at)) {
        this.at += 2;
        this.bracketed('}', depth + 1);
      } else this.at++;
    }
    this.at = Math.min(this.at + 1, this.text.length);
  }

  private name(): string | undefined {
    const word = /[A-Za-z_][\w-]*/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private quotedWord(): string | undefined {
    const tree = this.text[this.at] === '"' ? this.quoted() : undefined;
    return tree?.kind === 'scalar' ? tree.text : undefined;
  }

  private isComment(): boolean {
    return (
      this.text[this.at] === '#' ||
      (this.text[this.at] === '/' && (this.text[this.at + 1] === '/' || this.text[this.at + 1] === '*'))
    );
  }

  /** Blanks and comments; line ends too where they mean nothing. */
  private skip(lines: boolean): void {
    for (;;) {
      const char = this.text[this.at];
      if (char === ' ' || char === '\t' || char === '\r' || (lines && char === '\n')) this.at++;
      else if (char !== undefined && this.isComment()) {
        if (this.text[this.at + 1] === '*' && char === '/') {
          const close = this.text.indexOf('*/', this.at + 2);
          this.at = close < 0 ? this.text.length : close + 2;
        } else this.toEndOfLine();
      } else return;
    }
  }

  private toEndOfLine(): void {
    const next = this.text.indexOf('\n', this.at);
    this.at = next < 0 ? this.text.length : next;
  }
}

const unescaped = (text: string): string =>
  text
    .replace(/\\([nrt"\\])/g, (_, char: string) => ({ n: '\n', r: '\r', t: '\t' })[char] ?? char)
    .replace(/([$%])\1\{/g, '$1{');
