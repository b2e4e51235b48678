import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { typeLine } from './support/command-line.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-report-'));
  writeFileSync(join(directory, 'Dockerfile'), 'FROM --platform=linux/amd64 debian\n');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const type = (...words: readonly string[]) => typeLine(directory, words);
const report = (): unknown => JSON.parse(readFileSync(join(directory, 'r.json'), 'utf8'));

test('--report has what --json prints, and people read their text', async () => {
  const { status, out } = await type('check', '--report', 'r.json');
  expect(status).toBe(1);
  expect(out).toContain('warning[dockerfile/platform-pinned]');
  expect(report()).toEqual(JSON.parse((await type('check', '--json')).out));
});

test('a command that could not be carried out says so there too', async () => {
  expect((await type('verify', 'oci:nowhere', '--report', 'r.json')).status).toBe(2);
  expect(report()).toMatchObject({ diagnostics: [{ severity: 'error' }] });
});

test('one that cannot be written is a status of its own, and stdout keeps its one JSON', async () => {
  const { status, out, err } = await type('check', '--json', '--report', 'Dockerfile/r.json');
  expect([status === 0, JSON.parse(out).diagnostics.length]).toEqual([false, 1]);
  expect(err).not.toBe('');
});

test('--diff prints the patch alone, and the file has all of it', async () => {
  writeFileSync(join(directory, 'Dockerfile'), 'FROM --platform=linux/amd64 debian\nRUN true\n');
  const { status, out } = await type('check', '--diff', '--report', 'r.json', '--sarif', 's.json');
  expect([status, out.includes('platform-pinned]')]).toEqual([1, false]);
  expect(report()).toMatchObject({ patch: [out.trimEnd()].filter((one) => one !== '') });
  expect(JSON.parse(readFileSync(join(directory, 's.json'), 'utf8'))).toMatchObject({ version: '2.1.0' });
});
