import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../packages/rightarch/src/core/index.ts';
import { fixedCredential, secret } from '../../packages/rightarch/src/oci/credentials.ts';
import {
  type Descriptor,
  makeIndex,
  makeManifest,
  mediaTypes,
  openTree,
} from '../../packages/rightarch/src/oci/index.ts';
import { isNotFound, openRegistry, type RegistryOptions } from '../../packages/rightarch/src/oci/registry/index.ts';
import { publishTree } from '../../packages/rightarch/src/publish/index.ts';
import { type LiveRegistry, serveRegistry } from '../support/docker-registry.ts';

let directory = '';
const running: LiveRegistry[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'live-registry-'));
});
afterAll(async () => {
  for (const registry of running) await registry.stop();
  await rm(directory, { recursive: true, force: true });
});

async function serve(name: string, auth: readonly string[] = [], tls = ''): Promise<LiveRegistry> {
  const registry = await serveRegistry(directory, { name, auth, tls });
  running.push(registry);
  return registry;
}

async function* parts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of bytes) all.push(part);
  return Buffer.concat(all);
}

const describeBytes = (bytes: Uint8Array, mediaType: string): Descriptor => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.length,
});

describe('Debian docker-registry', () => {
  let live: LiveRegistry;
  beforeAll(async () => {
    expect(spawnSync('docker-registry', ['--version']).error, 'apt-get install docker-registry').toBeUndefined();
    live = await serve('plain');
  });

  const open = (repository: string, options: RegistryOptions = {}) =>
    openRegistry({ registry: live.host, repository }, options);

  it.each([
    ['whole', {}],
    ['in chunks', { chunkFrom: 0, chunkBytes: 1_000_000 }],
  ] as const)('takes a blob %s and gives it back, from any byte', async (name, options) => {
    const repository = open(`blobs/${name.replace(' ', '-')}`, options);
    const bytes = randomBytes(5_300_007);
    const descriptor = describeBytes(bytes, mediaTypes.ociLayer);
    expect(await repository.has(descriptor)).toBe(false);
    let sent = 0;
    await repository.writeBlob(descriptor, () => parts(bytes), {
      onBytes: (count) => {
        sent += count;
      },
    });
    expect(sent).toBe(bytes.length);
    expect((await collect(open(`blobs/${name.replace(' ', '-')}`).blob(descriptor))).equals(bytes)).toBe(true);
    expect((await collect(repository.blob(descriptor, { offset: 5_300_000 }))).equals(bytes.subarray(-7))).toBe(true);
    const empty = describeBytes(Buffer.alloc(0), mediaTypes.ociLayer);
    await repository.writeBlob(empty, () => parts(Buffer.alloc(0)));
    expect((await collect(repository.blob(empty))).length).toBe(0);
    await repository.close();
  });

  it('mounts from another repository without a byte', async () => {
    const bytes = randomBytes(100_000);
    const descriptor = describeBytes(bytes, mediaTypes.ociLayer);
    const from = open('mount/from');
    await from.writeBlob(descriptor, () => parts(bytes));
    const to = open('mount/to');
    await to.writeBlob(
      descriptor,
      () => {
        throw new Error('the bytes were asked for');
      },
      { mountFrom: 'mount/from' },
    );
    expect((await collect(to.blob(descriptor))).equals(bytes)).toBe(true);
    // A repository that does not have it: the mount is refused, the upload goes on.
    const missing = describeBytes(randomBytes(10), mediaTypes.ociLayer);
    const other = randomBytes(1000);
    await to.writeBlob(describeBytes(other, mediaTypes.ociLayer), () => parts(other), { mountFrom: 'mount/nowhere' });
    expect(await to.has(missing)).toBe(false);
    await Promise.all([from.close(), to.close()]);
  });

  it('is published to, twice, and read back; the second time nothing is sent', async () => {
    const blobs = new Map<string, Uint8Array>();
    const keep = (bytes: Uint8Array, mediaType: string) => {
      const descriptor = describeBytes(bytes, mediaType);
      blobs.set(descriptor.digest, bytes);
      return descriptor;
    };
    const entries = ['amd64', 'arm64'].map((architecture): Descriptor => {
      const layer = keep(randomBytes(300_000), mediaTypes.ociLayer);
      const config = keep(
        Buffer.from(
          JSON.stringify({ os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [layer.digest] } }),
        ),
        mediaTypes.ociConfig,
      );
      const { descriptor, bytes } = makeManifest({ config, layers: [layer] });
      blobs.set(descriptor.digest, bytes);
      return { ...descriptor, platform: { os: 'linux', architecture } };
    });
    const index = makeIndex({ manifests: entries });
    blobs.set(index.descriptor.digest, index.bytes);
    const source = {
      name: 'oci:live',
      kind: 'layout' as const,
      resolve: async () => index.descriptor,
      async *blob({ digest }: Descriptor) {
        yield blobs.get(digest)!;
      },
      close: async () => {},
    };
    const tree = await openTree(source, index.descriptor);
    const results: [number, number, boolean][] = [];
    for (let run = 0; run < 2; run++) {
      const repository = open('team/app');
      const childTags = [{ platform: { os: 'linux', architecture: 'arm64' }, tags: ['latest-arm64'] }];
      const destinations = [{ repository, tags: ['latest', '1.0'], childTags }];
      const { repositories } = await publishTree({ tree, destinations, reread: 'everything' });
      const { blobs: counts, manifests, tags } = repositories[0]!;
      results.push([counts.uploaded, manifests.written, tags.some(({ moved }) => moved)]);
      await repository.close();
    }
    expect(results).toEqual([
      [4, 3, true],
      [0, 0, false],
    ]);
    const repository = open('team/app');
    expect((await repository.resolve('1.0')).digest).toBe(index.descriptor.digest);
    expect((await repository.resolve('latest-arm64')).digest).toBe(entries[1]!.digest);
    const tags: string[] = [];
    for await (const tag of repository.tags()) tags.push(tag);
    expect(tags.sort()).toEqual(['1.0', 'latest', 'latest-arm64']);

    // distribution 2.8 has no referrers API: the tag stands in for it, both ways.
    const subject = entries[0]!;
    expect(await repository.referrers!(subject.digest)).toEqual([]);
    const config = describeBytes(Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
    await repository.writeBlob(config, () => parts(Buffer.from('{}')));
    const { mediaType, digest, size } = subject;
    const statement = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        artifactType: 'application/vnd.example.sbom',
        config,
        layers: [],
        subject: { mediaType, digest, size },
      }),
    );
    await repository.writeManifest(describeBytes(statement, mediaTypes.ociManifest), statement);
    expect(await repository.referrers!(subject.digest)).toMatchObject([
      { digest: digestOf(statement), artifactType: 'application/vnd.example.sbom' },
    ]);
    await repository.close();
  });

  it('says what it does not have', async () => {
    const repository = open('nothing/here');
    const error = await repository.resolve('latest').catch((reason: unknown) => reason);
    expect(isNotFound(error)).toBe(true);
    await repository.close();
  });

  it('is trusted by its own CA and by nothing else', async () => {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=live-registry', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = spawnSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        ...subject,
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { encoding: 'utf8' },
    );
    expect(made.status, made.stderr).toBe(0);
    const guarded = await serve('tls', [], `, tls: { certificate: ${cert}, key: ${key} }`);
    const bytes = Buffer.from('over TLS');
    const descriptor = describeBytes(bytes, mediaTypes.ociLayer);
    // Loopback is spoken to by plain HTTP first: the registry says that it has TLS, and the client follows.
    const trusting = openRegistry({ registry: guarded.host, repository: 'a' }, { ca: [await readFile(cert, 'utf8')] });
    await trusting.writeBlob(descriptor, () => parts(bytes));
    expect((await collect(trusting.blob(descriptor))).toString()).toBe('over TLS');
    await trusting.close();
    const other = openRegistry({ registry: guarded.host, repository: 'a' });
    const error = await other.resolve('latest').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ diagnostic: { code: 'registry/unreachable', args: { fault: 'certificate' } } });
    await other.close();
  });

  it('asks for a password, and the right one is enough', async () => {
    // bcrypt of "correct-horse", cost 5.
    const hash = '$2b$05$aHU1LFusWmODk1chjDY8iup2h7nPUQ2bCRcJxsKi4h3XzpbbZ3h.q';
    await writeFile(join(directory, 'htpasswd'), `me:${hash}\n`);
    const guarded = await serve('guarded', [
      `auth: { htpasswd: { realm: test, path: ${join(directory, 'htpasswd')} } }`,
    ]);
    const bytes = Buffer.from('guarded');
    const descriptor = describeBytes(bytes, mediaTypes.ociLayer);
    const login = (password: string) =>
      fixedCredential(guarded.host, { kind: 'password', username: 'me', secret: secret(password), from: 'test' });
    for (const [password, code, credentials] of [
      [undefined, 'registry/unauthorized', 'none'],
      ['wrong-horse', 'registry/unauthorized', 'sent'],
    ] as const) {
      const options = password === undefined ? {} : { credentials: login(password) };
      const repository = openRegistry({ registry: guarded.host, repository: 'a' }, options);
      const error = await repository.writeBlob(descriptor, () => parts(bytes)).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ diagnostic: { code, args: { credentials } } });
      expect(JSON.stringify(error)).not.toContain('wrong-horse');
      await repository.close();
    }
    const repository = openRegistry(
      { registry: guarded.host, repository: 'a' },
      { credentials: login('correct-horse') },
    );
    await repository.writeBlob(descriptor, () => parts(bytes));
    expect((await collect(repository.blob(descriptor))).toString()).toBe('guarded');
    await repository.close();
  });
});
