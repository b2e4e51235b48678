import { describe, expect, test } from 'vitest';
import { digestOf } from '../core/index.ts';
import { type TestImageParts, testImage, testIndex } from '../testing/index.ts';
import { testSource } from '../testing/source.ts';
import { type Descriptor, mediaTypes, openTree, type RuntimeConfig, readVerified, streamVerified } from './index.ts';

const codesOf = (problems: readonly { readonly code: string }[]) => problems.map(({ code }) => code);

/** The code of the failure that an operation ends with. */
async function failing(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return (error as { diagnostic?: { code: string; args: Record<string, unknown> } } | undefined)?.diagnostic;
}

const problemsOf = async (parts: TestImageParts) => codesOf((await testImage(parts).tree()).problems);

describe('one image', () => {
  test('everything is read, verified, and mapped', async () => {
    const image = testImage({
      platform: 'linux/arm64/v8',
      layers: [
        { files: [{ path: 'a' }], createdBy: 'COPY a' },
        { files: [{ path: 'b' }], createdBy: 'COPY b' },
      ],
      history: [{ created_by: 'COPY a' }, { created_by: 'ENV x', empty_layer: true }, { created_by: 'COPY b' }],
    });
    const tree = await image.tree();
    expect(tree).toMatchObject({ form: 'manifest', problems: [], others: [], attestations: [] });
    const [one] = tree.images;
    expect(one).toMatchObject({ declared: { os: 'linux', architecture: 'arm64' }, entryPlatform: undefined });
    expect(one!.layers.map((layer) => [layer.position, layer.history?.created_by])).toEqual([
      [[1, 2], 'COPY a'],
      [[2, 2], 'COPY b'],
    ]);
    expect(digestOf(one!.rawConfig)).toBe(one!.manifest.config.digest);
  });

  test('a member that is null is one that is not there, as it is to Go', async () => {
    const document = { author: null, history: [{ created_by: null, comment: 'c' }], created: null };
    const config = { Cmd: null, User: null, Labels: null, Entrypoint: ['/a'] } as unknown as RuntimeConfig;
    const [image] = (await testImage({ files: [], document, config }).tree()).images;
    expect(image!.config).toMatchObject({ config: { Entrypoint: ['/a'] }, history: [{ comment: 'c' }] });
    expect(JSON.stringify(image!.config)).not.toContain('null');
  });

  test('a history that does not count up is not mapped', async () => {
    const tree = await testImage({ history: [], files: [] }).tree();
    expect(tree.images[0]!.layers[0]!.history).toBeUndefined();
  });

  test('a platform that is missing is never guessed', async () => {
    const tree = await testImage({ platform: null }).tree();
    expect(tree.images[0]!.declared).toBeUndefined();
    expect(tree.problems[0]).toMatchObject({
      code: 'image/platform-missing',
      args: { missing: ['os', 'architecture'] },
    });
    const half = await testImage({ document: { architecture: undefined } }).tree();
    expect(half.images[0]!.declared).toBeUndefined();
    expect(half.problems[0]!.args['missing']).toEqual(['architecture']);
  });

  test('layers and diff_ids that do not match in number', async () => {
    expect(await problemsOf({ document: { rootfs: { type: 'layers', diff_ids: [] } } })).toEqual([
      'image/layers-differ',
    ]);
  });

  test('foreign layers and layers of no known kind', async () => {
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      urls: ['https://example.com/x'],
    };
    expect(await problemsOf({ layers: [{ lies: { ...foreign, missing: true } }] })).toEqual(['image/foreign-layer']);
    expect(await problemsOf({ layers: [{ lies: { mediaType: 'application/x-helm' } }] })).toEqual([
      'image/media-type-unknown',
    ]);
  });
});

