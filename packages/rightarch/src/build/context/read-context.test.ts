import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Failure } from '../../core/index.ts';
import { inodeOf } from '../files/inode.ts';
import { readContext } from './read-context.ts';

const made: string[] = [];
afterEach(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function context(files: Readonly<Record<string, number>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rightarch-context-'));
  made.push(directory);
  for (const [path, mode] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), path);
    await chmod(join(directory, path), mode);
  }
  return directory;
}

/** A version 2 index with these modes. */
async function track(directory: string, modes: Readonly<Record<string, number>>): Promise<void> {
  const names = Object.keys(modes).sort();
  const head = Buffer.from('DIRC\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(names.length, 8);
  const parts: Buffer[] = [head];
  for (const name of names) {
    const stat = Buffer.alloc(62);
    stat.writeUInt32BE(modes[name]!, 24);
    const bytes = Buffer.from(name);
    stat.writeUInt16BE(bytes.length, 60);
    parts.push(stat, bytes, Buffer.alloc(8 - ((62 + bytes.length) % 8)));
  }
  await mkdir(join(directory, '.git'));
  await writeFile(join(directory, '.git/index'), Buffer.concat([...parts, Buffer.alloc(20)]));
}

const posix = { system: 'posix', mtime: 1 } as const;

async function modes(directory: string, options: Parameters<typeof readContext>[1] = posix) {
  const ignore = { excludes: (path: string) => path === '.git', reopens: () => false };
  const { tree } = await readContext(directory, { ignore, ...options });
  return [...tree.walk()].map(([path, { entry }]) => `${entry.mode.toString(8)} ${path} ${entry.link}`.trim());
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.catch((error: unknown) => error);
  return thrown instanceof Failure ? thrown.diagnostic.code : String(thrown);
}

test('tracked files have the mode of the Git index, whatever the file system says', async () => {
  const directory = await context({ 'bin/run': 0o600, 'plain.txt': 0o777, untracked: 0o640 });
  await chmod(join(directory, 'bin'), 0o700);
  await track(directory, { 'bin/run': 0o100755, 'plain.txt': 0o100644 });
  const expected = ['755 /bin', '755 /bin/run', '644 /plain.txt'];
  expect(await modes(directory)).toEqual([...expected, '640 /untracked']);
  expect(await modes(directory, { ...posix, system: 'windows' })).toEqual([...expected, '755 /untracked']);
});

test('a context below the top of the work tree has its modes too', async () => {
  const directory = await context({ 'app/run': 0o600 });
  await track(directory, { 'app/run': 0o100755 });
  expect(await modes(join(directory, 'app'))).toEqual(['755 /run']);
});

test('a link that Git checked out as a file is a link', async () => {
  const directory = await context({ link: 0o644 });
  await track(directory, { link: 0o120000 });
  expect(await modes(directory)).toEqual(['777 /link link']);
});

test.each([
  ['files', ['Read.me'], ['read.me']],
  ['directories, whose files have other names', ['Lib/a', 'Lib/b'], ['lib/b']],
  ['Unicode in two forms', ['caf\u00e9'], ['cafe\u0301']],
])('two tracked names of which this disk holds one are refused: %s', async (_, here, gone) => {
  const directory = await context(Object.fromEntries(here.map((path) => [path, 0o644])));
  const names = [here[0]!, ...gone];
  await track(directory, Object.fromEntries(names.map((path) => [path, 0o100644])));
  expect(await codeOf(modes(directory))).toBe('context/case-collision');
  // A disk that holds both loses neither.
  for (const path of gone) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), '');
  }
  expect((await modes(directory)).map((line) => line.split(' /')[1])).toEqual(expect.arrayContaining(names));
});

test('sockets are left out; links that lead nowhere or out are links', async () => {
  const directory = await context({ a: 0o644 });
  await symlink('/etc/shadow', join(directory, 'out'));
  await symlink('nowhere', join(directory, 'dangling'));
  const server = createServer();
  await new Promise<void>((listening) => server.listen(join(directory, 'socket'), listening));
  try {
    expect(await modes(directory)).toEqual(['644 /a', '777 /dangling nowhere', '777 /out /etc/shadow']);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});

test('an excluded directory is entered only where something in it may be taken back', async () => {
  const directory = await context({ 'out/a': 0o644, 'out/deep/b': 0o644, in: 0o644 });
  const entered: string[] = [];
  const ignore = (reopens: boolean) => ({
    excludes: (path: string) => path.startsWith('out') && path !== 'out/deep/b',
    reopens: (path: string) => {
      entered.push(path);
      return reopens;
    },
  });
  expect(await modes(directory, { ...posix, ignore: ignore(false) })).toEqual(['644 /in']);
  expect(entered).toEqual(['out']);
  const kept = await modes(directory, { ...posix, ignore: ignore(true) });
  expect(kept.map((line) => line.slice(4))).toEqual(['/in', '/out', '/out/deep', '/out/deep/b']);
});

test('a context that is none, and a file that changed, are one diagnostic each', async () => {
  const directory = await context({ a: 0o644 });
  expect(await codeOf(readContext(join(directory, 'a'), posix))).toBe('context/missing');
  expect(await codeOf(readContext(join(directory, 'none'), posix))).toBe('context/missing');
  const { tree } = await readContext(directory, posix);
  await writeFile(join(directory, 'a'), 'longer than before');
  const found = tree.resolve('/a');
  expect(await codeOf(inodeOf(found.found ? found.node.entry : tree.root.entry)!.content())).toBe('context/changed');
  await rm(join(directory, 'a'));
  const gone = (await readContext(directory, posix)).tree;
  expect(gone.resolve('/a').found).toBe(false);
});
