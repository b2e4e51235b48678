import { posix } from 'node:path';
import { missingApacheModule } from './apache-start.ts';
import { type MissingFramework, toldAppHost, toldDotnet } from './dotnet-start.ts';
import { capitalOf } from './errno.ts';
import { beforeJava } from './java-agents.ts';
import { isJava, toldJava } from './java-start.ts';
import { beforePerl, beforeRuby } from './language-modules.ts';
import { missingNginxModule } from './nginx-start.ts';
import { beforeNode, toldNode } from './node-start.ts';
import { missingLibrary } from './python-home.ts';
import { missingModule } from './python-main.ts';
import { missingForCommand, missingForServer } from './python-scripts.ts';
import { missingForBundle } from './ruby-start.ts';
import { toldBun, toldDeno } from './script-runtimes.ts';
import type { MissingPlugin } from './server-plugins.ts';
import { wordAt } from './told-words.ts';
import { childrenAt, elfOf, type View } from './view.ts';

/** A program that runs what its arguments name, and these. */
export interface Interpreting {
  /** The name it was called by, and that of its file. */
  readonly names: readonly string[];
  /** Its file, links followed. */
  readonly path: string;
  /** Where it was found, as it was called: what a virtual environment goes by. */
  readonly called: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
}

/** What an interpreter is told to run and does not find. */
export interface MissingProgram {
  /** As its arguments say it: `dist/server.js`, `-m gunicorn`. */
  readonly asked: string;
  /** Every place where it would have been found, absolute. */
  readonly looked: readonly string[];
  readonly prints: string;
}

/** The file that an interpreter opens as it is named, and what it prints where the user may not read it. */
export interface OpenedProgram {
  readonly opens: string;
  readonly denied: string;
  /** What it then looks for in the file, which has it not. */
  readonly wants?: MissingProgram | undefined;
  /** Why nobody can tell whether it runs the file. */
  readonly doubt?: string | undefined;
  /** What it then asks its runtime for, and the image has not. */
  readonly lacks?: MissingFramework | undefined;
  /** What the file has it load, and the image has not. */
  readonly plugin?: MissingPlugin | undefined;
}

export type Told = MissingProgram | OpenedProgram | undefined;

/** What to do with the first words of each interpreter; options that are not known leave everything open. */
interface Language {
  readonly names: RegExp;
  /** Whether the file at a path is that interpreter: `node` and `java` are names of other programs too. */
  is(view: View, path: string): boolean;
  told(view: View, by: Interpreting): Told;
  /** What options and variables have it load before that. */
  before?(view: View, by: Interpreting): Told;
}

/** The file, module or archive that an interpreter is told to run: where the image surely has none, or what it opens. */
export function toldProgram(view: View, by: Interpreting): Told {
  const language = languageOf(view, by);
  const told = language === undefined ? toldAppHost(view, by) : language.told(view, by);
  return inImage(told);
}

/** What the kernel has there (`python /dev/stdin`) no image shows. Somebody's home may be /dev, as that of `sys` in Debian. */
const inImage = (told: Told): Told =>
  told !== undefined && 'looked' in told && told.looked.every(isOfKernel) ? undefined : told;

/** The file or module that an interpreter loads before its program, which ends where it is not there. */
export function toldBefore(view: View, by: Interpreting): Told {
  return inImage(languageOf(view, by)?.before?.(view, by));
}

function languageOf(view: View, { names, path }: Interpreting): Language | undefined {
  const language = LANGUAGES.find((one) => names.some((name) => one.names.test(name)));
  return language?.is(view, path) === true ? language : undefined;
}

export const isOfKernel = (path: string): boolean => /^\/(?:dev|proc|sys)\//.test(path);

const isAnything = (): boolean => true;

/** Options of an interpreter that are known, and those whose value follows in a word of its own. */
interface Options {
  readonly flags: RegExp;
  readonly valued?: RegExp;
}

/** An interpreter that opens its file as it is named, and says so in words of its own. */
const plain = (names: RegExp, options: Options, prints: (word: string, error: string) => string): Language => ({
  names,
  is: isAnything,
  told({ tree }, { argv, cwd }) {
    const word = wordAt(argv, options.flags, options.valued)?.word;
    if (word === undefined || word === '-') return undefined;
    return tree.resolve(word, { cwd }).found
      ? { opens: word, denied: prints(word, capitalOf('EACCES')) }
      : { asked: word, looked: [posix.resolve(cwd, word)], prints: prints(word, capitalOf('ENOENT')) };
  },
});

/** A server that reads a file of its own, and modules that this names. */
const server = (
  names: RegExp,
  missing: (view: View, by: Interpreting) => MissingPlugin | undefined,
  denied: (config: string) => string,
): Language => ({
  names,
  is: isAnything,
  told(view, by) {
    const plugin = missing(view, by);
    return plugin && { opens: plugin.config, denied: denied(plugin.config), plugin };
  },
});

/** What its options and variables have it load, where all of its options are known. */
const behind =
  (
    { flags, valued }: Options,
    ask: (view: View, by: Interpreting, options: readonly string[]) => MissingProgram | undefined,
  ): NonNullable<Language['before']> =>
  (view, by) => {
    const found = wordAt(by.argv, flags, valued);
    return found && ask(view, by, found.before);
  };

