import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Digest, digestOf, type Failure } from '../core/index.ts';
import { testImage, testSource, testTar } from '../testing/index.ts';
import {
  copyTree,
  createLayoutSink,
  type Descriptor,
  mediaTypes,
  openArchive,
  openLayout,
  openTree,
  readVerified,
} from './index.ts';
import { ownName } from './own-name.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-hostile-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function failing(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined) expect((error as Error).name).toBe('Failure');
  return (error as Failure | undefined)?.diagnostic;
}

/** Documents in memory, and the descriptor of each. */
function pool() {
  const blobs = new Map<Digest, Uint8Array>();
  const put = (value: unknown, mediaType: string): Descriptor => {
    const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  return { blobs, put };
}

describe('an index', () => {
  const linux = { os: 'linux', architecture: 'arm64' };

  test('of 4,000 entries of one platform is read in time that people wait for', async () => {
    const { blobs, put } = pool();
    const config = put({ ...linux, rootfs: { type: 'layers', diff_ids: [] } }, mediaTypes.ociConfig);
    const manifests = Array.from({ length: 4000 }, (_, i) => {
      const manifest = { schemaVersion: 2, config, layers: [], annotations: { i: String(i) } };
      return { ...put(manifest, mediaTypes.ociManifest), platform: { ...linux, 'os.version': `10.0.${i % 2000}` } };
    });
    const root = put({ schemaVersion: 2, manifests }, mediaTypes.ociIndex);
    const tree = await openTree(testSource({ root, blobs }), root);
    expect(tree.images).toHaveLength(4000);
    const twice = tree.problems.filter(({ code }) => code === 'image/entry-duplicate');
    expect(twice).toHaveLength(2000);
    expect(twice[0]!.args).toMatchObject({ first: manifests[0]!.digest, second: manifests[2000]!.digest });
  });

  test('of one entry more is refused', async () => {
    const { blobs, put } = pool();
    const entry = put('{}', mediaTypes.ociManifest);
    const root = put({ schemaVersion: 2, manifests: new Array(10_001).fill(entry) }, mediaTypes.ociIndex);
    expect((await failing(openTree(testSource({ root, blobs }), root)))?.code).toBe('image/too-many-entries');
  });

  test('of many large documents is refused before memory is full', async () => {
    const { blobs, put } = pool();
    const manifests = Array.from({ length: 40 }, (_, i) => {
      const config = put(
        { ...linux, author: 'x'.repeat(2 << 20) + i, rootfs: { type: 'layers', diff_ids: [] } },
        mediaTypes.ociConfig,
      );
      return { ...put({ schemaVersion: 2, config, layers: [] }, mediaTypes.ociManifest), platform: linux };
    });
    const root = put({ schemaVersion: 2, manifests }, mediaTypes.ociIndex);
    const source = testSource({ root, blobs });
    expect(await failing(openTree(source, root))).toMatchObject({
      code: 'image/document-too-large',
      args: { digest: root.digest, limit: 64 << 20 },
    });
    expect(source.reads.length).toBeLessThan(80);
  });

  test('whose nested indexes multiply is copied once and not 100 times 100 times', async () => {
    const { blobs, put } = pool();
    let level = put({ schemaVersion: 2, manifests: [] }, mediaTypes.ociIndex);
    for (let i = 0; i < 3; i++) {
      level = put({ schemaVersion: 2, manifests: new Array(1000).fill(level) }, mediaTypes.ociIndex);
    }
    const root = put({ schemaVersion: 2, manifests: [level] }, mediaTypes.ociIndex);
    const source = testSource({ root, blobs });
    const tree = await openTree(source, root);
    expect(tree.problems.map(({ code }) => code)).toEqual(['image/nested-index']);
    await copyTree(tree, createLayoutSink(join(directory, 'out')));
    expect(source.reads.length).toBeLessThan(10);
  });

  test('whose nested indexes go deep, or wide, is refused', async () => {
    const { blobs, put } = pool();
    let deep = put({ schemaVersion: 2, manifests: [] }, mediaTypes.ociIndex);
    for (let i = 0; i < 8; i++) deep = put({ schemaVersion: 2, manifests: [deep] }, mediaTypes.ociIndex);
    const root = put({ schemaVersion: 2, manifests: [deep] }, mediaTypes.ociIndex);
    const tree = await openTree(testSource({ root, blobs }), root);
    const sink = createLayoutSink(join(directory, 'out'));
    const found = await failing(copyTree(tree, sink));
    expect(found).toMatchObject({ code: 'image/too-many-entries', args: { of: 'levels', count: 5, limit: 4 } });
  });

  test.each([
    ['a manifest served as an index', mediaTypes.ociIndex, { schemaVersion: 2, config: {}, layers: [] }],
    ['an index served as a manifest', mediaTypes.ociManifest, { schemaVersion: 2, manifests: [] }],
    ['a config served as a manifest', mediaTypes.ociManifest, linux],
    ['a manifest as its own config', mediaTypes.ociConfig, { schemaVersion: 2 }],
  ])('%s is refused', async (_, mediaType, document) => {
    const { blobs, put } = pool();
    const root = put(document, mediaType);
    expect((await failing(openTree(testSource({ root, blobs }), root)))?.code).toBe('image/json-invalid');
  });
});

describe.skipIf(process.platform === 'win32')('a layout', () => {
  const image = testImage({ layers: [{ files: [{ path: 'a', content: 'b' }] }] });
  const blob = (digest: string) => join(directory, 'blobs/sha256', digest.slice(7));
  const reading = async () => {
    const source = openLayout(directory);
    const tree = await openTree(source, await source.resolve(undefined));
    for (const { descriptor } of tree.images[0]!.layers) await readVerified(source, descriptor);
    return tree;
  };
  beforeEach(async () => {
    const sink = createLayoutSink(directory);
    await sink.tag('a', await copyTree(await image.tree(), sink));
  });

  test('whose blobs are pipes, devices, directories or links to somewhere else', async () => {
    const { digest } = image.descriptor;
    const secret = join(directory, 'secret');
    writeFileSync(secret, 'PASSWORD=hunter2');
    const instead: [string, (path: string) => void][] = [
      ['image/blob-missing', (path) => execFileSync('mkfifo', [path])],
      ['image/blob-missing', (path) => symlinkSync('/dev/zero', path)],
      ['image/blob-missing', (path) => symlinkSync('/dev/tty', path)],
      ['image/blob-missing', (path) => mkdirSync(path)],
      ['image/blob-missing', (path) => symlinkSync(path, path)],
      ['image/digest-wrong', (path) => symlinkSync(secret, path)],
    ];
    for (const [code, put] of instead) {
      rmSync(blob(digest), { recursive: true, force: true });
      put(blob(digest));
      const diagnostic = await failing(reading());
      expect(diagnostic?.code).toBe(code);
      expect(JSON.stringify(diagnostic)).not.toContain('hunter2');
    }
  });

  test('whose index.json is a link to a file of ours shows nothing of it', async () => {
    const secret = join(directory, 'secret');
    writeFileSync(secret, 'PASSWORD=hunter2');
    rmSync(join(directory, 'index.json'));
    symlinkSync(secret, join(directory, 'index.json'));
    const diagnostic = await failing(reading());
    expect(diagnostic?.code).toBe('image/json-invalid');
    expect(JSON.stringify(diagnostic)).not.toMatch(/hunter2|PASSWORD/);
  });

  test('that was damaged is mended by writing the same image again', async () => {
    const { digest, size } = image.descriptor;
    writeFileSync(blob(digest), Buffer.alloc(size));
    expect((await failing(reading()))?.code).toBe('image/digest-wrong');
    await copyTree(await image.tree(), createLayoutSink(directory));
    expect((await reading()).images).toHaveLength(1);
  });

  test('whose ingest directory is somebody else’s loses only what is ours', async () => {
    const theirs = join(directory, 'theirs');
    mkdirSync(theirs);
    const ours = ownName().replace(/^\d+/, '2000000000');
    for (const name of ['999999-notes.txt', '12-a', '2000000000.notes.txt', ours])
      writeFileSync(join(theirs, name), '');
    rmSync(join(directory, 'ingest'), { recursive: true, force: true });
    symlinkSync(theirs, join(directory, 'ingest'));
    await createLayoutSink(directory).tag('b', image.descriptor);
    expect(readdirSync(theirs).sort()).toEqual(['12-a', '2000000000.notes.txt', '999999-notes.txt']);
  });
});

describe('an archive', () => {
  const config = JSON.stringify({ os: 'linux', architecture: 'arm64', rootfs: { type: 'layers', diff_ids: [] } });
  const opening = async (bytes: Uint8Array) => {
    const file = join(directory, 'a.tar');
    writeFileSync(file, bytes);
    const source = await openArchive(file, { temporaryDirectory: directory });
    try {
      await openTree(source, await source.resolve(undefined));
    } finally {
      await source.close();
    }
  };
  const saying = (manifest: unknown) =>
    testTar([
      { path: 'manifest.json', content: JSON.stringify(manifest) },
      { path: 'c', content: config },
    ]);

  test.each(['../../etc/passwd', '/etc/passwd', 'blobs/../../../etc/passwd', '\0', 'c/../../x'])(
    'whose manifest.json points at %j names nothing outside',
    async (path) => {
      const at = { code: 'image/archive-invalid', args: { problem: 'missing' } };
      expect(await failing(opening(saying([{ Config: path, Layers: [] }])))).toMatchObject(at);
      expect(await failing(opening(saying([{ Config: 'c', Layers: [path] }])))).toMatchObject(at);
    },
  );

  test('whose members and links leave it writes nothing anywhere', async () => {
    const files = [
      { path: '../../x', content: 'x' },
      { path: '/etc/x', content: 'x' },
      { path: 'c2', link: '../../../../etc/passwd' },
      { path: 'manifest.json', content: JSON.stringify([{ Config: 'c2', Layers: [] }]) },
    ];
    expect((await failing(opening(testTar(files))))?.code).toBe('image/archive-invalid');
    expect(readdirSync(directory)).toEqual(['a.tar']);
  });

  test('that names one layer a million times is refused', async () => {
    const layers = new Array(500_000).fill('c');
    expect((await failing(opening(saying([{ Config: 'c', Layers: layers }]))))?.code).toBe('image/too-many-entries');
    const images = new Array(1001).fill({ Config: 'c', Layers: [] });
    expect((await failing(opening(saying(images))))?.code).toBe('image/too-many-entries');
  });

  test('cut at any block is refused or whole', async () => {
    const image = testImage({ layers: [{ files: [{ path: 'a', content: 'b'.repeat(2000) }] }] });
    const blobs = [...image.blobs].map(([digest, content]) => ({ path: `blobs/sha256/${digest.slice(7)}`, content }));
    const index = JSON.stringify({ schemaVersion: 2, manifests: [image.descriptor] });
    const whole = testTar([
      { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
      ...blobs,
      { path: 'index.json', content: index },
    ]);
    let refused = 0;
    for (let length = 0; length < whole.length; length += 512) {
      const diagnostic = await failing(opening(whole.subarray(0, length)));
      if (diagnostic === undefined) continue;
      refused++;
      expect(diagnostic.code).toMatch(/^image\/archive-invalid$/);
    }
    // index.json comes last: only what is missing behind it does not matter.
    expect(refused).toBeGreaterThan(whole.length / 512 - 25);
  });

  test('that is a bomb stops where the limit is, and leaves nothing', async () => {
    // Members of one gzip file follow each other: a GiB of zeros in two lines, some thousand times smaller.
    const part = gzipSync(Buffer.alloc(64 << 20), { level: 9 });
    const bomb = Buffer.concat(new Array(20).fill(part));
    expect(await failing(opening(bomb))).toMatchObject({
      code: 'image/archive-invalid',
      args: { problem: 'compressed' },
    });
    expect(readdirSync(directory)).toEqual(['a.tar']);
  }, 30_000);

  test('whose layer has a digest of another algorithm', async () => {
    const bytes = Buffer.from('layer');
    const sha512 = `sha512:${createHash('sha512').update(bytes).digest('hex')}` as const;
    const descriptor = { mediaType: mediaTypes.ociLayer, digest: sha512, size: bytes.length };
    const source = (blob: Uint8Array) => testSource({ root: descriptor, blobs: new Map([[sha512 as Digest, blob]]) });
    expect((await readVerified(source(bytes), descriptor)).length).toBe(5);
    expect((await failing(readVerified(source(Buffer.from('Layer')), descriptor)))?.code).toBe('image/digest-wrong');
    for (const digest of [
      'md5:d41d8cd98f00b204e9800998ecf8427e',
      'sha256:E3B0',
      `sha1:${'a'.repeat(40)}`,
      'sha512:ab',
    ]) {
      const { blobs, put } = pool();
      const root = put(
        { schemaVersion: 2, config: { mediaType: 'x', digest, size: 1 }, layers: [] },
        mediaTypes.ociManifest,
      );
      expect(await failing(openTree(testSource({ root, blobs }), root))).toMatchObject({ args: { wanted: 'digest' } });
    }
  });
});
