import { describe, expect, test } from 'vitest';
import { dockerFlags, isOn } from './flags.ts';
import { formatGo } from './format.ts';
import { dockerWords, globalValue } from './words.ts';

describe('dockerWords', () => {
  test.each([
    ['build -t a .', 'build', '-t a .'],
    ['image build .', 'build', '.'],
    ['builder build .', 'build', '.'],
    ['buildx build --push .', 'build', '--push .'],
    ['buildx b .', 'build', '.'],
    ['buildx --builder x build .', 'build', '.'],
    ['--config /d push a:1', 'push', 'a:1'],
    ['--config=/d -D -H unix:///s image push a:1', 'push', 'a:1'],
    ['-Dl debug tag a b', 'tag', 'a b'],
    ['-Hunix:///s images -q', 'images', '-q'],
    ['image ls', 'images', ''],
    ['rmi -f a', 'rmi', '-f a'],
    ['image rm a b', 'rmi', 'a b'],
    ['image inspect a', 'image inspect', 'a'],
    ['inspect a', 'inspect', 'a'],
    ['login --username AWS --password-stdin r.io', 'login', '--username AWS --password-stdin r.io'],
  ])('%s is %s', (line, command, rest) => {
    const found = dockerWords(line.split(' '));
    expect([found.command, found.rest.join(' ')]).toEqual([command, rest]);
  });

  test.each([
    'run -it build',
    'ps',
    'image prune -a',
    'image',
    'buildx bake',
    'buildx',
    'compose build',
    '--version',
    '-v build .',
    '--help',
    'build --help',
    'push -h',
    '--config',
    'logout',
    'constructor',
    '',
  ])('%s is Docker alone', (line) => {
    expect(dockerWords(line.split(' ').filter(Boolean)).command).toBeUndefined();
  });

  test('the flags before a command, the last one counts', () => {
    const { globals } = dockerWords('--config a --config=b -c one -H=unix:///x -Hunix:///y push z'.split(' '));
    expect(globalValue(globals, 'config')).toBe('b');
    expect(globalValue(globals, 'context', 'c')).toBe('one');
    expect(globalValue(globals, 'host', 'H')).toBe('unix:///y');
    expect(globalValue(globals, 'log-level', 'l')).toBeUndefined();
  });
});

describe('dockerFlags', () => {
  const read = (line: string) => dockerFlags(line.split(' ').filter(Boolean), ['t,tag=', 'q,quiet', 'push', 'file=']);
  test.each([
    ['-t a -t=b -tc --tag d --tag=e .', { tag: ['a', 'b', 'c', 'd', 'e'] }, ['.']],
    ['. -qt a', { quiet: ['true'], tag: ['a'] }, ['.']],
    ['-qta .', { quiet: ['true'], tag: ['a'] }, ['.']],
    ['--push=false -q=false x', { push: ['false'], quiet: ['false'] }, ['x']],
    ['-- -t a', {}, ['-t', 'a']],
    ['-', {}, ['-']],
    ['--file= x', { file: [''] }, ['x']],
    ['--tag -q', { tag: ['-q'] }, []],
  ])('%s', (line, values, words) => {
    const found = read(line);
    expect([Object.fromEntries(found.values), found.words]).toEqual([values, words]);
    expect([found.unknown, found.missing]).toEqual([undefined, undefined]);
  });

  test.each([
    ['--nonsense=1 .', '--nonsense'],
    ['-qx .', '-x'],
    ['--ta a', '--ta'],
  ])('%s has a flag that is not known', (line, unknown) => expect(read(line).unknown).toBe(unknown));

  test('a flag without its value', () => expect(read('. --tag').missing).toBe('--tag'));
  test('switches as Go reads them', () => {
    expect(['--push', '--push=T', '--push=1'].every((line) => isOn(read(line), 'push'))).toBe(true);
    expect(['', '--push=0', '--push --push=false', '--push=yes'].some((line) => isOn(read(line), 'push'))).toBe(false);
  });
});

describe('formatGo', () => {
  const value = { Id: 'x', N: 1, L: ['a', 'b'], M: { k: 'v', a: { b: null } }, E: [] };
  test.each([
    ['{{.Id}}', 'x'],
    ['{{ .Id }}:{{.N}}', 'x:1'],
    ['{{json .M}}', '{"k":"v","a":{"b":null}}'],
    ['{{.L}} {{.M}}', '[a b] map[a:map[b:<no value>] k:v]'],
    ['{{index .L 1}}', 'b'],
    ['{{index .M "k"}}', 'v'],
    ['{{.M.a.b}}', '<no value>'],
    ['{{.Id}}\\t{{.N}}', 'x\t1'],
    ['plain', 'plain'],
  ])('%s', (template, text) => expect(formatGo(template, value)).toBe(text));

  // What docker ends with an error for, or what is more than we read: never a wrong text.
  test.each(['{{range .L}}{{.}}{{end}}', '{{if .N}}x{{end}}', '{{.Nope}}', '{{.Id | upper}}', '{{', '{{len .L}}'])(
    '%s is left to Docker',
    (template) => expect(formatGo(template, value)).toBeUndefined(),
  );
});
