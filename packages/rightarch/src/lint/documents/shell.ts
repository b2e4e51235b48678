import { type AssignmentPrefix, type Command, forEachChild, parse, type SyntaxNode, type Word } from 'unbash';

/**
 * Stands in a word for what its text does not say: what a command prints, what a branch assigns, what the outside sets.
 * One character, and none that a script can hold in an argument.
 */
export const UNSEEN = '\u0000';

/** One simple command of a script, wherever it stands: in a branch, in `$( )`, behind `&&`. */
export interface ShellCommand {
  /** Name and arguments with their variables filled in; assignments in front are not among them. */
  readonly words: readonly ShellWord[];
  /** `GOARCH=arm64 go build`, by name. */
  readonly assigned: ReadonlyMap<string, string>;
  /** The variables of the shell before it, `export` or not, as far as the script sets them. */
  readonly variables: ReadonlyMap<string, string>;
  /** Whether it runs depends on something that was asked before: it stands in a branch, or behind a test. */
  readonly guarded: boolean;
  /** Offsets in the script. */
  readonly from: number;
  readonly to: number;
}

export interface ShellWord {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** A variable that a script reads and does not set before: `${NAME}`, `$NAME`. */
export interface ShellRead {
  readonly name: string;
  /** `${NAME:-amd64}`: what stands there where it is unset. */
  readonly fallback: string | undefined;
  readonly from: number;
  readonly to: number;
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  readonly reads: readonly ShellRead[];
  /** False where a part could not be understood: what is there is there, and more may be. */
  readonly whole: boolean;
}

/** What a script is given: undefined for a variable that nobody here sets. */
export type Variables = (name: string) => string | undefined;

/** No person writes a longer RUN, and none is read to its end. */
const MAX_TEXT = 200_000;
/** Copies of the variables are made where they change: so many may there be. */
const MAX_VARIABLES = 200;

/** Reads a script without running anything. Its words are as the shell would make them, as far as the text says it. */
export function readShell(text: string, outside: Variables): ShellScript {
  if (text.length > MAX_TEXT) return { commands: [], reads: [], whole: false };
  const script = parse(text);
  const reader = new Reader(outside);
  reader.visit(script, false);
  return { commands: reader.commands, reads: reader.reads, whole: (script.errors?.length ?? 0) === 0 };
}

class Reader {
  readonly commands: ShellCommand[] = [];
  readonly reads: ShellRead[] = [];
  private variables: ReadonlyMap<string, string> = new Map();
  /** Of the command whose words are being read. */
  private isGuarded = false;

  private readonly outside: Variables;

  constructor(outside: Variables) {
    this.outside = outside;
  }

  visit(node: SyntaxNode, guarded: boolean): void {
    switch (node.type) {
      case 'Command':
        this.command(node, guarded);
        return;
      case 'AndOr': {
        let behind = guarded;
        for (const [i, one] of node.commands.entries()) {
          this.visit(one, behind);
          // Behind a test it depends on its answer, and behind `||` on a failure.
          if (isTest(one) || node.operators[i] === '||') behind = true;
        }
        return;
      }
      case 'If':
        this.visit(node.clause, guarded);
        for (const part of [node.then, ...node.elif, ...(node.else ? [node.else] : [])]) this.visit(part, true);
        return;
      case 'Case':
        this.word(node.word);
        for (const item of node.items) this.visit(item.body, true);
        return;
      case 'While':
        this.visit(node.clause, guarded);
        this.visit(node.body, true);
        return;
      case 'For': {
        for (const word of node.wordlist ?? []) this.word(word);
        this.assign(node.name.value, UNSEEN);
        this.visit(node.body, guarded);
        return;
      }
      case 'Function':
        // When it is called, and with which words, is seen elsewhere.
        this.visit(node.body, true);
        return;
      case 'Subshell': {
        const before = this.variables;
        this.visit(node.body, guarded);
        this.variables = before;
        return;
      }
      case 'Word':
        this.word(node);
        return;
      default:
        forEachChild(node, (child) => this.visit(child, guarded));
    }
  }

