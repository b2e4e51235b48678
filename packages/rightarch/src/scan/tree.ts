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
  | { readonly found: true; readonly path: string; readonly node: TreeNode; readonly through: readonly string[] }
  | {
      readonly found: false;
      readonly problem: 'missing' | 'loop' | 'not-a-directory';
      /** The path at which it ended. */
      readonly path: string;
      readonly through: readonly string[];
    };

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

/** The parts of a path, without empty ones and `.`; `..` stays. */
export function pathParts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** The file system that a container sees: layers applied over each other, in order. */
export class FileTree {
  #root: TreeNode = directory('');

  get root(): TreeNode {
    return this.#root;
  }

  /** A tree of its own that starts with the same entries: what changes in one stays as it is in the other. */
  clone(): FileTree {
    const copy = new FileTree();
    copy.#root = cloneNode(this.#root);
    return copy;
  }

  /** Applies one layer. `position` is 1-based and is kept in the nodes that the layer made. */
  apply(layer: Iterable<FileFacts>, position: number, rule: UnpackRule): void {
    if (rule === 'resolve') {
      for (const entry of layer) this.#place(this, entry, position);
      return;
    }
    const upper = new FileTree();
    const removed: { readonly parts: readonly string[]; readonly opaque: boolean }[] = [];
    for (const entry of layer) {
      const parts = pathParts(entry.path);
      const name = parts.at(-1) ?? '';
      if (name === OPAQUE) removed.push({ parts: parts.slice(0, -1), opaque: true });
      else if (name.startsWith(WHITEOUT))
        removed.push({ parts: [...parts.slice(0, -1), name.slice(WHITEOUT.length)], opaque: false });
      else upper.#place(this, entry, position);
    }
    // A whiteout hides what is below, never what its own layer brings (image-spec layer.md#whiteouts).
    for (const { parts, opaque } of removed) this.#remove(parts, opaque);
    this.#root = merge(this.#root, upper.#root);
  }

  /** Follows a path as the kernel does, from `/`. `followLast: false` is lstat. */
  resolve(path: string, options: { readonly followLast?: boolean; readonly cwd?: string } = {}): Resolution {
    const through: string[] = [];
    const todo = pathParts(path.startsWith('/') ? path : `${options.cwd ?? '/'}/${path}`);
    const nodes: TreeNode[] = [this.#root];
    const names: string[] = [];
    let links = 0;
    while (todo.length > 0) {
      const name = todo.shift()!;
      const current = nodes.at(-1)!;
      const here = `/${names.join('/')}`;
      if (current.children === undefined) return { found: false, problem: 'not-a-directory', path: here, through };
      if (name === '..') {
        if (nodes.length > 1) {
          nodes.pop();
          names.pop();
        }
        continue;
      }
      const child = current.children.get(name);
      const full = `/${[...names, name].join('/')}`;
      if (child === undefined) return { found: false, problem: 'missing', path: full, through };
      if (child.entry.type === 'symlink' && (todo.length > 0 || options.followLast !== false)) {
        if (++links > MAX_LINKS) return { found: false, problem: 'loop', path: full, through };
        through.push(`${full} -> ${child.entry.link}`);
        todo.unshift(...pathParts(child.entry.link));
        if (child.entry.link.startsWith('/')) {
          nodes.length = 1;
          names.length = 0;
        }
        continue;
      }
      nodes.push(child);
      names.push(name);
    }
    return { found: true, path: `/${names.join('/')}`, node: nodes.at(-1)!, through };
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
  #place(whole: FileTree, entry: FileFacts, position: number): void {
    const parts = pathParts(entry.path);
    const name = parts.pop();
    if (name === undefined) {
      if (entry.type === 'directory') this.#root = { entry, layer: position, children: this.#root.children! };
      return;
    }
    if (name === OPAQUE || name.startsWith(WHITEOUT)) {
      this.#remove(name === OPAQUE ? parts : [...parts, name.slice(WHITEOUT.length)], name === OPAQUE);
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
        parent.children!.set(name, { entry: { ...named.node.entry, path: entry.path }, layer: named.node.layer });
        return;
      }
    }
    parent.children!.set(name, { entry, layer: position });
  }

  /** The directory at a path, made where missing; undefined where `..` or links lead out or nowhere. */
  #directoryAt(parts: readonly string[], position: number): TreeNode | undefined {
    let node = this.#root;
    const done: string[] = [];
    for (const part of parts) {
      if (part === '..') return undefined;
      const next = node.children!.get(part);
      done.push(part);
      if (next?.children !== undefined) {
        node = next;
        continue;
      }
      if (next?.entry.type === 'symlink') {
        const resolved = this.resolve(`/${done.join('/')}`);
        if (resolved.found && resolved.node.children !== undefined) {
          node = resolved.node;
          continue;
        }
        if (!resolved.found && resolved.problem === 'missing') {
          const made = this.#directoryAt(pathParts(resolved.path), position);
          if (made === undefined) return undefined;
          node = made;
          continue;
        }
        return undefined;
      }
      const made = directory(done.join('/'), position);
      node.children!.set(part, made);
      node = made;
    }
    return node;
  }

  #remove(parts: readonly string[], opaque: boolean): void {
    let node: TreeNode | undefined = this.#root;
    for (const part of opaque ? parts : parts.slice(0, -1)) node = node?.children?.get(part);
    if (node?.children === undefined) return;
    if (opaque) node.children.clear();
    else node.children.delete(parts.at(-1) ?? '');
  }
}

/** Directories are copied; what has no children is shared, so that equal nodes stay the same object. */
function cloneNode(node: TreeNode): TreeNode {
  if (node.children === undefined) return node;
  const children = new Map<string, TreeNode>();
  for (const [name, child] of node.children) children.set(name, cloneNode(child));
  return { ...node, children };
}

/** Lays `upper` over `lower`. A directory over a directory is merged; everything else replaces what it covers. */
function merge(lower: TreeNode, upper: TreeNode): TreeNode {
  if (lower.children === undefined || upper.children === undefined) return upper;
  const children = lower.children;
  for (const [name, node] of upper.children) {
    const below = children.get(name);
    children.set(name, below === undefined ? node : merge(below, node));
  }
  return upper.implied ? { ...lower, children } : { ...upper, children };
}
