import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Platform, parsePlatform } from '../core/index.ts';
import { languages, remark } from '../messages/index.ts';
import { openBudget, openScanCache, scanImage } from '../scan/index.ts';
import { findTarget, parseTargetAsk, resolveAsk } from '../target/index.ts';
import { elfBytes, type TestImageParts, type TestLayer, testImage, testIndex } from '../testing/index.ts';
import { proofJson } from './json.ts';
import { provePlatform } from './platform.ts';
import { verifyTree } from './verify.ts';

const app = (machine: 'amd64' | 'arm64') => ({ path: 'app', mode: 0o755, content: elfBytes({ machine }) });
const good = (cpu: 'amd64' | 'arm64', more: Partial<TestImageParts> = {}): TestImageParts => ({
  platform: `linux/${cpu}`,
  config: { Cmd: ['/app'] },
  files: [app(cpu)],
  ...more,
});
const platform = (text: string): Platform => parsePlatform(text)!;
const codesOf = (proof: Awaited<ReturnType<typeof verifyTree>>) => [
  ...proof.diagnostics.map(({ code }) => code),
  ...proof.platforms.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)),
];

const SCHEMA_1 = {
  mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  digest: `sha256:${'0'.repeat(64)}` as const,
  size: 2,
};

describe('the proof of a whole name', () => {
  it('two platforms that fit, with attestations', async () => {
    const proof = await verifyTree(
      await testIndex({ images: [good('amd64'), good('arm64')], attestations: true }).tree(),
    );
    expect(codesOf(proof)).toEqual([]);
    expect(proof).toMatchObject({
      verdict: 'proven',
      form: 'index',
      platforms: [{ reach: 'exec' }, { reach: 'exec' }],
    });
  });

  it('an index that says arm64 over amd64 bytes', async () => {
    const lie = good('arm64', { files: [app('amd64')] });
    const proof = await verifyTree(await testIndex({ images: [good('amd64'), lie] }).tree());
    expect(proof.verdict).toBe('refuted');
    expect(proof.platforms.map(({ verdict }) => verdict)).toEqual(['proven', 'refuted']);
    expect(codesOf(proof)).toEqual(['proof/same-bytes', 'proof/start-wrong-cpu']);
  });

  it('an index entry that contradicts the config', async () => {
    const image = good('amd64', { entryPlatform: 'linux/arm64' });
    const proof = await verifyTree(await testIndex({ images: [image] }).tree());
    expect(proof.verdict).toBe('refuted');
    expect(codesOf(proof)).toContain('image/entry-config-differ');
  });

  it('what only the level of the CPU leaves open is decided by a machine that has it', async () => {
    const image = good('amd64', {
      files: [{ path: 'app', mode: 0o755, content: elfBytes({ machine: 'amd64', level: 'v3' }) }],
    });
    const verdicts = async (text: string) => {
      const ask = parseTargetAsk(text);
      if (!ask.ok) throw new Error(text);
      const proof = await verifyTree(await testImage(image).tree(), { targets: [ask.value] });
      return [proof.verdict, proof.targets[0]!.verdict];
    };
    expect(await verdicts('ec2:m7i.large')).toEqual(['undecided', 'proven']);
    expect(await verdicts('ec2:t2.micro')).toEqual(['undecided', 'undecided']);
    expect(await verdicts('fargate')).toEqual(['undecided', 'undecided']);
  });

  it('32-bit programs and small pages are for the machine to say', async () => {
    const verdict = async (content: Uint8Array, text: string) => {
      const ask = parseTargetAsk(text);
      if (!ask.ok) throw new Error(text);
      const image = good('arm64', { files: [{ path: 'app', mode: 0o755, content }] });
      const [target] = (await verifyTree(await testImage(image).tree(), { targets: [ask.value] })).targets;
      return [target!.verdict, ...target!.diagnostics.map(({ code }) => code)];
    };
    const arm = elfBytes({ machine: 'arm' });
    expect(await verdict(arm, 'ec2:m8g.large')).toEqual(['refuted', 'target/only-32-bit']);
    expect(await verdict(arm, 'ec2:m7g.large')).toEqual(['undecided', 'target/image-undecided']);
    const small = elfBytes({ machine: 'arm64', pages: 4096 });
    expect(await verdict(small, 'ec2:arm64-64k')).toEqual(['refuted', 'target/page-size']);
    expect(await verdict(small, 'ec2:arm64-4k')).toEqual(['proven']);
    expect(await verdict(elfBytes({ machine: 'arm64' }), 'ec2:arm64-64k')).toEqual(['proven']);
  });

  it('an image and its zstd twin are no duplicates, and every runtime takes the one that it prefers', async () => {
    const one = testImage(good('amd64'));
    const made = testImage(good('amd64', { annotations: { twin: 'zstd' } }));
    const annotations = { 'io.github.containers.compression.zstd': 'true' };
    const twin = { ...made, descriptor: { ...made.descriptor, annotations } };
    const asks = ['kubernetes:amd64', 'eks:amd64'].flatMap((text) => {
      const ask = parseTargetAsk(text);
      return ask.ok ? [ask.value] : [];
    });
    const proof = await verifyTree(await testIndex({ images: [one, twin] }).tree(), { targets: asks });
    expect(codesOf(proof)).toEqual([]);
    expect(proof.targets.map(({ verdict }) => verdict)).toEqual(['proven', 'proven']);
    expect(proof.targets[1]!.entries[0]!.selected?.digest).toBe(one.descriptor.digest);
    // Twice the same without a mark, or marked and of other content, is still a mistake.
    const again = await verifyTree(await testIndex({ images: [one, made] }).tree());
    expect(codesOf(again)).toContain('image/entry-duplicate');
    const other = testImage(good('amd64', { files: [app('amd64'), { path: 'more', content: 'x' }] }));
    const marked = { ...other, descriptor: { ...other.descriptor, annotations } };
    expect(codesOf(await verifyTree(await testIndex({ images: [one, marked] }).tree()))).toContain(
      'image/entry-duplicate',
    );
  });

  describe('Lambda runs everything as a user of its own', () => {
    const client = { path: 'opt/extensions/client', mode: 0o755, content: elfBytes({ machine: 'amd64' }) };
    const of = async (mode: number, more: { uid?: number; user?: string } = {}, today?: string) => {
      const ask = parseTargetAsk('lambda');
      if (!ask.ok) throw new Error('lambda');
      const file = { ...app('amd64'), mode, uid: more.uid ?? 0 };
      const image = testImage(
        good('amd64', { files: [file, client], config: { Cmd: ['/app'], User: more.user ?? '' } }),
      );
      const proof = await verifyTree(await image.tree(), { targets: [ask.value], today });
      return { own: proof.verdict, ...proof.targets[0]! };
    };
    it('who may not execute what only root may', async () => {
      const target = await of(0o700);
      expect(target).toMatchObject({ own: 'proven', verdict: 'refuted' });
      const found = target.diagnostics.find(({ code }) => code === 'proof/not-executable');
      expect(found?.args).toMatchObject({
        user: '(AWS Lambda)',
        prints: 'Runtime.InvalidEntrypoint … Error: fork/exec /app: permission denied',
      });
    });
    it('of whose ids nothing is promised, nor whether he is root once the fact is old', async () => {
      expect(await of(0o750)).toMatchObject({ own: 'proven', verdict: 'undecided' });
      expect(await of(0o700, { uid: 993 })).toMatchObject({ own: 'proven', verdict: 'undecided' });
      const late = await of(0o700, {}, '2035-01-01');
      expect(late.diagnostics.find(({ code }) => code === 'proof/start-undecided')?.args['needs']).toBe('user-ids');
    });
    it('whoever USER names', async () => {
      expect(await of(0o755)).toMatchObject({ own: 'proven', verdict: 'proven' });
      expect((await of(0o755)).entries[0]!.proof).toBeUndefined();
      expect(await of(0o755, { user: 'nobody-knows-him' })).toMatchObject({ own: 'refuted', verdict: 'proven' });
    });
    it('who may not enter a directory of root', async () => {
      const ask = parseTargetAsk('lambda');
      if (!ask.ok) throw new Error('lambda');
      const verdict = async (mode: number) => {
        const sh = { path: 'bin/sh', mode: 0o755, content: elfBytes({ machine: 'amd64' }) };
        const task = [
          { path: 'var/task', type: 'directory', mode } as const,
          { path: 'var/task/run.sh', content: 'exit' },
        ];
        const config = { Cmd: ['/bin/sh', '/var/task/run.sh'] };
        const tree = await testImage(good('amd64', { files: [client, sh, ...task], config })).tree();
        const proof = await verifyTree(tree, { targets: [ask.value] });
        return [proof.verdict, proof.targets[0]!.verdict];
      };
      expect(await verdict(0o755)).toEqual(['proven', 'proven']);
      expect(await verdict(0o700)).toEqual(['proven', 'refuted']);
      expect(await verdict(0o750)).toEqual(['proven', 'undecided']);
    });
    it('who may not read a library of root', async () => {
      const ask = parseTargetAsk('lambda');
      if (!ask.ok) throw new Error('lambda');
      const loader = 'lib/ld-musl-x86_64.so.1';
      const own = elfBytes({ machine: 'amd64', interpreter: `/${loader}`, needed: ['libx.so'] });
      const files = (mode: number) => [
        client,
        { path: 'app', mode: 0o755, content: own },
        { path: loader, mode: 0o755, content: elfBytes({ machine: 'amd64', type: 3 }) },
        { path: 'lib/libx.so', mode, content: elfBytes({ machine: 'amd64', type: 3, soname: 'libx.so' }) },
      ];
      const verdict = async (mode: number) => {
        const tree = await testImage(good('amd64', { files: files(mode) })).tree();
        return (await verifyTree(tree, { targets: [ask.value] })).targets[0]!.verdict;
      };
      expect([await verdict(0o644), await verdict(0o600)]).toEqual(['proven', 'refuted']);
    });
  });

  it('an entrypoint of Lambda that is a link is not held against the image: so is npx, which AWS itself names there', async () => {
    const ask = parseTargetAsk('lambda');
    if (!ask.ok) throw new Error('lambda');
    const files = [
      { path: 'usr/bin/env', mode: 0o755, content: elfBytes({ machine: 'amd64' }) },
      { path: 'usr/local/bin/node', mode: 0o755, content: elfBytes({ machine: 'amd64' }) },
      { path: 'usr/local/lib/node_modules/npm/bin/npx-cli.js', mode: 0o755, content: '#!/usr/bin/env node\n' },
      { path: 'usr/local/bin/npx', link: '../lib/node_modules/npm/bin/npx-cli.js' },
      { path: 'function/node_modules/aws-lambda-ric/package.json', content: '{}' },
    ] as const;
    const config = {
      Entrypoint: ['/usr/local/bin/npx', 'aws-lambda-ric'],
      Cmd: ['index.handler'],
      Env: ['PATH=/usr/local/bin:/usr/bin'],
    };
    const tree = await testImage(good('amd64', { files, config })).tree();
    const proof = await verifyTree(tree, { targets: [ask.value] });
    expect(proof).toMatchObject({ verdict: 'proven', targets: [{ verdict: 'proven' }] });
  });

  it('a Lambda client that a later layer took away is none', async () => {
    const ask = parseTargetAsk('lambda');
    if (!ask.ok) throw new Error('lambda');
    const node = { path: 'usr/bin/node', mode: 0o755, content: elfBytes({ machine: 'amd64' }) };
    const adapter = { path: 'opt/extensions/lambda-adapter', mode: 0o755, content: elfBytes({ machine: 'amd64' }) };
    const codes = async (upper: TestLayer) => {
      const layers = [{ files: [node, adapter] }, upper];
      const image = testImage({ platform: 'linux/amd64', config: { Cmd: ['/usr/bin/node'] }, layers });
      const [target] = (await verifyTree(await image.tree(), { targets: [ask.value] })).targets;
      return target!.diagnostics.map(({ code }) => code);
    };
    expect(await codes({ files: [{ path: 'a', content: 'a' }] })).not.toContain('target/lambda-runtime-missing');
    expect(await codes({ files: [{ path: 'opt/.wh.extensions', content: '' }] })).toContain(
      'target/lambda-runtime-missing',
    );
  });

  it.each(['amd64', 'arm64'] as const)('segments that no page maps are never proven, %s', async (cpu) => {
    const bad = { mode: 0o755, content: elfBytes({ machine: cpu, pages: 512 }) };
    const library = {
      path: 'lib/libx.so',
      content: elfBytes({ machine: cpu, type: 3, soname: 'libx.so', pages: 2048 }),
    };
    const loader = cpu === 'amd64' ? 'lib/ld-linux-x86-64.so.2' : 'lib/ld-linux-aarch64.so.1';
    const own = elfBytes({ machine: cpu, interpreter: `/${loader}`, needed: ['libx.so'] });
    const program = { path: 'app', mode: 0o755, content: own };
    const sound = { path: loader, mode: 0o755, content: elfBytes({ machine: cpu, type: 3 }) };
    const env = { Cmd: ['/app'], Env: ['LD_LIBRARY_PATH=/lib'] };
    for (const files of [[{ path: 'app', ...bad }], [program, sound, library], [program, { path: loader, ...bad }]]) {
      const { platforms } = await verifyTree(await testImage(good(cpu, { files, config: env })).tree());
      expect(platforms[0]).toMatchObject({ verdict: 'undecided', diagnostics: [{ args: { needs: 'unaligned' } }] });
    }
  });

  it('an empty index is never proven', async () => {
    const proof = await verifyTree(await testIndex({ images: [] }).tree());
    expect(proof.verdict).toBe('refuted');
    expect(proof.platforms).toEqual([]);
  });

  it('a platform that was asked for and is not there', async () => {
    const options = { platforms: [platform('linux/arm64')] };
    const proof = await verifyTree(await testIndex({ images: [good('amd64')] }).tree(), options);
    expect(proof).toMatchObject({ verdict: 'refuted', platforms: [] });
    expect(proof.diagnostics[0]).toMatchObject({
      code: 'proof/platform-missing',
      args: { platform: 'linux/arm64', found: ['linux/amd64'] },
    });
  });

  it('only the platforms that were asked for are judged', async () => {
    const options = { platforms: [platform('linux/amd64')] };
    const lie = good('arm64', { files: [app('amd64')] });
    const proof = await verifyTree(await testIndex({ images: [good('amd64'), lie] }).tree(), options);
    expect(proof).toMatchObject({ verdict: 'proven', platforms: [{ platform: platform('linux/amd64') }] });
  });

  it('a config without a platform is undecided, never guessed', async () => {
    const proof = await verifyTree(await testImage(good('amd64', { platform: null })).tree());
    expect(proof).toMatchObject({ verdict: 'undecided', platforms: [{ platform: undefined, verdict: 'undecided' }] });
  });

  it('Windows entries are shown, skipped and never proven', async () => {
    const windows: TestImageParts = { platform: 'windows/amd64', config: { Cmd: ['cmd'] }, files: [] };
    const both = await verifyTree(await testIndex({ images: [good('amd64'), windows] }).tree());
    expect(both).toMatchObject({ verdict: 'proven', diagnostics: [{ code: 'proof/entry-skipped' }] });
    expect(both.platforms).toHaveLength(1);
    expect((await verifyTree(await testIndex({ images: [windows] }).tree())).verdict).toBe('undecided');
  });

  it('an entry of schema 1, which nobody pulls any more, is told and never proven; the others are judged', async () => {
    const more = [
      {
        mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
        digest: `sha256:${'0'.repeat(64)}` as const,
        size: 2,
      },
    ];
    const both = await verifyTree(await testIndex({ images: [good('amd64')], more }).tree());
    expect(both).toMatchObject({ verdict: 'refuted', platforms: [{ verdict: 'proven' }] });
    expect(codesOf(both)).toEqual(['image/schema-1']);
    const alone = await verifyTree(await testIndex({ images: [], more }).tree());
    expect(alone).toMatchObject({ verdict: 'refuted', platforms: [] });
    expect(codesOf(alone)).toContain('image/schema-1');
  });

  it.each([
    ['application/vnd.docker.distribution.manifest.v1+prettyjws', 'refuted'],
    ['application/vnd.oci.image.index.v1+json', 'undecided'],
  ])('%s of its platform is taken before the right entry: %s', async (mediaType, verdict) => {
    const entry = {
      mediaType,
      digest: `sha256:${'0'.repeat(64)}` as const,
      size: 2,
      platform: platform('linux/amd64'),
    };
    const other = { ...testImage(good('amd64')), descriptor: entry };
    const ask = parseTargetAsk('gke:amd64');
    if (!ask.ok) throw new Error('no such runtime');
    const taken = async (...images: Parameters<typeof testIndex>[0]['images']) => {
      const { targets } = await verifyTree(await testIndex({ images }).tree(), { targets: [ask.value] });
      return targets[0]!.entries[0]!;
    };
    expect(await taken(other, good('amd64'))).toMatchObject({ verdict, selected: { digest: entry.digest } });
    expect(await taken(other)).toMatchObject({ verdict, selected: { digest: entry.digest } });
    expect((await taken(good('amd64'), other)).selected?.digest).not.toBe(entry.digest);
  });

  it.each([
    ['gke:amd64', SCHEMA_1, 'refuted'],
    ['kubernetes:amd64', SCHEMA_1, 'undecided'],
  ])(
    '%s takes what stands first, though the same digest stands before it for another CPU',
    async (name, entry, verdict) => {
      const { descriptor } = await testImage(good('amd64'));
      const [arm, amd] = ['linux/arm64', 'linux/amd64'].map((one) => ({ ...descriptor, platform: platform(one) }));
      const images = [arm!, { ...entry, platform: platform('linux/amd64') }, amd!].map((one) => ({
        ...testImage(good('amd64')),
        descriptor: one,
      }));
      const ask = parseTargetAsk(name);
      if (!ask.ok) throw new Error('no such runtime');
      const { targets } = await verifyTree(await testIndex({ images }).tree(), { targets: [ask.value] });
      expect(targets[0]!.entries[0]).toMatchObject({ verdict, selected: { digest: entry.digest } });
    },
  );

  it('an index within without a platform is walked by containerd where nothing fits better', async () => {
    const nested = { ...SCHEMA_1, mediaType: 'application/vnd.oci.image.index.v1+json' };
    const ask = parseTargetAsk('gke:amd64');
    if (!ask.ok) throw new Error('no such runtime');
    const judge = async (image: TestImageParts) => {
      const tree = await testIndex({ images: [image], more: [nested] }).tree();
      return (await verifyTree(tree, { targets: [ask.value] })).targets[0]!.verdict;
    };
    expect(await judge(good('arm64'))).toBe('undecided');
    expect(await judge(good('amd64'))).toBe('proven');
  });

  it('an amd64/v3 entry alone is refuted by default selection (case 8); beside the baseline it is not', async () => {
    const v3 = good('amd64', { platform: 'linux/amd64/v3' });
    const alone = await verifyTree(await testIndex({ images: [v3] }).tree());
    expect(alone.verdict).toBe('refuted');
    expect(codesOf(alone)).toEqual(['proof/variant-not-selected']);
    expect((await verifyTree(await testIndex({ images: [good('amd64'), v3] }).tree())).verdict).toBe('proven');
  });
});

