import { posix } from 'node:path';
import type { TreeNode } from '../../scan/tree.ts';
import type { FileFacts } from '../../scan/types.ts';
import { type Content, FileProblem, type SecretFile, type StageFiles } from '../stage-files.ts';
import type { Identity } from './accounts.ts';
import { refuse } from './refusal.ts';

/** What stat answers. */
export interface Stat {
  readonly path: string;
  readonly type: FileFacts['type'];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly link: string;
}

/** What may be known of a secret without its bytes. */
export interface MountedSecret {
  readonly id: string;
  readonly readable: boolean;
  readonly executable: boolean;
}

const READ = 4;
const WRITE = 2;
const SEARCH = 1;

/**
 * What a runtime mounts over an image while a RUN is carried out: what is read or written there is not the image's
 * (BuildKit executor/oci: resolv.conf, hosts; runc: /proc /sys /dev).
 */
const MOUNTED = ['/proc', '/sys', '/dev', '/etc/resolv.conf', '/etc/hosts', '/etc/hostname', '/.dockerenv'];

/**
 * System calls on the files of a stage, made by one user: the permission of every directory on the way is asked,
 * as path_resolution(7) says, and what the kernel would refuse throws `FileProblem`.
 */
export class Kernel {
  readonly files: StageFiles;
  readonly who: Identity;
  umask = 0o022;
  readonly #secrets: ReadonlyMap<string, SecretFile>;

  constructor(files: StageFiles, who: Identity, secrets: ReadonlyMap<string, SecretFile> = new Map()) {
    this.files = files;
    this.who = who;
    this.#secrets = secrets;
  }

