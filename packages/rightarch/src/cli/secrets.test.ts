import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { Failure } from '../core/index.ts';
import { parseSecret, secretReader } from './secrets.ts';
import type { Shell } from './shell.ts';

const cwd = mkdtempSync(join(tmpdir(), 'rightarch-secrets-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

writeFileSync(join(cwd, 'token'), 'npm_0000');
writeFileSync(join(cwd, 'most'), Buffer.alloc(500 * 1024));
writeFileSync(join(cwd, 'more'), Buffer.alloc(500 * 1024 + 1));
mkdirSync(join(cwd, 'folder'));
const shell = { cwd, env: { TOKEN: 'npm_1111', LARGE: 'x'.repeat(500 * 1024 + 1) } } as unknown as Shell;

const codeOf = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    return cause.diagnostic.code;
  }
};

test.each([
  ['id=a,src=token', { id: 'a', file: join(cwd, 'token') }],
  ['src=token', { id: 'token', file: join(cwd, 'token') }],
  ['id=a,source=token', { id: 'a', file: join(cwd, 'token') }],
  ['id=a,type=file,src=token', { id: 'a', file: join(cwd, 'token') }],
  ['id=a,env=UNSET', { id: 'a', env: 'UNSET' }],
  ['id=a,type=env,src=TOKEN', { id: 'a', env: 'TOKEN' }],
  ['id=a,src=token,env=TOKEN', { id: 'a', env: 'TOKEN' }],
  ['id=a,src=none,env=TOKEN', 'cli/file-missing'],
  ['id=TOKEN', { id: 'TOKEN', env: 'TOKEN' }],
  ['id=token', { id: 'token', file: join(cwd, 'token') }],
  ['id=a,src=most', { id: 'a', file: join(cwd, 'most') }],
  ['id=a,src=more', 'cli/secret-too-large'],
  ['id=a,src=folder', 'cli/file-missing'],
  ['id=a,src=none', 'cli/file-missing'],
  ['id=,src=token', 'cli/bad-value'],
])('--secret %s', async (text, expected) => {
  expect(await codeOf(() => parseSecret(shell, text))).toEqual(expected);
});

test('a secret is read for the one who reveals it, and prints nowhere', async () => {
  const read = secretReader(shell);
  const file = await read({ id: 'a', file: join(cwd, 'token') });
  const variable = await read({ id: 'b', env: 'TOKEN' });
  expect([file.reveal(), variable.reveal()]).toEqual(['npm_0000', 'npm_1111']);
  expect((await read({ id: 'c', env: 'UNSET' })).reveal()).toBe('');
  expect(`${file} ${JSON.stringify({ file, variable })} ${inspect({ file, variable })}`).not.toMatch(/npm_/);
});

test('a source that went away, a folder in its place, and one that is too large are told', async () => {
  const read = secretReader(shell);
  expect(await codeOf(() => read({ id: 'a', file: join(cwd, 'gone') }))).toBe('cli/file-missing');
  expect(await codeOf(() => read({ id: 'a', file: join(cwd, 'folder') }))).toBe('cli/file-missing');
  expect(await codeOf(() => read({ id: 'a', file: join(cwd, 'more') }))).toBe('cli/secret-too-large');
  expect(await codeOf(() => read({ id: 'a', env: 'LARGE' }))).toBe('cli/secret-too-large');
});

test.skipIf(process.platform === 'win32')('a pipe is read once, for every platform', async () => {
  const pipe = join(cwd, 'pipe');
  spawnSync('mkfifo', [pipe]);
  const read = secretReader(shell);
  const both = Promise.all([read({ id: 'a', file: pipe }), read({ id: 'a', file: pipe })]);
  await writeFile(pipe, 'npm_2222');
  expect((await both).map((one) => one.reveal())).toEqual(['npm_2222', 'npm_2222']);
});
