import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alpine, ran } from '../test-image.ts';

// What real busybox left behind: recorded by tools/record-busybox.ts.

const recording = join(import.meta.dirname, '../../../../testdata/run/busybox-accounts.json');
const { before, recorded } = JSON.parse(readFileSync(recording, 'utf8')) as {
  before: Record<string, { file?: string; mode: number; gid: number }>;
  recorded: { line: string; files: Record<string, string> }[];
};

const busybox = (words: string) => ({
  ...alpine,
  '/bin/busybox': { file: `\x7fELF BusyBox v1.36.1 /sbin/nologin ${words}`, mode: 0o755 },
  '/etc/alpine-release': '3.20.0\n',
});
const entries = Object.entries(before).map(([path, { file, mode, gid }]) => [
  path,
  file === undefined ? { dir: mode, gid } : { file, mode, gid },
]);
const prepared = Object.fromEntries(entries);
const image = { ...busybox('Linux User,,,'), ...prepared };

const DAY = 19675;

describe('as busybox does it', () => {
  test.each(recorded)('$line', async ({ line, files: real }) => {
    const files = await ran(line, image, { mtime: DAY * 86400 });
    const ours: Record<string, string> = {};
    for (const [path, node] of files.tree.walk()) {
      if (/^\/(bin|tmp)(\/|$)/.test(path) || path === '/' || path === '/etc/alpine-release') continue;
      const { mode, uid, gid } = node.entry;
      const content = node.children === undefined ? Buffer.from(await files.readFile(path)).toString() : '';
      ours[path] = `${mode.toString(8)} ${uid}:${gid} ${content.replaceAll(`:${DAY}:`, ':TODAY:')}`;
    }
    expect(ours).toEqual(real);
  });
});

test('Alpine of 2025 has no comment for a new user', async () => {
  const stage = await ran('adduser -D app', { ...busybox(''), ...prepared });
  expect(Buffer.from(await stage.readFile('/etc/passwd')).toString()).toContain(
    '\napp:x:1001:1001::/home/app:/bin/ash\n',
  );
});

test.each([
  ['adduser app', image, {}, 'run/option-unknown'],
  ['adduser -D -x app', image, {}, 'run/option-unknown'],
  ['adduser -D app', { ...image, '/etc/alpine-release': { dir: 0o755 } }, {}, 'run/implementation-unknown'],
  [
    'adduser -D app',
    { ...image, '/bin/busybox': { file: '\x7fELF BusyBox v1.99.0 /sbin/nologin', mode: 0o755 } },
    {},
    'run/implementation-unknown',
  ],
  ['adduser -D app', { ...image, '/bin/addgroup': { file: '\x7fELF', mode: 0o755 } }, {}, 'run/implementation-unknown'],
  ['adduser -D app', { ...image, '/etc/group': 'broken\n' }, {}, 'run/not-computable'],
  ['adduser -D app', image, { user: '1000' }, 'run/command-failed'],
  ['useradd app', image, {}, 'run/command-failed'],
  ['adduser -D node', image, {}, 'run/command-failed'],
] as const)('%s, %#', async (line, files, more, code) => {
  await expect(ran(line, files, more)).rejects.toMatchObject({ diagnostic: { code } });
});
