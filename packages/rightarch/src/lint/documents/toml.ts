export type TomlValue = string | number | boolean | readonly TomlValue[] | { readonly [key: string]: TomlValue };

/** One `[table]` or `[[table]]` with its own keys; what is above the first has no name. */
export interface TomlTable {
  readonly name: string;
  /** Of its head. */
  readonly offset: number;
  readonly values: ReadonlyMap<string, { readonly value: TomlValue; readonly offset: number }>;
}

/** How deep arrays and inline tables may lie in each other: no lockfile has four. */
const DEEPEST = 50;

class Malformed extends Error {
  readonly offset: number;
  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

/**
 * Reads TOML 1.0 as its tables in their order (toml.io). Dotted keys keep their dots; a date stays text. Enough for
 * lockfiles and pyproject.toml, which programs write and which have thousands of tables.
 */
export function readToml(
  text: string,
): { readonly tables: readonly TomlTable[] } | { readonly problem: string; readonly offset: number } {
  try {
    return { tables: tablesOf(text) };
  } catch (thrown) {
    if (thrown instanceof Malformed) return { problem: thrown.message, offset: thrown.offset };
    throw thrown;
  }
}

function tablesOf(text: string): readonly TomlTable[] {
  const reader = new Reader(text);
  let values = new Map<string, { value: TomlValue; offset: number }>();
  const tables: TomlTable[] = [{ name: '', offset: 0, values }];
  for (reader.skip(); reader.at < text.length; reader.skip()) {
    const offset = reader.at;
    if (text[reader.at] === '[') {
      const double = text[reader.at + 1] === '[';
      reader.at += double ? 2 : 1;
      const name = reader.key(']');
      reader.expect(double ? ']]' : ']');
      values = new Map();
      tables.push({ name, offset, values });
    } else {
      const key = reader.key('=');
      reader.expect('=');
      reader.blanks();
      values.set(key, { value: reader.value(0), offset });
    }
    reader.lineEnd();
  }
  return tables;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' };

class Reader {
  readonly text: string;
  at = 0;
  constructor(text: string) {
    this.text = text;
    if (text.startsWith('\uFEFF')) this.at = 1;
  }

  /** Blanks of a line. */
  blanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at++;
  }

  /** Blanks, ends of lines and comments. */
  skip(): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === ' ' || c === '\t' || c === '\n' || c === '\r') this.at++;
      else if (c === '#') this.comment();
      else return;
    }
  }

  private comment(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  lineEnd(): void {
    this.blanks();
    if (this.text[this.at] === '#') this.comment();
    if (this.text[this.at] === '\r') this.at++;
    if (this.at < this.text.length && this.text[this.at] !== '\n') this.fail('a line goes on where it should end');
  }

  expect(word: string): void {
    this.blanks();
    if (!this.text.startsWith(word, this.at)) this.fail(`\`${word}\` is missing`);
    this.at += word.length;
  }

  fail(problem: string): never {
    throw new Malformed(problem, Math.min(this.at, this.text.length));
  }

  /** A key, dotted or not, up to a mark that is left to the caller. */
  key(until: string): string {
    const parts: string[] = [];
    for (;;) {
      this.blanks();
      const c = this.text[this.at];
      if (c === '"' || c === "'") parts.push(this.string());
      else {
        const from = this.at;
        while (/[\w-]/.test(this.text[this.at] ?? '')) this.at++;
        if (this.at === from) this.fail('a key is missing');
        parts.push(this.text.slice(from, this.at));
      }
      this.blanks();
      if (this.text[this.at] !== '.') break;
      this.at++;
    }
    if (this.text[this.at] !== until) this.fail(`\`${until}\` is missing`);
    return parts.join('.');
  }

  value(depth: number): TomlValue {
    if (depth > DEEPEST) this.fail('it is too deep');
    const c = this.text[this.at];
    if (c === '"' || c === "'") return this.string();
    if (c === '[') return this.array(depth);
    if (c === '{') return this.inline(depth);
    const from = this.at;
    while (/[^\s,\]}#]/.test(this.text[this.at] ?? ' ')) this.at++;
    const word = this.text.slice(from, this.at);
    if (word === '') this.fail('a value is missing');
    if (word === 'true' || word === 'false') return word === 'true';
    return /^[+-]?\d+(?:\.\d+)?$/.test(word) ? Number(word) : word;
  }

  private array(depth: number): readonly TomlValue[] {
    const items: TomlValue[] = [];
    for (this.at++; ; ) {
      this.skip();
      if (this.text[this.at] === ']') {
        this.at++;
        return items;
      }
      items.push(this.value(depth + 1));
      this.skip();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== ']') this.fail('`]` is missing');
    }
  }

  private inline(depth: number): { readonly [key: string]: TomlValue } {
    const entries: [string, TomlValue][] = [];
    for (this.at++; ; ) {
      this.skip();
      if (this.text[this.at] === '}') {
        this.at++;
        return Object.fromEntries(entries);
      }
      const key = this.key('=');
      this.expect('=');
      this.blanks();
      entries.push([key, this.value(depth + 1)]);
      this.skip();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== '}') this.fail('`}` is missing');
    }
  }

  private string(): string {
    const quote = this.text[this.at]!;
    const long = this.text.startsWith(quote.repeat(3), this.at);
    const close = long ? quote.repeat(3) : quote;
    this.at += close.length;
    let out = '';
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || (!long && c === '\n')) this.fail('a text does not end');
      if (this.text.startsWith(close, this.at)) {
        this.at += close.length;
        return out;
      }
      if (c === '\\' && quote === '"') {
        const next = this.text[this.at + 1] ?? '';
        const hex = /^(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/.exec(this.text.slice(this.at + 1, this.at + 10))?.[0];
        if (hex !== undefined) {
          const point = Number.parseInt(hex.slice(1), 16);
          out += point <= 0x10ffff ? String.fromCodePoint(point) : '\uFFFD';
          this.at += 1 + hex.length;
        } else {
          out += Object.hasOwn(ESCAPES, next) ? ESCAPES[next]! : next;
          this.at += 2;
        }
        continue;
      }
      // Up to what may mean something, at once.
      let end = this.at + 1;
      while (end < this.text.length && !/["'\\\n]/.test(this.text[end]!)) end++;
      out += this.text.slice(this.at, end);
      this.at = end;
    }
  }
}
