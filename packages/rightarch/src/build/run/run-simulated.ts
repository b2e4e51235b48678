import { parse } from 'unbash';
import type { Diagnostic, Failure } from '../../core/index.ts';
import { diagnostic, failure } from '../../messages/index.ts';
import { npm } from '../npm/index.ts';
import { FileProblem, type RunContext } from '../stage-files.ts';
import { type Account, type Group, type Identity, parseGroup, parsePasswd, resolveUser } from './accounts.ts';
import { accountPrograms } from './commands/accounts.ts';
import type { Call } from './commands/command.ts';
import { filePrograms } from './commands/index.ts';
import { Kernel } from './kernel.ts';
import { lookUp, makerOf } from './programs.ts';
import { Refusal, refusalThrown, refuse } from './refusal.ts';
import { scriptOf } from './script.ts';
import { setNamed } from './shell/builtins.ts';
import { shellDialect } from './shell/dialect.ts';
import { type Exec, Interpreter } from './shell/interpreter.ts';
import type { ShellState } from './shell/state.ts';
import { toolsNotYet } from './tools.ts';
import type { Outcome, RunInput } from './types.ts';

/** BuildKit sets this where the image has no PATH (util/system.DefaultPathEnvUnix). */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Mutable facts of one RUN beside its files. */
interface Session {
  readonly context: RunContext;
  readonly kernel: Kernel;
  /** Directories where an install had no lockfile. */
  readonly unlocked: Set<string>;
  /** A secret decided more than who may fetch. */
  bySecret: boolean;
  /** The last program that ended with something else than 0. */
  failed: { readonly command: string; readonly outcome: Outcome } | undefined;
}

/**
 * Carries out one RUN on the files of a stage. Throws a Failure with the line where something is not known, and
 * where the RUN would have failed in the image. `notReproducible` says where an install had no lockfile: what it came to
 * is for this build alone; so it is with `bySecret`, where a secret had a say in what the files are.
 */
export async function runSimulated(
  run: RunInput,
  context: RunContext,
): Promise<{ readonly notReproducible: readonly Diagnostic[]; readonly bySecret: boolean }> {
  let at = run.at;
  try {
    const who = await identityOf(context);
    const session: Session = {
      context,
      kernel: new Kernel(context.files, who, context.secrets?.files),
      unlocked: new Set(),
      bySecret: false,
      failed: undefined,
    };
    const env: Record<string, string> = { ...context.env };
    env['PATH'] ??= DEFAULT_PATH;
    env['HOME'] ??= who.home;
    // They come last, over ENV and ARG; what nobody gave is empty there (solver/llbsolver/ops/exec.go, loadSecretEnv).
    for (const [name, id] of context.secrets?.variables ?? []) {
      delete env[name];
      if (context.secrets!.absent.has(id)) env[name] = '';
    }
    const directory = session.kernel.stat(context.cwd);
    if (directory?.type !== 'directory') refuse('run/not-computable', { what: context.cwd });
    let outcome: Outcome;
    let command: string;
    if (run.form === 'json') {
      command = run.argv.join(' ');
      outcome = await execForm(run.argv, env, session);
    } else {
      const script = scriptOf(run);
      at = script.at;
      command = script.text;
      outcome = await shellForm(context.shell, script.text, env, session);
    }
    if (outcome.status !== 0) throw commandFailed(command, outcome, session, at(0));
    return {
      notReproducible: [...session.unlocked].map((directory) =>
        diagnostic('npm/not-reproducible', { directory }, at(0)),
      ),
      bySecret: session.bySecret,
    };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    throw refusalThrown(thrown, { at, docker: context.docker });
  }
}

function commandFailed(whole: string, outcome: Outcome, session: Session, at: ReturnType<RunInput['at']>): Failure {
  const { failed } = session;
  const said = (outcome.err || failed?.outcome.err || '').split('\n').filter((line) => line !== '');
  const [first = whole] = (failed?.command ?? whole).split('\n');
  return failure('run/command-failed', { command: first, status: outcome.status }, at, 'request', {
    because: said.slice(-20),
  });
}

/** What bash reads of its environment before the script; as `sh` it does not read BASH_ENV (bash(1), INVOCATION). */
const STARTS_BASH = /^(BASH_ENV|BASHOPTS|SHELLOPTS|POSIXLY_CORRECT|BASH_FUNC_.*)$/;

async function shellForm(
  shell: readonly string[],
  text: string,
  env: Readonly<Record<string, string>>,
  session: Session,
): Promise<Outcome> {
  const { kernel, context } = session;
  const [path = '', ...flags] = shell;
  const found = lookUp(kernel, path, { path: env['PATH'], cwd: context.cwd });
  if (typeof found === 'number') return refuse('run/shell-unknown', { shell: path, found: 'missing' });
  const dialect = await shellDialect(kernel, found.named);
  const posix = dialect === 'bash' && found.named.endsWith('/sh');
  const decides = Object.keys(env).find((name) => dialect === 'bash' && STARTS_BASH.test(name));
  if (decides !== undefined && !(posix && decides === 'BASH_ENV')) refuse('run/not-computable', { what: decides });
  if (
    /^(en|[a-z]{2,3})_/.test(env['LC_ALL'] ?? env['LC_COLLATE'] ?? env['LANG'] ?? '') &&
    /[*?]/.test(text) &&
    dialect === 'bash'
  )
    refuse('run/not-computable', { what: 'LC_COLLATE' });
  const state: ShellState = {
    dialect,
    posix,
    variables: new Map(Object.entries({ ...env, PWD: context.cwd })),
    exported: new Set([...Object.keys(env), 'PWD']),
    secrets: heldSecrets(context),
    cwd: context.cwd,
    errexit: false,
    nounset: false,
    xtrace: false,
    noglob: false,
    pipefail: false,
    status: 0,
    substituted: undefined,
  };
  readShellFlags(flags, state);
  const exec: Exec = (argv, options) => startProgram(argv, options, session);
  return new Interpreter(state, kernel, exec).run(parse(text));
}