it.each(['linux/arm64/v9', 'linux/arm64/v8.2'])(
  '%s alone is not selected either: no host calls itself that',
  async (one) => {
    const alone = await verifyTree(await testIndex({ images: [good('arm64', { platform: one })] }).tree());
    expect(codesOf(alone)).toEqual(['proof/variant-not-selected']);
  },
);

it('a layer beyond what is read says nothing: what starts may be in the rest', async () => {
  const files = [{ path: 'a', content: 'a' }, { path: 'b', content: 'b' }, app('amd64')];
  const tree = await testImage(good('amd64', { files })).tree();
  const [image] = tree.images;
  const prove = async (entries: number) => {
    const layers = await scanImage(tree, image!, { budget: openBudget({ entries }) });
    const { verdict, diagnostics } = provePlatform({ tree, image: image!, layers });
    return [verdict, ...diagnostics.map(({ code }) => code)];
  };
  expect(await prove(2)).toEqual(['undecided', 'proof/layer-damaged']);
  expect(await prove(3)).toEqual(['proven']);
});

it.each(['proc', 'sys', 'dev/shm'])('what an image has below /%s is mounted over', async (directory) => {
  const path = `${directory}/app`;
  const image = good('amd64', { config: { Cmd: [`/${path}`] }, files: [{ ...app('amd64'), path }] });
  const proof = await verifyTree(await testImage(image).tree());
  expect(proof.verdict).toBe('refuted');
  expect(codesOf(proof)).toEqual(['proof/command-missing']);
});

