import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLayout, openTree } from '../../../oci/index.ts';
import { testIndex } from '../../../testing/index.ts';
import type { BuildEvent } from '../../types.ts';
import { baseImage, build, debianLike, engineIn, refusal, request, workspace } from './test-workspace.ts';

const bases = { 'base:latest': baseImage() };
const dockerfile = 'FROM base\nCOPY . /app\nRUN cd /app && mkdir made && echo hi > made/x\nENV A=1\n';

const states = (events: readonly BuildEvent[], line: number) =>
  events.flatMap((event) => (event.kind === 'step' && event.step.line === line ? [event.state] : []));

const runnable = { 'base:latest': testIndex({ images: [debianLike('linux/amd64'), debianLike('linux/arm64')] }) };

test('the same sources give the same digest: other directory, umask, times, order of creation', async () => {
  const one = await workspace({ Dockerfile: dockerfile, a: 'a', 'b/c': 'c' });
  const two = await workspace({ 'b/c': 'c', a: 'a', Dockerfile: dockerfile });
  await utimes(join(two, 'context/a'), 1, 1);
  await chmod(join(two, 'context'), 0o700);
  const before = process.umask(0o077);
  try {
    const first = await build(one, {}, runnable);
    const second = await build(two, {}, runnable);
    expect(second.result).toEqual(first.result);
  } finally {
    process.umask(before);
  }
});

test('a damaged blob of the cache is made again, not used', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nCOPY Dockerfile /x\n' });
  const first = await build(directory, {}, bases);
  const layer = first.tree.images[0]!.manifest.layers.at(-1)!;
  const file = join(directory, 'cache/build/blobs/sha256', layer.digest.slice(7));
  await rm(join(directory, 'out'), { recursive: true });
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
  const second = await build(directory, {}, bases);
  expect(second.result).toEqual(first.result);
  expect(second.tree.problems).toEqual([]);
});

test('damaged unpacked contents are noticed, removed and unpacked anew', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nCOPY --from=base /etc/passwd /a\n' });
  await build(directory, {}, bases);
  const unpacked = join(directory, 'cache/build/layer-spots');
  const damaged = (await readdir(unpacked)).filter((name) => name.endsWith('.data'));
  expect(damaged).not.toEqual([]);
  for (const name of damaged) {
    const bytes = await readFile(join(unpacked, name));
    await writeFile(join(unpacked, name), bytes.fill(0));
  }
  await writeFile(join(directory, 'context/Dockerfile'), 'FROM base\nCOPY --from=base /etc/passwd /b\n');
  const again = () => build(directory, { noCache: true }, bases);
  expect(await refusal(again())).toMatchObject({ code: 'engine/base-damaged' });
  expect((await again()).tree.problems).toEqual([]);
});

test('a torn record of the cache is no record', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nCOPY Dockerfile /x\n' });
  const first = await build(directory, {}, bases);
  for (const kind of ['layers', 'layer-facts-1']) {
    const records = join(directory, 'cache/build', kind);
    for (const name of await readdir(records)) {
      const text = await readFile(join(records, name), 'utf8');
      await writeFile(join(records, name), text.slice(0, text.length / 2));
    }
  }
  expect((await build(directory, {}, bases)).result).toEqual(first.result);
});

test('several builds at once on one cache and one output agree', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nCOPY . /x\n', a: 'x'.repeat(100_000) });
  const all = await Promise.all(Array.from({ length: 4 }, () => build(directory, {}, bases)));
  expect(new Set(all.map(({ result }) => result.root.digest)).size).toBe(1);
  expect(await readdir(join(directory, 'cache/build/tmp'))).toEqual([]);
});

test('a failed build leaves the old output as it was, and nothing half-written', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nCOPY a /x\n', a: 'old' });
  const old = await build(directory, {}, bases);
  const index = await readFile(join(directory, 'out/index.json'));
  await writeFile(join(directory, 'context/Dockerfile'), 'FROM base\nCOPY a /x\nCOPY none /y\n');
  expect(await refusal(build(directory, {}, bases))).toMatchObject({ code: 'context/source-missing' });
  expect(await readFile(join(directory, 'out/index.json'))).toEqual(index);
  const source = openLayout(join(directory, 'out'));
  expect((await openTree(source, await source.resolve('app'))).root.digest).toBe(old.result.root.digest);
  expect(await readdir(join(directory, 'cache/build/tmp'))).toEqual([]);
});

