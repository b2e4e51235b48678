import { FileProblem } from '../../stage-files.ts';
import type { Group } from '../accounts.ts';
import { lookUp, makerOf } from '../programs.ts';
import { refuse } from '../refusal.ts';
import { type Outcome, success } from '../types.ts';
import { type Call, type Parsed, parseOptions, under } from './command.ts';
import { close, groupadd, open, useradd, withMember } from './shadow.ts';

// Debian's adduser 3.134, a Perl script over the programs of shadow: its rules and its faults, in its order.

/** Where its script ends early: 0 where what is asked for is there already, 1 for every error. */
class Exit extends Error {
  readonly status: 0 | 1;
  constructor(status: 0 | 1, message = '') {
    super(message);
    this.name = 'Exit';
    this.status = status;
  }
}

const die = (message: string): never => {
  throw new Exit(1, message);
};

/** adduser.conf: what a variable is where the file does not set it. Any other variable there is refused. */
const settings = {
  dshell: '/bin/bash',
  dhome: '/home',
  skel: '/etc/skel',
  dir_mode: '0700',
  sys_dir_mode: '0755',
  first_uid: '1000',
  last_uid: '59999',
  first_gid: '1000',
  last_gid: '59999',
  first_system_uid: '100',
  last_system_uid: '999',
  first_system_gid: '100',
  last_system_gid: '999',
};

type Settings = { readonly [Key in keyof typeof settings]: string };

const OPTIONS = {
  flags: 'SGNPLq',
  values: 'ugihsc',
  long: {
    system: 'S',
    group: 'G',
    'no-create-home': 'N',
    'disabled-password': 'P',
    'disabled-login': 'L',
    quiet: 'q',
    uid: 'u',
    gid: 'g',
    ingroup: 'i',
    home: 'h',
    shell: 's',
    gecos: 'c',
    comment: 'c',
  },
};

/** `adduser` and `addgroup`: which of the five things is asked for follows from name, options and operands. */
export async function debianAdduser(call: Call): Promise<Outcome> {
  try {
    // Getopt::Long takes `-system` and `-sys` as well; nobody writes that.
    const short = call.args.find((arg) => /^-[^-]/.test(arg) && arg !== '-q');
    if (short !== undefined) refuse('run/option-unknown', { command: call.name, option: short });
    await start(call, parseOptions(call.name, call.args, OPTIONS));
    return { ...success, unknownOut: true };
  } catch (exit) {
    if (!(exit instanceof Exit)) throw exit;
    const err = exit.message === '' ? '' : `${call.name}: ${exit.message}\n`;
    return { status: exit.status, out: '', err, unknownOut: true };
  }
}

async function start(call: Call, options: Parsed): Promise<void> {
  const { on, values, operands } = options;
  if (call.kernel.who.uid !== 0) die('Only root may add a user or group to the system.');
  const [name = '', second] = operands;
  if (name === '' || operands.length > 2) die('Only one or two names allowed.');
  const system = on.has('S');
  const toGroup = call.name === 'addgroup' || (on.has('G') && !system);
  if (second !== undefined) {
    if (on.has('G') || system) die('Specify only one name in this mode.');
    if (call.name === 'addgroup') die('addgroup with two arguments is an unspecified operation.');
  }
  if (!toGroup && [on.has('G'), values.has('i'), values.has('g')].filter(Boolean).length > 1)
    die('The --group, --ingroup, and --gid options are mutually exclusive.');
  const home = values.get('h');
  if (home !== undefined && !home.startsWith('/')) die('The home dir must be an absolute path.');
  for (const key of ['u', 'g']) {
    const text = values.get(key);
    // 0 is no number of its own to the script: it takes it for an option that was not given.
    if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text))
      refuse('run/option-unknown', { command: call.name, option: text });
  }
  for (const text of values.values())
    if (/[:\n]/.test(text)) refuse('run/option-unknown', { command: call.name, option: text });
  const config = await readSettings(call);
  await needShadow(call);
  if (second !== undefined) return joinGroup(call, name, second);
  checkName(name, system);
  lock(call);
  if (toGroup) return makeGroup(call, name, { system, config, gid: values.get('g') });
  return system ? makeSystemUser(call, name, options, config) : makeUser(call, name, options, config);
}

