import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { directory, type FileTree, file, symlink } from './file-tree.ts';
import type { Architecture } from './ld-cache.ts';
import { makeLoaderCache } from './ld-cache.ts';
import { type PackageEntry, readPackageTar } from './tar.ts';

const run = promisify(execFile);

/** What debian:bookworm-slim consists of: essential and required packages, and apt (its list, less what these depend on). */
export const DEBIAN_PACKAGES = (
  'apt base-files base-passwd bash bsdutils coreutils dash debconf debian-archive-keyring debianutils diffutils dpkg ' +
  'e2fsprogs findutils grep gzip hostname init-system-helpers libc-bin libpam-modules libpam-modules-bin libpam-runtime ' +
  'login mawk mount ncurses-base ncurses-bin passwd perl-base sed sysvinit-utils tar tzdata usr-is-merged util-linux'
).split(' ');

/** What the slim images leave out (debuerreotype's slim excludes); copyright files stay. */
const LEFT_OUT = /^usr\/share\/(?:(?:doc|groff|info|lintian|linda|man)\/.|locale\/.)/;
const KEPT = /^usr\/share\/(?:doc\/[^/]+(?:\/copyright)?|locale\/locale\.alias)$/;

const NOTHING = Buffer.alloc(0);

/** Unpacks packages over a tree and enters them in dpkg's database. Gives the time of their newest file, in seconds. */
export async function unpackDebian(tree: FileTree, packages: readonly string[]): Promise<number> {
  let newest = 0;
  let status = tree.get('var/lib/dpkg/status') === undefined ? '' : tree.read('var/lib/dpkg/status').toString();
  for await (const { path, entries, control } of readPackages(packages)) {
    const time = Math.max(...entries.map(({ inode }) => inode.mtime));
    newest = Math.max(newest, time);
    for (const { path: name, inode, hardlink } of entries) {
      if (name === '' || (LEFT_OUT.test(name) && !KEPT.test(name))) continue;
      const first = hardlink === undefined ? undefined : tree.get(hardlink);
      if (hardlink !== undefined && first === undefined) throw new Error(`${path}: ${name} is a hard link to nothing`);
      tree.put(name, first ?? inode);
    }
    const fields = control.find((entry) => entry.path === 'control')!.inode.content.toString();
    const name = /^Package: (\S+)/m.exec(fields)![1]!;
    const own = /^Multi-Arch: same/m.test(fields) ? `${name}:${/^Architecture: (\S+)/m.exec(fields)![1]}` : name;
    status += `${fields.trimEnd().replace(/^(Package: .*)/, '$1\nStatus: install ok installed')}\n\n`;
    const list = entries.map((entry) => `/${entry.path || '.'}\n`).join('');
    tree.put(`var/lib/dpkg/info/${own}.list`, file(time, list));
    for (const { path: part, inode } of control) {
      if (part !== '' && part !== 'control') tree.put(`var/lib/dpkg/info/${own}.${part}`, inode);
    }
  }
  tree.put('var/lib/dpkg/info/format', file(newest, '1\n'));
  tree.put('var/lib/dpkg/status', file(newest, status));
  return newest;
}

/** An empty root whose /bin, /lib, /lib64 and /sbin are links already, as debootstrap makes it before it unpacks. */
export function mergedUsr(tree: FileTree, architecture: Architecture): void {
  const names = architecture === 'amd64' ? ['bin', 'lib', 'lib64', 'sbin'] : ['bin', 'lib', 'sbin'];
  for (const name of names) {
    tree.put(`usr/${name}`, directory(0));
    tree.put(name, symlink(0, `usr/${name}`));
  }
}

/**
 * Makes what the packages' maintainer scripts and triggers would have made. Each line follows the postinst of the
 * package that is named before it, as of bookworm.
 */
export function configureDebian(tree: FileTree, time: number): void {
  configureBaseFiles(tree, time);
  configureAccounts(tree, time);
  configurePam(tree, time);
  // libc-bin
  tree.put('etc/nsswitch.conf', file(time, tree.read('usr/share/libc-bin/nsswitch.conf')));
  // debianutils: update-shells
  const shells = ['bash', 'dash'].map((name) => tree.read(`usr/share/debianutils/shells.d/${name}`).toString());
  const usrShells = shells.map((lines) => lines.replace(/^\/bin/gm, '/usr/bin'));
  const first = `${tree.read('usr/share/debianutils/shells').toString()}/usr/bin/sh\n`;
  tree.put('etc/shells', file(time, first + shells.map((lines, index) => lines + usrShells[index]).join('')));
  // tzdata
  tree.put('etc/localtime', symlink(time, '/usr/share/zoneinfo/Etc/UTC'));
  tree.put('etc/timezone', file(time, 'Etc/UTC\n'));
  // mawk, debianutils, util-linux, tar: update-alternatives
  alternative(tree, time, 'usr/bin/awk', 'usr/bin/mawk');
  alternative(tree, time, 'usr/bin/nawk', 'usr/bin/mawk');
  alternative(tree, time, 'usr/bin/which', 'usr/bin/which.debianutils');
  alternative(tree, time, 'usr/bin/pager', 'usr/bin/more');
  alternative(tree, time, 'usr/sbin/rmt', 'usr/sbin/rmt-tar');
}

