import { expect, it } from 'vitest';
import { link, NODE, program, starting, text } from './test-start.ts';

const library = (directory: string) => text(`${directory}/encodings/__init__.py`);
const prove = starting([
  ...NODE,
  program('usr/bin/python3.11'),
  link('usr/bin/python3', 'python3.11'),
  program('usr/bin/python3.8'),
  text('usr/lib/python3.11/os.py'),
  library('usr/lib/python3.11'),
  text('app/a.py'),
]);
const env = (...Env: readonly string[]) => ({ Env: ['PATH=/usr/bin', ...Env] });
const start = ['python3', '-u', 'a.py'];
const prints = "ModuleNotFoundError: No module named 'encodings'";

it.each<readonly [string, readonly string[], looked: string, there: string]>([
  ['a home', ['PYTHONHOME=/opt/py'], '/opt/py/lib/python3.11/encodings', 'opt/py/lib64/python3.11'],
  ['a home with two prefixes', ['PYTHONHOME=/a:/b'], '/a/lib/python3.11/encodings', 'a/lib/python3.11'],
  ['a home below /app', ['PYTHONHOME=py'], '/app/py/lib/python3.11/encodings', 'app/py/lib/python3.11'],
  ['a directory of libraries', ['PYTHONPLATLIBDIR=lib64'], '/usr/lib64/python3.11/encodings', 'opt/lib64/python3.11'],
  ['both', ['PYTHONHOME=/a', 'PYTHONPLATLIBDIR=l'], '/a/l/python3.11/encodings', 'a/l/python3.11'],
])('Python with %s that has no library ends, and with one starts', async (_, lines, looked, there) => {
  const found = await prove([], start, env(...lines));
  expect(found).toMatchObject({ verdict: 'refuted', code: 'proof/program-missing', prints, looked: [looked] });
  expect((await prove([library(there)], start, env(...lines))).verdict).toBe('proven');
});

it.each<readonly [string, readonly string[], readonly string[], file: string]>([
  ['its own home', start, ['PYTHONHOME=/usr'], 'srv/x'],
  ['a home that it does not look at', ['python3', '-Es', 'a.py'], ['PYTHONHOME=/gone'], 'srv/x'],
  ['one that is isolated', ['python3', '-Ic', 'pass'], ['PYTHONHOME=/gone'], 'srv/x'],
  ['one that only tells its version', ['python3', '--version'], ['PYTHONHOME=/gone'], 'srv/x'],
  ['an archive for a library', start, ['PYTHONHOME=/opt'], 'opt/lib/python311.zip'],
  ['an archive on its path', start, ['PYTHONHOME=/gone', 'PYTHONPATH=/srv/a.zip'], 'srv/a.zip'],
  ['a library on its path', start, ['PYTHONHOME=/gone', 'PYTHONPATH=/srv'], 'srv/encodings/__init__.py'],
  ['a file that says where everything is', start, ['PYTHONHOME=/gone'], 'usr/bin/python3.11._pth'],
  ['no home', start, ['PYTHONHOME='], 'srv/x'],
  ['a directory of libraries that an old one does not know', ['python3.8', 'a.py'], ['PYTHONPLATLIBDIR=x'], 'srv/x'],
])('nothing is said of %s', async (_, argv, lines, file) => {
  expect((await prove([text(file)], argv, env(...lines))).code).not.toBe('proof/program-missing');
});
