import type { Diagnostic } from '../core/index.ts';
import { type ArgsOf, type CodeId, diagnostic } from '../messages/index.ts';
import { type ElfFacts, machineFit, machineText, type Resolution, type TreeNode } from '../scan/index.ts';
import { isShell, type Launch, nextLaunch } from './launchers.ts';
import type { Obligation, Reach, Start, Verdict } from './types.ts';
import { type Identity, permits, resolveUser } from './user.ts';
import {
  DEFAULT_PATH,
  declaredText,
  elfOf,
  instructionOf,
  placeOf,
  programText,
  searchPath,
  shellWords,
  type View,
  variable,
} from './view.ts';

/** What the start came to. */
export interface StartProof {
  readonly verdict: Verdict;
  readonly reach: Reach | undefined;
  readonly obligations: readonly Obligation[];
  readonly diagnostics: readonly Diagnostic[];
  readonly witness?: string;
  readonly needs?: string;
  /** Files that were judged here: the machine-code proof does not judge them a second time. */
  readonly files: ReadonlySet<string>;
}

type Errno = 'ENOENT' | 'ENOEXEC' | 'EACCES' | 'ELIBBAD' | 'ELOOP';

/** strerror, as Go's syscall package writes it; programs in C begin with a capital. */
const TEXTS: Readonly<Record<Errno, string>> = {
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
  EACCES: 'permission denied',
  ELIBBAD: 'accessing a corrupted shared library',
  ELOOP: 'too many levels of symbolic links',
};

/** Who executes: the container runtime itself, a shell, or a launcher of a known or unknown libc. */
interface Caller {
  readonly kind: 'runtime' | 'shell' | 'execvp';
  readonly name: string;
  readonly libc?: 'glibc' | 'musl' | 'static';
  /** `env` of a `#!` line: what it finds is still the script's interpreter. */
  readonly interprets?: boolean;
}

/** The kernel gives up at the sixth interpreter in a row (fs/exec.c, exec_binprm). */
const MAX_INTERPRETERS = 5;
const MAX_LAUNCHES = 8;

/** Thrown inside this file only: the walk has its answer. */
class Stop extends Error {
  readonly outcome: 'refuted' | 'undecided';
  constructor(outcome: 'refuted' | 'undecided') {
    super(outcome);
    this.outcome = outcome;
  }
}

/** Follows a start through PATH, links, `#!` lines and known launchers to programs that the CPU must execute. */
export function proveStart(view: View, start: Start | undefined): StartProof {
  const nothing = { reach: undefined, obligations: [], files: new Set<string>() };
  if (start === undefined || start.argv.length === 0) {
    const found = diagnostic('proof/no-command', {}, placeOf(view));
    return { ...nothing, verdict: 'undecided', diagnostics: [found], needs: 'argv' };
  }
  const walk = new Walk(view, start);
  try {
    walk.run();
    return walk.result('proven');
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return walk.result(error.outcome);
  }
}

class Walk {
  readonly #view: View;
  readonly #start: Start;
  readonly #obligations: Obligation[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #files = new Set<string>();
  #identity: Identity = { uid: 0, gids: [0], name: 'root' };
  #reach: Reach | undefined;
  #needs: string | undefined;

  constructor(view: View, start: Start) {
    this.#view = view;
    this.#start = start;
  }