/** libc-bin's trigger: ldconfig. To be called when all libraries are in place. */
export function configureLoader(tree: FileTree, architecture: Architecture, time: number): void {
  tree.put('etc/ld.so.cache', file(time, makeLoaderCache(tree, architecture)));
}

/** ca-certificates: every certificate by name, and all of them in the one file that programs open. */
export function configureCertificates(tree: FileTree, time: number): void {
  const prefix = 'usr/share/ca-certificates/';
  const names = [...tree.entries()]
    .map(([path]) => path)
    .filter((path) => path.startsWith(prefix) && path.endsWith('.crt'));
  const sorted = names.map((path) => path.slice(prefix.length)).sort();
  tree.put('etc/ca-certificates.conf', file(time, sorted.map((name) => `${name}\n`).join('')));
  for (const name of sorted) {
    const link = `${name
      .split('/')
      .at(-1)!
      .replace(/\.crt$/, '')}.pem`;
    tree.put(`etc/ssl/certs/${link}`, symlink(time, `/${prefix}${name}`));
  }
  tree.put(
    'etc/ssl/certs/ca-certificates.crt',
    file(time, Buffer.concat(sorted.map((name) => tree.read(prefix + name)))),
  );
}

/** update-alternatives --install of the only choice there is. */
export function alternative(tree: FileTree, time: number, link: string, target: string): void {
  const name = link.split('/').at(-1)!;
  if (tree.get(target) === undefined) throw new Error(`the packages hold no /${target}`);
  tree.put(link, symlink(time, `/etc/alternatives/${name}`));
  tree.put(`etc/alternatives/${name}`, symlink(time, `/${target}`));
}

function configureBaseFiles(tree: FileTree, time: number): void {
  const copies = {
    'dot.profile': 'root/.profile',
    'dot.bashrc': 'root/.bashrc',
    profile: 'etc/profile',
    motd: 'etc/motd',
  };
  for (const [from, to] of Object.entries(copies)) tree.put(to, file(time, tree.read(`usr/share/base-files/${from}`)));
  for (const path of ['mnt', 'srv', 'opt', 'etc/opt', 'var/opt', 'media']) tree.putNew(path, directory(time));
  tree.put('etc/dpkg/origins/default', symlink(time, 'debian'));
  tree.put('var/mail', directory(time, 0o2775, 0, 8));
  tree.put('var/spool/mail', symlink(time, '../mail'));
  tree.put('run/lock', directory(time, 0o1777));
  tree.put('var/run', symlink(time, '/run'));
  tree.put('var/lock', symlink(time, '/run/lock'));
  for (const path of ['share/man', 'bin', 'games', 'lib', 'include', 'sbin', 'src', 'etc']) {
    tree.putNew(`usr/local/${path}`, directory(time));
  }
  tree.put('usr/local/man', symlink(time, 'share/man'));
  // Group 43 is utmp (base-passwd).
  for (const [name, mode] of [
    ['wtmp', 0o664],
    ['btmp', 0o660],
    ['lastlog', 0o664],
  ] as const) {
    tree.put(`var/log/${name}`, file(time, NOTHING, mode, 0, 43));
  }
}

/** base-passwd, then passwd's `shadowconfig on`, then apt's own user. */
function configureAccounts(tree: FileTree, time: number): void {
  const masters = ['passwd', 'group'].map((name) => tree.read(`usr/share/base-passwd/${name}.master`).toString());
  const [passwd, group] = masters.map((text) => text.replace(/^([^:]+):\*:/gm, '$1:x:'));
  writeAccounts(tree, time, {
    passwd: `${passwd}_apt:x:42:65534::/nonexistent:/usr/sbin/nologin\n`,
    group: group!,
    shadow: `${passwd}_apt:`.replace(/^([^:\n]+):.*$/gm, `$1:*:${Math.floor(time / 86_400)}:0:99999:7:::`).concat('\n'),
    gshadow: group!.replace(/^([^:\n]+):[^:]*:[^:]*:(.*)$/gm, '$1:*::$2'),
    subuid: '',
    subgid: '',
  });
}

