import { FileProblem } from '../../stage-files.ts';
import { parseMode } from '../commands/mode.ts';
import { echo, printf } from '../commands/print.ts';
import { test } from '../commands/test.ts';
import { absolute, strerror } from '../kernel.ts';
import { lookUp } from '../programs.ts';
import { refuse } from '../refusal.ts';
import { type Outcome, success } from '../types.ts';
import type { Expander } from './expand.ts';
import { notSecret, ShellExit } from './state.ts';

/** Built into dash, bash and busybox ash alike, and carried out here. */
export const builtinNames = [
  ':',
  'true',
  'false',
  'cd',
  'pwd',
  'echo',
  'printf',
  'test',
  '[',
  'export',
  'unset',
  'set',
  'umask',
  'exit',
  'command',
] as const;
export type BuiltinName = (typeof builtinNames)[number];

/** POSIX special builtins: assignments before them stay, and an error in them ends dash. */
export const specialBuiltins: ReadonlySet<string> = new Set([':', 'export', 'unset', 'set', 'exit']);

/** Shell words that change what follows in ways that are not followed here. */
export const refusedBuiltins: ReadonlySet<string> = new Set([
  '.',
  'source',
  'eval',
  'exec',
  'trap',
  'alias',
  'unalias',
  'local',
  'declare',
  'typeset',
  'readonly',
  'read',
  'shift',
  'return',
  'break',
  'continue',
  'wait',
  'jobs',
  'bg',
  'fg',
  'kill',
  'type',
  'getopts',
  'ulimit',
  'times',
  'let',
  'shopt',
  'pushd',
  'popd',
  'mapfile',
  'enable',
  'builtin',
  'hash',
  'time',
  'coproc',
  'disown',
  'history',
]);

const status = (code: number): Outcome => ({ status: code, out: '', err: '' });

/** Runs one builtin. */
export function builtin(name: BuiltinName, args: readonly string[], by: Expander): Outcome {
  const { state, kernel } = by;
  switch (name) {
    case ':':
    case 'true':
      return success;
    case 'false':
      return status(1);
    case 'echo':
      return echo(args, state.dialect);
    case 'printf':
      return printf(args);
    case 'test':
    case '[':
      return test(name, args, { kernel, cwd: state.cwd });
    case 'pwd':
      return args.length === 0
        ? { ...success, out: `${state.cwd}\n` }
        : refuse('run/option-unknown', { command: 'pwd', option: args[0]! });
    case 'cd':
      return cd(args, by);
    case 'export':
      for (const arg of args) {
        const equals = arg.indexOf('=');
        const variable = equals < 0 ? arg : arg.slice(0, equals);
        if (!/^[A-Za-z_]\w*$/.test(variable)) return refuse('run/option-unknown', { command: 'export', option: arg });
        if (equals >= 0) notSecret(variable, state);
        if (equals >= 0) state.variables.set(variable, arg.slice(equals + 1));
        state.exported.add(variable);
      }
      return args.length > 0 ? success : refuse('run/option-unknown', { command: 'export', option: '' });
    case 'unset':
      for (const arg of args) {
        if (!/^[A-Za-z_]\w*$/.test(arg)) return refuse('run/option-unknown', { command: 'unset', option: arg });
        notSecret(arg, state);
        state.variables.delete(arg);
        state.exported.delete(arg);
      }
      return success;
    case 'set':
      return set(args, by);
    case 'umask': {
      const [text] = args;
      if (args.length !== 1 || !/^[0-7]{1,4}$/.test(text!))
        return refuse('run/option-unknown', { command: 'umask', option: args.join(' ') });
      const mode = parseMode(text!, { umask: 0, keepsDirectoryBits: false, command: 'umask' });
      kernel.umask = mode!.apply(0, false) & 0o777;
      return success;
    }
    case 'exit': {
      if (args.length > 1 || (args[0] !== undefined && !/^\d{1,3}$/.test(args[0])))
        return refuse('run/option-unknown', { command: 'exit', option: args.join(' ') });
      throw new ShellExit(args[0] === undefined ? state.status : Number(args[0]) & 255);
    }
    default:
      return commandV(args, by);
  }
}

/** Logical cd, `..` taken off the written path, as every shell does without -P. */
function cd(args: readonly string[], by: Expander): Outcome {
  const { state, kernel } = by;
  if (args.length > 1 || args[0]?.startsWith('-'))
    return refuse('run/option-unknown', { command: 'cd', option: args.join(' ') });
  if (state.variables.get('CDPATH')) return refuse('run/not-computable', { what: 'CDPATH' });
  const to = args[0] ?? state.variables.get('HOME');
  if (to === undefined || to === '') return refuse('run/not-computable', { what: 'cd' });
  const parts: string[] = [];
  for (const part of absolute(to, state.cwd).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const path = `/${parts.join('/')}`;
  try {
    const at = kernel.need(absolute(to, state.cwd));
    if (at.type !== 'directory') throw new FileProblem('ENOTDIR', to);
    if (kernel.need(path).path !== at.path) return refuse('run/not-computable', { what: `cd ${to}` });
    if (!kernel.mayAccess(path, { execute: true })) throw new FileProblem('EACCES', to);
  } catch (problem) {
    if (!(problem instanceof FileProblem)) throw problem;
    // dash prints no reason.
    return {
      status: state.dialect === 'dash' ? 2 : 1,
      out: '',
      err: `cd: can't cd to ${to}: ${strerror(problem.errno)}\n`,
    };
  }
  state.variables.set('OLDPWD', state.cwd);
  state.cwd = path;
  state.variables.set('PWD', path);
  return success;
}

function set(args: readonly string[], by: Expander): Outcome {
  const { state } = by;
  const stop = (option: string): never => refuse('run/option-unknown', { command: 'set', option });
  if (args.length === 0) return stop('');
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const on = arg.startsWith('-');
    if (!/^[-+][euxfo]+$/.test(arg)) return stop(arg);
    for (const letter of arg.slice(1)) {
      if (letter === 'e') state.errexit = on;
      else if (letter === 'u') state.nounset = on;
      else if (letter === 'x') state.xtrace = on;
      else if (letter === 'f') state.noglob = on;
      else setNamed(args[++i] ?? '', on, by);
    }
  }
  return success;
}

/** `set -o NAME`. Whether dash has pipefail depends on its version. */
export function setNamed(name: string, on: boolean, by: Pick<Expander, 'state'>): void {
  const { state } = by;
  if (name === 'errexit') state.errexit = on;
  else if (name === 'nounset') state.nounset = on;
  else if (name === 'xtrace') state.xtrace = on;
  else if (name === 'noglob') state.noglob = on;
  else if (name === 'pipefail' && state.dialect !== 'dash') state.pipefail = on;
  else refuse('run/option-unknown', { command: 'set', option: `-o ${name}` });
}

/** `command -v NAME`: where the shell would find it. */
function commandV(args: readonly string[], by: Expander): Outcome {
  const [flag, name] = args;
  if (flag !== '-v' || name === undefined || args.length !== 2)
    return refuse('run/option-unknown', { command: 'command', option: args.join(' ') });
  if ((builtinNames as readonly string[]).includes(name)) return { ...success, out: `${name}\n` };
  if (refusedBuiltins.has(name)) return refuse('run/not-computable', { what: `command -v ${name}` });
  const found = lookUp(by.kernel, name, { path: by.state.variables.get('PATH'), cwd: by.state.cwd });
  if (typeof found === 'number') return status(by.state.dialect === 'bash' ? 1 : 127);
  return { ...success, out: `${found.named}\n` };
}
