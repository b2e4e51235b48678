import { afterEach, describe, expect, test } from 'vitest';
import { formatPlatform } from '../core/index.ts';
import { startRegistry, type TestImage, type TestRegistry, testImage, testIndex } from '../testing/index.ts';
import { askBases } from './ask-bases.ts';
import type { Session } from './session.ts';

const running: TestRegistry[] = [];
const start = async (...options: Parameters<typeof startRegistry>): Promise<TestRegistry> => {
  const registry = await startRegistry(...options);
  running.push(registry);
  return registry;
};
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.close();
});

function session(signal = new AbortController().signal): Session {
  const shell = { env: {}, home: '/nowhere', cwd: '/nowhere', temporary: '/nowhere', signal, system: 'linux' };
  return {
    shell: { ...shell, firstPauseMs: 1 },
    mirrors: [],
    allowHttp: [],
    language: 'en',
    json: false,
  } as unknown as Session;
}

function store(registry: TestRegistry, name: string, tag: string, made: TestImage): void {
  const repository = registry.repository(name);
  const manifests = new Map(made.manifests.map(({ digest, mediaType }) => [digest, mediaType]));
  for (const [digest, bytes] of made.blobs) {
    const mediaType = manifests.get(digest);
    if (mediaType === undefined) repository.blobs.set(digest, bytes);
    else repository.manifests.set(digest, { mediaType, bytes });
  }
  repository.tags.set(tag, made.descriptor.digest);
}

const amd64 = testImage({ platform: 'linux/amd64' });
const arm64 = testImage({ platform: 'linux/arm64' });
const both = testIndex({ images: [amd64, arm64], attestations: true });

describe('what registries say of base images', () => {
  test('an index, the manifest of one platform, and the index of the tag that a digest stands behind', async () => {
    const registry = await start();
    store(registry, 'base', '1', both);
    store(registry, 'one', '1', arm64);
    const name = `${registry.host}/base`;
    const digest = amd64.descriptor.digest;
    const known = await askBases(session(), [
      `${name}:1`,
      `${name}:1@${digest}`,
      `${name}@${digest}`,
      `${registry.host}/one:1`,
      `${registry.host}/one:1@${arm64.descriptor.digest}`,
    ]);
    const shown = [...known.values()].map((one) =>
      one.form === 'unknown' ? one : [one.form, one.platforms?.map(formatPlatform), one.index?.holds],
    );
    expect(shown).toEqual([
      ['index', ['linux/amd64', 'linux/arm64'], undefined],
      ['manifest', ['linux/amd64'], true],
      ['manifest', ['linux/amd64'], undefined],
      ['manifest', ['linux/arm64'], undefined],
      ['manifest', ['linux/arm64'], undefined],
    ]);
    expect(known.get(`${name}:1@${digest}`)).toMatchObject({ index: { digest: both.descriptor.digest } });
    // No image is unpacked for it.
    expect(registry.requests.filter(({ path }) => path.includes(amd64.layers[0]!.digest))).toEqual([]);
  });

  test('an image whose config says no platform has none, and an index that lists one without is not whole', async () => {
    const registry = await start();
    store(registry, 'bare', '1', testImage({ platform: null }));
    store(
      registry,
      'half',
      '1',
      testIndex({ images: [amd64, testImage({ platform: 'linux/arm64', entryPlatform: null })] }),
    );
    const known = await askBases(session(), [`${registry.host}/bare:1`, `${registry.host}/half:1`]);
    expect([...known.values()].map((one) => one.form !== 'unknown' && one.platforms)).toEqual([undefined, undefined]);
  });

  test.each([
    [404, 'absent'],
    [401, 'absent'],
    [403, 'absent'],
    [429, 'busy'],
    [503, 'no-answer'],
    [418, 'malformed'],
  ] as const)('%i is %s, and no failure of the command', async (status, why) => {
    const registry = await start({ faults: [{ path: /manifests/, fault: { kind: 'status', status } }] });
    const known = await askBases(session(), [`${registry.host}/base:1`]);
    expect([...known.values()]).toEqual([{ form: 'unknown', host: registry.host, why }]);
  });

  test('a page for people is no image', async () => {
    const registry = await start({ faults: [{ path: /manifests/, fault: { kind: 'html' } }] });
    const known = await askBases(session(), [`${registry.host}/base:1`]);
    expect([...known.values()]).toEqual([{ form: 'unknown', host: registry.host, why: 'malformed' }]);
  });

  test('a registry that wants fewer requests is left alone, and others are asked on', async () => {
    const [busy, other] = [await start({ faults: [{ fault: { kind: 'status', status: 429 } }] }), await start()];
    store(other, 'base', '1', both);
    const names = Array.from({ length: 60 }, (_, i) => `${busy.host}/base-${i}:1`);
    const known = await askBases(session(), [...names, `${other.host}/base:1`]);
    expect(new Set(names.map((name) => JSON.stringify(known.get(name)))).size).toBe(1);
    expect(known.get(`${other.host}/base:1`)?.form).toBe('index');
    // As many as are asked at once, each tried twice at most.
    expect(busy.requests.length).toBeLessThanOrEqual(16);
  });

  test('Ctrl-C ends it', async () => {
    const reason = new Error('Ctrl-C');
    await expect(askBases(session(AbortSignal.abort(reason)), ['127.0.0.1:1/a:1'])).rejects.toBe(reason);
  });
});
