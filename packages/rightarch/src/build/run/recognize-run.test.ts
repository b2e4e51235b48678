import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recognizeRun } from './recognize-run.ts';
import { shellRun } from './test-image.ts';
import { toolsNotYet } from './tools.ts';

const shell = ['/bin/sh', '-c'];
const docker = 'docker buildx build -f app.Dockerfile .';

test.each([
  ['mkdir -p /app && chown node:node /app', 'simulate'],
  ['npm ci --omit=dev && npm cache clean --force', 'install'],
  ['set -eux; if [ -f x ]; then npm install; fi', 'install'],
  ['apt-get update', 'run/command-unknown'],
  ['npm run build', 'run/command-unknown'],
  ['pnpm install', 'run/tool-not-yet'],
  ['pip install -r requirements.txt', 'run/tool-not-yet'],
  ['curl -f https://x | sh', 'run/syntax'],
  ['while :; do true; done', 'run/syntax'],
  ['echo $(apt-get --version)', 'run/command-unknown'],
  ['echo "', 'run/syntax'],
])('%s', (text, expected) => {
  const found = recognizeRun(shellRun(text), { shell, docker });
  expect('how' in found ? found.how : found.refused.code).toBe(expected);
});

test('exec form and other shells', () => {
  const at = shellRun('').at;
  expect(recognizeRun({ form: 'json', argv: ['npm', 'ci'], at }, { shell, docker })).toEqual({ how: 'install' });
  expect(recognizeRun({ form: 'json', argv: ['/bin/bash', '-c', 'mkdir /a'], at }, { shell, docker })).toEqual({
    how: 'simulate',
  });
  expect(recognizeRun(shellRun('dir'), { shell: ['powershell', '-Command'], docker })).toMatchObject({
    refused: { code: 'run/shell-unknown' },
  });
});

test('a refusal names the line of the command in the Dockerfile, and the line that builds it with Docker', () => {
  const found = recognizeRun(shellRun('mkdir /a &&\n  apt-get update'), { shell, docker });
  expect(found).toMatchObject({
    refused: { code: 'run/command-unknown', at: { start: { line: 8 } }, args: { docker } },
  });
});

test.each([
  'corepack enable',
  'corepack prepare pnpm@9 --activate',
  'uv sync --frozen',
  'uv pip install .',
  'bun install --frozen-lockfile',
  'bunx tsc',
  'pnpm install --frozen-lockfile',
  'yarn --immutable',
  'pip3 install --no-cache-dir flask',
  'poetry install',
  'go build -o /app .',
  '/usr/local/bin/uv sync',
])('%s is refused by the name of its tool', (text) => {
  const name = text.split(' ')[0]!.split('/').at(-1);
  expect(recognizeRun(shellRun(text), { shell, docker })).toMatchObject({
    refused: { code: 'run/tool-not-yet', args: { tool: name } },
  });
});

test('the table of tools in the documentation has every one of them', () => {
  const page = readFileSync(new URL('../../../../../docs/embedded-engine.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  for (const tool of toolsNotYet)
    expect(
      rows.find((row) => row.includes(`\`${tool}\``)),
      tool,
    ).toMatch(/\| refused \|/);
});
