import { type FileTree, pathParts } from '../../scan/tree.ts';
import { FileProblem } from '../stage-files.ts';

/** continuity/fs RootPath follows 255 links. */
const MAX_LINKS = 255;

/**
 * A path with every link in it followed inside the tree, also the last, and what does not exist kept as written:
 * where a copy to that path comes out. No path leads out of the tree, nor out of `root`, a directory without links in
 * its path, where one is given: as in a chroot, the path and every absolute link begin there.
 */
export function rootPath(tree: FileTree, path: string, root = '/'): string {
  const todo = pathParts(path);
  const top = pathParts(root);
  const done = [...top];
  for (let links = 0; todo.length > 0; ) {
    const name = todo.shift()!;
    if (name === '..') {
      if (done.length > top.length) done.pop();
      continue;
    }
    done.push(name);
    const found = tree.resolve(`/${done.join('/')}`, { followLast: false });
    if (!found.found || found.node.entry.type !== 'symlink') continue;
    if (++links > MAX_LINKS) throw new FileProblem('ELOOP', `/${done.join('/')}`);
    const { link } = found.node.entry;
    if (link.startsWith('/')) done.length = top.length;
    else done.pop();
    todo.unshift(...pathParts(link));
  }
  return `/${done.join('/')}`;
}

/** A path made absolute in `directory`, `.` and `..` taken out by their words, without a slash at the end. */
export function cleanPath(path: string, directory = '/'): string {
  const done: string[] = [];
  for (const part of pathParts(path.startsWith('/') ? path : `${directory}/${path}`)) {
    if (part === '..') done.pop();
    else done.push(part);
  }
  return `/${done.join('/')}`;
}

/** The part behind the last `/`; empty for the root. */
export function baseName(path: string): string {
  return pathParts(path).at(-1) ?? '';
}

/** The directory that holds a clean absolute path. */
export function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}
