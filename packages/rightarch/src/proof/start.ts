import { posix } from 'node:path';
import { type Diagnostic, shellWords } from '../core/index.ts';
import { diagnostic, type Remark, remark } from '../messages/index.ts';
import { machineFit, type Resolution, type TreeNode } from '../scan/index.ts';
import type { Asks } from './entry-scripts.ts';
import { TEXTS } from './errno.ts';
import { isApplet, isShell, type Launch, nextLaunch, scriptWord } from './launchers.ts';
import { type Caller, evidence, Ledger, prefix, Stop } from './ledger.ts';
import { type Libc, libcOf } from './libraries.ts';
import { loadElf } from './load-elf.ts';
import { openRemark, startOpen } from './open-start.ts';
import {
  crossEnvLaunch,
  isNativePnpm,
  missingScript,
  packageMeeting,
  scriptLaunch,
  YARN_NEEDS,
} from './package-scripts.ts';
import {
  type Interpreting,
  isOfKernel,
  type MissingProgram,
  type OpenedProgram,
  type Told,
  toldBefore,
  toldProgram,
} from './program-file.ts';
import { entered, foundByUser, octal, opened, readable, seenBy } from './reading.ts';
import { erlexecLaunch, startScript } from './start-scripts.ts';
import type { Obligation, Reach, Start, Verdict } from './types.ts';
import { resolveUser, startUser } from './user.ts';
import { DEFAULT_PATH, elfOf, placeOf, programText, searchPath, type View, variable } from './view.ts';

/** What the start came to. */
export interface StartProof {
  readonly verdict: Verdict;
  readonly reach: Reach | undefined;
  readonly obligations: readonly Obligation[];
  readonly diagnostics: readonly Diagnostic[];
  readonly witness?: string;
  readonly needs?: string | Remark;
  /** Files that were judged here: the machine-code proof does not judge them a second time. */
  readonly files: ReadonlySet<string>;
}

/** The kernel gives up at the sixth interpreter in a row (fs/exec.c, exec_binprm). */
const MAX_INTERPRETERS = 5;
const MAX_LAUNCHES = 16;

