import { afterEach, describe, expect, it } from 'vitest';
import { digestOf, Failure, type ImageReference } from '../../core/index.ts';
import { inWords, reasons } from '../../messages/index.ts';
import { startRegistry, type TestRegistry } from '../../testing/index.ts';
import { type Descriptor, type ImageSource, mediaTypes } from '../types.ts';
import { firstThatHas, layoutAsMirror, type MirrorRule, openMirrorRegistry, parseMirror } from './mirror.ts';
import { openRegistry } from './open-registry.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const clock = { now: () => 0, random: () => 0, sleep: async () => {} };
const reference: ImageReference = { registry: 'docker.io', repository: 'library/node', tag: '22-slim' };

function rule(text: string): MirrorRule {
  const parsed = parseMirror(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}

async function start(): Promise<TestRegistry> {
  const registry = await startRegistry();
  closing.push(() => registry.close());
  return registry;
}

function put(registry: TestRegistry, repository: string, tag: string): Descriptor {
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], annotations: { tag } }),
  );
  const digest = digestOf(bytes);
  registry.repository(repository).manifests.set(digest, { mediaType: mediaTypes.ociIndex, bytes });
  registry.repository(repository).tags.set(tag, digest);
  return { mediaType: mediaTypes.ociIndex, digest, size: bytes.length };
}

describe('parseMirror', () => {
  it.each([
    ['docker.io=oci:bases', { registry: 'docker.io', to: { kind: 'layout', directory: 'bases' }, text: 'oci:bases' }],
    ['index.docker.io=oci:C:\\bases', { registry: 'docker.io', to: { kind: 'layout', directory: 'C:\\bases' } }],
    ['docker.io=http://127.0.0.1:5000', { to: { kind: 'registry', origin: 'http://127.0.0.1:5000', prefix: '' } }],
    [
      'GHCR.io=https://mirror.example/a/b/',
      { registry: 'ghcr.io', to: { origin: 'https://mirror.example', prefix: 'a/b' } },
    ],
    ['[::1]:5000=https://mirror.example', { registry: '[::1]:5000' }],
  ])('reads %s', (text, value) => {
    expect(parseMirror(text)).toMatchObject({ ok: true, value });
  });

  it.each([
    '',
    '=',
    'docker.io',
    'docker.io=',
    'docker.io=oci:',
    'docker.io=bases',
    'docker.io=ftp://x',
    'a/b=oci:x',
    'docker.io=https://me:hunter2@x',
    'docker.io=https://x/?a',
  ])('refuses %j without repeating a password', (text) => {
    const parsed = parseMirror(text);
    expect(parsed).toMatchObject({ ok: false, why: { code: 'registry/mirror-malformed' } });
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
    if (!parsed.ok)
      for (const language of ['en', 'ja', 'ko'] as const)
        expect(inWords(parsed.why, language).fix).toContain('oci:DIR');
  });
});

describe('mirrors', () => {
  it('answer under the same path, below their prefix', async () => {
    const registry = await start();
    const plain = put(registry, 'library/node', '22-slim');
    const prefixed = put(registry, 'hub/library/node', '22-slim');
    for (const [text, descriptor] of [
      [`docker.io=http://${registry.host}`, plain],
      [`docker.io=http://${registry.host}/hub`, prefixed],
    ] as const) {
      const parsed = rule(text);
      if (parsed.to.kind !== 'registry') throw new Error(text);
      const mirror = openMirrorRegistry(reference, { ...parsed, to: parsed.to }, { clock });
      closing.push(() => mirror.close());
      expect(await mirror.resolve(undefined)).toEqual(descriptor);
      expect(mirror.name).toBe(`docker.io/library/node (mirror ${text.slice('docker.io='.length)})`);
    }
  });

  it('a layout names images by their full reference', async () => {
    const asked: unknown[] = [];
    const layout: ImageSource = {
      name: 'oci:bases',
      kind: 'layout',
      resolve: async (name) => {
        asked.push(name);
        return { mediaType: mediaTypes.ociIndex, digest: digestOf('x'), size: 1 };
      },
      async *blob() {},
      close: async () => {},
    };
    const mirror = layoutAsMirror(layout, reference, rule('docker.io=oci:bases'));
    await mirror.resolve(undefined);
    await mirror.resolve('20');
    await mirror.resolve(digestOf('x'));
    expect(asked).toEqual(['docker.io/library/node:22-slim', 'docker.io/library/node:20', digestOf('x')]);
  });

  it('what a mirror lacks comes from the next, and the name says who answered', async () => {
    const [empty, real] = [await start(), await start()];
    const descriptor = put(real, 'library/node', '22-slim');
    const first = openRegistry({ ...reference, registry: empty.host }, { clock });
    const second = openRegistry({ ...reference, registry: real.host }, { clock });
    const source = firstThatHas([first, second]);
    closing.push(() => source.close());
    expect(await source.resolve(undefined)).toEqual(descriptor);
    expect(source.name).toBe(second.name);
    const parts: Uint8Array[] = [];
    for await (const part of source.blob(descriptor)) parts.push(part);
    expect(Buffer.concat(parts).length).toBe(descriptor.size);
    // The one that answered is asked first from now on.
    expect(empty.requests.length).toBe(1);
  });

  it('a mirror that is down is passed over, and said so where the registry fails as well', async () => {
    const down = await startRegistry();
    await down.close();
    const empty = await start();
    const first = openRegistry({ ...reference, registry: down.host }, { clock, attempts: 2 });
    const second = openRegistry({ ...reference, registry: empty.host }, { clock });
    const source = firstThatHas([first, second]);
    closing.push(() => source.close());
    const error = await source.resolve(undefined).catch((reason: unknown) => reason);
    if (!(error instanceof Failure)) throw error;
    expect(error.diagnostic.code).toBe('registry/not-found');
    expect(error.diagnostic.causes?.map(({ code }) => code)).toEqual(['registry/unreachable']);
    for (const [language, words] of [
      ['en', 'takes no connection'],
      ['ja', '接続'],
      ['ko', '연결'],
    ] as const) {
      const said = reasons(error.diagnostic, language).find((line) => line.startsWith(`${down.host}/library/node: `));
      expect(said, language).toContain(words);
    }
  });

  it('never repeats bytes that are out already', async () => {
    const broken: ImageSource = {
      name: 'broken',
      kind: 'layout',
      resolve: async () => ({ mediaType: mediaTypes.ociLayer, digest: digestOf('x'), size: 2 }),
      async *blob() {
        yield Buffer.from('x');
        throw new Error('disk');
      },
      close: async () => {},
    };
    const source = firstThatHas([broken, { ...broken, name: 'other' }]);
    const read = async () => {
      for await (const _ of source.blob(await source.resolve(undefined)));
    };
    await expect(read()).rejects.toThrow('disk');
  });
});
