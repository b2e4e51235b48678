import { encodeName } from '../tar/index.ts';
import type { FileFacts } from './types.ts';

/**
 * How a runtime unpacks a layer whose path runs through a link of a lower layer.
 * `overlay`: into a bare upper directory, so a lower link is hidden by a real directory (Docker overlay2, containerd
 * overlayfs: core/diff/apply/apply_linux.go). `resolve`: onto the merged tree, through the link (user namespaces, VFS).
 */
export type UnpackRule = 'overlay' | 'resolve';

export interface TreeNode {
  /** The entry that made it. For a hard link, the entry of the file it names, under its own path. */
  readonly entry: FileFacts;
  /** 1-based layer that holds the entry; 0 for a directory that no layer names. */
  readonly layer: number;
  /** For directories only. */
  readonly children?: Map<string, TreeNode>;
  /** A directory that its layer does not name: it keeps the mode and owner of the one below, where there is one. */
  readonly implied?: true;
}

export type Resolution =
  | {
      readonly found: true;
      readonly path: string;
      readonly node: TreeNode;
      /** The links that were followed: `/bin -> usr/bin`. */
      readonly through: readonly string[];
      /** Every directory that was searched on the way: a user needs its `x` bit. */
      readonly searched: readonly TreeNode[];
    }
  | {
      readonly found: false;
      readonly problem: 'missing' | 'loop' | 'not-a-directory';
      /** The path at which it ended. */
      readonly path: string;
      /** What was still to follow behind it. */
      readonly rest: readonly string[];
      readonly through: readonly string[];
    };

/** An entry that a runtime would refuse or place elsewhere: no proof can rest on the tree around it. */
export interface TreeProblem {
  readonly kind:
    | 'dangling-hard-link'
    | 'hard-link-below'
    | 'outside'
    | 'name-too-long'
    | 'through-file'
    | 'through-loop';
  readonly path: string;
  /** 1-based. */
  readonly layer: number;
}

/** Linux follows 40 links at most (path_resolution(7)). */
const MAX_LINKS = 40;
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

function directoryEntry(path: string): FileFacts {
  return { path, type: 'directory', mode: 0o755, uid: 0, gid: 0, uname: '', gname: '', size: 0, mtime: 0, link: '' };
}

function directory(path: string, layer = 0): TreeNode {
  return { entry: directoryEntry(path), layer, children: new Map(), implied: true };
}

/** An empty part, `.` or `..`. */
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** The parts of an entry's path, `..` resolved in the text as Go's path.Clean does; undefined where it leads out. */
function entryParts(path: string): string[] | undefined {
  if (!UNCLEAN.test(path)) return path.split('/');
  const parts: string[] = [];
  for (const part of pathParts(path)) {
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts;
}

/** PATH_MAX and NAME_MAX of Linux (linux/limits.h), in bytes: no kernel call takes a longer name, so nothing unpacks it. */
function isTooLong(path: string, parts: readonly string[]): boolean {
  // A UTF-16 unit is three bytes at most.
  const isLonger = (text: string, bytes: number) => text.length * 3 > bytes && encodeName(text).length > bytes;
  return isLonger(path, 4095) || parts.some((part) => isLonger(part, 255));
}

function isWhiteout(parts: readonly string[]): boolean {
  return parts.at(-1)?.startsWith(WHITEOUT) === true;
}

/** The parts of a path as the kernel walks them: `.`, and a slash at the end, want a directory. */
function walkParts(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return path.endsWith('/') && parts.length > 0 ? [...parts, '.'] : parts;
}

/** The parts of a path, without empty ones and `.`; `..` stays. */
export function pathParts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** A directory with another map, to be filled in. */
type Copying = readonly [from: ReadonlyMap<string, TreeNode>, to: Map<string, TreeNode>];

/**
 * Directories are copied; what has no children is shared, so that equal nodes stay the same object. Without recursion,
 * as everything here: a name of a hostile layer may be a thousand directories deep.
 */
function cloneNode(node: TreeNode): TreeNode {
  if (node.children === undefined) return node;
  const copy = { ...node, children: new Map<string, TreeNode>() };
  const open: Copying[] = [[node.children, copy.children]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, to] = next;
    for (const [name, child] of from) {
      if (child.children === undefined) {
        to.set(name, child);
        continue;
      }
      const children = new Map<string, TreeNode>();
      to.set(name, { ...child, children });
      open.push([child.children, children]);
    }
  }
  return copy;
}

/** The file system that a container sees: layers applied over each other, in order. */
export class FileTree {
  #root: TreeNode = directory('');
  readonly #problems: TreeProblem[] = [];
  #linkHidden: string | undefined;

