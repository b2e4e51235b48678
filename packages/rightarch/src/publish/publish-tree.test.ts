import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf, Failure, type Platform, parsePlatform } from '../core/index.ts';
import { inWords } from '../messages/index.ts';
import {
  type Descriptor,
  type ImageSource,
  type ImageTree,
  makeIndex,
  makeManifest,
  mediaTypes,
  openTree,
} from '../oci/index.ts';
import { openRegistry } from '../oci/registry/index.ts';
import { type RegistryFault, startRegistry, type TestRegistry } from '../testing/index.ts';
import { publishTree } from './publish-tree.ts';
import type { PublishOptions } from './types.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const clock = { now: () => 0, random: () => 0, sleep: async () => {} };

function platform(text: string): Platform {
  return parsePlatform(text)!;
}

/** An index of the platforms, with a layer that all share and one of their own; `salt` makes another image. */
async function makeTree(
  platforms: readonly string[],
  salt = '',
  more: { attested?: boolean } = {},
): Promise<ImageTree> {
  const bytes = new Map<string, Uint8Array>();
  const keep = (content: Uint8Array, mediaType: string): Descriptor => {
    const digest = digestOf(content);
    bytes.set(digest, content);
    return { mediaType, digest, size: content.length };
  };
  const shared = keep(Buffer.from(`shared ${salt}`), mediaTypes.ociLayer);
  const entries = platforms.map((text): Descriptor => {
    const { os, architecture, variant } = platform(text);
    const own = keep(Buffer.from(`own ${text} ${salt}`), mediaTypes.ociLayer);
    const config = keep(
      Buffer.from(
        JSON.stringify({
          os,
          architecture,
          variant,
          rootfs: { type: 'layers', diff_ids: [shared.digest, own.digest] },
        }),
      ),
      mediaTypes.ociConfig,
    );
    const manifest = makeManifest({ config, layers: [shared, own] });
    bytes.set(manifest.descriptor.digest, manifest.bytes);
    return { ...manifest.descriptor, platform: platform(text) };
  });
  if (more.attested) {
    const statement = keep(
      Buffer.from('{"_type":"https://in-toto.io/Statement/v0.1"}'),
      'application/vnd.in-toto+json',
    );
    const config = keep(Buffer.from('{"architecture":"unknown","os":"unknown"}'), mediaTypes.ociConfig);
    const manifest = makeManifest({ config, layers: [statement] });
    bytes.set(manifest.descriptor.digest, manifest.bytes);
    entries.push({
      ...manifest.descriptor,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': entries[0]!.digest,
      },
    });
  }
  const index = makeIndex({ manifests: entries });
  bytes.set(index.descriptor.digest, index.bytes);
  const source: ImageSource = {
    name: 'oci:test',
    kind: 'layout',
    resolve: async () => index.descriptor,
    async *blob({ digest }) {
      yield bytes.get(digest)!;
    },
    close: async () => {},
  };
  return openTree(source, index.descriptor);
}

async function start(options: Parameters<typeof startRegistry>[0] = {}): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  closing.push(() => registry.close());
  return registry;
}

function open(registry: TestRegistry, repository = 'team/app', attempts = 1) {
  const opened = openRegistry({ registry: registry.host, repository }, { clock, attempts });
  closing.push(() => opened.close());
  return opened;
}