describe('an index', () => {
  test('entry and config that differ, in variant too', async () => {
    const index = testIndex({
      images: [
        { platform: 'linux/amd64', entryPlatform: 'linux/arm64' },
        { platform: 'linux/arm/v6', entryPlatform: 'linux/arm/v7' },
        { platform: 'linux/arm64', entryPlatform: 'linux/arm64/v8', files: [{ path: 'x' }] },
      ],
    });
    const { problems } = await index.tree();
    expect(problems.map((one) => [one.code, one.args['entry'], one.args['config']])).toEqual([
      ['image/entry-config-differ', 'linux/arm64', 'linux/amd64'],
      ['image/entry-config-differ', 'linux/arm/v7', 'linux/arm/v6'],
      ['image/entry-duplicate', undefined, undefined],
    ]);
  });

  test('the same platform twice, and the same entry twice', async () => {
    const one = testImage({ platform: 'linux/amd64' });
    const other = testImage({ platform: 'linux/amd64', files: [{ path: 'a' }] });
    expect(codesOf((await testIndex({ images: [one, other] }).tree()).problems)).toEqual(['image/entry-duplicate']);
    expect(codesOf((await testIndex({ images: [one, one] }).tree()).problems)).toEqual(['image/entry-duplicate']);
  });

  test('entries that ask for other os.features are no equals, and say so again when an index is written anew', async () => {
    const erofs = ['erofs', 'a'];
    const images = [undefined, erofs, ['a', 'erofs']].map((osFeatures, i) => {
      const one = testImage({ platform: 'linux/amd64', files: [{ path: `${i}` }] });
      const platform = { os: 'linux', architecture: 'amd64', ...(osFeatures === undefined ? {} : { osFeatures }) };
      return { ...one, descriptor: { ...one.descriptor, platform } };
    });
    const tree = await testIndex({ images }).tree();
    expect(tree.images.map(({ entryPlatform }) => entryPlatform?.osFeatures)).toEqual([
      undefined,
      erofs,
      ['a', 'erofs'],
    ]);
    expect(codesOf(tree.problems)).toEqual(['image/entry-duplicate']);
    expect(tree.problems[0]?.args['first']).toBe(images[1]!.descriptor.digest);
  });

  test('an entry without a platform', async () => {
    const tree = await testIndex({ images: [{ entryPlatform: null }] }).tree();
    expect(codesOf(tree.problems)).toEqual(['image/entry-no-platform']);
    expect(tree.images[0]!.declared).toEqual({ os: 'linux', architecture: 'amd64' });
  });

  test('what is not an image is shown and said', async () => {
    const of = (mediaType: string, text: string): Descriptor => ({
      mediaType,
      digest: digestOf(text),
      size: text.length,
    });
    const more = [
      of(mediaTypes.ociIndex, 'nested'),
      of('application/vnd.docker.distribution.manifest.v1+prettyjws', 'old'),
      of('application/vnd.cncf.helm', 'chart'),
      of(mediaTypes.ociManifest, 'gone'),
    ];
    const tree = await testIndex({ images: [{}], more }).tree();
    expect(tree.images).toHaveLength(1);
    expect(tree.others.map((one) => one.digest)).toEqual(more.map((one) => one.digest));
    expect(codesOf(tree.problems)).toEqual([
      'image/nested-index',
      'image/schema-1',
      'image/media-type-unknown',
      'image/entry-unreadable',
      'image/blob-missing',
    ]);
  });

  test('a damaged child is a problem; a source that fails is a failure', async () => {
    const index = testIndex({ images: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }] });
    const child = index.manifests[1]!.digest;
    const blobs = new Map(index.blobs).set(child, Buffer.from('{}'));
    const tree = await openTree(testSource({ root: index.descriptor, blobs }), index.descriptor);
    expect(tree.images).toHaveLength(1);
    expect(codesOf(tree.problems)).toEqual(['image/entry-unreadable', 'image/digest-wrong']);
    const broken = testSource({ root: index.descriptor, blobs, failRead: { number: 3, error: new Error('cut') } });
    await expect(openTree(broken, index.descriptor)).rejects.toThrow('cut');
  });

  test('an empty index is empty', async () => {
    expect(codesOf((await testIndex({ images: [] }).tree()).problems)).toEqual(['image/empty']);
  });
});

