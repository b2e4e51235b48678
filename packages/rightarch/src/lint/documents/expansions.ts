import type { Word } from 'unbash';
import { withoutMarks } from './evaluated.ts';
import { type Pattern, withoutMatch } from './patterns.ts';
import { UNSEEN } from './shell.ts';
import type { Expansion } from './words.ts';

/** The shell that a parameter is expanded in. */
interface Shell {
  readonly variable: (name: string) => string | undefined;
  readonly word: (word: Word) => string;
  readonly pattern: (word: Word) => Pattern;
  readonly assign: (name: string, value: string) => void;
  /** `${NAME:?}` ends the script. */
  readonly fail: () => void;
}

/** `${NAME}` with what is done to it: a default, a part that is removed or replaced. */
export function expanded(
  part: Extract<Expansion, { type: 'ParameterExpansion' }>,
  { variable, word, pattern, assign, fail }: Shell,
): string {
  const { operation, parameter, prefix, index } = part;
  const value = variable(parameter);
  if (prefix !== undefined || index !== undefined) return UNSEEN;
  if (operation === undefined) return value ?? UNSEEN;
  if (operation.type === 'Default') {
    // Set or not, by whomever, is not known.
    if (value?.includes(UNSEEN) !== false)
      return value === undefined && /^:?-$/.test(operation.operator) ? UNSEEN : (value ?? UNSEEN);
    // Without `:` only a variable that is not there has none; one that a choice left unset is a mark alone.
    const isEmpty = withoutMarks(value) === '' && (operation.operator.startsWith(':') || value !== '');
    const operand = (): string => word(operation.operand);
    if (operation.operator.endsWith('+')) return isEmpty ? '' : operand();
    if (operation.operator.endsWith('?')) {
      if (isEmpty) fail();
      return value;
    }
    if (!isEmpty) return value;
    const text = operand();
    if (operation.operator.endsWith('=')) assign(parameter, text);
    return text;
  }
  if (value === undefined || value.includes(UNSEEN)) return UNSEEN;
  if (operation.type === 'Remove') return withoutMatch(value, operation.operator, pattern(operation.operand)) ?? UNSEEN;
  if (operation.type === 'Replace') {
    const [from, to] = [word(operation.pattern), word(operation.replacement)];
    if (/[*?[\]\0]/.test(from + to) || from === '') return UNSEEN;
    return operation.operator === '//'
      ? value.replaceAll(from, () => to)
      : operation.operator === '/'
        ? value.replace(from, () => to)
        : UNSEEN;
  }
  return UNSEEN;
}
