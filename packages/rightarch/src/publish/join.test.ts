import { describe, expect, test } from 'vitest';
import { digestOf, Failure, formatPlatform, parsePlatform } from '../core/index.ts';
import { attestedLayers } from '../oci/attestations.ts';
import {
  chooseImages,
  type Descriptor,
  type ImageTree,
  mediaTypes,
  openTree,
  readAttestations,
  readVerified,
} from '../oci/index.ts';
import { verifyTree } from '../proof/index.ts';
import { elfBytes, type TestImage, type TestImageParts, testImage, testIndex } from '../testing/index.ts';
import { type JoinOptions, joinTrees } from './join.ts';

const NAME = 'r.example.com/app:1';
const OTHER: TestImageParts = { config: { Entrypoint: ['/app'], Cmd: ['2'] } };

const parts = (cpu: 'amd64' | 'arm64', more: TestImageParts = {}): TestImageParts => ({
  platform: `linux/${cpu}`,
  files: [{ path: 'app', mode: 0o755, content: elfBytes({ machine: cpu }) }],
  config: { Entrypoint: ['/app'] },
  ...more,
});
const named = (image: TestImage, name: string): Promise<ImageTree> => openTree(image.source(name), image.descriptor);
const one = (cpu: 'amd64' | 'arm64', more?: TestImageParts): Promise<ImageTree> =>
  named(testImage(parts(cpu, more)), `oci:${cpu}`);
const index = (image: TestImageParts, attestations = false, name = 'oci:x'): Promise<ImageTree> =>
  named(testIndex({ images: [image], attestations: attestations && { provenance: { of: name } } }), name);
const listed = ({ images }: ImageTree): readonly string[] =>
  images.map(({ entryPlatform }) => (entryPlatform === undefined ? '?' : formatPlatform(entryPlatform)));
const codeOf = async (joining: Promise<unknown>): Promise<string> => {
  try {
    await joining;
  } catch (error) {
    if (error instanceof Failure) return error.diagnostic.code;
    throw error;
  }
  return 'none';
};
const join = (trees: readonly ImageTree[], more: Partial<JoinOptions> = {}): Promise<ImageTree> =>
  joinTrees(
    trees.map((tree) => ({ name: tree.source.name, tree })),
    { name: NAME, ...more },
  );

