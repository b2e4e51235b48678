const TOKEN = /([{}[\],:])|"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
/** One step inside a string. Not the whole string: V8 keeps a step for each escape, and runs out of stack. */
const PART = /[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing';

/**
 * Where text stops being JSON, as `line:column`, both from 1. Engines say it in different words or not at all (V8
 * leaves the position out for short texts), so it is found again here. Only asked where `JSON.parse` has refused.
 */
export function jsonFault(text: string): string {
  const open: string[] = [];
  let wanted: Wanted = 'value';
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return placeOf(text, at);
    const [token, mark] = match;
    const isString = token === '"';
    const end = isString ? endOfString(text, TOKEN.lastIndex) : TOKEN.lastIndex;
    const next: Wanted | undefined = end === undefined ? undefined : after(wanted, token, mark, isString, open);
    if (end === undefined || next === undefined) return placeOf(text, at);
    wanted = next;
    at = end;
  }
}

/** Behind the closing quote; undefined where the string is none. */
function endOfString(text: string, start: number): number | undefined {
  let at = start;
  for (;;) {
    if (text[at] === '"') return at + 1;
    PART.lastIndex = at;
    if (!PART.test(text)) return undefined;
    at = PART.lastIndex;
  }
}

/** What is wanted behind a token, or undefined where the token is not what was wanted. */
function after(
  wanted: Wanted,
  token: string,
  mark: string | undefined,
  isString: boolean,
  open: string[],
): Wanted | undefined {
  const closes = (mark === '}' || mark === ']') && open.at(-1) === (mark === '}' ? '{' : '[');
  switch (wanted) {
    case 'value':
    case 'value or ]':
      if (mark === '{' || mark === '[') {
        open.push(mark);
        return mark === '{' ? 'key or }' : 'value or ]';
      }
      if (mark === ']' && wanted === 'value or ]') return close(open);
      return mark === undefined ? behindValue(open) : undefined;
    case 'key':
    case 'key or }':
      if (token === '}' && wanted === 'key or }') return close(open);
      return isString ? ':' : undefined;
    case ':':
      return mark === ':' ? 'value' : undefined;
    case ', or end':
      if (closes) return close(open);
      return mark === ',' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined;
    case 'nothing':
      return undefined;
  }
}

function close(open: string[]): Wanted {
  open.pop();
  return behindValue(open);
}

function behindValue(open: readonly string[]): Wanted {
  return open.length === 0 ? 'nothing' : ', or end';
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`;
}
