import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { childrenAt, type View, variable } from './view.ts';

/**
 * The library that PYTHONHOME and, from 3.9 on, PYTHONPLATLIBDIR lead to: Python ends where it finds no `encodings`
 * (Modules/getpath.py; seen with 3.6 to 3.13, 2026-11-30). `flags` are its own short options.
 */
export function missingLibrary({ tree }: View, by: Interpreting, flags: string): MissingProgram | undefined {
  const { env, cwd, path } = by;
  const version = /\/python(3\.\d+t?)$/.exec(path)?.[1];
  if (version === undefined || /[EI]/.test(flags)) return undefined;
  const asks = (name: string) => variable(env, name) || undefined;
  const home = asks('PYTHONHOME');
  const directory = /^3\.[0-8]$/.test(version) ? undefined : asks('PYTHONPLATLIBDIR');
  if (home === undefined && directory === undefined) return undefined;
  // A file of its own says all of it; an archive may hold the library.
  const named = (asks('PYTHONPATH') ?? '').split(':').map((part) => posix.resolve(cwd, part));
  if (tree.resolve(`${path}._pth`).found || named.some((part) => mayHold(tree, part))) return undefined;
  // Where it was built for is in its own bytes: without a home any prefix of the image may be that.
  const prefixes =
    home === undefined ? prefixesOf(tree, directory!) : home.split(':').map((one) => posix.resolve(cwd, one));
  const libraries = prefixes.flatMap((prefix) =>
    (directory === undefined ? ['lib', 'lib64'] : [directory]).map((one) => posix.join(prefix, one)),
  );
  const zip = `python${version.replace(/[.t]/g, '')}.zip`;
  if (libraries.some((one) => tree.resolve(`${one}/${zip}`).found || mayHold(tree, `${one}/python${version}`)))
    return undefined;
  const [prefix] = home === undefined ? [posix.join(path, '../..')] : prefixes;
  return {
    asked: home === undefined ? `PYTHONPLATLIBDIR=${directory}` : `PYTHONHOME=${home}`,
    looked: [posix.join(prefix!, directory ?? 'lib', `python${version}/encodings`)],
    prints: "ModuleNotFoundError: No module named 'encodings'",
  };
}

/** A directory with that package, or a file, which may be an archive. */
function mayHold(tree: FileTree, path: string): boolean {
  const found = tree.resolve(path);
  if (!found.found) return false;
  return found.node.children === undefined || childrenAt(tree, `${path}/encodings`) !== undefined;
}

function prefixesOf(tree: FileTree, directory: string): readonly string[] {
  const end = posix.join('/', directory);
  const prefixes: string[] = [];
  for (const [path] of tree.walk()) if (path.endsWith(end)) prefixes.push(path.slice(0, -end.length) || '/');
  return prefixes;
}
