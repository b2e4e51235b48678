/**
 * Records what busybox's adduser and addgroup leave behind: `npx tsx tools/record-busybox.ts`, as root, on a
 * Debian with gcc and make. Builds the busybox of Debian's sources in the way Alpine configures and patches it
 * (aports main/busybox: busyboxconfig, 0001-adduser-default-to-sbin-nologin…), runs each line in a root of its own, and
 * writes packages/rightarch/testdata/run/busybox-accounts.json. The test of the same name holds us to it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An image before each line: the files of Alpine's layout, and a skeleton. */
const BEFORE: Readonly<Record<string, { file?: string; mode: number; gid: number }>> = {
  '/etc': { mode: 0o755, gid: 0 },
  '/etc/passwd': {
    file: 'root:x:0:0:root:/root:/bin/ash\nwww-data:x:82:82:Linux User,,,:/home/www-data:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\nnode:x:1000:1000::/home/node:/bin/sh\n',
    mode: 0o644,
    gid: 0,
  },
  '/etc/shadow': {
    file: 'root:*::0:::::\nwww-data:!::0:::::\nnobody:!::0:::::\nnode:!:19000:0:99999:7:::\n',
    mode: 0o640,
    gid: 42,
  },
  '/etc/group': {
    file: 'root:x:0:root\nwheel:x:10:root\nshadow:x:42:\nwww-data:x:82:\nnogroup:x:65533:\nnode:x:1000:node\n',
    mode: 0o644,
    gid: 0,
  },
  '/etc/group-': { file: 'older\n', mode: 0o600, gid: 0 },
  '/etc/gshadow': { file: 'root:*::root\nwheel:*::root\nshadow:!::\n', mode: 0o640, gid: 42 },
  '/etc/skeleton': { mode: 0o700, gid: 0 },
  '/etc/skeleton/.profile': { file: 'umask 077\n', mode: 0o640, gid: 42 },
  '/etc/skeleton/run': { file: '#!/bin/sh\n', mode: 0o4755, gid: 0 },
  '/home': { mode: 0o755, gid: 0 },
  '/opt': { mode: 0o700, gid: 0 },
};

const LINES = [
  'adduser -S -D app',
  'addgroup -S app && adduser -S -D -H -G app app',
  'addgroup -g 1001 -S nodejs && adduser -S nextjs -u 1001 -G nodejs',
  'addgroup --system --gid 1001 nodejs && adduser --system --uid 1001 nextjs',
  'adduser -D app; adduser -D -h /srv/deep/er -s /bin/false -g "An App" other; adduser -D third',
  'adduser -D -u 1500 -h /data app; addgroup app wheel; addgroup app wheel; adduser app www-data',
  'adduser -D -H -u 65532 nonroot; adduser -S -u 70 -G www-data -s /bin/sh -h /var/lib/x pg',
  'adduser -D -k /etc/skeleton app; adduser -D -k /nowhere other; adduser -D -h /opt last',
  'addgroup one; addgroup two; addgroup -S three; addgroup -g 5000 four; adduser -D one; adduser -D five',
  'adduser node; addgroup node; addgroup -g 1000 x; adduser -D -u 1000 y; adduser -D -G nope z; addgroup a b; adduser; :',
  'adduser -D -u 82 w; adduser -D -u 4294967296 v; addgroup -g 300000 u; addgroup -g x t; adduser -D .dot; adduser -D a/b; :',
  'adduser -D a.b-c; adduser -D 9lives; adduser -D Upper; adduser -D "samba$"; addgroup "g r"; addgroup -- dash; :',
  'adduser -S -D one; adduser -S -D two; addgroup -S two; adduser -S -D -G two two; adduser -D -G two three',
  'SHELL=/bin/zz; export SHELL; adduser -D shelly; unset SHELL; adduser -D plain; addgroup -g 12 -S node wheel; :',
];

