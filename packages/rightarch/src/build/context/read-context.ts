import type { BigIntStats } from 'node:fs';
import { lstat, opendir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/index.ts';
import { atFile, failure } from '../../messages/index.ts';
import type { CallOptions } from '../../oci/types.ts';
import { FileTree } from '../../scan/tree.ts';
import type { HeldFacts } from '../files/inode.ts';
import { readTrackedModes, type TrackedModes } from './git-index.ts';
import { hostInode, unreadable } from './host-content.ts';

/** Where builds leave their layouts beside rightarch.yaml, or in the working directory. */
const OUTPUT_FOLDER = '.rightarch';

/** Which paths .dockerignore leaves out. Paths are relative to the context, with `/`. */
export interface IgnoreRule {
  excludes(path: string): boolean;
  /** Whether something below an excluded directory may still be in. */
  reopens(path: string): boolean;
}

/** An entry that cannot be copied, with the reason: an error only when something copies it. */
export interface BlockedFacts extends HeldFacts {
  readonly blocked?: Failure;
}

/** A build context, or any directory that files are copied from, as the tree that COPY sees. */
export interface ContextTree {
  readonly tree: FileTree;
  /** True where the path is on the disk, but an ignore rule leaves it out. */
  ignored(path: string): boolean;
}

interface Options extends CallOptions {
  readonly ignore?: IgnoreRule;
  /** How modes are read: on Windows a file system has none, and Docker writes 0755 there. */
  readonly system: 'posix' | 'windows';
  /** Seconds of every entry. */
  readonly mtime: number;
}

/**
 * Reads the names, modes and links below a directory, in order; contents are read when they are copied. Owner and
 * group are 0. A tracked file has the mode of the Git index, a directory with tracked files 0755, anything else what
 * the file system says. Links are kept as they are and never followed. Sockets are left out, as BuildKit does.
 */
export async function readContext(directory: string, options: Options): Promise<ContextTree> {
  const found = await stat(directory).catch((cause: NodeJS.ErrnoException) => cause);
  if (found instanceof Error || !found.isDirectory()) {
    const detail = found instanceof Error ? (found.code ?? found.message) : 'ENOTDIR';
    throw failure('context/missing', { directory, detail }, atFile(directory), 'request');
  }
  const tracked = await readTrackedModes(directory);
  const tree = new FileTree();
  const left: string[] = [];
  const entries: BlockedFacts[] = [];
  const work = trackedDirectories(tracked);

  const visit = async (path: string): Promise<void> => {
    options.signal?.throwIfAborted();
    const names = await list(join(directory, path));
    for (const name of names.sort()) {
      const full = path === '' ? name : `${path}/${name}`;
      // What earlier builds left here is no part of the next one: an image would hold the image before it.
      if (full === OUTPUT_FOLDER) continue;
      const out = options.ignore?.excludes(full) === true;
      if (out) left.push(full);
      // In a tree this name deletes another file; dropped here, it would be missing without a word.
      else if (name.startsWith('.wh.')) throw failure('engine/whiteout-name', { path: full }, atFile(full), 'request');
      const file = join(directory, full);
      const seen = await lstat(file, { bigint: true }).catch((cause: NodeJS.ErrnoException) => cause);
      if (seen instanceof Error) {
        if (!out && seen.code !== 'ENOENT') entries.push(blocked(full, unreadable(full, seen)));
        else if (!out) throw failure('context/changed', { path: full }, atFile(full), 'request', { cause: seen });
        continue;
      }
      if (seen.isDirectory()) {
        const before = entries.length;
        const place = entries.push({ ...common(full, options.mtime), type: 'directory', mode: modeOf(full, seen) }) - 1;
        if (out && options.ignore?.reopens(full) !== true) {
          entries.length = before;
          continue;
        }
        try {
          await visit(full);
        } catch (cause) {
          if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
          entries[place] = blocked(full, unreadable(full, cause));
        }
        // An excluded directory is there only as the parent of what is not.
        if (out && entries.length === before + 1) entries.length = before;
        continue;
      }
      if (!out) {
        const entry = await leaf(full, file, seen);
        if (entry !== undefined) entries.push(entry);
      }
    }
  };

  const modeOf = (path: string, seen: BigIntStats): number => {
    const kind = tracked.get(path);
    if (kind === 'executable') return 0o755;
    if (kind === 'file') return 0o644;
    if (options.system === 'windows' || (seen.isDirectory() && work.has(path))) return 0o755;
    return Number(seen.mode) & 0o7777;
  };

  const leaf = async (path: string, file: string, seen: BigIntStats): Promise<BlockedFacts | undefined> => {
    if (seen.isSymbolicLink()) {
      const target = await readlink(file).catch((cause: unknown) => unreadable(path, cause));
      if (typeof target !== 'string') return blocked(path, target);
      const link = options.system === 'windows' ? target.replaceAll('\\', '/') : target;
      return { ...common(path, options.mtime), type: 'symlink', mode: 0o777, link };
    }
    if (seen.isFile()) {
      // Git without core.symlinks checks a link out as a file that holds its target.
      if (tracked.get(path) === 'link' && seen.size < 4096n) {
        const link = await readFile(file, 'utf8').catch((cause: unknown) => unreadable(path, cause));
        if (typeof link !== 'string') return blocked(path, link);
        return { ...common(path, options.mtime), type: 'symlink', mode: 0o777, link };
      }
      return {
        ...common(path, options.mtime),
        type: 'file',
        mode: modeOf(path, seen),
        size: Number(seen.size),
        inode: hostInode(file, path, seen),
      };
    }
    if (seen.isSocket()) return undefined;
    const kind = seen.isFIFO() ? 'fifo' : seen.isBlockDevice() ? 'block device' : 'character device';
    return blocked(path, failure('context/special-file', { path, kind }, atFile(path), 'request'));
  };

  try {
    await visit('');
  } catch (cause) {
    throw cause instanceof Error && 'syscall' in cause ? unreadable(directory, cause) : cause;
  }
  refuseCollisions([...tracked.keys(), ...work], new Set(entries.map(({ path }) => path)), options.ignore);
  tree.apply(entries, 1, 'resolve');
  return {
    tree,
    ignored: (path) => left.some((one) => path === one || path.startsWith(`${one}/`)),
  };
}

/** The names in a directory. A name that is no UTF-8 would be another name in the image. */
async function list(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(directory)) {
    if (name.includes('\ufffd')) throw unreadable(join(directory, name), 'EILSEQ');
    names.push(name);
  }
  return names;
}

function common(path: string, mtime: number) {
  return { path, uid: 0, gid: 0, uname: '', gname: '', size: 0, mtime, link: '' } as const;
}

function blocked(path: string, why: Failure): BlockedFacts {
  return { ...common(path, 0), type: 'other', mode: 0, blocked: why };
}

function trackedDirectories(tracked: TrackedModes): ReadonlySet<string> {
  const out = new Set<string>();
  for (const path of tracked.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) out.add(path.slice(0, end));
  }
  return out;
}

/**
 * Two tracked names that are one here, of files or of directories: the image would lack one of them, without a word.
 * Windows and macOS fold case; APFS also what Unicode writes in two ways.
 */
function refuseCollisions(tracked: readonly string[], here: ReadonlySet<string>, ignore: IgnoreRule | undefined): void {
  const folded = new Map<string, string>();
  for (const path of tracked.toSorted()) {
    if (ignore?.excludes(path) === true) continue;
    const key = path.normalize('NFC').toLowerCase();
    const other = folded.get(key);
    if (other === undefined) folded.set(key, path);
    else if (here.has(path) !== here.has(other))
      throw failure('context/case-collision', { one: other, other: path }, atFile(other), 'request');
  }
}
