import { posix } from 'node:path';
import { upwards } from './package-meeting.ts';
import { missingScript } from './package-scripts.ts';
import type { Interpreting, MissingProgram, Told } from './program-file.ts';
import { wordAt } from './told-words.ts';
import { childrenAt, type View, variable } from './view.ts';

/** Options of Node that neither take the next word nor keep it from running a file (`node --help`, 2026-11-30). */
const FLAGS =
  /^--?(enable-source-maps|expose-gc|no-(warnings|deprecation|addons|experimental[\w-]*)|trace-(?!event|require)[\w-]+|throw-deprecation|preserve-symlinks(-main)?|experimental-(?!sea-config|config-file|policy|default-type|specifier-resolution|test-isolation)[\w-]+|(max|min)[-_][\w-]+=\d+|stack[-_]size=\d+|inspect(-brk)?(=.*)?|unhandled-rejections=\w+|dns-result-order=\w+|icu-data-dir=.*|max-http-header-size=\d+|openssl-legacy-provider|use-openssl-ca|use-bundled-ca|report-(?!dir|filename|signal)[\w-]+|(report|heapsnapshot)-[\w-]+=.*|optimize[-_]for[-_]size|abort-on-uncaught-exception|(require|import|loader|experimental-loader|conditions|env-file|env-file-if-exists)=.*)$/;
const VALUED =
  /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file(-if-exists)?|--trace-event-(categories|file-pattern)|--report-(dir|directory|filename|signal)|--heapsnapshot-(signal|near-heap-limit))$/;
/** What is loaded before may teach `require` to find other files: ts-node, tsx, a bundle of Yarn; a file of variables may name it. */
const HOOKS = /^(-r|--(require|import|loader|experimental-loader|env-file(-if-exists)?))(=|$)/;

/** lib/internal/modules/cjs/loader.js, Module._findPath with the path of the entry: the file, its extensions, a directory. */
export function toldNode({ tree }: View, by: Interpreting): Told {
  const { argv, env, cwd } = by;
  const found = wordAt(argv, FLAGS, VALUED);
  if (found === undefined || found.word === 'inspect' || /\.zip\/|^file:/.test(found.word)) return undefined;
  const script = missingScript(tree, by, found.before.length + 1);
  if (script !== undefined) return script;
  const path = posix.resolve(cwd, found.word);
  const missing: MissingProgram = {
    asked: found.word,
    looked: [path],
    prints: `Error: Cannot find module '${path}'`,
  };
  const children = childrenAt(tree, path);
  const beside = childrenAt(tree, posix.dirname(path));
  const name = posix.basename(path);
  const hooks = variable(env, 'NODE_OPTIONS') !== undefined || found.before.some((one) => HOOKS.test(one));
  if (hooks) {
    const stem = name.replace(/\.[cm]?js$/, '');
    const any = [...(beside?.keys() ?? [])].some((one) => one === name || one.startsWith(`${stem}.`));
    return any || children !== undefined ? undefined : missing;
  }
  // A file of that name with an extension comes before a directory (`node server` with server.js and server/).
  const own = tree.resolve(path);
  if (own.found && children === undefined && !found.word.endsWith('/'))
    return { opens: path, denied: `Error: EACCES: permission denied, open '${own.path}'` };
  const ends = children === undefined ? ['', '.js', '.json', '.node'] : ['.js', '.json', '.node'];
  if (!found.word.endsWith('/') && ends.some((end) => tree.resolve(`${path}${end}`).found)) return undefined;
  if (children !== undefined) {
    const entries = ['package.json', 'index.js', 'index.json', 'index.node'];
    return entries.some((one) => children.has(one)) ? undefined : missing;
  }
  return missing;
}

/** An option that has a file read or a module loaded before the program. */
interface Before {
  readonly option: string;
  readonly value: string;
}

/**
 * Packages that are there to be loaded before a program. Of others a package.json may be that of the package itself, which
 * finds itself by its own name.
 */
const PRELOADED =
  /^(@opentelemetry|@sentry|@newrelic|@elastic|@instana|@swc-node|@babel|@google-cloud|@datadog|@splunk|dd-trace|newrelic|elastic-apm-node|dotenv|source-map-support|ts-node|tsx|tsconfig-paths|module-alias|esbuild-register|reflect-metadata|appdynamics|applicationinsights)(\/|$)/;