const work = mkdtempSync(join(tmpdir(), 'rightarch-record-'));
try {
  const busybox = build();
  const version = /BusyBox (v[\d.]+)/.exec(readFileSync(busybox, 'latin1'))?.[1] ?? '';
  const recorded = LINES.map((line) => ({ line, files: run(busybox, line) }));
  const out = join(import.meta.dirname, '../packages/rightarch/testdata/run/busybox-accounts.json');
  writeFileSync(out, `${JSON.stringify({ version, before: BEFORE, recorded }, null, 1)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function build(): string {
  const apt = join(work, 'apt');
  mkdirSync(join(apt, 'lists/partial'), { recursive: true });
  mkdirSync(join(apt, 'archives/partial'), { recursive: true });
  const sources = readFileSync('/etc/apt/sources.list.d/debian.sources', 'utf8');
  writeFileSync(join(apt, 'only.sources'), sources.replace(/^Types: deb$/gm, 'Types: deb-src'));
  const options = [
    `Dir::State::lists=${apt}/lists`,
    'Dir::Etc::sourcelist=/dev/null',
    `Dir::Etc::sourceparts=${apt}`,
    `Dir::Cache=${apt}`,
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  const how = { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[] };
  execFileSync('apt-get', [...options, 'update'], how);
  execFileSync('apt-get', [...options, 'source', 'busybox'], how);
  const source = join(work, readdirSync(work).find((name) => /^busybox-\d/.test(name))!);
  const adduser = join(source, 'loginutils/adduser.c');
  writeFileSync(adduser, readFileSync(adduser, 'utf8').replace('"/bin/false"', '"/sbin/nologin"'));
  const inSource = { cwd: source, stdio: 'ignore' as const };
  execFileSync('make', ['allnoconfig'], inSource);
  const file = join(source, '.config');
  const wanted = {
    ...Object.fromEntries(
      [
        ...['ADDUSER', 'ADDGROUP', 'FEATURE_ADDUSER_TO_GROUP', 'FEATURE_SHADOWPASSWDS', 'FEATURE_CHECK_NAMES'],
        ...['LONG_OPTS', 'CHOWN', 'STATIC', 'BUSYBOX', 'ASH', 'SHOW_USAGE'],
      ].map((name) => [name, 'y']),
    ),
    LAST_ID: '256000',
    FIRST_SYSTEM_ID: '100',
    LAST_SYSTEM_ID: '999',
  };
  const settings = Object.entries(wanted).map(([name, value]) => `CONFIG_${name}=${value}\n`);
  const others = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !Object.keys(wanted).some((name) => new RegExp(`CONFIG_${name}\\b`).test(line)));
  writeFileSync(file, settings.join('') + others.join('\n'));
  execFileSync('sh', ['-c', 'yes "" | make oldconfig && make -j2'], inSource);
  return join(source, 'busybox');
}

/** `path → mode owner content` of what is in the places that the programs write to. */
function run(busybox: string, line: string): Record<string, string> {
  const root = join(work, 'root');
  rmSync(root, { recursive: true, force: true });
  for (const [path, entry] of Object.entries(BEFORE)) {
    const at = join(root, path);
    mkdirSync(join(at, '..'), { recursive: true });
    if (entry.file === undefined) mkdirSync(at, { recursive: true });
    else writeFileSync(at, entry.file);
    chownSync(at, 0, entry.gid);
    chmodSync(at, entry.mode);
  }
  mkdirSync(join(root, 'bin'));
  cpSync(busybox, join(root, 'bin/busybox'));
  for (const name of ['sh', 'adduser', 'addgroup']) symlinkSync('/bin/busybox', join(root, 'bin', name));
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const done = spawnSync('chroot', [root, '/bin/sh', '-c', line], { env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${line}: ${done.stderr}`);
  const today = String(Math.floor(Date.now() / 86_400_000));
  const files: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = lstatSync(join(root, name));
    if (/^bin(\/|$)/.test(name)) continue;
    const content = stat.isDirectory()
      ? ''
      : readFileSync(join(root, name), 'utf8').replaceAll(`:${today}:`, ':TODAY:');
    files[`/${name}`] = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid} ${content}`;
  }
  return files;
}
