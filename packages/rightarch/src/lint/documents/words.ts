import type { Assignment, Word } from 'unbash';

export type Part = NonNullable<Word['parts']>[number];

/** Parts that hold something else than their own text. */
export type Expansion = Extract<
  Part,
  {
    type: 'SimpleExpansion' | 'ParameterExpansion' | 'CommandExpansion' | 'ProcessSubstitution' | 'ArithmeticExpansion';
  }
>;

/** What a reader of a script has for these. */
export type Expand = (part: Expansion) => string;

/** The text of a word: what is quoted stands for itself, and the rest is asked for. */
export const textOf = (word: Word, expand: Expand): string =>
  word.parts === undefined ? word.value : word.parts.map((part) => partOf(part, expand)).join('');

export function partOf(part: Part, expand: Expand): string {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.map((child) => partOf(child, expand)).join('');
    case 'SimpleExpansion':
    case 'ParameterExpansion':
    case 'CommandExpansion':
    case 'ProcessSubstitution':
    case 'ArithmeticExpansion':
      return expand(part);
    default:
      return part.text;
  }
}

/** What an assignment gives; `A+=b` adds to what was there before. Undefined for a list. */
export function assignedBy(one: Assignment, before: string, expand: Expand): string | undefined {
  if (one.value.type !== 'Word') return undefined;
  const text = textOf(one.value, expand);
  return one.append === true ? before + text : text;
}

/** More no script of a person has. */
export const MAX_VARIABLES = 200;
