import type { FileTree } from '../../scan/tree.ts';
import { inodeOf } from './inode.ts';

/** One path of a file system, with everything that two builders must agree on. */
export interface ListedFile {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly link: string;
  /** sha256 of a file's content. */
  readonly digest?: string;
}

/** Every path in order, contents by digest: what a comparison with another builder's image compares. Times are left out. */
export async function listTree(tree: FileTree): Promise<ListedFile[]> {
  const out: ListedFile[] = [];
  for (const [path, { entry }] of tree.walk()) {
    const { type, mode, uid, gid, link } = entry;
    const content = await inodeOf(entry)?.content();
    out.push({ path, type, mode, uid, gid, link, ...(content !== undefined ? { digest: content.digest } : {}) });
  }
  return out;
}
