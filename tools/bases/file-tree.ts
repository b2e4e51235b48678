import { dirname, posix } from 'node:path';

/** A file, directory or link of an image. Two paths that hold the same object are hard links of one file. */
export interface Inode {
  readonly type: 'file' | 'directory' | 'symlink';
  /** Permission bits with setuid, setgid and sticky: 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds. */
  readonly mtime: number;
  /** Bytes of a file; empty for others. */
  readonly content: Uint8Array;
  /** Target of a symbolic link, as written; empty for others. */
  readonly link: string;
}

const NOTHING = new Uint8Array();

/** A directory's inode, owned by root. */
export function directory(mtime: number, mode = 0o755, uid = 0, gid = 0): Inode {
  return { type: 'directory', mode, uid, gid, mtime, content: NOTHING, link: '' };
}

/** A symbolic link's inode. */
export function symlink(mtime: number, link: string): Inode {
  return { type: 'symlink', mode: 0o777, uid: 0, gid: 0, mtime, content: NOTHING, link };
}

/** A file's inode, owned by root. */
export function file(mtime: number, content: string | Uint8Array, mode = 0o644, uid = 0, gid = 0): Inode {
  return {
    type: 'file',
    mode,
    uid,
    gid,
    mtime,
    content: typeof content === 'string' ? Buffer.from(content) : content,
    link: '',
  };
}

/**
 * An image's file system in memory, so that nothing depends on the host's owners, modes, case or links, and no root is
 * needed. Paths have no slash at either end. Every path written goes through the links of its parents, as dpkg does
 * (/bin/sh lands in usr/bin/sh where /bin is a link).
 */
export class FileTree {
  readonly #inodes: Map<string, Inode>;
  readonly #changed = new Set<string>();

  constructor(from?: FileTree) {
    this.#inodes = new Map(from?.entries());
  }

  /** All paths and what is there, unordered. */
  entries(): IterableIterator<[string, Inode]> {
    return this.#inodes.entries();
  }

  /** What is at this very path after its parents' links were followed; a last link is not followed. */
  get(path: string): Inode | undefined {
    return this.#inodes.get(this.locate(path));
  }

  /** The bytes of a file, links followed. Throws where there is none: a base without it is not the base. */
  read(path: string): Buffer {
    const real = this.follow(path);
    const inode = real === undefined ? undefined : this.#inodes.get(real);
    if (inode?.type !== 'file') throw new Error(`the packages hold no file /${path}`);
    return Buffer.from(inode.content);
  }

  /** Writes an inode, with root-owned parents where there are none. A directory keeps what is already in it. */
  put(path: string, inode: Inode): void {
    const real = this.locate(path);
    const there = this.#inodes.get(real);
    if (inode.type === 'directory' && there?.type === 'symlink') return;
    if (real !== '') this.#parents(real, inode.mtime);
    this.#inodes.set(real, inode);
    this.#changed.add(real);
  }

  /** Like `put`, but leaves what is there alone, as a maintainer script does with configuration. */
  putNew(path: string, inode: Inode): void {
    if (this.get(path) === undefined) this.put(path, inode);
  }

  /** The path with all links in its parents followed. */
  locate(path: string): string {
    const parent = dirname(path);
    if (parent === '.' || path === '') return path;
    return posix.join(this.follow(parent) ?? parent, posix.basename(path));
  }

  /** The path with all links followed, the last one too; undefined for a loop. */
  follow(path: string, hops = 0): string | undefined {
    if (hops > 40) return undefined;
    const real = this.locate(path);
    const inode = this.#inodes.get(real);
    if (inode?.type !== 'symlink') return real;
    const target = posix.resolve('/', dirname(real), inode.link).slice(1);
    return this.follow(target, hops + 1);
  }

  /** What was written since the last call, with the parents it stands in, sorted by path: the next layer. */
  takeLayer(): readonly (readonly [string, Inode])[] {
    const paths = new Set<string>();
    for (const changed of this.#changed) {
      for (let path = changed; path !== '.' && path !== ''; path = dirname(path)) paths.add(path);
    }
    this.#changed.clear();
    const bytes = (path: string) => Buffer.from(path);
    return [...paths]
      .sort((a, b) => bytes(a).compare(bytes(b)))
      .map((path) => [path, this.#inodes.get(path)!] as const);
  }

  #parents(path: string, mtime: number): void {
    const parent = dirname(path);
    if (parent === '.' || this.#inodes.has(parent)) return;
    this.put(parent, directory(mtime));
  }
}