  /** The secret that is mounted at a path; every other call on that path is refused. */
  secretAt(path: string, options: { readonly follow?: boolean } = {}): MountedSecret | undefined {
    if (this.#secrets.size === 0) return undefined;
    const found = this.files.tree.resolve(path, { followLast: options.follow !== false });
    const secret = found.found && !path.endsWith('/') ? this.#secrets.get(found.path) : undefined;
    if (secret === undefined) return undefined;
    this.#search(path);
    const may = (bits: number) => this.#may(secret, bits);
    return {
      id: secret.id,
      readable: may(READ),
      // Root may not execute a file that nobody may, and such a mount says `noexec` (solver/llbsolver/mounts/mount.go).
      executable: may(SEARCH) && (secret.mode & 0o111) !== 0,
    };
  }

  /** The facts of a path; `follow: false` is lstat. Undefined where there is nothing. */
  stat(path: string, options: { readonly follow?: boolean } = {}): Stat | undefined {
    try {
      return this.need(path, options);
    } catch (problem) {
      if (problem instanceof FileProblem && (problem.errno === 'ENOENT' || problem.errno === 'ENOTDIR'))
        return undefined;
      throw problem;
    }
  }

  /** As `stat`, but throws the errno. */
  need(path: string, options: { readonly follow?: boolean } = {}): Stat {
    this.#notMounted(posix.normalize(path).replace(/(.)\/$/, '$1'));
    this.#search(path);
    const found = this.files.tree.resolve(path, { followLast: options.follow !== false });
    if (!found.found) {
      throw new FileProblem(
        found.problem === 'missing' ? 'ENOENT' : found.problem === 'loop' ? 'ELOOP' : 'ENOTDIR',
        path,
      );
    }
    this.#notMounted(found.path);
    this.#notSecret(found.path);
    if (path.endsWith('/') && found.node.children === undefined) throw new FileProblem('ENOTDIR', path);
    return statOf(found.path, found.node);
  }

  /**
   * Names in a directory, in byte order; only those that `wanted` takes. A runtime shows its own files between them:
   * `echo /etc/host*` finds /etc/hosts in BuildKit in an image that has none, so such a list is not known here.
   */
  list(path: string, wanted: (name: string) => boolean = () => true): string[] {
    const at = this.need(path);
    if (at.type !== 'directory') throw new FileProblem('ENOTDIR', path);
    this.#allow(at, READ, path);
    const found = this.files.tree.resolve(path);
    const children = found.found ? found.node.children : undefined;
    for (const mounted of MOUNTED) {
      const name = posix.basename(mounted);
      // The name in / that no build makes is no reason to refuse.
      if (posix.dirname(mounted) !== at.path || mounted === '/.dockerenv') continue;
      if (wanted(name) && children?.has(name) !== true) refuse('run/path-mounted', { path: mounted });
    }
    // Whatever is done with a list of names would be done with the secret too.
    for (const [path, { id }] of this.#secrets)
      if (posix.dirname(path) === at.path && wanted(posix.basename(path))) refuse('run/secret-used', { path, id });
    return [...(children?.keys() ?? [])].filter(wanted).sort();
  }

  async read(path: string, limit?: number): Promise<Uint8Array> {
    const at = this.need(path);
    if (at.type === 'directory') throw new FileProblem('EISDIR', path);
    if (at.type !== 'file' && at.type !== 'hardlink') refuse('run/not-computable', { what: path });
    this.#allow(at, READ, path);
    return this.files.readFile(at.path, limit === undefined ? {} : { limit });
  }

  async content(path: string): Promise<Content> {
    const at = this.need(path);
    if (at.type === 'directory') throw new FileProblem('EISDIR', path);
    this.#allow(at, READ, path);
    return this.files.contentOf(at.path);
  }

  mkdir(path: string, mode = 0o777 & ~this.umask): void {
    if (this.stat(path, { follow: false }) !== undefined) throw new FileProblem('EEXIST', path);
    const parent = this.#writableParent(path);
    const group = parent.mode & 0o2000 ? { gid: parent.gid, bit: 0o2000 } : { gid: this.who.gid, bit: 0 };
    this.files.makeDirectory(trim(path), { uid: this.who.uid, gid: group.gid, mode: mode | group.bit });
  }

  /** open(O_CREAT|O_TRUNC) and write: an existing file keeps its mode and owner. `mode` is already masked. */
  write(path: string, content: Content | Uint8Array | string, mode = 0o666 & ~this.umask): void {
    const before = this.stat(path);
    if (before === undefined) {
      this.#create(path, content, mode);
      return;
    }
    if (before.type === 'directory') throw new FileProblem('EISDIR', path);
    if (before.type !== 'file' && before.type !== 'hardlink') refuse('run/not-computable', { what: path });
    this.#allow(before, WRITE, path);
    this.#notCapable(before.path);
    this.files.writeFile(before.path, content, { uid: before.uid, gid: before.gid, mode: before.mode });
  }

  /** A path whose bytes were asked for and are written again: touch. */
  async touch(path: string): Promise<void> {
    const at = this.need(path);
    if (this.who.uid !== 0 && this.who.uid !== at.uid) this.#allow(at, WRITE, path);
    // Every file time in a layer is the same constant, so only the entry itself is recorded again.
    this.files.changeMode(at.path, at.mode);
  }

  symlink(target: string, path: string): void {
    if (this.stat(path, { follow: false }) !== undefined) throw new FileProblem('EEXIST', path);
    const parent = this.#writableParent(path);
    this.files.makeLink(path, target, { uid: this.who.uid, gid: parent.mode & 0o2000 ? parent.gid : this.who.gid });
  }

  link(existing: string, path: string): void {
    const at = this.need(existing, { follow: false });
    if (at.type === 'directory') throw new FileProblem('EPERM', existing);
    // fs.protected_hardlinks differs between kernels; only the owner may link on all of them.
    if (this.who.uid !== 0 && this.who.uid !== at.uid) refuse('run/not-computable', { what: `ln ${existing}` });
    if (this.stat(path, { follow: false }) !== undefined) throw new FileProblem('EEXIST', path);
    this.#writableParent(path);
    this.files.makeHardLink(path, at.path);
  }

  unlink(path: string): void {
    const at = this.need(path, { follow: false });
    if (at.type === 'directory') throw new FileProblem('EISDIR', path);
    this.#removable(path, at);
    this.files.remove(at.path);
  }

  rmdir(path: string): void {
    const at = this.need(path, { follow: false });
    if (at.type !== 'directory') throw new FileProblem('ENOTDIR', path);
    const found = this.files.tree.resolve(at.path, { followLast: false });
    if (found.found && (found.node.children?.size ?? 0) > 0) throw new FileProblem('ENOTEMPTY', path);
    this.#removable(path, at);
    this.files.remove(at.path);
  }

  rename(from: string, to: string): void {
    const at = this.need(from, { follow: false });
    this.#removable(from, at);
    // A directory may be moved with what is mounted in it, which is then somewhere else.
    for (const [path, { id }] of this.#secrets)
      if (path.startsWith(`${at.path}/`)) refuse('run/secret-used', { path, id });
    const there = this.stat(to, { follow: false });
    if (there === undefined) this.#writableParent(to);
    else {
      if (there.path === at.path) return;
      if (there.type === 'directory' && at.type !== 'directory') throw new FileProblem('EISDIR', to);
      if (there.type !== 'directory' && at.type === 'directory') throw new FileProblem('ENOTDIR', to);
      if (there.type === 'directory' && this.list(to).length > 0) throw new FileProblem('ENOTEMPTY', to);
      this.#removable(to, there);
      this.files.remove(there.path);
    }
    if (`${this.#real(to)}/`.startsWith(`${at.path}/`)) throw new FileProblem('EINVAL', to);
    this.files.rename(at.path, trim(to));
  }

  chmod(path: string, mode: number): void {
    const at = this.need(path);
    this.#own(at, path);
    // chmod(2): the set-group-ID bit is cleared for a caller outside the file's group.
    const outside = this.who.uid !== 0 && !this.who.groups.has(at.gid) && at.type !== 'directory';
    this.files.changeMode(at.path, outside ? mode & ~0o2000 : mode);
  }

  chown(
    path: string,
    owner: { readonly uid?: number; readonly gid?: number },
    options: { readonly follow?: boolean } = {},
  ): void {
    const at = this.need(path, options);
    if (this.who.uid !== 0) {
      const gives = owner.uid !== undefined && owner.uid !== at.uid;
      const joins = owner.gid !== undefined && owner.gid !== at.gid && !this.who.groups.has(owner.gid);
      if (gives || joins || this.who.uid !== at.uid) throw new FileProblem('EPERM', path);
    }
    this.#notCapable(at.path);
    this.files.changeOwner(at.path, owner, { followLast: false });
    // chown(2): an executable regular file loses set-user-ID, and set-group-ID where the group may execute it.
    if ((at.type === 'file' || at.type === 'hardlink') && at.mode & 0o6000) {
      const cleared = at.mode & ~0o4000 & ~(at.mode & 0o010 ? 0o2000 : 0);
      if (cleared !== at.mode) this.files.changeMode(at.path, cleared);
    }
  }

  /** access(2) with the real ids, which are the effective ones here. */
  mayAccess(
    path: string,
    need: { readonly read?: boolean; readonly write?: boolean; readonly execute?: boolean },
  ): boolean {
    const at = this.stat(path);
    if (at === undefined) return false;
    const bits = (need.read ? READ : 0) | (need.write ? WRITE : 0);
    if (bits !== 0 && !this.#may(at, bits)) return false;
    if (!need.execute) return true;
    // Even root may not execute a file that nobody may.
    if (this.who.uid === 0) return at.type === 'directory' || (at.mode & 0o111) !== 0;
    return this.#may(at, SEARCH);
  }

  #create(path: string, content: Content | Uint8Array | string, mode: number): void {
    const last = this.files.tree.resolve(path, { followLast: false });
    // A dangling link: open creates what it names. Its parents must be there.
    const real = last.found && last.node.entry.type === 'symlink' ? this.#dangling(path) : path;
    if (real.endsWith('/')) throw new FileProblem('EISDIR', path);
    const parent = this.#writableParent(real);
    const gid = parent.mode & 0o2000 ? parent.gid : this.who.gid;
    this.files.writeFile(real, content, { uid: this.who.uid, gid, mode });
  }

  #dangling(path: string): string {
    const found = this.files.tree.resolve(path);
    if (found.found || found.problem !== 'missing') throw new FileProblem('ELOOP', path);
    return found.path;
  }

  /** The last part's parent, which must be there and writable. */
  #writableParent(path: string): Stat {
    const cut = trim(path);
    const slash = cut.lastIndexOf('/');
    const parent = this.need(slash <= 0 ? '/' : cut.slice(0, slash));
    if (parent.type !== 'directory') throw new FileProblem('ENOTDIR', path);
    this.#notMounted(`${parent.path === '/' ? '' : parent.path}/${cut.slice(slash + 1)}`);
    this.#allow(parent, WRITE | SEARCH, path);
    return parent;
  }

  #removable(path: string, at: Stat): void {
    const parent = this.#writableParent(path);
    const sticky = (parent.mode & 0o1000) !== 0;
    if (sticky && this.who.uid !== 0 && this.who.uid !== at.uid && this.who.uid !== parent.uid)
      throw new FileProblem('EPERM', path);
  }

