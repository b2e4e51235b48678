import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, lchownSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testImage } from '../testing/index.ts';
import {
  collectLayout,
  copyTree,
  createLayoutSink,
  leaseToWrite,
  openLayout,
  openTree,
  releaseLayouts,
} from './index.ts';
import { withIndexLock } from './index-lock.ts';
import { readVerified } from './verified.ts';

let top: string;
let layout: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'rightarch-collect-'));
  layout = join(top, '.rightarch', 'app');
});
afterEach(() => {
  releaseLayouts();
  rmSync(top, { recursive: true, force: true });
});

async function put(content: string, directory = layout, tag = 'app') {
  const tree = await testImage({ layers: [{ files: [{ path: 'base' }] }, { files: [{ path: content }] }] }).tree();
  const sink = createLayoutSink(directory, { newestOnly: true });
  await sink.tag(tag, await copyTree(tree, sink));
  await sink.close();
  return tree.root;
}

const leases = (): readonly string[] => readdirSync(layout).filter((name) => name.startsWith('.lease'));
const blobs = (directory = layout): number => readdirSync(join(directory, 'blobs/sha256')).length;

/** Every byte of the only image. */
async function readAll(directory = layout): Promise<void> {
  const source = openLayout(directory);
  const tree = await openTree(source, await source.resolve(undefined));
  for (const { layers } of tree.images)
    for (const { descriptor } of layers) await readVerified(source, descriptor, { limit: 1 << 20 });
}

test('what the index no longer reaches goes, and a layer that it still reaches stays', async () => {
  await put('old');
  await put('new');
  expect(blobs()).toBe(7);
  expect(await collectLayout(layout)).toBe(3);
  expect(blobs()).toBe(4);
  await readAll();
  expect(await collectLayout(layout)).toBe(0);
});

test('a layout of the user’s own is left alone', async () => {
  const out = join(top, 'out');
  await put('old', out);
  await put('new', out);
  expect(await collectLayout(out)).toBe(0);
  expect(blobs(out)).toBe(7);
});

// Who reads there by its own path has no lease: to it, the layout is the user's.
test.skipIf(process.platform === 'win32')(
  'a layout elsewhere that a link makes look like ours is left alone',
  async () => {
    const out = join(top, 'out');
    await put('old', out);
    await put('new', out);
    symlinkSync('.', join(top, '.rightarch'));
    expect(await collectLayout(join(top, '.rightarch', 'out'))).toBe(0);
    expect(blobs(out)).toBe(7);
  },
);

test.skipIf(process.platform === 'win32')('who reads by a link to our own layout has a lease there', async () => {
  await put('only');
  symlinkSync(layout, join(top, 'link'));
  await openLayout(join(top, 'link')).list();
  expect(leases()).toHaveLength(1);
});

test.skipIf(process.platform === 'win32')('where no lease can be put down nobody writes, but may read', async () => {
  await put('only');
  await asSomebody(async () => {
    chmodSync(layout, 0o555);
    try {
      await expect(leaseToWrite(layout)).rejects.toMatchObject({ diagnostic: { code: 'image/write-failed' } });
      await readAll();
    } finally {
      chmodSync(layout, 0o755);
    }
    await leaseToWrite(layout);
    expect(leases()).toHaveLength(1);
  });
});

/** Modes bind everybody but root: it does this as the user that everybody knows as nobody. */
async function asSomebody(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  const nobody = 65534;
  for (const path of [top, ...readdirSync(top, { recursive: true, encoding: 'utf8' }).map((one) => join(top, one))])
    lchownSync(path, nobody, nobody);
  process.seteuid!(nobody);
  try {
    await work();
  } finally {
    process.seteuid!(0);
  }
}

test('where the index leads to something that is not understood, nothing goes', async () => {
  const root = await put('old');
  await put('new');
  const [newest] = (await openLayout(layout).list()).map(({ descriptor }) => descriptor);
  expect(newest!.digest).not.toBe(root.digest);
  writeFileSync(join(layout, 'blobs/sha256', newest!.digest.slice(7)), '{}');
  expect(await collectLayout(layout)).toBe(0);
});

