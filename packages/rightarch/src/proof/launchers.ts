/** What a program that starts another one starts next, where its arguments say so for certain. */
export interface Launch {
  readonly argv: readonly string[];
  /** Who looks the next program up, and so what happens to a script without `#!`. */
  readonly by: 'shell' | 'execvp';
  /** False where the step is likely, not certain: its failure refutes nothing. */
  readonly certain: boolean;
}

const SHELLS = new Set(['sh', 'dash', 'ash', 'bash']);

/** True for the names of shells that read a script as POSIX says. */
export function isShell(names: readonly string[]): boolean {
  return names.some((name) => SHELLS.has(name));
}

/** The program that a known launcher starts with these arguments; undefined where that is not certain. */
export function nextLaunch(
  names: readonly string[],
  argv: readonly string[],
  script?: { readonly index: number; readonly content: Uint8Array | undefined },
): Launch | undefined {
  const rest = argv.slice(1);
  if (isShell(names)) return shellLaunch(argv, script);
  const launcher = names.find((name) => Object.hasOwn(LAUNCHERS, name));
  if (launcher === undefined) return undefined;
  const next = LAUNCHERS[launcher]!(rest);
  return next === undefined || next.length === 0 ? undefined : { argv: next, by: 'execvp', certain: true };
}

/** Skips options that are known, each with the number of its values; undefined where one is not known. */
function after(
  args: readonly string[],
  options: { readonly flags: RegExp; readonly valued?: RegExp },
): readonly string[] | undefined {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') return args.slice(i + 1);
    if (!arg.startsWith('-')) return args.slice(i);
    if (options.valued?.test(arg)) i++;
    else if (!options.flags.test(arg)) return undefined;
  }
  return [];
}

const LAUNCHERS: Readonly<Record<string, (args: readonly string[]) => readonly string[] | undefined>> = {
  // krallin/tini src/tini.c: getopt "+p:hvwgle:s".
  tini: (args) => after(args, { flags: /^-[vwgls]+$/, valued: /^-[pe]$/ }),
  'tini-static': (args) => after(args, { flags: /^-[vwgls]+$/, valued: /^-[pe]$/ }),
  'docker-init': (args) => after(args, { flags: /^-[vwgls]+$/, valued: /^-[pe]$/ }),
  // Yelp/dumb-init dumb-init.c: getopt_long "+hvVcr:".
  'dumb-init': (args) =>
    after(args, { flags: /^(-[vc]+|--verbose|--single-child|--rewrite=.*)$/, valued: /^(-r|--rewrite)$/ }),
  env: (args) => {
    const start = args.findIndex((arg) => !/^[A-Za-z_]\w*=/.test(arg));
    if (start < 0 || args[start]!.startsWith('-')) return undefined;
    // With another PATH or loader variables, what is found is not ours to say.
    if (args.slice(0, start).some((arg) => /^(PATH|LD_\w+)=/.test(arg))) return undefined;
    return args.slice(start);
  },
};

const BUILTINS = new Set(
  (
    '. : [ alias bg break cd command continue echo eval exec exit export false fg getopts hash jobs kill let local ' +
    'printf pwd read readonly return set shift source test times trap true type ulimit umask unalias unset wait ' +
    'if for while until case function select time { } ! [[ do done then else elif fi esac in builtin declare typeset ' +
    'shopt disown enable help history logout mapfile popd pushd suspend caller bind compgen complete dirs fc'
  ).split(' '),
);

function shellLaunch(
  argv: readonly string[],
  script: { readonly index: number; readonly content: Uint8Array | undefined } | undefined,
): Launch | undefined {
  if (script !== undefined) {
    const passed = argv.slice(script.index + 1);
    if (script.content === undefined || passed.length === 0 || !endsInExec(script.content)) return undefined;
    // The body may have changed the arguments or never get there.
    return { argv: passed, by: 'shell', certain: false };
  }
  const [, flag = '', line] = argv;
  if (!/^-[eux]*c$/.test(flag) || line === undefined) return undefined;
  const words = simpleCommand(line);
  return words === undefined ? undefined : { argv: words, by: 'shell', certain: true };
}

/** True where the last line of a script is `exec "$@"` and nothing else. */
function endsInExec(content: Uint8Array): boolean {
  const lines = Buffer.from(content)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.at(-1) === 'exec "$@"';
}

/**
 * The words of a line that is one simple command with a literal name; undefined for everything that a shell could
 * understand otherwise. Arguments behind the name are kept as written: they are not needed to find it.
 */
function simpleCommand(line: string): readonly string[] | undefined {
  if (/[;&|<>(){}`\n\r\\#*?[\]~]/.test(line)) return undefined;
  const words = line.trim().split(/[ \t]+/);
  const rest = words[0] === 'exec' ? words.slice(1) : words;
  const [name = ''] = rest;
  if (!/^[\w./+@%:,-]+$/.test(name) || name.startsWith('-') || BUILTINS.has(name)) return undefined;
  // Where quotes or variables make the arguments, only the name is certain; nothing is followed through it.
  return rest.some((word) => /["'$]/.test(word)) ? [name] : rest;
}
