import { posix } from 'node:path';
import { FileProblem } from '../../stage-files.ts';
import { type Account, type Group, parseGroup, parsePasswd } from '../accounts.ts';
import { absolute } from '../kernel.ts';
import { lookUp } from '../programs.ts';
import { refuse } from '../refusal.ts';
import { type Outcome, success } from '../types.ts';
import { type Call, type OptionSpec, parseOptions, under } from './command.ts';

// busybox loginutils/adduser.c, addgroup.c and libbb/update_passwd.c, which did not change from 1.28 to 1.37, as Alpine
// configures them (aports main/busybox/busyboxconfig: FEATURE_SHADOWPASSWDS, FEATURE_CHECK_NAMES, the limits below).
// Busyboxes of others are configured in other ways that no file of theirs tells.

const FIRST_SYSTEM_ID = 100;
const LAST_SYSTEM_ID = 999;
const LAST_ID = 256000;

/** What differs between releases of Alpine, read from the program's own strings. */
interface Defaults {
  readonly gecos: string;
  readonly systemShell: string;
}

/** Ends the program with a line on stderr, as bb_error_msg_and_die does: status 1. */
class Stop extends Error {}

const MEMBERS = {
  passwd: 7,
  group: 4,
} as const;

/** What musl's getpwent and getgrent read; a line that they would skip, and readers of other libcs would not, is refused. */
async function read(call: Call, name: keyof typeof MEMBERS): Promise<string> {
  const path = `/etc/${name}`;
  const text = await database(call, path);
  if (text === undefined) return refuse('run/not-computable', { what: path });
  for (const line of text.split('\n')) {
    if (line !== '' && line.split(':').length !== MEMBERS[name]) refuse('run/not-computable', { what: path });
  }
  return text;
}

async function database(call: Call, path: string): Promise<string | undefined> {
  const at = call.kernel.stat(path, { follow: false });
  if (at === undefined) return undefined;
  if (at.type !== 'file' && at.type !== 'hardlink') return refuse('run/not-computable', { what: path });
  const text = Buffer.from(await call.kernel.read(path)).toString('latin1');
  // A NUL ends the line for C, and an empty line is kept by one reader and dropped by another.
  if (/\0|\n\n|^\n/.test(text)) refuse('run/not-computable', { what: path });
  return text;
}

const accounts = async (call: Call): Promise<Account[]> => parsePasswd(await read(call, 'passwd'));
const groups = async (call: Call): Promise<Group[]> => parseGroup(await read(call, 'group'));

/**
 * update_passwd: the old file goes on under the name with a dash, a new one takes its place with the same mode and
 * owner. A shadow file that is not there is left alone.
 */
async function update(
  call: Call,
  path: string,
  change: (lines: readonly string[]) => readonly string[],
): Promise<void> {
  const { kernel } = call;
  const text = await database(call, path);
  if (text === undefined) return;
  const at = kernel.need(path);
  const made = `${path}+`;
  const backup = `${path}-`;
  // It would wait three seconds for another process and then give up.
  if (kernel.stat(made, { follow: false }) !== undefined) refuse('run/not-computable', { what: made });
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const next = change(lines).map((line) => `${line}\n`);
  if (kernel.stat(backup, { follow: false }) !== undefined) kernel.unlink(backup);
  kernel.link(path, backup);
  kernel.write(made, Buffer.from(next.join(''), 'latin1'), at.mode & 0o777);
  kernel.chown(made, { uid: at.uid, gid: at.gid });
  kernel.chmod(made, at.mode & 0o777);
  kernel.rename(made, path);
}

/** The line goes to the end; one of that name, which only a file that disagrees with the others has, is dropped. */
const adding = (name: string, line: string) => (lines: readonly string[]) => [
  ...lines.filter((other) => !other.startsWith(`${name}:`)),
  `${name}:${line}`,
];

const joining = (group: string, user: string) => (lines: readonly string[]) =>
  lines.map((line) => (line.startsWith(`${group}:`) ? `${line}${line.endsWith(':') ? '' : ','}${user}` : line));

/** libbb/die_if_bad_username.c. */
function checkName(name: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(name) || name.length >= 256) throw new Stop('illegal character in name');
}

/** A decimal number up to the last id; xatou_range ends the program at anything else. */
function idOf(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > LAST_ID)
    throw new Stop(`number ${text} is not in 0..${LAST_ID} range`);
  return Number(text);
}