  result(verdict: Verdict): StartProof {
    return {
      verdict,
      reach: verdict === 'refuted' ? undefined : this.#reach,
      obligations: this.#obligations,
      diagnostics: this.#diagnostics,
      files: this.#files,
      ...(verdict === 'refuted' ? { witness: shellWords(this.#start.argv) } : {}),
      ...(verdict === 'undecided' && this.#needs !== undefined ? { needs: this.#needs } : {}),
    };
  }

  run(): void {
    const user = resolveUser(this.#view.tree, this.#start.user);
    if (user.ok === 'unknown') this.#undecided('/etc/passwd', 'user-database');
    if (user.ok === false) {
      const name = this.#start.user;
      this.#refute('proof/user-unknown', { user: name, prints: user.prints }, '/etc/passwd', undefined, 'exec');
    }
    if (user.ok === true) this.#identity = user.identity;
    let argv = this.#start.argv;
    let caller: Caller = { kind: 'runtime', name: 'runc' };
    for (let launches = 0; launches < MAX_LAUNCHES; launches++) {
      const next = this.#execute(argv, caller);
      if (next === undefined) return;
      if (next.launch.certain) {
        argv = next.launch.argv;
        caller = next.caller;
        continue;
      }
      // Likely, not certain: it may lengthen the reach, and can neither refute nor leave anything open.
      if (this.#tried(next.launch.argv, next.caller)) this.#reach = 'program';
      return;
    }
  }

  /** One start of one program. Returns what that program is certain or likely to start next. */
  #execute(argv: readonly string[], caller: Caller): { launch: Launch; caller: Caller } | undefined {
    const first = caller.kind === 'runtime';
    const found = this.#lookUp(argv[0] ?? '', caller);
    const loaded = this.#load(found.path, found.node, argv, caller, found.through);
    if (loaded === undefined) {
      this.#reach = 'interpreter';
      return undefined;
    }
    const interprets = loaded.script !== undefined || caller.interprets === true;
    this.#reach = !first && !interprets ? 'program' : interprets ? 'interpreter' : loaded.dynamic ? 'loader' : 'exec';
    const launch = nextLaunch(loaded.names, loaded.argv, loaded.script ?? this.#scriptOf(loaded));
    if (launch === undefined) return undefined;
    const name = loaded.names[0] ?? '';
    return { launch, caller: { kind: launch.by, name, libc: loaded.libc, interprets: interprets && launch.certain } };
  }

  /** The script that a shell was told to read: `bash /entry.sh node`. */
  #scriptOf({ names, argv }: Loaded): Loaded['script'] {
    const name = argv[1];
    if (!isShell(names) || name === undefined || !name.includes('/') || name.startsWith('-')) return undefined;
    const found = this.#view.tree.resolve(name, { cwd: this.#start.cwd });
    return found.found ? { index: 1, content: found.node.entry.content } : undefined;
  }

  #tried(argv: readonly string[], caller: Caller): boolean {
    const trial = new Walk(this.#view, this.#start);
    trial.#identity = this.#identity;
    try {
      trial.#execute(argv, caller);
    } catch (error) {
      if (error instanceof Stop) return false;
      throw error;
    }
    this.#obligations.push(...trial.#obligations);
    for (const file of trial.#files) this.#files.add(file);
    return trial.#reach === 'program' || trial.#reach === 'interpreter';
  }

  /** exec.LookPath for the runtime, execvp for everybody else. */
  #lookUp(name: string, caller: Caller): Extract<Resolution, { found: true }> {
    const { cwd, env } = this.#start;
    if (name.includes('/')) {
      const found = this.#view.tree.resolve(name, { cwd });
      if (!found.found) this.#missing(name, found, caller);
      this.#usable(name, found, caller);
      return found;
    }
    let denied: Extract<Resolution, { found: true }> | undefined;
    for (const directory of name === '' ? [] : searchPath(env, cwd)) {
      const found = this.#view.tree.resolve(`${directory}/${name}`);
      if (!found.found || found.node.entry.type !== 'file') continue;
      const allowed = this.#allowed(found);
      if (allowed === 'acl') this.#undecided(found.path, 'acl');
      if (allowed) return found;
      denied ??= found;
    }
    if (denied !== undefined && caller.kind !== 'runtime') this.#usable(denied.path, denied, caller);
    const path = variable(env, 'PATH') ?? DEFAULT_PATH;
    const prints =
      caller.kind === 'runtime'
        ? `exec: "${name}": executable file not found in $PATH`
        : prefix(caller, name, 'ENOENT');
    this.#refute('proof/command-not-found', { command: name, path, prints }, name, undefined, 'exec');
  }

  #missing(name: string, found: Extract<Resolution, { found: false }>, caller: Caller): never {
    const runtime = (text: string) =>
      caller.kind === 'runtime' ? `exec: "${name}": stat ${name}: ${text}` : undefined;
    if (found.problem === 'loop') {
      const prints = runtime(TEXTS.ELOOP) ?? prefix(caller, name, 'ELOOP');
      this.#refute('proof/link-loop', { path: name, prints }, name, undefined, 'exec');
    }
    const text = found.problem === 'not-a-directory' ? 'not a directory' : TEXTS.ENOENT;
    const prints = runtime(text) ?? prefix(caller, name, 'ENOENT');
    const args = { path: name, stopped: found.path, prints };
    this.#refute('proof/command-missing', args, name, undefined, 'exec');
  }

  #allowed({ node, searched }: Extract<Resolution, { found: true }>): boolean | 'acl' {
    let open: boolean | 'acl' = permits(node, this.#identity, 'x');
    for (const directory of searched) {
      const may = permits(directory, this.#identity, 'x');
      if (may === false) return false;
      if (may === 'acl') open = 'acl';
    }
    return open;
  }

  #usable(name: string, found: Extract<Resolution, { found: true }>, caller: Caller): void {
    const { node, path } = found;
    const runtime = (text: string) => (caller.kind === 'runtime' ? `exec: "${name}": ${text}` : undefined);
    if (node.entry.type !== 'file') {
      const prints = runtime('is a directory') ?? prefix(caller, name, 'EACCES');
      this.#refute('proof/is-directory', { path, prints }, path, node, 'exec');
    }
    const allowed = this.#allowed(found);
    if (allowed === 'acl') this.#undecided(path, 'acl', node);
    if (allowed) return;
    const prints = runtime(TEXTS.EACCES) ?? prefix(caller, name, 'EACCES');
    const args = { path, mode: octal(node), user: this.#identity.name, prints };
    this.#refute('proof/not-executable', args, path, node, 'exec');
  }

  /** What the kernel does with a file: an ELF program, or the interpreter of a script, in turn. */
  #load(
    path: string,
    node: TreeNode,
    argv: readonly string[],
    caller: Caller,
    through: readonly string[],
  ): Loaded | undefined {
    const called = argv[0] ?? path;
    let current = { path, node, argv: [...argv], through };
    let script: Loaded['script'];
    let invoked = called;
    for (let depth = 0; ; depth++) {
      this.#files.add(current.path);
      const { program } = current.node.entry;
      const step = depth === 0 ? 'exec' : 'interpreter';
      if (program?.kind === 'elf') {
        const dynamic = this.#loadElf(current.path, current.node, program, {
          caller,
          called,
          step,
          through: current.through,
        });
        return {
          names: [basename(invoked), basename(current.path)],
          argv: current.argv,
          dynamic,
          libc: libcOf(program),
          ...(script !== undefined ? { script } : {}),
        };
      }
      if (program?.kind !== 'script' || program.interpreter === '') {
        return this.#notExecutableFormat(current.path, current.node, caller, called, step);
      }
      if (depth >= MAX_INTERPRETERS) {
        const prints = prefix(caller, called, 'ELOOP');
        this.#refute('proof/too-many-interpreters', { path, prints }, path, node, 'interpreter');
      }
      this.#note(step, current.path, evidence(current.through, `#!${program.interpreter}`), current.node);
      this.#readable(current.path, current.node);
      const { interpreter, argument } = program;
      const found = this.#view.tree.resolve(interpreter, { cwd: this.#start.cwd });
      if (!found.found || found.node.entry.type !== 'file') {
        const crlf = interpreter.endsWith('\r');
        const prints = prefix(caller, called, found.found ? 'EACCES' : 'ENOENT');
        const args = { path: current.path, interpreter: interpreter.replace(/\r$/, ''), crlf, prints };
        this.#refute('proof/interpreter-missing', args, current.path, current.node, 'interpreter');
      }
      const allowed = this.#allowed(found);
      if (allowed === 'acl') this.#undecided(found.path, 'acl', found.node);
      if (!allowed) {
        const prints = prefix(caller, called, 'EACCES');
        const args = { path: found.path, mode: octal(found.node), user: this.#identity.name, prints };
        this.#refute('proof/not-executable', args, found.path, found.node, 'interpreter');
      }
      const head = argument === undefined ? [interpreter] : [interpreter, argument];
      const scriptPath = depth === 0 ? called : invoked;
      const tail = current.argv.slice(1);
      script = { index: head.length, content: current.node.entry.content };
      current = { path: found.path, node: found.node, argv: [...head, scriptPath, ...tail], through: found.through };
      invoked = interpreter;
    }
  }

  #readable(path: string, node: TreeNode): void {
    const may = permits(node, this.#identity, 'r');
    if (may === 'acl') this.#undecided(path, 'acl', node);
    if (may) return;
    const args = { path, mode: octal(node), user: this.#identity.name, prints: `${path}: Permission denied` };
    this.#refute('proof/not-readable', args, path, node, 'interpreter');
  }

  /** ENOEXEC: refuted where the runtime executes it, a script of sh for a shell and for glibc's execvp. */
  #notExecutableFormat(path: string, node: TreeNode, caller: Caller, called: string, step: 'exec' | 'interpreter') {
    const { program } = node.entry;
    const isText = program?.kind === 'other' && program.text === true;
    const asScript = isText || program?.kind === 'empty' || program?.kind === 'script';
    if (asScript && step === 'exec') {
      if (caller.kind === 'shell') {
        this.#asShellScript(path, node);
        return undefined;
      }
      if (caller.kind === 'execvp' && caller.libc === 'static') this.#undecided(path, 'init-libc', node);
      if (caller.kind === 'execvp' && caller.libc === 'glibc') {
        const sh = this.#view.tree.resolve('/bin/sh');
        if (sh.found && elfOf(sh.node.entry) !== undefined) {
          this.#load(sh.path, sh.node, ['/bin/sh', path], caller, sh.through);
          this.#asShellScript(path, node);
          return undefined;
        }
      }
    }
    const prints = prefix(caller, called, 'ENOEXEC');
    if (isText || program?.kind === 'script') {
      const bom = program.kind === 'other' && program.bom === true;
      this.#refute('proof/no-interpreter-line', { path, bom, prints }, path, node, step);
    }
    this.#refute('proof/not-a-program', { path, kind: programText(node.entry), prints }, path, node, step);
  }

  #asShellScript(path: string, node: TreeNode): void {
    this.#note('interpreter', path, 'no #!, run by the shell', node);
  }

  /** Returns whether it has a loader. */
  #loadElf(
    path: string,
    node: TreeNode,
    facts: ElfFacts,
    ask: { caller: Caller; called: string; step: 'exec' | 'interpreter'; through: readonly string[] },
  ): boolean {
    const { caller, called, step, through } = ask;
    const fit = machineFit(facts, this.#view.declared);
    const found = machineText(facts);
    if (fit.fit === 'mismatch') {
      const prints = prefix(caller, called, 'ENOEXEC');
      const args = { path, declared: declaredText(this.#view), found, prints, ...instructionOf(this.#view, node) };
      this.#refute('proof/start-wrong-cpu', args, path, node, step, found);
    }
    if (facts.damaged || facts.partial) this.#undecided(path, facts.damaged ? 'damaged' : 'partial', node, found);
    if (facts.type !== 2 && facts.type !== 3) {
      const prints = prefix(caller, called, 'ENOEXEC');
      const args = { path, kind: `ELF type ${facts.type}`, prints };
      this.#refute('proof/not-a-program', args, path, node, step, found);
    }
    if (fit.fit === 'depends') {
      const args = { path, declared: declaredText(this.#view), found, needs: fit.needs, files: 1 };
      this.#diagnostics.push(diagnostic('proof/needs-cpu', args, placeOf(this.#view, path, node)));
      this.#note(step, path, found, node, 'unknown');
      this.#needs = fit.level === undefined ? fit.needs : `x86-64-${fit.level}`;
      throw new Stop('undecided');
    }
    this.#note(step, path, evidence(through, found), node);
    if (facts.interpreter === undefined) return false;
    this.#loadLoader(path, node, facts.interpreter, caller, called);
    return true;
  }

  #loadLoader(path: string, node: TreeNode, loader: string, caller: Caller, called: string): void {
    const found = this.#view.tree.resolve(loader, { cwd: this.#start.cwd });
    if (!found.found) {
      const prints = prefix(caller, called, found.problem === 'loop' ? 'ELOOP' : 'ENOENT');
      this.#refute('proof/loader-missing', { path, loader, prints }, path, node, 'loader');
    }
    this.#files.add(found.path);
    const facts = elfOf(found.node.entry);
    const text = programText(found.node.entry);
    const allowed = found.node.entry.type === 'file' && this.#allowed(found);
    if (allowed === 'acl') this.#undecided(found.path, 'acl', found.node);
    const fit = facts && machineFit(facts, this.#view.declared);
    if (!allowed || fit === undefined || fit.fit === 'mismatch') {
      const prints = prefix(caller, called, allowed ? 'ELIBBAD' : 'EACCES');
      const args = { path, loader, found: text, prints };
      this.#refute('proof/loader-unusable', args, found.path, found.node, 'loader', text);
    }
    if (fit.fit === 'depends' || facts?.damaged || facts?.partial) {
      this.#undecided(found.path, fit.fit === 'depends' ? fit.needs : 'damaged', found.node, text);
    }
    this.#note('loader', found.path, evidence(found.through, text), found.node);
  }

  #note(
    step: Obligation['step'],
    subject: string,
    seen: string,
    node: TreeNode | undefined,
    holds: boolean | 'unknown' = true,
  ): void {
    const layer = node !== undefined && node.layer > 0 ? { layer: node.layer } : {};
    this.#obligations.push({ step, holds, subject, evidence: seen, ...layer });
  }

  #refute<Id extends CodeId>(
    id: Id,
    args: ArgsOf<Id>,
    path: string,
    node: TreeNode | undefined,
    step: Obligation['step'],
    seen?: string,
  ): never {
    this.#diagnostics.push(diagnostic(id, args, placeOf(this.#view, path, node)));
    const said = (args as { readonly prints?: string }).prints ?? '';
    this.#note(step, path, seen ?? said, node, false);
    throw new Stop('refuted');
  }

  #undecided(path: string, needs: string, node?: TreeNode, seen = needs): never {
    this.#diagnostics.push(diagnostic('proof/start-undecided', { path, needs }, placeOf(this.#view, path, node)));
    this.#note('exec', path, seen, node, 'unknown');
    this.#needs = `${needs} ${path}`;
    throw new Stop('undecided');
  }
}

interface Loaded {
  /** The name it was called by and the name of the file: a busybox is what it is called. */
  readonly names: readonly string[];
  readonly argv: readonly string[];
  readonly dynamic: boolean;
  readonly libc: 'glibc' | 'musl' | 'static';
  readonly script?: { readonly index: number; readonly content: Uint8Array | undefined };
}

function libcOf({ interpreter }: ElfFacts): 'glibc' | 'musl' | 'static' {
  if (interpreter === undefined) return 'static';
  return interpreter.includes('ld-musl') ? 'musl' : 'glibc';
}

function evidence(through: readonly string[], text: string): string {
  return through.length === 0 ? text : `${through.join(', ')}: ${text}`;
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function octal(node: TreeNode): string {
  return node.entry.mode.toString(8).padStart(4, '0');
}

/** The line that is printed, in the words of who executes: `exec /app: exec format error`. */
function prefix(caller: Caller, called: string, errno: Errno): string {
  const capital = TEXTS[errno].charAt(0).toUpperCase() + TEXTS[errno].slice(1);
  if (caller.kind === 'runtime') return `exec ${called}: ${TEXTS[errno]}`;
  if (caller.kind === 'shell' && errno === 'ENOENT' && !called.includes('/'))
    return `${caller.name}: ${called}: not found`;
  return `${caller.name}: ${called}: ${capital}`;
}
