import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Digest, digestOf, Failure, type ImageReference } from '../../core/index.ts';
import { inWords } from '../../messages/index.ts';
import { type FaultRule, startRegistry, type TestRegistry, type TestRegistryOptions } from '../../testing/index.ts';
import { fixedCredential, secret } from '../credentials.ts';
import { type Descriptor, mediaTypes } from '../types.ts';
import { openRegistry, type RegistryRepository } from './open-registry.ts';
import type { Clock, RegistryOptions } from './options.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Sleeps that take no time and are written down. */
function stillClock(): Clock & { readonly slept: number[]; forward(ms: number): void } {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    forward: (ms) => {
      now += ms;
    },
    now: () => now,
    random: () => 0.5,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
  };
}

async function start(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  closing.push(() => registry.close());
  return registry;
}

function open(registry: TestRegistry, options: RegistryOptions = {}, more: Partial<ImageReference> = {}) {
  const reference = { registry: registry.host, repository: 'team/app', ...more };
  const repository = openRegistry(reference, { clock: stillClock(), ...options });
  closing.push(() => repository.close());
  return repository;
}

const layer = Buffer.alloc(300_000, 'rightarch ');
const config = Buffer.from(
  JSON.stringify({ os: 'linux', architecture: 'arm64', rootfs: { type: 'layers', diff_ids: [] } }),
);

function describeBytes(bytes: Uint8Array, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

const layerDescriptor = describeBytes(layer, mediaTypes.ociLayer);
const configDescriptor = describeBytes(config, mediaTypes.ociConfig);
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: configDescriptor,
    layers: [layerDescriptor],
  }),
);
const manifestDescriptor = describeBytes(manifest, mediaTypes.ociManifest);

/** Puts the image into the store behind the registry's back. */
function store(registry: TestRegistry, tag = 'latest', name = 'team/app') {
  const repo = registry.repository(name);
  repo.blobs.set(layerDescriptor.digest, layer);
  repo.blobs.set(configDescriptor.digest, config);
  repo.manifests.set(manifestDescriptor.digest, { mediaType: mediaTypes.ociManifest, bytes: manifest });
  repo.tags.set(tag, manifestDescriptor.digest);
}

async function* once(bytes: Uint8Array, part = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += part) yield bytes.subarray(at, at + part);
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) {
      // Every failure must have its words in every language.
      for (const language of ['en', 'ja', 'ko'] as const) {
        const { message, fix } = inWords(error.diagnostic, language);
        expect(`${message}${fix}`).not.toMatch(/undefined|\[object|NaN/);
        expect(message.length).toBeGreaterThan(10);
      }
      return error;
    }
    throw error;
  }
  throw new Error('no failure');
}

async function push(repository: RegistryRepository, tag = 'latest') {
  await repository.writeBlob(layerDescriptor, () => once(layer));
  await repository.writeBlob(configDescriptor, () => once(config));
  await repository.writeManifest(manifestDescriptor, manifest);
  await repository.tag(tag, manifestDescriptor);
}