async function readSettings(call: Call): Promise<Settings> {
  const path = '/etc/adduser.conf';
  const config: Record<string, string> = { ...settings };
  if (call.kernel.stat(path)?.type !== 'file') return config as Settings;
  for (const line of Buffer.from(await call.kernel.read(path))
    .toString('utf8')
    .split('\n')) {
    if (line.startsWith('#') || /^\s*$/.test(line)) continue;
    const [, key = '', value = ''] = /^\s*([_a-zA-Z0-9]+)\s*=\s*(.*)/.exec(line) ?? [];
    const name = key.toLowerCase();
    const text = value.replace(/^"(.*)"$/, '$1').replace(/^'(.*)'$/, '$1');
    const ok = name in settings && (/^(first|last)_/.test(name) ? /^\d{1,9}$/ : /^[\w./-]+$/).test(text);
    if (!ok) refuse('run/not-computable', { what: `${path} ${key}` });
    config[name] = text;
  }
  for (const mode of [config['dir_mode']!, config['sys_dir_mode']!])
    if (!/^[0-7]{3,4}$/.test(mode)) refuse('run/not-computable', { what: path });
  return config as Settings;
}

/** The programs that it starts, along its own PATH: all of one package, so one of them is looked into. */
async function needShadow(call: Call): Promise<void> {
  for (const name of ['groupadd', 'useradd', 'usermod', 'chfn', 'gpasswd']) {
    const found = lookUp(call.kernel, name, { path: '/bin:/usr/bin:/sbin:/usr/sbin', cwd: '/' });
    const path = typeof found === 'number' ? name : found.file;
    const known = typeof found !== 'number' && (!/add$/.test(name) || (await makerOf(call.kernel, path)) === 'shadow');
    if (!known) refuse('run/implementation-unknown', { command: name, path });
  }
  const local = '/usr/local/sbin/adduser.local';
  if (call.kernel.stat(local) !== undefined) refuse('run/command-unknown', { command: local });
}

/** Its lock is a file of the image, left behind. */
function lock({ kernel }: Call): void {
  const path = '/run/adduser';
  try {
    if (kernel.stat(path) === undefined) kernel.write(path, '');
  } catch (problem) {
    if (!(problem instanceof FileProblem)) throw problem;
    die(`could not open lock file ${path}!`);
  }
}

function checkName(name: string, system: boolean): void {
  const expression = system ? /^[a-z_][a-z0-9_-]*\$?$/ : /^[a-z][a-z0-9_-]*\$?$/;
  if (name.length > 32 || !expression.test(name)) die('Please enter a username matching the regular expression');
}

/** One of shadow's programs: where it ends with an error, so does the script. */
async function through(call: Call, name: 'groupadd' | 'useradd', args: readonly string[]): Promise<void> {
  const { status } = await (name === 'groupadd' ? groupadd : useradd)({ ...call, name, args });
  if (status !== 0) die(`\`${name} ${args.join(' ')}' returned error code ${status}. Exiting.`);
}

function firstFree(least: string, most: string, taken: (id: number) => boolean): number {
  for (let id = Number(least); id <= Number(most); id++) if (!taken(id)) return id;
  return die(`No ID is available in the range ${least}-${most}`);
}

async function state(call: Call) {
  const [accounts, groups] = [await call.accounts(), await call.groups()];
  return {
    user: (name: string) => accounts.find((one) => one.name === name),
    group: (name: string) => groups.find((one) => one.name === name),
    groupOf: (gid: number): Group | undefined => groups.find((one) => one.gid === gid),
    hasUid: (id: number) => accounts.some(({ uid }) => uid === id),
    hasGid: (id: number) => groups.some(({ gid }) => gid === id),
  };
}

