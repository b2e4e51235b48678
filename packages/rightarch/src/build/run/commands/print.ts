import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';

/** Which echo it is: dash reads escapes and knows `-n` only; bash, busybox and GNU need `-e` for them. */
export type Dialect = 'dash' | 'bash' | 'busybox';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** Escapes of `echo` and `%b`. `\c` ends all output. */
function escapesRead(text: string, octal: 'zero' | 'any'): { readonly text: string; readonly stop: boolean } {
  let done = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\' || i + 1 === text.length) {
      done += text[i];
      continue;
    }
    const next = text[++i]!;
    if (next === 'c') return { text: done, stop: true };
    if (SIMPLE[next] !== undefined) done += SIMPLE[next];
    else if (next >= '0' && next <= '7' && (next === '0' || octal === 'any')) {
      const digits = /^[0-7]{1,3}/.exec(text.slice(next === '0' ? i + 1 : i))?.[0] ?? '';
      const value = Number.parseInt(digits === '' ? '0' : digits, 8);
      // A byte over 127 is not a character of this string.
      if (value > 127) refuse('run/not-computable', { what: `\\${digits}` });
      done += String.fromCharCode(value);
      i += next === '0' ? digits.length : digits.length - 1;
    } else if ('xuUeE'.includes(next)) refuse('run/not-computable', { what: `\\${next}` });
    else done += `\\${next}`;
  }
  return { text: done, stop: false };
}

/** echo as that shell has it built in. */
export function echo(args: readonly string[], dialect: Dialect): Outcome {
  let words = args;
  let newline = true;
  let escapes = dialect === 'dash';
  if (dialect === 'dash') {
    if (words[0] === '-n') {
      newline = false;
      words = words.slice(1);
    }
  } else {
    while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
      for (const letter of words[0].slice(1)) {
        if (letter === 'n') newline = false;
        else escapes = letter === 'e';
      }
      words = words.slice(1);
    }
  }
  const text = words.join(' ');
  if (!escapes) return { status: 0, out: `${text}${newline ? '\n' : ''}`, err: '' };
  const { text: done, stop } = escapesRead(text, 'zero');
  return { status: 0, out: `${done}${newline && !stop ? '\n' : ''}`, err: '' };
}

/** printf with `%s %d %i %c %b %%`, without widths: the forms in which all shells agree. */
export function printf(args: readonly string[]): Outcome {
  const [format, ...values] = args[0] === '--' ? args.slice(1) : args;
  if (format === undefined || format.startsWith('-'))
    return refuse('run/option-unknown', { command: 'printf', option: format ?? '' });
  let out = '';
  let next = 0;
  do {
    const round = next;
    let plain = '';
    const flush = (): boolean => {
      const { text, stop } = escapesRead(plain, 'any');
      out += text;
      plain = '';
      return stop;
    };
    for (let i = 0; i < format.length; i++) {
      if (format[i] === '\\') {
        plain += format.slice(i, i + 2);
        i++;
        continue;
      }
      if (format[i] !== '%') {
        plain += format[i];
        continue;
      }
      const kind: string | undefined = format[++i];
      if (flush()) return { status: 0, out, err: '' };
      if (kind === '%') {
        out += '%';
        continue;
      }
      const value = values[next++];
      if (kind === 's') out += value ?? '';
      else if (kind === 'c') out += (value ?? '').slice(0, 1);
      else if (kind === 'd' || kind === 'i') {
        if (value !== undefined && !/^-?(0|[1-9]\d{0,8})$/.test(value))
          refuse('run/not-computable', { what: `printf %d ${value}` });
        out += value ?? '0';
      } else if (kind === 'b') {
        const { text, stop } = escapesRead(value ?? '', 'any');
        out += text;
        if (stop) return { status: 0, out, err: '' };
      } else refuse('run/option-unknown', { command: 'printf', option: `%${kind ?? ''}` });
    }
    if (flush()) return { status: 0, out, err: '' };
    if (next === round) break;
  } while (next < values.length);
  return { status: 0, out, err: '' };
}