/** The variables that hold a secret in this RUN, with its id. */
function heldSecrets({ secrets }: RunContext): ReadonlyMap<string, string> {
  return new Map([...(secrets?.variables ?? [])].filter(([, id]) => !secrets!.absent.has(id)));
}

/** `-c`, `-e`, `-eux`, `-o pipefail`. */
function readShellFlags(flags: readonly string[], state: ShellState): void {
  let command = false;
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i]!;
    if (!/^-[euxfoc]+$/.test(flag)) refuse('run/option-unknown', { command: 'SHELL', option: flag });
    for (const letter of flag.slice(1)) {
      if (letter === 'c') command = true;
      else if (letter === 'e') state.errexit = true;
      else if (letter === 'u') state.nounset = true;
      else if (letter === 'x') state.xtrace = true;
      else if (letter === 'f') state.noglob = true;
      else setNamed(flags[++i] ?? '', true, { state });
    }
  }
  if (!command) refuse('run/option-unknown', { command: 'SHELL', option: flags.join(' ') });
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'ash']);

async function execForm(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  session: Session,
): Promise<Outcome> {
  const [name = '', ...rest] = argv;
  const base = name.slice(name.lastIndexOf('/') + 1);
  const c = rest.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (SHELLS.has(base) && c >= 0) {
    // Words behind the script would be its parameters.
    if (rest.length !== c + 2) refuse('run/option-unknown', { command: base, option: rest.slice(c + 2).join(' ') });
    return shellForm([name, ...rest.slice(0, c + 1)], rest[c + 1]!, env, session);
  }
  return startProgram(argv, { env, cwd: session.context.cwd, input: undefined }, session);
}

async function startProgram(
  argv: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly input: Uint8Array | undefined;
  },
  session: Session,
): Promise<Outcome> {
  const { kernel, context } = session;
  const [name = '', ...args] = argv;
  const found = lookUp(kernel, name, { path: options.env['PATH'], cwd: options.cwd });
  if (typeof found === 'number') {
    const outcome = {
      status: found,
      out: '',
      err: `sh: 1: ${name}: ${found === 127 ? 'not found' : 'Permission denied'}\n`,
    };
    session.failed = { command: argv.join(' '), outcome };
    return outcome;
  }
  const base = found.named.slice(found.named.lastIndexOf('/') + 1);
  const call: Call = {
    name: base,
    args,
    env: options.env,
    cwd: options.cwd,
    kernel,
    maker: 'gnu',
    platform: context.platform,
    input: options.input,
    mtime: context.mtime,
    accounts: () => readAccounts(context),
    groups: () => readGroups(context),
  };
  const outcome = await dispatch(call, found.file, session);
  if (outcome.status !== 0) session.failed = { command: argv.join(' '), outcome };
  return outcome;
}

async function dispatch(call: Call, file: string, session: Session): Promise<Outcome> {
  const { name } = call;
  if (name === 'npm') {
    const { reproducible, bySecret, ...outcome } = await npm(call, { file, context: session.context });
    if (!reproducible) session.unlocked.add(call.cwd);
    if (bySecret) session.bySecret = true;
    return outcome;
  }
  if (toolsNotYet.has(name)) return refuse('run/tool-not-yet', { tool: name });
  const maker = await makerOf(session.kernel, file);
  const fileProgram = filePrograms[name];
  if (fileProgram !== undefined) {
    if (maker !== 'gnu' && maker !== 'busybox')
      return refuse('run/implementation-unknown', { command: name, path: file });
    // A coreutils program is what its file is called; busybox is what it was called by.
    if (maker === 'gnu' && file.slice(file.lastIndexOf('/') + 1) !== name)
      return refuse('run/implementation-unknown', { command: name, path: file });
    return fileProgram({ ...call, maker });
  }
  const accountProgram = accountPrograms[name];
  if (accountProgram !== undefined) {
    const program = maker === undefined || maker === 'gnu' ? undefined : accountProgram[maker];
    if (program === undefined) return refuse('run/implementation-unknown', { command: name, path: file });
    return program(call);
  }
  return refuse('run/command-unknown', { command: name });
}

async function readText(context: RunContext, path: string): Promise<string> {
  try {
    return Buffer.from(await context.files.readFile(path, { limit: 1024 * 1024 })).toString('utf8');
  } catch (problem) {
    if (problem instanceof FileProblem && (problem.errno === 'ENOENT' || problem.errno === 'ENOTDIR')) return '';
    throw problem;
  }
}

async function readAccounts(context: RunContext): Promise<Account[]> {
  return parsePasswd(await readText(context, '/etc/passwd'));
}

async function readGroups(context: RunContext): Promise<Group[]> {
  return parseGroup(await readText(context, '/etc/group'));
}

async function identityOf(context: RunContext): Promise<Identity> {
  const found = resolveUser(context.user, await readAccounts(context), await readGroups(context));
  return found ?? refuse('run/user-unknown', { user: context.user });
}
