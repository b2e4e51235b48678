import {
  type AndOr,
  type Command,
  type CommandNode,
  type CompoundList,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  type PipelineNode,
  type Redirection,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash';
import type { Kernel } from '../kernel.ts';
import { Refusal, refuse } from '../refusal.ts';
import { type Outcome, success } from '../types.ts';
import { type BuiltinName, builtin, builtinNames, refusedBuiltins, specialBuiltins } from './builtins.ts';
import { type Expander, expandText, expandWords } from './expand.ts';
import { deliver, plumb, RedirectProblem } from './redirect.ts';
import { refusedNodes } from './refused-nodes.ts';
import { copyState, environment, notSecret, ShellExit, type ShellState } from './state.ts';

/** Starts a program that is no builtin. */
export type Exec = (
  argv: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly input: Uint8Array | undefined;
  },
) => Promise<Outcome>;

const MAX_STEPS = 10_000;
const MAX_OUTPUT = 16 * 1024 * 1024;

/** Carries out a parsed script. Whatever it does not know for certain is a `Refusal` with the offset. */
export class Interpreter implements Expander {
  readonly state: ShellState;
  readonly kernel: Kernel;
  readonly #exec: Exec;
  readonly #budget: { steps: number };

  constructor(state: ShellState, kernel: Kernel, exec: Exec, budget = { steps: MAX_STEPS }) {
    this.state = state;
    this.kernel = kernel;
    this.#exec = exec;
    this.#budget = budget;
  }

  /** The whole script, with the status that the shell ends with. */
  async run(script: ParsedScript, input?: Uint8Array): Promise<Outcome> {
    const [error] = script.errors ?? [];
    if (error !== undefined) refuse('run/syntax', { what: error.message }, error.pos);
    if (script.source !== undefined) refuse('run/syntax', { what: '`…\\`…`' }, script.pos);
    return this.#ending(() => this.#list(script.commands, input, false));
  }

  async substitute(script: ParsedScript): Promise<string> {
    const umask = this.kernel.umask;
    const inner = new Interpreter(copyState(this.state), this.kernel, this.#exec, this.#budget);
    // Bash forgets `set -e` in there. In POSIX mode it does not (Bash Reference Manual, "Bash POSIX Mode"), unless the
    // whole is tested, as in `x=$(a; b) || c`: seen where more than one statement is.
    if (this.state.dialect === 'bash' && this.state.errexit) {
      if (!this.state.posix) inner.state.errexit = false;
      else if (statementsIn(script) > 1) refuse('run/syntax', { what: 'set -e … $(…; …)' }, script.pos);
    }
    const outcome = await inner.run(script);
    this.kernel.umask = umask;
    if (outcome.unknownOut) refuse('run/not-computable', { what: '$(…)' }, script.pos);
    this.state.substituted = outcome.status;
    return outcome.out;
  }

  /** What is printed before an `exit` is kept, whoever throws it. */
  #printed = { out: '', err: '', unknown: false };

  async #ending(act: () => Promise<Outcome>): Promise<Outcome> {
    try {
      const { status } = await act();
      return this.#collected(status);
    } catch (thrown) {
      if (!(thrown instanceof ShellExit)) throw thrown;
      if (thrown.said !== '') this.#printed.err += `sh: ${thrown.said}\n`;
      return this.#collected(thrown.status);
    }
  }