test('a stop is one diagnostic, and leaves no output', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nCOPY . /x\n', a: 'x' });
  const engine = engineIn(directory, bases);
  const plan = await engine.plan(request(directory));
  const stop = new AbortController();
  const work = engine.build(
    request(directory),
    plan,
    { directory: join(directory, 'out') },
    {
      signal: stop.signal,
      onEvent: () => stop.abort(),
    },
  );
  expect(await refusal(work)).toMatchObject({ code: 'engine/canceled' });
  expect(await readdir(directory)).toEqual(['cache', 'context']);
});

test('a directory that holds something else is not written to', async () => {
  const directory = await workspace({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
  await mkdir(join(directory, 'out'));
  await writeFile(join(directory, 'out/thesis.txt'), '');
  expect(await refusal(build(directory))).toMatchObject({ code: 'engine/output-not-layout' });
  expect(await readdir(join(directory, 'out'))).toEqual(['thesis.txt']);
});

test('a file that changes while it is built is an error, not a mixture', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nCOPY a /x\nCOPY b /y\n', a: 'one', b: 'two' });
  const engine = engineIn(directory, bases);
  const plan = await engine.plan(request(directory));
  let changed: Promise<void> | undefined;
  const work = engine.build(
    request(directory),
    plan,
    { directory: join(directory, 'out') },
    {
      onEvent: (event) => {
        if (event.kind === 'step' && event.step.line === 2 && event.state === 'done')
          changed ??= appendFile(join(directory, 'context/b'), '!');
      },
    },
  );
  const found = await refusal(work);
  await changed;
  expect(found).toMatchObject({ code: 'context/changed', args: { path: 'b' } });
});

test('a base with a damaged layer is refused, and nothing of it is kept', async () => {
  const liar = testIndex({
    images: ['linux/amd64', 'linux/arm64'].map((platform) => ({
      platform,
      layers: [{ files: [{ path: 'x', content: 'x' }], lies: { diffId: `sha256:${'0'.repeat(64)}` as const } }],
    })),
  });
  const directory = await workspace({ Dockerfile: 'FROM base\nCOPY Dockerfile /y\n' });
  const found = await refusal(build(directory, {}, { 'base:latest': liar }));
  expect(found).toMatchObject({ code: 'engine/base-damaged', args: { image: 'base' } });
  await expect(stat(join(directory, 'out'))).rejects.toThrow();
});

test('a RUN is carried out once, and again where anything before it changed', async () => {
  const directory = await workspace({ Dockerfile: dockerfile, a: 'a' });
  const first = await build(directory, {}, runnable);
  expect(states(first.events, 3)).toEqual(['started', 'started', 'done', 'done']);
  const second = await build(directory, {}, runnable);
  expect(states(second.events, 3)).toEqual(['started', 'started', 'cached', 'cached']);
  expect(second.result).toEqual(first.result);
  expect(states((await build(directory, { noCache: true }, runnable)).events, 3)).toContain('done');
  await writeFile(join(directory, 'context/a'), 'b');
  expect(states((await build(directory, {}, runnable)).events, 3)).toContain('done');
});

test('a RUN sees the proxies of --build-arg; no key, history or plan has them', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nRUN mkdir "/$http_proxy"\n' });
  const first = await build(directory, { args: { HTTP_PROXY: 'secret-one' } }, runnable);
  const tree = await engineIn(directory, runnable).readTree(
    request(directory, { args: { HTTP_PROXY: 'secret-one' } }),
    request(directory).platforms[0]!.platform,
  );
  expect(tree.resolve('/secret-one').found).toBe(true);
  expect(JSON.stringify([first.plan, first.config])).not.toContain('secret-one');
  const second = await build(directory, { args: { HTTP_PROXY: 'secret-two' } }, runnable);
  expect(states(second.events, 2)).toContain('cached');
});

test('an empty cache mount is left out, and held to being invisible', async () => {
  const run = (command: string) => `FROM base\nRUN --mount=type=cache,target=/c ${command}\n`;
  const directory = await workspace({ Dockerfile: run('mkdir /d') });
  const tree = await engineIn(directory, runnable).readTree(
    request(directory),
    request(directory).platforms[0]!.platform,
  );
  expect([tree.resolve('/d').found, tree.resolve('/c').found]).toEqual([true, false]);
  await writeFile(join(directory, 'context/Dockerfile'), run('mkdir -p /c/left'));
  expect(await refusal(build(directory, {}, runnable))).toMatchObject({ code: 'plan/not-embedded' });
  await writeFile(join(directory, 'context/Dockerfile'), run('mkdir /d').replace('/c ', '/etc '));
  expect(await refusal(build(directory, {}, runnable))).toMatchObject({ code: 'plan/not-embedded' });
});