it('a compressed layer that says it is plain is open: containerd does not unpack it', async () => {
  const plain = 'application/vnd.oci.image.layer.v1.tar';
  const layers = (lies: TestLayer['lies']) => [{ files: [app('amd64')], lies }] as TestImageParts['layers'] & object;
  const lying = await verifyTree(
    await testImage(good('amd64', { files: [], layers: layers({ mediaType: plain }) })).tree(),
  );
  expect(lying.verdict).toBe('undecided');
  expect(codesOf(lying)).toEqual(['proof/layer-compression']);
  const honest = [{ files: [app('amd64')], compression: 'none' as const }];
  expect((await verifyTree(await testImage(good('amd64', { files: [], layers: honest })).tree())).verdict).toBe(
    'proven',
  );
});

describe('bytes that are not what they say', () => {
  const layers = (lies: TestLayer['lies']): TestImageParts =>
    ({
      platform: 'linux/amd64',
      config: { Cmd: ['/app'] },
      layers: [{ files: [app('amd64')], lies }],
    }) as TestImageParts;
  it.each<readonly [string, NonNullable<TestLayer['lies']>, string]>([
    ['a false diff_id', { diffId: `sha256:${'0'.repeat(64)}` }, 'proof/diff-id-mismatch'],
    ['a false digest', { digest: `sha256:${'1'.repeat(64)}` }, 'image/digest-wrong'],
    ['a false size', { size: 7 }, 'image/digest-wrong'],
    ['a layer cut short', { keep: 60 }, 'proof/layer-damaged'],
  ])('%s is refuted', async (_, lies, code) => {
    const proof = await verifyTree(await testImage(layers(lies)).tree());
    expect(codesOf(proof)).toContain(code);
    expect(proof.verdict).toBe('refuted');
  });

  it('what stands behind the end marker does not exist (case 14), and is told', async () => {
    const proof = await verifyTree(await testImage(layers({ trailing: Buffer.alloc(1024, 1) })).tree());
    expect(codesOf(proof)).toEqual(['proof/data-after-end']);
    expect(proof.verdict).toBe('proven');
  });

  it('a foreign layer is never proven', async () => {
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const proof = await verifyTree(await testImage(layers({ mediaType, urls: ['https://example.com/x'] })).tree());
    expect(proof.verdict).not.toBe('proven');
    expect(codesOf(proof)).toContain('image/foreign-layer');
  });

  it('a layer that two platforms share is read once', async () => {
    const shared = { files: [{ path: 'etc/motd', content: 'x'.repeat(5000) }] };
    const image = (cpu: 'amd64' | 'arm64') =>
      good(cpu, { layers: [shared, { files: [app(cpu)] }] } as Partial<TestImageParts>);
    const built = testIndex({ images: [image('amd64'), image('arm64')] });
    let bytes = 0;
    const tree = await built.tree();
    await verifyTree(tree, { onBytes: (count) => (bytes += count) });
    const sizes = new Map(
      tree.images.flatMap((one) => one.layers.map((l) => [l.descriptor.digest, l.descriptor.size])),
    );
    expect(sizes.size).toBe(3);
    expect(bytes).toBe([...sizes.values()].reduce((a, b) => a + b, 0));
  });
});

