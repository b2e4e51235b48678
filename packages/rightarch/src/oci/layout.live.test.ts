import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf, type Failure } from '../core/index.ts';
import { testImage } from '../testing/index.ts';
import { copyTree, createLayoutSink, writeArchive } from './index.ts';

/** A disk of 1 MiB: needs root, for mount(8). */
let disk: string;
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'rightarch-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
});
afterEach(() => {
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

async function failing(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return (error as Failure | undefined)?.diagnostic.code;
}

const noise = Buffer.from(Array.from({ length: 60_000 }, (_, i) => digestOf(`${i}`)).join(''));

test('a full disk is one diagnostic, and no half blob', async () => {
  const tree = await testImage({ files: [{ path: 'big', content: noise }] }).tree();
  const directory = join(disk, 'layout');
  const sink = createLayoutSink(directory);
  expect(await failing(copyTree(tree, sink))).toBe('image/disk-full');
  expect(readdirSync(join(directory, 'ingest'))).toEqual([]);
  const layer = tree.images[0]!.layers[0]!.descriptor.digest.slice(7);
  expect(readdirSync(join(directory, 'blobs/sha256'))).not.toContain(layer);
});

test('an archive that does not fit is not there', async () => {
  const tree = await testImage({ files: [{ path: 'big', content: noise }] }).tree();
  expect(await failing(writeArchive(tree, join(disk, 'a.tar')))).toBe('image/disk-full');
  expect(readdirSync(disk)).toEqual([]);
});
