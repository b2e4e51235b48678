import {
  type AndOr,
  type Assignment,
  type Command,
  forEachChild,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash';
import { type Answer, negated, tested } from './answers.ts';
import { asksSomething, type Branch, ends, settingsOf } from './branches.ts';
import { doneBy } from './done.ts';
import type { Choice, Evaluated, RunCommand, RunWord, Told } from './evaluated.ts';
import { matches } from './patterns.ts';
import type { ReadScript } from './read-script.ts';
import { UNSEEN } from './shell.ts';
import { ShellState } from './shell-state.ts';

const MAX_STEPS = 5_000;

/**
 * Follows a script as the build of one platform does: of a choice that the CPU decides one branch is taken, and a word
 * has the value that it has there. What depends on anything else is left out, so that what is said is certain.
 */
export function evaluate({ text, statements }: ReadScript, told: Told): Evaluated {
  const evaluation = new Evaluation(text, told);
  return certain(() => {
    evaluation.list(statements);
    return evaluation;
  });
}

const NOTHING: Evaluated = { commands: [], choices: [] };

/** Of what is nested too deeply, or too long, nothing is certain. */
function certain(follow: () => Evaluated): Evaluated {
  try {
    return follow();
  } catch (error) {
    if (error instanceof RangeError) return NOTHING;
    throw error;
  }
}

class Evaluation extends ShellState implements Evaluated {
  readonly commands: RunCommand[] = [];
  readonly choices: Choice[] = [];
  private steps = 0;

  list(statements: readonly Statement[]): Answer {
    let answer: Answer = true;
    for (const { command } of statements) {
      if (this.ended) return answer;
      answer = this.node(command);
    }
    return answer;
  }

  private node(node: SyntaxNode, input?: string): Answer {
    if (++this.steps > MAX_STEPS) throw new RangeError('too long');
    switch (node.type) {
      case 'Statement':
        return this.node(node.command);
      case 'CompoundList':
        return this.list(node.commands);
      case 'BraceGroup':
        return this.list(node.body.commands);
      case 'Redirected':
        return this.node(node.command);
      case 'Command':
        return this.command(node, input);
      case 'TestCommand':
        return tested(node.expression, this.words);
      case 'AndOr':
        return this.andOr(node);
      case 'Pipeline': {
        const answer = this.pipeline(node.commands);
        return node.prefixes.some(({ type }) => type === 'Negation') ? negated(answer) : answer;
      }
      case 'Subshell': {
        const before = new Map(this.variables);
        const answer = this.inShell(() => this.list(node.body.commands));
        this.variables = before;
        return answer;
      }
      case 'Case': {
        const value = this.word(node.word);
        return this.choose({
          kind: 'case',
          asked: node.word,
          value,
          branches: node.items.map(({ pattern, body }) => ({ label: pattern.map(({ text }) => text).join('|'), body })),
          answers: node.items.map(({ pattern, terminator }) =>
            // What runs into the next branch is not followed.
            terminator !== undefined && terminator !== ';;'
              ? undefined
              : matches(
                  value,
                  pattern.map((one) => this.pattern(one)),
                ),
          ),
          rest: node.items.findIndex(({ pattern }) => pattern.some(({ text }) => text === '*')),
        });
      }
      case 'If': {
        const conditions = [node.clause, ...node.elif.map(({ clause }) => clause)];
        const bodies = [node.then, ...node.elif.map(({ then }) => then)];
        const answers: Answer[] = [];
        for (const clause of conditions) {
          if (answers.includes(true)) answers.push(false);
          else answers.push(answers.includes(undefined) ? undefined : this.catching(() => this.list(clause.commands)));
        }
        const branches: Branch[] = bodies.map((body, i) => ({ label: this.slice(conditions[i]!), body }));
        const rest = node.else === undefined ? -1 : branches.push({ label: '*', body: node.else }) - 1;
        if (rest >= 0) answers.push(answers.includes(true) ? false : answers.includes(undefined) ? undefined : true);
        return this.choose({ kind: 'if', asked: node.clause, value: '', branches, answers, rest });
      }
      case 'For': {
        const words = (node.wordlist ?? []).map((word) => this.word(word));
        this.assign(node.name.value, words.length === 1 ? words[0]! : UNSEEN);
        const before = new Map(this.variables);
        this.list(node.body.commands);
        // Which turn was the last is not followed.
        for (const [name, value] of this.variables) if (before.get(name) !== value) this.assign(name, UNSEEN);
        return undefined;
      }
      case 'Function':
        return undefined;
      default:
        this.perhaps(() => forEachChild(node, (child) => void this.node(child)));
        return undefined;
    }
  }

  private andOr({ commands, operators }: AndOr): Answer {
    // `curl … && tar … || true`: whichever fails.
    const catches = operators.findLastIndex((one, i) => one === '||' && !ends(commands[i + 1]!));
    const carryOut = (i: number): Answer =>
      i <= catches ? this.catching(() => this.node(commands[i]!)) : this.node(commands[i]!);
    let answer = carryOut(0);
    for (const [i, operator] of operators.entries()) {
      const runs = operator === '&&' ? answer : negated(answer);
      // `curl … && tar …`: that the first one works is what the author means.
      const isMeant = operator === '&&' && answer === undefined && !asksSomething(commands[i]!);
      if (this.ended) return answer;
      if (runs === true || isMeant) answer = carryOut(i + 1);
      else if (runs === undefined) {
        this.perhaps(() => void this.node(commands[i + 1]!));
        answer = undefined;
      }
    }
    return answer;
  }

  private choose(choice: {
    readonly kind: 'case' | 'if';
    readonly asked: Word | { readonly pos: number; readonly end: number };
    readonly value: string;
    readonly branches: readonly Branch[];
    readonly answers: readonly Answer[];
    /** The branch for all that is left; -1 where there is none. */
    readonly rest: number;
  }): Answer {
    const { branches, answers, rest } = choice;
    const first = answers.findIndex((answer) => answer !== false);
    if (first >= 0 && answers[first] === undefined) {
      for (const { body } of branches) this.perhaps(() => void this.list(body.commands));
      return undefined;
    }
    const taken = branches[first];
    const before = new Map(this.variables);
    const answer = taken === undefined ? true : this.list(taken.body.commands);
    if (this.open || (first >= 0 && first !== rest)) return answer;
    const gives = new Map([...this.variables].filter(([name, value]) => before.get(name) !== value));
    const { pos: from, end: to } = choice.asked;
    const others = branches.filter((_, i) => i !== rest);
    const sets = settingsOf(others);
    this.choices.push({
      kind: choice.kind,
      taken: first < 0 ? 'none' : 'rest',
      asked: this.text.slice(from, to),
      value: choice.value,
      branches: others.map(({ label }) => label),
      sets,
      gives,
      stops: this.ended && answer === false && !this.caught && this.shells === 0,
      body: taken === undefined ? undefined : { from: taken.body.pos, to: taken.body.end },
      from,
      to,
    });
    if (this.ended) return answer;
    for (const name of sets.keys())
      if (!this.variables.has(name) && this.told.outside(name) === undefined)
        this.variables.set(name, `\u0003${this.choices.length - 1} ${name}\u0003`);
    return answer;
  }

  private command(node: Command, input: string | undefined): Answer {
    const assigned = new Map(
      node.prefix
        .filter((one): one is Assignment => one.type === 'Assignment')
        .map((one) => [one.name, this.valueOf(one)]),
    );
    const { pos: from, end: to } = node;
    const at = (word: Word, text: string): RunWord => ({ text, written: word.text, from: word.pos, to: word.end });
    const words = node.name === undefined ? [] : [at(node.name, this.word(node.name))];
    const declares = /^(?:export|readonly|local|declare|typeset)$/.test(words[0]?.text ?? '');
    for (const arg of node.args) {
      if (arg.type === 'Word') words.push(at(arg, this.word(arg)));
      else {
        const value = this.valueOf(arg);
        words.push({ text: `${arg.name}=${value}`, written: arg.text, from: arg.pos, to: arg.end });
        if (declares) this.assign(arg.name, value);
      }
    }
    if (node.name === undefined) for (const [name, value] of assigned) this.assign(name, value);
    if (this.ended) return undefined;
    if (!this.open) this.commands.push({ words, assigned, isCaught: this.caught, from, to });
    const isSent = node.redirects.some((one) => one.type === 'Redirect' && one.operator.startsWith('>'));
    return this.carriedOut(
      words.map(({ text }) => text),
      { input, isSent },
    );
  }

  /** What a command prints and answers, of those that this is known of. */
  private carriedOut(
    words: readonly string[],
    { input, isSent }: { readonly input: string | undefined; readonly isSent: boolean },
  ): Answer {
    const { answer, prints, ends: isEnd, sets, mayAssign } = doneBy(words, input, this.told.machine);
    if (prints !== undefined && !isSent)
      this.printed = this.printed === undefined || prints.text === undefined ? undefined : this.printed + prints.text;
    if (isEnd === true && !this.open) this.ended = true;
    for (const one of sets ?? []) this.assign(one, UNSEEN);
    if (mayAssign === true) for (const one of this.variables.keys()) this.variables.set(one, UNSEEN);
    return answer;
  }

  private pipeline(commands: readonly SyntaxNode[]): Answer {
    const outer = this.printed;
    let input: string | undefined;
    let answer: Answer;
    for (const [i, one] of commands.entries()) {
      const isLast = i === commands.length - 1;
      this.printed = isLast ? outer : '';
      const before = new Map(this.variables);
      answer = commands.length > 1 ? this.inShell(() => this.node(one, input)) : this.node(one, input);
      // Each is a shell of its own.
      this.variables = before;
      if (!isLast) input = this.printed;
    }
    return commands.length > 1 ? undefined : answer;
  }
}
