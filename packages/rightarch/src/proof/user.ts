import type { FileTree, TreeNode } from '../scan/index.ts';
import type { Start } from './types.ts';

/** Who the start runs as, as far as permission bits are concerned. */
export interface Identity {
  readonly uid: number;
  readonly gids: readonly number[];
  /** As written in the image or by the target; `root` where nothing is. */
  readonly name: string;
  /** Somebody with ids that nobody promises: only what does not depend on them is known. */
  readonly unnumbered?: NonNullable<Start['ownUser']>;
}

export type IdentityAnswer =
  | { readonly ok: true; readonly identity: Identity }
  /** What the runtime prints. */
  | { readonly ok: false; readonly prints: string }
  | { readonly ok: 'unknown' };

/** Who a start runs as: the user that the image or the target names, or the runtime's own. */
export function startUser(
  tree: FileTree,
  { user, ownUser, groups = [] }: Pick<Start, 'user' | 'ownUser' | 'groups'>,
): IdentityAnswer {
  if (ownUser === undefined) {
    const answer = resolveUser(tree, user);
    if (answer.ok !== true) return answer;
    const { identity } = answer;
    return { ok: true, identity: { ...identity, gids: [...identity.gids, ...groups] } };
  }
  return { ok: true, identity: { uid: -1, gids: [], name: user, unnumbered: ownUser } };
}

/**
 * USER as runc and containerd resolve it in the image's own files (moby/sys/user, GetExecUser): a name must be in
 * /etc/passwd, a number need not be; a group likewise in /etc/group.
 */
export function resolveUser(tree: FileTree, user: string): IdentityAnswer {
  const [userPart = '', groupPart = ''] = user.split(':');
  const passwd = lines(tree, '/etc/passwd');
  const group = lines(tree, '/etc/group');
  if (passwd === 'unread' || group === 'unread') {
    return user === '' || /^\d+(:\d+)?$/.test(user) ? numeric(user) : { ok: 'unknown' };
  }
  const wanted = userPart === '' ? '0' : userPart;
  const account = passwd.find(([name, , uid]) => name === wanted || uid === wanted);
  if (account === undefined && !isId(wanted)) {
    return { ok: false, prints: `unable to find user ${userPart}: no matching entries in passwd file` };
  }
  const uid = Number(account?.[2] ?? wanted);
  const gids: number[] = [];
  if (groupPart === '') {
    gids.push(Number(account?.[3] ?? 0));
    for (const [, , gid, members] of group) {
      if (account !== undefined && members?.split(',').includes(account[0] ?? '')) gids.push(Number(gid));
    }
  } else {
    const found = group.find(([name, , gid]) => name === groupPart || gid === groupPart);
    if (found === undefined && !isId(groupPart)) {
      return { ok: false, prints: `unable to find group ${groupPart}: no matching entries in group file` };
    }
    gids.push(Number(found?.[2] ?? groupPart));
  }
  return { ok: true, identity: { uid, gids, name: userPart === '' ? 'root' : user } };
}

function numeric(user: string): IdentityAnswer {
  const [uid = '0', gid = '0'] = (user === '' ? '0' : user).split(':');
  return { ok: true, identity: { uid: Number(uid), gids: [Number(gid)], name: user === '' ? 'root' : user } };
}

function isId(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= 0x7fffffff;
}

/** The colon-separated lines of a file; nothing where it is not there, `unread` where it was too large to keep. */
function lines(tree: FileTree, path: string): readonly (readonly string[])[] | 'unread' {
  const found = tree.resolve(path);
  if (!found.found || found.node.entry.type !== 'file' || found.node.entry.size === 0) return [];
  const { content } = found.node.entry;
  if (content === undefined) return 'unread';
  const text = Buffer.from(content).toString('utf8');
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(':')]));
}

const ACL = 'system.posix_acl_access';

/** Yes, no, or the word for why nobody can tell. */
export type Permission = boolean | 'acl' | 'user-ids';

/** Whether the permission bits let somebody do it: `r`, or `x` on a file or directory. */
export function permits(node: TreeNode, { uid, gids, unnumbered }: Identity, what: 'r' | 'x'): Permission {
  const { mode, uid: owner, gid, type, xattrs } = node.entry;
  const bit = what === 'r' ? 4 : 1;
  // CAP_DAC_OVERRIDE: root reads everything, and executes what anybody may execute (capabilities(7)).
  if (uid === 0) return what === 'r' || type === 'directory' || (mode & 0o111) !== 0;
  if (unnumbered) {
    // Root he is not, where that is sure; he may be any other owner, and in any group.
    const isNotOwner = unnumbered === 'unprivileged' && owner === 0;
    const answers = [...(isNotOwner ? [] : [6]), 3, 0].map((shift) => (mode & (bit << shift)) !== 0);
    if (answers.every((may) => may)) return true;
    if (unnumbered === 'anybody' || answers.includes(true)) return 'user-ids';
  }
  const shift = uid === owner ? 6 : gids.includes(gid) ? 3 : 0;
  if ((mode & (bit << shift)) !== 0) return true;
  return xattrs !== undefined && Object.hasOwn(xattrs, ACL) ? 'acl' : false;
}