describe('pulling', () => {
  it('resolves a tag to the digest of the bytes, and reads what it names', async () => {
    const registry = await start();
    store(registry);
    const repository = open(registry);
    expect(await repository.resolve(undefined)).toEqual(manifestDescriptor);
    expect(await repository.resolve(manifestDescriptor.digest)).toEqual(manifestDescriptor);
    expect(await collect(repository.blob(manifestDescriptor))).toEqual(manifest);
    expect((await collect(repository.blob(layerDescriptor))).equals(layer)).toBe(true);
    expect((await collect(repository.blob(layerDescriptor, { offset: 299_990 }))).length).toBe(10);
    expect(registry.requests[0]?.headers['accept']).toContain(mediaTypes.dockerList);
  });

  const faults: [string, FaultRule, string, RegExp?][] = [
    ['a page for people', { fault: { kind: 'html' } }, 'registry/not-a-registry'],
    ['500 for ever', { fault: { kind: 'status', status: 500 } }, 'registry/unavailable'],
    ['403', { fault: { kind: 'status', status: 403 } }, 'registry/forbidden'],
    [
      '418',
      { fault: { kind: 'status', status: 418, body: 'I am a teapot\nreally' } },
      'registry/refused',
      /^I am a teapot$/,
    ],
    ['other bytes', { fault: { kind: 'wrong-bytes' } }, 'registry/wrong-digest'],
    ['an endless body', { fault: { kind: 'endless' } }, 'registry/too-large'],
    ['a short body', { fault: { kind: 'short', by: 20 } }, 'registry/cut-short'],
    [
      'a redirect to itself',
      { fault: { kind: 'redirect', to: '/v2/team/app/manifests/latest' } },
      'registry/redirect-loop',
    ],
    [
      'a redirect in the clear',
      { fault: { kind: 'redirect', to: 'http://example.com/x' } },
      'registry/redirect-refused',
    ],
    ['a redirect to nowhere', { fault: { kind: 'status', status: 307 } }, 'registry/malformed-answer'],
    [
      'a digest that lies',
      { fault: { kind: 'with', headers: { 'docker-content-digest': digestOf('x') } } },
      'registry/wrong-digest',
    ],
    [
      'two media types',
      { fault: { kind: 'with', headers: { 'content-type': mediaTypes.ociIndex } } },
      'registry/malformed-answer',
    ],
    ['a socket that dies', { fault: { kind: 'reset' } }, 'registry/unreachable'],
    [
      'a challenge without form',
      { fault: { kind: 'status', status: 401, headers: { 'www-authenticate': '=,"' } } },
      'registry/malformed-answer',
    ],
    [
      'an unknown scheme',
      { fault: { kind: 'status', status: 401, headers: { 'www-authenticate': 'Negotiate' } } },
      'registry/malformed-answer',
    ],
    [
      'a challenge without realm',
      { fault: { kind: 'status', status: 401, headers: { 'www-authenticate': 'Bearer service="x"' } } },
      'registry/malformed-answer',
    ],
    [
      'a token endpoint in the clear',
      {
        fault: { kind: 'status', status: 401, headers: { 'www-authenticate': 'Bearer realm="http://example.com/t"' } },
      },
      'registry/token-endpoint-refused',
    ],
    ['401 without a word', { fault: { kind: 'status', status: 401 } }, 'registry/unauthorized'],
    [
      '429 for an hour',
      { fault: { kind: 'status', status: 429, headers: { 'retry-after': '3600' } } },
      'registry/rate-limited',
    ],
  ];
  it.each(faults)('names %s', async (_name, rule, code, because) => {
    const registry = await start();
    store(registry);
    registry.inject(rule);
    const { diagnostic, blame } = await failureOf(open(registry).resolve('latest'));
    expect([diagnostic.code, blame]).toEqual([code, 'outside']);
    if (because !== undefined) expect(diagnostic.because?.[0]).toMatch(because);
  });

  it('says what is missing, and that no credentials were sent', async () => {
    const registry = await start();
    const { diagnostic } = await failureOf(open(registry).resolve('nope'));
    expect(diagnostic).toMatchObject({
      code: 'registry/not-found',
      args: { host: registry.host, kind: 'tag', name: 'nope', credentials: 'none' },
      because: ['MANIFEST_UNKNOWN: manifest unknown: nope'],
    });
  });

  it('waits as long as it is told, and as often as it may', async () => {
    const registry = await start();
    store(registry);
    registry.inject({ times: 1, fault: { kind: 'status', status: 429, headers: { 'retry-after': '7' } } });
    registry.inject({ times: 2, fault: { kind: 'status', status: 503 } });
    const clock = stillClock();
    await open(registry, { clock, backoffMs: 100 }).resolve('latest');
    expect(clock.slept).toEqual([7000, 150, 300]);
    expect(registry.requests.length).toBe(4);
  });

  it('tries as often as it was told and no more', async () => {
    const registry = await start();
    registry.inject({ fault: { kind: 'status', status: 502 } });
    const { diagnostic } = await failureOf(open(registry, { attempts: 3 }).resolve('latest'));
    expect(diagnostic.args).toMatchObject({ status: 502, attempts: 3 });
    expect(registry.requests.length).toBe(3);
  });

  it('reads no more of an error than 64 KiB', async () => {
    const registry = await start();
    registry.inject({ fault: { kind: 'status', status: 400, body: 'x'.repeat(1_000_000) } });
    const { diagnostic } = await failureOf(open(registry).resolve('latest'));
    expect(diagnostic.because?.[0]?.length).toBeLessThanOrEqual(300);
  });

  it('takes up a cut download where it was cut', async () => {
    const registry = await start();
    store(registry);
    for (const afterBytes of [1, 100_000, 0]) {
      registry.inject({ path: /blobs/, times: 1, fault: { kind: 'reset', afterBytes } });
    }
    expect((await collect(open(registry).blob(layerDescriptor))).equals(layer)).toBe(true);
    const ranges = registry.requests.map(({ headers }) => headers['range']);
    expect(ranges.length).toBe(4);
    expect(ranges[0]).toBeUndefined();
    expect(ranges.at(-1)).toMatch(/^bytes=\d+-$/);
  });

  it('skips what it has where a registry does not know ranges', async () => {
    const registry = await start();
    store(registry);
    registry.inject({ path: /blobs/, times: 1, fault: { kind: 'short', by: 1000, honest: true } });
    registry.inject({
      path: /blobs/,
      times: 1,
      fault: { kind: 'status', status: 200, body: layer.toString('latin1') },
    });
    expect((await collect(open(registry).blob(layerDescriptor))).equals(layer)).toBe(true);
  });

  it('gives parts of a blob, and none where the answer is not the part that was asked for', async () => {
    const part = async (options: TestRegistryOptions = {}, range = { offset: 7, length: 1000 }) => {
      const registry = await start(options);
      store(registry);
      return { bytes: await open(registry).part?.(layerDescriptor, range), registry };
    };
    const { bytes, registry } = await part();
    expect(Buffer.from(bytes ?? [])).toEqual(layer.subarray(7, 1007));
    expect(registry.requests.at(-1)?.headers['range']).toBe('bytes=7-1006');
    const faults = (fault: FaultRule['fault']) => part({ faults: [{ path: /blobs/, fault }] });
    expect((await part({ withoutRanges: true })).bytes).toBeUndefined();
    expect((await part({}, { offset: 299_999, length: 2 })).bytes).toBeUndefined();
    expect((await part({}, { offset: 300_000, length: 2 })).bytes).toBeUndefined();
    expect((await faults({ kind: 'short', by: 5, honest: true })).bytes).toBeUndefined();
    expect((await faults({ kind: 'reset', afterBytes: 10 })).bytes).toBeUndefined();
    expect((await faults({ kind: 'without', headers: ['content-range'] })).bytes).toBeUndefined();
    const other = { 'content-range': 'bytes 8-1007/300000' };
    expect((await faults({ kind: 'with', headers: other })).bytes).toBeUndefined();
    expect((await faults({ kind: 'extra', bytes: 5 })).bytes).toHaveLength(1000);
  });

  it.each([
    ['always cut', { kind: 'reset', afterBytes: 10 }, 'registry/cut-short'],
    ['too short', { kind: 'short', by: 5, honest: true }, 'registry/cut-short'],
    ['too long', { kind: 'extra', bytes: 5 }, 'registry/too-large'],
    ['endless', { kind: 'endless' }, 'registry/too-large'],
  ] as const)('gives up on a blob that is %s', async (_name, fault, code) => {
    const registry = await start();
    store(registry);
    registry.inject({ path: /blobs/, fault });
    const { diagnostic } = await failureOf(collect(open(registry).blob({ ...layerDescriptor, size: 300_000 })));
    expect(diagnostic.code).toBe(code);
    expect(registry.requests.length).toBeLessThan(12);
  });

  it('does not wait for ever', async () => {
    const registry = await start();
    store(registry);
    registry.inject({ fault: { kind: 'silent' } });
    const { diagnostic } = await failureOf(open(registry, { headersTimeoutMs: 50, attempts: 1 }).resolve('latest'));
    expect(diagnostic).toMatchObject({ code: 'registry/unreachable', args: { fault: 'timeout' } });
  });

  it('stops when it is told to', async () => {
    const registry = await start();
    registry.inject({ fault: { kind: 'silent' } });
    const controller = new AbortController();
    const work = failureOf(open(registry).resolve('latest', { signal: controller.signal }));
    setTimeout(() => controller.abort(), 20);
    expect((await work).diagnostic.code).toBe('registry/interrupted');
  });

  it('says that nothing listens, and that a name does not exist', async () => {
    const registry = await startRegistry();
    const { host } = registry;
    await registry.close();
    const repository = openRegistry({ registry: host, repository: 'a' }, { clock: stillClock() });
    closing.push(() => repository.close());
    expect((await failureOf(repository.resolve('x'))).diagnostic.args).toEqual({ host, fault: 'refused' });
  });

  it('lists tags over pages and referrers by both ways', async () => {
    for (const withoutReferrers of [false, true]) {
      const registry = await start({ pageSize: 2, withoutReferrers });
      for (const tag of ['a', 'b', 'c', 'd', 'e']) store(registry, tag);
      const repository = open(registry);
      const tags: string[] = [];
      for await (const tag of repository.tags()) tags.push(tag);
      expect(tags).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(await repository.referrers!(manifestDescriptor.digest)).toEqual([]);
      const statement = Buffer.from(
        JSON.stringify({ schemaVersion: 2, config: configDescriptor, layers: [], subject: manifestDescriptor }),
      );
      await repository.writeManifest(describeBytes(statement, mediaTypes.ociManifest), statement);
      expect(await repository.referrers!(manifestDescriptor.digest)).toMatchObject([{ digest: digestOf(statement) }]);
    }
  });
});

