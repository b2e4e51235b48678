import type { Location } from '../../../core/index.ts';
import { compilePatterns, hasWildcards, matchGlob } from '../../../dockerfile/index.ts';
import { failure } from '../../../messages/index.ts';
import type { FileTree, TreeNode } from '../../../scan/tree.ts';
import { pathParts } from '../../../scan/tree.ts';
import type { BlockedFacts } from '../../context/read-context.ts';
import { type Inode, inodeOf } from '../../files/inode.ts';
import { baseName, cleanPath, parentOf, rootPath } from '../../files/root-path.ts';
import type { StageTree } from '../../files/stage-tree.ts';
import type { Ownership } from '../../stage-files.ts';

export interface CopyOptions {
  /** Absolute; a `/` at the end says that it is a directory. */
  readonly destination: string;
  readonly owner?: Ownership;
  readonly mode?: number;
  readonly parents: boolean;
  /** `--exclude`: paths relative to the copied directory, or the name of a copied file. */
  readonly excludes?: (path: string) => boolean;
  /** For messages: `the build context`, `stage build`. */
  readonly from: string;
  /** Where the source was left out by an ignore rule, the message says so. */
  readonly ignored?: (path: string) => boolean;
  readonly at: Location;
  /** ADD: takes an archive apart; false where the file is none. */
  readonly unpack?: (path: string, node: TreeNode) => Promise<boolean>;
}

/** `COPY SRC… DST` from one tree into another, by the rules of BuildKit (fsutil copy/copy.go, llbsolver/file/backend.go). */
export async function copyInto(
  files: StageTree,
  source: FileTree,
  paths: readonly string[],
  options: CopyOptions,
): Promise<void> {
  for (const path of paths) {
    if (options.parents) {
      copyWithParents(files, source, path, options);
      continue;
    }
    const sources = matchSources(source, path);
    if (sources === undefined) throw missing(path, options);
    for (const one of sources) {
      const found = source.resolve(one);
      if (!found.found) throw missing(path, options);
      if (options.unpack !== undefined && found.node.entry.type === 'file' && (await options.unpack(one, found.node)))
        continue;
      new Copier(files, options).copy(one, found.node);
    }
  }
}

/**
 * The paths that a source names; undefined where the directory in front of a pattern is missing. A pattern that fits
 * nothing names nothing, and that is no error (AllowEmptyWildcard); nor is one that is malformed (fsutil copy.go drops
 * what filepath.Match says of it).
 */
export function matchSources(source: FileTree, written: string): string[] | undefined {
  const parts = pathParts(cleanPath(written));
  const first = parts.findIndex((part) => hasWildcards(part));
  if (first < 0) return [`/${parts.join('/')}`];
  const base = rootPath(source, `/${parts.slice(0, first).join('/')}`);
  const pattern = parts.slice(first).join('/');
  const start = source.resolve(base);
  if (!start.found) return undefined;
  const out: string[] = [];
  const visit = (node: TreeNode, below: string): void => {
    for (const name of sortedNames(node)) {
      const child = node.children!.get(name)!;
      const path = below === '' ? name : `${below}/${name}`;
      if (matchGlob(pattern, path) === true) out.push(`${base === '/' ? '' : base}/${path}`);
      else if (child.children !== undefined) visit(child, path);
    }
  };
  if (start.node.children !== undefined) visit(start.node, '');
  return out;
}

/** `--parents`: what fits keeps its directories, from the pivot `/./` on where there is one. */
function copyWithParents(files: StageTree, source: FileTree, written: string, options: CopyOptions): void {
  const pivot = written.indexOf('/./');
  const base = rootPath(source, pivot < 0 ? '/' : written.slice(0, pivot));
  const wanted = pathParts(cleanPath(pivot < 0 ? written : written.slice(pivot + 3)));
  // BuildKit hands these to the matcher of ignore files (IncludePatterns), where `**` is any number of directories.
  const { matcher, bad } = compilePatterns([{ pattern: wanted.join('/'), line: 1 }]);
  if (bad.length > 0) {
    const args = { instruction: 'COPY --parents', value: written, expected: '`src/**/*.js`' };
    throw failure('engine/value-invalid', args, options.at, 'request');
  }
  const start = source.resolve(base);
  const matches: [string, TreeNode][] = [];
  const visit = (node: TreeNode, below: string): void => {
    for (const name of sortedNames(node)) {
      const child = node.children!.get(name)!;
      const path = below === '' ? name : `${below}/${name}`;
      if (matcher.ignores(path)) matches.push([path, child]);
      else if (child.children !== undefined) visit(child, path);
    }
  };
  if (start.found && start.node.children !== undefined) visit(start.node, '');
  if (matches.length === 0 && !hasWildcards(written)) throw missing(written, options);
  const copier = new Copier(files, options);
  const target = rootPath(files.tree, cleanPath(options.destination));
  for (const [path, node] of matches) {
    if (options.excludes?.(path) === true) continue;
    copier.makeAll(target);
    let at = start.found ? start.node : undefined;
    const parts = path.split('/');
    for (let i = 0; i < parts.length - 1; i++) {
      at = at?.children?.get(parts[i]!);
      if (at !== undefined) copier.directory(at, join(target, parts.slice(0, i + 1).join('/')), false);
    }
    copier.node(node, path, join(target, path), true);
  }
}