/**
 * What `--env-file`, `--require` and `--import` name, as arguments or in NODE_OPTIONS: Node ends where it is not there
 * (src/node.cc, InitializeNodeWithArgsInternal; lib/internal/modules/cjs/loader.js, _preloadModules; seen with 20.20 and
 * 22, 2026-11-30). What one of them loads may teach the next to find other files.
 */
export function beforeNode(view: View, by: Interpreting): Told {
  const { argv, env, cwd } = by;
  const own = variable(env, 'NODE_OPTIONS') ?? '';
  if (/["\\]/.test(own)) return undefined;
  const all = [...beforeOf(own.split(' ')), ...beforeOf(optionsOf(argv))];
  const files = all.filter(({ option }) => option === '--env-file');
  for (const { value } of files) {
    // What stands in /run is put there when it is started, as secrets are.
    if (!view.tree.resolve(value, { cwd }).found && !value.startsWith('/run/'))
      return { asked: `--env-file=${value}`, looked: [posix.resolve(cwd, value)], prints: `${value}: not found` };
  }
  // Modules of the first kind are loaded before those of the other.
  const loads = ['--require', '--import'].flatMap((option) => all.filter((one) => one.option === option));
  let isFirst = files.length === 0 && all.every(({ option }) => option !== '--loader');
  for (const one of loads) {
    const missing = missingBefore(view, by, one, isFirst);
    if (missing !== undefined) return missing;
    isFirst = false;
  }
  const [first] = loads;
  const opens = first !== undefined && isPath(first.value) ? posix.resolve(cwd, first.value) : undefined;
  return opens === undefined ? undefined : { opens, denied: `Error: EACCES: permission denied, open '${opens}'` };
}

const isPath = (value: string): boolean => /^\.{0,2}\//.test(value);

function missingBefore(
  { tree }: View,
  { path: node, env, cwd }: Interpreting,
  { option, value }: Before,
  isFirst: boolean,
): MissingProgram | undefined {
  const asked = `${option} ${value}`;
  const isImport = option === '--import';
  if (isPath(value)) {
    // Addresses have signs of their own.
    if (isImport && /[%?#]/.test(value)) return undefined;
    const path = posix.resolve(cwd, value);
    const ends = isImport ? [''] : ['', '.js', '.json', '.node'];
    if (ends.some((end) => tree.resolve(`${path}${end}`).found)) return undefined;
    const stem = `${posix.basename(path).replace(/\.[cm]?js$/, '')}.`;
    const beside = [...(childrenAt(tree, posix.dirname(path))?.keys() ?? [])];
    if (!isFirst && beside.some((name) => name.startsWith(stem))) return undefined;
    return { asked, looked: [path], prints: `Cannot find module '${isImport ? path : value}'` };
  }
  const name = /^(@[\w.-]+\/)?[\w.-]+/.exec(value)?.[0];
  if (name === undefined || !isFirst || !PRELOADED.test(value) || variable(env, 'NODE_PATH') !== undefined)
    return undefined;
  const looked = upwards(cwd).map((at) => posix.join(at, 'node_modules', name));
  // lib/internal/modules/cjs/loader.js, initPaths.
  const home = variable(env, 'HOME') ?? '/root';
  const others = [`${home}/.node_modules`, `${home}/.node_libraries`, posix.join(node, '../../lib/node')];
  if ([...looked, ...others.map((at) => posix.join(at, name))].some((at) => tree.resolve(at).found)) return undefined;
  return { asked, looked, prints: `Cannot find ${isImport ? `package '${name}'` : `module '${value}'`}` };
}

/** The options of Node among its arguments, as far as they are known. */
function optionsOf(argv: readonly string[]): readonly string[] {
  const options: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    if (VALUED.test(word)) options.push(word, argv[++i] ?? '');
    else if (FLAGS.test(word)) options.push(word);
    else break;
  }
  return options;
}

function beforeOf(words: readonly string[]): readonly Before[] {
  const found: Before[] = [];
  for (let i = 0; i < words.length; i++) {
    const [, name, inline] =
      /^(-r|--require|--import|--loader|--experimental-loader|--env-file)(?:=(.+))?$/.exec(words[i]!) ?? [];
    if (name === undefined || (name === '-r' && inline !== undefined)) continue;
    const value = inline ?? words[++i] ?? '';
    const option = name === '-r' ? '--require' : name === '--experimental-loader' ? '--loader' : name;
    if (value !== '') found.push({ option, value });
  }
  return found;
}