describe('asking for access', () => {
  const credentials = (host: string, password = 'hunter2-secret') =>
    fixedCredential(host, { kind: 'password', username: 'me', secret: secret(password), from: 'test' });

  it('gets a token for what it does, once for all requests', async () => {
    const registry = await start({ access: { kind: 'bearer', username: 'me', password: 'hunter2-secret' } });
    const repository = open(registry, { credentials: credentials(registry.host) });
    await push(repository);
    const tokens = registry.requests.filter(({ path }) => path.startsWith('/token'));
    expect(tokens.length).toBe(1);
    expect(decodeURIComponent(tokens[0]!.path)).toContain('scope=repository:team/app:pull,push');
    await repository.resolve('latest');
    expect(registry.requests.filter(({ path }) => path.startsWith('/token')).length).toBe(2);
  });

  it('gets a new token when the old one is no longer good, by its clock or by a 401', async () => {
    const registry = await start({ access: { kind: 'bearer', anonymousPull: true, expiresInSeconds: 100 } });
    store(registry);
    const clock = stillClock();
    const repository = open(registry, { clock });
    const tokens = () => registry.requests.filter(({ path }) => path.startsWith('/token')).length;
    await repository.resolve('latest');
    await repository.resolve('latest');
    expect(tokens()).toBe(1);
    clock.forward(91_000);
    await repository.resolve('latest');
    expect(tokens()).toBe(2);
    registry.expireTokens();
    await repository.resolve('latest');
    expect(tokens()).toBe(3);
  });

  it('takes an identity token as a refresh token', async () => {
    const registry = await start({ access: { kind: 'bearer', identityToken: 'identity-1234' } });
    store(registry);
    const identity = { kind: 'identity-token', secret: secret('identity-1234'), from: 'test' } as const;
    await open(registry, { credentials: fixedCredential(registry.host, identity) }).resolve('latest');
    expect(registry.requests.map(({ method, path }) => `${method} ${path}`)).toContain('POST /token');
  });

  it('logs in with Basic', async () => {
    const registry = await start({ access: { kind: 'basic', username: 'me', password: 'hunter2-secret' } });
    store(registry);
    const repository = open(registry, { credentials: credentials(registry.host) });
    await repository.resolve('latest');
    await collect(repository.blob(layerDescriptor));
    expect(registry.requests.map(({ authorization }) => authorization?.slice(0, 5))).toEqual([
      undefined,
      'Basic',
      'Basic',
    ]);
  });

  it.each(['basic', 'bearer'] as const)('says whether credentials were sent: %s', async (kind) => {
    const registry = await start({ access: { kind, username: 'me', password: 'right' } });
    store(registry);
    const without = await failureOf(open(registry).resolve('latest'));
    expect(without.diagnostic).toMatchObject({ code: 'registry/unauthorized', args: { credentials: 'none' } });
    const wrong = await failureOf(open(registry, { credentials: credentials(registry.host) }).resolve('latest'));
    expect(wrong.diagnostic).toMatchObject({ code: 'registry/unauthorized', args: { credentials: 'sent' } });
  });

  it('never takes its credentials to another origin', async () => {
    const registry = await start({ access: { kind: 'basic', username: 'me', password: 'hunter2-secret' } });
    const elsewhere = await start();
    store(registry);
    store(elsewhere);
    registry.inject({
      path: /blobs/,
      after: 1,
      fault: { kind: 'redirect', to: `http://${elsewhere.host}/v2/team/app/blobs/${layerDescriptor.digest}` },
    });
    const repository = open(registry, { credentials: credentials(registry.host) });
    await repository.has(layerDescriptor);
    expect((await collect(repository.blob(layerDescriptor))).equals(layer)).toBe(true);
    expect(elsewhere.requests.map(({ method, authorization }) => [method, authorization])).toEqual([
      ['HEAD', undefined],
      ['GET', undefined],
    ]);
  });

  it('never prints a secret, whatever a registry says', async () => {
    const echo = JSON.stringify({
      errors: [{ code: 'DENIED', message: 'no: hunter2-secret, bWU6aHVudGVyMi1zZWNyZXQ=' }],
    });
    const registry = await start({ access: { kind: 'basic', username: 'me', password: 'hunter2-secret' } });
    for (const status of [400, 403, 404, 429, 500]) {
      store(registry);
      registry.calm();
      registry.inject({
        after: 1,
        fault: { kind: 'status', status, body: echo, headers: { 'content-type': 'application/json' } },
      });
      const error = await failureOf(open(registry, { credentials: credentials(registry.host) }).resolve('latest'));
      const everything = [JSON.stringify(error.diagnostic), String(error), error.stack, String(error.cause)].join('\n');
      expect(everything).not.toContain('hunter2-secret');
      expect(everything).not.toContain('bWU6aHVudGVyMi1zZWNyZXQ');
      expect(error.diagnostic.because?.[0]).toContain('DENIED: no: [secret]');
    }
  });
});