describe('joinTrees', () => {
  test('makes one index of manifests, in their order, that reads back as it was given', async () => {
    const trees = [await one('arm64'), await one('amd64')];
    const joined = await join(trees);
    expect(listed(joined)).toEqual(['linux/arm64', 'linux/amd64']);
    expect(JSON.parse(Buffer.from(joined.rawRoot).toString())).toEqual({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: trees.map(({ root }, i) => ({
        mediaType: root.mediaType,
        digest: root.digest,
        size: root.size,
        platform: { architecture: ['arm64', 'amd64'][i], os: 'linux' },
      })),
    });
    const proof = await verifyTree(joined);
    expect([proof.verdict, proof.digest]).toEqual(['proven', joined.root.digest]);
  });

  test('says of each what its config says, in its canonical form', async () => {
    const arm = await index(parts('arm64', { platform: 'linux/arm64/v8' }));
    const old = await testImage({ ...parts('arm64'), platform: 'linux/arm/v7' }).tree();
    expect(listed(await join([arm, old]))).toEqual(['linux/arm64', 'linux/arm/v7']);
  });

  test('an entry that named another platform than its config is one of its config, and proven as that', async () => {
    const lying = await index(parts('amd64', { entryPlatform: 'linux/arm64' }));
    const joined = await join([lying]);
    expect(listed(joined)).toEqual(['linux/amd64']);
    expect(joined.problems).toEqual([]);
    expect((await verifyTree(joined)).verdict).toBe('proven');
  });

  test('the same image under two names is one entry', async () => {
    const joined = await join([await one('amd64'), await one('amd64'), await one('arm64')]);
    expect(joined.images).toHaveLength(2);
  });

  test('two images of one platform are refused, and one that declares none', async () => {
    const other = await one('amd64', OTHER);
    const first = await one('amd64');
    expect(await codeOf(join([first, other]))).toBe('publish/platform-twice');
    const silent = await one('amd64', { platform: null });
    expect(await codeOf(join([first, silent]))).toBe('image/platform-missing');
  });

  test('two images of one platform in one source are refuted, also where their entries said nothing', async () => {
    const both = await named(
      testIndex({
        images: [parts('amd64', { entryPlatform: null }), { ...parts('amd64', OTHER), entryPlatform: null }],
      }),
      'oci:both',
    );
    const joined = await join([both, await one('arm64')]);
    expect(joined.problems.map(({ code }) => code)).toEqual(['image/entry-duplicate']);
    expect((await verifyTree(joined)).verdict).toBe('refuted');
  });

  test('what is required and not there is refused', async () => {
    const [amd64, arm64] = [await one('amd64'), await one('arm64')];
    const require = ['linux/amd64', 'linux/arm64/v8'].map((text) => parsePlatform(text)!);
    expect(await codeOf(join([amd64], { require }))).toBe('publish/platform-required');
    expect(await codeOf(join([amd64, arm64], { require }))).toBe('none');
  });

  test('is a list of Docker where all of them are of Docker, and nothing is in it that such a list has not', async () => {
    const docker = { dockerMediaTypes: true };
    const [amd64, arm64] = [await one('amd64', docker), await one('arm64', docker)];
    expect((await join([amd64, arm64])).root.mediaType).toBe(mediaTypes.dockerList);
    expect((await join([amd64, arm64], { annotations: { a: 'b' } })).root.mediaType).toBe(mediaTypes.ociIndex);
    expect((await join([amd64, await one('arm64')])).root.mediaType).toBe(mediaTypes.ociIndex);
  });

  test('attestations go along with their images and are read where they lie, or stay behind', async () => {
    const trees = [await index(parts('amd64'), true, 'oci:a'), await index(parts('arm64'), true, 'oci:b')];
    const joined = await join(trees);
    const attested = await readAttestations(joined);
    expect(attested.map(({ subject }) => subject)).toEqual(joined.images.map(({ descriptor }) => descriptor.digest));
    // The statement itself is known by no document of the tree, only by the attestation that was read.
    const layers = (await Promise.all(joined.attestations.map((each) => attestedLayers(joined, each, {})))).flat();
    expect(layers).toHaveLength(2);
    for (const layer of layers)
      expect(await readVerified(joined.source, layer, { limit: 10_000 })).toHaveLength(layer.size);
    expect((await join(trees, { attestations: 'drop' })).attestations).toEqual([]);
  });

  test('a statement that is lost is missing where its attestation lies', async () => {
    const made = (cpu: 'amd64' | 'arm64') =>
      testIndex({ images: [parts(cpu)], attestations: { provenance: { of: cpu } } });
    const [whole, broken] = [await named(made('amd64'), 'oci:whole'), made('arm64')];
    const tree = await named(broken, 'oci:broken');
    const [statement] = await attestedLayers(tree, tree.attestations[0]!, {});
    (broken.blobs as Map<string, Uint8Array>).delete(statement!.digest);
    const joined = await join([whole, await named(broken, 'oci:broken')]);
    for (const each of joined.attestations) await attestedLayers(joined, each, {});
    const reading = readVerified(joined.source, statement!, { limit: 10_000 });
    await expect(reading).rejects.toMatchObject({ diagnostic: { at: { image: 'oci:broken' } } });
  });

  test('bytes come from the place that has them, and a layer that several have from the next where one lost it', async () => {
    const trees = [await one('amd64'), await one('arm64')];
    const joined = await join(trees);
    for (const image of chooseImages(joined, undefined))
      for (const { descriptor } of image.layers)
        expect(joined.source.placeOf?.(descriptor)?.name).toBe(`oci:${image.declared?.architecture}`);
    const layer = { files: [{ path: 'lib', content: 'shared' }] };
    const layers = (cpu: 'amd64' | 'arm64') => [layer, { files: parts(cpu).files! }];
    const broken = await named(
      testImage({ ...parts('amd64'), layers: [{ ...layer, lies: { missing: true } }, layers('amd64')[1]!] }),
      'oci:broken',
    );
    const whole = await named(testImage({ ...parts('arm64'), layers: layers('arm64') }), 'oci:whole');
    expect((await verifyTree(await join([broken, whole]))).verdict).toBe('proven');
  });

  test('an index within a source is refused, an artifact goes along', async () => {
    const bytes = Buffer.from('{}');
    const entry = { digest: digestOf(bytes), size: bytes.length };
    const nested = { ...entry, mediaType: mediaTypes.ociIndex };
    const artifact = { ...entry, mediaType: 'application/vnd.example' };
    const tree = (more: Descriptor) => named(testIndex({ images: [parts('amd64')], more: [more] }), 'oci:x');
    expect(await codeOf(join([await tree(nested)]))).toBe('image/nested-index');
    expect((await join([await tree(artifact), await one('arm64')])).others).toMatchObject([artifact]);
    // Under the name itself it stays, whatever it is.
    const standing = { name: NAME, tree: await tree(nested) };
    expect((await join([await one('arm64')], { standing })).others).toMatchObject([nested]);
  });

  test('what stands keeps its annotations, and its very index where nothing is new', async () => {
    const made = testIndex({ images: [parts('amd64'), parts('arm64')], annotations: { revision: 'a' } });
    const standing = { name: NAME, tree: await named(made, 'oci:standing') };
    const same = await join([await one('arm64')], { standing });
    expect(same.root.digest).toBe(standing.tree.root.digest);
    const more = await join([await testImage({ ...parts('arm64'), platform: 'linux/riscv64' }).tree()], { standing });
    expect(JSON.parse(Buffer.from(more.rawRoot).toString())).toMatchObject({ annotations: { revision: 'a' } });
    expect(more.images).toHaveLength(3);
  });
});