/** The first id from the start of its range that nobody has. */
function freeId(kind: 'u' | 'g', system: boolean, taken: (id: number) => boolean): number {
  const [first, last] = system ? [FIRST_SYSTEM_ID, LAST_SYSTEM_ID] : [LAST_SYSTEM_ID + 1, LAST_ID];
  for (let id = first; id <= last; id++) if (!taken(id)) return id;
  throw new Stop(`no ${kind}ids left`);
}

async function makeGroup(
  call: Call,
  name: string,
  how: { readonly gid?: number; readonly system: boolean },
): Promise<void> {
  checkName(name);
  const known = await groups(call);
  if (known.some((group) => group.name === name)) throw new Stop(`group '${name}' in use`);
  const taken = (id: number) => known.some(({ gid }) => gid === id);
  if (how.gid !== undefined && taken(how.gid)) throw new Stop(`gid '${how.gid}' in use`);
  const gid = how.gid ?? freeId('g', how.system, taken);
  await update(call, '/etc/group', adding(name, `x:${gid}:`));
  await update(call, '/etc/gshadow', adding(name, '!::'));
}

async function joinGroup(call: Call, user: string, name: string): Promise<void> {
  if (!(await accounts(call)).some((account) => account.name === user)) throw new Stop(`unknown user ${user}`);
  const group = (await groups(call)).find((one) => one.name === name);
  if (group === undefined) throw new Stop(`unknown group ${name}`);
  if (group.members.includes(user)) return;
  await update(call, '/etc/group', joining(name, user));
  await update(call, '/etc/gshadow', joining(name, user));
}

const usage = (): never => {
  throw new Stop('usage');
};

const addgroupOptions: OptionSpec = { flags: 'S', values: 'g', long: { gid: 'g', system: 'S' } };

/** `addgroup [-g GID] [-S] GROUP`, `addgroup USER GROUP`. */
export async function busyboxAddgroup(call: Call): Promise<Outcome> {
  await alpineDefaults(call);
  return ending(call, async () => {
    const { on, values, operands } = parseOptions('addgroup', call.args, addgroupOptions);
    const [first, second] = operands;
    const gid = values.get('g');
    if (first === undefined || operands.length > 2 || (second !== undefined && gid !== undefined)) return usage();
    if (second !== undefined) return joinGroup(call, first, second);
    return makeGroup(call, first, { ...(gid === undefined ? {} : { gid: idOf(gid) }), system: on.has('S') });
  });
}

const adduserOptions: OptionSpec = {
  flags: 'DSH',
  values: 'hgsGuk',
  long: {
    home: 'h',
    gecos: 'g',
    shell: 's',
    ingroup: 'G',
    'disabled-password': 'D',
    'empty-password': 'D',
    system: 'S',
    'no-create-home': 'H',
    uid: 'u',
    skel: 'k',
  },
};

/** `adduser [-h DIR] [-g GECOS] [-s SHELL] [-G GROUP] [-u UID] [-k SKEL] -S|-D [-H] USER`, `adduser USER GROUP`. */
export async function busyboxAdduser(call: Call): Promise<Outcome> {
  const defaults = await alpineDefaults(call);
  // It starts addgroup for the group's part, by PATH.
  const file = (name: string) => {
    const found = lookUp(call.kernel, name, { path: call.env['PATH'], cwd: call.cwd });
    return typeof found === 'number' ? undefined : found.file;
  };
  if (file('addgroup') === undefined || file('addgroup') !== file('adduser'))
    return refuse('run/implementation-unknown', { command: 'addgroup', path: file('addgroup') ?? 'addgroup' });
  return ending(call, async () => {
    const { on, values, operands } = parseOptions('adduser', call.args, adduserOptions);
    const [name, group] = operands;
    if (name === undefined || operands.length > 2) return usage();
    if (group !== undefined && on.size === 0 && values.size === 0) return joinGroup(call, name, group);
    if (group !== undefined) return refuse('run/option-unknown', { command: 'adduser', option: group });
    for (const text of values.values())
      if (/[:\n]/.test(text)) refuse('run/option-unknown', { command: 'adduser', option: text });
    await makeUser(call, name, { on, values, defaults });
  });
}

