import type { FileTree, Resolution, TreeNode } from '../../scan/tree.ts';
import { pathParts } from '../../scan/tree.ts';
import type { FileFacts } from '../../scan/types.ts';
import { type Content, FileProblem, type Ownership, type StageFiles } from '../stage-files.ts';
import { contentFrom, readContent } from './bytes.ts';
import { type HeldFacts, type Inode, inodeFrom, inodeOf } from './inode.ts';

const READ_LIMIT = 16 << 20;

/** Where a name lives: the directory behind its parents, and the name in it. */
interface Place {
  readonly parent: TreeNode;
  /** Absolute, links followed. */
  readonly directory: string;
  readonly name: string;
  readonly path: string;
  readonly node: TreeNode | undefined;
}

/** What a new entry is made of; the tree adds what every entry has. */
export interface NewEntry extends Partial<Ownership> {
  readonly type: FileFacts['type'];
  readonly mode: number;
  readonly link?: string;
  /** The stage's constant time where it is not given. */
  readonly mtime?: number;
  readonly inode?: Inode;
  readonly xattrs?: Readonly<Record<string, string>>;
  readonly device?: readonly [number, number];
}

/**
 * The stage's file system while one instruction is carried out: `StageFiles` on a `FileTree` that belongs to nobody
 * else. One instruction, one object: in the next, links of this one part on change, as overlayfs copies them up.
 */
export class StageTree implements StageFiles {
  readonly tree: FileTree;
  /** Seconds for everything that is made. */
  readonly mtime: number;
  /** Files that got a second name here: their other names must follow a change of mode or owner. */
  readonly #linked = new WeakSet<Inode>();
  readonly #placed = new WeakSet<Inode>();

  readonly #guard: (path: string) => void;

  /** `guard` throws for a path, links followed, whose file is not the image's while this instruction is carried out. */
  constructor(tree: FileTree, options: { readonly mtime: number; readonly guard?: (path: string) => void }) {
    this.tree = tree;
    this.mtime = options.mtime;
    this.#guard = options.guard ?? (() => {});
  }

  async readFile(path: string, options: { readonly limit?: number } = {}): Promise<Uint8Array> {
    const { node, path: real } = this.#need(path);
    this.#regular(node, real);
    if (node.entry.size > (options.limit ?? READ_LIMIT)) throw new FileProblem('EFBIG', real);
    return readContent(await this.contentOf(path), real);
  }

  async contentOf(path: string): Promise<Content> {
    const { node, path: real } = this.#need(path);
    this.#guard(real);
    this.#regular(node, real);
    return (await inodeOf(node.entry)?.content()) ?? contentFrom(node.entry.content ?? '');
  }

  makeDirectory(path: string, options: Ownership & { readonly mode: number; readonly parents?: boolean }): void {
    const { mode, uid, gid } = options;
    if (options.parents !== true) {
      const place = this.#place(path);
      if (place.node !== undefined) throw new FileProblem('EEXIST', place.path);
      this.#put(place, { type: 'directory', mode, uid, gid });
      return;
    }
    const todo = pathParts(path);
    let at = '';
    for (const part of todo) {
      at = `${at}/${part}`;
      const found = this.tree.resolve(at);
      if (found.found) {
        if (found.node.children === undefined) throw new FileProblem('ENOTDIR', found.path);
        continue;
      }
      // mkdir(2) on a link that leads nowhere: the name is taken.
      if (this.tree.resolve(at, { followLast: false }).found) throw new FileProblem('EEXIST', at);
      this.#put(this.#place(at), { type: 'directory', mode, uid, gid });
    }
  }