async function makeGroup(
  call: Call,
  name: string,
  how: { readonly system: boolean; readonly config: Settings; readonly gid: string | undefined },
): Promise<void> {
  const { config, system } = how;
  const known = await state(call);
  const there = known.group(name);
  if (there !== undefined) {
    const inRange = there.gid >= Number(config.first_system_gid) && there.gid <= Number(config.last_system_gid);
    if (system && inRange) throw new Exit(0);
    die(`The group \`${name}' already exists.`);
  }
  if (how.gid !== undefined && known.hasGid(Number(how.gid))) die(`The GID \`${how.gid}' is already in use.`);
  const gid =
    how.gid ??
    (system
      ? firstFree(config.first_system_gid, config.last_system_gid, known.hasGid)
      : firstFree(config.first_gid, config.last_gid, known.hasGid));
  await through(call, 'groupadd', ['-g', String(gid), name]);
}

async function joinGroup(call: Call, user: string, name: string): Promise<void> {
  const known = await state(call);
  if (known.user(user) === undefined) die(`The user \`${user}' does not exist.`);
  const group = known.group(name) ?? die(`The group \`${name}' does not exist.`);
  if (group.members.includes(user)) return;
  lock(call);
  const db = await open(call);
  await close(call, { group: withMember(db.group, name, user), gshadow: withMember(db.gshadow, name, user) });
}

async function makeSystemUser(call: Call, name: string, { on, values }: Parsed, config: Settings): Promise<void> {
  const known = await state(call);
  const wished = values.get('u');
  const there = known.user(name);
  if (there !== undefined) {
    const inRange = there.uid >= Number(config.first_system_uid) && there.uid <= Number(config.last_system_uid);
    if (inRange && (wished === undefined || Number(wished) === there.uid)) throw new Exit(0);
    die(`The user \`${name}' already exists`);
  }
  if (wished !== undefined && known.hasUid(Number(wished))) die(`The UID ${wished} is already in use.`);
  const own = on.has('G');
  const ownGroup = known.group(name);
  let group: Group | undefined;
  if (own) {
    if (ownGroup === undefined && wished !== undefined && known.hasGid(Number(wished)))
      die(`The GID ${wished} is already in use.`);
  } else if (values.has('i')) group = known.group(values.get('i')!) ?? die(`The group does not exist.`);
  else {
    const gid = Number(values.get('g') ?? (known.group('nogroup')?.gid || 65534));
    group = known.groupOf(gid) ?? die(`The GID ${gid} does not exist.`);
  }
  const uid = wished ?? String(firstFree(config.first_system_uid, config.last_system_uid, known.hasUid));
  // Of a group that is there it takes the name, and for the home a number that belongs to nobody.
  const gid =
    group?.gid ??
    (wished === undefined ? firstFree(config.first_system_gid, config.last_system_gid, known.hasGid) : Number(wished));
  if (own && ownGroup === undefined) await through(call, 'groupadd', ['-g', String(gid), name]);
  const home = values.get('h') || '/nonexistent';
  const shell = values.get('s') || '/usr/sbin/nologin';
  await through(call, 'useradd', ['-r', '-d', home, '-g', group?.name ?? name, '-s', shell, '-u', uid, name]);
  await comment(call, name, values.get('c'));
  const owner = { uid: Number(uid), gid };
  if (!on.has('N')) makeHome(call, home, { owner, mode: config.sys_dir_mode });
}

async function makeUser(call: Call, name: string, { on, values }: Parsed, config: Settings): Promise<void> {
  const known = await state(call);
  const wished = values.get('u');
  // It would ask for a password and for the comment, and nobody answers in a build.
  if (!on.has('P') && !on.has('L'))
    refuse('run/option-unknown', { command: call.name, option: '(no --disabled-password)' });
  if (!values.has('c')) refuse('run/option-unknown', { command: call.name, option: '(no --gecos)' });
  if (known.user(name) !== undefined) die(`The user \`${name}' already exists.`);
  if (wished !== undefined && known.hasUid(Number(wished))) die(`The UID ${wished} is already in use.`);
  const [ingroup, gidText] = [values.get('i'), values.get('g')];
  let group: Group | undefined;
  if (ingroup !== undefined) group = known.group(ingroup) ?? die(`The group \`${ingroup}' does not exist.`);
  else if (gidText !== undefined) group = known.groupOf(Number(gidText)) ?? die(`The GID ${gidText} does not exist.`);
  else if (known.group(name) !== undefined) die(`The group \`${name}' already exists.`);
  else if (wished !== undefined && known.hasGid(Number(wished))) die(`The GID ${wished} is already in use.`);
  const taken = (id: number) => known.hasUid(id) || (ingroup === undefined && known.hasGid(id));
  const uid = Number(wished ?? firstFree(config.first_uid, config.last_uid, taken));
  const gid = group?.gid ?? uid;
  if (group === undefined) await through(call, 'groupadd', ['-g', String(gid), name]);
  const home = values.get('h') || `${config.dhome}/${name}`;
  const shell = values.get('s') || (on.has('L') ? '/usr/sbin/nologin' : config.dshell);
  await through(call, 'useradd', ['-d', home, '-g', String(gid), '-s', shell, '-u', String(uid), name]);
  if (!on.has('N')) {
    const made = makeHome(call, home, { owner: { uid, gid }, mode: config.dir_mode });
    if (made) await copySkeleton(call, config.skel, home, { uid, gid });
  }
  await comment(call, name, values.get('c'));
  await joinUsers(call, name);
}

