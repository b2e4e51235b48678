import { type Asks, knownEntry } from './entry-scripts.ts';
import { capitalOf, type Errno, TEXTS } from './errno.ts';
import type { Libc } from './libraries.ts';
import { firstCommand, lastExec, lineOf } from './shell-line.ts';

/** What a program that starts another one starts next, where its arguments say so for certain. */
export interface Launch {
  readonly argv: readonly string[];
  /** Who looks the next program up, and so what happens to a script without `#!`. */
  readonly by: 'shell' | 'execvp';
  /** False where the step is likely, not certain: its failure refutes nothing. */
  readonly certain: boolean;
  /** Whom the launcher becomes first. */
  readonly user?: string;
  /** The launcher's own words, where they are not `name: program: error`. */
  readonly says?: Words;
  /** Whose execvp it starts the next program with, where its own loader does not tell. */
  readonly libc?: (own: Libc) => Libc;
  /** What it sets in the environment of the next program. */
  readonly sets?: readonly string[];
  /** It starts it in another directory than its own. */
  readonly moved?: true;
  /** What it prints where there is no such user; undefined where nobody has told. */
  readonly unknownUser?: (user: string, error: string) => string;
}

/** What is printed where a program cannot be started: its name as it was given, and the error. */
export type Words = (called: string, errno: Errno) => string;

const SHELLS = new Set(['sh', 'dash', 'ash', 'bash']);

/** True for the names of shells that read a script as POSIX says. */
export function isShell(names: readonly string[]): boolean {
  return names.some((name) => SHELLS.has(name));
}

const no = (): boolean => false;
const NOTHING: Asks = { names: () => [], isDirectory: no, isCommand: no, isFile: no, isSet: no, isOpen: no };

/** The program that a known launcher starts with these arguments; undefined where that is not certain. */
export function nextLaunch(
  names: readonly string[],
  argv: readonly string[],
  script?: { readonly index: number; readonly content: Uint8Array | undefined },
  env: readonly string[] = [],
  looks: Asks = NOTHING,
): Launch | undefined {
  const rest = argv.slice(1);
  if (isShell(names)) {
    const launch = shellLaunch(names, argv, script, env, looks);
    // bash reads a file of its own before a line or a script, and may find anything in it (bash(1), BASH_ENV); functions
    // that it was handed stand before programs.
    const certain = launch?.certain === true && !env.some((line) => /^BASH_(?:ENV=.|FUNC_)/.test(line));
    return launch && { ...launch, certain };
  }
  if (names.includes('env')) return envLaunch(rest, names);
  const launcher = names.find((name) => Object.hasOwn(LAUNCHERS, name));
  const next = launcher === undefined ? undefined : LAUNCHERS[launcher]!(rest);
  if (next === undefined) return undefined;
  return next.argv.length === 0 ? undefined : { by: 'execvp', certain: true, ...next };
}

/** Skips options that are known, each with the number of its values; undefined where one is not known. */
function after(
  args: readonly string[],
  options: { readonly flags: RegExp; readonly valued?: RegExp },
): readonly string[] | undefined {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') return args.slice(i + 1);
    if (!arg.startsWith('-')) return args.slice(i);
    if (options.valued?.test(arg)) i++;
    else if (!options.flags.test(arg)) return undefined;
  }
  return [];
}

type Next = Pick<Launch, 'argv' | 'user' | 'says' | 'libc' | 'unknownUser'>;

/** It looks programs up by itself, and has no shell read what the kernel refuses. */
const byItself = (): Libc => 'other';

/** krallin/tini src/tini.c: getopt "+p:hvwgle:s". Its words begin with its own process number. */
const tini = (args: readonly string[]) =>
  launched(after(args, { flags: /^-[vwgls]+$/, valued: /^-[pe]$/ }), {
    says: (called, errno) => `exec ${called} failed: ${capitalOf(errno)}`,
  });

/** What becomes somebody and then a program: `gosu USER PROGRAM…`. */
const becomes = (args: readonly string[], how: Omit<Next, 'argv' | 'user'>): Next | undefined => {
  const [user = '', ...argv] = args;
  return user === '' || user.startsWith('-') ? undefined : { argv, user, ...how };
};