async function makeUser(
  call: Call,
  name: string,
  { on, values, defaults }: { on: ReadonlySet<string>; values: ReadonlyMap<string, string>; defaults: Defaults },
): Promise<void> {
  const system = on.has('S');
  const wished = values.get('u');
  const uid = wished === undefined ? undefined : idOf(wished);
  checkName(name);
  const users = await accounts(call);
  const known = await groups(call);
  const home = values.get('h') ?? `/home/${name}`;
  const ingroup = values.get('G') ?? (system ? 'nogroup' : undefined);
  const group = known.find((one) => one.name === ingroup);
  if (ingroup !== undefined && group === undefined) throw new Stop(`unknown group ${ingroup}`);
  if (users.some((user) => user.name === name)) throw new Stop(`user '${name}' in use`);
  // Where the user gets a group of the same number, that must be free too.
  const taken = (id: number) =>
    users.some((user) => user.uid === id) || (group === undefined && known.some(({ gid }) => gid === id));
  if (uid !== undefined && taken(uid)) throw new Stop(`uid '${uid}' in use`);
  const id = uid ?? freeId('u', system, taken);
  if (group === undefined && known.some((one) => one.name === name)) throw new Stop(`group '${name}' in use`);
  // Without either it asks for a password, which nobody types in a build.
  if (!system && !on.has('D')) refuse('run/option-unknown', { command: 'adduser', option: '(no -D)' });
  const gid = group?.gid ?? id;
  const shell =
    values.get('s') ??
    (system
      ? defaults.systemShell
      : call.env['SHELL'] || users.find((user) => user.uid === call.kernel.who.uid)?.shell || '/bin/sh');
  const gecos = values.get('g') ?? defaults.gecos;
  await update(call, '/etc/passwd', adding(name, `x:${id}:${gid}:${gecos}:${home}:${shell}`));
  const day = Math.floor(call.mtime / 86400);
  await update(call, '/etc/shadow', adding(name, `!:${day}:0:99999:7:::`));
  // Its status is not looked at.
  await ending(call, () =>
    group === undefined ? makeGroup(call, name, { gid, system: false }) : joinGroup(call, name, group.name),
  );
  if (!on.has('H')) await makeHome(call, absolute(home, call.cwd), { uid: id, gid }, values.get('k') ?? '/etc/skel');
}

/** Also a directory that is there becomes the user's, set-group-ID; one that cannot be made is only complained about. */
async function makeHome(call: Call, home: string, owner: { uid: number; gid: number }, skel: string): Promise<void> {
  const { kernel } = call;
  try {
    if (kernel.stat(home, { follow: false }) === undefined) {
      kernel.mkdir(home, 0o755);
      const from = absolute(skel, call.cwd);
      for (const name of kernel.stat(from)?.type === 'directory' ? kernel.list(from) : []) {
        const source = kernel.need(under(from, name), { follow: false });
        if (source.type !== 'file') return refuse('run/not-computable', { what: source.path });
        const copy = under(home, posix.basename(name));
        kernel.write(copy, await kernel.content(source.path), source.mode);
        kernel.chmod(copy, source.mode);
        kernel.chown(copy, owner);
      }
    }
    kernel.chown(home, owner);
    kernel.chmod(home, 0o2755);
  } catch (problem) {
    if (!(problem instanceof FileProblem)) throw problem;
  }
}

/** Both ask for root first and say their complaint with status 1. */
async function ending(call: Call, work: () => Promise<void>): Promise<Outcome> {
  try {
    if (call.kernel.who.uid !== 0) throw new Stop('permission denied (are you root?)');
    await work();
    return success;
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    return { status: 1, out: '', err: `${call.name}: ${stop.message}\n` };
  }
}

/** Alpine's busybox from 1.28 on, where long options came to both; anybody else's is refused. */
async function alpineDefaults(call: Call): Promise<Defaults> {
  const found = lookUp(call.kernel, call.name, { path: call.env['PATH'], cwd: call.cwd });
  const file = typeof found === 'number' ? call.name : found.file;
  const unknown = (): never => refuse('run/implementation-unknown', { command: call.name, path: file });
  if (call.kernel.stat('/etc/alpine-release')?.type !== 'file') return unknown();
  const bytes = await call.kernel.files.readFile(file, { limit: 8 << 20 });
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const minor = Number(/BusyBox v1\.(\d+)\./.exec(text)?.[1]);
  if (!(minor >= 28 && minor <= 37) || !text.includes('/sbin/nologin')) return unknown();
  // Dropped in 2024 (aports 0034-adduser-remove-preconfigured-GECOS-full-name-field.patch).
  return { gecos: text.includes('Linux User,,,') ? 'Linux User,,,' : '', systemShell: '/sbin/nologin' };
}
