import type { Assignment, Statement, Word } from 'unbash';
import type { Answer } from './answers.ts';
import type { Told } from './evaluated.ts';
import { expanded } from './expansions.ts';
import { type Pattern, patternOf } from './patterns.ts';
import { UNSEEN } from './shell.ts';
import { assignedBy, type Expansion, MAX_VARIABLES, partOf, textOf } from './words.ts';

/** What a script has set up to where it is followed, what that makes of its words, and whether it gets there at all. */
export abstract class ShellState {
  protected variables = new Map<string, string>();
  /** Within what may not run. */
  protected open = false;
  /** Within what may fail. */
  protected caught = false;
  /** `exit` was met. */
  protected ended = false;
  /** What the commands of the innermost `$( )` print. */
  protected printed: string | undefined = '';
  /** Shells that end without the script: `( )`, `$( )`, parts of a pipe. */
  protected shells = 0;
  protected readonly text: string;
  protected readonly told: Told;

  constructor(text: string, told: Told) {
    this.text = text;
    this.told = told;
  }

  abstract list(statements: readonly Statement[]): Answer;

  /** Carries out what may not run: what it sets is not known afterwards, and what it runs is not certain. */
  protected perhaps(what: () => void): void {
    const [open, ended, printed] = [this.open, this.ended, this.printed];
    this.open = true;
    what();
    this.open = open;
    this.ended = ended;
    this.printed = this.printed === printed ? printed : undefined;
  }

  protected inShell(what: () => Answer): Answer {
    this.shells++;
    const answer = what();
    this.shells--;
    return answer;
  }

  /** Carries out what may fail: the script goes on in another way then. */
  protected catching(what: () => Answer): Answer {
    const { caught } = this;
    this.caught = true;
    const answer = what();
    this.caught = caught;
    return answer;
  }

  protected valueOf(one: Assignment): string {
    return assignedBy(one, this.variables.get(one.name) ?? UNSEEN, this.expand) ?? UNSEEN;
  }

  protected assign(name: string, value: string): void {
    if (this.variables.size >= MAX_VARIABLES && !this.variables.has(name)) return;
    this.variables.set(name, this.open ? UNSEEN : value);
  }

  /** For what is told of words and parameters elsewhere. */
  protected readonly words = {
    word: (word: Word): string => this.word(word),
    pattern: (word: Word): Pattern => this.pattern(word),
    variable: (name: string): string | undefined => this.variable(name),
    assign: (name: string, value: string): void => this.assign(name, value),
    fail: (): void => {
      if (!this.open) this.ended = true;
    },
  };

  protected word(word: Word): string {
    return textOf(word, this.expand);
  }

  protected pattern(word: Word): Pattern {
    return patternOf(word, (part) => partOf(part, this.expand));
  }

  protected readonly expand = (part: Expansion): string => {
    switch (part.type) {
      case 'SimpleExpansion':
        return this.variable(part.text.slice(1)) ?? UNSEEN;
      case 'ParameterExpansion':
        return expanded(part, this.words);
      case 'CommandExpansion':
        return this.substituted(part.script?.commands);
      case 'ProcessSubstitution':
      case 'ArithmeticExpansion':
        return UNSEEN;
    }
  };

  protected substituted(statements: readonly Statement[] | undefined): string {
    if (statements === undefined) return UNSEEN;
    const [before, printed] = [new Map(this.variables), this.printed];
    this.printed = '';
    this.inShell(() => this.list(statements));
    const text: string | undefined = this.printed;
    this.variables = before;
    this.printed = printed;
    return text === undefined ? UNSEEN : text.replace(/\n+$/, '');
  }

  protected variable(name: string): string | undefined {
    return /^[A-Za-z_]\w*$/.test(name) ? (this.variables.get(name) ?? this.told.outside(name)) : UNSEEN;
  }

  protected slice({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.text.slice(pos, end);
  }
}