/** Every ordinary user joins `users`, by gpasswd -M: members that are no users are dropped. */
async function joinUsers(call: Call, name: string): Promise<void> {
  const known = await state(call);
  const users = known.group('users');
  if (users === undefined || users.members.includes(name)) return;
  const members = [...users.members.filter((member) => known.user(member) !== undefined), name].join(',');
  const db = await open(call);
  const set = (text: string) =>
    text
      .split('\n')
      .map((line) => (line.startsWith('users:') ? line.replace(/[^:]*$/, members) : line))
      .join('\n');
  await close(call, { group: set(db.group), gshadow: set(db.gshadow) });
}

/** chfn -f, and once more for each part behind a comma that is asked for. */
async function comment(call: Call, name: string, text: string | undefined): Promise<void> {
  if (text === undefined) return;
  if (!/^[A-Za-z0-9 ._,-]{0,60}$/.test(text)) refuse('run/option-unknown', { command: call.name, option: text });
  const parts = text.split(',');
  if (parts.length > 4) refuse('run/option-unknown', { command: call.name, option: text });
  for (let set = 2; set <= Math.max(2, parts.length); set++) {
    const gecos = Array.from({ length: 4 }, (_, i) => (i < set ? (parts[i] ?? '') : '')).join(',');
    const { passwd } = await open(call);
    const changed = passwd
      .split('\n')
      .map((line) => (line.startsWith(`${name}:`) ? line.split(':').with(4, gecos).join(':') : line))
      .join('\n');
    await close(call, { passwd: changed });
  }
}

/** The home with its parents; false where it is there already, or is the one that says that there is none. */
function makeHome(
  { kernel }: Call,
  home: string,
  how: { readonly owner: { readonly uid: number; readonly gid: number }; readonly mode: string },
): boolean {
  if (/^\/+nonexistent(\/|$)/.test(home) || kernel.stat(home) !== undefined) return false;
  let path = '';
  try {
    for (const part of home.split('/').filter((one) => one !== '')) {
      path += `/${part}`;
      if (kernel.stat(path)?.type !== 'directory') kernel.mkdir(path, 0o755);
    }
    kernel.chown(home, how.owner);
    kernel.chmod(home, Number.parseInt(how.mode, 8));
    return true;
  } catch (problem) {
    // It would take back what it did so far.
    if (problem instanceof FileProblem) return refuse('run/not-computable', { what: home });
    throw problem;
  }
}

async function copySkeleton(
  { kernel }: Call,
  skel: string,
  home: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  // `cd $skel; find .` copies the working directory where there is none.
  if (kernel.stat(skel)?.type !== 'directory') refuse('run/not-computable', { what: skel });
  for (const name of kernel.list(skel)) {
    if (/.(dpkg|ucf)-(old|new|dist)$/.test(name)) continue;
    const from = kernel.need(under(skel, name), { follow: false });
    if (from.type !== 'file') refuse('run/not-computable', { what: from.path });
    const to = under(home, name);
    kernel.write(to, await kernel.content(from.path));
    kernel.chown(to, owner);
    kernel.chmod(to, from.mode);
  }
}
