import { type Account, type Group, parseGroup, parsePasswd } from '../accounts.ts';
import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';
import { type Call, parseOptions, under } from './command.ts';

/** The files of shadow's tools, as texts. */
interface Databases {
  readonly passwd: string;
  readonly shadow: string;
  readonly group: string;
  readonly gshadow: string;
  readonly subuid: string | undefined;
  readonly subgid: string | undefined;
  readonly accounts: readonly Account[];
  readonly groups: readonly Group[];
  readonly limits: ReadonlyMap<string, string>;
}

type Changes = Partial<Record<'passwd' | 'shadow' | 'group' | 'gshadow' | 'subuid' | 'subgid', string>>;

const NAME = /^[a-z_][a-z0-9_-]{0,30}$/;

function said(name: string, status: number, text: string): Outcome {
  return { status, out: '', err: `${name}: ${text}\n` };
}

async function textOf(call: Call, path: string): Promise<string | undefined> {
  if (call.kernel.stat(path) === undefined) return undefined;
  return Buffer.from(await call.kernel.read(path)).toString('utf8');
}

/** Reads what the tools read. A layout that Debian does not have is refused. */
export async function open(call: Call): Promise<Databases> {
  const need = async (path: string): Promise<string> => {
    const text = await textOf(call, path);
    // NIS lines, and a last line without its end, change where a new line goes.
    if (text === undefined || /^[+-]/m.test(text) || (text !== '' && !text.endsWith('\n')))
      return refuse('run/not-computable', { what: path });
    return text;
  };
  const [passwd, shadow, group, gshadow] = [
    await need('/etc/passwd'),
    await need('/etc/shadow'),
    await need('/etc/group'),
    await need('/etc/gshadow'),
  ];
  const limits = new Map<string, string>();
  for (const line of (await need('/etc/login.defs')).split('\n')) {
    const match = /^\s*([A-Z_]+)\s+(\S+)/.exec(line);
    if (match !== null) limits.set(match[1]!, match[2]!);
  }
  return {
    passwd,
    shadow,
    group,
    gshadow,
    subuid: await textOf(call, '/etc/subuid'),
    subgid: await textOf(call, '/etc/subgid'),
    accounts: parsePasswd(passwd),
    groups: parseGroup(group),
    limits,
  };
}

/** Writes the changed files, the old ones beside them with a dash, as commonio_close does. */
export async function close(call: Call, changes: Changes): Promise<void> {
  const { kernel } = call;
  // lckpwdf(3) leaves its lock file behind.
  if (kernel.stat('/etc/.pwd.lock') === undefined) kernel.write('/etc/.pwd.lock', '', 0o600);
  for (const [name, text] of Object.entries(changes)) {
    const path = `/etc/${name}`;
    const at = kernel.need(path);
    const backup = `${path}-`;
    if (kernel.stat(backup, { follow: false }) !== undefined) kernel.unlink(backup);
    kernel.write(backup, await kernel.content(path), at.mode & 0o664);
    kernel.chown(backup, { uid: at.uid, gid: at.gid });
    kernel.chmod(backup, at.mode & 0o664);
    kernel.write(path, text);
  }
}

function limit(db: Databases, key: string, otherwise: number): number {
  const text = db.limits.get(key);
  if (text === undefined) return otherwise;
  return /^\d+$/.test(text) ? Number(text) : refuse('run/not-computable', { what: `login.defs ${key}` });
}

/**
 * The next id: ordinary ones above the highest in use, system ones below the lowest in use
 * (shadow, find_new_uid.c and find_new_gid.c).
 */
function nextId(db: Databases, kind: 'UID' | 'GID', system: boolean, wish?: number): number {
  const used = kind === 'UID' ? db.accounts.map((a) => a.uid) : db.groups.map((g) => g.gid);
  const floor = limit(db, `${kind}_MIN`, 1000);
  const [least, most] = system
    ? [limit(db, `SYS_${kind}_MIN`, 101), limit(db, `SYS_${kind}_MAX`, floor - 1)]
    : [floor, limit(db, `${kind}_MAX`, 60000)];
  if (wish !== undefined && wish >= least && wish <= most && !used.includes(wish)) return wish;
  const inside = used.filter((id) => id >= least && id <= most);
  const next = system ? Math.min(most + 1, ...inside) - 1 : Math.max(least - 1, ...inside) + 1;
  // Past the end both search for a gap from the other side.
  return next < least || next > most ? refuse('run/not-computable', { what: `${kind}` }) : next;
}

