import type { SyntaxNode, Word } from 'unbash';
import { withoutMarks } from './evaluated.ts';
import { matches, type Pattern } from './patterns.ts';
import { UNSEEN } from './shell.ts';

/** Whether something is so; open where nobody can tell from here. */
export type Answer = boolean | undefined;

export const negated = (answer: Answer): Answer => (answer === undefined ? undefined : !answer);

/** What stands in the words of a test. */
interface Words {
  readonly word: (word: Word) => string;
  readonly pattern: (word: Word) => Pattern;
}

/** `[[ … ]]` */
export function tested(expression: Extract<SyntaxNode, { type: `Test${string}` }>, words: Words): Answer {
  switch (expression.type) {
    case 'TestCommand':
      return tested(expression.expression, words);
    case 'TestGroup':
      return tested(expression.expression, words);
    case 'TestNot': {
      const answer = tested(expression.operand, words);
      return expression.negations.length % 2 === 1 ? negated(answer) : answer;
    }
    case 'TestLogical': {
      const answers = expression.operands.map((one) => tested(one, words));
      const decides = expression.operator === '||';
      return answers.includes(decides) ? decides : answers.includes(undefined) ? undefined : !decides;
    }
    case 'TestUnary':
      return compared([expression.operator, words.word(expression.operand)]);
    case 'TestBinary': {
      const value = words.word(expression.left);
      const { operator } = expression;
      if (operator !== '==' && operator !== '=' && operator !== '!=') return undefined;
      const same = matches(value, [words.pattern(expression.right)]);
      return operator === '!=' ? negated(same) : same;
    }
  }
}

/** The words of `[ … ]`. More than one question is not followed. */
export function compared(words: readonly string[]): Answer {
  const [one = '', two = '', three = ''] = words;
  if (words.length === 4 && one === '!') return negated(compared(words.slice(1)));
  if (words.length === 2 && (one === '-z' || one === '-n')) {
    const text = withoutMarks(two);
    if (text.includes(UNSEEN)) return undefined;
    return (text === '') === (one === '-z');
  }
  if (words.length !== 3 || !/^(?:==?|!=)$/.test(two)) return undefined;
  if (one.includes(UNSEEN) || three.includes(UNSEEN)) return undefined;
  return (withoutMarks(one) === withoutMarks(three)) === (two !== '!=');
}
