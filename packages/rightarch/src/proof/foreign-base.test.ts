import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type TestImageParts, testImage, testIndex } from '../testing/index.ts';
import { findForeignBases } from './foreign-base.ts';

async function told(platform: string, parts: Partial<TestImageParts>, createdBy: string, provenance?: object) {
  const layers = [{ files: [{ path: 'etc/os-release' }], createdBy }];
  const index = testIndex({
    images: [testImage({ platform, layers, ...parts })],
    ...(provenance === undefined ? {} : { attestations: { provenance } }),
  });
  return (await findForeignBases(await index.tree())).map(({ args }) => `${args['by']}: ${args['text']}`);
}
const NAME = 'org.opencontainers.image.base.name';
const DEBIAN = "# debian.sh --arch 'amd64' out/ 'trixie' '@1756000000'";
const made = (...platforms: readonly (string | undefined)[]) => ({
  predicateType: 'https://slsa.dev/provenance/v0.2',
  predicate: {
    materials: platforms.map((platform) => ({
      uri: `pkg:docker/node@22${platform === undefined ? '' : `?platform=${encodeURIComponent(platform)}`}`,
    })),
  },
});

test.each([
  ['linux/arm64', DEBIAN, ["instruction: # debian.sh --arch 'amd64' out/ 'trixie' '@1756000000'"]],
  ['linux/amd64', DEBIAN, []],
  [
    'linux/arm64',
    'ADD alpine-minirootfs-3.22.1-x86_64.tar.gz / # buildkit',
    ['instruction: ADD alpine-minirootfs-3.22.1-x86_64.tar.gz /'],
  ],
  ['linux/arm/v7', 'ADD alpine-minirootfs-3.22.1-armv7.tar.gz / # buildkit', []],
  ['linux/arm64', '/bin/sh -c #(nop) ADD file:386amd64aa386b0 in / ', []],
  ['linux/arm64', 'COPY /out/linux-amd64/app /app # buildkit', []],
  ['linux/s390x', 'ADD rootfs-s390x.tar.gz /', []],
])('%s on %s', async (platform, createdBy, expected) => {
  expect(await told(platform, {}, createdBy)).toEqual(expected);
});

test.each([
  ['linux/arm64', 'docker.io/amd64/debian:12', 1],
  ['linux/arm64', 'docker.io/arm64v8/debian:12', 0],
  ['linux/amd64', 'docker.io/arm64v8/debian:12', 1],
  ['linux/arm64', 'docker.io/library/debian:12', 0],
])('%s with the base name %s', async (platform, name, count) => {
  expect(await told(platform, { annotations: { [NAME]: name } }, 'RUN true')).toHaveLength(count);
});

test.each([
  ['no base for its CPU', made('linux/amd64'), 'RUN true', ['provenance: node@22 (linux/amd64)']],
  ['a stage of the builder beside its base', made('linux/amd64', 'linux/arm64'), 'RUN true', []],
  ['a base that says no platform', made('linux/amd64', undefined), 'RUN true', []],
  ['nothing below it', made('linux/amd64'), 'COPY app /app # buildkit', []],
  ['no provenance of images', { ...made(), predicate: {} }, 'RUN true', []],
])('provenance: %s', async (_, provenance, createdBy, expected) => {
  expect(await told('linux/arm64', {}, createdBy, provenance)).toEqual(expected);
});

test('provenance as Docker wrote it', async () => {
  const { statement } = JSON.parse(
    readFileSync(new URL('../../testdata/provenance/buildkit-on-a-base.json', import.meta.url), 'utf8'),
  ) as { readonly statement: object };
  expect(await told('linux/arm64', {}, 'RUN true', statement)).toEqual(['provenance: base@1 (linux/amd64)']);
  expect(await told('linux/amd64', {}, 'RUN true', statement)).toEqual([]);
});