/** Words and refusals seen with the packages of Debian 12 (tini 0.19, dumb-init 1.2.5, catatonit 0.1.7, gosu 1.14, s6 2.11), 2026-11-28. */
const LAUNCHERS: Readonly<Record<string, (args: readonly string[]) => Next | undefined>> = {
  tini,
  'tini-static': tini,
  'docker-init': tini,
  // Yelp/dumb-init dumb-init.c: getopt_long "+hvVcr:".
  'dumb-init': (args) =>
    launched(after(args, { flags: /^(-[vc]+|--verbose|--single-child|--rewrite=.*)$/, valued: /^(-r|--rewrite)$/ }), {
      says: (called, errno) => `[dumb-init] ${called}: ${capitalOf(errno)}`,
    }),
  // openSUSE/catatonit catatonit.c: -P starts nothing.
  catatonit: (args) =>
    launched(after(args, { flags: /^-g$/ }), {
      // Distributions link it with glibc, statically.
      libc: (own) => (own === 'static' ? 'glibc' : own),
      says: (_, errno) => `failed to exec pid1: ${capitalOf(errno)}`,
    }),
  // tianon/gosu main.go: exec.LookPath and syscall.Exec of Go.
  gosu: (args) =>
    becomes(args, {
      libc: byItself,
      unknownUser: (user, error) => `error: failed switching to "${user}": ${error}`,
      says: (called, errno) =>
        errno === 'ENOENT'
          ? called.includes('/')
            ? `error: exec: "${called}": stat ${called}: ${TEXTS[errno]}`
            : `error: exec: "${called}": executable file not found in $PATH`
          : errno === 'EACCES'
            ? `error: exec: "${called}": ${TEXTS[errno]}`
            : `error: exec failed: ${TEXTS[errno]}`,
    }),
  // ncopa/su-exec su-exec.c: execvp, and err(3) with the program's name.
  'su-exec': (args) => becomes(args, {}),
  // skarnet.org/software/s6: it goes through s6-envuidgid and s6-applyuidgid, which looks up and starts the program.
  's6-setuidgid': (args) =>
    becomes(args, {
      libc: byItself,
      says: (called, errno) => `s6-applyuidgid: fatal: unable to exec ${called}: ${capitalOf(errno)}`,
    }),
};

function launched(argv: readonly string[] | undefined, how: Omit<Next, 'argv'>): Next | undefined {
  return argv === undefined ? undefined : { argv, ...how };
}