/** Says when it has put down its lease, and lives until it is killed. */
const HOLDER = `
const { openLayout } = await import(process.argv[2]);
await openLayout(process.argv[3]).list();
process.send('there');
setInterval(() => {}, 1000);
`;

const script = (name: string, text: string): string => {
  const file = join(top, name);
  writeFileSync(file, text);
  return file;
};
const start = (file: string, args: readonly string[]): ChildProcess =>
  fork(file, [new URL('./index.ts', import.meta.url).href, layout, ...args], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  });

test('nothing goes while another process reads, and one that was killed holds nothing', async () => {
  await put('old');
  const reader = start(script('holder.mjs', HOLDER), []);
  await once(reader, 'message');
  await put('new');
  expect(await collectLayout(layout)).toBe(0);
  reader.kill('SIGKILL');
  await once(reader, 'exit');
  expect(await collectLayout(layout)).toBe(3);
  expect(leases()).toHaveLength(0);
});

test('who begins to write while a collection is under way waits for its end', async () => {
  await put('old');
  let writing: Promise<void> | undefined;
  let begun = false;
  await withIndexLock(layout, async () => {
    writing = leaseToWrite(layout).then(() => {
      begun = true;
    });
    await expect.poll(leases).toHaveLength(1);
    expect(begun).toBe(false);
  });
  await writing;
  releaseLayouts();
  expect(readdirSync(layout).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
});

/**
 * Builds over and over, as an engine does: says that it counts on what is there, puts its blobs, moves the name, reads
 * all of its own image, and collects. Few contents, so that what one drops another one counts on.
 */
const BUILDER = `
const oci = await import(process.argv[2]);
const { testImage } = await import(process.argv[4]);
const layout = process.argv[3];
for (let i = 0; ; i++) {
  await oci.leaseToWrite(layout);
  const content = 'content ' + Math.floor(Math.random() * 4);
  const tree = await testImage({ layers: [{ files: [{ path: 'base' }] }, { files: [{ path: content }] }] }).tree();
  const sink = oci.createLayoutSink(layout, { newestOnly: true });
  const root = await oci.copyTree(tree, sink);
  await sink.tag('app', root);
  await sink.close();
  const source = oci.openLayout(layout);
  const read = await oci.openTree(source, root);
  for (const { layers } of read.images)
    for (const { descriptor } of layers) await oci.readVerified(source, descriptor, { limit: 1 << 20 });
  const removed = await oci.collectLayout(layout);
  oci.releaseLayouts();
  process.send(removed);
}
`;

test('builds at once that collect and are killed never take a blob that another counts on', async () => {
  const builder = script('builder.mjs', BUILDER);
  const testing = new URL('../testing/index.ts', import.meta.url).href;
  let removed = 0;
  const errors: string[] = [];
  const run = (rounds: number) =>
    new Promise<void>((resolve) => {
      const child = fork(builder, [new URL('./index.ts', import.meta.url).href, layout, testing], {
        execArgv: ['--import', import.meta.resolve('tsx')],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      let left = rounds;
      let said = '';
      child.stderr!.on('data', (chunk) => (said += String(chunk)));
      child.on('message', (count) => {
        removed += Number(count);
        // At some moment of the next one.
        if (--left === 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * 20);
      });
      child.once('exit', (_, signal) => {
        if (signal !== 'SIGKILL') errors.push(said);
        resolve();
      });
    });
  // Two at a time, and always another one while one begins anew.
  for (let round = 0; round < 3; round++) {
    await Promise.all([run(10 + round), run(16)]);
    expect(errors).toEqual([]);
    await readAll();
    releaseLayouts();
  }
  await run(6);
  expect(removed).toBeGreaterThan(0);
  await readAll();
  await collectLayout(layout);
  expect(blobs()).toBe(4);
  expect(errors).toEqual([]);
});