/** Follows a start through PATH, links, `#!` lines and known launchers to programs that the CPU must execute. */
export function proveStart(view: View, start: Start | undefined): StartProof {
  const nothing = { reach: undefined, obligations: [], files: new Set<string>() };
  const open = start?.open?.find(({ field }) => !['env', 'readOnly', 'nonRoot'].includes(field));
  if (open !== undefined) {
    const found = startOpen(view, open);
    return { ...nothing, verdict: 'undecided', diagnostics: [found], needs: openRemark(open) };
  }
  if (start === undefined || start.argv.length === 0) {
    const found = diagnostic('proof/no-command', {}, placeOf(view));
    return { ...nothing, verdict: 'undecided', diagnostics: [found], needs: remark('argv') };
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
  readonly #ledger: Ledger;
  readonly #view: View;
  readonly #start: Start;
  /** The environment of the program that is started now. */
  #env: readonly string[];
  #reach: Reach | undefined;
  #moved = false;
  /** Scripts of a package.json that are run already: one may call itself. */
  readonly #scripts = new Set<string>();

  constructor(view: View, start: Start, env = start.env) {
    this.#ledger = new Ledger(view, start);
    this.#view = view;
    // A process finds itself where the links of its directory lead, and goes up from there.
    const place = view.tree.resolve(start.cwd);
    this.#start = place.found && place.node.children !== undefined ? { ...start, cwd: place.path } : start;
    this.#env = env;
  }

  result(verdict: Verdict): StartProof {
    return {
      verdict,
      reach: verdict === 'refuted' ? undefined : this.#reach,
      obligations: this.#ledger.obligations,
      diagnostics: this.#ledger.diagnostics,
      files: this.#ledger.files,
      ...(verdict === 'refuted' ? { witness: shellWords(this.#start.argv) } : {}),
      ...(verdict === 'undecided' && this.#ledger.needs !== undefined ? { needs: this.#ledger.needs } : {}),
    };
  }

  run(): void {
    const user = startUser(this.#view.tree, this.#start);
    if (user.ok === 'unknown') this.#ledger.undecided('/etc/passwd', 'user-database');
    if (user.ok === false) {
      const name = this.#start.user;
      this.#ledger.refute('proof/user-unknown', { user: name, prints: user.prints }, '/etc/passwd', undefined, 'exec');
    }
    if (user.ok === true) this.#ledger.identity = user.identity;
    this.#workingDirectory();
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
    this.#ledger.undecided(argv[0] ?? '', 'launchers');
  }

  /** A runtime makes a working directory that is missing; it cannot where something else stands there. */
  #workingDirectory(): void {
    const { cwd } = this.#start;
    const found = this.#view.tree.resolve(cwd);
    if (found.found ? found.node.children !== undefined : found.problem === 'missing') return;
    const says = !found.found && found.problem === 'loop' ? TEXTS.ELOOP : 'not a directory';
    const prints = `chdir to cwd ("${cwd}") set in config.json failed: ${says}`;
    const node = found.found ? found.node : undefined;
    this.#ledger.refute('proof/working-directory', { path: cwd, prints }, cwd, node, 'exec');
  }

  /** One start of one program. Returns what that program is certain or likely to start next. */
  #execute(argv: readonly string[], caller: Caller): { launch: Launch; caller: Caller } | undefined {
    const first = caller.kind === 'runtime';
    const found = this.#lookUp(argv[0] ?? '', caller);
    const loaded = this.#load(found, argv, caller);
    if (loaded === undefined) {
      this.#reach = 'interpreter';
      return undefined;
    }
    // From where it is started elsewhere, other files are found.
    if (!this.#moved) this.#holds(loaded, (view) => toldBefore(view, this.#by(loaded)));
    const interprets = loaded.script !== undefined || caller.interprets === true;
    this.#reach = !first && !interprets ? 'program' : interprets ? 'interpreter' : loaded.dynamic ? 'loader' : 'exec';
    const script = loaded.script ?? this.#scriptOf(loaded);
    const launch =
      nextLaunch(loaded.names, loaded.argv, script, this.#env, this.#looks()) ??
      this.#startScript(loaded, script) ??
      this.#packageScript(loaded);
    if (launch === undefined) {
      this.#interpreted(loaded);
      return undefined;
    }
    this.#env = [...this.#env, ...(launch.sets ?? [])];
    this.#moved ||= launch.moved === true;
    if (launch.user !== undefined && !this.#become(launch.user, loaded.names[0] ?? '', launch)) return undefined;
    const { file } = loaded;
    const libc = launch.libc?.(loaded.libc) ?? loaded.libc;
    const says = launch.says === undefined ? {} : { says: launch.says };
    const name = launch.by === 'shell' ? (loaded.argv[0] ?? '') : (loaded.names[0] ?? '');
    return { launch, caller: { kind: launch.by, name, file, libc, interprets: interprets && launch.certain, ...says } };
  }

  #looks(): Asks {
    const { tree } = this.#view;
    const { cwd } = this.#start;
    const at = (path: string) => tree.resolve(path, { cwd });
    const isProgram = (path: string) => {
      const found = at(path);
      return found.found && found.node.children === undefined && this.#ledger.allowed(found) === true;
    };
    return {
      isSet: (name) => (variable(this.#env, name) ?? '') !== '',
      isOpen: (name) => this.#start.open?.some((one) => one.field === 'env' && one.name === name) === true,
      isDirectory: (path) => {
        const found = at(path);
        return found.found && found.node.children !== undefined && this.#ledger.allowed(found) === true;
      },
      names: (path) => {
        const found = at(path);
        return found.found ? [...(found.node.children?.keys() ?? [])] : [];
      },
      isFile: (path) => {
        const found = at(path);
        return found.found && found.node.children === undefined;
      },
      isCommand: (name) =>
        name.includes('/')
          ? isProgram(name)
          : searchPath(this.#env, cwd).some((directory) => isProgram(`${directory}/${name}`)),
    };
  }

  /** What a script of a build tool or a server starts. */
  #startScript(loaded: Loaded, script: Loaded['script']): Launch | undefined {
    if (loaded.names.includes('erlexec')) return erlexecLaunch(loaded);
    if (script === undefined || !isShell(loaded.names)) return undefined;
    return startScript(this.#view.tree, { argv: loaded.argv, script, env: this.#env, cwd: this.#start.cwd });
  }

  /** The script that a package manager runs, and what cross-env starts. */
  #packageScript(loaded: Loaded): Launch | undefined {
    const { names, argv, path } = loaded;
    const seen = seenBy(this.#ledger);
    const called = { argv, env: this.#env, cwd: this.#start.cwd, path };
    const crossed = names.includes('node') ? crossEnvLaunch(seen.tree, called) : undefined;
    if (crossed !== undefined) return crossed;
    const at = names.includes('node') ? 1 : this.#commandOf(loaded);
    if (at === undefined) return undefined;
    const met = packageMeeting(seen, called, at, this.#ledger.identity);
    if (met !== undefined) {
      if ('looked' in met) this.#programMissing(met, path);
      if ('why' in met) this.#ledger.undecided(met.path, met.why);
      this.#ledger.refute('proof/package-refused', { ...met }, met.path, undefined, 'interpreter');
    }
    const launch = scriptLaunch(seen.tree, called, at);
    if (launch === undefined || this.#scripts.has(launch.of)) return undefined;
    this.#scripts.add(launch.of);
    return launch;
  }

  /** Where the command of Yarn may stand: a script of sh, which starts Node with its own where it finds what it needs; or of pnpm. */
  #commandOf({ path, names, script }: Loaded): number | undefined {
    if (isNativePnpm(path)) return 0;
    const { isCommand } = this.#looks();
    return isShell(names) && script !== undefined && YARN_NEEDS.every(isCommand) ? script.index : undefined;
  }

  #programMissing(missing: MissingProgram, runtime: string): never {
    const args = { runtime, ...missing };
    this.#ledger.refute('proof/program-missing', args, missing.looked[0] ?? runtime, undefined, 'interpreter');
  }

  /** The file or module that an interpreter was told to run: `node dist/server.js`, `python -m app`. */
  #interpreted(loaded: Loaded): void {
    const at = this.#commandOf(loaded);
    const by = this.#by(loaded);
    const told = this.#holds(loaded, (view) =>
      at === undefined ? toldProgram(view, by) : missingScript(view.tree, by, at),
    );
    if (told?.plugin !== undefined)
      this.#ledger.refute(
        'proof/plugin-missing',
        { program: loaded.path, ...told.plugin },
        told.plugin.config,
        undefined,
        'interpreter',
      );
    if (told?.lacks === undefined) return;
    const { config, ...args } = told.lacks;
    this.#ledger.refute('proof/framework-missing', { app: told.opens, ...args }, config, undefined, 'interpreter');
  }

  #by({ names, path, called, argv }: Loaded): Interpreting {
    return { names, path, called, argv, env: this.#env, cwd: this.#start.cwd };
  }

  /** What an interpreter looks for has to be there, and its user has to see and to read it. */
  #holds({ path }: Loaded, ask: (view: View) => Told): OpenedProgram | undefined {
    const told = ask(this.#view);
    if (told !== undefined && 'looked' in told) this.#programMissing(told, path);
    const opens = told && this.#view.tree.resolve(told.opens, { cwd: this.#start.cwd });
    if (opens !== undefined) opened(this.#ledger, opens, { runtime: path, prints: told?.denied ?? '' });
    foundByUser(this.#ledger, path, ask);
    if (told?.wants !== undefined) this.#programMissing(told.wants, path);
    if (told?.doubt !== undefined && opens?.found === true) this.#ledger.undecided(opens.path, told.doubt, opens.node);
    return told;
  }

  /** What `gosu USER` does before anything else. False where nobody can tell how it ends: only root may become another. */
  #become(user: string, by: string, { unknownUser }: Launch): boolean {
    const answer = resolveUser(this.#view.tree, user);
    if (answer.ok === 'unknown' || this.#ledger.identity.uid !== 0) return false;
    if (answer.ok === false) {
      if (unknownUser === undefined) return false;
      const prints = unknownUser(user, answer.prints);
      this.#ledger.refute('proof/user-unknown', { user, by, prints }, '/etc/passwd', undefined, 'exec');
    }
    this.#ledger.identity = answer.identity;
    return true;
  }

  /** The script that a shell was told to read: `bash /entry.sh node`. One that is not there ends the start. */
  #scriptOf({ names, argv, file, path }: Loaded): Loaded['script'] {
    const index = isShell(names) ? scriptWord(argv) : undefined;
    const name = index === undefined ? undefined : argv[index];
    if (index === undefined || name === undefined) return undefined;
    const found = this.#view.tree.resolve(name, { cwd: this.#start.cwd });
    const called = argv[0] ?? '';
    const says = file === 'dash' ? `${called}: 0: cannot open ${name}: ` : `${called}: ${name}: `;
    if (found.found) {
      const prints = `${says}Permission denied`;
      entered(this.#ledger, found, { runtime: path, prints });
      opened(this.#ledger, found, { runtime: path, prints });
      return { index, content: found.node.entry.content };
    }
    if (isOfKernel(name)) return undefined;
    // Where there is no slash in the name, bash goes on to PATH.
    const onPath = (directory: string) => this.#view.tree.resolve(`${directory}/${name}`).found;
    if (!name.includes('/') && searchPath(this.#env, this.#start.cwd).some(onPath)) return undefined;
    const prints = `${says}No such file${file === 'dash' ? '' : ' or directory'}`;
    return this.#ledger.refute(
      'proof/command-missing',
      { path: name, stopped: found.path, prints },
      name,
      undefined,
      'exec',
    );
  }

  #tried(argv: readonly string[], caller: Caller): boolean {
    const trial = new Walk(this.#view, this.#start, this.#env);
    trial.#ledger.identity = this.#ledger.identity;
    try {
      trial.#execute(argv, caller);
    } catch (error) {
      if (error instanceof Stop) return false;
      throw error;
    }
    this.#ledger.obligations.push(...trial.#ledger.obligations);
    for (const file of trial.#ledger.files) this.#ledger.files.add(file);
    return trial.#reach === 'program' || trial.#reach === 'interpreter';
  }

  /** exec.LookPath for the runtime, execvp for everybody else. */
  #lookUp(name: string, caller: Caller): LookedUp {
    const { cwd } = this.#start;
    const env = this.#env;
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
      const allowed = this.#ledger.allowed(found);
      if (typeof allowed === 'string') this.#ledger.undecided(found.path, allowed);
      // Go refuses what it finds in a relative part of PATH (exec.ErrDot), runtimes in C do not.
      if (allowed && caller.kind === 'runtime' && this.#isRelativePart(directory)) {
        this.#ledger.undecided(found.path, 'relative-path', found.node);
      }
      if (allowed) return { ...found, tried: `${directory === '/' ? '' : directory}/${name}` };
      denied ??= found;
    }
    if (denied !== undefined && caller.kind !== 'runtime') this.#usable(denied.path, denied, caller);
    // busybox may be built to start its own applets without a file for each.
    if (caller.kind === 'shell' && (caller.file === 'busybox' || caller.libc !== 'glibc') && isApplet(name)) {
      this.#ledger.undecided(name, 'shell-applet');
    }
    const path = variable(env, 'PATH') ?? DEFAULT_PATH;
    const prints =
      caller.kind === 'runtime'
        ? `exec: "${name}": executable file not found in $PATH`
        : prefix(caller, name, 'ENOENT');
    this.#ledger.refute('proof/command-not-found', { command: name, path, prints }, name, undefined, 'exec');
  }

  #isRelativePart(directory: string): boolean {
    const parts = (variable(this.#env, 'PATH') ?? DEFAULT_PATH).split(':');
    return !parts.includes(directory);
  }

  #missing(name: string, found: Extract<Resolution, { found: false }>, caller: Caller): never {
    const runtime = (text: string) =>
      caller.kind === 'runtime' ? `exec: "${name}": stat ${name}: ${text}` : undefined;
    if (found.problem === 'loop') {
      const prints = runtime(TEXTS.ELOOP) ?? prefix(caller, name, 'ELOOP');
      this.#ledger.refute('proof/link-loop', { path: name, prints }, name, undefined, 'exec');
    }
    const text = found.problem === 'not-a-directory' ? 'not a directory' : TEXTS.ENOENT;
    const prints = runtime(text) ?? prefix(caller, name, 'ENOENT');
    const args = { path: name, stopped: found.path, prints };
    this.#ledger.refute('proof/command-missing', args, name, undefined, 'exec');
  }

  #usable(name: string, found: Extract<Resolution, { found: true }>, caller: Caller): void {
    const { node, path } = found;
    const runtime = (text: string) => (caller.kind === 'runtime' ? `exec: "${name}": ${text}` : undefined);
    if (node.entry.type !== 'file') {
      const prints = runtime('is a directory') ?? prefix(caller, name, 'EACCES');
      this.#ledger.refute('proof/is-directory', { path, prints }, path, node, 'exec');
    }
    const allowed = this.#ledger.allowed(found);
    if (typeof allowed === 'string') this.#ledger.undecided(path, allowed, node);
    if (allowed) return;
    const prints = runtime(TEXTS.EACCES) ?? prefix(caller, name, 'EACCES');
    const args = { path, mode: octal(node), user: this.#ledger.identity.name, prints };
    this.#ledger.refute('proof/not-executable', args, path, node, 'exec');
  }

  /** What the kernel does with a file: an ELF program, or the interpreter of a script, in turn. */
  #load(found: LookedUp, argv: readonly string[], by: Caller): Loaded | undefined {
    const { path, node, through, tried } = found;
    const caller = this.#withShell(by, tried);
    // runc executes the path that it found on PATH, and names that one (exec.LookPath, then system.Exec).
    const called = (caller.kind === 'runtime' ? tried : undefined) ?? argv[0] ?? path;
    let current = { path, node, argv: [...argv], through };
    let script: Loaded['script'];
    let invoked = called;
    for (let depth = 0; ; depth++) {
      this.#ledger.files.add(current.path);
      const { program } = current.node.entry;
      const step = depth === 0 ? 'exec' : 'interpreter';
      if (program?.kind === 'elf') {
        const dynamic = loadElf(this.#ledger, {
          path: current.path,
          node: current.node,
          facts: program,
          caller,
          called,
          invoked: current.argv[0] ?? current.path,
          step,
          through: current.through,
        });
        return {
          names: [basename(invoked), basename(current.path)],
          path: current.path,
          called: posix.resolve(this.#start.cwd, depth === 0 ? (tried ?? called) : invoked),
          argv: current.argv,
          dynamic,
          libc: libcOf(program),
          file: basename(current.path),
          ...(script !== undefined ? { script } : {}),
        };
      }
      if (program?.kind !== 'script' || program.interpreter === '') {
        return this.#notExecutableFormat(current.path, current.node, caller, called, step);
      }
      if (depth >= MAX_INTERPRETERS) {
        const prints = prefix(caller, called, 'ELOOP');
        this.#ledger.refute('proof/too-many-interpreters', { path, prints }, path, node, 'interpreter');
      }
      this.#ledger.note(step, current.path, evidence(current.through, `#!${program.interpreter}`), current.node);
      readable(this.#ledger, current.path, current.node);
      const { interpreter, argument } = program;
      const found = this.#view.tree.resolve(interpreter, { cwd: this.#start.cwd });
      if (!found.found || found.node.entry.type !== 'file') {
        const crlf = interpreter.endsWith('\r');
        const prints = prefix(caller, called, found.found ? 'EACCES' : 'ENOENT');
        const args = { path: current.path, interpreter: interpreter.replace(/\r$/, ''), crlf, prints };
        this.#ledger.refute('proof/interpreter-missing', args, current.path, current.node, 'interpreter');
      }
      const allowed = this.#ledger.allowed(found);
      if (typeof allowed === 'string') this.#ledger.undecided(found.path, allowed, found.node);
      if (!allowed) {
        const prints = prefix(caller, called, 'EACCES');
        const args = { path: found.path, mode: octal(found.node), user: this.#ledger.identity.name, prints };
        this.#ledger.refute('proof/not-executable', args, found.path, found.node, 'interpreter');
      }
      // The whole rest of the line is one argument, its carriage return included.
      if (
        argument !== undefined &&
        /^[-+].*\r$/.test(argument) &&
        isShell([basename(found.path), basename(interpreter)])
      ) {
        const what = basename(found.path) === 'bash' ? 'invalid option' : 'Illegal option -';
        const args = { path: current.path, argument: argument.replace(/\r$/, ''), prints: `${interpreter}: ${what}` };
        this.#ledger.refute('proof/carriage-return', args, current.path, current.node, 'interpreter');
      }
      const head = argument === undefined ? [interpreter] : [interpreter, argument];
      const scriptPath = depth === 0 ? (tried ?? called) : invoked;
      const tail = current.argv.slice(1);
      script = { index: head.length, content: current.node.entry.content };
      current = { path: found.path, node: found.node, argv: [...head, scriptPath, ...tail], through: found.through };
      invoked = interpreter;
    }
  }

  /** execvp of glibc has /bin/sh read what the kernel refuses, whatever it is (posix/execvpe.c): then that one speaks. */
  #withShell(caller: Caller, tried: string | undefined): Caller {
    if (caller.kind !== 'execvp' || caller.libc !== 'glibc') return caller;
    const sh = this.#view.tree.resolve('/bin/sh');
    const facts = sh.found ? elfOf(sh.node.entry) : undefined;
    if (!sh.found || facts === undefined || machineFit(facts, this.#view.declared).fit !== 'match') return caller;
    const line = basename(sh.path) === 'dash' ? '1: …' : '…';
    return {
      ...caller,
      says: (called, errno) => (errno === 'ENOEXEC' ? `${tried ?? called}: ${line}` : prefix(caller, called, errno)),
    };
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
      if (caller.kind === 'execvp' && caller.libc === 'static') this.#ledger.undecided(path, 'init-libc', node);
      if (caller.kind === 'execvp' && caller.libc === 'glibc') {
        const sh = this.#view.tree.resolve('/bin/sh');
        if (sh.found && elfOf(sh.node.entry) !== undefined) {
          this.#load(sh, ['/bin/sh', path], caller);
          this.#asShellScript(path, node);
          return undefined;
        }
      }
    }
    const prints = prefix(caller, called, 'ENOEXEC');
    if (isText || program?.kind === 'script') {
      const bom = program.kind === 'other' && program.bom === true;
      this.#ledger.refute('proof/no-interpreter-line', { path, bom, prints }, path, node, step);
    }
    this.#ledger.refute('proof/not-a-program', { path, kind: programText(node.entry), prints }, path, node, step);
  }

  #asShellScript(path: string, node: TreeNode): void {
    this.#ledger.note('interpreter', path, remark('run-by-shell'), node);
  }
}

/** A file that was found, and for a bare name the place on PATH where it was. */
type LookedUp = Extract<Resolution, { found: true }> & { readonly tried?: string };

interface Loaded {
  /** The name it was called by and the name of the file: a busybox is what it is called. */
  readonly names: readonly string[];
  readonly argv: readonly string[];
  /** The file that the CPU executes, links followed, and where it was found. */
  readonly path: string;
  readonly called: string;
  readonly dynamic: boolean;
  readonly libc: Libc;
  /** The name of its file, links followed. */
  readonly file: string;
  readonly script?: { readonly index: number; readonly content: Uint8Array | undefined };
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