  get root(): TreeNode {
    return this.#root;
  }

  /** Entries that could not be placed as their layer says. */
  get problems(): readonly TreeProblem[] {
    return this.#problems;
  }

  /**
   * The link of a lower layer that a layer of this tree runs through, where there is one: the other `UnpackRule`
   * gives another tree. Known after `overlay` only.
   */
  get linkHidden(): string | undefined {
    return this.#linkHidden;
  }

  /** A tree of its own with the same entries, for build: what changes in one stays as it is in the other. */
  clone(): FileTree {
    const copy = new FileTree();
    copy.#root = cloneNode(this.#root);
    copy.#problems.push(...this.#problems);
    copy.#linkHidden = this.#linkHidden;
    return copy;
  }

  /** Applies one layer. `position` is 1-based and is kept in the nodes that the layer made. */
  apply(layer: Iterable<FileFacts>, position: number, rule: UnpackRule): void {
    // A whiteout hides what is below, never what its own layer brings, wherever it stands in the tar
    // (image-spec layer.md#whiteouts), so whiteouts go first.
    const entries = Array.isArray(layer) ? (layer as readonly FileFacts[]) : [...layer];
    const upper = rule === 'overlay' ? new FileTree() : this;
    for (const { path } of entries) {
      const parts = path.includes(WHITEOUT) ? entryParts(path) : undefined;
      if (parts === undefined || !isWhiteout(parts) || isTooLong(path, parts)) continue;
      const mark = parts.pop()!;
      this.#remove(parts, mark === OPAQUE ? undefined : mark.slice(WHITEOUT.length), rule);
      // An overlay unpacker makes the parents of the whiteout in the upper directory, over whatever is below.
      if (rule === 'overlay' && parts.length > 0) upper.#directoryAt(parts, position);
    }
    for (const entry of entries) {
      const parts = entryParts(entry.path);
      if (parts === undefined) this.#problems.push({ kind: 'outside', path: entry.path, layer: position });
      else if (isTooLong(entry.path, parts)) {
        this.#problems.push({ kind: 'name-too-long', path: `${entry.path.slice(0, 80)}…`, layer: position });
      } else if (!isWhiteout(parts)) upper.#place(this, entry, parts, position);
    }
    if (rule === 'resolve') return;
    this.#problems.push(...upper.#problems);
    this.#root = this.#merge(this.#root, upper.#root);
  }