class Copier {
  readonly #files: StageTree;
  readonly #options: CopyOptions;
  /** Two names of one source file are two names of one copy, within one source. */
  readonly #inodes = new Map<Inode, Inode>();

  constructor(files: StageTree, options: CopyOptions) {
    this.#files = files;
    this.#options = options;
  }

  /** One resolved source. `path` keeps the name that was written: a link gives its own name to what it leads to. */
  copy(path: string, node: TreeNode): void {
    const written = this.#options.destination;
    const isDirectory = node.children !== undefined;
    const name = baseName(path);
    if (!isDirectory && this.#options.excludes?.(name) === true) return;
    const last = written.slice(written.lastIndexOf('/') + 1);
    this.makeAll(rootPath(this.#files.tree, last === '' || last === '.' ? written : written.slice(0, -last.length)));
    let target = rootPath(this.#files.tree, cleanPath(written));
    const there = this.#files.tree.resolve(target);
    if (!isDirectory && there.found && there.node.children !== undefined) target = join(target, name);
    this.makeAll(isDirectory && !there.found ? target : parentOf(target));
    this.node(node, '', target, false);
  }

  node(node: TreeNode, path: string, target: string, overwrite: boolean): void {
    if (path !== '' && this.#options.excludes?.(path) === true) return;
    if (node.children === undefined) {
      this.#leaf(node, target);
      return;
    }
    this.directory(node, target, overwrite);
    for (const name of sortedNames(node))
      this.node(node.children.get(name)!, path === '' ? name : `${path}/${name}`, join(target, name), true);
  }

  /** A directory as its source is; one that is there keeps its mode and owner unless `overwrite`. */
  directory(node: TreeNode, target: string, overwrite: boolean): void {
    const there = this.#files.tree.resolve(target, { followLast: false });
    if (there.found && there.node.children === undefined)
      throw this.#conflict(target, there.node.entry.type, 'directory');
    if (there.found && !overwrite) return;
    if (target === '/') return;
    this.#files.place(target, { ...this.#info(node), type: 'directory' });
  }

  /** Directories that the destination needs: 0755, owned as asked, else by root. */
  makeAll(path: string): void {
    const { uid, gid } = this.#options.owner ?? { uid: 0, gid: 0 };
    this.#files.makeDirectory(path, { mode: 0o755, uid, gid, parents: true });
  }

  #leaf(node: TreeNode, target: string): void {
    const { blocked } = node.entry as BlockedFacts;
    if (blocked !== undefined) throw blocked;
    const there = this.#files.tree.resolve(target, { followLast: false });
    if (there.found && there.node.children !== undefined) throw this.#conflict(target, 'directory', node.entry.type);
    const inode = inodeOf(node.entry);
    this.#files.place(target, {
      ...this.#info(node),
      type: node.entry.type,
      ...(node.entry.type === 'symlink' ? { link: node.entry.link, mode: 0o777 } : {}),
      ...(inode !== undefined ? { inode: this.#copyOf(inode) } : {}),
    });
  }

  #copyOf(inode: Inode): Inode {
    const known = this.#inodes.get(inode);
    if (known !== undefined) return known;
    const copy: Inode = { size: inode.size, content: () => inode.content() };
    this.#inodes.set(inode, copy);
    return copy;
  }

  #info({ entry }: TreeNode) {
    const owner = this.#options.owner ?? { uid: entry.uid, gid: entry.gid };
    return {
      mode: this.#options.mode ?? entry.mode,
      uid: owner.uid,
      gid: owner.gid,
      // Times of other stages and images stay: a timestamp `.pyc` is stale when its source gets another time.
      mtime: entry.mtime,
      ...(entry.xattrs !== undefined ? { xattrs: entry.xattrs } : {}),
      ...(entry.device !== undefined ? { device: entry.device } : {}),
    };
  }

  #conflict(path: string, found: string, wanted: string) {
    return failure('engine/copy-conflict', { path, found, wanted }, this.#options.at, 'request');
  }
}

function missing(source: string, options: CopyOptions) {
  const ignored = options.ignored?.(cleanPath(source).slice(1)) === true;
  return failure('context/source-missing', { source, from: options.from, ignored }, options.at, 'request');
}

function sortedNames(node: TreeNode): string[] {
  return [...node.children!.keys()].sort();
}

function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}
