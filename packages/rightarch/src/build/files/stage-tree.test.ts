import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileTree, type TreeNode } from '../../scan/tree.ts';
import { FileProblem } from '../stage-files.ts';
import { contentFrom } from './bytes.ts';
import { type HeldFacts, inodeFrom, inodeOf } from './inode.ts';
import { type LayerEntry, layerEntries, WhiteoutName } from './layer-diff.ts';
import { StageTree } from './stage-tree.ts';

const root = { uid: 0, gid: 0 };
const MTIME = 499_162_500;

function entry(path: string, more: Partial<HeldFacts> = {}): HeldFacts {
  const type = more.type ?? 'file';
  const mode = type === 'directory' ? 0o755 : type === 'symlink' ? 0o777 : 0o644;
  const inode = type === 'file' ? { inode: inodeFrom(contentFrom(path)) } : {};
  return { path, type, mode, uid: 0, gid: 0, uname: '', gname: '', size: 0, mtime: 7, link: '', ...inode, ...more };
}

function base(...entries: HeldFacts[]): FileTree {
  const tree = new FileTree();
  tree.apply(entries, 1, 'resolve');
  return tree;
}

function change(tree: FileTree, work: (files: StageTree) => void): LayerEntry[] {
  const before = tree.clone();
  work(new StageTree(tree, { mtime: MTIME }));
  return layerEntries(before.root, tree.root);
}

const shown = (entries: readonly LayerEntry[]) =>
  entries.map(({ entry: { path, type, link, mode } }) => {
    const arrow = link ? ` -> ${link}` : '';
    return `${type} ${path}${arrow} ${(mode ?? 0).toString(8)}`;
  });

const usrmerge = () =>
  base(
    entry('usr', { type: 'directory' }),
    entry('usr/bin', { type: 'directory' }),
    entry('usr/bin/sh'),
    entry('bin', { type: 'symlink', link: 'usr/bin' }),
    entry('tmp', { type: 'directory', mode: 0o1777 }),
    entry('root', { type: 'directory', mode: 0o700, uid: 5, xattrs: { 'user.x': 'y' } }),
  );

test('a path through a link of the base is written where the link leads', () => {
  const entries = change(usrmerge(), (files) => files.writeFile('/bin/tool', 'x', { ...root, mode: 0o755 }));
  expect(shown(entries)).toEqual(['directory usr 755', 'directory usr/bin 755', 'file usr/bin/tool 755']);
});

test('parents carry their own mode, owner and attributes', () => {
  const entries = change(usrmerge(), (files) => {
    files.writeFile('/tmp/x', '', { ...root, mode: 0o644 });
    files.writeFile('/root/y', '', { ...root, mode: 0o644 });
  });
  expect(shown(entries)).toEqual(['directory root 700', 'file root/y 644', 'directory tmp 1777', 'file tmp/x 644']);
  expect(entries[0]!.entry).toMatchObject({ uid: 5, xattrs: { 'user.x': 'y' }, mtime: 7 });
});

test('what disappears is a whiteout; what did not change is not there', () => {
  const entries = change(usrmerge(), (files) => files.remove('/bin/sh'));
  expect(shown(entries)).toEqual(['directory usr 755', 'directory usr/bin 755', 'file usr/bin/.wh.sh 0']);
  expect(change(usrmerge(), (files) => files.changeMode('/tmp', 0o1777))).toEqual([]);
});

test('the last part of a removed path is not followed', () => {
  expect(shown(change(usrmerge(), (files) => files.remove('/bin')))).toEqual(['file .wh.bin 0']);
});

test('a directory that was removed and made again hides each old name', () => {
  const tree = base(entry('d', { type: 'directory' }), entry('d/old'), entry('d/kept'));
  const entries = change(tree, (files) => {
    files.remove('/d');
    files.makeDirectory('/d', { ...root, mode: 0o755 });
    files.writeFile('/d/kept', 'new', { ...root, mode: 0o600 });
  });
  expect(shown(entries)).toEqual(['directory d 755', 'file d/kept 600', 'file d/.wh.old 0']);
});

test('two names of one file are a file and a link, and change together', () => {
  const tree = base(entry('a'));
  const entries = change(tree, (files) => {
    files.makeHardLink('/b', '/a');
    files.changeMode('/b', 0o755);
  });
  expect(shown(entries)).toEqual(['file a 755', 'hardlink b -> a 755']);
});

test('opening a file for writing follows links and keeps mode and owner', async () => {
  const tree = base(entry('a', { mode: 0o640, uid: 3 }), entry('l', { type: 'symlink', link: '/a' }));
  const files = new StageTree(tree, { mtime: MTIME });
  files.writeFile('/l', 'new', { ...root, mode: 0o644 });
  expect(tree.resolve('/a')).toMatchObject({ node: { entry: { mode: 0o640, uid: 3, type: 'file' } } });
  expect(Buffer.from(await files.readFile('/l')).toString()).toBe('new');
  files.writeFile('/l', 'own', { ...root, mode: 0o600, replace: true });
  expect(tree.resolve('/l', { followLast: false })).toMatchObject({ node: { entry: { type: 'file', mode: 0o600 } } });
});

