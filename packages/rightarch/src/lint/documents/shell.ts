import { type AssignmentPrefix, type Command, forEachChild, parse, type SyntaxNode, type Word } from 'unbash';
import { assignedBy, type Expansion, MAX_VARIABLES, type Part, partOf, textOf } from './words.ts';

/**
 * Stands in a word for what its text does not say: what a command prints, what a branch assigns, what the outside sets.
 * One character, and none that a script can hold in an argument.
 */
export const UNSEEN = '\u0000';

/**
 * Unseen too, and another word on each CPU: what `$TARGETARCH` and what is made of it holds, and what the machine says of
 * itself (`uname -m`). Each begins and ends with `UNSEEN`, so that it is unseen to whoever does not care.
 */
export const TARGET_CPU = `${UNSEEN}\u0001${UNSEEN}`;
export const OWN_CPU = `${UNSEEN}\u0002${UNSEEN}`;

/** A text for people: `…` for each part that is unseen. */
export const shownText = (text: string): string => text.replace(/\0(?:[\u0001\u0002]\0)?/g, '…');

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
  /** What was asked may be the CPU. A branch that asks for a version or a file runs on every CPU alike. */
  readonly guardedByCpu: boolean;
  /**
   * That it fails ends nothing: it is a condition, stands left of `||`, behind `!` or in `$( )`, or in a pipe that does.
   * Of one platform `evaluate` says the same of what certainly runs there (`RunCommand`).
   */
  readonly isCaught: boolean;
  /** The `for` loops that it stands in: the variable, and the words that it goes through, as the script has them. */
  readonly loops: readonly ShellLoop[];
  /** Offsets in the script. */
  readonly from: number;
  readonly to: number;
}

