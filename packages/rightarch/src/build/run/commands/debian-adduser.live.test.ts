import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
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
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { debian, ran, stageOf } from '../test-image.ts';

// The real adduser of this Debian is the oracle: its script, Perl and shadow in a root of their own, as root.

const accounts: Readonly<Record<string, readonly [text: string, mode: number, gid: number]>> = {
  passwd: [
    'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n_apt:x:100:65534::/nonexistent:/usr/sbin/nologin\nnode:x:1000:1000::/home/node:/bin/bash\n',
    0o644,
    0,
  ],
  shadow: [
    'root:*:19000:0:99999:7:::\nwww-data:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n_apt:*:19000:0:99999:7:::\nnode:!:19000:0:99999:7:::\n',
    0o640,
    42,
  ],
  group: [
    'root:x:0:\nadm:x:4:\nwww-data:x:33:\nsudo:x:27:\nshadow:x:42:\nusers:x:100:\nnogroup:x:65534:\nnode:x:1000:\n',
    0o644,
    0,
  ],
  gshadow: ['root:*::\nadm:*::\nwww-data:*::\nsudo:*::\nshadow:*::\nusers:*::\nnogroup:*::\nnode:!::\n', 0o640, 42],
  subuid: ['node:100000:65536\n', 0o644, 0],
  subgid: ['node:100000:65536\n', 0o644, 0],
};
const config = ['login.defs', 'default/useradd', 'adduser.conf'];

/** Programs, their libraries and the PAM rules by which root may change a comment. */
const PACKAGES = [
  ...['adduser', 'passwd', 'perl-base', 'dash', 'findutils', 'libc6', 'libcrypt1', 'libpam0g', 'libpam-modules'],
  ...['libpam-runtime', 'libselinux1', 'libpcre2-8-0', 'libaudit1', 'libcap-ng0', 'libsemanage2', 'libsepol2'],
  ...['libbz2-1.0', 'libacl1', 'libattr1', 'libpam-modules-bin'],
];

let template: string;

beforeAll(() => {
  template = mkdtempSync(join(tmpdir(), 'rightarch-adduser-'));
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(template, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(template, name));
  }
  const files = execFileSync('dpkg', ['-L', ...PACKAGES], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => path.startsWith('/') && !/^\/usr\/share\/(doc|man|locale|lintian)\//.test(path))
    .filter((path) => existsSync(path) && !lstatSync(path).isDirectory());
  for (const path of new Set([
    '/bin/sh',
    '/etc/pam.d/common-auth',
    '/etc/pam.d/common-account',
    '/etc/pam.d/common-session',
    '/etc/pam.d/common-password',
    ...files,
  ])) {
    mkdirSync(join(template, dirname(path)), { recursive: true });
    cpSync(path, join(template, path), { verbatimSymlinks: true, recursive: true });
  }
  for (const name of config) cpSync(`/etc/${name}`, join(template, 'etc', name), { recursive: true });
  cpSync('/etc/skel', join(template, 'etc/skel'), { recursive: true });
  for (const name of ['home', 'run', 'tmp', 'root', 'dev']) mkdirSync(join(template, name), { recursive: true });
  execFileSync('mknod', ['-m', '666', join(template, 'dev/null'), 'c', '1', '3']);
  for (const [name, [text, mode, gid]] of Object.entries(accounts)) {
    writeFileSync(join(template, 'etc', name), text, { mode });
    chownSync(join(template, 'etc', name), 0, gid);
  }
}, 120_000);

afterAll(() => rmSync(template, { recursive: true, force: true }));

const image = () => ({
  ...debian,
  ...Object.fromEntries(
    ['useradd', 'groupadd', 'usermod', 'chfn', 'gpasswd'].map((name) => [
      `/usr/sbin/${name}`,
      { file: '\x7fELF libshadow /etc/gshadow', mode: 0o755 },
    ]),
  ),
  '/usr/sbin/adduser': { file: readFileSync('/usr/sbin/adduser'), mode: 0o755 },
  '/usr/sbin/addgroup': { link: 'adduser' },
  ...Object.fromEntries(
    Object.entries(accounts).map(([name, [file, mode, gid]]) => [`/etc/${name}`, { file, mode, gid }]),
  ),
  ...Object.fromEntries(config.map((name) => [`/etc/${name}`, readFileSync(`/etc/${name}`, 'utf8')])),
  ...Object.fromEntries(
    readdirSync('/etc/skel').map((name) => [`/etc/skel/${name}`, readFileSync(`/etc/skel/${name}`, 'utf8')]),
  ),
  '/home': { dir: 0o755 },
  '/run': { dir: 0o755 },
});