describe('going through a proxy', () => {
  it('for the hosts that are not left out, and never for loopback', async () => {
    const registry = await start();
    store(registry);
    const through: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      through.push(request.url ?? '');
      // `registry.test` is a name that only the proxy knows.
      const out = connect(Number(registry.host.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        out.pipe(socket).pipe(out);
      });
      for (const one of [out, socket]) one.on('error', () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closing.push(
      () =>
        new Promise((resolve) => {
          proxy.close(() => resolve());
          proxy.closeAllConnections();
        }),
    );
    const http = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const far = { registry: 'registry.test:5000' };
    const insecureHosts = ['registry.test'];
    await open(registry, { proxy: { http }, insecureHosts }, far).resolve('latest');
    expect(through).toEqual(['registry.test:5000']);
    // Whether this address answers is the host's affair; the proxy must not hear of it.
    const left = { registry: registry.host.replace('127.0.0.1', '0.0.0.0') };
    const without = open(registry, { proxy: { http, no: '0.0.0.0' }, insecureHosts: ['0.0.0.0'], attempts: 1 }, left);
    await without.resolve('latest').catch(() => {});
    await open(registry, { proxy: { http } }).resolve('latest');
    await open(registry, { proxy: {} }).resolve('latest');
    expect(through.length).toBe(1);
  });
});

describe('pushing', () => {
  const ways: [string, TestRegistryOptions, RegistryOptions][] = [
    ['whole', {}, {}],
    ['whole, absolute locations', { absoluteLocations: true }, {}],
    ['in chunks', {}, { chunkFrom: 0, chunkBytes: 70_000 }],
    ['in chunks that are answered with 204', { chunkStatus: 204 }, { chunkFrom: 0, chunkBytes: 100_000 }],
    ['in chunks of at least', { chunkMinLength: 200_000 }, { chunkFrom: 0, chunkBytes: 1000 }],
    ['without HEAD', { withoutHead: true }, {}],
  ];
  it.each(ways)('%s', async (_name, registryOptions, options) => {
    const registry = await start(registryOptions);
    const repository = open(registry, options);
    await push(repository);
    const repo = registry.repository('team/app');
    expect(Buffer.from(repo.blobs.get(layerDescriptor.digest)!).equals(layer)).toBe(true);
    expect(repo.tags.get('latest')).toBe(manifestDescriptor.digest);
    expect(registry.incompleteTags()).toEqual([]);
    const patches = registry.requests.filter(({ method }) => method === 'PATCH').length;
    if (options.chunkBytes === 70_000) expect(patches).toBe(5 + 1);
    if (registryOptions.chunkMinLength !== undefined) expect(patches).toBe(2 + 1);
  });

  it('sends nothing that is there already', async () => {
    const registry = await start();
    store(registry);
    const repository = open(registry);
    let opened = 0;
    await repository.writeBlob(layerDescriptor, () => {
      opened++;
      return once(layer);
    });
    expect([opened, registry.requests.map(({ method }) => method)]).toEqual([0, ['HEAD']]);
  });

  it('uploads one blob once, however often it is asked at the same time', async () => {
    const registry = await start();
    const repository = open(registry);
    await Promise.all([1, 2, 3].map(() => repository.writeBlob(layerDescriptor, () => once(layer))));
    expect(registry.requests.filter(({ method }) => method === 'PUT').length).toBe(1);
  });

  it.each([
    ['mounted', {}, 0],
    ['uploaded where a mount is refused', { refuseMounts: true }, 1],
  ] as const)('a blob of another repository is %s', async (_name, options, puts) => {
    const registry = await start(options);
    store(registry, 'latest', 'team/base');
    await open(registry).writeBlob(layerDescriptor, () => once(layer), { mountFrom: 'team/base' });
    expect(registry.requests.filter(({ method }) => method === 'PUT').length).toBe(puts);
    expect(registry.repository('team/app').blobs.has(layerDescriptor.digest)).toBe(true);
  });

  const cuts: [string, FaultRule[], RegistryOptions][] = [
    [
      'a chunk that is half lost',
      [{ method: 'PATCH', after: 1, times: 1, fault: { kind: 'chunk-lost', keep: 10 } }],
      { chunkFrom: 0, chunkBytes: 70_000 },
    ],
    [
      'a chunk whose answer is lost',
      [{ method: 'PATCH', after: 1, times: 1, fault: { kind: 'lost-answer' } }],
      { chunkFrom: 0, chunkBytes: 70_000 },
    ],
    [
      'a chunk that never arrives',
      [{ method: 'PATCH', after: 1, times: 1, fault: { kind: 'reset' } }],
      { chunkFrom: 0, chunkBytes: 70_000 },
    ],
    [
      'an upload that is forgotten',
      [
        { method: 'PATCH', after: 2, times: 1, fault: { kind: 'reset' } },
        { method: 'GET', path: /uploads/, fault: { kind: 'status', status: 404 } },
      ],
      { chunkFrom: 0, chunkBytes: 70_000 },
    ],
    ['a PUT that dies', [{ method: 'PUT', times: 1, fault: { kind: 'reset' } }], {}],
    ['a PUT whose answer is lost', [{ method: 'PUT', times: 1, fault: { kind: 'lost-answer' } }], {}],
    ['500 to a PUT', [{ method: 'PUT', times: 2, fault: { kind: 'status', status: 500 } }], {}],
    [
      'no chunks at all',
      [{ method: 'PATCH', fault: { kind: 'status', status: 405 } }],
      { chunkFrom: 0, chunkBytes: 70_000 },
    ],
    [
      'a proxy that takes no large bodies',
      [{ method: 'PUT', path: /uploads/, times: 1, fault: { kind: 'status', status: 413 } }],
      {},
    ],
    [
      'no Location after a chunk',
      [{ method: 'PATCH', fault: { kind: 'without', headers: ['location'] } }],
      { chunkFrom: 0, chunkBytes: 70_000 },
    ],
  ];
  it.each(cuts)('survives %s', async (_name, rules, options) => {
    const registry = await start();
    for (const rule of rules) registry.inject(rule);
    const sent: number[] = [];
    await open(registry, options).writeBlob(layerDescriptor, () => once(layer), {
      onBytes: (count) => sent.push(count),
    });
    expect(Buffer.from(registry.repository('team/app').blobs.get(layerDescriptor.digest)!).equals(layer)).toBe(true);
    expect(sent.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(layer.length);
  });

  it.each([0, Number.POSITIVE_INFINITY])(
    'stores nothing where the bytes are not the blob’s (chunks from %s)',
    async (chunkFrom) => {
      const registry = await start();
      const options = { chunkFrom, chunkBytes: 70_000 };
      const other = Buffer.from(layer);
      other[299_999]! ^= 1;
      for (const bytes of [other, layer.subarray(1), Buffer.concat([layer, layer])]) {
        const { diagnostic } = await failureOf(open(registry, options).writeBlob(layerDescriptor, () => once(bytes)));
        expect(diagnostic.code).toBe('registry/source-differs');
      }
      expect(registry.repository('team/app').blobs.size).toBe(0);
      expect(registry.repository('team/app').uploads.size).toBe(0);
    },
  );

  it.each([
    [
      'an upload without a place',
      { method: 'POST', fault: { kind: 'without', headers: ['location'] } },
      'registry/malformed-answer',
    ],
    [
      'a manifest that is refused',
      {
        method: 'PUT',
        path: /manifests/,
        fault: { kind: 'status', status: 400, body: '{"errors":[{"code":"TAG_INVALID","message":"immutable"}]}' },
      },
      'registry/refused',
    ],
    [
      'a registry that stores something else',
      {
        method: 'PUT',
        path: /manifests/,
        fault: { kind: 'with', headers: { 'docker-content-digest': digestOf('other') } },
      },
      'registry/stored-otherwise',
    ],
    [
      'an upload that leads away',
      { method: 'POST', fault: { kind: 'with', headers: { location: 'http://example.com/up' } } },
      'registry/redirect-refused',
    ],
    ['no permission', { method: 'POST', fault: { kind: 'status', status: 403 } }, 'registry/forbidden'],
    [
      'a store that is full',
      { method: 'PUT', path: /uploads/, fault: { kind: 'status', status: 507 } },
      'registry/unavailable',
    ],
  ] as [string, FaultRule, string][])('names %s', async (_name, rule, code) => {
    const registry = await start();
    registry.inject(rule);
    const { diagnostic } = await failureOf(push(open(registry)));
    expect(diagnostic.code).toBe(code);
    expect(registry.repository('team/app').tags.size).toBe(0);
  });

  it('looks at the tag where the answer does not name the digest', async () => {
    const registry = await start();
    registry.inject({
      method: 'PUT',
      path: /manifests/,
      fault: { kind: 'without', headers: ['docker-content-digest'] },
    });
    await push(open(registry));
    expect(registry.requests.at(-1)).toMatchObject({ method: 'GET', path: '/v2/team/app/manifests/latest' });
  });

  it('does not wait for ever for a registry that takes no more', async () => {
    const registry = await start();
    registry.inject({ method: 'PUT', fault: { kind: 'silent' } });
    const repository = open(registry, { headersTimeoutMs: 50, idleTimeoutMs: 50, attempts: 1 });
    const { diagnostic } = await failureOf(repository.writeBlob(layerDescriptor, () => once(layer)));
    expect(diagnostic).toMatchObject({ code: 'registry/unreachable', args: { fault: 'timeout' } });
  });

  it('stops sending when it is told to', async () => {
    const registry = await start();
    registry.inject({ method: 'PUT', fault: { kind: 'silent' } });
    const controller = new AbortController();
    const work = open(registry).writeBlob(layerDescriptor, () => once(layer), { signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    expect((await failureOf(work)).diagnostic.code).toBe('registry/interrupted');
  });

  it('tags what is there already without having sent it', async () => {
    const registry = await start();
    store(registry);
    await open(registry).tag('v2', manifestDescriptor);
    expect(registry.repository('team/app').tags.get('v2' as Digest)).toBe(manifestDescriptor.digest);
  });
});