describe('a second proof', () => {
  it('reads only the layer that changed, and says the same', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'verify-'));
    try {
      const cache = openScanCache({ directory, now: () => 1_700_000_000_000 });
      const image = (motd: string, trailing: Uint8Array) =>
        testImage({
          platform: 'linux/amd64',
          config: { Cmd: ['/app'] },
          layers: [{ files: [app('amd64')], lies: { trailing } }, { files: [{ path: 'etc/motd', content: motd }] }],
        });
      const run = async (motd: string) => {
        let bytes = 0;
        const tree = await image(motd, Buffer.alloc(512, 1)).tree();
        const proof = await verifyTree(tree, { cache, onBytes: (count) => (bytes += count) });
        return { proof, bytes, sizes: tree.images[0]!.layers.map(({ descriptor }) => descriptor.size) };
      };
      const first = await run('one');
      expect(first.bytes).toBe(first.sizes[0]! + first.sizes[1]!);
      const again = await run('one');
      expect(again.bytes).toBe(0);
      const known = JSON.stringify(first.proof).replace('"earlier":0', '"earlier":2');
      expect(again.proof).toEqual(JSON.parse(known));
      const changed = await run('two');
      expect(changed.bytes).toBe(changed.sizes[1]);
      expect(changed.proof.verdict).toBe('proven');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe('unpackers that disagree (case 13)', () => {
  it('an upper bin/tool over the link /bin leaves it open where the start runs through it', async () => {
    const layers: TestLayer[] = [
      {
        files: [
          { path: 'usr/bin/sh', mode: 0o755, content: elfBytes() },
          { path: 'bin', type: 'symlink', link: 'usr/bin' },
        ],
      },
      { files: [{ path: 'bin/tool', mode: 0o755, content: elfBytes() }] },
    ];
    const through = testImage({ platform: 'linux/amd64', config: { Cmd: ['/bin/sh'] }, layers });
    const proof = await verifyTree(await through.tree());
    expect(proof).toMatchObject({ verdict: 'undecided', platforms: [{ needs: remark('unpacker') }] });
    expect(proof.platforms[0]!.diagnostics[0]).toMatchObject({ code: 'proof/unpack-rule', args: { path: '/bin' } });
    const beside = testImage({ platform: 'linux/amd64', config: { Cmd: ['/usr/bin/sh'] }, layers });
    expect((await verifyTree(await beside.tree())).verdict).toBe('proven');
  });
});

describe('targets', () => {
  const ask = (runtime: string) => {
    const target = findTarget(runtime)!;
    const at = { in: 'input', name: '--for' } as const;
    const answer = resolveAsk({ name: runtime, target, declared: [platform('linux/amd64')], at });
    if (!answer.ok) throw new Error(answer.why.code);
    return answer.value;
  };

  it('have an answer of their own, bound to the command that they start (case 7)', async () => {
    const image = testImage(good('amd64', { config: {} }));
    const bare = await verifyTree(await image.tree(), { targets: [ask('cloud-run')] });
    expect(bare).toMatchObject({ verdict: 'undecided', targets: [{ verdict: 'undecided' }] });
    const target = { ...ask('cloud-run'), command: ['/app'] };
    const given = await verifyTree(await image.tree(), { targets: [target] });
    expect(given).toMatchObject({ verdict: 'proven', platforms: [{ start: { argv: ['/app'], from: 'target' } }] });
    expect(given.targets[0]?.verdict).toBe('proven');
    const absent = { ...target, command: ['/nope'] };
    const wrong = await verifyTree(await image.tree(), { targets: [absent] });
    expect(wrong.targets[0]?.verdict).toBe('refuted');
    expect(codesOf(wrong)).toContain('proof/command-missing');
    // The worst of several counts, and one that names nothing leaves it open.
    const both = await verifyTree(await image.tree(), { targets: [target, absent] });
    expect(both.verdict).toBe('refuted');
    const half = await verifyTree(await image.tree(), { targets: [target, ask('cloud-run')] });
    expect(half.verdict).toBe('undecided');
  });
});

it('judges the platform that a runtime needs, whichever others were asked for', async () => {
  const lie = good('arm64', { files: [app('amd64')] });
  const asked = parseTargetAsk('fargate:arm64', { today: '2026-11-22' });
  const targets = asked.ok ? [asked.value] : [];
  const proof = await verifyTree(await testIndex({ images: [good('amd64'), lie] }).tree(), {
    platforms: [platform('linux/amd64')],
    targets,
  });
  expect(proof.targets).toMatchObject([{ verdict: 'refuted' }]);
  expect(proof.verdict).toBe('refuted');
});

describe('the JSON form', () => {
  it('has what its schema requires, with words in every language', async () => {
    const lie = good('arm64', { files: [app('amd64')] });
    const proof = await verifyTree(await testIndex({ images: [good('amd64'), lie] }).tree());
    const schema = JSON.parse(readFileSync(new URL('../../schema/verify.json', import.meta.url), 'utf8')) as {
      required: string[];
      properties: Record<string, unknown>;
    };
    for (const language of languages) {
      const json = JSON.parse(JSON.stringify(proofJson(proof, language)));
      expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(json)));
      for (const key of schema.required) expect(json).toHaveProperty(key);
      for (const one of json.diagnostics) {
        expect(one.message).not.toBe('');
        expect(one.message + one.fix).not.toMatch(/undefined|\[object/);
      }
      expect(json.platforms).toMatchObject([
        { platform: 'linux/amd64' },
        { platform: 'linux/arm64', verdict: 'refuted' },
      ]);
    }
  });
});

describe('a layer that was only looked at', () => {
  const stargz = (cpu: 'amd64' | 'arm64') =>
    testImage({
      platform: 'linux/amd64',
      config: { Cmd: ['/app'] },
      layers: [
        {
          compression: 'estargz',
          files: [app(cpu), { path: 'data', content: Buffer.alloc(300_000, 'data') }],
        },
      ],
    });

  it('proves nothing where all that was seen is right', async () => {
    const tree = await stargz('amd64').tree();
    expect((await verifyTree(tree)).verdict).toBe('proven');
    let read = 0;
    const proof = await verifyTree(tree, { quick: true, onBytes: (count) => (read += count) });
    expect(read).toBeLessThan(10_000);
    expect(proof.verdict).toBe('undecided');
    expect(codesOf(proof)).toEqual(['proof/layer-looked-at']);
    expect(proof.platforms[0]).toMatchObject({ needs: remark('whole-layers'), counts: { match: 1 } });
  });

  it('refutes nothing where what was seen is wrong, and tells it', async () => {
    const tree = await stargz('arm64').tree();
    expect((await verifyTree(tree)).verdict).toBe('refuted');
    const proof = await verifyTree(tree, { quick: true });
    expect(proof.verdict).toBe('undecided');
    expect(proof.platforms[0]?.witness).toBeUndefined();
    expect(codesOf(proof)).toEqual(['proof/start-wrong-cpu', 'proof/layer-looked-at']);
  });

  it('unpacks as its tar says, whatever its table calls a file', async () => {
    const verdicts = async (started: 'amd64' | 'arm64', shown: 'amd64' | 'arm64') => {
      const layer: TestLayer = {
        compression: 'estargz',
        files: [app(started), { ...app(shown), path: 'spare' }, { path: 'data', content: Buffer.alloc(300_000) }],
        lies: { called: { app: 'spare', spare: 'app' } },
      };
      const parts = { platform: 'linux/amd64', config: { Cmd: ['/app'] }, layers: [layer] };
      const tree = await testImage(parts).tree();
      const seen = await verifyTree(tree, { quick: true });
      expect(codesOf(seen)).toContain('proof/layer-looked-at');
      return [(await verifyTree(tree)).verdict, seen.verdict];
    };
    expect(await verdicts('arm64', 'amd64')).toEqual(['refuted', 'undecided']);
    expect(await verdicts('amd64', 'arm64')).toEqual([expect.not.stringMatching('refuted'), 'undecided']);
  });

  it('decides where every layer was read, as those without a table are', async () => {
    const proof = await verifyTree(await testImage(good('amd64')).tree(), { quick: true });
    expect(proof.verdict).toBe('proven');
  });

  it('is not kept as known: the next full run reads it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rightarch-'));
    try {
      const cache = openScanCache({ directory, now: () => 0 });
      const tree = await stargz('arm64').tree();
      await verifyTree(tree, { quick: true, cache });
      expect((await verifyTree(tree, { cache })).verdict).toBe('refuted');
      expect((await verifyTree(tree, { quick: true, cache })).verdict).toBe('refuted');
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