/** What can have changed, as `path → mode owner content`. */
const WATCHED =
  /^\/(etc\/(passwd|shadow|group|gshadow|subuid|subgid)-?$|etc\/\.pwd\.lock$|run\/|home\/|srv|app|nonexistent)/;

describe('adduser 3.134 of Debian', () => {
  test.each([
    'adduser --disabled-password --gecos "" --uid 1001 app',
    'adduser --disabled-password --gecos "" app; adduser --disabled-login --gecos "An App,1,2" bob',
    'adduser --system --group app',
    'adduser --system app; adduser --system --no-create-home --home /srv/x two',
    'adduser --system --uid 1001 --group --home /srv/deep/er nextjs',
    'adduser --system --shell /bin/bash --ingroup www-data --home /home/svc svc',
    'addgroup --gid 1001 app; adduser --uid 1001 --gid 1001 --disabled-password --gecos App app',
    'addgroup --system nodejs; addgroup plain; adduser --system --ingroup nodejs nextjs',
    'addgroup --system --gid 1001 nodejs && adduser --system --uid 1001 --ingroup nodejs nextjs',
    'adduser --quiet --disabled-password --no-create-home --shell /bin/sh --home /app --gecos ,,, app; adduser app sudo; adduser app sudo',
    'adduser --group extra; adduser --system --group extra; adduser node www-data',
    'adduser --system node; adduser --system --group node; addgroup node; addgroup --gid 1000 x; adduser --disabled-password --gecos "" node; adduser --system _apt; :',
    'adduser --disabled-password --gecos "" --ingroup www-data w; adduser --disabled-password --gecos "" --uid 500 low',
    'adduser --system --home relative x; adduser Bad; adduser --system --gid 77 y; adduser a b; adduser --uid 33 --disabled-password --gecos "" z; :',
    'adduser --system --gecos "My Service" svc; adduser --system --group svc; adduser --disabled-password --gecos "" --home /srv/home one',
  ])(
    '%s',
    async (text) => {
      const root = mkdtempSync(join(tmpdir(), 'rightarch-adduser-root-'));
      try {
        // Links for programs, which nobody writes to; copies for what is written.
        execFileSync('cp', ['-al', `${template}/.`, root]);
        rmSync(join(root, 'etc'), { recursive: true });
        execFileSync('cp', ['-a', join(template, 'etc'), root]);
        const done = spawnSync('chroot', [root, '/bin/sh', '-c', text], {
          env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', SOURCE_DATE_EPOCH: '1700000000' },
          encoding: 'utf8',
        });
        expect([done.status, done.stderr.match(/Can't locate|error while loading|returned error code/g)]).toEqual([
          0,
          null,
        ]);
        const real: Record<string, string> = {};
        for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
          if (!WATCHED.test(`/${name}`)) continue;
          const stat = lstatSync(join(root, name));
          const content = stat.isDirectory() ? '' : readFileSync(join(root, name), 'utf8');
          real[`/${name}`] = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid} ${content}`;
        }
        const files = await ran(text, image(), { mtime: 1700000000 });
        const before = stageOf(image());
        const ours: Record<string, string> = {};
        for (const [path, node] of files.tree.walk()) {
          if (!WATCHED.test(path) || (path.startsWith('/home/node') && before.tree.resolve(path).found)) continue;
          const { mode, uid, gid } = node.entry;
          const content = node.children === undefined ? Buffer.from(await files.readFile(path)).toString() : '';
          ours[path] = `${mode.toString(8)} ${uid}:${gid} ${content}`;
        }
        expect(ours).toEqual(real);
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