test.each<[string, (files: StageTree) => void, string]>([
  ['a parent that is not there', (f) => f.writeFile('/no/x', '', { ...root, mode: 0o644 }), 'ENOENT'],
  ['a parent that is a file', (f) => f.writeFile('/usr/bin/sh/x', '', { ...root, mode: 0o644 }), 'ENOTDIR'],
  ['writing a directory', (f) => f.writeFile('/tmp', '', { ...root, mode: 0o644 }), 'EISDIR'],
  ['a directory that is there', (f) => f.makeDirectory('/tmp', { ...root, mode: 0o755 }), 'EEXIST'],
  ['a link over a name', (f) => f.makeLink('/bin', 'x', root), 'EEXIST'],
  ['removing nothing', (f) => f.remove('/no'), 'ENOENT'],
  ['renaming into itself', (f) => f.rename('/usr', '/usr/bin/usr'), 'EINVAL'],
  ['a directory over a full one', (f) => f.rename('/tmp', '/usr'), 'ENOTEMPTY'],
  ['a hard link to a directory', (f) => f.makeHardLink('/x', '/tmp'), 'EINVAL'],
])('%s is what the kernel says', (_name, work, errno) => {
  const files = new StageTree(usrmerge(), { mtime: MTIME });
  expect(() => work(files)).toThrow(FileProblem);
  try {
    work(files);
  } catch (problem) {
    expect((problem as FileProblem).errno).toBe(errno);
  }
});

test('a name that would be read as a deletion is refused', () => {
  expect(() => change(usrmerge(), (f) => f.writeFile('/.wh.sh', '', { ...root, mode: 0o644 }))).toThrow(WhiteoutName);
});

test('a clone is not changed by what happens to the other', () => {
  const tree = usrmerge();
  const copy = tree.clone();
  new StageTree(copy, { mtime: MTIME }).remove('/usr');
  expect(tree.resolve('/usr/bin/sh').found).toBe(true);
  expect(copy.resolve('/usr').found).toBe(false);
});

// What a runtime sees after the layer is what the stage saw, whatever was done.
const names = fc.constantFrom('a', 'b', 'c', 'd');
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const action = fc.oneof(
  fc.record({ do: fc.constant('write' as const), path: paths, text: fc.string({ maxLength: 4 }) }),
  fc.record({ do: fc.constant('mkdir' as const), path: paths }),
  fc.record({ do: fc.constant('remove' as const), path: paths }),
  fc.record({ do: fc.constant('link' as const), path: paths, to: paths }),
  fc.record({ do: fc.constant('hard' as const), path: paths, to: paths }),
  fc.record({ do: fc.constant('rename' as const), path: paths, to: paths }),
  fc.record({ do: fc.constant('mode' as const), path: paths, mode: fc.integer({ min: 0, max: 0o7777 }) }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

function perform(files: StageTree, one: Action): void {
  try {
    if (one.do === 'write') files.writeFile(one.path, one.text, { ...root, mode: 0o644 });
    else if (one.do === 'mkdir') files.makeDirectory(one.path, { ...root, mode: 0o755, parents: true });
    else if (one.do === 'remove') files.remove(one.path);
    else if (one.do === 'link') files.makeLink(one.path, one.to, root);
    else if (one.do === 'hard') files.makeHardLink(one.path, one.to);
    else if (one.do === 'rename') files.rename(one.path, one.to);
    else files.changeMode(one.path, one.mode);
  } catch (problem) {
    if (!(problem instanceof FileProblem)) throw problem;
  }
}

async function listing(tree: FileTree): Promise<string[]> {
  const out: string[] = [];
  const line = async (path: string, { entry: one }: TreeNode) => {
    const content = await inodeOf(one)?.content();
    out.push([path, one.type, one.mode.toString(8), one.uid, one.link, content?.digest ?? ''].join(' '));
  };
  for (const [path, node] of tree.walk()) await line(path, node);
  return out;
}

test('a layer over the old tree is the new tree, by both ways of unpacking', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 12 }), fc.array(action, { maxLength: 12 }), async (old, now) => {
      const tree = new FileTree();
      for (const one of old) perform(new StageTree(tree, { mtime: MTIME }), one);
      const before = tree.clone();
      const files = new StageTree(tree, { mtime: MTIME });
      for (const one of now) perform(files, one);
      const entries = layerEntries(before.root, tree.root).map(
        ({ entry: one, inode }) =>
          ({ ...entry(one.path, { type: 'directory' }), ...one, ...(inode ? { inode } : {}) }) as HeldFacts,
      );
      for (const rule of ['overlay', 'resolve'] as const) {
        const unpacked = before.clone();
        unpacked.apply(entries, 2, rule);
        expect(await listing(unpacked)).toEqual(await listing(tree));
      }
    }),
    { numRuns: 300 },
  );
});