describe('hostile documents', () => {
  const open = (text: string | Buffer, mediaType: string = mediaTypes.ociManifest) => {
    const bytes = Buffer.from(text as string);
    const root = { mediaType, digest: digestOf(bytes), size: bytes.length };
    return failing(openTree(testSource({ root, blobs: new Map([[root.digest, bytes]]) }), root));
  };
  const D = `"digest":"${digestOf('')}","size":0,"mediaType":"x"`;

  test.each([
    ['{"schemaVersion": 2,\n "config": }', '2:12', 'json'],
    ['<html>', '1:1', 'json'],
    ['', '1:1', 'json'],
    ['\ufeff{}', '1:1', 'json'],
    ['[]', '.', 'object'],
    ['null', '.', 'object'],
    ['{"schemaVersion":"2"}', 'schemaVersion', 'schema2'],
    ['{"schemaVersion":2}', 'config', 'object'],
    [`{"schemaVersion":2,"config":{${D}},"layers":{}}`, 'layers', 'list'],
    [
      `{"schemaVersion":2,"config":{${D}},"layers":[{${D}},{"digest":"sha256:abc","size":1}]}`,
      'layers[1].digest',
      'digest',
    ],
    [`{"schemaVersion":2,"config":{"digest":"${digestOf('')}","size":-1}}`, 'config.size', 'number'],
    [`{"schemaVersion":2,"config":{${D}},"Layers":[]}`, 'Layers', 'exact'],
    [`{"schemaVersion":2,"config":{${D}},"layers":[],"manifests":[]}`, 'layers', 'one'],
    [`{"schemaVersion":2,"config":{${D}},"layers":[],"config":{}}`, 'config', 'once'],
    [`{"schemaVersion":2,"config":{${D}},"layers":[{${D},"digest":"x"}]}`, 'layers[0].digest', 'once'],
    [`{"schemaVersion":2,"config":{${D}},"annotations":{"a":1}}`, 'annotations', 'textMap'],
  ])('%s', async (text, place, wanted) => {
    expect(await open(text)).toMatchObject({ code: 'image/json-invalid', args: { place, wanted } });
  });

  test('nesting of any depth', async () => {
    const closed = await open(`${'['.repeat(2e5)}${']'.repeat(2e5)}`);
    expect(closed).toMatchObject({ code: 'image/json-invalid', args: { place: '.', wanted: 'object' } });
    const left = await open('{"a":'.repeat(4e4));
    expect(left).toMatchObject({ code: 'image/json-invalid', args: { place: '1:200001', wanted: 'json' } });
  });

  test('bytes that are not UTF-8', async () => {
    expect(await open(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ code: 'image/json-invalid' });
  });

  test('schema 1', async () => {
    expect((await open('{"schemaVersion":1}'))?.code).toBe('image/schema-1');
  });

  test('a manifest that is no image', async () => {
    const text = `{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"${digestOf('{}')}","size":2},"layers":[]}`;
    const root = { mediaType: mediaTypes.ociManifest, digest: digestOf(text), size: text.length };
    const tree = await openTree(testSource({ root, blobs: new Map([[root.digest, Buffer.from(text)]]) }), root);
    expect(tree).toMatchObject({ images: [], others: [root], problems: [{ code: 'image/media-type-unknown' }] });
  });

  test('a document that calls itself something else', async () => {
    const image = testImage({ dockerMediaTypes: true });
    const root = { ...image.descriptor, mediaType: mediaTypes.ociManifest };
    expect(codesOf((await openTree(image.source(), root)).problems)).toEqual(['image/media-type-differs']);
  });

  test.each([
    [{ config: { Entrypoint: 'sh' } }, 'config.Entrypoint'],
    [{ config: { Env: [1] } }, 'config.Env'],
    [{ config: { Labels: { a: null } } }, 'config.Labels'],
    [{ os: 7 }, 'os'],
    [{ rootfs: { type: 'layers', diff_ids: ['x'] } }, 'rootfs.diff_ids[0]'],
    [{ Os: 'windows' }, 'Os'],
  ])('a config with %j', async (document, place) => {
    expect(await failing(testImage({ document }).tree())).toMatchObject({
      code: 'image/json-invalid',
      args: { place },
    });
  });

  test('documents are bounded before they are read', async () => {
    const image = testImage();
    const source = image.source();
    const root = { ...image.descriptor, size: 5 << 20 };
    expect((await failing(openTree(source, root)))?.code).toBe('image/document-too-large');
    expect(source.reads).toEqual([]);
  });
});

describe('verified bytes', () => {
  const bytes = Buffer.alloc(300_000, 'abc');
  const root = { mediaType: 'x', digest: digestOf(bytes), size: bytes.length };
  const reading = (blob: Uint8Array, descriptor: Descriptor) =>
    readVerified(testSource({ root: descriptor, blobs: new Map([[descriptor.digest, blob]]) }), descriptor);

  test('the right ones come through', async () => {
    expect(Buffer.from(await reading(bytes, root)).equals(bytes)).toBe(true);
    const { createHash } = await import('node:crypto');
    const digest = `sha512:${createHash('sha512').update(bytes).digest('hex')}` as const;
    expect((await reading(bytes, { ...root, digest })).length).toBe(bytes.length);
  });

  test('too short, too long, another', async () => {
    const code = 'image/digest-wrong';
    expect(await failing(reading(bytes.subarray(1), root))).toMatchObject({ code, args: { gotSize: 299_999 } });
    expect(await failing(reading(Buffer.concat([bytes, bytes]), root))).toMatchObject({ code });
    const other = Buffer.from(bytes).fill('x', 299_999);
    expect(await failing(reading(other, root))).toMatchObject({
      code,
      args: { want: root.digest, got: digestOf(other) },
    });
  });

  test('more than announced stops at once', async () => {
    let given = 0;
    const endless = {
      ...testSource({ root, blobs: new Map() }),
      async *blob() {
        for (;;) {
          given += 1000;
          yield Buffer.alloc(1000);
        }
      },
    };
    const drain = async () => {
      for await (const _ of streamVerified(endless, { ...root, size: 2500 }));
    };
    expect((await failing(drain()))?.code).toBe('image/digest-wrong');
    expect(given).toBe(3000);
  });
});