  #real(path: string): string {
    const cut = trim(path);
    const slash = cut.lastIndexOf('/');
    const parent = this.need(slash <= 0 ? '/' : cut.slice(0, slash));
    return `${parent.path === '/' ? '' : parent.path}/${cut.slice(slash + 1)}`;
  }

  #own(at: Stat, path: string): void {
    if (this.who.uid !== 0 && this.who.uid !== at.uid) throw new FileProblem('EPERM', path);
  }

  /** Every directory on the way must be searchable; links on the way are followed. */
  #search(path: string, depth = 0): void {
    if (this.who.uid === 0) return;
    if (depth > 40) throw new FileProblem('ELOOP', path);
    const parts = path.split('/').filter((p) => p !== '' && p !== '.');
    let here = '';
    for (let i = 0; i < parts.length; i++) {
      const found = this.files.tree.resolve(here === '' ? '/' : here);
      if (!found.found) return;
      if (found.node.children !== undefined) this.#allow(statOf(found.path, found.node), SEARCH, path);
      here += `/${parts[i]}`;
      const link = this.files.tree.resolve(here, { followLast: false });
      if (link.found && link.node.entry.type === 'symlink') {
        const target = link.node.entry.link;
        const from = here.slice(0, here.lastIndexOf('/'));
        this.#search(target.startsWith('/') ? target : `${from}/${target}`, depth + 1);
      }
    }
  }

  #allow(at: Stat, bits: number, path: string): void {
    if (!this.#may(at, bits)) throw new FileProblem('EACCES', path);
  }

  #may(at: Pick<Stat, 'mode' | 'uid' | 'gid'>, bits: number): boolean {
    if (this.who.uid === 0) return true;
    const shift = at.uid === this.who.uid ? 6 : this.who.groups.has(at.gid) ? 3 : 0;
    return ((at.mode >> shift) & bits) === bits;
  }

  /** capabilities(7): a file that is written to, or gets another owner, loses security.capability, which no layer can say here. */
  #notCapable(path: string): void {
    const found = this.files.tree.resolve(path, { followLast: false });
    if (found.found && found.node.entry.xattrs?.['security.capability'] !== undefined)
      refuse('run/not-computable', { what: path });
  }

  #notSecret(path: string): void {
    const secret = this.#secrets.get(path);
    if (secret !== undefined) refuse('run/secret-used', { path, id: secret.id });
  }

  #notMounted(path: string): void {
    if (MOUNTED.some((m) => path === m || path.startsWith(`${m}/`))) refuse('run/path-mounted', { path });
  }
}

function statOf(path: string, node: TreeNode): Stat {
  const { type, mode, uid, gid, size, link } = node.entry;
  return { path, type: node.children !== undefined ? 'directory' : type, mode, uid, gid, size, link };
}

function trim(path: string): string {
  const cut = path.replace(/\/+$/, '');
  return cut === '' ? '/' : cut;
}

/** An absolute path, `cwd` in front of a relative one; `..` is left for the kernel to follow. */
export function absolute(path: string, cwd: string): string {
  return path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`;
}

/** strerror of glibc and musl, which differ in nothing that is used here. */
const WORDS: Readonly<Record<FileProblem['errno'], string>> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ENOTEMPTY: 'Directory not empty',
  EFBIG: 'File too large',
  EINVAL: 'Invalid argument',
};

/** What a tool prints behind the last colon. */
export function strerror(errno: FileProblem['errno']): string {
  return WORDS[errno];
}
