import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { typeLine } from './support/command-line.ts';

const PINNED = 'FROM --platform=linux/amd64 debian\n';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-baseline-'));
  mkdirSync(join(directory, 'api'));
  write('api/Dockerfile', PINNED);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (path: string, text: string) => writeFileSync(join(directory, path), text);
const read = (path: string) => readFileSync(join(directory, path), 'utf8');
const type = (...words: readonly string[]) => typeLine(directory, words);

test('what was there at the start is not told again, and what is new is', async () => {
  const download = 'RUN curl -fLO https://example.com/tool-linux-amd64\n';
  write('api/Dockerfile', `FROM debian\n${download}`);
  expect((await type('check')).status).toBe(1);
  expect((await type('check', '--write-baseline', 'known.json')).status).toBe(0);
  expect((await type('check', '--baseline', 'known.json')).status).toBe(0);
  // Lines come above it, and further down is the same mistake in the same words.
  write('api/Dockerfile', `# a comment\n\nFROM debian\n${download}RUN true\n${download}`);
  const { status, out } = await type('check', '--baseline', 'known.json');
  expect(status).toBe(1);
  expect(out.match(/\[dockerfile\/architecture-hard-coded\]/g)).toHaveLength(1);
  expect(out).toContain('1 silenced');
});

test('an entry that nothing answers to any more is said, and written away', async () => {
  await type('check', '--write-baseline', 'known.json');
  write('api/Dockerfile', 'FROM debian\n');
  expect((await type('check', '--baseline', 'known.json')).out).toContain('1 of the baseline is mended');
  await type('check', '--write-baseline', 'known.json');
  expect(JSON.parse(read('known.json'))).toEqual({ version: 1, findings: [] });
  expect((await type('check', '--baseline', 'known.json')).out).not.toContain('mended');
});

test('files are named from the folder of the baseline, whatever part is checked', async () => {
  // The same words in another file of the same name, which is new.
  await type('check', '--write-baseline', 'known.json');
  expect(read('known.json')).toContain('"file": "api/Dockerfile"');
  mkdirSync(join(directory, 'web'));
  write('web/Dockerfile', PINNED);
  write('Dockerfile', PINNED);
  const statuses = async (...parts: readonly string[]) => {
    const found: number[] = [];
    for (const part of parts) found.push((await type('check', part, '--baseline', 'known.json')).status);
    return found;
  };
  expect(await statuses('api', 'api/Dockerfile', 'web', 'Dockerfile', '.')).toEqual([0, 0, 1, 1, 1]);
  await type('check', '--write-baseline', 'known.json');
  expect(await statuses('api', 'web', '.')).toEqual([0, 0, 0]);
  // What lies elsewhere is not mended by not being looked at.
  expect((await type('check', 'api', '--baseline', 'known.json')).out).not.toContain('mended');
  mkdirSync(join(directory, '.ci'));
  await type('check', 'api', '--write-baseline', '.ci/known.json');
  expect(read('.ci/known.json')).toContain('"file": "../api/Dockerfile"');
  expect((await type('check', 'api', '--baseline', '.ci/known.json')).status).toBe(0);
});

test('of one file, nothing is said about the others', async () => {
  write('Dockerfile', PINNED);
  await type('check', '--write-baseline', 'known.json');
  const { status, out } = await type('check', 'Dockerfile', '--baseline', 'known.json');
  expect([status, out.includes('mended')]).toEqual([0, false]);
});

test.each(['{', '[]', '{"version":2,"findings":[]}', '{"version":1,"findings":[{"code":"a"}]}', 'FROM debian'])(
  'what is no baseline is neither read nor written over: %s',
  async (text) => {
    write('known.json', text);
    expect((await type('check', '--baseline', 'known.json')).status).toBe(2);
    expect((await type('check', '--write-baseline', 'known.json')).status).toBe(2);
    expect(read('known.json')).toBe(text);
  },
);

test('a comment is good until its last day', async () => {
  const says = (until: string) => `# rightarch-ignore dockerfile/platform-pinned until ${until}: moves\n${PINNED}`;
  write('api/Dockerfile', says('2999-12-31'));
  expect((await type('check')).status).toBe(0);
  write('api/Dockerfile', says('2001-12-31'));
  expect((await type('check')).status).toBe(1);
});
