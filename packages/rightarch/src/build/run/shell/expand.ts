import type { ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash';
import type { Kernel } from '../kernel.ts';
import { refuse } from '../refusal.ts';
import { expandGlob, type GlobToken } from './glob.ts';
import { notSecret, ShellExit, type ShellState } from './state.ts';

/** What expansion needs of the interpreter. */
export interface Expander {
  readonly state: ShellState;
  readonly kernel: Kernel;
  /** Runs `$( … )` and gives what it printed. */
  substitute(script: ParsedScript): Promise<string>;
}

/**
 * `text`: quoted or literal, taken as it is. `split`: came out of an unquoted expansion, so that blanks in it part
 * fields. `wild`: an unquoted `*` or `?` of the source.
 */
type Segment =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'split'; readonly text: string }
  | { readonly kind: 'wild'; readonly token: GlobToken; readonly text: string };

/** Variables that some shells make up by themselves. */
const MADE_UP =
  /^(RANDOM|SRANDOM|SECONDS|LINENO|PPID|UID|EUID|GROUPS|HOSTNAME|HOSTTYPE|OSTYPE|MACHTYPE|SHLVL|IFS|OPTIND|OPTARG|PS[0-4]|EPOCH\w*|BASH\w*|DIRSTACK|FUNCNAME|PIPESTATUS|SHELLOPTS|COLUMNS|LINES|MAIL\w*|POSIXLY_CORRECT|TERM|_)$/;

/** The fields that the words of a command become: expansion, splitting, globbing, quote removal. */
export async function expandWords(words: readonly Word[], by: Expander): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words) {
    // Bash alone takes `PREFIX=~/x` among the arguments for an assignment as far as the tilde goes; as `sh` it does not.
    if (by.state.dialect === 'bash' && !by.state.posix && /^\w+=(?:.*:)?~/.test(word.text))
      refuse('run/syntax', { what: word.text }, word.pos);
    for (const alternative of braces(word, by)) {
      const segments = await segmentsOf(alternative, by);
      fields.push(...toFields(segments, by));
    }
  }
  return fields;
}

/** One string without splitting and globbing: assignments, redirection targets, here-documents. */
export async function expandText(word: Word, by: Expander): Promise<string> {
  // Bash keeps braces of an assignment as they are; so does every other shell.
  const segments = await segmentsOf(partsOf(word), by);
  return segments.map((segment) => segment.text).join('');
}

