import { createHash } from 'node:crypto';
import type { Location } from '../../../core/index.ts';
import { failure } from '../../../messages/index.ts';
import { mediaTypes } from '../../../oci/index.ts';
import { pathParts, type TreeNode } from '../../../scan/tree.ts';
import { createTarReader, DecompressProblem, decompress, sniffCompression } from '../../../tar/index.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { inodeOf } from '../../files/inode.ts';
import { parentOf, rootPath } from '../../files/root-path.ts';
import type { StageTree } from '../../files/stage-tree.ts';
import { StoredLayer } from '../../files/stored-layer.ts';
import { type Content, FileProblem, type Ownership } from '../../stage-files.ts';

interface Target {
  readonly store: BlobStore;
  readonly files: StageTree;
  readonly destination: string;
  readonly owner: Ownership | undefined;
  readonly at: Location;
  readonly command: string;
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
    const { command } = target;
    throw failure('plan/not-embedded', { instruction: 'ADD', what: foreign, command }, target.at, 'request');
  }
  const kind = sniffCompression(head);
  if (!(await beginsLikeTar(content, kind))) return false;

  const hash = createHash('sha256');
  for await (const chunk of decompress(content.open(), kind)) hash.update(chunk);
  const descriptor = { mediaType: mediaTypes.ociLayer, digest: content.digest, size: content.size };
  await target.store.fetch(descriptor, () => content.open(), node.entry.path);
  const archive = new StoredLayer({
    store: target.store,
    descriptor,
    diffId: `sha256:${hash.digest('hex')}`,
    image: node.entry.path,
  });
  const { files, owner } = target;
  const top = owner ?? { uid: 0, gid: 0 };
  const root = rootPath(files.tree, target.destination);
  files.makeDirectory(root, { mode: 0o755, ...top, parents: true });
  for (const entry of await archive.facts()) {
    const parts = pathParts(entry.path);
    if (parts.includes('..') || entry.type === 'other') throw new FileProblem('EINVAL', `/${entry.path}`);
    if (parts.length === 0) continue;
    // Parents are followed as the kernel would inside the image; the last part is the entry's own.
    const parent = rootPath(files.tree, parentOf(`${root === '/' ? '' : root}/${parts.join('/')}`));
    files.makeDirectory(parent, { mode: 0o755, ...top, parents: true });
    const path = `${parent === '/' ? '' : parent}/${parts.at(-1)!}`;
    const there = files.tree.resolve(path, { followLast: false });
    if (there.found && there.node.children !== undefined && entry.type !== 'directory') {
      const args = { path, found: 'directory', wanted: entry.type };
      throw failure('engine/copy-conflict', args, target.at, 'request');
    }
    if (entry.type === 'hardlink') {
      if (there.found) files.remove(path);
      files.makeHardLink(path, `${root === '/' ? '' : root}/${pathParts(entry.link).join('/')}`);
      continue;
    }
    const inode = inodeOf(entry);
    files.place(path, {
      type: entry.type,
      mode: entry.mode,
      uid: owner?.uid ?? entry.uid,
      gid: owner?.gid ?? entry.gid,
      mtime: entry.mtime,
      ...(entry.type === 'symlink' ? { link: entry.link } : {}),
      ...(inode !== undefined ? { inode } : {}),
      ...(entry.device !== undefined ? { device: entry.device } : {}),
      ...(entry.xattrs !== undefined ? { xattrs: entry.xattrs } : {}),
    });
  }
  return true;
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
