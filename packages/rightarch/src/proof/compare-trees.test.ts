import { expect, test } from 'vitest';
import { scanImage } from '../scan/index.ts';
import { elfBytes, type TestFile, type TestLayer, testImage } from '../testing/index.ts';
import { packagesKeep } from './compare-packages.ts';
import { type ComparedSide, compareTrees } from './compare-trees.ts';

async function side(platform: string, layers: readonly (readonly TestFile[] | TestLayer)[]): Promise<ComparedSide> {
  const made = layers.map((layer) => ('files' in layer ? layer : { files: layer as readonly TestFile[] }));
  const tree = await testImage({ platform, layers: made }).tree();
  const [image] = tree.images;
  const facts = await scanImage(tree, image!, { keep: packagesKeep });
  return { image: image!, platform: image!.declared!, layers: facts };
}
const amd64 = (path: string): TestFile => ({ path, content: elfBytes({ machine: 'amd64', type: 3 }) });
const arm64 = (path: string): TestFile => ({ path, content: elfBytes({ machine: 'arm64', type: 3 }) });
const compare = async (left: readonly (readonly TestFile[])[], right: readonly (readonly TestFile[])[]) =>
  compareTrees(await side('linux/amd64', left), await side('linux/arm64', right));

test('machine code of one CPU on both sides is told with its layers', async () => {
  const found = await compare([[amd64('bin/sh')], [amd64('app/x.node')]], [[arm64('bin/sh')], [amd64('app/x.node')]]);
  expect(found.sameCode).toEqual([
    {
      path: '/app/x.node',
      found: 'x86-64 (e_machine 62)',
      leftLayer: 2,
      rightLayer: 2,
      sameLayer: true,
      wrongOn: 'right',
    },
  ]);
  expect([found.kinds, found.sizes, found.onlyLeft, found.onlyRight]).toEqual([[], [], [], []]);
});

test('another layer with the same kind of code is not called the same bytes', async () => {
  const found = await compare([[amd64('x'), { path: 'a' }]], [[amd64('x')]]);
  expect(found.sameCode).toMatchObject([{ sameLayer: false, wrongOn: 'right' }]);
});

test('objects and core dumps are never executed', async () => {
  const object: TestFile = { path: 'x.o', content: elfBytes({ machine: 'amd64', type: 1 }) };
  expect((await compare([[object]], [[object]])).sameCode).toEqual([]);
});

test('what is on one side stands for everything below it; names of the CPU have their counterpart', async () => {
  const found = await compare(
    [
      [
        amd64('usr/lib/x86_64-linux-gnu/libc.so.6'),
        { path: 'opt/a/b', content: 'bb' },
        { path: 'opt/a/c', content: 'c' },
      ],
    ],
    [[arm64('usr/lib/aarch64-linux-gnu/libc.so.6'), { path: 'etc/only', content: 'x' }]],
  );
  expect(found.onlyLeft).toEqual([{ path: '/opt/', files: 2, bytes: 3, layer: 1 }]);
  expect(found.onlyRight).toEqual([{ path: '/etc/', files: 1, bytes: 1, layer: 1 }]);
  expect(found.namedTwins).toBe(1);
});

test('kinds, links and sizes', async () => {
  const found = await compare(
    [
      [
        amd64('a'),
        { path: 'l', type: 'symlink', link: 'a' },
        { path: 's', content: 'one' },
        { path: 't', content: 'x' },
      ],
    ],
    [
      [
        { path: 'a/' },
        { path: 'l', type: 'symlink', link: 'b' },
        { path: 's', content: 'three' },
        { path: 't', content: 'y' },
      ],
    ],
  );
  expect(found.kinds).toEqual([
    { path: '/a', left: 'x86-64 (e_machine 62)', right: 'directory' },
    { path: '/l', left: 'symlink -> a', right: 'symlink -> b' },
  ]);
  expect(found.sizes).toEqual([{ path: '/s', left: 3, right: 5 }]);
});

test('a program that is for neither CPU on one side is another kind of thing', async () => {
  const riscv: TestFile = { path: 'x', content: elfBytes({ machine: 'riscv64', type: 3 }) };
  expect((await compare([[amd64('x')]], [[riscv]])).kinds).toMatchObject([
    { path: '/x', left: 'x86-64 (e_machine 62)' },
  ]);
});

test('versions of dpkg, apk, npm and Python packages', async () => {
  const dpkg = (version: string, status = 'install ok installed'): TestFile => ({
    path: 'var/lib/dpkg/status',
    content: `Package: tini\nStatus: ${status}\nVersion: ${version}\n\nPackage: same\nStatus: install ok installed\nVersion: 1\n`,
  });
  const rest = (n: string): TestFile[] => [
    { path: 'lib/apk/db/installed', content: `P:musl\nV:${n}\n\n` },
    { path: 'app/node_modules/@img/sharp/package.json', content: `{"version":"${n}"}` },
    { path: `usr/lib/python3/site-packages/Greenlet_X-${n}.dist-info/METADATA`, content: '' },
    { path: 'app/node_modules/broken/package.json', content: n === '1' ? '{' : '[]' },
  ];
  const { packages } = await compare(
    [[dpkg('1'), ...rest('1')]],
    [[dpkg('2', 'deinstall ok config-files'), ...rest('2')]],
  );
  expect(packages).toEqual([
    { kind: 'apk', name: 'musl', left: '1', right: '2' },
    { kind: 'dpkg', name: 'tini', left: '1', right: undefined },
    { kind: 'npm', name: '@img/sharp', left: '1', right: '2' },
    { kind: 'python', name: 'greenlet-x', left: '1', right: '2' },
  ]);
});
