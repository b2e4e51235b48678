import { expect, test } from 'vitest';
import { contentDigests, scanImage } from '../scan/index.ts';
import { elfBytes, goInfoBytes, type TestFile, testImage } from '../testing/index.ts';
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
  'root/.cache/pnpm/dlx/abc/pkg/node_modules/.bin/tool',
  'root/.cache/uv/environments-v2/abc/bin/python',
  'app/node_modules/a/_logs/index.js',
  'app/node_modules/npm-debug.log-reader/index.js',
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

test.each([
  [
    'app/node_modules/a',
    '/pnpm/store/v10/links/@/a/1.0.0/0f/node_modules/a',
    'pnpm/store/v10/links/@/a/1.0.0/0f/node_modules/a/x',
  ],
  ['app/node_modules/a', '../../pnpm/store/v10/links/a', 'pnpm/store/v10/links/a/x'],
  [
    'app/.venv/lib/python3.12/site-packages/a.py',
    '/root/.cache/uv/archive-v0/b/a.py',
    'root/.cache/uv/archive-v0/b/a.py',
  ],
])('what %s links to is no cache', async (path, linkTo, there) => {
  const link: TestFile = { path, type: 'symlink', link: linkTo };
  expect((await compare([link, file(there)], [link])).differs.join()).toContain('missing /');
  expect((await compare([link, file(there, 'one')], [link, file(there, 'two')])).differs).toEqual([
    `content /${there}`,
  ]);
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

test('a static program of Go with C in it is another one without', async () => {
  const program = (cgo: 0 | 1): TestFile => {
    const bytes = Buffer.from(elfBytes({ machine: 'arm64', type: 2, padding: 4096, tableLast: true }));
    // p_flags of the one PT_LOAD: writable.
    bytes[bytes.length - 56 + 4] = 6;
    bytes.set(goInfoBytes('go1.26.8', [`build\tCGO_ENABLED=${cgo}`]), 2048);
    return { path: 'app/p', content: bytes };
  };
  expect((await compare([program(1)], [program(0)])).differs).toEqual(['libraries /app/p']);
  expect((await compare([program(0)], [program(0)])).differs).toEqual([]);
});
