import { expect, test } from 'vitest';
import { recognizeRun } from './recognize-run.ts';
import { shellRun } from './test-image.ts';

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