  #collected(status: number): Outcome {
    const { out, err, unknown } = this.#printed;
    return { status, out, err, ...(unknown ? { unknownOut: true as const } : {}) };
  }

  /** Keeps what a command printed and remembers its status. */
  #note(outcome: Outcome): Outcome {
    this.#printed.out += outcome.out;
    this.#printed.err += outcome.err;
    if (outcome.unknownOut) this.#printed.unknown = true;
    if (this.#printed.out.length + this.#printed.err.length > MAX_OUTPUT)
      refuse('run/not-computable', { what: 'output' });
    this.state.status = outcome.status;
    return { status: outcome.status, out: '', err: '' };
  }

  async #list(statements: readonly Statement[], input: Uint8Array | undefined, tested: boolean): Promise<Outcome> {
    let last = success;
    for (const statement of statements) {
      if (statement.background) refuse('run/syntax', { what: '&' }, statement.end - 1);
      last =
        statement.command.type === 'AndOr'
          ? await this.#andOr(statement.command, input, tested)
          : await this.#pipelineNode(statement.command, input, tested);
    }
    return last;
  }

  async #andOr(node: AndOr, input: Uint8Array | undefined, tested: boolean): Promise<Outcome> {
    let last = await this.#pipelineNode(node.commands[0]!, input, tested || node.commands.length > 1);
    for (const [i, operator] of node.operators.entries()) {
      if ((operator === '&&') !== (last.status === 0)) continue;
      // `set -e` looks at the last command of the list only.
      const isLast = i === node.operators.length - 1;
      last = await this.#pipelineNode(node.commands[i + 1]!, input, tested || !isLast);
    }
    return last;
  }

  async #pipelineNode(node: PipelineNode, input: Uint8Array | undefined, tested: boolean): Promise<Outcome> {
    if (node.type === 'Pipeline') return this.#pipeline(node, input, tested);
    const outcome = await this.#command(node, input, tested);
    if (
      outcome.status !== 0 &&
      this.state.errexit &&
      !tested &&
      ['Command', 'Subshell', 'Redirected'].includes(node.type)
    )
      throw new ShellExit(outcome.status);
    return outcome;
  }

  async #pipeline(node: Pipeline, input: Uint8Array | undefined, tested: boolean): Promise<Outcome> {
    if (node.prefixes.some((prefix) => prefix.type === 'Time')) refuse('run/syntax', { what: 'time' }, node.pos);
    const negated = node.prefixes.length % 2 === 1;
    if (node.prefixes.length > 1) refuse('run/syntax', { what: '! !' }, node.pos);
    let last: Outcome;
    if (node.commands.length === 1) last = await this.#command(node.commands[0]!, input, tested || negated);
    else last = await this.#piped(node, input);
    const status = negated ? (last.status === 0 ? 1 : 0) : last.status;
    this.state.status = status;
    if (status !== 0 && this.state.errexit && !tested && !negated) throw new ShellExit(status);
    return { ...success, status };
  }

  /** Only what prints a few words may stand in front of a pipe: nothing else can be told from running side by side. */
  async #piped(node: Pipeline, input: Uint8Array | undefined): Promise<Outcome> {
    let carried = input;
    let status = 0;
    for (const [i, command] of node.commands.entries()) {
      const isLast = i === node.commands.length - 1;
      if (node.operators[i] === '|&') refuse('run/syntax', { what: '|&' }, node.pos);
      const name = command.type === 'Command' ? command.name?.value : undefined;
      if (
        !isLast &&
        (name === undefined || !['echo', 'printf', 'cat'].includes(name) || (command as Command).redirects.length > 0)
      )
        refuse('run/syntax', { what: '|' }, command.end);
      const inner = new Interpreter(copyState(this.state), this.kernel, this.#exec, this.#budget);
      const umask = this.kernel.umask;
      const outcome = await inner.#ending(() => inner.#command(command, carried, false));
      this.kernel.umask = umask;
      if (isLast) {
        status = this.state.pipefail && status !== 0 && outcome.status === 0 ? status : outcome.status;
        this.#note({ ...outcome, status });
      } else {
        if (outcome.out.length > 4096) refuse('run/not-computable', { what: '|' }, command.end);
        if (outcome.status !== 0) status = outcome.status;
        this.#printed.err += outcome.err;
        carried = Buffer.from(outcome.out);
      }
    }
    return { ...success, status };
  }

  async #command(node: CommandNode, input: Uint8Array | undefined, tested: boolean): Promise<Outcome> {
    if (--this.#budget.steps < 0) refuse('run/not-computable', { what: `> ${MAX_STEPS}` }, node.pos);
    try {
      return await this.#dispatch(node, input, tested);
    } catch (thrown) {
      if (thrown instanceof Refusal) thrown.offset ??= node.pos;
      throw thrown;
    }
  }

  async #dispatch(node: CommandNode, input: Uint8Array | undefined, tested: boolean): Promise<Outcome> {
    switch (node.type) {
      case 'Command':
        return this.#simple(node, input);
      case 'BraceGroup':
        return this.#list(node.body.commands, input, tested);
      case 'Subshell': {
        const umask = this.kernel.umask;
        const inner = new Interpreter(copyState(this.state), this.kernel, this.#exec, this.#budget);
        const outcome = await inner.#ending(() => inner.#list(node.body.commands, input, tested));
        this.kernel.umask = umask;
        return this.#note(outcome);
      }
      case 'If':
        return this.#if(node, input, tested);
      case 'For': {
        if (node.wordlist === undefined) return refuse('run/syntax', { what: 'for' }, node.pos);
        let last = success;
        notSecret(node.name.value, this.state, node.pos);
        for (const value of await expandWords(node.wordlist, this)) {
          this.state.variables.set(node.name.value, value);
          last = await this.#list(node.body.commands, input, tested);
        }
        this.state.status = last.status;
        return last;
      }
      case 'Redirected':
        return this.#redirected(node.command, node.redirects, input, tested);
      default:
        return refuse('run/syntax', { what: refusedNodes[node.type] ?? node.type }, node.pos);
    }
  }

  async #if(
    node: Extract<CommandNode, { type: 'If' }>,
    input: Uint8Array | undefined,
    tested: boolean,
  ): Promise<Outcome> {
    const branches: { readonly clause: CompoundList; readonly then: CompoundList }[] = [node, ...node.elif];
    for (const branch of branches) {
      const clause = await this.#list(branch.clause.commands, input, true);
      if (clause.status === 0) return this.#list(branch.then.commands, input, tested);
    }
    if (node.else !== undefined) return this.#list(node.else.commands, input, tested);
    this.state.status = 0;
    return success;
  }

  async #redirected(
    command: CommandNode,
    redirects: readonly Redirection[],
    input: Uint8Array | undefined,
    tested: boolean,
  ): Promise<Outcome> {
    const outer = this.#printed;
    try {
      const plumbing = await plumb(redirects, this, input);
      this.#printed = { out: '', err: '', unknown: false };
      let exit: ShellExit | undefined;
      let status = 0;
      try {
        status = (await this.#command(command, plumbing.input, tested)).status;
      } catch (thrown) {
        if (!(thrown instanceof ShellExit)) throw thrown;
        exit = thrown;
      }
      const inside = this.#collected(status);
      this.#printed = outer;
      if (this.state.xtrace && plumbing.err.to === 'file')
        refuse('run/not-computable', { what: 'set -x' }, command.pos);
      const left = await deliver(inside, plumbing, this, command.pos);
      this.#note(left);
      if (exit !== undefined) throw exit;
      return { ...success, status };
    } catch (problem) {
      this.#printed = outer;
      if (problem instanceof RedirectProblem)
        return this.#note({ status: this.#redirectStatus(), out: '', err: `sh: ${problem.message}\n` });
      throw problem;
    }
  }

  #redirectStatus(): number {
    return this.state.dialect === 'dash' ? 2 : 1;
  }

  async #simple(node: Command, input: Uint8Array | undefined): Promise<Outcome> {
    const { state } = this;
    state.substituted = undefined;
    const argv = await expandWords(wordsOf(node), this);
    const assignments: (readonly [string, string])[] = [];
    for (const part of node.prefix) {
      if (part.type !== 'Assignment') continue;
      if (part.append || part.index !== undefined || part.value.type === 'ArrayValue')
        refuse('run/syntax', { what: part.text }, part.pos);
      if (/^[^=]*=(?:.*:)?~/.test(part.text) && !/=~(\/|$)/.test(part.text))
        refuse('run/syntax', { what: part.text }, part.pos);
      notSecret(part.name, state, part.pos);
      const value = await expandText(part.value as Word, this);
      if (argv.length === 0) state.variables.set(part.name, value);
      assignments.push([part.name, value]);
    }
    const name = argv[0];
    if (state.xtrace) this.#printed.err += `+ ${[...assignments.map(([k, v]) => `${k}=${v}`), ...argv].join(' ')}\n`;
    let plumbing: Awaited<ReturnType<typeof plumb>>;
    try {
      plumbing = await plumb(node.redirects, this, input);
    } catch (problem) {
      if (!(problem instanceof RedirectProblem)) throw problem;
      const outcome = this.#note({ status: this.#redirectStatus(), out: '', err: `sh: 1: ${problem.message}\n` });
      if (name !== undefined && specialBuiltins.has(name) && (state.dialect !== 'bash' || state.posix))
        throw new ShellExit(outcome.status);
      return outcome;
    }
    if (name === undefined) return this.#note({ ...success, status: state.substituted ?? 0 });
    const outcome = await this.#start(node, argv, assignments, plumbing.input);
    return this.#note(await deliver(outcome, plumbing, this, node.pos));
  }

  async #start(
    node: Command,
    argv: readonly string[],
    assignments: readonly (readonly [string, string])[],
    input: Uint8Array | undefined,
  ): Promise<Outcome> {
    const { state } = this;
    const name = argv[0]!;
    if (refusedBuiltins.has(name)) return refuse('run/syntax', { what: name }, node.pos);
    if ((builtinNames as readonly string[]).includes(name)) {
      // Whether an assignment before a builtin stays differs by builtin and by shell.
      if (assignments.length > 0) refuse('run/syntax', { what: `${assignments[0]![0]}= ${name}` }, node.pos);
      return builtin(name as BuiltinName, argv.slice(1), this);
    }
    const env = environment(state);
    for (const [key, value] of assignments) env[key] = value;
    return this.#exec(argv, { env, cwd: state.cwd, input });
  }
}

