import type { Platform } from '../../../core/index.ts';
import { FileProblem } from '../../stage-files.ts';
import type { Account, Group } from '../accounts.ts';
import { absolute, type Kernel, strerror } from '../kernel.ts';
import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';

/** Whose program it is: the words it prints and the flags it has differ. */
export type Maker = 'gnu' | 'busybox';

/** What one program is started with. */
export interface Call {
  readonly name: string;
  /** Without argv[0]. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly kernel: Kernel;
  readonly maker: Maker;
  readonly platform: Platform;
  /** Undefined where it is empty, as BuildKit gives it. */
  readonly input: Uint8Array | undefined;
  readonly mtime: number;
  accounts(): Promise<readonly Account[]>;
  groups(): Promise<readonly Group[]>;
}

export type Program = (call: Call) => Promise<Outcome> | Outcome;

export interface OptionSpec {
  /** Single letters without a value. */
  readonly flags: string;
  /** Single letters with one. */
  readonly values?: string;
  /** Long names and the letter that each stands for. */
  readonly long?: Readonly<Record<string, string>>;
}

export interface Parsed {
  readonly on: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** Reads arguments as getopt_long with permutation does. An option that is not in the list is refused: its effect is not known. */
export function parseOptions(name: string, args: readonly string[], spec: OptionSpec): Parsed {
  const on = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  const unknown = (option: string): never => refuse('run/option-unknown', { command: name, option });
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const equals = arg.indexOf('=');
      const letter = spec.long?.[equals < 0 ? arg.slice(2) : arg.slice(2, equals)];
      if (letter === undefined) return unknown(arg);
      if (spec.values?.includes(letter)) {
        const value = equals < 0 ? args[++i] : arg.slice(equals + 1);
        if (value === undefined) return unknown(arg);
        values.set(letter, value);
      } else if (equals < 0) on.add(letter);
      else return unknown(arg);
      continue;
    }
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      continue;
    }
    for (let j = 1; j < arg.length; j++) {
      const letter = arg[j]!;
      if (spec.values?.includes(letter)) {
        const value = j + 1 < arg.length ? arg.slice(j + 1) : args[++i];
        if (value === undefined) return unknown(`-${letter}`);
        values.set(letter, value);
        break;
      }
      if (!spec.flags.includes(letter)) return unknown(`-${letter}`);
      on.add(letter);
    }
  }
  return { on, values, operands };
}

/** Runs `act` on every operand; what the kernel refuses becomes a line of stderr and status 1, and the next is tried. */
export async function onEach(
  call: Call,
  operands: readonly string[],
  complaint: { readonly gnu: string; readonly busybox: string },
  act: (path: string, shown: string) => void | Promise<void>,
): Promise<Outcome> {
  let err = '';
  for (const shown of operands) {
    try {
      // A path that is empty is ENOENT for every call.
      if (shown === '') throw new FileProblem('ENOENT', shown);
      await act(absolute(shown, call.cwd), shown);
    } catch (problem) {
      err += `${complain(call, problem, complaint, shown)}\n`;
    }
  }
  return { status: err === '' ? 0 : 1, out: '', err };
}

/** Something that a program says of itself and goes on with status 1. */
export class Complaint extends Error {}

function complain(
  call: Call,
  problem: unknown,
  complaint: { readonly gnu: string; readonly busybox: string },
  shown: string,
): string {
  if (problem instanceof Complaint) return `${call.name}: ${problem.message}`;
  if (!(problem instanceof FileProblem)) throw problem;
  return `${call.name}: ${complaint[call.maker].replace('%', shown)}: ${strerror(problem.errno)}`;
}

/** A wrong call: GNU prints two lines, busybox its usage. The status is 1 in both. */
export function wrongCall(call: Call, text: string): Outcome {
  return { status: 1, out: '', err: `${call.name}: ${text}\n` };
}

/** basename(3) of an operand. */
export function baseName(path: string): string {
  const cut = path.replace(/\/+$/, '');
  return cut.slice(cut.lastIndexOf('/') + 1);
}

/** `dir/name` with one slash. */
export function under(directory: string, name: string): string {
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}