  private command(node: Command, guarded: boolean): void {
    const before = this.variables;
    this.isGuarded = guarded;
    const prefix = node.prefix.filter((one): one is AssignmentPrefix => one.type === 'Assignment');
    const assigned = new Map(prefix.map((one) => [one.name, this.valueOf(one)]));
    const words: ShellWord[] = node.name === undefined ? [] : [this.word(node.name)];
    const declares = ['export', 'readonly', 'local', 'declare', 'typeset'].includes(words[0]?.text ?? '');
    for (const arg of node.args) {
      if (arg.type === 'Word') {
        words.push(this.word(arg));
        continue;
      }
      const value = this.valueOf(arg);
      words.push({ text: `${arg.name}=${value}`, from: arg.pos, to: arg.end });
      if (declares) this.assign(arg.name, guarded ? UNSEEN : value);
    }
    for (const one of node.redirects) {
      if (one.type === 'HereDoc') for (const part of one.body.parts ?? []) this.part(part);
      else if (one.target !== undefined) this.word(one.target);
    }
    // Alone they stay; before a command they are its own.
    if (node.name === undefined) for (const [name, value] of assigned) this.assign(name, guarded ? UNSEEN : value);
    if (words[0]?.text === 'read') for (const { text } of words.slice(1)) this.assign(text, UNSEEN);
    this.commands.push({ words, assigned, variables: before, guarded, from: node.pos, to: node.end });
  }

  private valueOf(one: AssignmentPrefix): string {
    if (one.value.type !== 'Word') return UNSEEN;
    const { text } = this.word(one.value);
    return one.append === true ? `${this.variables.get(one.name) ?? UNSEEN}${text}` : text;
  }

  private assign(name: string, value: string): void {
    if (this.variables.size >= MAX_VARIABLES && !this.variables.has(name)) return;
    this.variables = new Map(this.variables).set(name, value);
  }

  private word(word: Word): ShellWord {
    const text = word.parts === undefined ? word.value : word.parts.map((part) => this.part(part)).join('');
    return { text, from: word.pos, to: word.end };
  }

  private part(part: NonNullable<Word['parts']>[number]): string {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        return part.value;
      case 'DoubleQuoted':
      case 'LocaleString':
        return part.parts.map((child) => this.part(child)).join('');
      case 'SimpleExpansion':
        return this.variable(part.text.slice(1), undefined, part);
      case 'ParameterExpansion': {
        const { operation, parameter, prefix, index } = part;
        const operand = operation?.type === 'Default' ? this.word(operation.operand).text : undefined;
        const fallback = operation?.type === 'Default' && /^:?[-=]$/.test(operation.operator) ? operand : undefined;
        const value = this.variable(parameter, fallback, part);
        return prefix !== undefined || index !== undefined || (operation !== undefined && fallback === undefined)
          ? UNSEEN
          : value;
      }
      case 'CommandExpansion':
      case 'ProcessSubstitution': {
        // A shell of its own: what it assigns ends with it.
        const before = this.variables;
        const guarded = this.isGuarded;
        if (part.script !== undefined) this.visit(part.script, guarded);
        this.isGuarded = guarded;
        this.variables = before;
        return UNSEEN;
      }
      case 'ArithmeticExpansion':
        return UNSEEN;
      default:
        return part.text;
    }
  }

  private variable(name: string, fallback: string | undefined, { pos, end }: { pos: number; end: number }): string {
    if (!/^[A-Za-z_]\w*$/.test(name)) return UNSEEN;
    const own = this.variables.get(name);
    if (own !== undefined) return own;
    this.reads.push({ name, fallback, from: pos, to: end });
    const given = this.outside(name);
    return given === undefined || (given === '' && fallback !== undefined) ? (fallback ?? UNSEEN) : given;
  }
}

/** `[ … ]`, `[[ … ]]`, `test`, `grep -q`: a command that is run for its answer. */
function isTest(node: SyntaxNode): boolean {
  if (node.type === 'TestCommand' || node.type === 'ArithmeticCommand') return true;
  if (node.type === 'Pipeline') return node.commands.some(isTest);
  return node.type === 'Command' && /^(?:\[|test|grep|egrep|\[\[|false)$/.test(node.name?.value ?? '');
}