/** The account files of shadow(5) and friends, by name. */
export type Accounts = Readonly<Record<'passwd' | 'group' | 'shadow' | 'gshadow' | 'subuid' | 'subgid', string>>;

/** Writes the account files; what was there stays beside them with a dash, as shadow's programs leave it. */
export function writeAccounts(tree: FileTree, time: number, accounts: Accounts): void {
  for (const [name, text] of Object.entries(accounts)) {
    const hidden = name.endsWith('shadow');
    const [mode, gid] = hidden ? [0o640, 42] : [0o644, 0]; // 42 is group shadow
    const before = tree.get(`etc/${name}`);
    if (before !== undefined) tree.put(`etc/${name}-`, { ...before });
    tree.put(`etc/${name}`, file(time, text, mode, 0, gid));
  }
}

/** The account files as they are. */
export function readAccounts(tree: FileTree): Accounts {
  const read = (name: string) => tree.read(`etc/${name}`).toString();
  return {
    passwd: read('passwd'),
    group: read('group'),
    shadow: read('shadow'),
    gshadow: read('gshadow'),
    subuid: read('subuid'),
    subgid: read('subgid'),
  };
}

/** libpam-runtime: pam-auth-update with the one profile there is, usr/share/pam-configs/unix. */
function configurePam(tree: FileTree, time: number): void {
  const session = 'session\trequired\tpam_unix.so ';
  const permit = 'session\t[default=1]\t\t\tpam_permit.so';
  const values: Readonly<Record<string, string>> = {
    auth_primary: 'auth\t[success=1 default=ignore]\tpam_unix.so nullok',
    account_primary: 'account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so ',
    password_primary: 'password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt',
    session_primary: permit,
    session_nonint_primary: permit,
    session_additional: session,
    session_nonint_additional: session,
  };
  for (const name of ['auth', 'account', 'password', 'session', 'session-noninteractive']) {
    const template = tree.read(`usr/share/pam/common-${name}`).toString();
    tree.put(
      `etc/pam.d/common-${name}`,
      file(
        time,
        template.replace(/^\$(\w+)$/gm, (_, key: string) => values[key] ?? ''),
      ),
    );
  }
}

interface DebianPackage {
  readonly path: string;
  readonly entries: readonly PackageEntry[];
  readonly control: readonly PackageEntry[];
}

/** Packages that most images have, by their path, the one that was asked for last behind. */
const recent = new Map<string, { readonly of: DebianPackage; readonly size: number }>();
/** What is kept of them, unpacked: twice the base and what servers share, for both CPUs. */
const MOST_HELD = 1 << 30;

/** Packages in their order, as they were read before; a corpus unpacks the same hundred of them for each of its images. */
async function* readPackages(paths: readonly string[]): AsyncGenerator<DebianPackage> {
  const directory = await mkdtemp(join(tmpdir(), 'rightarch-packages-'));
  try {
    // Held before one that comes later drives it out.
    const held = new Map(paths.flatMap((path) => [[path, recent.get(path)?.of] as const]));
    await unpackArchives(
      paths.filter((path) => held.get(path) === undefined),
      directory,
    );
    for (const path of paths) {
      const of = held.get(path) ?? (await readPackage(path, directory));
      hold(path, of);
      yield of;
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function hold(path: string, of: DebianPackage): void {
  const size = of.entries.reduce((sum, { inode }) => sum + inode.content.length, 0);
  recent.delete(path);
  recent.set(path, { of, size });
  let all = [...recent.values()].reduce((sum, one) => sum + one.size, 0);
  for (const [oldest, one] of recent) {
    if (all <= MOST_HELD) break;
    recent.delete(oldest);
    all -= one.size;
  }
}

/** One process for all of them: to start one takes a process of this size longer than dpkg-deb needs. */
async function unpackArchives(paths: readonly string[], directory: string): Promise<void> {
  if (paths.length === 0) return;
  const each =
    'for p; do n=$(basename "$p"); dpkg-deb --fsys-tarfile "$p" >"$n.data" && dpkg-deb --ctrl-tarfile "$p" >"$n.control" || exit 255; done';
  const list = join(directory, 'list');
  await writeFile(list, paths.map((path) => `${resolve(path)}\0`).join(''));
  const args = ['-0', '-a', list, '-n', '8', '-P', String(availableParallelism()), 'sh', '-c', each, 'sh'];
  await run('xargs', args, { cwd: directory });
}

async function readPackage(path: string, directory: string): Promise<DebianPackage> {
  const part = async (name: string): Promise<PackageEntry[]> => {
    const file = join(directory, `${basename(path)}.${name}`);
    const tar = await readFile(file);
    await rm(file);
    return [...readPackageTar(tar)];
  };
  return { path, entries: await part('data'), control: await part('control') };
}
