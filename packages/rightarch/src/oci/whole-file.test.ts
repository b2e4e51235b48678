import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownName } from './own-name.ts';
import { writeWholeFile } from './whole-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-whole-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function* bytes(...texts: readonly string[]) {
  for (const text of texts) {
    if (text === 'fail') throw new Error('no more');
    yield Buffer.from(text);
  }
}

test('what was there stays until all of it is written', async () => {
  const file = join(directory, 'a');
  writeFileSync(file, 'before');
  chmodSync(file, 0o600);
  await expect(writeWholeFile(file, bytes('half', 'fail'))).rejects.toThrow('no more');
  expect(readFileSync(file, 'utf8')).toBe('before');
  await writeWholeFile(file, bytes('af', 'ter'));
  expect(readFileSync(file, 'utf8')).toBe('after');
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['a']);
});

test('a link stays one, whether or not it leads to something', async () => {
  mkdirSync(join(directory, 'real'));
  for (const to of ['there', 'new']) {
    if (to === 'there') writeFileSync(join(directory, 'real', to), 'before');
    symlinkSync(join('real', to), join(directory, to));
    await writeWholeFile(join(directory, to), bytes(to));
    expect(readFileSync(join(directory, 'real', to), 'utf8')).toBe(to);
  }
});

test('what a killed process left beside it goes, and nothing else', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const left = ['a', 'b'].map((name) => `${name}.${ownName().replace(/^\d+/, `${pid}`)}.tmp`);
  const kept = [left[1]!, `a.${ownName()}.tmp`, 'a.tmp', 'a.1.tmp'];
  for (const name of [...left, ...kept]) writeFileSync(join(directory, name), '');
  await writeWholeFile(join(directory, 'a'), bytes('x'));
  expect(readdirSync(directory).sort()).toEqual(['a', ...kept].sort());
});

// A report for /dev/null, asked for by root, took the place of the device for the whole machine.
test.skipIf(process.platform === 'win32')('a pipe is written to and stays one', async () => {
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  await writeWholeFile(pipe, bytes('a', 'b'));
  expect(readFileSync(reading, 'utf8')).toBe('ab');
  closeSync(reading);
  expect(readdirSync(directory)).toEqual(['pipe']);
});
