import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeDirectory } from './make-directory.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rightarch-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it('makes what is missing, by many at once, and takes what is there', async () => {
  const path = join(scratch, 'a', 'b', 'c');
  await Promise.all(Array.from({ length: 8 }, () => makeDirectory(path, 0o700)));
  await makeDirectory(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

it('follows a link to a directory, and refuses a file and a link to nowhere', async () => {
  symlinkSync(join(scratch, 'a'), join(scratch, 'link'));
  await makeDirectory(join(scratch, 'link', 'd'));
  writeFileSync(join(scratch, 'file'), '');
  await expect(makeDirectory(join(scratch, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDirectory(join(scratch, 'file', 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  symlinkSync(join(scratch, 'nowhere'), join(scratch, 'dangling'));
  await expect(makeDirectory(join(scratch, 'dangling'))).rejects.toMatchObject({ code: 'EEXIST' });
});

// Node's own mkdir with `recursive` never comes back from here.
it.runIf(process.platform === 'linux')('ends where a directory cannot hold another', async () => {
  await expect(makeDirectory('/proc/rightarch/cache')).rejects.toMatchObject({ code: 'ENOENT' });
});
