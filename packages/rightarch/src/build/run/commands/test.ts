import { FileProblem } from '../../stage-files.ts';
import { absolute, type Kernel, type MountedSecret } from '../kernel.ts';
import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';

interface Where {
  readonly kernel: Kernel;
  readonly cwd: string;
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

/** test and `[`, decided by the number of arguments as POSIX has it. */
export function test(name: string, args: readonly string[], where: Where): Outcome {
  let words = args;
  if (name === '[') {
    if (words.at(-1) !== ']') return { status: 2, out: '', err: '[: missing ]\n' };
    words = words.slice(0, -1);
  }
  return { status: holds(words, where) ? 0 : 1, out: '', err: '' };
}

function holds(words: readonly string[], where: Where): boolean {
  const [a = '', b = '', c = ''] = words;
  if (words.length === 0) return false;
  if (words.length === 1) return a !== '';
  if (words.length === 2) return a === '!' ? b === '' : unary(a, b, where);
  if (words.length === 3) {
    if (b === '=') return a === c;
    if (b === '!=') return a !== c;
    const compare = COMPARE[b];
    if (compare !== undefined) {
      if (!/^-?\d{1,9}$/.test(a) || !/^-?\d{1,9}$/.test(c))
        return refuse('run/not-computable', { what: `test ${words.join(' ')}` });
      return compare(Number(a), Number(c));
    }
    if (a === '!') return !holds(words.slice(1), where);
  }
  if (words.length === 4 && a === '!') return !holds(words.slice(1), where);
  return refuse('run/not-computable', { what: `test ${words.join(' ')}` });
}

/** What stat or access answers with an error is not so, whichever error it is. */
function unary(operator: string, word: string, where: Where): boolean {
  try {
    return ofPath(operator, word, where);
  } catch (problem) {
    if (problem instanceof FileProblem) return false;
    throw problem;
  }
}

function ofPath(operator: string, word: string, { kernel, cwd }: Where): boolean {
  if (operator === '-n') return word !== '';
  if (operator === '-z') return word === '';
  const path = word === '' ? undefined : absolute(word, cwd);
  const secret = path === undefined ? undefined : kernel.secretAt(path, { follow: !/^-[Lh]$/.test(operator) });
  if (secret !== undefined) return ofSecret(operator, secret, path!);
  const at = path === undefined ? undefined : kernel.stat(path);
  switch (operator) {
    case '-e':
      return at !== undefined;
    case '-f':
      return at?.type === 'file' || at?.type === 'hardlink';
    case '-d':
      return at?.type === 'directory';
    case '-s':
      // The size of a directory is the file system's affair.
      if (at?.type === 'directory') return refuse('run/not-computable', { what: `test -s ${word}` });
      return (at?.size ?? 0) > 0;
    case '-L':
    case '-h':
      return path !== undefined && kernel.stat(path, { follow: false })?.type === 'symlink';
    case '-r':
      return path !== undefined && kernel.mayAccess(path, { read: true });
    case '-w':
      return path !== undefined && kernel.mayAccess(path, { write: true });
    case '-x':
      return path !== undefined && kernel.mayAccess(path, { execute: true });
    default:
      return refuse('run/not-computable', { what: `test ${operator} ${word}` });
  }
}

/** Of a secret everything is known but its bytes, and how many they are. It cannot be written to, by root either. */
function ofSecret(operator: string, { id, readable, executable }: MountedSecret, path: string): boolean {
  if (operator === '-e' || operator === '-f') return true;
  if (operator === '-r') return readable;
  if (operator === '-x') return executable;
  return ['-d', '-L', '-h', '-w'].includes(operator) ? false : refuse('run/secret-used', { path, id });
}
