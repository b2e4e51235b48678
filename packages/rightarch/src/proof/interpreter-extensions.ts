import type { FileTree } from '../scan/index.ts';

/** An extension that Ruby or PHP opens by a rule of its own. */
export interface InterpreterExtension {
  readonly language: 'ruby' | 'php';
  /** The gem with its version, or the extension as php.ini names it. */
  readonly owner: string;
  /** One for each version of Ruby that a gem brings: it needs the one that loads. */
  readonly choice: string;
}

/** The programs that open them, by their names. */
export const INTERPRETERS: Readonly<Record<InterpreterExtension['language'], RegExp>> = {
  ruby: /^ruby[\d.]*$/,
  php: /^php(?:-fpm|-cgi)?[\d.]*$/,
};

/**
 * What `require` finds of a gem: its require path is `lib`, and RubyGems puts what it compiled in a directory of the
 * platform as well (Gem::Specification#full_require_paths). What lies in `ext` is left over from the build.
 */
const GEM = /\/(?:gems\/([^/]+)\/lib|extensions\/[^/]+\/[^/]+\/([^/]+))\/(?:.*\/)?[^/]+\.so$/;
/** extension_dir of the official images, of Debian and of Alpine. */
const PHP = /\/(?:php\/(?:extensions\/[^/]+|\d{8})|php\d+\/modules)\/([^/]+)\.so$/;

export function interpreterExtension(tree: FileTree, path: string): InterpreterExtension | undefined {
  const gem = GEM.exec(path);
  const owner = gem?.[1] ?? gem?.[2];
  if (owner !== undefined) return { language: 'ruby', owner, choice: path.replace(/\/\d\.\d(?=\/)/, '/#') };
  const { names, paths } = enabledIn(tree);
  const name = PHP.exec(path)?.[1];
  // An extension that no file of php.ini names is there and not loaded.
  const extension = paths.get(path) ?? (name !== undefined && names.has(name) ? name : undefined);
  return extension === undefined ? undefined : { language: 'php', owner: extension, choice: path };
}

/** How extensions call themselves whose files are called otherwise (php-src, ext/opcache). */
const CALLED: Readonly<Record<string, string>> = { opcache: 'Zend OPcache' };

/** What fails, as a command: PHP itself goes on without an extension, with a warning. */
export function witnessFor({ language, owner }: InterpreterExtension, runtime: string, path: string): string {
  const text = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll("'", `'\\''`);
  return language === 'ruby'
    ? `${runtime} -e 'require "${text}"'`
    : `${runtime} -r 'exit(extension_loaded("${Object.hasOwn(CALLED, owner) ? CALLED[owner] : owner}") ? 0 : 1);'`;
}

interface Enabled {
  readonly names: ReadonlySet<string>;
  /** Named by their place, or by a name where `extension_dir` is set: with the name of each. */
  readonly paths: ReadonlyMap<string, string>;
}

const enabled = new WeakMap<FileTree, Enabled>();

/** What a file of php.ini says of extensions: `gd`, `gd.so` or a path, and where names are looked for. */
export const PHP_SETTING = /^[ \t]*(?:(zend_)?extension|(extension_dir))[ \t]*=[ \t]*"?([^";\s]+)/gm;

const nameOf = (value: string): string => value.replace(/^.*\//, '').replace(/\.so$/, '');

/** Extensions that php.ini and the files beside it name. */
function enabledIn(tree: FileTree): Enabled {
  const known = enabled.get(tree);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const places: string[] = [];
  const directories: string[] = [];
  for (const [path] of tree.walk()) {
    if (!/\/php[^/]*\/(?:.*\/)?(?:php\.ini|conf\.d\/[^/]+\.ini)$/.test(path)) continue;
    // Debian links from conf.d what is enabled of mods-available.
    const found = tree.resolve(path);
    const content = found.found ? found.node.entry.content : undefined;
    if (content === undefined) continue;
    for (const [, , directory, value = ''] of Buffer.from(content).toString('utf8').matchAll(PHP_SETTING)) {
      if (directory !== undefined) directories.push(value);
      else if (value.startsWith('/')) places.push(value);
      else names.add(nameOf(value));
    }
  }
  for (const directory of directories) places.push(...[...names].map((name) => `${directory}/${name}.so`));
  const paths = new Map<string, string>();
  for (const place of places) {
    const found = place.startsWith('/') ? tree.resolve(place) : undefined;
    if (found?.found) paths.set(found.path, nameOf(place));
  }
  const all = { names: new Set([...names, ...places.map(nameOf)]), paths };
  enabled.set(tree, all);
  return all;
}
