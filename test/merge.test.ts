import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  elfBytes,
  startRegistry,
  type TestImageParts,
  type TestRegistry,
  testImage,
} from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

// What `merge --add` does to a tag that others move, and what it says of images that it did not look at.

let directory: string;
let registry: TestRegistry;
const others: TestRegistry[] = [];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-merge-'));
  registry = await startRegistry();
});
afterEach(async () => {
  for (const one of [registry, ...others.splice(0)]) await one.close();
  rmSync(directory, { recursive: true, force: true });
});

type Cpu = 'amd64' | 'arm64';
/** An image whose program is for `cpu`, whatever it declares; gives its digest. */
function put(at: TestRegistry, name: string, tag: string, cpu: Cpu, more: TestImageParts = {}): string {
  const image = testImage({
    platform: `linux/${cpu}`,
    files: [{ path: 'app', mode: 0o755, content: elfBytes({ machine: cpu }) }],
    config: { Entrypoint: ['/app'] },
    ...more,
  });
  const repository = at.repository(name);
  for (const [digest, bytes] of image.blobs) repository.blobs.set(digest, bytes);
  for (const { digest, mediaType } of image.manifests)
    repository.manifests.set(digest, { mediaType, bytes: image.blobs.get(digest)! });
  repository.tags.set(tag, image.descriptor.digest);
  return image.descriptor.digest;
}
const merge = (...words: readonly string[]) => typeLine(directory, ['merge', ...words]);
const tagOf = (tag: string): string | undefined => registry.repository('app').tags.get(tag);
const entries = (tag: string): readonly string[] => {
  const bytes = registry.repository('app').manifests.get(tagOf(tag)!)!.bytes;
  const { manifests } = JSON.parse(Buffer.from(bytes).toString()) as { manifests: { digest: string }[] };
  return manifests.map(({ digest }) => digest);
};

test('under another name than that of --add all of it is proven', async () => {
  // An AArch64 program that says it is for amd64.
  put(registry, 'app', '1', 'arm64', { platform: 'linux/amd64' });
  put(registry, 'app', 'arm', 'arm64');
  const image = (tag: string): string => `${registry.host}/app:${tag}`;
  const { status, out } = await merge('--add', image('1'), '-t', image('new'), image('arm'), '--json');
  expect([status, tagOf('new')]).toEqual([1, undefined]);
  expect(JSON.parse(out)).toMatchObject({ verdict: 'refuted', published: null });
  // Under its own name it stays what it is, and nothing is claimed of the whole.
  const added = await merge('--add', image('1'), image('arm'), '--json');
  expect(added.status, added.all).toBe(0);
  expect(JSON.parse(added.out)).toMatchObject({ verdict: 'undecided', standing: ['linux/amd64'] });
});

test('without an image there is nothing to join, and the help is there', async () => {
  const { status, err } = await merge('-t', `${registry.host}/app:1`);
  expect([status, err]).toEqual([2, expect.stringContaining('error[cli/usage]: `IMAGE…` of `rightarch merge`')]);
  expect(registry.requests).toEqual([]);
  expect((await merge('--help')).status).toBe(0);
});

test('a tag that somebody moves meanwhile keeps what they put there', async () => {
  const old = put(registry, 'app', '1', 'amd64');
  put(registry, 'app', 'arm', 'arm64');
  const newer = put(registry, 'app', 'newer', 'amd64', { config: { Entrypoint: ['/app'], Cmd: ['2'] } });
  // Once the proof reads the layers, another job pushes.
  const layer = testImage({
    platform: 'linux/arm64',
    files: [{ path: 'app', mode: 0o755, content: elfBytes({ machine: 'arm64' }) }],
  }).layers[0]!.digest;
  const { tags } = registry.repository('app');
  const blobs = registry.repository('app').blobs;
  const get = blobs.get.bind(blobs);
  blobs.get = (digest) => {
    if (digest === layer) tags.set('1', newer);
    return get(digest);
  };
  expect(tagOf('1')).toBe(old);
  const image = (tag: string): string => `${registry.host}/app:${tag}`;
  const { status, all } = await merge('--add', image('1'), image('arm'));
  expect(all).toContain('error[publish/tag-moved]');
  expect([status, tagOf('1')]).toEqual([3, newer]);
  blobs.get = get;
  const again = await merge('--add', image('1'), image('arm'));
  expect(again.status, again.all).toBe(0);
  expect(entries('1')[0]).toBe(newer);
});

test('what stands is read where it is written, and not from a mirror that is late', async () => {
  const mirror = await startRegistry();
  others.push(mirror);
  put(mirror, 'app', '1', 'amd64', { config: { Entrypoint: ['/app'], Cmd: ['old'] } });
  const own = put(registry, 'app', '1', 'amd64');
  put(registry, 'app', 'arm', 'arm64');
  const image = (tag: string): string => `${registry.host}/app:${tag}`;
  const { status, all } = await merge(
    '--add',
    image('1'),
    image('arm'),
    '--mirror',
    `${registry.host}=http://${mirror.host}`,
  );
  expect(status, all).toBe(0);
  expect(entries('1')).toContain(own);
});

test('an image for Windows goes along: it is said, and nothing is claimed of it', async () => {
  const windows = put(registry, 'app', 'windows', 'amd64', { platform: 'windows/amd64' });
  const linux = put(registry, 'app', 'linux', 'amd64');
  const image = (tag: string): string => `${registry.host}/app:${tag}`;
  const { status, all } = await merge(image('linux'), image('windows'), '-t', image('both'));
  expect(status, all).toBe(0);
  expect(all).toContain('proof/entry-skipped');
  expect(entries('both')).toEqual([linux, windows]);
  const pushed = await typeLine(directory, ['push', image('both'), image('copy'), '--json']);
  expect(pushed.status, pushed.all).toBe(0);
  expect(JSON.parse(pushed.out)).toMatchObject({ verdict: 'proven', platforms: [{ platform: 'linux/amd64' }] });
});

test('what one image becomes is what is proven: its manifest, or an index where somebody annotated it', async () => {
  const digest = put(registry, 'app', 'arm', 'arm64', { config: { Entrypoint: ['/app'] } });
  const image = (tag: string): string => `${registry.host}/app:${tag}`;
  const alone = await merge(image('arm'), '-t', image('1'), '--for', 'lambda:arm64', '--fail-on', 'refuted', '--json');
  expect(JSON.parse(alone.out)).toMatchObject({ form: 'manifest', digest, published: { digest } });
  expect(tagOf('1')).toBe(digest);
  const annotated = await merge(image('arm'), '-t', image('2'), '--annotation', 'team=web', '--json');
  expect(JSON.parse(annotated.out)).toMatchObject({ form: 'index', published: { form: 'index' } });
  const { bytes } = registry.repository('app').manifests.get(tagOf('2')!)!;
  expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({ annotations: { team: 'web' } });
});
