import { createHash } from 'node:crypto';
import { Failure, type Location } from '../../../core/index.ts';
import { failure } from '../../../messages/index.ts';
import { mediaTypes } from '../../../oci/index.ts';
import { pathParts, type TreeNode } from '../../../scan/tree.ts';
import type { FileFacts } from '../../../scan/types.ts';
import {
  type Compression,
  createTarReader,
  DecompressProblem,
  decompress,
  sniffCompression,
} from '../../../tar/index.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { inodeOf } from '../../files/inode.ts';
import { keptAttributes } from '../../files/kept-attributes.ts';
import { cleanPath, rootPath } from '../../files/root-path.ts';
import type { StageTree } from '../../files/stage-tree.ts';
import { StoredLayer } from '../../files/stored-layer.ts';
import { type Content, FileProblem, type Ownership } from '../../stage-files.ts';
import { makeDirectories } from './made-directories.ts';

interface Target {
  readonly store: BlobStore;
  readonly files: StageTree;
  readonly destination: string;
  readonly owner: Ownership | undefined;
  readonly at: Location;
  readonly docker: string;
}

/** Enough of an archive to hold its first header, whatever stands in front of it. */
const HEAD = 2 << 20;

/**
 * ADD of a local archive: plain or gzip or zstd tar is taken apart at the destination, owners and modes as in the
 * archive (llbsolver/file/unpack.go). False where the file is no archive. What might be one in a compression that is
 * not understood here is refused, for nobody knows what Docker would make of it.
 */
export async function unpackArchive(node: TreeNode, target: Target): Promise<boolean> {
  const content = await inodeOf(node.entry)?.content();
  if (content === undefined || content.size === 0) return false;
  const head = await firstBytes(content, 6);
  const foreign =
    head.subarray(0, 3).toString('latin1') === 'BZh'
      ? 'bzip2'
      : head.equals(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])) // xz, file format 2.1.1.1
        ? 'xz'
        : undefined;
  if (foreign !== undefined) {
    const { docker } = target;
    throw failure('plan/not-embedded', { instruction: 'ADD', what: foreign, docker }, target.at, 'request');
  }
  const kind = sniffCompression(head);
  if (!(await beginsLikeTar(content, kind))) return false;

  const entries = await entriesOf(content, kind, node.entry.path, target);
  const { files, owner } = target;
  const root = rootPath(files.tree, target.destination);
  makeDirectories(files, root, { mode: 0o755, owner });
  for (const entry of entries) unpackEntry(entry, root, target);
  return true;
}

/** Every entry, once the whole archive was read: half an archive leaves nothing. */
async function entriesOf(content: Content, kind: Compression, path: string, { store, at }: Target) {
  const damaged = (detail: string, cause: unknown) =>
    failure('context/archive-damaged', { path, detail }, at, 'request', { cause });
  const hash = createHash('sha256');
  try {
    for await (const chunk of decompress(content.open(), kind)) hash.update(chunk);
  } catch (problem) {
    if (!(problem instanceof DecompressProblem)) throw problem;
    throw damaged(problem.message, problem);
  }
  const descriptor = { mediaType: mediaTypes.ociLayer, digest: content.digest, size: content.size };
  await store.fetch(descriptor, () => content.open(), path);
  const archive = new StoredLayer({ store, descriptor, diffId: `sha256:${hash.digest('hex')}`, image: path });
  try {
    return await archive.facts();
  } catch (problem) {
    if (!(problem instanceof Failure) || problem.diagnostic.code !== 'engine/base-damaged') throw problem;
    throw damaged(String(problem.diagnostic.args['detail']), problem);
  }
}

/**
 * One entry, as moby's archive.Unpack has it in a chroot of the destination: absolute links and `..` stay inside it,
 * what is there makes room unless both are directories, and directories without an entry are root's.
 */
