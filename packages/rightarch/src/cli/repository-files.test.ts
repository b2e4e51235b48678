import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRepositoryFiles } from './repository-files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-files-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (path: string): void => {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), 'FROM scratch\n');
};

async function read(): Promise<readonly string[]> {
  const { files, looked } = await readRepositoryFiles(directory, { environment: {} });
  expect(looked).toBe('walked');
  return files.map(({ path }) => path);
}

test('without Git, a folder called build is read as the others are, and what tools put down is not', async () => {
  for (const path of ['build/package/Dockerfile', 'app/Dockerfile', 'node_modules/a/Dockerfile', 'dist/Dockerfile'])
    write(path);
  expect(await read()).toEqual(['app/Dockerfile', 'build/package/Dockerfile']);
});

test('however much lies in it, it displaces nothing beside it', async () => {
  write('z/deep/er/Dockerfile');
  mkdirSync(join(directory, 'build'));
  for (let n = 0; n < 2_100; n++) write(`build/Dockerfile.${n}`);
  const files = await read();
  expect(files).toHaveLength(2_000);
  expect(files[0]).toBe('z/deep/er/Dockerfile');
});