const asRoot = (call: Call, what: string): Outcome | undefined =>
  call.kernel.who.uid === 0
    ? undefined
    : said(
        call.name,
        call.name === 'groupadd' ? 10 : 1,
        `Permission denied.\n${call.name}: cannot lock ${what}; try again later.`,
      );

/** `groupadd [-r] [-f] [-g GID] NAME`. */
export async function groupadd(call: Call): Promise<Outcome> {
  const { on, values, operands } = parseOptions('groupadd', call.args, {
    flags: 'rf',
    values: 'g',
    long: { system: 'r', force: 'f', gid: 'g' },
  });
  const [name] = operands;
  if (operands.length !== 1 || !NAME.test(name!))
    return refuse('run/option-unknown', { command: 'groupadd', option: operands.join(' ') });
  const denied = asRoot(call, '/etc/group');
  if (denied !== undefined) return denied;
  const db = await open(call);
  if (db.groups.some((g) => g.name === name))
    return on.has('f') ? { status: 0, out: '', err: '' } : said('groupadd', 9, `group '${name}' already exists`);
  const text = values.get('g');
  if (text !== undefined && !/^\d{1,9}$/.test(text)) return said('groupadd', 3, `invalid group ID '${text}'`);
  const gid = text === undefined ? nextId(db, 'GID', on.has('r')) : Number(text);
  if (db.groups.some((g) => g.gid === gid)) {
    if (on.has('f')) return refuse('run/option-unknown', { command: 'groupadd', option: '-f -g' });
    return said('groupadd', 4, `GID '${gid}' already exists`);
  }
  await close(call, { group: `${db.group}${name}:x:${gid}:\n`, gshadow: `${db.gshadow}${name}:!::\n` });
  return { status: 0, out: '', err: '' };
}

/** `useradd` with the options of a Dockerfile; any other is refused. */
export async function useradd(call: Call): Promise<Outcome> {
  const { on, values, operands } = parseOptions('useradd', call.args, {
    flags: 'rmMUl',
    values: 'ugGsdc',
    long: {
      system: 'r',
      'create-home': 'm',
      'no-create-home': 'M',
      'user-group': 'U',
      'no-log-init': 'l',
      uid: 'u',
      gid: 'g',
      groups: 'G',
      shell: 's',
      'home-dir': 'd',
      home: 'd',
      comment: 'c',
    },
  });
  const [name] = operands;
  const stop = (option: string): never => refuse('run/option-unknown', { command: 'useradd', option });
  if (operands.length !== 1 || !NAME.test(name!)) return stop(operands.join(' '));
  if ((on.has('m') && on.has('M')) || (on.has('U') && values.has('g'))) return stop('-m -M');
  for (const text of values.values()) if (/[:\n]/.test(text)) stop(text);
  const denied = asRoot(call, '/etc/passwd');
  if (denied !== undefined) return denied;
  const db = await open(call);
  const shell = values.get('s') ?? (await defaultShell(call));
  if (db.accounts.some((a) => a.name === name)) return said('useradd', 9, `user '${name}' already exists`);
  const system = on.has('r');
  const wished = values.get('u');
  if (wished !== undefined && !/^\d{1,9}$/.test(wished)) return said('useradd', 3, `invalid user ID '${wished}'`);
  const uid = wished === undefined ? nextId(db, 'UID', system) : Number(wished);
  if (db.accounts.some((a) => a.uid === uid)) return said('useradd', 4, `UID ${uid} is not unique`);
  const find = (text: string): Group | undefined =>
    db.groups.find((g) => g.name === text) ?? db.groups.find((g) => /^\d+$/.test(text) && g.gid === Number(text));
  let { group, gshadow } = db;
  let gid: number;
  const primary = values.get('g');
  if (primary !== undefined) {
    const found = find(primary);
    if (found === undefined) return said('useradd', 6, `group '${primary}' does not exist`);
    gid = found.gid;
  } else {
    if (db.limits.get('USERGROUPS_ENAB') !== 'yes') stop('USERGROUPS_ENAB');
    if (db.groups.some((g) => g.name === name))
      return said('useradd', 9, `group ${name} exists - if you want to add this user to that group, use -g.`);
    gid = nextId(db, 'GID', system, uid);
    group += `${name}:x:${gid}:\n`;
    gshadow += `${name}:!::\n`;
  }
  for (const wanted of (values.get('G') ?? '').split(',').filter((g) => g !== '')) {
    const found = find(wanted);
    if (found === undefined) return said('useradd', 6, `group '${wanted}' does not exist`);
    group = withMember(group, found.name, name!);
    gshadow = withMember(gshadow, found.name, name!);
  }
  const home = values.get('d') ?? `/home/${name}`;
  if (!home.startsWith('/')) return stop(home);
  // A day number of 0 would ask for a new password at once: shadow leaves it out.
  const day = Math.floor(call.mtime / 86400) || '';
  const aging = system
    ? '::'
    : `${limit(db, 'PASS_MIN_DAYS', -1)}:${limit(db, 'PASS_MAX_DAYS', -1)}:${limit(db, 'PASS_WARN_AGE', -1)}`;
  const changes: Changes = {
    passwd: `${db.passwd}${name}:x:${uid}:${gid}:${values.get('c') ?? ''}:${home}:${shell}\n`,
    shadow: `${db.shadow}${name}:!:${day}:${aging}:::\n`,
    ...(group === db.group ? {} : { group, gshadow }),
    ...subordinate(db, name!, uid, system),
  };
  await close(call, changes);
  const creates = on.has('m') || (db.limits.get('CREATE_HOME') === 'yes' && !on.has('M') && !system);
  if (creates) await makeHome(call, db, { home, uid, gid });
  return { status: 0, out: '', err: '' };
}

