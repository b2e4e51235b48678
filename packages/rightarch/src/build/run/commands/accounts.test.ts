import { expect, test } from 'vitest';
import { debian, ran, shown, textIn } from '../test-image.ts';

const image = {
  ...debian,
  ...Object.fromEntries(
    ['useradd', 'groupadd'].map((name) => [
      `/usr/sbin/${name}`,
      { file: '\x7fELF libshadow /etc/gshadow', mode: 0o755 },
    ]),
  ),
  '/etc/shadow': { file: 'root:*:19000:0:99999:7:::\nnode:!:19000:0:99999:7:::\n', mode: 0o640, gid: 42 },
  '/etc/gshadow': { file: 'root:*::\nadm:*::node\nwww-data:*::\nnode:!::\n', mode: 0o640, gid: 42 },
  '/etc/subuid': '',
  '/etc/subgid': '',
  '/etc/login.defs':
    'PASS_MAX_DAYS\t99999\nPASS_MIN_DAYS\t0\nPASS_WARN_AGE\t7\nUID_MIN\t1000\nGID_MIN\t1000\nUMASK\t022\nUSERGROUPS_ENAB yes\n',
  '/etc/default/useradd': 'SHELL=/bin/sh\n# GROUP=100\n',
  '/home': { dir: 0o755 },
};

test('useradd writes every file that shadow writes, the day by SOURCE_DATE_EPOCH', async () => {
  const files = await ran('useradd -m -s /bin/bash bob', image, { mtime: 1700000000 });
  const last = async (path: string) => (await textIn(files, path)).trimEnd().split('\n').at(-1);
  expect([
    await last('/etc/passwd'),
    await last('/etc/shadow'),
    await last('/etc/group'),
    await last('/etc/gshadow'),
    await last('/etc/subuid'),
    await last('/etc/passwd-'),
    shown(files, '/etc/shadow-'),
    shown(files, '/home/bob'),
    shown(files, '/etc/.pwd.lock'),
  ]).toEqual([
    'bob:x:1001:1001::/home/bob:/bin/bash',
    'bob:!:19675:0:99999:7:::',
    'bob:x:1001:',
    'bob:!::',
    'bob:100000:65536',
    'node:x:1000:1000::/home/node:/bin/bash',
    '-640 0:42',
    'd755 1001:1001',
    '-600 0:0',
  ]);
});

test.each([
  ['useradd node', 9],
  ['groupadd -g 1000 x', 4],
  ['useradd -g nope x', 6],
])('%s fails with status %i', async (text, status) => {
  await expect(ran(text, image)).rejects.toMatchObject({
    diagnostic: { code: 'run/command-failed', args: { status } },
  });
});

test.each([
  ['useradd -p x y', image, {}, 'run/option-unknown'],
  ['useradd x', { ...image, '/etc/default/useradd': 'SHELL=/bin/sh\nGROUP=100\n' }, {}, 'run/not-computable'],
  [
    'useradd x',
    { ...image, '/usr/sbin/useradd': { file: '#!/usr/bin/perl', mode: 0o755 } },
    {},
    'run/implementation-unknown',
  ],
  ['groupadd x', image, { user: 'node' }, 'run/command-failed'],
] as const)('%s', async (text, files, more, code) => {
  await expect(ran(text, files, more)).rejects.toMatchObject({ diagnostic: { code } });
});