  /** Follows a path as the kernel does, from `/`, or from `cwd` where it is relative. `followLast: false` is lstat. */
  resolve(path: string, options: { readonly followLast?: boolean; readonly cwd?: string } = {}): Resolution {
    const through: string[] = [];
    const own = walkParts(path);
    const todo = path.startsWith('/') ? own : [...walkParts(options.cwd ?? '/'), ...own];
    // A process is in its working directory already: it needs no permission for what lies above.
    let entering = todo.length > own.length;
    const ownLength = own.length;
    const nodes: TreeNode[] = [this.#root];
    const searched: TreeNode[] = [];
    const names: string[] = [];
    let links = 0;
    while (todo.length > 0) {
      if (entering && todo.length === ownLength) {
        searched.length = 0;
        entering = false;
      }
      const name = todo.shift()!;
      const current = nodes.at(-1)!;
      const here = `/${names.join('/')}`;
      if (current.children === undefined)
        return { found: false, problem: 'not-a-directory', path: here, rest: [name, ...todo], through };
      searched.push(current);
      if (name === '.') continue;
      if (name === '..') {
        if (nodes.length > 1) {
          nodes.pop();
          names.pop();
        }
        continue;
      }
      const child = current.children.get(name);
      const full = `/${[...names, name].join('/')}`;
      if (child === undefined) return { found: false, problem: 'missing', path: full, rest: todo, through };
      if (child.entry.type === 'symlink' && (todo.length > 0 || options.followLast !== false)) {
        if (++links > MAX_LINKS) return { found: false, problem: 'loop', path: full, rest: todo, through };
        if (child.entry.link === '') return { found: false, problem: 'missing', path: full, rest: todo, through };
        through.push(`${full} -> ${child.entry.link}`);
        todo.unshift(...walkParts(child.entry.link));
        if (child.entry.link.startsWith('/')) {
          nodes.length = 1;
          names.length = 0;
        }
        continue;
      }
      nodes.push(child);
      names.push(name);
    }
    return { found: true, path: `/${names.join('/')}`, node: nodes.at(-1)!, through, searched };
  }

  /** Every node but the root, parents first, names in byte order. */
  *walk(): Generator<readonly [path: string, node: TreeNode]> {
    const open: { readonly path: string; readonly node: TreeNode }[] = [{ path: '', node: this.#root }];
    while (open.length > 0) {
      const { path, node } = open.pop()!;
      if (path !== '') yield [path, node];
      if (node.children === undefined) continue;
      const names = [...node.children.keys()].sort().reverse();
      for (const name of names) open.push({ path: `${path}/${name}`, node: node.children.get(name)! });
    }
  }

  /** Puts one entry in, its parents followed through links of this tree; hard links may name files of `whole`. */
  #place(whole: FileTree, entry: FileFacts, parts: string[], position: number): void {
    const name = parts.pop();
    if (name === undefined) {
      if (entry.type === 'directory') this.#root = { entry, layer: position, children: this.#root.children! };
      return;
    }
    const parent = this.#directoryAt(parts, position);
    if (parent === undefined) return;
    const before = parent.children!.get(name);
    if (entry.type === 'directory') {
      const children = before?.children ?? new Map<string, TreeNode>();
      parent.children!.set(name, { entry, layer: position, children });
      return;
    }
    if (entry.type === 'hardlink') {
      const target = this.resolve(`/${entry.link}`, { followLast: false });
      const named = target.found ? target : whole.resolve(`/${entry.link}`, { followLast: false });
      if (named.found && named.node.children === undefined) {
        // Linked inside the bare upper directory, where the file of a lower layer is not (moby pkg/archive, createTarFile;
        // containerd pkg/archive/tar.go, TypeLink): "no such file or directory". Builders write a copy instead.
        if (!target.found && whole !== this) {
          this.#problems.push({ kind: 'hard-link-below', path: entry.path, layer: position });
        }
        parent.children!.set(name, { entry: { ...named.node.entry, path: entry.path }, layer: named.node.layer });
        return;
      }
      this.#problems.push({ kind: 'dangling-hard-link', path: entry.path, layer: position });
      return;
    }
    parent.children!.set(name, { entry, layer: position });
  }

  /** The directory at a path, made where missing; undefined, with a problem, where a loop is in the way. */
  #directoryAt(parts: readonly string[], position: number, depth = 0): TreeNode | undefined {
    let node = this.#root;
    for (const [i, part] of parts.entries()) {
      const next = node.children!.get(part);
      if (next?.children !== undefined) {
        node = next;
        continue;
      }
      const done = parts.slice(0, i + 1).join('/');
      if (next?.entry.type === 'symlink') {
        const resolved = this.resolve(`/${done}`);
        const made =
          resolved.found && resolved.node.children !== undefined
            ? resolved.node
            : !resolved.found && resolved.problem === 'missing' && depth < MAX_LINKS
              ? this.#directoryAt(entryParts(`${resolved.path}/${resolved.rest.join('/')}`) ?? [], position, depth + 1)
              : undefined;
        if (made === undefined) {
          this.#problems.push({ kind: 'through-loop', path: parts.join('/'), layer: position });
          return undefined;
        }
        node = made;
        continue;
      }
      // A parent that is a file: unpackers fail here, and what lies behind it does not exist.
      if (next !== undefined) {
        this.#problems.push({ kind: 'through-file', path: parts.join('/'), layer: position });
        return undefined;
      }
      const made = directory(done, position);
      node.children!.set(part, made);
      node = made;
    }
    return node;
  }

  /** Takes away what a whiteout names; without a name, everything in the directory. */
  #remove(parent: readonly string[], name: string | undefined, rule: UnpackRule): void {
    let node: TreeNode | undefined = this.#root;
    if (rule === 'overlay') {
      for (const part of parent) node = node?.children?.get(part);
    } else {
      const resolved = this.resolve(`/${parent.join('/')}`);
      node = resolved.found ? resolved.node : undefined;
    }
    if (node?.children === undefined) return;
    if (name === undefined) node.children.clear();
    else node.children.delete(name);
  }

  /** Lays `upper` over `lower`. A directory over a directory is merged; everything else replaces what it covers. */
  #merge(lower: TreeNode, upper: TreeNode): TreeNode {
    const over = (below: TreeNode, above: TreeNode): TreeNode => {
      if (above.children !== undefined && above.implied && below.children === undefined) {
        this.#linkHidden ??= `/${above.entry.path}`;
      }
      if (below.children === undefined || above.children === undefined) return above;
      open.push([above.children, below.children]);
      return above.implied ? { ...below, children: below.children } : { ...above, children: below.children };
    };
    const open: Copying[] = [];
    const merged = over(lower, upper);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [from, to] = next;
      for (const [name, node] of from) {
        const below = to.get(name);
        to.set(name, below === undefined ? node : over(below, node));
      }
    }
    return merged;
  }
}
