import { posix } from 'node:path';
import { hasWildcards, matchGlob } from '../dockerfile/index.ts';
import type { FileTree } from '../scan/index.ts';
import type { Interpreting } from './program-file.ts';
import { firstMissing, type MissingPlugin, type ToldPlugin } from './server-plugins.ts';
import { childrenAt, type View } from './view.ts';

/** Files in files in files: what includes itself ends. */
const MOST_FILES = 100;

/**
 * What `load_module` of nginx names (src/core/nginx.c, ngx_load_module; seen with 1.22, 2026-11-30): it ends where one is not
 * there. Files that it includes and that are missing are mounted, often as not: nothing is said of them.
 */
export function missingNginxModule({ tree }: View, by: Interpreting): MissingPlugin | undefined {
  const first = configOf(by);
  if (first === undefined) return undefined;
  const open = [first];
  const told: ToldPlugin[] = [];
  for (let i = 0; i < open.length && i < MOST_FILES; i++) {
    const config = open[i]!;
    const found = tree.resolve(config);
    const content = found.found ? found.node.entry.content : undefined;
    for (const line of Buffer.from(content ?? '')
      .toString('utf8')
      .split('\n')) {
      const [directive, word = ''] = line.split(' ');
      if (directive === 'include') open.push(...included(tree, posix.resolve(posix.dirname(first), word)));
      else if (directive === 'load_module') told.push({ plugin: word, config });
    }
  }
  const missing = firstMissing(tree, told);
  if (missing === undefined) return undefined;
  const { plugin, config } = missing;
  const at = plugin.startsWith('/') ? plugin : `…/${plugin}`;
  return { ...missing, prints: `dlopen() "${at}" failed (…: No such file or directory) in ${config}` };
}

/** The file that it reads first; undefined where its options say something else, or have it only say something. */
function configOf({ argv, path }: Interpreting): string | undefined {
  // As all distributions and its own packages build it; of others only what they are told.
  let config = /^\/usr\/s?bin\/nginx$/.test(path) ? '/etc/nginx/nginx.conf' : undefined;
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '-c') config = argv[++i];
    else if (word === '-g' || word === '-e') i++;
    else if (!/^-[tqT]+$/.test(word)) return undefined;
  }
  // For a file of `/` itself it goes on with the directory that it was built for.
  return config?.startsWith('/') === true && posix.dirname(config) !== '/' ? config : undefined;
}

/** glob(3): a dot in front is only matched by one that is written. */
function included(tree: FileTree, pattern: string): readonly string[] {
  const [directory, name] = [posix.dirname(pattern), posix.basename(pattern)];
  if (hasWildcards(directory)) return [];
  if (!hasWildcards(name)) return [pattern];
  return [...(childrenAt(tree, directory)?.keys() ?? [])]
    .filter((one) => one.startsWith('.') === name.startsWith('.') && matchGlob(name, one) === true)
    .sort()
    .map((one) => posix.join(directory, one));
}
