/** One `key: value` line of a lockfile. */
export interface BlockLine {
  readonly indent: number;
  readonly key: string;
  /** Behind the colon, as written; empty where a block follows. */
  readonly value: string;
  /** Of the key. */
  readonly offset: number;
}

/**
 * The lines of a lockfile of pnpm or Yarn: the part of YAML that their writers use, a key a line, told by its indent.
 * A general parser takes seconds for a large one. Items of lists have the key `-`.
 */
export function* blockLines(text: string): Iterable<BlockLine> {
  for (let from = text.startsWith('\uFEFF') ? 1 : 0; from < text.length; ) {
    let end = text.indexOf('\n', from);
    if (end < 0) end = text.length;
    const start = from;
    from = end + 1;
    let at = start;
    while (text[at] === ' ') at++;
    let stop = end;
    if (text[stop - 1] === '\r') stop--;
    if (at >= stop || text[at] === '#') continue;
    let indent = at - start;
    // js-yaml writes a long key as `? key` and its value behind a colon of its own, where the block is deeper.
    if (text[at] === '?' && text[at + 1] === ' ') {
      at += 2;
      const key = unquoted(text.slice(at, stop).trim());
      yield { indent, key, value: '', offset: at };
      continue;
    }
    if (text[at] === ':' && (at + 1 === stop || text[at + 1] === ' ')) {
      at++;
      while (text[at] === ' ') at++;
      if (at >= stop) continue;
      indent = at - start;
    }
    if (text[at] === '-' && text[at + 1] === ' ') {
      yield { indent, key: '-', value: unquoted(text.slice(at + 2, stop).trim()), offset: at };
      continue;
    }
    const colon = colonOf(text, at, stop);
    if (colon < 0) {
      // Yarn 1 has no colon between a key and its value: `version "1.0.0"`.
      const key = keyOf(text, at, stop);
      yield { indent, key: unquoted(text.slice(at, key)), value: text.slice(key, stop).trim(), offset: at };
      continue;
    }
    yield {
      indent,
      key: unquoted(text.slice(at, colon).trim()),
      value: text.slice(colon + 1, stop).trim(),
      offset: at,
    };
  }
}

/** The end of the first word, quoted or not. */
function keyOf(text: string, at: number, stop: number): number {
  if (text[at] === '"') {
    const end = text.indexOf('"', at + 1);
    return end < 0 || end >= stop ? stop : end + 1;
  }
  const space = text.indexOf(' ', at);
  return space < 0 || space > stop ? stop : space;
}

/** The colon behind a key: behind its closing quote, or the first before a space or the end of the line. */
function colonOf(text: string, at: number, stop: number): number {
  const quote = text[at];
  let from = at;
  // Yarn 1 quotes single patterns of a key: `"a@1", b@2:`.
  if (quote === "'" || quote === '"') {
    const end = text.indexOf(quote, at + 1);
    if (end < 0 || end >= stop) return -1;
    from = end + 1;
  }
  for (let i = text.indexOf(':', from); i >= 0 && i < stop; i = text.indexOf(':', i + 1))
    if (i + 1 === stop || text[i + 1] === ' ') return i;
  return -1;
}

/** A scalar without its quotes. */
export function unquoted(text: string): string {
  const quote = text[0];
  if (
    (quote === '"' || quote === "'") &&
    text.length > 1 &&
    text.at(-1) === quote &&
    !text.slice(1, -1).includes('", "')
  )
    return text.slice(1, -1);
  return text;
}

/** `[x64, '!arm']` as its items; one scalar as a list of it. */
export function flowList(value: string): readonly string[] {
  const inner = value.startsWith('[') && value.endsWith(']') ? value.slice(1, -1) : value;
  return inner.split(',').flatMap((one) => (one.trim() === '' ? [] : [unquoted(one.trim())]));
}
