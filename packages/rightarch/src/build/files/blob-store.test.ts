import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../core/index.ts';
import { BlobStore } from './blob-store.ts';

const HOUR = 60 * 60 * 1000;
let directory: string;
let time: number;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rightarch-store-'));
  time = 1_700_000_000_000;
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A process of its own. */
const store = (limit?: number) => new BlobStore(directory, { now: () => time, limit });

async function* bytesOf(text: string) {
  yield Buffer.from(text);
}
const blob = async (text: string, limit?: number) => (await store(limit).write(bytesOf(text))).digest;
const here = (digest: Digest) =>
  readFile(store().path(digest)).then(
    () => true,
    () => false,
  );

describe('a blob that is there', () => {
  test('is refused and removed when its bytes changed, also under its old times', async () => {
    for (const restore of [false, true]) {
      const digest = await blob('content');
      const file = store().path(digest);
      const { atime, mtime } = await stat(file);
      await writeFile(file, 'CONTENT');
      if (restore) await utimes(file, atime, mtime);
      expect(await store().has(digest)).toBe(false);
      expect(await here(digest)).toBe(false);
    }
  });

  test('is refused where another file took its place', async () => {
    const digest = await blob('content');
    const file = store().path(digest);
    await writeFile(`${file}.new`, 'CONTENT');
    await rm(file);
    await link(`${file}.new`, file);
    expect(await store().has(digest)).toBe(false);
  });

  test('is read once and then known by what its file is, other names or not', async () => {
    const digest = await blob('content');
    const one = store();
    expect(await one.has(digest, 7)).toBe(true);
    await link(one.path(digest), join(directory, 'elsewhere'));
    await one.linked(digest);
    // Nothing can be read here: whoever says true has not tried.
    const marks = join(directory, 'used/sha256', digest.slice(7));
    const mark = await readFile(marks, 'utf8');
    expect(await store().has(digest, 7)).toBe(true);
    expect(await readFile(marks, 'utf8')).toBe(mark);
    expect(await store().has(digest, 8)).toBe(false);
  });

  test('is read again where the mark is torn, and marked anew', async () => {
    const digest = await blob('content');
    const marks = join(directory, 'used/sha256', digest.slice(7));
    const mark = await readFile(marks, 'utf8');
    await writeFile(marks, mark.slice(0, 40));
    expect(await store().has(digest)).toBe(true);
    expect(await readFile(marks, 'utf8')).toBe(mark);
  });
});

describe('the bound', () => {
  const large = (name: string) => name.padEnd(1000, '.');

  test('takes the least recently used first, as few as it can', async () => {
    const blobs: Digest[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      blobs.push(await blob(large(name)));
      time += 10 * HOUR;
    }
    // Used again by a later run.
    expect(await store().has(blobs[0]!)).toBe(true);
    time += 10 * HOUR;
    const last = store(3000);
    await last.write(bytesOf('small'));
    await last.bound();
    expect(await Promise.all(blobs.map(here))).toEqual([true, false, false, true]);
    expect(await readdir(join(directory, 'used/sha256'))).toHaveLength(3);
  });

  test('records and unpacked contents count, and go like the rest', async () => {
    await store().remember('layers', 'old', large('record'));
    await mkdir(join(directory, 'layer-spots'), { recursive: true });
    await writeFile(join(directory, 'layer-spots/x.data'), large('contents'));
    await utimes(join(directory, 'layer-spots/x.data'), time / 1000, time / 1000);
    time += 2 * HOUR;
    const last = store(500);
    await last.remember('layers', 'new', 'record');
    await last.bound();
    expect(await store().recall('layers', 'old')).toBeUndefined();
    expect(await store().recall('layers', 'new')).toBe('record');
    expect(await readdir(join(directory, 'layer-spots'))).toEqual([]);
  });

  test('what was used within the hour stays: another build may stand on it', async () => {
    const mine = await blob(large('mine'));
    const other = store();
    expect(await other.has(mine)).toBe(true);
    time += HOUR / 2;
    const last = store(10);
    await last.write(bytesOf(large('new')));
    await last.bound();
    expect(await here(mine)).toBe(true);
    time += HOUR;
    await last.write(bytesOf('newer'));
    await last.bound();
    expect(await here(mine)).toBe(false);
  });

  test('two at once, and files that go in between, are no error', async () => {
    for (let i = 0; i < 20; i++) await blob(large(`${i}`));
    time += 2 * HOUR;
    const all = Array.from({ length: 4 }, () => store(5000));
    await Promise.all(
      all.map(async (one, i) => {
        await one.write(bytesOf(`new ${i}`));
        await one.bound();
      }),
    );
    const left = await readdir(join(directory, 'blobs/sha256'));
    expect(left.length).toBeLessThan(10);
    for (let i = 0; i < 4; i++) expect(await store().has(digestOf(`new ${i}`))).toBe(true);
  });

  test('nothing is removed where nothing was added, or without a clock', async () => {
    const old = await blob(large('old'));
    time += 2 * HOUR;
    await store(10).bound();
    const clockless = new BlobStore(directory, { limit: 10 });
    await clockless.write(bytesOf('new'));
    await clockless.bound();
    expect(await here(old)).toBe(true);
  });
});
