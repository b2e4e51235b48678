/** A pattern that BuildKit refuses: a backslash before anything but `* ? \ } /`. */
export class PatternProblem extends Error {}

/** One element of a pattern. As in Go's expressions without flags, neither wildcard matches a line feed. */
type Element = string | { readonly any: 'one' | 'many' };

/** More steps than this would be an attack; a person's patterns need a few hundred. */
const MAX_STEPS = 20_000_000;

/**
 * Reads `*`, `?` and backslash escapes; everything else stands for itself, brackets too
 * (convertShellPatternToRegex in BuildKit's shell/lex.go).
 */
function parsePattern(pattern: string): readonly Element[] {
  const characters = [...pattern.replace(/^\uFEFF/, '')];
  const elements: Element[] = [];
  for (let i = 0; i < characters.length; i++) {
    const ch = characters[i]!;
    if (ch === '*') elements.push({ any: 'many' });
    else if (ch === '?') elements.push({ any: 'one' });
    else if (ch === '\\') {
      const next = characters[i + 1];
      // The backslash before `}` and `/` was for the lexer, not for the pattern.
      if (next === '}' || next === '/') continue;
      if (next !== '*' && next !== '?' && next !== '\\') throw new PatternProblem(pattern);
      elements.push(next);
      i++;
    } else elements.push(ch);
  }
  return elements;
}

/**
 * The end of the match that begins at `start`, or undefined. Wildcards prefer many characters (`greedy`) or few, the
 * leftmost first, as Go's leftmost-first expressions do. `failed` remembers dead ends, so all work for one value is
 * at most its length times the pattern's.
 */
function matchAt(
  value: readonly string[],
  elements: readonly Element[],
  start: number,
  greedy: boolean,
  failed: Set<number>,
): number | undefined {
  if (value.length * elements.length > MAX_STEPS) throw new PatternProblem('too long');
  const width = value.length + 1;
  // Alternatives still to be tried: a position, and the element from which to go on. The last is tried first.
  const open: (readonly [position: number, element: number])[] = [[start, 0]];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const [position, index] = state;
    const element = elements[index];
    if (element === undefined) return position;
    const key = index * width + position;
    if (failed.has(key)) continue;
    failed.add(key);
    const character = value[position];
    if (typeof element === 'string') {
      if (character === element) open.push([position + 1, index + 1]);
    } else if (element.any === 'one') {
      if (character !== undefined && character !== '\n') open.push([position + 1, index + 1]);
    } else {
      const more = character !== undefined && character !== '\n';
      if (greedy) {
        open.push([position, index + 1]);
        if (more) open.push([position + 1, index]);
      } else {
        if (more) open.push([position + 1, index]);
        open.push([position, index + 1]);
      }
    }
  }
  return undefined;
}

/** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`: the value without the match at one end. */
export function trimMatch(
  value: string,
  pattern: string,
  how: { readonly longest: boolean; readonly end: 'prefix' | 'suffix' },
): string {
  const characters = [...value];
  let elements = parsePattern(pattern);
  if (how.end === 'suffix') {
    characters.reverse();
    elements = [...elements].reverse();
  }
  const end = matchAt(characters, elements, 0, how.longest, new Set());
  if (end === undefined) return value;
  const rest = characters.slice(end);
  if (how.end === 'suffix') rest.reverse();
  return rest.join('');
}

/** `${x/a/b}` and `${x//a/b}`. In the second, `$0` of the replacement is the match, as in Go's ReplaceAllString. */
export function replaceMatches(
  value: string,
  pattern: string,
  replacement: string,
  how: { readonly all: boolean },
): string {
  const characters = [...value];
  const elements = parsePattern(pattern);
  const failed = new Set<number>();
  let result = '';
  let copied = 0;
  let search = 0;
  while (search <= characters.length) {
    let start = search;
    let end: number | undefined;
    // A state that failed from one start fails from every start: the memory is shared.
    while (start <= characters.length) {
      end = matchAt(characters, elements, start, true, failed);
      if (end !== undefined) break;
      start++;
    }
    if (end === undefined) break;
    const text = characters.slice(start, end).join('');
    if (!how.all) {
      return characters.slice(0, start).join('') + replacement + characters.slice(end).join('');
    }
    // The states on the way to a success are not dead ends.
    failed.clear();
    result += characters.slice(copied, start).join('');
    // An empty match right behind a match does not count.
    if (end > copied || start === 0) result += fillTemplate(replacement, text);
    copied = end;
    search = Math.max(end, search + 1 > end ? search + 1 : end);
  }
  return result + characters.slice(copied).join('');
}

/** Go's Regexp.Expand for an expression without groups. */
function fillTemplate(template: string, match: string): string {
  return template.replace(/\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu, (_, dollar, bare, braced) => {
    if (dollar !== undefined) return '$';
    const name: string = bare ?? braced;
    return name === '0' ? match : '';
  });
}
