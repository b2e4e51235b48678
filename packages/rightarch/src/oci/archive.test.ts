import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf, type Failure } from '../core/index.ts';
import { type TestFile, testImage, testIndex, testTar } from '../testing/index.ts';
import { openArchive, openDocker, openTree, readVerified, writeArchive } from './index.ts';
import { ownName } from './own-name.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-archive-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const temporaryDirectory = () => join(directory);

async function failing(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return (error as Failure | undefined)?.diagnostic;
}

function write(name: string, bytes: Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, bytes);
  return file;
}

const opening = (file: string) => openArchive(file, { temporaryDirectory: temporaryDirectory() });

/** Reads every layer through the source: the digests hold or it throws. */
async function readAll(file: string, name?: string) {
  const source = await opening(file);
  try {
    const tree = await openTree(source, await source.resolve(name));
    for (const image of tree.images) {
      for (const { descriptor } of image.layers) await readVerified(source, descriptor, { limit: 1 << 30 });
    }
    return { tree, list: await source.list() };
  } finally {
    await source.close();
  }
}

describe('what docker save wrote before 25', () => {
  const layers = ['one', 'two'].map((content) => testTar([{ path: content, content }]));
  const config = JSON.stringify({
    architecture: 'arm64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) },
  });
  const manifest = (tags: string[] | null) =>
    JSON.stringify([{ Config: 'c.json', RepoTags: tags, Layers: ['1/layer.tar', '2/layer.tar'] }]);
  const files = (tags: string[] | null, more: TestFile[] = []): TestFile[] => [
    { path: '1/layer.tar', content: layers[0]! },
    { path: 'shared/layer.tar', content: layers[1]! },
    { path: '2/', mode: 0o755 },
    { path: '2/layer.tar', link: '../shared/layer.tar' },
    { path: 'c.json', content: config },
    { path: 'manifest.json', content: manifest(tags) },
    ...more,
  ];

  test('is read through its links, with its names', async () => {
    const file = write('a.tar', testTar(files(['app:1', 'team/app:2'])));
    const { tree, list } = await readAll(file, 'app:1');
    expect(tree.images[0]).toMatchObject({ declared: { os: 'linux', architecture: 'arm64' } });
    expect(tree.problems).toEqual([]);
    expect(list[0]!.names).toEqual(['app:1', 'team/app:2']);
    expect((await readAll(file, 'docker.io/team/app:2')).tree.root).toEqual(tree.root);
  });

  test('compressed as a whole, it leaves no temporary file', async () => {
    const file = write('a.tar.gz', gzipSync(testTar(files(['app:1']))));
    expect((await readAll(file)).tree.images).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['a.tar.gz']);
  });

  test('names from `repositories`', async () => {
    const repositories = { path: 'repositories', content: '{"old":{"3":"2"}}' };
    expect((await readAll(write('a.tar', testTar(files(null, [repositories]))))).list[0]!.names).toEqual(['old:3']);
  });

  test('a layer that is not what the config promises', async () => {
    const wrong = files(['app:1']).map((file) =>
      file.path === '1/layer.tar' ? { ...file, content: layers[1]! } : file,
    );
    expect((await failing(readAll(write('a.tar', testTar(wrong)))))?.code).toBe('image/digest-wrong');
  });

  test('compressed layers have the digest of their bytes', async () => {
    const packed = files(['app:1']).map((file) =>
      file.path === '1/layer.tar' ? { ...file, content: gzipSync(layers[0]!) } : file,
    );
    const { tree } = await readAll(write('a.tar', testTar(packed)));
    const [first] = tree.images[0]!.layers;
    expect(first!.descriptor.digest).toBe(digestOf(gzipSync(layers[0]!)));
    expect(first!.diffId).toBe(digestOf(layers[0]!));
  });

  test('something that is named and missing', async () => {
    for (const gone of ['1/layer.tar', 'c.json', 'shared/layer.tar']) {
      const some = files(['app:1']).filter((file) => file.path !== gone);
      expect(await failing(opening(write('a.tar', testTar(some))))).toMatchObject({
        code: 'image/archive-invalid',
        args: { problem: 'missing' },
      });
    }
  });

  test('links in a circle end', async () => {
    const circle = files(['app:1'], [{ path: 'shared/layer.tar', link: '../2/layer.tar' }]);
    expect((await failing(opening(write('a.tar', testTar(circle)))))?.code).toBe('image/archive-invalid');
  });
});

