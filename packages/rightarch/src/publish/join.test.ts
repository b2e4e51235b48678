import { describe, expect, test } from 'vitest';
import { Failure, formatPlatform, parsePlatform } from '../core/index.ts';
import { attestedLayers } from '../oci/attestations.ts';
import { chooseImages, type ImageTree, mediaTypes, openTree, readAttestations, readVerified } from '../oci/index.ts';
import { verifyTree } from '../proof/index.ts';
import { elfBytes, type TestImage, type TestImageParts, testImage, testIndex } from '../testing/index.ts';
import { joinTrees } from './join.ts';

const NAME = 'r.example.com/app:1';

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
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error.diagnostic.code;
    throw error;
  }
  return 'none';
};

describe('joinTrees', () => {
  test('makes one index of manifests, in their order, that reads back as it was given', async () => {
    const trees = [await one('arm64'), await one('amd64')];
    const joined = joinTrees(trees, { name: NAME });
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
    expect(listed(joinTrees([arm, old], { name: NAME }))).toEqual(['linux/arm64', 'linux/arm/v7']);
  });

  test('an entry that named another platform than its config is not proven by being mended', async () => {
    const lying = await index(parts('amd64', { entryPlatform: 'linux/arm64' }));
    const joined = joinTrees([lying], { name: NAME });
    expect(listed(joined)).toEqual(['linux/amd64']);
    expect((await verifyTree(joined)).verdict).toBe('refuted');
  });

  test('the same image under two names is one entry', async () => {
    const joined = joinTrees([await one('amd64'), await one('amd64'), await one('arm64')], { name: NAME });
    expect(joined.images).toHaveLength(2);
  });

  test('two images of one platform are refused, and one that declares none', async () => {
    const other = await one('amd64', { config: { Entrypoint: ['/app'], Cmd: ['2'] } });
    const first = await one('amd64');
    expect(codeOf(() => joinTrees([first, other], { name: NAME }))).toBe('publish/platform-twice');
    const silent = await one('amd64', { platform: null });
    expect(codeOf(() => joinTrees([first, silent], { name: NAME }))).toBe('image/platform-missing');
  });

  test('what is required and not there is refused', async () => {
    const [amd64, arm64] = [await one('amd64'), await one('arm64')];
    const require = ['linux/amd64', 'linux/arm64/v8'].map((text) => parsePlatform(text)!);
    expect(codeOf(() => joinTrees([amd64], { name: NAME, require }))).toBe('publish/platform-required');
    expect(codeOf(() => joinTrees([amd64, arm64], { name: NAME, require }))).toBe('none');
  });

  test('is a list of Docker where all of them are of Docker', async () => {
    const docker = { dockerMediaTypes: true };
    const [amd64, arm64] = [await one('amd64', docker), await one('arm64', docker)];
    expect(joinTrees([amd64, arm64], { name: NAME }).root.mediaType).toBe(mediaTypes.dockerList);
    expect(joinTrees([amd64, await one('arm64')], { name: NAME }).root.mediaType).toBe(mediaTypes.ociIndex);
  });

  test('attestations go along with their images and are read where they lie, or stay behind', async () => {
    const trees = [await index(parts('amd64'), true, 'oci:a'), await index(parts('arm64'), true, 'oci:b')];
    const joined = joinTrees(trees, { name: NAME });
    const attested = await readAttestations(joined);
    expect(attested.map(({ subject }) => subject)).toEqual(joined.images.map(({ descriptor }) => descriptor.digest));
    // The statement itself is known by no document of the tree: each place is asked.
    const layers = (await Promise.all(joined.attestations.map((one) => attestedLayers(joined, one, {})))).flat();
    expect(layers).toHaveLength(2);
    for (const layer of layers)
      expect(await readVerified(joined.source, layer, { limit: 10_000 })).toHaveLength(layer.size);
    expect(joinTrees(trees, { name: NAME, attestations: 'drop' }).attestations).toEqual([]);
  });

  test('bytes come from the place that has them', async () => {
    const trees = [await one('amd64'), await one('arm64')];
    const joined = joinTrees(trees, { name: NAME });
    for (const image of chooseImages(joined, undefined))
      for (const { descriptor } of image.layers) {
        const place = joined.source.placeOf?.(descriptor);
        expect(place?.name).toBe(`oci:${image.declared?.architecture}`);
      }
  });
});
