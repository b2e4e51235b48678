import type { Location } from '../../../core/index.ts';
import { compilePatterns, hasWildcards, matchGlob } from '../../../dockerfile/index.ts';
import { failure } from '../../../messages/index.ts';
import type { FileTree, TreeNode } from '../../../scan/tree.ts';
import { pathParts } from '../../../scan/tree.ts';
import type { BlockedFacts } from '../../context/read-context.ts';
import { type Inode, inodeOf } from '../../files/inode.ts';
import { keptAttributes } from '../../files/kept-attributes.ts';
import { baseName, cleanPath, parentOf, rootPath } from '../../files/root-path.ts';
import type { StageTree } from '../../files/stage-tree.ts';
import type { Ownership } from '../../stage-files.ts';
import { makeDirectories } from './made-directories.ts';

export interface CopyOptions {
  /** Absolute; a `/` at the end says that it is a directory. */
  readonly destination: string;
  readonly owner?: Ownership;
  readonly mode?: number;
  readonly parents: boolean;
  /** `--exclude`: paths relative to the copied directory. A file that is a source itself is never left out (fsutil copy.go). */
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
  const wanted = pathParts(cleanPath(pivot < 0 ? written : written.slice(pivot + 3)));
  // BuildKit hands these to the matcher of ignore files (IncludePatterns), where `**` is any number of directories.
  const { matcher, bad } = compilePatterns([{ pattern: wanted.join('/'), line: 1 }]);
  if (bad.length > 0) {
    const args = { instruction: 'COPY --parents', value: written, expected: '`src/**/*.js`' };
    throw failure('engine/value-invalid', args, options.at, 'request');
  }
  const bases = matchSources(source, pivot < 0 ? '/' : written.slice(0, pivot));
  if (bases === undefined) throw missing(written, options);
  for (const base of bases) {
    const start = source.resolve(base);
    if (!start.found) throw missing(written, options);
    const copier = new Copier(files, options);
    const target = rootPath(files.tree, cleanPath(options.destination));
    copier.makeAll(target);
    let count = 0;
    const visit = (node: TreeNode, below: string, above: readonly [TreeNode, string][]): void => {
      for (const name of sortedNames(node)) {
        const child = node.children!.get(name)!;
        const path = below === '' ? name : `${below}/${name}`;
        if (matcher.ignores(path)) {
          count++;
          if (options.excludes?.(path) === true) continue;
          for (const [directory, at] of above) copier.parent(directory, at);
          copier.node(child, path, join(target, path), true);
        } else if (child.children !== undefined) visit(child, path, [...above, [child, join(target, path)]]);
      }
    };
    if (start.node.children !== undefined) visit(start.node, '', []);
    if (count === 0 && !hasWildcards(written)) throw missing(written, options);
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

  /** A directory above what `--parents` copies: as its source where it is new, else its mode alone (copyDirectoryOnly). */
  parent(node: TreeNode, target: string): void {
    const there = this.#files.tree.resolve(target, { followLast: false });
    if (!there.found) this.directory(node, target, false);
    else if (there.node.children === undefined) throw this.#conflict(target, there.node.entry.type, 'directory');
    else if (there.node.entry.mode !== node.entry.mode) this.#files.changeMode(target, node.entry.mode);
  }

  /** Directories that the destination needs: 0755 or as `--chmod` says (BuildKit since 0.21), owned as asked, else by root. */
  makeAll(path: string): void {
    const { owner, mode = 0o755 } = this.#options;
    makeDirectories(this.#files, path, { mode: mode & 0o777, owner });
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
      ...keptAttributes(entry),
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