/** `SHELL=` of /etc/default/useradd; the other keys there change what is made. */
async function defaultShell(call: Call): Promise<string> {
  const text = await textOf(call, '/etc/default/useradd');
  const keys = (text ?? '').split('\n').filter((line) => /^\s*[A-Z]/.test(line));
  const shell = /^SHELL=(\S*)$/m.exec(text ?? '')?.[1];
  if (shell === undefined || keys.length !== 1) return refuse('run/not-computable', { what: '/etc/default/useradd' });
  return shell;
}

/** A group file with one more member in that group. */
export function withMember(text: string, group: string, user: string): string {
  return text
    .split('\n')
    .map((line) => {
      if (!line.startsWith(`${group}:`)) return line;
      const fields = line.split(':');
      fields[3] = fields[3] ? `${fields[3]},${user}` : user;
      return fields.join(':');
    })
    .join('\n');
}

/** Subordinate ids of ordinary accounts, one behind the other; a list with gaps is searched by rules not followed here. */
function subordinate(db: Databases, name: string, uid: number, system: boolean): Changes {
  // useradd.c, is_sub_uid: only for users of the ordinary range.
  if (system || uid < limit(db, 'UID_MIN', 1000) || uid > limit(db, 'UID_MAX', 60000)) return {};
  const changes: Changes = {};
  for (const [file, kind] of [
    ['subuid', 'UID'],
    ['subgid', 'GID'],
  ] as const) {
    const text = db[file];
    if (text === undefined) continue;
    const count = limit(db, `SUB_${kind}_COUNT`, 65536);
    const next = text.split('\n').reduce(
      (start, line) => {
        if (line === '') return start;
        const [, from, length] = line.split(':');
        return Number(from) === start ? start + Number(length) : refuse('run/not-computable', { what: `/etc/${file}` });
      },
      limit(db, `SUB_${kind}_MIN`, 100000),
    );
    changes[file] = `${text}${name}:${next}:${count}\n`;
  }
  return changes;
}

/** The home directory with a copy of /etc/skel. One that is there already is left as it is. */
async function makeHome(
  call: Call,
  db: Databases,
  { home, uid, gid }: { readonly home: string; readonly uid: number; readonly gid: number },
): Promise<void> {
  const { kernel } = call;
  if (kernel.stat(home) !== undefined) return;
  const mode = db.limits.get('HOME_MODE') ?? (0o777 & ~Number.parseInt(db.limits.get('UMASK') ?? '022', 8)).toString(8);
  kernel.mkdir(home, Number.parseInt(mode, 8));
  const skeleton = kernel.stat('/etc/skel') === undefined ? [] : kernel.list('/etc/skel');
  for (const name of skeleton) {
    const from = kernel.need(under('/etc/skel', name), { follow: false });
    if (from.type !== 'file') refuse('run/not-computable', { what: from.path });
    kernel.write(under(home, name), await kernel.content(from.path), from.mode);
    kernel.chown(under(home, name), { uid, gid });
  }
  kernel.chown(home, { uid, gid });
}