function unpackEntry(entry: FileFacts, root: string, { files, owner }: Target): void {
  const parts = wordsOf(entry.path);
  if (parts === undefined || entry.type === 'other') throw new FileProblem('EINVAL', `/${entry.path}`);
  const name = parts.pop();
  if (name === undefined) return;
  const directory = parentIn(files, root, parts);
  const path = `${directory === '/' ? '' : directory}/${name}`;
  const there = files.tree.resolve(path, { followLast: false });
  if (there.found && (there.node.children === undefined || entry.type !== 'directory')) files.remove(path);
  const { uid, gid } = owner ?? entry;
  if (entry.type === 'hardlink') {
    // Words alone: `..` above the root is the root.
    const [last = '', ...above] = pathParts(cleanPath(entry.link)).reverse();
    const named = rootPath(files.tree, above.reverse().join('/'), root);
    files.makeHardLink(path, `${named === '/' ? '' : named}/${last}`);
    // The header of a link has a mode and an owner of its own, and they become those of the file.
    const linked = files.tree.resolve(path, { followLast: false });
    const facts = linked.found ? linked.node.entry : undefined;
    if (facts?.type !== 'file' || (facts.mode === entry.mode && facts.uid === uid && facts.gid === gid)) return;
    files.changeOwner(path, { uid, gid });
    files.changeMode(path, entry.mode);
    return;
  }
  const inode = inodeOf(entry);
  files.place(path, {
    type: entry.type,
    mode: entry.type === 'symlink' ? 0o777 : entry.mode,
    uid,
    gid,
    mtime: entry.mtime,
    ...(entry.type === 'symlink' ? { link: entry.link } : {}),
    ...(inode !== undefined ? { inode } : {}),
    ...(entry.device !== undefined ? { device: entry.device } : {}),
    ...keptAttributes(entry),
  });
}

/** The words of a name without `.` and `..`; undefined where it climbs out of the archive. */
function wordsOf(path: string): string[] | undefined {
  const done: string[] = [];
  for (const part of pathParts(path)) {
    if (part !== '..') done.push(part);
    else if (done.pop() === undefined) return undefined;
  }
  return done;
}

/** Where the parent of an entry is, links followed. It is made where its name is free; behind a link to nothing it is an error. */
function parentIn(files: StageTree, root: string, parts: readonly string[]): string {
  let at = rootPath(files.tree, parts.join('/'), root);
  const whole = files.tree.resolve(at, { followLast: false });
  if (whole.found && whole.node.children !== undefined) return at;
  for (let i = 0; i < parts.length; i++) {
    at = rootPath(files.tree, parts.slice(0, i + 1).join('/'), root);
    const found = files.tree.resolve(at, { followLast: false });
    if (found.found && found.node.children === undefined) throw new FileProblem('ENOTDIR', at);
    if (found.found) continue;
    const above = rootPath(files.tree, parts.slice(0, i).join('/'), root);
    if (at !== `${above === '/' ? '' : above}/${parts[i]}`) throw new FileProblem('ENOENT', at);
    makeDirectories(files, at, { mode: 0o755, owner: { uid: 0, gid: 0 } });
  }
  return at;
}

async function firstBytes(content: Content, count: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content.open()) {
    parts.push(chunk);
    size += chunk.byteLength;
    if (size >= count) break;
  }
  return Buffer.concat(parts).subarray(0, count);
}

/** Whether one header can be read, which is what makes Docker take a file for an archive. */
async function beginsLikeTar(content: Content, kind: 'gzip' | 'zstd' | 'none'): Promise<boolean> {
  let seen = false;
  const reader = createTarReader({
    onEntry: () => {
      seen = true;
      return undefined;
    },
  });
  let size = 0;
  try {
    for await (const chunk of decompress(content.open(), kind)) {
      reader.write(chunk);
      size += chunk.byteLength;
      if (seen || size > HEAD) break;
    }
  } catch (problem) {
    if (!(problem instanceof DecompressProblem)) throw problem;
  }
  return seen;
}
