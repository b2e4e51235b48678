import type { Asks } from './entry-scripts.ts';
import { DEFAULT_PATH, variable } from './view.ts';

/** The first command of a line, and what it sets for that one alone. */
export interface Command {
  readonly argv: readonly string[];
  readonly sets?: readonly string[];
  /** It is started in another directory. */
  readonly moved?: true;
}

const BUILTINS = new Set(
  (
    '. : [ alias bg break cd chdir command continue echo eval exec exit export false fg getopts hash jobs kill let local ' +
    'printf pwd read readonly return set shift source test times trap true type ulimit umask unalias unset wait ' +
    'if for while until case function select time { } ! [[ do done then else elif fi esac in builtin declare typeset ' +
    'shopt disown enable help history logout mapfile popd pushd suspend caller bind compgen complete coproc dirs fc readarray'
  ).split(' '),
);

/** The line that a shell is given: `sh -ec LINE`, and `bash -euo pipefail -c LINE`. Undefined where that is not certain. */
export function lineOf(names: readonly string[], argv: readonly string[]): string | undefined {
  for (let i = 1; i < argv.length; i++) {
    const flag = argv[i]!;
    if (/^-[eux]*c$/.test(flag)) return argv[i + 1];
    // dash of Debian 12 ends at an option that it does not know.
    if (/^-[eux]*o$/.test(flag) && argv[i + 1] === 'pipefail' && names.includes('bash')) i++;
    else if (!/^-[eux]+$/.test(flag)) return undefined;
  }
  return undefined;
}

/** What the last line of a script executes in its place, with its arguments for `"$@"`. */
export function lastExec(content: Uint8Array, passed: readonly string[]): readonly string[] | undefined {
  const lines = Buffer.from(content)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [, words = '', all] = /^exec((?:[ \t]+[\w./+@%:,=-]+)*)([ \t]+"\$@")?$/.exec(lines.at(-1) ?? '') ?? [];
  // A line before it may go on into this one, or stand in a block around it.
  const before = lines.at(-2) ?? '';
  if (/(\\|&&|\|\|?|\bdo|\bthen|\belse|[({])$/.test(before)) return undefined;
  const named = words.split(/[ \t]+/).filter((word) => word !== '');
  // Below which directory nobody knows.
  if (/^-|^(?!\/).*\//.test(named[0] ?? '')) return undefined;
  return [...named, ...(all === undefined ? [] : passed)];
}

/**
 * The first program of commands joined by `&&`: where it cannot be started, the line ends with its status. A change to a
 * directory that is there comes before it in many images, and leaves PATH as it is: one with relative parts is then another.
 */
export function firstCommand(
  line: string,
  env: readonly string[],
  { isDirectory, isOpen }: Pick<Asks, 'isDirectory' | 'isOpen'>,
): Command | undefined {
  const variables: Variables = { env, isOpen };
  const commands = line.split('&&');
  let at = 0;
  for (; at < commands.length - 1; at++) {
    const directory = /^\s*cd[ \t]+(\/[\w./+@%:,-]*)\s*$/.exec(commands[at]!)?.[1];
    if (directory === undefined) break;
    if (!isDirectory(directory)) return undefined;
  }
  // What follows must be understood as far as that it is no more than further commands.
  if (commands.slice(at + 1).some((one) => /[;&|`\n\r\\]|\bexit\b/.test(one))) return undefined;
  const command = simpleCommand(commands[at]!, variables);
  const [name = ''] = command?.argv ?? [];
  if (at === 0) return command;
  const isFixed = (variable(env, 'PATH') ?? DEFAULT_PATH).split(':').every((part) => part.startsWith('/'));
  // Its arguments may be names below the new directory: only the program itself is followed.
  return name.startsWith('/') || (name !== '' && !name.includes('/') && isFixed)
    ? { argv: [name], moved: true }
    : undefined;
}

/**
 * The words of a line that is one simple command; undefined for everything that a shell could understand otherwise. The
 * image's own variables are put in where they are, in the name and behind it.
 */
function simpleCommand(line: string, variables: Variables): Command | undefined {
  if (/[;&|<>(){}`\n\r\\#*?[\]~]/.test(line.replace(/\$\{[A-Za-z_]\w*\}/g, '$A'))) return undefined;
  const words = line.trim().split(/[ \t]+/);
  const sets: string[] = [];
  for (let set = assignment(words[0]); set !== undefined; set = assignment(words[0])) {
    sets.push(set);
    words.shift();
  }
  // With another PATH or loader variables, what is found is not ours to say.
  if (sets.some((set) => /^(PATH|LD_\w+|BASH_ENV|ENV|IFS)=/.test(set))) return undefined;
  const rest = words[0] === 'exec' ? words.slice(1) : words;
  const [first = '', ...behind] = rest;
  const [name = '', ...more] = wordsOf(first, variables) ?? [];
  if (more.length > 0 || !/^[\w./+@%:,-]+$/.test(name) || name.startsWith('-') || BUILTINS.has(name)) return undefined;
  const parts = behind.map((word) => wordsOf(word, variables));
  // Where quotes or variables make the arguments, only the name is certain; nothing is followed through it.
  const argv = parts.every((one) => one !== undefined) ? [name, ...parts.flat()] : [name];
  return sets.length === 0 ? { argv } : { argv, sets };
}

interface Variables {
  readonly env: readonly string[];
  readonly isOpen: Asks['isOpen'];
}

/** What a word becomes; undefined where quotes go over several, or a variable is not in the image: a target may set it. */
function wordsOf(word: string, { env, isOpen }: Variables): readonly string[] | undefined {
  const [, , quoted] = /^(["'])([^"']*)\1$/.exec(word) ?? [];
  const text = quoted ?? word;
  if (/["']/.test(text) || (word.startsWith("'") && text.includes('$'))) return undefined;
  if (/\$(?!\{?[A-Za-z_])/.test(text)) return undefined;
  // Options that are set where it is started, as most JVM images have them.
  const alone = quoted === undefined ? /^\$\{?(\w*(?:OPT|ARG|FLAG)\w*)\}?$/.exec(text)?.[1] : undefined;
  if (alone !== undefined && variable(env, alone) === undefined && !isOpen(alone)) return [];
  let isKnown = true;
  const filled = text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, plain?: string) => {
    const name = braced ?? plain ?? '';
    const value = variable(env, name);
    if (value === undefined || isOpen(name) || !/^[\w\s./+@%:,=-]*$/.test(value)) isKnown = false;
    return value ?? '';
  });
  if (!isKnown) return undefined;
  return quoted === undefined ? filled.split(/\s+/).filter((one) => one !== '') : [filled];
}

/** `NAME=value` in front of a command, where the value is literal; quotes around a whole value are taken off. */
function assignment(word = ''): string | undefined {
  const [, name, , value] = /^([A-Za-z_]\w*)=(["']?)([\w./:,@%+=-]*)\2$/.exec(word) ?? [];
  return name === undefined || value === undefined ? undefined : `${name}=${value}`;
}
