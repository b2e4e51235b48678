import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { typeLine } from './support/command-line.ts';

const WRONG = 'FROM debian\nRUN echo $TARGETARCH\n';
const MENDED = 'FROM debian\nARG TARGETARCH\nRUN echo $TARGETARCH\n';

let directory: string;
let outside: string;
beforeEach(() => {
  const place = mkdtempSync(join(tmpdir(), 'rightarch-fix-'));
  [directory, outside] = [join(place, 'repository'), join(place, 'outside')];
  for (const folder of [directory, outside, join(directory, 'a'), join(directory, 'b')]) mkdirSync(folder);
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

const write = (path: string, content: string | Buffer = WRONG) => writeFileSync(join(directory, path), content);
const read = (path: string) => readFileSync(join(directory, path), 'utf8');
const type = (...words: readonly string[]) => typeLine(directory, words);

test('of one file only that file is mended, and it keeps its mode', async () => {
  write('a/Dockerfile');
  write('b/Dockerfile');
  chmodSync(join(directory, 'a/Dockerfile'), 0o640);
  expect((await type('check', 'a/Dockerfile', '--fix')).status).toBe(0);
  expect([read('a/Dockerfile'), read('b/Dockerfile')]).toEqual([MENDED, WRONG]);
  expect(statSync(join(directory, 'a/Dockerfile')).mode & 0o777).toBe(0o640);
});

test('a link out of the repository leads to a file of somebody else', async () => {
  writeFileSync(join(outside, 'Dockerfile'), WRONG);
  symlinkSync(join(outside, 'Dockerfile'), join(directory, 'a/Dockerfile'));
  // Git lists links, a walk leaves them out.
  execFileSync('git', ['init', '-q'], { cwd: directory });
  expect((await type('check', '--fix')).status).toBe(1);
  expect(readFileSync(join(outside, 'Dockerfile'), 'utf8')).toBe(WRONG);
});

test('bytes that are no UTF-8 are kept, and so is the file', async () => {
  const bytes = Buffer.concat([Buffer.from('# caf\xe9\n', 'latin1'), Buffer.from(WRONG)]);
  write('a/Dockerfile', bytes);
  expect((await type('check', '--fix')).status).toBe(1);
  expect(readFileSync(join(directory, 'a/Dockerfile')).equals(bytes)).toBe(true);
});

test('--json --diff is one value with the patch, and changes nothing', async () => {
  write('a/Dockerfile');
  const { out, status } = await type('check', '--diff', '--json');
  expect(status).toBe(1);
  expect((JSON.parse(out) as { patch: string[] }).patch).toEqual([
    '--- a/a/Dockerfile\n+++ b/a/Dockerfile\n@@ -1,2 +1,3 @@\n FROM debian\n+ARG TARGETARCH\n RUN echo $TARGETARCH',
  ]);
  expect(read('a/Dockerfile')).toBe(WRONG);
});

test('--for takes a target of rightarch.yaml by its name', async () => {
  write('rightarch.yaml', 'images:\n  app: { context: a }\ntargets:\n  fn: { runtime: lambda, architecture: arm64 }\n');
  write('a/Dockerfile', 'FROM --platform=linux/amd64 node\n');
  expect((await type('check', '--for', 'fn')).out).toContain('error[dockerfile/platform-pinned]');
  expect((await type('check', '--for', 'cloud-run')).status).toBe(0);
  expect((await type('check', '--for', 'nobody')).status).toBe(2);
});