/** The body of an unquoted here-document. */
export async function expandBody(parts: readonly WordPart[] | undefined, text: string, by: Expander): Promise<string> {
  if (parts === undefined) return text.replace(/\\([\\$`])/g, '$1').replace(/\\\n/g, '');
  let done = '';
  for (const part of parts) {
    if (part.type === 'Literal') done += part.value;
    else done += (await partSegments(part, by, true)).map((segment) => segment.text).join('');
  }
  return done;
}

interface Loose {
  readonly text: string;
  readonly pos: number;
  readonly value: string;
  readonly parts: readonly WordPart[] | undefined;
}

function partsOf(word: Word): Loose {
  return { text: word.text, pos: word.pos, value: word.value, parts: word.parts };
}

/** The words that bash makes of `a{b,c}`; every other shell takes braces as they stand. */
function braces(word: Word, by: Expander): Loose[] {
  const whole = partsOf(word);
  if (by.state.dialect !== 'bash' || word.parts === undefined) return [whole];
  const at = word.parts.findIndex((part) => part.type === 'BraceExpansion');
  if (at < 0) return [whole];
  let made: WordPart[][] = [[]];
  for (const part of word.parts) {
    if (part.type !== 'BraceExpansion') {
      made = made.map((parts) => [...parts, part]);
      continue;
    }
    const inside = part.text.slice(1, -1);
    if (!/^[\w./@:+,-]*$/.test(inside) || inside.includes('..')) refuse('run/syntax', { what: part.text }, part.pos);
    const choices = inside.split(',');
    made = made.flatMap((parts) =>
      choices.map((value): WordPart[] => [
        ...parts,
        { type: 'Literal', pos: part.pos, end: part.end, value, text: value },
      ]),
    );
  }
  return made.map((parts) => ({ ...whole, parts }));
}

async function segmentsOf(word: Loose, by: Expander): Promise<Segment[]> {
  const { parts } = word;
  if (parts === undefined) {
    const { home, rest } = tilde(word.text, word.value, by, word.pos);
    return [...home, { kind: 'text', text: rest, quoted: isQuoted(word.text) }];
  }
  const segments: Segment[] = [];
  for (const [i, part] of parts.entries()) {
    if (i === 0 && part.type === 'Literal') {
      const { home, rest } = tilde(part.text, part.value, by, part.pos, parts.length > 1);
      segments.push(...home, { kind: 'text', text: rest, quoted: isQuoted(part.text) });
    } else segments.push(...(await partSegments(part, by, false)));
  }
  return segments;
}

function isQuoted(text: string): boolean {
  return /["'\\]/.test(text);
}

/** `~` and `~/…` where the word begins with it, unquoted. `~name` is a look-up that is not made here. */
function tilde(
  text: string,
  value: string,
  by: Expander,
  offset: number,
  goesOn = false,
): { readonly home: Segment[]; readonly rest: string } {
  if (!text.startsWith('~')) return { home: [], rest: value };
  const home = by.state.variables.get('HOME');
  if (!/^~(\/|$)/.test(text) || (text === '~' && goesOn) || home === undefined)
    return refuse('run/syntax', { what: text }, offset);
  return { home: [{ kind: 'text', text: home, quoted: true }], rest: value.slice(1) };
}

async function partSegments(part: WordPart, by: Expander, quoted: boolean): Promise<Segment[]> {
  const expanded = (text: string): Segment[] => [
    quoted ? { kind: 'text', text, quoted: true } : { kind: 'split', text },
  ];
  const stop = (): never => refuse('run/syntax', { what: part.text }, part.pos);
  switch (part.type) {
    case 'Literal':
      return [{ kind: 'text', text: part.value, quoted: quoted || isQuoted(part.text) }];
    case 'SingleQuoted':
      return [{ kind: 'text', text: part.value, quoted: true }];
    case 'DoubleQuoted': {
      const inside: Segment[] = [{ kind: 'text', text: '', quoted: true }];
      for (const child of part.parts) inside.push(...(await partSegments(child, by, true)));
      return inside;
    }
    case 'Glob':
      if (quoted || part.kind === 'bracket') return stop();
      return [{ kind: 'wild', token: { kind: part.kind }, text: part.text }];
    case 'SimpleExpansion':
      return expanded(parameter(part.text.slice(1), by, part.pos) ?? unset(part.text, by));
    case 'ParameterExpansion':
      return parameterSegments(part, by, quoted);
    case 'CommandExpansion': {
      if (part.script === undefined || part.text.startsWith('${')) return stop();
      return expanded((await by.substitute(part.script)).replace(/\n+$/, ''));
    }
    case 'BraceExpansion':
      // Only bash would have expanded it, and that was done before.
      if (/[$`"'\\*?[~]/.test(part.text)) return stop();
      return [{ kind: 'text', text: part.text, quoted: false }];
    case 'AnsiCQuoted':
      // dash: a dollar and a quoted string. bash and busybox: escapes are read.
      return by.state.dialect === 'bash' ? [{ kind: 'text', text: part.value, quoted: true }] : stop();
    default:
      return stop();
  }
}

/** The value of a variable or special parameter; undefined where it is unset. */
function parameter(name: string, by: Expander, offset: number): string | undefined {
  if (name === '?') return String(by.state.status);
  if (name === '#') return '0';
  if (/^[1-9]$/.test(name)) return undefined;
  notSecret(name, by.state, offset);
  const value = by.state.variables.get(name);
  if (value !== undefined) return value;
  if (!/^[A-Za-z_]\w*$/.test(name) || MADE_UP.test(name))
    return refuse('run/not-computable', { what: `$${name}` }, offset);
  return undefined;
}

function unset(text: string, by: Expander): string {
  if (!by.state.nounset) return '';
  throw new ShellExit(by.state.dialect === 'bash' ? 127 : 2, `${text.replace(/[${}]/g, '')}: parameter not set`);
}

async function parameterSegments(part: ParameterExpansionPart, by: Expander, quoted: boolean): Promise<Segment[]> {
  const stop = (): never => refuse('run/syntax', { what: part.text }, part.pos);
  const plain = (text: string): Segment[] => [quoted ? { kind: 'text', text, quoted: true } : { kind: 'split', text }];
  if (part.index !== undefined || part.prefix === '!') return stop();
  const value = parameter(part.parameter, by, part.pos);
  const { operation } = part;
  if (part.prefix === '#')
    return operation === undefined ? plain(String([...(value ?? unset(part.text, by))].length)) : stop();
  if (operation === undefined) return plain(value ?? unset(part.text, by));
  if (operation.type === 'Default') {
    const { operator, operand } = operation;
    const empty = value === undefined || (operator.startsWith(':') && value === '');
    // Quotes inside a quoted `${a:-"b"}` are read differently by every shell.
    if (quoted && /["']/.test(operand.text)) return stop();
    const instead = async (): Promise<Segment[]> => {
      const segments = await segmentsOf(partsOf(operand), by);
      return segments.map((s): Segment => {
        if (quoted) return { kind: 'text', text: s.text, quoted: true };
        return s.kind === 'text' && !s.quoted ? { kind: 'split', text: s.text } : s;
      });
    };
    switch (operator.replace(':', '')) {
      case '-':
        return empty ? instead() : plain(value);
      case '+':
        return empty ? plain('') : instead();
      case '=': {
        if (!empty) return plain(value);
        const text = await expandText(operand, by);
        by.state.variables.set(part.parameter, text);
        return plain(text);
      }
      default:
        if (!empty) return plain(value);
        throw new ShellExit(
          by.state.dialect === 'bash' ? 127 : 2,
          `${part.parameter}: ${(await expandText(operand, by)) || 'parameter not set'}`,
        );
    }
  }
  if (operation.type === 'Remove')
    return plain(removed(value ?? unset(part.text, by), operation.operator, operation.operand, by, stop));
  return stop();
}

/** `${v#p}` `${v%%p}` with `*` and `?` as the only wildcards. */
function removed(value: string, operator: string, pattern: Word, by: Expander, stop: () => never): string {
  const parts = pattern.parts ?? [{ type: 'Literal' as const, value: pattern.value }];
  let source = '';
  for (const part of parts) {
    if (part.type === 'Glob' && part.kind === 'star') source += '[^]*';
    else if (part.type === 'Glob' && part.kind === 'question') source += '[^]';
    else if (part.type === 'Literal' || part.type === 'SingleQuoted')
      source += part.value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    else if (part.type === 'SimpleExpansion') {
      notSecret(part.text.slice(1), by.state);
      const text = by.state.variables.get(part.text.slice(1));
      if (text === undefined || /[*?[\\]/.test(text)) return stop();
      source += text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    } else return stop();
  }
  const whole = new RegExp(`^(?:${source})$`, 'u');
  const longest = operator.length === 2;
  const front = operator.startsWith('#');
  const lengths = Array.from({ length: value.length + 1 }, (_, i) => (longest ? value.length - i : i));
  for (const length of lengths) {
    const cut = front ? value.slice(0, length) : value.slice(value.length - length);
    if (whole.test(cut)) return front ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}

interface Field {
  text: string;
  readonly tokens: GlobToken[];
  wild: boolean;
}

function toFields(segments: readonly Segment[], by: Expander): string[] {
  const fields: Field[] = [];
  let current: Field | undefined;
  const open = (): Field => {
    current ??= { text: '', tokens: [], wild: false };
    return current;
  };
  const close = (): void => {
    if (current !== undefined) fields.push(current);
    current = undefined;
  };
  const add = (text: string): void => {
    const field = open();
    field.text += text;
    field.tokens.push({ kind: 'text', text });
  };
  if (segments.some((s) => s.kind === 'split') && by.state.variables.has('IFS'))
    refuse('run/not-computable', { what: 'IFS' });
  for (const segment of segments) {
    if (segment.kind === 'text') add(segment.text);
    else if (segment.kind === 'wild') {
      const field = open();
      field.text += segment.text;
      field.tokens.push(segment.token);
      field.wild = true;
    } else if (segment.text !== '') {
      if (/[*?[]/.test(segment.text) && !by.state.noglob) refuse('run/not-computable', { what: segment.text });
      const pieces = segment.text.split(/[ \t\n]+/);
      pieces.forEach((piece, i) => {
        if (i > 0) close();
        if (piece !== '') add(piece);
      });
    }
  }
  close();
  return fields.flatMap((field) => {
    if (!field.wild || by.state.noglob) return [field.text];
    const found = expandGlob(field.tokens, by.kernel, by.state.cwd);
    return found.length > 0 ? found : [field.text];
  });
}