const RUBY_OPTIONS = {
  flags: /^(-W\d?|-W:[\w-]+|-[IrE].+|-[wvd]|--(yjit|jit)([-=].*)?|--(enable|disable)[-=].+)$/,
  valued: /^(-[Ir]|--(enable|disable))$/,
};
// ruby.c, load_file_internal.
const OF_RUBY = plain(/^ruby(\d\.\d)?$/, RUBY_OPTIONS, (word, error) => `${error} -- ${word} (LoadError)`);
const RUBY: Language = {
  ...OF_RUBY,
  told(view, by) {
    const found = wordAt(by.argv, RUBY_OPTIONS.flags, RUBY_OPTIONS.valued);
    const told = OF_RUBY.told(view, by);
    if (found === undefined || told === undefined || 'looked' in told) return told;
    return missingForBundle(view, by, found.before.length + 1) ?? told;
  },
  before: behind(RUBY_OPTIONS, beforeRuby),
};

const PERL_OPTIONS = { flags: /^-([wWtTu]+|[IMm].+)$/, valued: /^-I$/ };
const PERL: Language = {
  // perl.c, S_open_script.
  ...plain(/^perl(5[\d.]*)?$/, PERL_OPTIONS, (word, error) => `Can't open perl script "${word}": ${error}`),
  before: behind(PERL_OPTIONS, beforePerl),
};

const LANGUAGES: readonly Language[] = [
  {
    names: /^(node|nodejs)$/,
    // Many another program is called `node`: this one has its NODE_MODULE_VERSION in it, or in the library that it is.
    // Bun has one as well, goes by that name in its images, and finds more files.
    is: ({ tree }, path) => {
      if (posix.basename(path) === 'bun') return false;
      const found = tree.resolve(path);
      const facts = found.found ? elfOf(found.node.entry) : undefined;
      return facts?.nodeAbi !== undefined || facts?.needed?.some((name) => name.startsWith('libnode.so')) === true;
    },
    told: toldNode,
    before: beforeNode,
  },
  {
    names: /^python(\d(\.\d+)?)?t?$/,
    is: isAnything,
    told: toldPython,
    before(view, by) {
      const flags = pythonFlags(by.argv);
      return flags === undefined ? undefined : missingLibrary(view, by, flags);
    },
  },
  {
    names: /^java$/,
    is: isJava,
    told: toldJava,
    before: beforeJava,
  },
  { names: /^dotnet$/, is: isAnything, told: toldDotnet },
  { names: /^bun$/, is: isAnything, told: toldBun },
  { names: /^deno$/, is: isAnything, told: toldDeno },
  // sapi/cli/php_cli.c, cli_seek_file_begin: what stands behind -f or is the first word.
  plain(
    /^php(\d(\.?\d)?)?$/,
    { flags: /^(-[dcz].+|-[nqef])$/, valued: /^-[dcz]$/ },
    (word) => `Could not open input file: ${word}`,
  ),
  RUBY,
  PERL,
  server(/^nginx$/, missingNginxModule, (config) => `open() "${config}" failed (13: Permission denied)`),
  server(
    /^(httpd|apache2)$/,
    missingApacheModule,
    (config) => `Could not open configuration file ${config}: Permission denied`,
  ),
];

/** Short options of Python that may stand together, and those whose value follows (`python3 --help`, 3.13). */
const PYTHON_FLAGS = /^-[bBdEIiOPqRsSuvx]+$/;
const PYTHON_VALUED = /^-[bBdEIiOPqRsSuvx]*[WX]$/;

/** Its short options before the word that says what it runs, and where that stands: `-m`, `-c`, another option, a file. */
function pythonOptions(argv: readonly string[]): { readonly flags: string; readonly at: number } {
  let flags = '';
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]!;
    if (PYTHON_VALUED.test(arg)) i++;
    else if (PYTHON_FLAGS.test(arg)) flags += arg.slice(1);
    else if (!/^-[WX]./.test(arg)) return { flags, at: i };
  }
  return { flags, at: argv.length };
}

/** All of its short options; undefined behind one that may only have it say something. */
function pythonFlags(argv: readonly string[]): string | undefined {
  const { flags, at } = pythonOptions(argv);
  const arg = argv[at] ?? '';
  if (!arg.startsWith('-')) return flags;
  const own = /^-([bBdEIiOPqRsSuvx]*)[mc]/.exec(arg)?.[1];
  return own === undefined ? undefined : flags + own;
}

/** Modules/main.c: `-m`, `-c`, a directory or an archive with `__main__`, or a file. */
function toldPython(view: View, by: Interpreting): Told {
  const { argv, cwd } = by;
  const { flags, at } = pythonOptions(argv);
  const arg = argv[at] ?? '';
  const own = /^-([bBdEIiOPqRsSuvx]*)m(.*)$/.exec(arg);
  if (own !== null) {
    const name = own[2] === '' ? argv[at + 1] : own[2];
    const behind = { at: at + (own[2] === '' ? 2 : 1), flags: flags + own[1]! };
    if (name === undefined) return undefined;
    return missingModule(view, by, { ...behind, name }) ?? missingForServer(view, by, { ...behind, server: name });
  }
  if (arg.startsWith('-') || arg === '') return undefined;
  const path = posix.resolve(cwd, arg);
  const children = childrenAt(view.tree, path);
  // Whole from 3.9 on, as it was given before.
  const text = /python(2|3\.[5-8]$)/.test(by.path) || /(^|\/)\.\.(\/|$)/.test(arg) ? arg : path;
  if (children !== undefined && !children.has('__main__.py') && !children.has('__main__.pyc'))
    return { asked: arg, looked: [`${path}/__main__.py`], prints: `can't find '__main__' module in '${text}'` };
  const prints = `can't open file '${text}': `;
  if (children !== undefined) return undefined;
  const absent = missingForCommand(view, by, { at, flags });
  if (absent !== undefined) return absent;
  if (view.tree.resolve(text, { cwd }).found) return { opens: text, denied: `${prints}[Errno 13] Permission denied` };
  return { asked: arg, looked: [path], prints: `${prints}[Errno 2] No such file or directory` };
}
