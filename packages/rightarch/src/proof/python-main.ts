import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { childrenAt, type View, variable } from './view.ts';

/** Where one Python looks for modules, in its order. */
interface ModulePath {
  readonly directories: readonly string[];
}

/** A module that is nowhere: its name down to the part that is missing, and the places. */
interface AbsentModule {
  readonly whole: string;
  readonly looked: readonly string[];
  /** It is the package that is there, and its `__main__` that is not. */
  readonly isMain: boolean;
}

export interface ModuleSearch {
  readonly name: string;
  /** Python's own short options. */
  readonly flags: string;
  /** What it puts before all other directories: where it is called, or where its script is. */
  readonly first: readonly string[];
  readonly needsMain: boolean;
}

/** `import NAME`: each part is looked for. Undefined where it is there, or where something may put it where nobody can see it. */
export function absentModule(view: View, by: Interpreting, search: ModuleSearch): AbsentModule | undefined {
  const { name, flags, first, needsMain } = search;
  if (!/^[A-Za-z]\w*(\.\w+)*$/.test(name)) return undefined;
  const path = modulePath(view, by, { flags, first });
  if (path === undefined) return undefined;
  const parts = name.split('.');
  let directories = path.directories;
  for (const [i, part] of parts.entries()) {
    const found = moduleIn(view.tree, directories, part);
    const looked = directories.map((directory) => posix.join(directory, part));
    if (found === undefined) return { whole: parts.slice(0, i + 1).join('.'), looked, isMain: false };
    // Code of the package comes before what is looked for below it, and may send the search elsewhere.
    if (found === 'file' || !found.isPlain) return undefined;
    directories = found.directories;
  }
  return needsMain && moduleIn(view.tree, directories, '__main__') === undefined
    ? { whole: name, looked: directories.map((directory) => `${directory}/__main__.py`), isMain: true }
    : undefined;
}

/** `python -m NAME` as runpy has it (Lib/runpy.py, _get_module_details): of a package its `__main__`. */
export function missingModule(
  view: View,
  by: Interpreting,
  { name, flags }: Pick<ModuleSearch, 'name' | 'flags'>,
): MissingProgram | undefined {
  const first = isSafe(by, flags) ? [] : [by.cwd];
  const absent = absentModule(view, by, { name, flags, first, needsMain: true });
  if (absent === undefined) return undefined;
  const { whole, looked, isMain } = absent;
  const prints = isMain
    ? `No module named ${name}.__main__; '${name}' is a package and cannot be directly executed`
    : whole === name
      ? `No module named ${name}`
      : `Error while finding module specification for '${name}' (ModuleNotFoundError: No module named '${whole}')`;
  return { asked: `-m ${name}`, looked, prints };
}

/** Nothing is put before the path (-P, -I, PYTHONSAFEPATH). */
export function isSafe({ env }: Interpreting, flags: string): boolean {
  return /[IP]/.test(flags) || (!flags.includes('E') && (variable(env, 'PYTHONSAFEPATH') ?? '') !== '');
}

/** importlib, FileFinder: a package, then a module, then a part of a namespace, in each directory in turn. */
function moduleIn(
  tree: FileTree,
  directories: readonly string[],
  name: string,
): 'file' | { readonly directories: readonly string[]; readonly isPlain: boolean } | undefined {
  const portions: string[] = [];
  for (const directory of directories) {
    const own = childrenAt(tree, directory);
    if (own === undefined) continue;
    const inside = childrenAt(tree, `${directory}/${name}`);
    const init =
      inside === undefined ? undefined : [...inside.keys()].filter((one) => /^__init__\.(pyc?|.*so)$/.test(one));
    if (init !== undefined && init.length > 0) {
      const isPlain = init.every(
        (one) => inside!.get(one)!.entry.type === 'file' && inside!.get(one)!.entry.size === 0,
      );
      return { directories: [`${directory}/${name}`], isPlain };
    }
    if ([...own.keys()].some((one) => one === `${name}.py` || one === `${name}.pyc` || isNative(one, name)))
      return 'file';
    if (inside !== undefined) portions.push(`${directory}/${name}`);
  }
  return portions.length === 0 ? undefined : { directories: portions, isPlain: true };
}

const isNative = (file: string, name: string): boolean => file.startsWith(`${name}.`) && file.endsWith('.so');

/** What every installation has in a `.pth`, and adds no directory (setuptools, virtualenv, namespace packages of old). */
const HARMLESS = /^(distutils-precedence|_virtualenv|.*-nspkg)\.pth$/;
/** What a `.pth` that only names directories may hold: comments and paths. */
const CODE = /^import[ \t]/;

