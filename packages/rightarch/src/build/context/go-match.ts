/**
 * Go's filepath.Match on Linux (https://pkg.go.dev/path/filepath#Match) as a test: `*` and `?` stop at `/`, `[a-z]` and
 * `[^a]` are sets, `\` quotes. Undefined for a malformed pattern, which Go calls ErrBadPattern.
 */
export function compileGoPattern(pattern: string): RegExp | undefined {
  let out = '';
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i]!;
    if (c === '*') out += '[^/]*';
    else if (c === '?') out += '[^/]';
    else if (c === '\\') {
      const next = chars[++i];
      if (next === undefined) return undefined;
      out += quote(next);
    } else if (c === '[') {
      const set = readSet(chars, i + 1);
      if (set === undefined) return undefined;
      out += set.text;
      i = set.end;
    } else out += quote(c);
  }
  try {
    return new RegExp(`^${out}$`, 'su');
  } catch {
    return undefined;
  }
}

/** A set and the index of its `]`. */
function readSet(chars: readonly string[], start: number): { readonly text: string; readonly end: number } | undefined {
  let i = start;
  const negated = chars[i] === '^';
  if (negated) i++;
  let text = '';
  for (let first = true; ; first = false) {
    if (chars[i] === ']' && !first) break;
    const low = member(chars, i);
    if (low === undefined) return undefined;
    i = low.next;
    if (chars[i] === '-') {
      const high = member(chars, i + 1);
      if (high === undefined) return undefined;
      i = high.next;
      // Go matches nothing for a range that runs backward; a regular expression would throw.
      if (high.char.codePointAt(0)! >= low.char.codePointAt(0)!) text += `${quote(low.char)}-${quote(high.char)}`;
    } else text += quote(low.char);
  }
  // A negated set matches `/` in Go, too.
  return { text: negated ? (text === '' ? '[^]' : `[^${text}]`) : text === '' ? '(?!)' : `[${text}]`, end: i };
}

function member(chars: readonly string[], at: number): { readonly char: string; readonly next: number } | undefined {
  const c = chars[at];
  if (c === undefined || c === '-' || c === ']') return undefined;
  if (c !== '\\') return { char: c, next: at + 1 };
  const quoted = chars[at + 1];
  return quoted === undefined ? undefined : { char: quoted, next: at + 2 };
}

function quote(char: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char;
}

/** Whether a path part has characters that make it a pattern (fsutil copy.go containsWildcards). */
export function hasWildcards(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '*' || text[i] === '?' || text[i] === '[') return true;
  }
  return false;
}
