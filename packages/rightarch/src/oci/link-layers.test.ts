import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testIndex } from '../testing/index.ts';
import { blobPath, copyTree, createLayoutSink, linkLayers } from './index.ts';

let directory: string;
let from: string;
let to: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-links-'));
  from = join(directory, 'from');
  to = join(directory, 'to');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A layout of two platforms, with a layer of its own each; the layers. */
async function made() {
  const images = ['amd64', 'arm64'].map((architecture) => ({
    platform: `linux/${architecture}`,
    files: [{ path: 'app', content: architecture }],
  }));
  const tree = await testIndex({ images }).tree();
  const sink = createLayoutSink(from);
  await sink.tag('latest', await copyTree(tree, sink));
  await sink.close();
  return tree.images.flatMap(({ manifest }) => manifest.layers);
}

const linked = () => (existsSync(to) ? readdirSync(join(to, 'blobs', 'sha256')).map((hex) => `sha256:${hex}`) : []);

describe('the layers of a layout, in another one', () => {
  test('are the same files, and nothing else comes along', async () => {
    const layers = await made();
    await linkLayers(from, to);
    expect(linked().sort()).toEqual(layers.map(({ digest }) => digest).sort());
    for (const layer of layers) expect(statSync(blobPath(to, layer)).ino).toBe(statSync(blobPath(from, layer)).ino);
    expect(readdirSync(to)).toEqual(['blobs']);
  });

  test('one that was cut off, or is a link, stays where it is', async () => {
    const [first, second] = await made();
    truncateSync(blobPath(from, first!), first!.size - 1);
    rmSync(blobPath(from, second!));
    symlinkSync('/dev/null', blobPath(from, second!));
    await linkLayers(from, to);
    expect(linked()).toEqual([]);
  });

  test('where there is no layout, or a damaged one, there are none', async () => {
    await linkLayers(from, to);
    await made();
    writeFileSync(join(from, 'index.json'), '{"schemaVersion":2,"manifests":[{"digest":"sha256:../../x"}]}');
    await linkLayers(from, to);
    expect(linked()).toEqual([]);
  });

  test('what is there already stays', async () => {
    const [first] = await made();
    await linkLayers(from, to);
    await linkLayers(from, to);
    expect(linked()).toContain(first!.digest);
  });
});
