import type { Location } from '../../../core/index.ts';
import { failure } from '../../../messages/index.ts';
import type { FileTree, TreeNode } from '../../../scan/tree.ts';
import { inodeOf } from '../../files/inode.ts';
import type { StageTree } from '../../files/stage-tree.ts';

/**
 * COPY --link: what was copied into an empty tree, laid over the image as a layer of its own (BuildKit's MergeOp). Its
 * directories count as they are: 0755 of root where the copy made them, whatever they were below. What the engines
 * disagree on is refused: a link in the way is replaced by BuildKit and by overlayfs, and followed by runtimes that
 * unpack into one tree; a Docker without containerd's store copies as without `--link` and follows it too.
 */
export function layOver(files: StageTree, upper: FileTree, at: Location): void {
  const visit = (directory: TreeNode, above: string): void => {
    for (const [name, node] of directory.children!) {
      const { entry } = node;
      const path = `${above}/${name}`;
      const there = files.tree.resolve(path, { followLast: false });
      if (there.found && there.node.entry.type === 'symlink')
        throw failure('plan/link-over-link', { path }, at, 'request');
      if (there.found && (there.node.children === undefined) !== (node.children === undefined)) {
        const args = { path, found: there.node.entry.type, wanted: entry.type };
        throw failure('engine/copy-conflict', args, at, 'request');
      }
      const inode = inodeOf(entry);
      files.place(path, { ...entry, ...(inode === undefined ? {} : { inode }) });
      if (node.children !== undefined) visit(node, path);
    }
  };
  visit(upper.root, '');
}
