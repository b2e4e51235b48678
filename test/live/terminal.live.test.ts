import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// What a person sees in a real terminal: `script` gives the process one.

const BIN = join(import.meta.dirname, '..', '..', 'packages', 'rightarch', 'bin', 'rightarch.js');
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-terminal-'));
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a command line in a terminal and types each key when the text before it has appeared. */
function type(
  command: string,
  keys: readonly (readonly [after: string, key: string])[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly screen: string }> {
  return new Promise((resolve) => {
    const terminal = spawn('script', ['-qefc', `${process.execPath} ${BIN} ${command}`, '/dev/null'], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, LANG: 'en_US.UTF-8', TERM: 'xterm', ...env },
    });
    const left = [...keys];
    let screen = '';
    let seen = 0;
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      const [next] = left;
      const at = next === undefined ? -1 : screen.indexOf(next[0], seen);
      if (next === undefined || at < 0) return;
      seen = at + next[0].length;
      left.shift();
      terminal.stdin.write(next[1]);
    });
    terminal.once('exit', (status) => resolve({ status, screen }));
  });
}

describe('init in a terminal', () => {
  it('asks, and takes what is typed', async () => {
    const { status, screen } = await type('init', [
      ['Where does it run?', 'lambda\r'],
      ['Where is it published?', 'ghcr.io/team/app\r'],
      ['Which tags?', '\r'],
    ]);
    expect(status, screen).toBe(0);
    expect(readFileSync(join(directory, 'rightarch.yaml'), 'utf8')).toContain('runtime: lambda');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s at a question ends it as interrupted, and writes nothing', async (_name, key) => {
    const { status, screen } = await type('init', [['Where does it run?', key]]);
    expect(status, screen).toBe(3);
    expect(screen).toContain('error[cli/interrupted]');
    expect(existsSync(join(directory, 'rightarch.yaml'))).toBe(false);
  });

  it.each(['ja', 'ko'])('asks in the language of the locale: %s', async (language) => {
    const env = { LANG: `${language}_${language === 'ja' ? 'JP' : 'KR'}.UTF-8` };
    const { status, screen } = await type(
      'init',
      [
        ['?', '\r'],
        ['?', '\r'],
      ],
      env,
    );
    expect(status, screen).toBe(0);
    expect(readFileSync(join(directory, 'rightarch.yaml'), 'utf8')).toContain(`language: ${language}`);
  });
});

describe('colors and progress', () => {
  it.each([
    ['a terminal', {}, true],
    ['NO_COLOR', { NO_COLOR: '1' }, false],
    ['TERM=dumb', { TERM: 'dumb' }, false],
  ])('%s', async (_what, env, colored) => {
    const { status, screen } = await type('verify oci:nowhere', [], env);
    expect(status, screen).toBe(2);
    expect(/\u001b\[\d+m/.test(screen), screen).toBe(colored);
    if ('TERM' in env) expect(screen).not.toContain('\u001b');
  });

  it('nothing moves in a pipe', async () => {
    const run = promisify(execFile)(process.execPath, [BIN, 'plan'], { cwd: directory, encoding: 'utf8' });
    const { stdout, stderr } = await run;
    expect(stdout + stderr).not.toContain('\u001b');
  });
});