  writeFile(
    path: string,
    content: Content | Uint8Array | string,
    options: Ownership & { readonly mode: number; readonly replace?: boolean },
  ): void {
    const held = typeof content === 'string' || content instanceof Uint8Array ? contentFrom(content) : content;
    const { mode, uid, gid } = options;
    const place = options.replace === true ? this.#place(path) : this.#placeFollowed(path);
    if (place.node?.children !== undefined) throw new FileProblem('EISDIR', place.path);
    const inode = inodeFrom(held);
    const before = options.replace === true ? undefined : place.node?.entry;
    if (before === undefined) {
      this.#put(place, { type: 'file', mode, uid, gid, inode });
      return;
    }
    if (before.type !== 'file') throw new FileProblem('EINVAL', place.path);
    const shared = inodeOf(before);
    // A change of owner or a write clears setuid and setgid (write(2)); only root keeps them, and says so with chmod.
    const change = { mode: before.mode & ~0o6000, uid: before.uid, gid: before.gid, inode };
    if (shared !== undefined && this.#linked.has(shared)) {
      this.#linked.add(inode);
      this.#everyName(shared, (entry) =>
        this.#entry({ ...entry, ...change, type: 'file', mtime: this.mtime }, entry.path),
      );
    } else this.#put(place, { type: 'file', ...change });
  }

  makeLink(path: string, target: string, options: Ownership): void {
    const place = this.#place(path);
    if (place.node !== undefined) throw new FileProblem('EEXIST', place.path);
    this.#put(place, { type: 'symlink', mode: 0o777, link: target, uid: options.uid, gid: options.gid });
  }

  makeHardLink(path: string, existing: string): void {
    const named = this.#place(existing);
    if (named.node === undefined) throw new FileProblem('ENOENT', named.path);
    if (named.node.children !== undefined) throw new FileProblem('EINVAL', named.path);
    const place = this.#place(path);
    if (place.node !== undefined) throw new FileProblem('EEXIST', place.path);
    const shared = inodeOf(named.node.entry);
    if (shared === undefined || this.#linked.has(shared)) {
      this.#put(place, named.node.entry);
      return;
    }
    // Both names go into the layer: the second is a link there only if the first is there too.
    const inode: Inode = { size: shared.size, content: () => shared.content() };
    this.#linked.add(inode);
    this.#put(named, { ...named.node.entry, inode });
    this.#put(place, { ...named.node.entry, inode });
  }

  remove(path: string): void {
    const place = this.#place(path);
    if (place.node === undefined) throw new FileProblem('ENOENT', place.path);
    place.parent.children!.delete(place.name);
  }

  rename(from: string, to: string): void {
    const source = this.#place(from);
    if (source.node === undefined) throw new FileProblem('ENOENT', source.path);
    const place = this.#place(to);
    if (place.path === source.path) return;
    if (place.path.startsWith(`${source.path}/`)) throw new FileProblem('EINVAL', place.path);
    const over = place.node;
    if (over !== undefined) {
      if (over.children !== undefined && source.node.children === undefined)
        throw new FileProblem('EISDIR', place.path);
      if (over.children === undefined && source.node.children !== undefined)
        throw new FileProblem('ENOTDIR', place.path);
      if (over.children !== undefined && over.children.size > 0) throw new FileProblem('ENOTEMPTY', place.path);
    }
    source.parent.children!.delete(source.name);
    place.parent.children!.set(place.name, moved(source.node, place.path.slice(1)));
  }

  changeMode(path: string, mode: number, options: { readonly followLast?: boolean } = {}): void {
    this.#change(path, { mode: mode & 0o7777 }, options.followLast !== false);
  }

  changeOwner(path: string, owner: Partial<Ownership>, options: { readonly followLast?: boolean } = {}): void {
    const { node } = this.#need(path, options.followLast !== false);
    // chown(2) clears setuid and setgid of executables, for root too.
    const clears = node.entry.type === 'file' && (node.entry.mode & 0o111) !== 0;
    const mode = clears ? node.entry.mode & ~(0o4000 | (node.entry.mode & 0o010 ? 0o2000 : 0)) : node.entry.mode;
    this.#change(
      path,
      { mode, uid: owner.uid ?? node.entry.uid, gid: owner.gid ?? node.entry.gid },
      options.followLast !== false,
    );
  }

  /** Puts an entry of another tree or an archive at a path whose last part is not followed, over what was there. */
  place(path: string, entry: NewEntry): void {
    const place = this.#place(path);
    if (entry.inode !== undefined) {
      if (this.#placed.has(entry.inode)) this.#linked.add(entry.inode);
      this.#placed.add(entry.inode);
    }
    if (entry.type === 'directory' && place.node?.children !== undefined)
      this.#set(place, { ...place.node, entry: this.#entry(entry, place.path.slice(1)), layer: -1 });
    else this.#put(place, entry);
  }

  #change(path: string, change: Partial<Pick<FileFacts, 'mode' | 'uid' | 'gid'>>, followLast: boolean): void {
    const found = this.#need(path, followLast);
    this.#guard(found.path);
    const inode = inodeOf(found.node.entry);
    if (inode !== undefined && this.#linked.has(inode)) {
      this.#everyName(inode, (entry) => ({ ...entry, ...change }));
      return;
    }
    this.#setAt(found.path, { ...strip(found.node), entry: { ...found.node.entry, ...change }, layer: -1 });
  }

  /** Changes every name of one file. Only for files that were linked here; a base's own links part on change, as on overlayfs. */
  #everyName(inode: Inode, change: (entry: FileFacts) => FileFacts): void {
    const visit = (node: TreeNode): void => {
      for (const [name, child] of node.children ?? []) {
        if (child.children !== undefined) visit(child);
        else if (inodeOf(child.entry) === inode) node.children!.set(name, { entry: change(child.entry), layer: -1 });
      }
    };
    visit(this.tree.root);
  }

  #regular(node: TreeNode, path: string): void {
    if (node.children !== undefined) throw new FileProblem('EISDIR', path);
    if (node.entry.type !== 'file') throw new FileProblem('EINVAL', path);
  }

  #need(path: string, followLast = true): Extract<Resolution, { found: true }> {
    const found = this.tree.resolve(path, { followLast });
    if (!found.found) throw new FileProblem(errnoOf(found.problem), found.path);
    return found;
  }

  /** The place of a name whose last part is not followed. */
  #place(path: string): Place {
    const parts = pathParts(path);
    const name = parts.pop();
    if (name === undefined || name === '..') throw new FileProblem('EEXIST', path);
    const parent = this.#need(`/${parts.join('/')}`);
    if (parent.node.children === undefined) throw new FileProblem('ENOTDIR', parent.path);
    const directory = parent.path === '/' ? '' : parent.path;
    this.#guard(`${directory}/${name}`);
    return {
      parent: parent.node,
      directory,
      name,
      path: `${directory}/${name}`,
      node: parent.node.children.get(name),
    };
  }

  /** The place that open(O_CREAT) comes to: links at the end are followed, also those that lead to nothing yet. */
  #placeFollowed(path: string): Place {
    let place = this.#place(path);
    for (let links = 0; place.node?.entry.type === 'symlink'; links++) {
      if (links >= 40) throw new FileProblem('ELOOP', path);
      const { link } = place.node.entry;
      place = this.#place(link.startsWith('/') ? link : `${place.directory}/${link}`);
    }
    return place;
  }

  #entry(entry: NewEntry, path: string): HeldFacts {
    return {
      path,
      type: entry.type,
      mode: entry.mode & 0o7777,
      uid: entry.uid ?? 0,
      gid: entry.gid ?? 0,
      uname: '',
      gname: '',
      size: entry.type === 'file' ? (entry.inode?.size ?? 0) : 0,
      mtime: entry.mtime ?? this.mtime,
      link: entry.link ?? '',
      ...(entry.inode !== undefined ? { inode: entry.inode } : {}),
      ...(entry.xattrs !== undefined ? { xattrs: entry.xattrs } : {}),
      ...(entry.device !== undefined ? { device: entry.device } : {}),
    };
  }

  #put(place: Place, entry: NewEntry): void {
    const facts = this.#entry(entry, place.path.slice(1));
    place.parent.children!.set(
      place.name,
      entry.type === 'directory' ? { entry: facts, layer: -1, children: new Map() } : { entry: facts, layer: -1 },
    );
  }

  #set(place: Place, node: TreeNode): void {
    place.parent.children!.set(place.name, strip(node));
  }

  /** Replaces the node at a path that exists and has no links in it; the root too. */
  #setAt(path: string, node: TreeNode): void {
    if (path === '/') this.tree.apply([{ ...node.entry, path: '' }], -1, 'resolve');
    else this.#set(this.#place(path), node);
  }
}

/** A directory whose mode was set is no longer implied. */
function strip(node: TreeNode): TreeNode {
  const { implied, ...rest } = node;
  return rest;
}

/** A node under another path: new objects, so that it shows as new. */
function moved(node: TreeNode, path: string): TreeNode {
  const entry = { ...node.entry, path };
  if (node.children === undefined) return { entry, layer: -1 };
  const children = new Map<string, TreeNode>();
  for (const [name, child] of node.children) children.set(name, moved(child, `${path}/${name}`));
  return { entry, layer: -1, children };
}

function errnoOf(problem: 'missing' | 'loop' | 'not-a-directory'): FileProblem['errno'] {
  return problem === 'missing' ? 'ENOENT' : problem === 'loop' ? 'ELOOP' : 'ENOTDIR';
}