/** Modules/getpath.py, Lib/site.py. Undefined where code or an archive has a say in it. */
function modulePath(
  view: View,
  by: Interpreting,
  { flags, first }: Pick<ModuleSearch, 'flags' | 'first'>,
): ModulePath | undefined {
  const { tree } = view;
  const { env, cwd } = by;
  const version = /\/python(3\.\d+t?)$/.exec(by.path)?.[1];
  const isolated = flags.includes('I');
  const asks = (name: string) => (isolated || flags.includes('E') ? undefined : variable(env, name) || undefined);
  if (version === undefined || asks('PYTHONHOME') !== undefined || asks('PYTHONPLATLIBDIR') !== undefined)
    return undefined;
  const prefix = prefixOf(tree, by.path, version);
  if (prefix === undefined) return undefined;
  const library = (root: string) => ['lib', 'lib64'].map((lib) => posix.join(root, lib, `python${version}`));
  const zip = `python${version.replace(/[.t]/g, '')}.zip`;
  if (['lib', 'lib64'].some((lib) => tree.resolve(posix.join(prefix, lib, zip)).found)) return undefined;

  // An empty part is the working directory.
  const asked = asks('PYTHONPATH')?.split(':') ?? [];
  const environment = venvOf(tree, by.called);
  const sites = flags.includes('S') ? [] : sitesOf(tree, { library, version, prefix, environment, env });
  const named = asked.map((part) => posix.resolve(cwd, part));
  const directories = [...first, ...named, ...library(prefix)];
  // An archive on the path is looked into, at a place in it too.
  if (directories.some((one) => isFile(tree, one))) return undefined;
  for (const site of sites) {
    const inside = childrenAt(tree, site);
    directories.push(site);
    for (const [name, node] of inside ?? []) {
      if (!name.endsWith('.pth') || HARMLESS.test(name)) continue;
      const at = tree.resolve(`${site}/${name}`);
      const content = at.found ? at.node.entry.content : node.entry.content;
      if (content === undefined) return undefined;
      for (const line of Buffer.from(content).toString('utf8').split(/\r?\n/)) {
        if (line.trim() === '' || line.startsWith('#')) continue;
        if (CODE.test(line)) return undefined;
        const directory = posix.resolve(site, line.trim());
        if (isFile(tree, directory)) return undefined;
        directories.push(directory);
      }
    }
  }
  // Code that runs before everything, wherever on the path it is found.
  const loaded = [...named, ...directories.slice(first.length + named.length + library(prefix).length)];
  const customizes = (name: string): boolean => /^(site|user)customize(\.|$)/.test(name);
  if (loaded.some((one) => [...(childrenAt(tree, one)?.keys() ?? [])].some(customizes))) return undefined;
  // Debian's own asks nothing but for a report of crashes, and is a link to its settings.
  const custom = library(prefix).map((one) => tree.resolve(`${one}/sitecustomize.py`));
  if (custom.some((one) => one.found && !one.path.startsWith('/etc/python3'))) return undefined;
  return { directories: [...new Set(directories)] };
}

/** The directory above `lib/python3.11/os.py`, from the program upwards. */
function prefixOf(tree: FileTree, program: string, version: string): string | undefined {
  for (let at = posix.dirname(program); ; at = posix.dirname(at)) {
    const isHere = ['lib', 'lib64'].some((lib) => {
      const library = posix.join(at, lib, `python${version}`);
      return ['os.py', 'os.pyc'].some((name) => tree.resolve(`${library}/${name}`).found);
    });
    if (isHere) return at;
    if (at === '/') return undefined;
  }
}

interface Environment {
  readonly prefix: string;
  /** It has the packages of its Python as well. */
  readonly isOpen: boolean;
}

/** PEP 405: pyvenv.cfg beside the program as it was called, or one above. */
function venvOf(tree: FileTree, called: string): Environment | undefined {
  const bin = posix.dirname(called);
  for (const prefix of [bin, posix.dirname(bin)]) {
    const found = tree.resolve(posix.join(prefix, 'pyvenv.cfg'));
    if (!found.found) continue;
    const { content } = found.node.entry;
    const text = content === undefined ? undefined : Buffer.from(content).toString('utf8');
    // Lib/site.py, venv: it is open unless the file says otherwise; `python -m venv` and uv write so.
    const stated = [...(text ?? '').matchAll(/^[ \t]*include-system-site-packages[ \t]*=[ \t]*(\S*)/gim)].at(-1)?.[1];
    return { prefix, isOpen: stated === undefined || stated.toLowerCase() === 'true' };
  }
  return undefined;
}

function sitesOf(
  tree: FileTree,
  {
    library,
    version,
    prefix,
    environment,
    env,
  }: {
    readonly library: (root: string) => readonly string[];
    readonly version: string;
    readonly prefix: string;
    readonly environment: Environment | undefined;
    readonly env: readonly string[];
  },
): readonly string[] {
  const below = (root: string) => library(root).flatMap((one) => [`${one}/site-packages`, `${one}/dist-packages`]);
  const own = environment === undefined ? [] : below(environment.prefix);
  if (environment?.isOpen === false) return own;
  // Debian's and Fedora's have what is installed by hand below /usr/local.
  const system =
    prefix === '/usr' || prefix === '/'
      ? [...below('/usr/local'), ...below('/usr'), '/usr/lib/python3/dist-packages']
      : below(prefix);
  return [...own, ...system, ...userSites(tree, version, env)];
}

/** Whose home it is hangs on the user, the environment and /etc/passwd: any will do. */
function userSites(tree: FileTree, version: string, env: readonly string[]): readonly string[] {
  const homes = ['/root', variable(env, 'HOME') ?? '/'];
  for (const name of childrenAt(tree, '/home')?.keys() ?? []) homes.push(`/home/${name}`);
  const passwd = tree.resolve('/etc/passwd');
  const content = passwd.found ? passwd.node.entry.content : undefined;
  for (const line of content === undefined ? [] : Buffer.from(content).toString('utf8').split('\n')) {
    const home = line.split(':')[5];
    if (home?.startsWith('/')) homes.push(home);
  }
  const bases = [
    ...homes.map((home) => posix.join(home, '.local')),
    ...(variable(env, 'PYTHONUSERBASE') ?? '').split('\n'),
  ];
  return [...new Set(bases)].flatMap((base) =>
    base.startsWith('/') ? [posix.join(base, 'lib', `python${version}`, 'site-packages')] : [],
  );
}

function isFile(tree: FileTree, path: string): boolean {
  const found = tree.resolve(path);
  return found.found ? found.node.children === undefined : found.problem === 'not-a-directory';
}
