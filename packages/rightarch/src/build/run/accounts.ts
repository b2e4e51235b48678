/** One line of /etc/passwd. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

/** One line of /etc/group. */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Who a RUN is carried out as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one included. */
  readonly groups: ReadonlySet<number>;
  readonly name?: string;
  readonly home: string;
}

const NUMBER = /^\d+$/;

/** The accounts of a passwd file; lines that are none are left out, as getpwnam does. */
export function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid, gecos = '', home = '', shell = ''] = line.split(':');
    if (!name || uid === undefined || gid === undefined || !NUMBER.test(uid) || !NUMBER.test(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), gecos, home, shell }];
  });
}

/** The groups of a group file. */
export function parseGroup(text: string): Group[] {
  return text.split('\n').flatMap((line) => {
    const [name, , gid, members = ''] = line.split(':');
    if (!name || gid === undefined || !NUMBER.test(gid)) return [];
    return [{ name, gid: Number(gid), members: members.split(',').filter((m) => m !== '') }];
  });
}

/**
 * USER as the runtime reads it: `name`, `uid`, `name:group`, `uid:gid`. A name that passwd does not have gives
 * undefined; a number always counts. With an explicit group there are no supplementary ones
 * (BuildKit executor/oci/user.go, moby/sys/user GetExecUser).
 */
export function resolveUser(
  user: string,
  accounts: readonly Account[],
  groups: readonly Group[],
): Identity | undefined {
  const [who = '', group] = user.split(':') as [string?, string?];
  const wanted = who === '' ? '0' : who;
  const account = NUMBER.test(wanted)
    ? (accounts.find((a) => a.name === wanted) ?? accounts.find((a) => a.uid === Number(wanted)))
    : accounts.find((a) => a.name === wanted);
  if (account === undefined && !NUMBER.test(wanted)) return undefined;
  const uid = account?.uid ?? Number(wanted);
  const home = account?.home || '/';
  const name = account === undefined ? {} : { name: account.name };
  if (group !== undefined && group !== '') {
    const found =
      groups.find((g) => g.name === group) ?? groups.find((g) => NUMBER.test(group) && g.gid === Number(group));
    if (found === undefined && !NUMBER.test(group)) return undefined;
    const gid = found?.gid ?? Number(group);
    return { uid, gid, groups: new Set([gid]), home, ...name };
  }
  const gid = account?.gid ?? 0;
  const more = account === undefined ? [] : groups.filter((g) => g.members.includes(account.name)).map((g) => g.gid);
  return { uid, gid, groups: new Set([gid, ...more]), home, ...name };
}
