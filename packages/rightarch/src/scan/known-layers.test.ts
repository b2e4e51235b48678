import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../core/index.ts';
import { openLayout, openTree } from '../oci/index.ts';
import { openRegistry } from '../oci/registry/index.ts';
import { elfBytes, startRegistry, testImage } from '../testing/index.ts';
import { openScanCache } from './cache.ts';
import { scanImage } from './scan-image.ts';

const image = testImage({ files: [{ path: 'app', mode: 0o755, content: elfBytes({}) }], config: { Cmd: ['/app'] } });
const [layer] = image.layers;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-known-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const cacheOf = () => openScanCache({ directory: join(directory, 'cache'), now: () => 1_700_000_000_000 });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'read',
    (error: unknown) => (error instanceof Failure ? error.diagnostic.code : String(error)),
  );

describe('a layer that was read before', () => {
  const scanLayout = async () => {
    const source = openLayout(join(directory, 'layout'));
    const tree = await openTree(source, await source.resolve(undefined));
    return scanImage(tree, tree.images[0]!, { cache: cacheOf() });
  };
  const blob = () => join(directory, 'layout', 'blobs', ...layer!.digest.split(':'));
  const flipped = () => {
    const bytes = Uint8Array.from(image.blobs.get(layer!.digest)!);
    bytes[bytes.length - 1]! ^= 1;
    return bytes;
  };

  it.each<readonly [string, () => void, string]>([
    ['is gone', () => rmSync(blob()), 'image/blob-missing'],
    ['is cut', () => truncateSync(blob(), 40), 'image/digest-wrong'],
    ['has a bit of it turned', () => writeFileSync(blob(), flipped()), 'image/digest-wrong'],
    ['is another', () => writeFileSync(blob(), new Uint8Array(layer!.size)), 'image/digest-wrong'],
  ])('is not taken for known where it %s', async (_, harm, code) => {
    await image.writeLayout(join(directory, 'layout'));
    await scanLayout();
    expect((await scanLayout())[0]?.earlier).toBe(true);
    harm();
    expect(await codeOf(scanLayout())).toBe(code);
  });

  it('is not taken for known under another size', async () => {
    const cache = cacheOf();
    const tree = await image.tree();
    await scanImage(tree, tree.images[0]!, { cache });
    const [one] = tree.images;
    const longer = one!.layers.map((part) => ({ ...part, descriptor: { ...part.descriptor, size: layer!.size + 1 } }));
    expect(await codeOf(scanImage(tree, { ...one!, layers: longer }, { cache }))).toBe('image/digest-wrong');
  });

  it('is asked of a registry for its last byte, and for no more', async () => {
    const registry = await startRegistry();
    try {
      const stored = registry.repository('app');
      for (const [digest, bytes] of image.blobs) stored.blobs.set(digest, bytes);
      const scan = async () => {
        const source = openRegistry(
          { registry: registry.host, repository: 'app' },
          { clock: { now: () => 0, random: () => 0, sleep: async () => {} }, attempts: 1 },
        );
        try {
          const { images } = await image.tree();
          return await scanImage({ source }, images[0]!, { cache: cacheOf() });
        } finally {
          await source.close();
        }
      };
      await scan();
      registry.calm();
      expect((await scan())[0]?.earlier).toBe(true);
      expect(registry.requests.map(({ headers }) => headers['range'])).toEqual([`bytes=${layer!.size - 1}-`]);
      stored.blobs.delete(layer!.digest);
      expect(await codeOf(scan())).toBe('registry/not-found');
    } finally {
      await registry.close();
    }
  });
});
