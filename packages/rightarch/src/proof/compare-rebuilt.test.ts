import { expect, test } from 'vitest';
import { contentDigests, scanImage } from '../scan/index.ts';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { packagesKeep } from './compare-packages.ts';
import { type BuiltSide, compareRebuilt } from './compare-rebuilt.ts';

async function side(files: readonly TestFile[]): Promise<BuiltSide> {
  const tree = await testImage({ platform: 'linux/arm64', layers: [{ files }] }).tree();
  const [image] = tree.images;
  const layers = await scanImage(tree, image!, { keep: packagesKeep });
  const contents = await Promise.all(image!.layers.map((layer) => contentDigests(tree.source, layer)));
  return { image: image!, platform: image!.declared!, layers, contents };
}

async function compare(original: readonly TestFile[], rewritten: readonly TestFile[]) {
  const { differences, permitted } = compareRebuilt(await side(original), await side(rewritten));
  return {
    differs: differences.map(({ what, path }) => `${what} ${path}`),
    permitted: permitted.map(({ why, files }) => `${why} ${files}`),
  };
}

const file = (path: string, content = 'x'): TestFile => ({ path, content });
const APP = file('app/a');

test('what package managers and Python keep for their next run may be missing, with the directories that held nothing else', async () => {
  const found = await compare(
    [
      APP,
      ...[
        'root/.npm/_cacache/x',
        'root/.cache/pip/y',
        'home/node/.local/share/pnpm/store/v10/z',
        'pnpm/store/v10/f',
      ].map((path) => file(path)),
      file('tmp/uv-1c83b73deef05048.lock'),
      file('usr/local/lib/python3.12/__pycache__/ast.cpython-312.pyc'),
      file('root/.npm/_logs/today.log'),
      file('app/.yarn/install-state.gz'),
    ],
    [APP],
  );
  expect(found.differs).toEqual([]);
  expect(found.permitted.map((one) => one.split(' ')[0]).sort()).toEqual(['bytecode', 'cache', 'log']);
});

test.each([
  'root/.cache/puppeteer/chrome',
  'root/.cache/ms-playwright/chromium',
  'root/.cache/node/corepack/v1/pnpm/10.24.0/bin/pnpm.cjs',
  'root/.npm/_npx/x/node_modules/y/package.json',
  'root/.local/share/pnpm/.tools/pnpm/10.24.0/bin/pnpm.cjs',
  'root/.cache/pypoetry/virtualenvs/app/bin/python',
])('%s is no cache: something starts it', async (path) => {
  const { differs } = await compare([APP, file(path)], [APP]);
  expect(differs).toContain(`missing /${path}`);
});

test('the cache that Plug’n’Play runs packages from is none', async () => {
  const packages = file('root/.yarn/berry/cache/a.zip');
  expect((await compare([APP, packages], [APP])).differs).toEqual([]);
  const plugged = file('app/.pnp.cjs');
  expect((await compare([plugged, packages], [plugged])).differs).toContain('missing /root/.yarn/berry/cache/a.zip');
});

test('notes of an install may say another time, and may not be missing', async () => {
  const notes = (content: string) => [APP, file('app/node_modules/.modules.yaml', content)];
  expect(await compare(notes('one'), notes('two'))).toEqual({ differs: [], permitted: ['cache 1'] });
  expect((await compare(notes('one'), [APP])).differs).toContain('missing /app/node_modules/.modules.yaml');
});

test('content, modes, CPUs and what was not there before', async () => {
  const program = (machine: 'amd64' | 'arm64'): TestFile => ({
    path: 'app/p',
    content: elfBytes({ machine, type: 3 }),
  });
  const found = await compare(
    [file('app/a', 'one'), { path: 'app/b', mode: 0o755 }, program('arm64')],
    [file('app/a', 'two'), { path: 'app/b', mode: 0o644 }, program('amd64'), file('app/c'), file('app/x.pyc')],
  );
  expect(found.differs.sort()).toEqual([
    'added /app/c',
    'added /app/x.pyc',
    'content /app/a',
    'machine /app/p',
    'mode /app/b',
  ]);
});