function statementsIn(node: SyntaxNode): number {
  let count = node.type === 'Statement' ? 1 : 0;
  forEachChild(node, (child) => {
    count += statementsIn(child);
  });
  return count;
}

/** The words of a command. `export A=1` has assignments among them, which dash splits and bash does not. */
function wordsOf(node: Command): Word[] {
  const found: Word[] = [];
  if (node.name !== undefined) found.push(node.name);
  for (const part of node.suffix) {
    if (part.type === 'Word') found.push(part);
    else if (part.type === 'Assignment') {
      if (part.append || part.index !== undefined || part.value.type === 'ArrayValue')
        refuse('run/syntax', { what: part.text }, part.pos);
      const value = part.value as Word;
      // Split or not is only seen where an unquoted expansion or a tilde is in it.
      const risky =
        value.parts?.some((p) => !['Literal', 'SingleQuoted', 'DoubleQuoted'].includes(p.type)) ||
        value.text.includes('~');
      if (risky && node.name?.value === 'export') refuse('run/syntax', { what: part.text }, part.pos);
      const name = {
        type: 'Literal' as const,
        pos: part.pos,
        end: value.pos,
        value: `${part.name}=`,
        text: `${part.name}=`,
      };
      const rest = value.parts ?? [
        { type: 'SingleQuoted' as const, pos: value.pos, end: value.end, value: value.value, text: value.text },
      ];
      found.push({
        type: 'Word',
        text: part.text,
        value: part.text,
        pos: part.pos,
        end: part.end,
        parts: [name, ...rest],
      });
    }
  }
  return found;
}