export interface ShellLoop {
  readonly name: string;
  readonly words: readonly string[];
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
/** What is put in from within itself is parsed once for each level: of more than any script has, none is read. */
const MOST_PUT_IN = 3_000;

/** Reads a script without running anything. Its words are as the shell would make them, as far as the text says it. */
export function readShell(text: string, outside: Variables): ShellScript {
  // `${NAME}` holds nothing.
  const putIn = text.match(/[$<>]\(|\$\{(?!\w+\})/g)?.length ?? 0;
  if (text.length > MAX_TEXT || putIn > MOST_PUT_IN) return { commands: [], reads: [], whole: false };
  const reader = new Reader(text, outside);
  const { commands, reads } = reader;
  try {
    const script = parse(text);
    reader.visit(script, FREE);
    return { commands, reads, whole: (script.errors?.length ?? 0) === 0 };
  } catch (error) {
    // Nesting deeper than the stack is the one thing the parser throws at.
    if (error instanceof RangeError) return { commands, reads, whole: false };
    throw error;
  }
}

/** Whether a command runs in any case, depends on an answer, or on an answer that may be the CPU: whose, where it is known. */
interface Guard {
  readonly kind: 'no' | 'asked' | 'cpu';
  readonly cpu?: string | undefined;
}

const NOTHING: ReadonlyMap<string, string> = new Map();
const FREE: Guard = { kind: 'no' };

/** Commands that print the CPU of the machine they run on. */
const ASKS_OWN_CPU =
  /\buname\b|\bdpkg\s+--print-architecture|\bapk\s+--print-arch|(?:^|[(`|;&]\s*)arch\b|\bprocess\.arch\b|%\{_arch\}|\bgo\s+env\s+GO(?:HOST)?ARCH\b/;
export const asksOwnCpu = (command: string): boolean => ASKS_OWN_CPU.test(command);
const ASKS_TARGET_CPU = /\$\{?TARGET(?:ARCH|PLATFORM|VARIANT)\b/;

/** Words of a condition that ask for the CPU, in whatever spelling. */
const ASKS_FOR_CPU =
  /arch|uname|platform|machine|cpu|x86|amd64|arm|x64|i[36]86|target|long_bit|hosttype|avx|sse[234]|neon|simd|-m(?:sse|fma|f16c|bmi|popcnt|aes|64|32)/i;

class Reader {
  readonly commands: ShellCommand[] = [];
  readonly reads: ShellRead[] = [];
  private variables: ReadonlyMap<string, string> = new Map();
  /** Of the command whose words are being read. */
  private guard: Guard = FREE;
  private loops: readonly ShellLoop[] = [];
  /** Somebody may have left it already, for some CPU: `[ $TARGETARCH = amd64 ] || exit 0`. */
  private isLeft = false;
  private isCaught = false;

  private readonly text: string;
  private readonly outside: Variables;

  constructor(text: string, outside: Variables) {
    this.text = text;
    this.outside = outside;
  }

  visit(node: SyntaxNode, guard: Guard): void {
    switch (node.type) {
      case 'Command':
        this.command(node, guard);
        return;
      case 'AndOr': {
        let behind = guard;
        const catches = node.operators.lastIndexOf('||');
        for (const [i, one] of node.commands.entries()) {
          if (i <= catches) this.caught(() => this.visit(one, behind));
          else this.visit(one, behind);
          // Behind a test it depends on its answer, and behind `||` on a failure.
          if (isTest(one) || node.operators[i] === '||') behind = this.behind(behind, [one]);
        }
        return;
      }
      case 'If': {
        this.caught(() => this.visit(node.clause, guard));
        const inner = this.behind(guard, [node.clause, ...node.elif.map(({ clause }) => clause)]);
        this.visit(node.then, inner);
        for (const { clause, then } of node.elif) {
          this.caught(() => this.visit(clause, inner));
          this.visit(then, inner);
        }
        if (node.else !== undefined) this.visit(node.else, inner);
        return;
      }
      case 'Case': {
        this.word(node.word);
        const inner = this.behind(guard, [node.word, ...node.items.flatMap(({ pattern }) => pattern)]);
        for (const item of node.items) this.visit(item.body, inner);
        return;
      }
      case 'Pipeline': {
        const all = (): void => {
          for (const one of node.commands) this.visit(one, guard);
        };
        if (node.prefixes.some(({ type }) => type === 'Negation')) this.caught(all);
        else all();
        return;
      }
      case 'While':
        this.caught(() => this.visit(node.clause, guard));
        this.visit(node.body, this.behind(guard, [node.clause]));
        return;
      case 'For': {
        const words = (node.wordlist ?? []).map((word) => this.word(word).text);
        this.assign(node.name.value, UNSEEN);
        const before = this.loops;
        this.loops = [...before, { name: node.name.value, words }];
        this.visit(node.body, guard);
        this.loops = before;
        return;
      }
      case 'Function':
        // When it is called, and with which words, is seen elsewhere.
        this.visit(node.body, { kind: 'cpu' });
        return;
      case 'Subshell': {
        const before = this.variables;
        this.visit(node.body, guard);
        this.variables = before;
        return;
      }
      case 'Word':
        this.word(node);
        return;
      default:
        forEachChild(node, (child) => this.visit(child, guard));
    }
  }

  private caught(visit: () => void): void {
    const before = this.isCaught;
    this.isCaught = true;
    visit();
    this.isCaught = before;
  }

  /** What stands behind these conditions. One that cannot be seen through may be about the CPU. */
  private behind(guard: Guard, conditions: readonly { readonly pos: number; readonly end: number }[]): Guard {
    const texts = conditions.map(({ pos, end }) => this.text.slice(pos, end));
    const values = texts.flatMap((text) =>
      [...text.matchAll(/\$\{?(\w+)/g)].map(([, name]) => this.variables.get(name!) ?? ''),
    );
    const asks = texts.some((text) => ASKS_FOR_CPU.test(text)) || values.some((value) => value.includes(UNSEEN));
    const cpu =
      texts.some((text) => ASKS_TARGET_CPU.test(text)) || values.some((value) => value.includes(TARGET_CPU))
        ? TARGET_CPU
        : texts.some((text) => ASKS_OWN_CPU.test(text)) || values.some((value) => value.includes(OWN_CPU))
          ? OWN_CPU
          : undefined;
    return { kind: guard.kind === 'cpu' || asks ? 'cpu' : 'asked', cpu: cpu ?? guard.cpu };
  }

  private command(node: Command, guard: Guard): void {
    const before = this.variables;
    const guarded = guard.kind !== 'no';
    const chosen = guard.cpu ?? UNSEEN;
    this.guard = guard;
    const prefix = node.prefix.filter((one): one is AssignmentPrefix => one.type === 'Assignment');
    const assigned = prefix.length === 0 ? NOTHING : new Map(prefix.map((one) => [one.name, this.valueOf(one)]));
    const words: ShellWord[] = node.name === undefined ? [] : [this.word(node.name)];
    const declares = ['export', 'readonly', 'local', 'declare', 'typeset'].includes(words[0]?.text ?? '');
    for (const arg of node.args) {
      if (arg.type === 'Word') {
        words.push(this.word(arg));
        continue;
      }
      const value = this.valueOf(arg);
      words.push({ text: `${arg.name}=${value}`, from: arg.pos, to: arg.end });
      if (declares) this.assign(arg.name, guarded ? chosen : value);
    }
    for (const one of node.redirects) {
      if (one.type === 'HereDoc') for (const part of one.body.parts ?? []) this.part(part);
      else if (one.target !== undefined) this.word(one.target);
    }
    // Alone they stay; before a command they are its own.
    if (node.name === undefined) for (const [name, value] of assigned) this.assign(name, guarded ? chosen : value);
    // Another script may set anything.
    if (words[0]?.text === '.' || words[0]?.text === 'source')
      this.variables = new Map([...this.variables.keys()].map((name) => [name, UNSEEN]));
    if (words[0]?.text === 'read') for (const { text } of words.slice(1)) this.assign(text, UNSEEN);
    const { pos: from, end: to } = node;
    const { loops, isCaught } = this;
    const guardedByCpu = guard.kind === 'cpu' || this.isLeft;
    this.commands.push({ words, assigned, variables: before, guarded, guardedByCpu, isCaught, loops, from, to });
    if (words[0]?.text === 'exit' && (words[1]?.text ?? '0') === '0' && guard.kind === 'cpu') this.isLeft = true;
    this.given(words, guard);
  }

  /** `sh -c '…'`, `su -c "…"`: a script in a word. Its commands stand where the word does. */
  private given(words: readonly ShellWord[], guard: Guard): void {
    const [name, ...rest] = words;
    if (!/^(?:\/bin\/)?(?:ba|da|a)?sh$|^su$/.test(name?.text ?? '')) return;
    const inner = rest[rest.findIndex(({ text }) => /^-[a-z]*c$/.test(text)) + 1];
    if (inner === undefined || inner === rest[0] || inner.text === '') return;
    const { from, to } = inner;
    for (const one of readShell(inner.text, this.outside).commands)
      this.commands.push({
        ...one,
        words: one.words.map(({ text }) => ({ text, from, to })),
        guarded: one.guarded || guard.kind !== 'no',
        guardedByCpu: one.guardedByCpu || guard.kind === 'cpu',
        isCaught: one.isCaught || this.isCaught,
        from,
        to,
      });
  }

  private valueOf(one: AssignmentPrefix): string {
    return assignedBy(one, this.variables.get(one.name) ?? UNSEEN, this.expand) ?? UNSEEN;
  }

  private assign(name: string, value: string): void {
    if (this.variables.size >= MAX_VARIABLES && !this.variables.has(name)) return;
    this.variables = new Map(this.variables).set(name, value);
  }

  private word(word: Word): ShellWord {
    return { text: textOf(word, this.expand), from: word.pos, to: word.end };
  }

  private part(part: Part): string {
    return partOf(part, this.expand);
  }

  private readonly expand = (part: Expansion): string => {
    switch (part.type) {
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
        const { guard } = this;
        const from = this.commands.length;
        const { script } = part;
        if (script !== undefined) this.caught(() => this.visit(script, guard));
        this.guard = guard;
        this.variables = before;
        const said = this.commands.slice(from).map(({ words }) => words.map(({ text }) => text).join(' '));
        // What a filter makes of it still tells the CPUs apart.
        if (said.some((line) => line.includes(TARGET_CPU))) return TARGET_CPU;
        return said.some((line) => line.includes(OWN_CPU) || ASKS_OWN_CPU.test(line)) ? OWN_CPU : UNSEEN;
      }
      case 'ArithmeticExpansion':
        return UNSEEN;
    }
  };

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