/** `env [NAME=VALUE]... COMMAND`, and `-S`, which GNU's splits at blanks (coreutils env.c); busybox has another one. */
function envLaunch(args: readonly string[], names: readonly string[]): Launch | undefined {
  const [first = '', ...others] = args;
  const split = /^(?:-S|--split-string=)\s*(.*)$/s.exec(first)?.[1];
  if (split !== undefined) {
    // Quotes, escapes and variables are the option's own language; an empty one takes the next argument.
    if (split === '' || /[\\'"$#]/.test(split) || names.some((name) => /^(busybox|toybox)$/.test(name)))
      return undefined;
    return envLaunch([...split.trim().split(/\s+/), ...others], names);
  }
  const start = args.findIndex((arg) => !/^[A-Za-z_]\w*=/.test(arg));
  if (start < 0 || args[start]!.startsWith('-')) return undefined;
  // With another PATH or loader variables, what is found is not ours to say.
  if (args.slice(0, start).some((arg) => /^(PATH|LD_\w+|BASH_ENV)=/.test(arg))) return undefined;
  return { argv: args.slice(start), by: 'execvp', certain: true, sets: args.slice(0, start) };
}

/** Where the script stands in the arguments of a shell: `sh -e /entry.sh`. Undefined where that is not certain. */
export function scriptWord(argv: readonly string[]): number | undefined {
  for (let i = 1; i < argv.length; i++) {
    if (/^-[eux]+$/.test(argv[i]!)) continue;
    return argv[i]!.startsWith('-') || argv[i]!.startsWith('+') || argv[i] === '' ? undefined : i;
  }
  return undefined;
}

/** Programs that busybox is known to hold (`busybox --list` of Debian's and Alpine's, less what no image starts). */
const APPLETS = new Set(
  (
    'acpid addgroup adduser adjtimex arch arp arping ascii ash awk base32 base64 basename bc beep blkid brctl bunzip2 ' +
    'bzcat bzip2 cal cat chattr chgrp chmod chown chpasswd chroot chvt cksum clear cmp comm cp cpio crond crontab ' +
    'cryptpw cttyhack cut date dc dd delgroup deluser depmod df diff dirname dmesg dnsd dnsdomainname dos2unix du ' +
    'dumpkmap echo ed egrep env expand expr factor fallocate false fatattr fdisk fgrep find flock fold free fsync ' +
    'ftpd ftpget ftpput fuser getopt getty grep groups gunzip gzip halt hd head hexdump hostid hostname httpd hwclock ' +
    'id ifconfig ifdown ifup inetd init inotifyd install ionice iostat ip ipaddr ipcalc ipcrm ipcs iplink ipneigh ' +
    'iproute iprule iptunnel kbd_mode kill killall killall5 klogd last less link linux32 linux64 linuxrc ln loadfont ' +
    'logger login logname logread losetup ls lsattr lsmod lsof lsscsi lsusb lzcat lzma lzop makemime md5sum mdev mesg ' +
    'microcom mkdir mkdosfs mkfifo mknod mkpasswd mkswap mktemp modinfo modprobe more mount mountpoint mpstat mv ' +
    'nameif nanddump nbd-client nc netcat netstat nice nl nmeter nologin nohup nproc nsenter nslookup ntpd nuke od ' +
    'partprobe passwd paste patch pgrep pidof ping ping6 pipe_progress pivot_root pkill pmap poweroff pr printenv ' +
    'printf ps pscan pstree pwd pwdx raidautorun rdate rdev readahead readlink realpath reboot reformime renice reset ' +
    'resize rev rm rmdir rmmod route rpm rpm2cpio run-init run-parts rx script sed sendmail seq setkeycodes setpriv ' +
    'setserial setsid sh sha1sum sha256sum sha3sum sha512sum shred shuf slattach sleep sort split ssl_client ' +
    'start-stop-daemon stat strings stty su sulogin sum swapoff swapon switch_root sync sysctl syslogd tac tail tar ' +
    'taskset tc tcpsvd tee telnet telnetd test tftp tftpd time timeout top touch tr traceroute traceroute6 tree true ' +
    'truncate ts tty ttysize tunctl ubirename udhcpc udhcpd udpsvd uevent umount uname uncompress unexpand uniq ' +
    'unix2dos unlink unlzma unlzop unshare unxz unzip uptime users usleep uudecode uuencode vconfig vi vlock volname ' +
    'w watch watchdog wc wget which who whoami whois xargs xxd xz xzcat yes zcat zcip'
  ).split(' '),
);

/** True for names that a busybox shell may start without a file of that name. */
export function isApplet(name: string): boolean {
  return APPLETS.has(name);
}

function shellLaunch(
  names: readonly string[],
  argv: readonly string[],
  script: { readonly index: number; readonly content: Uint8Array | undefined } | undefined,
  env: readonly string[],
  looks: Asks,
): Launch | undefined {
  if (script !== undefined) {
    const passed = argv.slice(script.index + 1);
    const known = script.content === undefined ? undefined : knownEntry(script.content, passed, looks);
    if (known !== undefined) return { argv: known, by: 'shell', certain: true };
    const last = script.content === undefined ? undefined : lastExec(script.content, passed);
    // The body may have changed the arguments or never get there.
    return last === undefined || last.length === 0 ? undefined : { argv: last, by: 'shell', certain: false };
  }
  const line = lineOf(names, argv);
  const first = line === undefined ? undefined : firstCommand(line, env, looks);
  return first === undefined ? undefined : { ...first, by: 'shell', certain: true };
}
