import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf, type Failure } from '../core/index.ts';
import { testImage, testIndex } from '../testing/index.ts';
import { writeFailure } from './files.ts';
import { copyTree, createLayoutSink, makeIndex, openLayout, openTree } from './index.ts';
import { withIndexLock } from './index-lock.ts';
import { ownName } from './own-name.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-layout-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function failing(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return (error as Failure | undefined)?.diagnostic;
}

async function put(name: string, parts: Parameters<typeof testImage>[0] = {}) {
  const tree = await testImage(parts).tree();
  const sink = createLayoutSink(directory);
  const root = await copyTree(tree, sink);
  await sink.tag(name, root);
  await sink.close();
  return root;
}

describe('writing and reading', () => {
  test('what is copied in is read out, byte for byte, and again is no work', async () => {
    const index = testIndex({ images: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }], attestations: true });
    const sink = createLayoutSink(directory);
    let bytes = 0;
    const root = await copyTree(await index.tree(), sink, {
      onBytes: (_, count) => {
        bytes += count;
      },
    });
    await sink.tag('latest', root);
    await sink.close();
    expect(bytes).toBeGreaterThan(0);
    const source = openLayout(directory);
    const tree = await openTree(source, await source.resolve(undefined));
    expect(tree.root.digest).toBe(index.descriptor.digest);
    expect(tree.images).toHaveLength(2);
    expect(tree.attestations).toHaveLength(2);
    expect(readdirSync(directory).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
    expect(readdirSync(join(directory, 'blobs/sha256')).sort()).toEqual(
      [...index.blobs.keys()].map((one) => one.slice(7)).sort(),
    );
    bytes = 0;
    await copyTree(tree, createLayoutSink(directory), {
      onBytes: (_, count) => {
        bytes += count;
      },
    });
    expect(bytes).toBe(0);
  });

  test('only some platforms make a new index, with their attestations', async () => {
    const index = testIndex({ images: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }], attestations: true });
    const sink = createLayoutSink(directory);
    const root = await copyTree(await index.tree(), sink, { platforms: [{ os: 'linux', architecture: 'arm64' }] });
    const tree = await openTree(
      openLayout(directory),
      await sink.tag('x', root).then(() => openLayout(directory).resolve('x')),
    );
    expect(tree.images.map((image) => image.declared?.architecture)).toEqual(['arm64']);
    expect(tree.attestations).toHaveLength(1);
    expect(await failing(copyTree(tree, sink, { platforms: [{ os: 'linux', architecture: 's390x' }] }))).toMatchObject({
      code: 'image/platform-absent',
      args: { platform: 'linux/s390x', known: ['linux/arm64'] },
    });
  });

  test('names: exact, as Docker would complete them, by digest, and unknown', async () => {
    const one = await put('team/app:1', { files: [{ path: '1' }] });
    const two = await put('docker.io/library/web:latest', { files: [{ path: '2' }] });
    const source = openLayout(directory);
    const digestNamed = async (name?: string) => (await source.resolve(name)).digest;
    expect(await digestNamed('team/app:1')).toBe(one.digest);
    expect(await digestNamed('docker.io/team/app:1')).toBe(one.digest);
    expect(await digestNamed('web')).toBe(two.digest);
    expect(await digestNamed(two.digest)).toBe(two.digest);
    expect(await failing(source.resolve('nope'))).toMatchObject({ code: 'image/name-unknown' });
    expect(await failing(source.resolve(undefined))).toMatchObject({ code: 'image/name-needed' });
    expect((await source.list()).map((image) => image.names[0])).toEqual([
      'team/app:1',
      'docker.io/library/web:latest',
    ]);
  });

  test('a name moves, the others stay', async () => {
    const kept = await put('kept', { files: [{ path: 'k' }] });
    await put('moved', { files: [{ path: '1' }] });
    const moved = await put('moved', { files: [{ path: '2' }] });
    const source = openLayout(directory);
    expect((await source.resolve('kept')).digest).toBe(kept.digest);
    expect((await source.resolve('moved')).digest).toBe(moved.digest);
    expect(await source.list()).toHaveLength(2);
  });

  test('an index.json of platforms without names is itself the image', async () => {
    const images = ['linux/amd64', 'linux/arm64'].map((platform) => testImage({ platform }));
    for (const image of images) await image.writeLayout(directory);
    const index = makeIndex({ manifests: images.map((image) => image.descriptor) });
    writeFileSync(join(directory, 'index.json'), index.bytes);
    const source = openLayout(directory);
    const tree = await openTree(source, await source.resolve(undefined));
    expect(tree.images.map((image) => image.declared?.architecture)).toEqual(['amd64', 'arm64']);
  });
});

