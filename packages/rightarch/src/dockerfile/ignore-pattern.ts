/** Says whether a path matches. */
export type PathPattern = (path: string) => boolean;

type Test = (character: string) => boolean;
/** One element of a compiled pattern: a character, any number of them, or something that may be left out. */
type Element =
  | { readonly kind: 'one' | 'many'; readonly test: Test }
  /** `**` with a slash behind it: nothing, or anything that ends with a slash. */
  | { readonly kind: 'directories' }
  | { readonly kind: 'start' };

const notSlash: Test = (character) => character !== '/';
const notFeed: Test = (character) => character !== '\n';

const ESCAPED_CLASSES: Readonly<Record<string, RegExp>> = {
  d: /^[0-9]$/,
  D: /^[^0-9]$/u,
  s: /^[\t\n\f\r ]$/,
  S: /^[^\t\n\f\r ]$/u,
  w: /^[0-9A-Za-z_]$/,
  W: /^[^0-9A-Za-z_]$/u,
};
const ESCAPED_CONTROLS: Readonly<Record<string, string>> = { a: '\u0007', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * Compiles one cleaned pattern of an ignore file by the rules of moby/patternmatcher (Pattern.compile), which turns it
 * into a Go expression: `*` stops at slashes, `**` does not, `\d` is a digit. Undefined where that expression would
 * be refused, or uses what no ignore file does (`\b`, `\pL`, `[[:alpha:]]`).
 */
export function compilePattern(pattern: string): PathPattern | undefined {
  const characters = [...pattern.replace(/^\uFEFF/, '')];
  const elements: Element[] = [];
  let kind: 'exact' | 'prefix' | 'suffix' | 'elements' = 'exact';
  for (let at = 0, step = 0; at < characters.length; step++) {
    const character = characters[at++]!;
    if (character === '*' && characters[at] === '*') {
      at++;
      if (characters[at] === '/') at++;
      if (at >= characters.length) {
        if (kind === 'exact') kind = 'prefix';
        else {
          elements.push({ kind: 'many', test: notFeed });
          kind = 'elements';
        }
      } else {
        elements.push({ kind: 'directories' });
        kind = 'elements';
      }
      if (step === 0) kind = 'suffix';
    } else if (character === '*' || character === '?') {
      elements.push({ kind: character === '*' ? 'many' : 'one', test: notSlash });
      kind = 'elements';
    } else if (character === '\\') {
      const next = characters[at++];
      const test = next === undefined ? undefined : escapedTest(next);
      if (test === undefined) return undefined;
      elements.push({ kind: 'one', test });
      kind = 'elements';
    } else if (character === '[') {
      const found = readClass(characters, at);
      if (found === undefined) return undefined;
      elements.push({ kind: 'one', test: found.test });
      at = found.next;
      kind = 'elements';
    } else if (character === '^') elements.push({ kind: 'start' });
    else {
      if (character === ']') kind = 'elements';
      elements.push({ kind: 'one', test: (each) => each === character });
    }
  }
  const suffix = pattern.slice(2);
  if (kind === 'exact') return (path) => path === pattern;
  if (kind === 'prefix') return (path) => path.startsWith(pattern.slice(0, -2));
  if (kind === 'suffix') return (path) => path.endsWith(suffix) || (suffix[0] === '/' && path === suffix.slice(1));
  return (path) => matchElements(elements, path);
}

function escapedTest(character: string): Test | undefined {
  const known = Object.hasOwn(ESCAPED_CLASSES, character) ? ESCAPED_CLASSES[character] : undefined;
  if (known !== undefined) return (each) => known.test(each);
  const control = Object.hasOwn(ESCAPED_CONTROLS, character) ? ESCAPED_CONTROLS[character] : undefined;
  if (control !== undefined) return (each) => each === control;
  // Go escapes ASCII punctuation only; a letter or a digit would be a class or an error, other characters an error.
  if (/[0-9A-Za-z]/.test(character) || character > '\u007f') return undefined;
  return (each) => each === character;
}

/** A bracket expression behind its `[`, as Go's expressions read it; the pattern has passed `isGoPattern`. */
function readClass(
  characters: readonly string[],
  from: number,
): { readonly test: Test; readonly next: number } | undefined {
  let at = from;
  const negated = characters[at] === '^';
  if (negated) at++;
  const ranges: (readonly [low: number, high: number])[] = [];
  const classes: RegExp[] = [];
  for (let first = true; first || characters[at] !== ']'; first = false) {
    const low = classEnd(characters, at);
    if (low === undefined) return undefined;
    at = low.next;
    if (low.known !== undefined) {
      classes.push(low.known);
      continue;
    }
    let high = low;
    if (characters[at] === '-' && characters[at + 1] !== ']') {
      const end = classEnd(characters, at + 1);
      if (end === undefined || end.known !== undefined) return undefined;
      high = end;
      at = end.next;
    }
    if (high.point < low.point) return undefined;
    ranges.push([low.point, high.point]);
  }
  const test: Test = (each) => {
    const point = each.codePointAt(0)!;
    const inside =
      ranges.some(([low, high]) => low <= point && point <= high) || classes.some((known) => known.test(each));
    return inside !== negated;
  };
  return { test, next: at + 1 };
}

function classEnd(
  characters: readonly string[],
  at: number,
): { readonly point: number; readonly next: number; readonly known?: RegExp } | undefined {
  const character = characters[at];
  if (character === undefined) return undefined;
  // `[:alpha:]` is a class of its own in Go; `*` and `?` become other text inside of brackets.
  if ((character === '[' && characters[at + 1] === ':') || character === '*' || character === '?') return undefined;
  if (character !== '\\') return { point: character.codePointAt(0)!, next: at + 1 };
  const next = characters[at + 1];
  if (next === undefined) return undefined;
  if (Object.hasOwn(ESCAPED_CLASSES, next)) return { point: 0, next: at + 2, known: ESCAPED_CLASSES[next]! };
  const control = Object.hasOwn(ESCAPED_CONTROLS, next) ? ESCAPED_CONTROLS[next] : undefined;
  if (control === undefined && (/[0-9A-Za-z]/.test(next) || next > '\u007f')) return undefined;
  return { point: (control ?? next).codePointAt(0)!, next: at + 2 };
}

/** Follows all ways through the pattern at once: time is the path's length times the pattern's. */
function matchElements(elements: readonly Element[], path: string): boolean {
  const size = elements.length;
  let states = new Uint8Array(size + 1);
  states[0] = 1;
  let first = true;
  // A state that stands in `**/` behind at least one character, with its own memory.
  let inside = new Uint8Array(size + 1);
  const skip = (set: Uint8Array): void => {
    for (let index = 0; index < size; index++) {
      const element = elements[index]!;
      if (set[index] !== 1) continue;
      if (element.kind === 'many' || element.kind === 'directories' || (element.kind === 'start' && first))
        set[index + 1] = 1;
    }
  };
  skip(states);
  for (const character of path) {
    first = false;
    const next = new Uint8Array(size + 1);
    const nextInside = new Uint8Array(size + 1);
    for (let index = 0; index < size; index++) {
      const element = elements[index]!;
      if (element.kind === 'directories') {
        if (states[index] !== 1 && inside[index] !== 1) continue;
        // `.*` of `(.*/)?` does not cross a line feed, and the slash must come last.
        if (notFeed(character)) nextInside[index] = 1;
        if (character === '/') next[index + 1] = 1;
      } else if (states[index] === 1 && element.kind !== 'start' && element.test(character)) {
        next[element.kind === 'one' ? index + 1 : index] = 1;
      }
    }
    states = next;
    inside = nextInside;
    skip(states);
  }
  return states[size] === 1;
}

/** True for a pattern that Go's filepath.Match accepts, on Linux. */
export function isGoPattern(pattern: string): boolean {
  return parseGlob(pattern) !== undefined;
}

/**
 * Go's filepath.Match on Linux, which COPY and ADD use for their sources: `*` and `?` stop at slashes, `[a-z]`, `[^a]`,
 * backslash escapes, no `**`. Undefined for a malformed pattern.
 */
export function matchGlob(pattern: string, path: string): boolean | undefined {
  const elements = parseGlob(pattern);
  return elements === undefined ? undefined : matchElements(elements, path);
}

/** True where COPY looks for matches instead of taking the name as it is (containsWildcards in BuildKit and fsutil). */
export function hasWildcards(path: string): boolean {
  for (let at = 0; at < path.length; at++) {
    const character = path[at]!;
    if (character === '*' || character === '?' || character === '[') return true;
    if (character === '\\') at++;
  }
  return false;
}

function parseGlob(pattern: string): readonly Element[] | undefined {
  const characters = [...pattern];
  const elements: Element[] = [];
  for (let at = 0; at < characters.length; ) {
    const character = characters[at++]!;
    if (character === '*') elements.push({ kind: 'many', test: notSlash });
    else if (character === '?') elements.push({ kind: 'one', test: notSlash });
    else if (character === '[') {
      const negated = characters[at] === '^';
      if (negated) at++;
      const ranges: (readonly [string, string])[] = [];
      while (characters[at] !== ']' || ranges.length === 0) {
        const low = globEnd(characters, at);
        if (low === undefined) return undefined;
        at = low.next;
        let high = low;
        if (characters[at] === '-') {
          const end = globEnd(characters, at + 1);
          if (end === undefined) return undefined;
          high = end;
          at = end.next;
        }
        ranges.push([low.character, high.character]);
      }
      at++;
      elements.push({
        kind: 'one',
        test: (each) => ranges.some(([low, high]) => inRange(each, low, high)) !== negated,
      });
    } else {
      const literal = character === '\\' ? characters[at++] : character;
      if (literal === undefined) return undefined;
      elements.push({ kind: 'one', test: (each) => each === literal });
    }
  }
  return elements;
}

function inRange(each: string, low: string, high: string): boolean {
  const point = each.codePointAt(0)!;
  return low.codePointAt(0)! <= point && point <= high.codePointAt(0)!;
}

function globEnd(
  characters: readonly string[],
  at: number,
): { readonly character: string; readonly next: number } | undefined {
  let next = at;
  if (characters[next] === '-' || characters[next] === ']') return undefined;
  if (characters[next] === '\\') next++;
  const character = characters[next++];
  // Go wants something behind every character of a bracket expression.
  return character === undefined || next >= characters.length ? undefined : { character, next };
}