/** A fresh client each time, as each run of the command has. */
async function publish(registry: TestRegistry, tree: ImageTree, more: Partial<PublishOptions> = {}) {
  return publishTree({ tree, destinations: [{ repository: open(registry), tags: ['latest'] }], ...more });
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw error ?? new Error('no failure');
  for (const language of ['en', 'ja', 'ko'] as const) {
    const { message, fix } = inWords(error.diagnostic, language);
    expect(`${message}${fix}`).not.toMatch(/undefined|\[object/);
  }
  return error;
}

const BOTH = ['linux/amd64', 'linux/arm64'];

describe('publishing', () => {
  it('puts everything by digest, then moves the tag, and says what it took', async () => {
    const registry = await start();
    const tree = await makeTree(BOTH, '', { attested: true });
    const receipt = await publish(registry, tree);
    expect(JSON.parse(JSON.stringify(receipt))).toEqual(receipt);
    expect(receipt).toMatchObject({
      digest: tree.root.digest,
      form: 'index',
      platforms: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
      repositories: [
        {
          repository: `${registry.host}/team/app`,
          tags: [{ tag: 'latest', digest: tree.root.digest, before: null, moved: true }],
          blobs: { present: 0, mounted: 0, uploaded: 7 },
          manifests: { present: 0, written: 4 },
        },
      ],
      diagnostics: [],
    });
    expect(registry.incompleteTags()).toEqual([]);
    const puts = registry.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'));
    expect(puts.at(-1)?.path).toBe('/v2/team/app/manifests/latest');
    expect(puts.at(-2)?.path).toBe(`/v2/team/app/manifests/${tree.root.digest}`);
  });

  it('touches nothing the second time', async () => {
    const registry = await start();
    const tree = await makeTree(BOTH);
    await publish(registry, tree);
    registry.calm();
    const receipt = await publish(registry, tree);
    expect(receipt.repositories[0]).toMatchObject({
      tags: [{ moved: false, before: tree.root.digest }],
      blobs: { present: 5, mounted: 0, uploaded: 0 },
      manifests: { present: 3, written: 0 },
      bytes: 0,
    });
    expect([...new Set(registry.requests.map(({ method }) => method))].sort()).toEqual(['GET', 'HEAD']);
  });

  it('proves the very digests before a tag moves, in every repository', async () => {
    const registry = await start();
    const tree = await makeTree(BOTH);
    const proved: string[] = [];
    const destinations = ['team/app', 'other/app'].map((name) => ({
      repository: open(registry, name),
      tags: ['latest', '1.0'],
      childTags: [{ platform: platform('linux/arm64'), tags: ['latest-arm64'] }],
    }));
    const receipt = await publishTree({
      tree,
      destinations,
      reread: 'everything',
      async prove({ repository, root, images: manifests }) {
        expect(registry.repository('team/app').tags.size + registry.repository('other/app').tags.size).toBe(0);
        const { images } = await openTree(repository, root);
        expect(manifests).toEqual(images.map(({ descriptor }) => descriptor.digest));
        proved.push(`${repository.name} ${images.length} ${root.digest === tree.root.digest}`);
      },
    });
    expect(proved).toEqual([`${registry.host}/team/app 2 true`, `${registry.host}/other/app 2 true`]);
    expect(receipt.repositories.map(({ blobs }) => [blobs.uploaded, blobs.mounted])).toEqual([
      [5, 0],
      [0, 5],
    ]);
    expect(receipt.repositories[1]?.tags.map(({ tag, platform: of }) => [tag, of])).toEqual([
      ['latest-arm64', 'linux/arm64'],
      ['latest', undefined],
      ['1.0', undefined],
    ]);
    expect(registry.repository('other/app').tags.get('latest-arm64')).toBe(tree.images[1]?.descriptor.digest);
  });

  it('leaves every tag where it was where the proof fails', async () => {
    const registry = await start();
    const old = await makeTree(BOTH, 'old');
    await publish(registry, old);
    const prove = () => Promise.reject(new Error('refuted'));
    await expect(publish(registry, await makeTree(BOTH, 'new'), { prove })).rejects.toThrow('refuted');
    expect(registry.repository('team/app').tags.get('latest')).toBe(old.root.digest);
  });

  it('sends blobs beside the proof, and no manifest before it', async () => {
    const registry = await start();
    const tree = await makeTree(BOTH);
    let clear!: () => void;
    const proof = new Promise<void>((resolve) => {
      clear = resolve;
    });
    const { blobs, manifests } = registry.repository('team/app');
    const wanted = new Set(
      tree.images.flatMap(({ manifest }) => [manifest.config, ...manifest.layers]).map((b) => b.digest),
    );
    const publishing = publish(registry, tree, { cleared: () => proof });
    await expect.poll(() => blobs.size, { timeout: 20_000 }).toBe(wanted.size);
    expect(manifests.size).toBe(0);
    clear();
    await publishing;
    expect([manifests.size, registry.repository('team/app').tags.get('latest')]).toEqual([3, tree.root.digest]);
  });

  it('writes no manifest where the proof fails, in no repository', async () => {
    const registry = await start();
    const cleared = () => Promise.reject(new Error('refuted'));
    const destinations = ['team/app', 'other/app'].map((name) => ({ repository: open(registry, name), tags: ['1'] }));
    await expect(publishTree({ tree: await makeTree(BOTH), destinations, cleared })).rejects.toThrow('refuted');
    for (const name of ['team/app', 'other/app']) expect(registry.repository(name).manifests.size).toBe(0);
  });

  it('notices that the registry holds something else, before a tag moves', async () => {
    const registry = await start();
    registry.inject({ method: 'GET', path: /blobs\//, fault: { kind: 'wrong-bytes' } });
    const { diagnostic } = await failureOf(publish(registry, await makeTree(BOTH), { reread: 'documents' }));
    expect(diagnostic.code).toBe('publish/registry-differs');
    expect(diagnostic.because).toContain('image/digest-wrong');
    const { root, images } = await makeTree(BOTH);
    registry.calm();
    const layer = images[1]?.layers[1]?.descriptor.digest;
    registry.inject({ method: 'GET', path: new RegExp(`blobs/${layer}`), fault: { kind: 'wrong-bytes' } });
    const second = await failureOf(publish(registry, await makeTree(BOTH), { reread: 'everything' }));
    expect(second.diagnostic.code).toBe('image/digest-wrong');
    expect(registry.repository('team/app').manifests.has(root.digest)).toBe(true);
    expect(registry.repository('team/app').tags.size).toBe(0);
  });

  it('publishes one platform as its bare manifest, but keeps what belongs to it', async () => {
    const registry = await start();
    const one = await makeTree(['linux/arm64']);
    expect(await publish(registry, one)).toMatchObject({ form: 'manifest', digest: one.images[0]?.descriptor.digest });
    expect(registry.repository('team/app').manifests.size).toBe(1);
    const two = await makeTree(BOTH);
    const subset = { platforms: [platform('linux/arm64')] };
    expect(await publish(registry, two, subset)).toMatchObject({
      form: 'manifest',
      digest: two.images[1]?.descriptor.digest,
    });
    const attested = await makeTree(['linux/arm64'], '', { attested: true });
    expect(await publish(registry, attested)).toMatchObject({ form: 'index', digest: attested.root.digest });
  });
});

describe('what a tag is now', () => {
  it('never loses a platform unless it is given up', async () => {
    const registry = await start();
    await publish(registry, await makeTree([...BOTH, 'linux/arm/v7'], 'old'));
    registry.calm();
    const tree = await makeTree(BOTH, 'new');
    const { diagnostic, blame } = await failureOf(publish(registry, tree));
    expect([diagnostic.code, diagnostic.args['lost'], blame]).toEqual([
      'registry/platform-lost',
      ['linux/arm/v7'],
      'request',
    ]);
    expect(registry.requests.every(({ method }) => method === 'GET')).toBe(true);
    const receipt = await publish(registry, tree, { drop: [platform('linux/arm/v7')] });
    expect(receipt.repositories[0]?.tags[0]?.moved).toBe(true);
  });

  it('says when a tag changes its kind, or refuses', async () => {
    const registry = await start();
    await publish(registry, await makeTree(['linux/arm64'], 'old'));
    const tree = await makeTree(BOTH, 'new');
    const { diagnostic } = await failureOf(publish(registry, tree, { refuseKindChange: true }));
    expect(diagnostic).toMatchObject({
      code: 'registry/tag-kind-changed',
      severity: 'error',
      args: { from: 'manifest', to: 'index' },
    });
    const { diagnostics } = await publish(registry, tree);
    expect(diagnostics).toMatchObject([{ code: 'registry/tag-kind-changed', severity: 'warning' }]);
    const back = await publish(registry, await makeTree(['linux/arm64'], 'x'), { drop: [platform('linux/amd64')] });
    expect(back.diagnostics).toMatchObject([{ args: { from: 'index', to: 'manifest' } }]);
  });

  it('compares again after the push: somebody else may have been faster', async () => {
    const registry = await start();
    const other = await makeTree([...BOTH, 'linux/s390x'], 'other');
    const prove = async () => {
      await publish(registry, other);
    };
    const { diagnostic } = await failureOf(publish(registry, await makeTree(BOTH), { prove }));
    expect(diagnostic.code).toBe('registry/platform-lost');
    expect(registry.repository('team/app').tags.get('latest')).toBe(other.root.digest);
  });

  it.each([
    [['-x'], [], 'publish/tag-malformed'],
    [[''], [], 'publish/tag-malformed'],
    [['a'], [{ platform: platform('linux/arm64'), tags: ['a'] }], 'publish/tag-twice'],
    [['a'], [{ platform: platform('linux/s390x'), tags: ['b'] }], 'image/platform-absent'],
  ])('refuses names before a byte is sent: %j %j', async (tags, childTags, code) => {
    const registry = await start();
    const destinations = [{ repository: open(registry), tags, childTags }];
    const { diagnostic } = await failureOf(publishTree({ tree: await makeTree(BOTH), destinations }));
    expect([diagnostic.code, registry.requests.length]).toEqual([code, 0]);
  });

  it('says where somebody else moved a tag in the meantime, and that nobody did otherwise', async () => {
    const registry = await start();
    const other = await makeTree(BOTH, 'other');
    const tree = await makeTree(BOTH);
    const prove = async () => {
      await publish(registry, other);
    };
    const { diagnostics } = await publish(registry, tree, { prove });
    expect(diagnostics).toMatchObject([
      { code: 'publish/tag-moved', severity: 'warning', args: { planned: '', found: other.root.digest } },
    ]);
    expect(registry.repository('team/app').tags.get('latest')).toBe(tree.root.digest);
    expect((await publish(registry, other)).diagnostics).toEqual([]);
  });

  it.each([
    // docs.aws.amazon.com/AmazonECR, image tag mutability; goharbor.io, tag immutability rules.
    [
      400,
      'TAG_INVALID',
      "The image tag 'latest' already exists in the 'app' repository and cannot be overwritten because the tag is immutable.",
    ],
    [412, 'PRECONDITION', "Failed to process request due to 'app:latest' configured as immutable."],
    [403, 'DENIED', 'tag latest is IMMUTABLE'],
  ])('says that a tag is immutable: %i %s', async (status, code, message) => {
    const registry = await start();
    const old = await makeTree(BOTH, 'old');
    await publish(registry, old);
    const body = JSON.stringify({ errors: [{ code, message }] });
    const headers = { 'content-type': 'application/json' };
    registry.inject({ method: 'PUT', path: /manifests\/latest$/, fault: { kind: 'status', status, body, headers } });
    const tree = await makeTree(BOTH, 'new');
    const { diagnostic } = await failureOf(publish(registry, tree));
    expect(diagnostic).toMatchObject({
      code: 'publish/tag-immutable',
      args: { there: old.root.digest, wanted: tree.root.digest },
    });
    expect(diagnostic.because?.[0]).toContain(code);
    expect(registry.repository('team/app').tags.get('latest')).toBe(old.root.digest);
  });

  it('says so where only tagging is forbidden, and leaves the tag', async () => {
    const registry = await start();
    const old = await makeTree(BOTH, 'old');
    await publish(registry, old);
    registry.inject({ method: 'PUT', path: /manifests\/latest$/, fault: { kind: 'status', status: 403 } });
    const { diagnostic } = await failureOf(publish(registry, await makeTree(BOTH, 'new')));
    expect(diagnostic.code).toBe('registry/forbidden');
    expect(registry.repository('team/app').tags.get('latest')).toBe(old.root.digest);
  });

  it('says which tags have moved where one of them would not', async () => {
    const registry = await start();
    registry.inject({ method: 'PUT', path: /manifests\/b$/, fault: { kind: 'status', status: 400 } });
    const destinations = [{ repository: open(registry), tags: ['a', 'b', 'c'] }];
    const { diagnostic } = await failureOf(publishTree({ tree: await makeTree(BOTH), destinations }));
    expect(diagnostic).toMatchObject({
      code: 'publish/tags-partly-moved',
      args: {
        moved: [`${registry.host}/team/app:a`],
        left: [`${registry.host}/team/app:b`, `${registry.host}/team/app:c`],
      },
    });
  });
});

describe('stopped between two tags', () => {
  it('says which have moved, not that nothing has', async () => {
    const registry = await startRegistry();
    const stop = new AbortController();
    try {
      const destinations = [{ repository: open(registry), tags: ['a', 'b'] }];
      const publishing = publishTree({
        tree: await makeTree(BOTH),
        destinations,
        signal: stop.signal,
        onEvent: (event) => event.kind === 'tagged' && stop.abort(),
      });
      const { diagnostic } = await failureOf(publishing);
      expect(diagnostic).toMatchObject({
        code: 'publish/tags-partly-moved',
        args: { moved: [`${registry.host}/team/app:a`], left: [`${registry.host}/team/app:b`] },
      });
    } finally {
      await registry.close();
    }
  });
});

describe('stopped, or cut off, while a tag moves', () => {
  const graceMs = 200;
  async function stoppedAtTheTag(fault: RegistryFault | undefined, times?: number, tags: readonly string[] = ['a']) {
    const registry = await start();
    const stop = new AbortController();
    if (fault !== undefined)
      registry.inject({ method: 'PUT', path: /manifests\/a$/, ...(times === undefined ? {} : { times }), fault });
    const publishing = publishTree({
      tree: await makeTree(BOTH),
      destinations: [{ repository: open(registry), tags }],
      signal: stop.signal,
      graceMs,
    });
    publishing.catch(() => {});
    const isAsked = () =>
      registry.requests.some(({ method, path }) => method === 'PUT' && path.endsWith('/manifests/a'));
    while (!isAsked()) await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort();
    return { registry, publishing };
  }

  it('waits for the answer that is under way, and it is published', async () => {
    const { registry, publishing } = await stoppedAtTheTag({ kind: 'slow', ms: 60 });
    expect(await publishing).toMatchObject({ repositories: [{ tags: [{ tag: 'a', moved: true }] }] });
    expect(registry.repository('team/app').tags.has('a')).toBe(true);
  });

  it('does not say that nothing has moved where nobody answers', async () => {
    const { registry, publishing } = await stoppedAtTheTag({ kind: 'silent' });
    const { diagnostic } = await failureOf(publishing);
    expect(diagnostic).toMatchObject({
      code: 'publish/tag-unanswered',
      args: { reference: `${registry.host}/team/app:a` },
      because: ['registry/interrupted'],
    });
  });

  it('says of one behind others that nobody can say it, and of those behind it that they have not moved', async () => {
    const { registry, publishing } = await stoppedAtTheTag({ kind: 'silent' }, undefined, ['first', 'a', 'last']);
    const { diagnostic } = await failureOf(publishing);
    const [moved, unanswered, left] = ['first', 'a', 'last'].map((tag) => [`${registry.host}/team/app:${tag}`]);
    expect(diagnostic).toMatchObject({
      code: 'publish/tags-partly-moved',
      args: { moved, left, unanswered },
      because: ['publish/tag-unanswered', 'registry/interrupted'],
    });
  });

  it.each([1, 9])('asks where the tag points when %d answers were lost', async (times) => {
    const registry = await start();
    registry.inject({ method: 'PUT', path: /manifests\/a$/, times, fault: { kind: 'lost-answer' } });
    const destinations = [{ repository: open(registry), tags: ['a'] }];
    const receipt = await publishTree({ tree: await makeTree(BOTH), destinations });
    expect(receipt.repositories[0]?.tags).toMatchObject([{ tag: 'a', moved: true }]);
    expect(registry.repository('team/app').tags.get('a')).toBe(receipt.digest);
  });

  it('is not told as unknown where the registry says that it failed and the tag stays', async () => {
    const registry = await start();
    registry.inject({ method: 'PUT', path: /manifests\/a$/, fault: { kind: 'status', status: 500 } });
    const destinations = [{ repository: open(registry), tags: ['a'] }];
    const { diagnostic } = await failureOf(publishTree({ tree: await makeTree(BOTH), destinations }));
    expect(diagnostic.code).toBe('registry/unavailable');
  });
});

describe('interrupted at any request', () => {
  const faults: readonly RegistryFault[] = [
    { kind: 'reset' },
    { kind: 'lost-answer' },
    { kind: 'html' },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 403 },
    { kind: 'short', by: 7 },
    { kind: 'wrong-bytes' },
  ];

  /** A registry that holds this already, without the requests it would take. */
  async function holding(published: TestRegistry): Promise<TestRegistry> {
    const registry = await startRegistry();
    const [from, to] = [published.repository('team/app'), registry.repository('team/app')];
    for (const [digest, bytes] of from.blobs) to.blobs.set(digest, bytes);
    for (const [digest, manifest] of from.manifests) to.manifests.set(digest, manifest);
    for (const [tag, digest] of from.tags) to.tags.set(tag, digest);
    return registry;
  }

  async function published(tree: ImageTree): Promise<TestRegistry> {
    const registry = await start();
    await publish(registry, tree);
    registry.calm();
    return registry;
  }

  it('never leaves a tag that points at something incomplete, and the next run finishes the work', async () => {
    const before = await makeTree(BOTH, 'old');
    const after = await makeTree(BOTH, 'new', { attested: true });
    const template = await published(before);
    const counting = await holding(template);
    closing.push(() => counting.close());
    await publish(counting, after, { reread: 'everything' });
    const total = counting.requests.length;
    expect(total).toBeGreaterThan(30);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...faults),
        fc.array(fc.integer({ min: 0, max: total }), { minLength: 1, maxLength: 2 }),
        async (fault, positions) => {
          const registry = await holding(template);
          try {
            for (const position of positions) registry.inject({ after: position, times: 1, fault });
            await publish(registry, after, { reread: 'everything' }).catch((error: unknown) => {
              if (!(error instanceof Failure)) throw error;
            });
            expect(registry.incompleteTags()).toEqual([]);
            expect([before.root.digest, after.root.digest]).toContain(
              registry.repository('team/app').tags.get('latest'),
            );
            registry.calm();
            await publish(registry, after);
            expect(registry.repository('team/app').tags.get('latest')).toBe(after.root.digest);
            expect(registry.incompleteTags()).toEqual([]);
          } finally {
            await registry.close();
          }
        },
      ),
      { numRuns: 20 },
    );
  }, 120_000);

  it('at every single request, with tags of single platforms in two repositories', async () => {
    const before = await makeTree(BOTH, 'old');
    const after = await makeTree(BOTH, 'new');
    const both = (registry: TestRegistry) =>
      ['team/app', 'team/copy'].map((repository) => ({
        repository: open(registry, repository),
        tags: ['latest'],
        childTags: BOTH.map((name) => ({ platform: platform(name), tags: [`latest-${name.replaceAll('/', '-')}`] })),
      }));
    let hit = true;
    for (let position = 0; hit; position += 7) {
      const registry = await start();
      await publishTree({ tree: before, destinations: both(registry) });
      registry.calm();
      registry.inject({ after: position, times: 1, fault: { kind: position % 2 === 0 ? 'reset' : 'lost-answer' } });
      await publishTree({ tree: after, destinations: both(registry) }).catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
      });
      hit = registry.requests.length > position;
      expect(registry.incompleteTags()).toEqual([]);
      registry.calm();
      await publishTree({ tree: after, destinations: both(registry) });
      for (const name of ['team/app', 'team/copy']) {
        const { tags } = registry.repository(name);
        expect(tags.get('latest')).toBe(after.root.digest);
        expect(BOTH.map((one) => tags.get(`latest-${one.replaceAll('/', '-')}`))).toEqual(
          after.images.map(({ descriptor }) => descriptor.digest),
        );
      }
      await registry.close();
    }
  }, 120_000);

  it('at every single request, by a socket that dies', async () => {
    const before = await makeTree(BOTH, 'old');
    const after = await makeTree(BOTH, 'new');
    const template = await published(before);
    let hit = true;
    for (let position = 0; hit; position++) {
      const registry = await holding(template);
      registry.inject({ after: position, times: 1, fault: { kind: 'reset' } });
      const failed = await publish(registry, after).then(
        () => false,
        (error: unknown) => error instanceof Failure,
      );
      hit = registry.requests.length > position;
      expect(registry.incompleteTags()).toEqual([]);
      if (failed) expect(registry.repository('team/app').tags.get('latest')).toBe(before.root.digest);
      await registry.close();
    }
  }, 120_000);
});