describe('what is not as it should be', () => {
  test('no directory, no marker, another version, no index, no JSON', async () => {
    const source = openLayout(directory, { name: 'oci:x' });
    const code = async () => (await failing(source.resolve(undefined)))?.code;
    expect((await failing(openLayout(join(directory, 'no')).resolve(undefined)))?.code).toBe('image/not-found');
    writeFileSync(join(directory, 'index.json'), '{');
    expect(await code()).toBe('image/layout-invalid');
    writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}');
    expect(await code()).toBe('image/layout-invalid');
    writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    expect(await code()).toBe('image/json-invalid');
    rmSync(join(directory, 'index.json'));
    expect(await code()).toBe('image/layout-invalid');
    symlinkSync('index.json', join(directory, 'index.json'));
    expect((await failing(source.resolve(undefined)))?.args['problem']).toBe('loop');
    rmSync(join(directory, 'index.json'));
    writeFileSync(join(directory, 'index.json'), '{"schemaVersion":2,"manifests":[]}');
    expect(await code()).toBe('image/empty');
  });

  test('a blob that is missing, and one that is a directory', async () => {
    const root = await put('a');
    const path = join(directory, 'blobs/sha256', root.digest.slice(7));
    rmSync(path);
    expect((await failing(openTree(openLayout(directory), root)))?.code).toBe('image/blob-missing');
    mkdirSync(path);
    expect((await failing(openTree(openLayout(directory), root)))?.code).toBe('image/blob-missing');
  });

  test('wrong bytes never get a name, and leave nothing', async () => {
    const sink = createLayoutSink(directory);
    const wrong = { mediaType: 'x', digest: digestOf('right'), size: 5 };
    const bytes = async function* () {
      yield Buffer.from('wrong');
    };
    expect((await failing(sink.writeBlob(wrong, bytes)))?.code).toBe('image/digest-wrong');
    expect(await sink.has(wrong)).toBe(false);
    expect(readdirSync(join(directory, 'ingest'))).toEqual([]);
    expect(readdirSync(join(directory, 'blobs/sha256'))).toEqual([]);
    await sink.close();
    // Nothing got a name: there is no layout, not even an empty one.
    expect(readdirSync(directory)).toEqual(['blobs']);
  });

  test('a new layout whose index cannot be written is none', async () => {
    const tree = await testImage({}).tree();
    const sink = createLayoutSink(directory);
    const root = await copyTree(tree, sink);
    // What rename cannot replace.
    mkdirSync(join(directory, 'index.json', 'in-the-way'), { recursive: true });
    expect((await failing(sink.tag('a', root)))?.code).toMatch(/^image\//);
    rmSync(join(directory, 'index.json'), { recursive: true });
    expect((await failing(openLayout(directory).resolve('a')))?.code).toBe('image/not-found');
    await sink.tag('a', root);
    expect((await openLayout(directory).resolve('a')).digest).toBe(root.digest);
  });

  test('a stream that breaks, and a call that is aborted, leave nothing', async () => {
    const sink = createLayoutSink(directory);
    const descriptor = { mediaType: 'x', digest: digestOf('right'), size: 5 };
    const broken = async function* () {
      yield Buffer.from('rig');
      throw new Error('cut');
    };
    await expect(sink.writeBlob(descriptor, broken)).rejects.toThrow('cut');
    const controller = new AbortController();
    const aborting = async function* () {
      yield Buffer.from('rig');
      controller.abort(new Error('stop'));
      yield Buffer.from('ht');
    };
    await expect(sink.writeBlob(descriptor, aborting, { signal: controller.signal })).rejects.toThrow('stop');
    expect(readdirSync(join(directory, 'ingest'))).toEqual([]);
  });

  test('a place that cannot be written', async () => {
    writeFileSync(join(directory, 'file'), '');
    const sink = createLayoutSink(join(directory, 'file', 'out'));
    const work = sink.writeBlob({ mediaType: 'x', digest: digestOf('a'), size: 1 }, async function* () {
      yield Buffer.from('a');
    });
    expect((await failing(work))?.code).toBe('image/write-failed');
  });

  test('a full disk is told from the rest', () => {
    const error = (code: string) => Object.assign(new Error(code), { code, syscall: 'write' });
    expect(writeFailure(error('ENOSPC'), '/x').diagnostic.code).toBe('image/disk-full');
    expect(writeFailure(error('EDQUOT'), '/x').diagnostic.code).toBe('image/disk-full');
    expect(writeFailure(error('EACCES'), '/x').diagnostic.code).toBe('image/write-failed');
  });
});

describe('several writers', () => {
  test('in one process: no name is lost', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
    await Promise.all(names.map((name) => put(name, { files: [{ path: name }] })));
    const found = (await openLayout(directory).list()).flatMap((image) => image.names);
    expect(found.sort()).toEqual(names.sort());
    expect(readdirSync(directory).filter((name) => name.startsWith('.index'))).toEqual([]);
  });

  test('locks and files of dead processes stop nobody', async () => {
    await put('a');
    const dead = await deadPid();
    // Killed in the moment between making the file and whatever it would do next.
    await withIndexLock(directory, async () => {
      const living = readdirSync(directory).find((name) => name.startsWith('.index.lock.'));
      writeFileSync(join(directory, living!.replace(`.${process.pid}.`, `.${dead}.`)), '');
    });
    mkdirSync(join(directory, 'ingest'), { recursive: true });
    writeFileSync(join(directory, 'ingest', ownName().replace(/^\d+/, `${dead}`)), 'half');
    await put('b');
    expect((await openLayout(directory).list()).flatMap((image) => image.names)).toEqual(['a', 'b']);
    expect(readdirSync(directory).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  test('what is not ours in index.json stays', async () => {
    await put('a');
    const file = join(directory, 'index.json');
    const before = JSON.parse(readFileSync(file, 'utf8')) as { manifests: { annotations: object }[] };
    Object.assign(before.manifests[0]!.annotations, { 'example.other': 'kept' });
    writeFileSync(file, JSON.stringify(before));
    await put('b', { files: [{ path: 'b' }] });
    expect(readFileSync(file, 'utf8')).toContain('"example.other":"kept"');
  });
});

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const file = join(directory, 'nothing.mjs');
  writeFileSync(file, '');
  const child = fork(file, { execArgv: [] });
  await new Promise((resolve) => child.once('exit', resolve));
  rmSync(file);
  return child.pid!;
}
