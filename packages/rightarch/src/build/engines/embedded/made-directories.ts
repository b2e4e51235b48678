import { pathParts } from '../../../scan/tree.ts';
import { parentOf } from '../../files/root-path.ts';
import type { StageTree } from '../../files/stage-tree.ts';
import { FileProblem, type Ownership } from '../../stage-files.ts';

/**
 * mkdir -p as BuildKit's root has it: below a directory with setgid a new one has setgid too, and that directory's
 * group where no owner was asked for (inode_init_owner in Linux; fsutil copy/mkdir.go changes neither afterwards).
 */
export function makeDirectories(
  files: StageTree,
  path: string,
  options: { readonly mode: number; readonly owner?: Ownership | undefined },
): void {
  let at = '';
  for (const part of pathParts(path)) {
    at = `${at}/${part}`;
    const found = files.tree.resolve(at);
    if (found.found) {
      if (found.node.children === undefined) throw new FileProblem('ENOTDIR', found.path);
      continue;
    }
    const above = files.tree.resolve(parentOf(at));
    const shared = above.found && (above.node.entry.mode & 0o2000) !== 0 ? above.node.entry : undefined;
    const owner = options.owner ?? { uid: 0, gid: shared?.gid ?? 0 };
    files.makeDirectory(at, { mode: options.mode | (shared === undefined ? 0 : 0o2000), ...owner });
  }
}