describe('a layout in a tar', () => {
  const index = testIndex({ images: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }], attestations: true });

  test('is written with equal bytes and read back', async () => {
    const tree = await index.tree();
    const file = join(directory, 'a.tar');
    await writeArchive(tree, file, { names: ['team/app:1'] });
    const first = readFileSync(file);
    await writeArchive(tree, file, { names: ['team/app:1'] });
    expect(readFileSync(file).equals(first)).toBe(true);
    const read = await readAll(file, 'team/app:1');
    expect(read.tree.root.digest).toBe(index.descriptor.digest);
    expect(read.tree.images).toHaveLength(2);
    expect(read.list).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['a.tar']);
  });

  test('one image is there for older Dockers too', async () => {
    const file = join(directory, 'a.tar');
    await writeArchive(await testImage().tree(), file, { names: ['app'] });
    expect(readFileSync(file, 'latin1')).toContain('"RepoTags":["docker.io/library/app:latest"]');
    const several = join(directory, 'b.tar');
    await writeArchive(await index.tree(), several);
    expect(readFileSync(several, 'latin1')).not.toContain('RepoTags');
    await writeArchive(await index.tree(), several, { dockerPlatform: { os: 'linux', architecture: 'arm64' } });
    expect(readFileSync(several, 'latin1')).toContain('RepoTags');
  });

  test('an image that lies is never written whole', async () => {
    const lying = testImage({ layers: [{ files: [{ path: 'a' }], lies: { size: 3 } }] });
    expect((await failing(writeArchive(await lying.tree(), join(directory, 'a.tar'))))?.code).toBe(
      'image/digest-wrong',
    );
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('files that are no archives', () => {
  test.each([
    ['empty', Buffer.alloc(0), 'damaged'],
    ['text', Buffer.alloc(2000, 'x'), 'damaged'],
    ['an empty tar', testTar([]), 'damaged'],
    ['another tar', testTar([{ path: 'README' }]), 'no-image'],
    ['Docker before 1.10', testTar([{ path: 'repositories', content: '{}' }]), 'v1'],
    ['half a gzip', gzipSync(Buffer.alloc(5000, 'x')).subarray(0, 20), 'compressed'],
    ['a gzip of text', gzipSync(Buffer.alloc(5000, 'x')), 'damaged'],
    ['a cut tar', testTar([{ path: 'a', content: 'x'.repeat(2000) }]).subarray(0, 1000), 'damaged'],
  ])('%s', async (_, bytes, problem) => {
    const file = write('a.tar', bytes);
    expect(await failing(opening(file))).toMatchObject({ code: 'image/archive-invalid', args: { problem } });
    expect(readdirSync(directory)).toEqual(['a.tar']);
  });

  test('nothing, and a directory', async () => {
    expect((await failing(opening(join(directory, 'no'))))?.code).toBe('image/not-found');
    expect((await failing(opening(directory)))?.code).toBe('image/not-found');
  });

  test('a manifest.json of another form', async () => {
    for (const content of ['{}', '[1]', '[{"Config":"c","Layers":[1]}]', '[']) {
      const file = write('a.tar', testTar([{ path: 'manifest.json', content }]));
      expect((await failing(opening(file)))?.code).toBe('image/json-invalid');
    }
  });
});

describe('what docker load makes of an archive', () => {
  const loaded = async (file: string) => {
    const source = await opening(file);
    try {
      return await source.loadedByDocker?.();
    } finally {
      await source.close();
    }
  };

  test('the image that manifest.json names, and nothing without one', async () => {
    const [one, both] = [join(directory, 'one.tar'), join(directory, 'both.tar')];
    const tree = await testIndex({ images: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }] }).tree();
    await writeArchive(tree, both, { names: ['a:1'] });
    expect(await loaded(both)).toBeUndefined();
    await writeArchive(tree, one, { names: ['a:1'], dockerPlatform: tree.images[1]!.declared! });
    expect(await loaded(one)).toEqual([tree.images[1]!.manifest.config.digest]);
  });

  test.each([['{'], ['[{"Config":"none","Layers":[]}]']])(
    'a manifest.json that says %s is refused',
    async (content) => {
      const config = Buffer.from('{"os":"linux","architecture":"amd64"}');
      const layout = [
        { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
        { path: 'index.json', content: '{"schemaVersion":2,"manifests":[]}' },
        { path: 'config.json', content: config },
        { path: 'manifest.json', content },
      ];
      expect(await loaded(write('a.tar', testTar(layout)))).toBeUndefined();
    },
  );
});

describe('an engine', () => {
  let server: Server;
  let address: { readonly socketPath: string };
  let saved: Buffer;
  beforeEach(async () => {
    const file = join(directory, 'saved.tar');
    await writeArchive(await testImage({ platform: 'linux/arm64' }).tree(), file, { names: ['team/app:1'] });
    saved = readFileSync(file);
    rmSync(file);
    server = createServer((request, response) => {
      const answers: Record<string, () => void> = {
        '/images/team/app%3A1/get': () => response.end(saved),
        '/images/broken/get': () => response.writeHead(500).end('{"message":"no space left"}'),
        '/images/cut/get': () => {
          response.writeHead(200, { 'content-length': saved.length });
          response.write(saved.subarray(0, 2000), () => response.destroy());
        },
      };
      (answers[request.url ?? ''] ?? (() => response.writeHead(404).end('{"message":"no such image"}')))();
    });
    address = { socketPath: join(mkdtempSync(join(tmpdir(), 'engine-')), 'docker.sock') };
    await new Promise<void>((resolve) => server.listen(address.socketPath, resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(dirname(address.socketPath), { recursive: true });
  });

  const open = (name: string) => openDocker(name, { address, temporaryDirectory: directory });

  test('hands its image over, and the copy goes with the source', async () => {
    const source = await open('team/app:1');
    const tree = await openTree(source, await source.resolve('team/app:1'));
    expect(tree).toMatchObject({ source: { kind: 'docker', name: 'docker:team/app:1' }, problems: [] });
    expect(tree.images[0]!.declared?.architecture).toBe('arm64');
    await source.close();
    await source.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('what a killed run left of an image goes with the next one, and nothing of others', async () => {
    const left = (pid: number) => join(directory, `rightarch-docker.${ownName().replace(/^\d+/, `${pid}`)}`);
    const dead = left(spawnSync(process.execPath, ['-e', '']).pid);
    const [alive, foreign, link] = [left(process.ppid), join(directory, 'rightarch-docker.notes'), left(999_999_999)];
    for (const path of [dead, alive, foreign]) mkdirSync(path);
    for (const path of [dead, alive]) writeFileSync(join(path, 'image.tar'), 'half of it');
    symlinkSync(alive, link);
    await (await open('team/app:1')).close();
    expect(readdirSync(directory).sort()).toEqual([alive, foreign, link].map((path) => basename(path)).sort());
    expect(readdirSync(alive)).toEqual(['image.tar']);
  });

  test('that has no such image, fails, stops in the middle, or is not there', async () => {
    expect(await failing(open('other'))).toMatchObject({ code: 'image/docker-missing', because: ['no such image'] });
    expect(await failing(open('broken'))).toMatchObject({ code: 'image/docker-refused', because: ['no space left'] });
    expect((await failing(open('cut')))?.code).toBe('image/docker-unreachable');
    const elsewhere = openDocker('x', { address: { elsewhere: 'ssh://me@build' } });
    expect((await failing(elsewhere))?.code).toBe('image/docker-elsewhere');
    const nowhere = openDocker('x', { address: { socketPath: join(directory, 'no.sock') } });
    expect((await failing(nowhere))?.code).toBe('image/docker-unreachable');
    expect(readdirSync(directory)).toEqual([]);
  });
});
