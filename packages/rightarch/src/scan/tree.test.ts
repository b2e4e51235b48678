import { describe, expect, it } from 'vitest';
import { FileTree, type UnpackRule } from './tree.ts';
import type { FileFacts } from './types.ts';

/** `a/` a directory, `a -> b` a link, `a = b` a hard link, anything else a file. */
function entry(text: string): FileFacts {
  const common = { mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', size: 0, mtime: 0, link: '' };
  const [path = '', target] = text.split(/ (?:->|=) /);
  if (text.includes(' -> ')) return { ...common, path, type: 'symlink', link: target ?? '' };
  if (text.includes(' = ')) return { ...common, path, type: 'hardlink', link: target ?? '' };
  if (path.endsWith('/')) return { ...common, path: path.slice(0, -1), type: 'directory', mode: 0o700 };
  return { ...common, path, type: 'file' };
}

function build(rule: UnpackRule, layers: readonly (readonly string[])[]): FileTree {
  const tree = new FileTree();
  for (const [i, layer] of layers.entries()) tree.apply(layer.map(entry), i + 1, rule);
  return tree;
}

const show = (tree: FileTree) =>
  [...tree.walk()].map(
    ([
      path,
      {
        entry: { type, link },
        layer,
      },
    ]) => (type === 'directory' ? `${path}/` : type === 'symlink' ? `${path} -> ${link}` : `${path} @${layer}`),
  );

describe('layers over each other, alike for every unpacker', () => {
  it.each<readonly [string, readonly (readonly string[])[], readonly string[]]>([
    ['a file over a file', [['a'], ['a']], ['/a @2']],
    ['a whiteout', [['d/a', 'd/b'], ['d/.wh.a']], ['/d/', '/d/b @1']],
    ['a whiteout of a directory', [['d/', 'd/a'], ['.wh.d']], []],
    [
      'a whiteout never hides what its own layer brings, before or behind it',
      [
        ['a', 'b'],
        ['a', '.wh.a', '.wh.b', 'b'],
      ],
      ['/a @2', '/b @2'],
    ],
    ['an opaque directory', [['d/a'], ['d/', 'd/.wh..wh..opq', 'd/b']], ['/d/', '/d/b @2']],
    ['an opaque marker behind its siblings', [['d/a'], ['d/', 'd/b', 'd/.wh..wh..opq']], ['/d/', '/d/b @2']],
    ['a whiteout of what is not there', [['a'], ['.wh.b', 'x/.wh.y']], ['/a @1']],
    ['a directory replaced by a file and back', [['d/', 'd/a'], ['d'], ['d/', 'd/b']], ['/d/', '/d/b @3']],
    [
      'a link replaced by a directory',
      [
        ['x/', 'x/a', 'l -> x'],
        ['l/', 'l/b'],
      ],
      ['/l/', '/l/b @2', '/x/', '/x/a @1'],
    ],
    ['a directory replaced by a link', [['x/', 'd/', 'd/a'], ['d -> x']], ['/d -> x', '/x/']],
    ['a hard link outlives its first name', [['a', 'b = a'], ['.wh.a']], ['/b @1']],
    [
      'a hard link through a linked directory',
      [['usr/lib/a', 'lib -> usr/lib', 'b = lib/a']],
      ['/b @1', '/lib -> usr/lib', '/usr/', '/usr/lib/', '/usr/lib/a @1'],
    ],
    ['dots inside a path', [['a/./b', 'a/../c']], ['/a/', '/a/b @1', '/c @1']],
  ])('%s', (_, layers, expected) => {
    for (const rule of ['overlay', 'resolve'] as const) {
      const tree = build(rule, layers);
      expect(show(tree).filter((line) => line !== '/x/' || expected.includes('/x/'))).toEqual(expected);
      expect(tree.problems).toEqual([]);
      expect(tree.linkHidden).toBeUndefined();
    }
  });
});

describe('what unpackers do not do alike', () => {
  const layers = [['usr/bin/sh', 'bin -> usr/bin'], ['bin/tool']];
  it('overlay hides the link and says so', () => {
    const tree = build('overlay', layers);
    expect(show(tree)).toEqual(['/bin/', '/bin/tool @2', '/usr/', '/usr/bin/', '/usr/bin/sh @1']);
    expect(tree.linkHidden).toBe('/bin');
  });
  it('others go through it', () => {
    expect(show(build('resolve', layers))).toEqual([
      '/bin -> usr/bin',
      '/usr/',
      '/usr/bin/',
      '/usr/bin/sh @1',
      '/usr/bin/tool @2',
    ]);
  });
  it('a whiteout through a link hides the link in an overlay', () => {
    const through = [['usr/bin/sh', 'bin -> usr/bin'], ['bin/.wh.sh']];
    expect(build('overlay', through).linkHidden).toBe('/bin');
    expect(show(build('resolve', through))).toEqual(['/bin -> usr/bin', '/usr/', '/usr/bin/']);
  });
});

describe('a hard link to a file of a lower layer', () => {
  const layers = [['a'], ['b = a']];
  it('is no file for who unpacks into a bare directory', () => {
    expect(build('overlay', layers).problems).toEqual([{ kind: 'hard-link-below', path: 'b', layer: 2 }]);
  });
  it('keeps the layer of its bytes for others', () => {
    const tree = build('resolve', layers);
    expect(show(tree)).toEqual(['/a @1', '/b @1']);
    expect(tree.problems).toEqual([]);
  });
});

it('bears names of every depth that Linux takes', () => {
  const deep = Array.from({ length: 2_000 }, () => 'd').join('/');
  for (const rule of ['overlay', 'resolve'] as const) {
    const tree = build(rule, [[`${deep}/a`], [`${deep}/b`], [`${deep}/.wh.a`]]);
    expect(tree.resolve(`/${deep}/b`).found).toBe(true);
    expect(tree.clone().resolve(`/${deep}/a`).found).toBe(false);
  }
});

describe('entries that cannot be placed', () => {
  it.each<readonly [string, readonly (readonly string[])[], string]>([
    ['a path that leads out', [['../a']], 'outside'],
    ['a hard link to nothing', [['a = b']], 'dangling-hard-link'],
    ['a path beyond PATH_MAX', [[`${'d/'.repeat(5_000)}a`]], 'name-too-long'],
    ['a name beyond NAME_MAX', [['a'.repeat(256)]], 'name-too-long'],
    ['one beyond it in bytes', [['한'.repeat(86)]], 'name-too-long'],
    ['a file as a parent', [['a', 'a/b']], 'through-file'],
    ['a loop as a parent', [['a -> b', 'b -> a', 'a/x']], 'through-loop'],
  ])('%s', (_, layers, kind) => {
    for (const rule of ['overlay', 'resolve'] as const) {
      expect(build(rule, layers).problems.map((problem) => problem.kind)).toEqual([kind]);
    }
  });

  it('a link to a directory that is not there yet makes it', () => {
    const tree = build('resolve', [['l -> /new/dir', 'l/a']]);
    expect(show(tree)).toEqual(['/l -> /new/dir', '/new/', '/new/dir/', '/new/dir/a @1']);
  });

  it('an implied parent keeps the mode of the directory below', () => {
    for (const rule of ['overlay', 'resolve'] as const) {
      const found = build(rule, [['tmp/'], ['tmp/x']]).resolve('/tmp');
      expect(found.found && found.node.entry.mode).toBe(0o700);
    }
  });
});

describe('paths as the kernel follows them', () => {
  const tree = build('overlay', [
    ['d/e/f', 'l -> d/e', 'abs -> /d', 'loop -> loop', 'up -> ../../d', 'empty -> ', 'g -> d/e/f'],
  ]);
  it.each([
    ['/l/f', '/d/e/f'],
    ['l/../f', 'missing'],
    ['/l/../e/f', '/d/e/f'],
    ['/abs/e', '/d/e'],
    ['/up/e', '/d/e'],
    ['/../../d', '/d'],
    ['/g', '/d/e/f'],
    ['/loop', 'loop'],
    ['/empty', 'missing'],
    ['/g/x', 'not-a-directory'],
    ['/no/x', 'missing'],
  ])('%s is %s', (path, expected) => {
    const found = tree.resolve(path);
    expect(found.found ? found.path : found.problem).toBe(expected);
  });
  it('names the directories that were searched', () => {
    const found = tree.resolve('/l/f');
    expect(found.found && found.searched.map((node) => node.entry.path)).toEqual(['', '', 'd', 'd/e']);
  });
  it('lstat does not follow the last link', () => {
    expect(tree.resolve('/g', { followLast: false })).toMatchObject({ found: true, path: '/g' });
  });
  it('40 links are followed, 41 are not', () => {
    const chain = (n: number) =>
      build('overlay', [['f', ...Array.from({ length: n }, (_, i) => `l${i} -> ${i === 0 ? 'f' : `l${i - 1}`}`)]]);
    expect(chain(40).resolve('/l39').found).toBe(true);
    expect(chain(41).resolve('/l40').found).toBe(false);
  });
});
