import { posix } from 'node:path';
import { upwards } from './package-meeting.ts';
import { binaries, hasScript } from './package-scripts.ts';
import type { Interpreting, MissingProgram, Told } from './program-file.ts';
import { wordAt } from './told-words.ts';
import { childrenAt, searchPath, type View, variable } from './view.ts';

const MODULE = /\.[cm]?[jt]sx?$/;

/** A file of JavaScript or TypeScript that is not there, nor any of its name with another extension. */
function missingFile(
  { tree }: View,
  cwd: string,
  word: string,
  prints: (path: string) => string,
): MissingProgram | undefined {
  const path = posix.resolve(cwd, word);
  const found = tree.resolve(path);
  if (found.found) return undefined;
  const stem = `${posix.basename(path).replace(MODULE, '')}.`;
  const beside = [...(childrenAt(tree, posix.dirname(path))?.keys() ?? [])];
  return beside.some((name) => name.startsWith(stem))
    ? undefined
    : { asked: word, looked: [path], prints: prints(path) };
}

/** Options of Bun before the file (`bun --help`, 1.4.5, 2026-11-30); what is loaded before may find other files. */
const BUN_FLAGS =
  /^(--(bun|smol|watch|hot|no-clear-screen|inspect(-brk|-wait)?(=.*)?|no-install|silent|throw-deprecation|env-file=.*|no-env-file)|-b|-i)$/;
const BUN_VALUED = /^--env-file$/;
/** What it finds by itself where its own file of settings may load something before. */
const BUN_SETTINGS = 'bunfig.toml';

/** `bun FILE` and `bun run FILE`; where the name is that of a script, `bun run NAME` (src/cli/run_command). */
export function toldBun(view: View, { argv, env, cwd }: Interpreting): Told {
  const { tree } = view;
  const own = wordAt(argv, BUN_FLAGS, BUN_VALUED);
  if (own === undefined || tree.resolve(BUN_SETTINGS, { cwd }).found) return undefined;
  if (variable(env, 'BUN_OPTIONS') !== undefined) return undefined;
  const isRun = own.word === 'run';
  const found = isRun ? wordAt(argv.slice(own.before.length + 1), BUN_FLAGS, BUN_VALUED) : own;
  if (found === undefined) return undefined;
  const { word } = found;
  const isFile = MODULE.test(word);
  // A name is that of a script, with `run` or without it where it is no command of Bun's own.
  const isScript = !isFile && (isRun ? SCRIPT : USUAL).test(word);
  if (!isFile && !isScript) return undefined;
  // A script or a program of that name comes before the file.
  const places = [...binaries(cwd), ...searchPath(env, cwd)];
  const isElsewhere = () =>
    hasScript(tree, cwd, word) || places.some((one) => tree.resolve(posix.join(one, word)).found);
  if ((isRun || isScript) && isElsewhere()) return undefined;
  if (isFile) return missingFile(view, cwd, word, () => `Module not found "${word}"`);
  if (upwards(cwd).some((at) => tree.resolve(posix.join(at, 'node_modules', word)).found)) return undefined;
  const missing = missingFile(view, cwd, word, () => `Script not found "${word}"`);
  return missing && { ...missing, asked: isRun ? `bun run ${word}` : `bun ${word}` };
}

/** Bun runs itself by these names, whether there is a Node or not (1.4.5, 2026-11-30). */
const SCRIPT = /^(?!(?:node|bun)$)[\w:-]+$/;
const USUAL = /^(start|serve|dev|prod|preview)(:[\w-]+)*$/;

/** Options of Deno that take no further word, and keep to what they say (`deno run --help=full`, 2.9.6, 2026-11-30). */
const DENO_FLAGS =
  /^(-[ARWNESIq]+(=.*)?|--(allow|deny)-[\w-]+(=.*)?|--(quiet|no-prompt|cached-only|no-lock|no-npm|no-remote|no-config|frozen|no-code-cache|check|no-check|unstable-(?!sloppy)[\w-]+|v8-flags|inspect(-brk|-wait)?|node-modules-dir|seed|location|env-file)(=.*)?)$/;

/** `deno run FILE`, `deno serve FILE`, `deno FILE` and `deno task NAME`: a path becomes an address of a file as it stands (cli/args/mod.rs). */
export function toldDeno(view: View, { argv, cwd }: Interpreting): Told {
  const own = wordAt(argv, DENO_FLAGS);
  // An import map of its settings may send the main module elsewhere.
  const isSet = (at: string) =>
    ['deno.json', 'deno.jsonc'].some((name) => view.tree.resolve(posix.join(at, name)).found);
  if (own === undefined || upwards(cwd).some(isSet)) return undefined;
  const isCommand = /^(run|serve|task)$/.test(own.word);
  const found = isCommand ? wordAt(argv.slice(own.before.length + 1), DENO_FLAGS) : own;
  if (found === undefined) return undefined;
  if (own.word === 'task') return missingTask(view, cwd, found.word);
  if (!MODULE.test(found.word) || found.word.includes(':')) return undefined;
  return missingFile(view, cwd, found.word, (path) => `Module not found "file://${path}"`);
}

/** Without settings of its own, tasks are the scripts of a package.json, there or above (Deno 2.9.6, 2026-11-30). */
function missingTask({ tree }: View, cwd: string, word: string): Told {
  if (!SCRIPT.test(word) || hasScript(tree, cwd, word)) return undefined;
  const packages = upwards(cwd).map((at) => posix.join(at, 'package.json'));
  const own = packages.find((path) => tree.resolve(path).found);
  const asked = `deno task ${word}`;
  return own === undefined
    ? { asked, looked: [posix.join(cwd, 'deno.json'), packages[0]!], prints: "deno task couldn't find deno.json(c)" }
    : { asked, looked: [`${own}#scripts.${word}`], prints: `Task not found: ${word}` };
}
