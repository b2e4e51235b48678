import { type Answer, compared } from './answers.ts';
import { edited } from './patterns.ts';
import { formatted, saidOf } from './prints.ts';

/** What a command does, as far as it is known. */
export interface Done {
  readonly answer: Answer;
  /** Absent: nothing; without a text, something that is not known. */
  readonly prints?: { readonly text: string | undefined };
  /** The script goes no further. */
  readonly ends?: true;
  /** Variables that it sets to what is not known. */
  readonly sets?: readonly string[];
  /** Any variable may have another value from now on. */
  readonly mayAssign?: true;
}

/** What a command prints and answers on a machine, of those that this is known of. */
export function doneBy(
  [name = '', ...args]: readonly string[],
  input: string | undefined,
  machine: Parameters<typeof saidOf>[1],
): Done {
  switch (name) {
    case '':
    case ':':
    case 'true':
    case 'set':
    case 'export':
    case 'cd':
      return { answer: true };
    case 'false':
      // An author who writes it means an error.
      return { answer: false, ends: true };
    case 'exit':
    case 'return':
      // Without a number it is the answer of what ran before.
      return { answer: args[0] === undefined ? undefined : args[0] === '0', ends: true };
    case 'test':
    case '[':
      return { answer: compared(name === '[' ? args.slice(0, -1) : args) };
    case 'read':
      return { answer: undefined, sets: args };
    case '.':
    case 'source':
    case 'eval':
    case 'unset':
      return { answer: undefined, mayAssign: true };
    case 'echo':
      return {
        answer: true,
        prints: { text: `${args.filter((one, i) => i > 0 || !/^-[neE]+$/.test(one)).join(' ')}\n` },
      };
    case 'printf':
      return { answer: true, prints: { text: formatted(args) } };
    case 'sed':
      return { answer: true, prints: { text: input === undefined ? undefined : edited(input, args) } };
    default:
      return { answer: undefined, prints: { text: saidOf([name, ...args].join(' '), machine) } };
  }
}
