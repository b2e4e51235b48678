import { posix } from 'node:path';
import { FileTree, type Resolution, type TreeNode } from '../scan/index.ts';
import { type Identity, type Permission, permits } from './user.ts';

/** What is in the image, and closed to the user who looks for it. */
export interface Closed {
  readonly path: string;
  readonly node: TreeNode;
  readonly may: Exclude<Permission, true>;
}

/** A tree as one user sees it: what he may not search or read is not there. It remembers what that was. */
export class SeenTree extends FileTree {
  readonly closed: Closed[] = [];
  readonly #whole: FileTree;
  readonly #identity: Identity;
  readonly #isSure: boolean;
  readonly #opened = new Map<TreeNode, TreeNode>();

  /** Where `isSure`, what he may perhaps not search or read is there. */
  constructor(whole: FileTree, identity: Identity, isSure: boolean) {
    super();
    this.#whole = whole;
    this.#identity = identity;
    this.#isSure = isSure;
  }

  override get root(): TreeNode {
    return this.#whole.root;
  }

  override walk(): ReturnType<FileTree['walk']> {
    return this.#whole.walk();
  }

  override resolve(path: string, options: Parameters<FileTree['resolve']>[1] = {}): Resolution {
    const found = this.#whole.resolve(path, options);
    if (!found.found) return found;
    const { node, searched, through } = found;
    const isClosed = searched.some((directory) => this.#isClosed(directory, 'x'));
    if (isClosed || (node.entry.type === 'file' && this.#isClosed(node, 'r', found.path)))
      return { found: false, problem: 'missing', path: found.path, rest: [], through };
    return node.children === undefined ? found : { ...found, node: this.#open(node, found.path) };
  }

  /** A directory with what the user can read of it: asked once, however many files it has. */
  #open(node: TreeNode, path: string): TreeNode {
    const known = this.#opened.get(node);
    if (known !== undefined) return known;
    const isShut = ([name, child]: readonly [string, TreeNode]): boolean =>
      child.entry.type === 'file' && this.#isClosed(child, 'r', posix.join(path, name));
    const all = [...(node.children ?? [])];
    const isEmpty = all.length > 0 && this.#isClosed(node, 'x', path);
    const open = { ...node, children: new Map(isEmpty ? [] : all.filter((one) => !isShut(one))) };
    this.#opened.set(node, open);
    return open;
  }

  /** What is closed and lies on the way to one of these, or is it; the first of all where none does. */
  closedOn(looked: readonly string[]): Closed | undefined {
    const isOn = ({ path }: Closed): boolean =>
      looked.some((one) => one === path || one.startsWith(`${path}/`) || posix.dirname(path) === posix.dirname(one));
    return this.closed.find(isOn) ?? this.closed[0];
  }

  #isClosed(node: TreeNode, what: 'r' | 'x', path = `/${node.entry.path}`): boolean {
    const may = permits(node, this.#identity, what);
    if (may === true || (this.#isSure && may !== false)) return false;
    this.closed.push({ path, node, may });
    return true;
  }
}

/**
 * What is printed where a file is closed, by what is where it is missing. Node, Java, Bun and `python -m` say of a closed
 * directory what they say of an empty one; seen with Node 20, Python 3.11, OpenJDK 17, Bun 1.4.5, Deno 2.9.6 and npm 10.9 on
 * 2026-11-30.
 */
export function printsClosed(prints: string, { path, node }: Closed): string {
  if (/^Module not found "file:/.test(prints)) return 'Permission denied (os error 13)';
  if (node.entry.type === 'file') {
    if (/^Module not found/.test(prints)) return `EACCES reading "${path}"`;
    if (/No module named|Could not import module/.test(prints))
      return `PermissionError: [Errno 13] Permission denied: '${path}'`;
  }
  return prints
    .replace('[Errno 2] No such file', '[Errno 13] No such file')
    .replace('ENOENT: no such file or directory', 'EACCES: permission denied')
    .replace('No such file or directory', 'Permission denied');
}
