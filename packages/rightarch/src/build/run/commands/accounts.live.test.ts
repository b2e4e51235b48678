import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { debian, ran, stageOf } from '../test-image.ts';

// The real shadow tools of this machine are the oracle: they work on a directory with --prefix, as root.

const start: Readonly<Record<string, readonly [text: string, mode: number, gid: number]>> = {
  passwd: [
    'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n_apt:x:100:65534::/nonexistent:/usr/sbin/nologin\nnode:x:1000:1000::/home/node:/bin/bash\n',
    0o644,
    0,
  ],
  shadow: [
    'root:*:19000:0:99999:7:::\nwww-data:*:19000:0:99999:7:::\n_apt:*:19000:0:99999:7:::\nnode:!:19000:0:99999:7:::\n',
    0o640,
    42,
  ],
  group: ['root:x:0:\nadm:x:4:\nwww-data:x:33:\nsudo:x:27:\nshadow:x:42:\nusers:x:100:\nnode:x:1000:\n', 0o644, 0],
  gshadow: ['root:*::\nadm:*::\nwww-data:*::\nsudo:*::\nshadow:*::\nusers:*::\nnode:!::\n', 0o640, 42],
  subuid: ['node:100000:65536\n', 0o644, 0],
  subgid: ['node:100000:65536\n', 0o644, 0],
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rightarch-accounts-'));
  mkdirSync(join(root, 'etc/default'), { recursive: true });
  mkdirSync(join(root, 'home'));
  for (const [name, [text, mode, gid]] of Object.entries(start)) {
    writeFileSync(join(root, 'etc', name), text, { mode });
    chownSync(join(root, 'etc', name), 0, gid);
  }
  for (const name of ['login.defs', 'default/useradd']) cpSync(`/etc/${name}`, join(root, 'etc', name));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const image = () => ({
  ...debian,
  ...Object.fromEntries(
    ['useradd', 'groupadd'].map((name) => [
      `/usr/sbin/${name}`,
      { file: '\x7fELF libshadow /etc/gshadow', mode: 0o755 },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(start).map(([name, [file, mode, gid]]) => [`/etc/${name}`, { file, mode, gid }]),
  ),
  '/etc/login.defs': readFileSync('/etc/login.defs', 'utf8'),
  '/etc/default/useradd': readFileSync('/etc/default/useradd', 'utf8'),
  // --prefix takes the skeleton of the machine itself.
  ...Object.fromEntries(
    readdirSync('/etc/skel').map((name) => [`/etc/skel/${name}`, readFileSync(`/etc/skel/${name}`, 'utf8')]),
  ),
  '/home': { dir: 0o755 },
});

test.each([
  ['groupadd app'],
  ['groupadd -r app; useradd -r -g app app'],
  ['groupadd -g 2000 app; useradd -u 2000 -g app -m app'],
  ['groupadd --system --gid 1001 nodejs; useradd --system --uid 1001 nextjs'],
  ['useradd -m -s /bin/bash bob; useradd -m carol'],
  ['useradd -r -s /usr/sbin/nologin -d /app svc; groupadd -r extra'],
  ['useradd -rm -d /home/u -s /bin/bash -g root -G sudo,adm -u 1003 u'],
  ['useradd -c "An App" -M app; useradd -U -u 1500 x'],
  ['useradd -u 500 low; useradd -u 61000 high; useradd -m -u 1234 mid'],
  ['groupadd node; groupadd -g 1000 other; groupadd -f node; useradd node; useradd -u 1000 z; useradd -g nope z; :'],
])('%s', async (text) => {
  const SOURCE_DATE_EPOCH = '1700000000';
  const done = spawnSync('/bin/sh', ['-c', text.replace(/(useradd|groupadd)/g, `$1 --prefix ${root}`)], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', SOURCE_DATE_EPOCH },
    encoding: 'utf8',
  });
  expect(done.status).toBe(0);
  const files = await ran(text, image(), { mtime: Number(SOURCE_DATE_EPOCH) });
  const before = stageOf(image());
  const ours: Record<string, string> = {};
  for (const [path, node] of files.tree.walk()) {
    const inEtc = /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-?$/.test(path);
    if (!inEtc && !(path.startsWith('/home/') && !before.tree.resolve(path).found)) continue;
    const { mode, uid, gid } = node.entry;
    const content = node.children === undefined ? Buffer.from(await files.readFile(path)).toString() : '';
    ours[path] = `${mode.toString(8)} ${uid}:${gid} ${content}`;
  }
  const real: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = `/${name}`;
    if (!/^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-?$/.test(path) && !path.startsWith('/home/')) continue;
    const stat = lstatSync(join(root, name));
    const content = stat.isDirectory() ? '' : readFileSync(join(root, name), 'utf8');
    real[path] = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid} ${content}`;
  }
  expect(ours).toEqual(real);
  // With --prefix the tools do not lock; in an image those that change something leave this.
  expect(files.tree.resolve('/etc/.pwd.lock').found).toBe(
    real['/etc/group-'] !== undefined || real['/etc/passwd-'] !== undefined,
  );
});
