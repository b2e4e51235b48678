import { describe, expect, it } from 'vitest';
import { type Digest, parsePlatform } from '../core/index.ts';
import { inWords } from '../messages/index.ts';
import { parseTargetAsk } from './ask.ts';
import { answersNothing, assuming, parseAssumed } from './assume.ts';
import { judgeTarget } from './judge.ts';
import type { JudgedEntry, JudgedImage } from './judge-types.ts';
import type { TargetAsk } from './types.ts';

const today = '2026-11-22';
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
const gzip = 'application/vnd.oci.image.layer.v1.tar+gzip';
const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`;

function entry(platform: string | undefined, more: Partial<JudgedEntry> = {}): JudgedEntry {
  return {
    digest: digest(platform?.includes('arm64') ? 'b' : 'a'),
    platform: platform === undefined ? undefined : parsePlatform(platform),
    listed: platform === undefined ? undefined : parsePlatform(platform),
    mediaType: ociManifest,
    layerMediaTypes: [gzip],
    verdict: 'proven',
    lambdaRuntimeClient: 'absent',
    ...more,
  };
}

function index(entries: readonly JudgedEntry[], more: Partial<JudgedImage> = {}): JudgedImage {
  return { name: '127.0.0.1:5000/hono-app:1', form: 'index', mediaType: ociIndex, entries, attestations: 0, ...more };
}

function single(one: JudgedEntry): JudgedImage {
  return { name: 'app:1', form: 'manifest', mediaType: one.mediaType, entries: [one], attestations: 0 };
}

function ask(text: string, more: Parameters<typeof parseTargetAsk>[1] = {}): TargetAsk {
  const parsed = parseTargetAsk(text, { today, ...more });
  if (!parsed.ok) throw new Error(parsed.why.code);
  return parsed.value;
}

function judge(text: string, image: JudgedImage, on = today): string {
  const { verdict, diagnostics: all } = judgeTarget(ask(text), image, on);
  // Said of every image on Lambda.
  const diagnostics = all.filter(({ code }) => code !== 'target/read-only-root');
  for (const one of diagnostics) for (const language of ['en', 'ja', 'ko'] as const) inWords(one, language);
  return [
    verdict,
    ...diagnostics.map((one) => `${one.severity === 'error' ? '!' : ''}${one.code.replace('target/', '')}`),
  ].join(' ');
}

const pages = (bytes: number) => ({ pages: { bytes, path: '/app', says: 'Segmentation fault' } });
const needs32 = (needs: 'ia32' | 'aarch32') => ({
  verdict: 'undecided' as const,
  only32: { needs, path: '/app', found: 'Intel 80386 (e_machine 3)' },
});

const both = index([entry('linux/amd64'), entry('linux/arm64')]);
const client = { lambdaRuntimeClient: 'present' } as const;

describe('judgeTarget', () => {
  it.each<[string, JudgedImage, string]>([
    // The demo of the project.
    ['fargate:arm64', both, 'proven'],
    ['cloud-run', both, 'proven'],
    ['lambda:arm64', both, 'refuted !index-rejected !lambda-runtime-missing'],
    // Lambda: form, CPU, client.
    ['lambda', single(entry('linux/amd64', client)), 'proven'],
    ['lambda', single(entry('linux/amd64')), 'refuted !lambda-runtime-missing'],
    ['lambda', single(entry('linux/amd64', { lambdaRuntimeClient: undefined })), 'undecided lambda-runtime-unknown'],
    ['lambda', single(entry('linux/amd64', { ...client, entry: { word: '/app' } })), 'proven'],
    ['lambda', single(entry('linux/amd64', { ...client, entry: { word: 'node' } })), 'proven lambda-entrypoint'],
    [
      'lambda',
      single(entry('linux/amd64', { ...client, entry: { word: '/e', link: 'a' } })),
      'proven lambda-entrypoint',
    ],
    ['fargate', single(entry('linux/amd64', { entry: { word: '/e', link: 'a' } })), 'proven'],
    ['lambda:arm64', single(entry('linux/amd64', client)), 'refuted !single-platform-other'],
    ['lambda', index([entry('linux/amd64', client)], { attestations: 1 }), 'refuted !index-rejected'],
    [
      'lambda',
      single(entry('linux/amd64', { ...client, layerMediaTypes: ['application/vnd.oci.image.layer.v1.tar+zstd'] })),
      'undecided fact-unknown',
    ],
    // Indexes without the platform, single manifests of another.
    ['fargate:arm64', index([entry('linux/amd64')]), 'refuted !platform-missing'],
    ['cloud-run', index([entry('linux/arm64')]), 'refuted !platform-missing'],
    ['fargate', single(entry('linux/arm64')), 'refuted !single-platform-other'],
    ['fargate', single(entry(undefined)), 'undecided platform-undeclared'],
    ['eks:amd64,arm64', index([entry('linux/arm64')]), 'refuted !platform-missing'],
    ['eks:arm64', index([]), 'refuted !platform-missing'],
    ['lambda:arm64', index([entry('linux/amd64', client)]), 'refuted !index-rejected !platform-missing'],
    ['aca', single(entry('linux/arm64', { mediaType: dockerManifest })), 'refuted !single-platform-other'],
    ['apple-silicon', single(entry('linux/amd64')), 'undecided emulated'],
    ['apple-silicon', index([entry('linux/amd64')]), 'refuted !platform-missing'],
    // 32-bit arm on arm64 is taken and never passes.
    ['ec2:m8g.large', index([entry('linux/arm/v7')]), 'refuted !only-32-bit'],
    ['ec2:m7g.large', index([entry('linux/arm/v7')]), 'undecided only-32-bit'],
    ['fargate:arm64', single(entry('linux/arm/v7')), 'undecided only-32-bit'],
    ['fargate', index([entry('linux/386')]), 'undecided only-32-bit'],
    ['cloud-run', single(entry('linux/386')), 'refuted !single-platform-other'],
    // Kubernetes may be containerd or CRI-O.
    ['kubernetes:arm64', index([entry('linux/arm/v7')]), 'undecided selection-differs'],
    ['kubernetes:arm64', both, 'proven'],
    // What the proof says about the entry that is taken, and only about that one.
    ['fargate', index([entry('linux/amd64', { verdict: 'refuted' }), entry('linux/arm64')]), 'refuted !image-refuted'],
    ['fargate', index([entry('linux/amd64', { verdict: 'undecided' })]), 'undecided image-undecided'],
    ['fargate', index([entry('linux/amd64'), entry('linux/arm64', { verdict: 'refuted' })]), 'proven'],
    // Media types.
    ['heroku', single(entry('linux/amd64')), 'refuted !media-type-rejected'],
    ['heroku', single(entry('linux/amd64', { mediaType: dockerManifest })), 'proven'],
    ['sagemaker:ml.c7g.large', single(entry('linux/arm64')), 'refuted !media-type-rejected'],
    // Facts that nobody, or not everybody, confirmed.
    ['render', both, 'undecided fact-unknown'],
    ['render', single(entry('linux/amd64', { mediaType: dockerManifest })), 'proven'],
    ['fargate', index([entry('linux/amd64')], { attestations: 1 }), 'proven'],
    ['batch', both, 'undecided fact-partial'],
    ['ecs-express', single(entry('linux/amd64', { mediaType: dockerManifest })), 'undecided fact-partial'],
    ['fly', single(entry('linux/amd64')), 'undecided fact-partial'],
    ['fly', single(entry('linux/amd64', { mediaType: dockerManifest })), 'proven'],
    ['azure-container-apps', single(entry('linux/amd64')), 'undecided fact-partial'],
    [
      'azure-app-service:arm64',
      single(entry('linux/arm64', { mediaType: dockerManifest })),
      'undecided cpu-not-offered fact-partial',
    ],
    ['gce:c4a-standard-4', index([entry('linux/amd64')]), 'undecided platform-missing fact-partial'],
    ['apprunner', single(entry('linux/amd64', { mediaType: dockerManifest })), 'proven status'],
    // Pages of the kernel: known, known in part, not known.
    ['ec2:arm64-64k', single(entry('linux/arm64', pages(4096))), 'refuted !page-size'],
    ['ec2:arm64-16k', single(entry('linux/arm64', pages(16_384))), 'proven'],
    [
      'ec2:arm64-64k',
      single(entry('linux/arm64', { pages: { ...pages(4096).pages, shares: true } })),
      'undecided page-size',
    ],
    ['ec2:arm64-4k', single(entry('linux/arm64', pages(4096))), 'proven'],
    ['raspberry-pi-64', single(entry('linux/arm64', pages(4096))), 'undecided page-size'],
    ['raspberry-pi-64', single(entry('linux/arm64', pages(16_384))), 'proven'],
    ['mac', single(entry('linux/arm64', pages(4096))), 'proven page-size'],
    ['ec2:m7g.large', single(entry('linux/arm64', pages(4096))), 'proven page-size'],
    ['ec2:m7i.large', single(entry('linux/amd64', pages(4096))), 'proven'],
    // 32-bit programs in 64-bit images.
    ['cloud-run', single(entry('linux/amd64', needs32('ia32'))), 'refuted !only-32-bit'],
    ['fargate', single(entry('linux/amd64', needs32('ia32'))), 'undecided image-undecided'],
    ['ec2:m8g.large', single(entry('linux/arm64', needs32('aarch32'))), 'refuted !only-32-bit'],
    ['ec2:m7g.large', single(entry('linux/arm64', needs32('aarch32'))), 'undecided image-undecided'],
    // Size.
    ['fly', single(entry('linux/amd64', { unpackedBytes: 9_000_000_000 })), 'refuted !image-too-large fact-partial'],
    ['lambda', single(entry('linux/amd64', { ...client, unpackedBytes: 11_000_000_000 })), 'undecided image-too-large'],
  ])('%s (%#)', (text, image, expected) => {
    expect(judge(text, image)).toBe(expected);
  });

  it('says which child digest Lambda takes, in the words that Lambda would print', () => {
    const { diagnostics } = judgeTarget(ask('lambda:arm64'), both, today);
    const [first] = diagnostics.map((one) => inWords(one, 'en'));
    expect(first?.message).toBe(
      'AWS Lambda takes single manifests only, and `127.0.0.1:5000/hono-app:1` is an index; when it is deployed it will say: `The image manifest, config or layer media type for the source image 127.0.0.1:5000/hono-app:1 is not supported.`',
    );
    expect(first?.fix).toBe(
      `Deploy the manifest inside it by its digest: \`127.0.0.1:5000/hono-app@${digest('b')}\` (linux/arm64)`,
    );
  });

  it('sends nobody to a manifest that is refuted', () => {
    const image = index([entry('linux/amd64', { ...client, verdict: 'refuted' })]);
    const [first] = judgeTarget(ask('lambda'), image, today).diagnostics;
    expect(inWords(first!, 'en').fix).not.toContain(digest('a'));
  });

  it('does not take a layout for a name to deploy', () => {
    const [first] = judgeTarget(ask('lambda:arm64'), { ...both, name: 'oci:out' }, today).diagnostics;
    expect(inWords(first!, 'en').fix).toContain(`\`<repository>@${digest('b')}\``);
    expect(inWords(first!, 'en').message).toContain('for the source image <image> is not supported');
  });

  it('quotes Fargate on a missing platform, at the right moment', () => {
    const { diagnostics } = judgeTarget(ask('fargate:arm64'), index([entry('linux/amd64')]), today);
    expect(inWords(diagnostics[0]!, 'en').message).toBe(
      "linux/arm64 is needed for Amazon ECS on AWS Fargate, and the index has only linux/amd64; when it is pulled it will say: `CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/arm64'`",
    );
  });

  it('refuses nothing on old facts', () => {
    expect(judge('lambda', index([entry('linux/amd64', client)]), '2027-06-01')).toBe(
      'undecided index-rejected fact-stale',
    );
    expect(judge('lambda', single(entry('linux/amd64')), '2027-06-01')).toBe(
      'undecided lambda-runtime-missing fact-stale',
    );
  });

  it('shows an assumption and lets it overrule the index rule and the CPU', () => {
    const assume = { index: 'accepted', reason: 'announced today' } as const;
    const lambda = judgeTarget(ask('lambda', { assume }), index([entry('linux/amd64', client)]), today);
    expect([lambda.verdict, lambda.diagnostics.map((one) => one.code)]).toEqual([
      'proven',
      ['target/assumed', 'target/read-only-root'],
    ]);
    const architecture = [parsePlatform('linux/arm64')!];
    const runner = ask('apprunner', { assume: { architecture, reason: 'seen' } });
    const image = single(entry('linux/arm64', { mediaType: dockerManifest }));
    expect(judgeTarget(runner, image, today).diagnostics.map((one) => one.code)).toEqual([
      'target/assumed',
      'target/status',
    ]);
  });

  it('takes what somebody answers for by its name, and nothing else', () => {
    const image = index([entry('linux/amd64', { unpackedBytes: 9_000_000_000 })], { attestations: 1 });
    const codes = (assume: TargetAsk['assume']) => {
      const { verdict, diagnostics } = judgeTarget({ ...ask('fly'), ...(assume ? { assume } : {}) }, image, today);
      const facts = diagnostics.flatMap(({ args }) => (Array.isArray(args['facts']) ? args['facts'] : []));
      return [verdict, ...facts];
    };
    const reason = 'ran there on 2026-11-20';
    expect(codes(undefined)).toEqual(['refuted', 'attestations', 'index', 'oci']);
    expect(codes({ size: 'accepted', oci: 'accepted', reason })).toEqual(['undecided', 'attestations', 'index']);
    const all = { index: 'amd64-entry-required', attestations: 'accepted', oci: 'accepted', size: 'accepted' } as const;
    expect(codes({ ...all, reason })).toEqual(['proven']);
    const express = ask('ecs-express');
    const docker = single(entry('linux/amd64', { mediaType: dockerManifest }));
    const assume = { architecture: [parsePlatform('linux/arm64')!], reason };
    expect(judgeTarget({ ...express, assume }, docker, today).verdict).toBe('undecided');
    const right = { architecture: [parsePlatform('linux/amd64')!], reason };
    expect(judgeTarget({ ...express, assume: right }, docker, today).verdict).toBe('proven');
  });

  it('holds a CPU to its own word: one that was assumed lifts the check of no other', () => {
    const asked = ask('apprunner', { assume: { architecture: [parsePlatform('linux/arm64')!], reason: 'seen' } });
    const both64 = { ...asked, platforms: ['linux/arm64', 'linux/riscv64'].map((text) => parsePlatform(text)!) };
    const { diagnostics } = judgeTarget(both64, both, today);
    const refused = diagnostics.filter(({ code }) => code === 'target/cpu-not-offered');
    expect(refused.map(({ args }) => args['asked'])).toEqual(['linux/riscv64']);
  });

  it('refuses an index where somebody says that none is taken', () => {
    const assume = { index: 'rejected', reason: 'as of today' } as const;
    expect(judgeTarget({ ...ask('fargate'), assume }, both, today).verdict).toBe('refuted');
  });

  it('prints the line that answers for a fact', () => {
    const { diagnostics } = judgeTarget(ask('ecs-express'), both, today);
    expect(inWords(diagnostics[0]!, 'en').fix).toContain(
      "answer for it with `assume: { architecture: amd64, index: accepted, oci: accepted, reason: … }` on the target, or `--assume 'architecture=amd64:REASON' --assume 'index=accepted:REASON' --assume 'oci=accepted:REASON'`",
    );
  });

  it('lets a flag answer for what nobody confirmed, and not overrule what is', () => {
    const assumed = [parseAssumed('index=accepted:tried'), parseAssumed('oci=accepted:tried')].flatMap(
      (one) => one ?? [],
    );
    const image = index([entry('linux/amd64', client)]);
    expect(judgeTarget(assuming(ask('fly'), assumed), image, today).verdict).toBe('proven');
    expect(judgeTarget(assuming(ask('lambda'), assumed), image, today).verdict).toBe('refuted');
    expect(assuming(ask('lambda'), assumed).assume).toBeUndefined();
    expect(assumed.map((one) => answersNothing(one, [ask('lambda'), ask('fly')]))).toEqual([false, false]);
    expect(assumed.map((one) => answersNothing(one, [ask('lambda')]))).toEqual([true, true]);
    expect(assumed.map((one) => answersNothing(one, []))).toEqual([true, true]);
    for (const text of ['oci=accepted', 'oci=accepted: ', 'oci=rejected:x', 'ocy=accepted:x', 'architecture=x:y', ''])
      expect(parseAssumed(text)).toBeUndefined();
  });

  const refusedBy = (prints: string, stage: 'create' | 'start' | 'load' = 'start'): JudgedImage =>
    single(entry('linux/amd64', { ...client, verdict: 'refuted', failure: { code: 'proof/any', stage, prints } }));

  it.each<[string, string, 'create' | 'start' | 'load', string | undefined]>([
    ['fargate', 'exec /app: exec format error', 'start', 'exec /app: exec format error'],
    [
      'lambda',
      'exec /app: exec format error',
      'start',
      'Runtime.InvalidEntrypoint … Error: fork/exec /app: exec format error',
    ],
    [
      'cloud-run',
      'exec /app: exec format error',
      'start',
      'terminated: Application failed to start: failed to load /app: exec format error',
    ],
    // gVisor's words for anything else are nobody's knowledge.
    ['cloud-run', 'exec /app: no such file or directory', 'start', undefined],
    [
      'lambda',
      'exec: "nothere.handler": executable file not found in $PATH',
      'create',
      "Runtime.InvalidEntrypoint … Error: Couldn't find valid bootstrap(s): [nothere.handler]",
    ],
    [
      'lambda',
      'exec: "/nope": stat /nope: no such file or directory',
      'create',
      'Runtime.InvalidEntrypoint … Error: fork/exec /nope: no such file or directory',
    ],
    [
      'eks:amd64',
      'exec: "/nope": stat /nope: no such file or directory',
      'create',
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/nope": stat /nope: no such file or directory: unknown',
    ],
    // What a program of the image prints ends in the log of every runtime as it is.
    ['lambda', 'sh: 1: node: not found', 'start', 'sh: 1: node: not found'],
    ['cloud-run', 'Error: /m.node: wrong', 'load', 'Error: /m.node: wrong'],
  ])('%s says of %s', (text, prints, stage, expected) => {
    const [first] = judgeTarget(ask(text), refusedBy(prints, stage), today).entries;
    expect([first?.verdict, first?.stage, first?.says]).toEqual([
      'refuted',
      text === 'lambda' && stage === 'create' ? 'start' : stage,
      expected,
    ]);
  });

  it('tells for each platform which manifest is taken, by whose rule, and what comes of that', () => {
    const wrong = { verdict: 'refuted', failure: { code: 'proof/any', stage: 'start' } } as const;
    const image = index([entry('linux/amd64'), entry('linux/arm64', wrong)]);
    const { verdict, entries } = judgeTarget(ask('eks:amd64,arm64'), image, today);
    expect(verdict).toBe('refuted');
    expect(entries.map((one) => [one.selected?.digest, one.by, one.verdict, one.stage])).toEqual([
      [digest('a'), 'containerd', 'proven', undefined],
      [digest('b'), 'containerd', 'refuted', 'start'],
    ]);
    const [none] = judgeTarget(ask('kubernetes:s390x'), both, today).entries;
    expect([none?.selected, none?.by, none?.verdict, none?.stage]).toEqual([
      undefined,
      'containerd, cri-o',
      'refuted',
      'pull',
    ]);
    const [refused] = judgeTarget(ask('lambda:arm64'), both, today).entries;
    expect([refused?.selected, refused?.verdict, refused?.stage]).toEqual([undefined, 'refuted', 'deploy']);
  });

  it('quotes CRI-O beside containerd, and no local name', () => {
    const { diagnostics } = judgeTarget(ask('kubernetes:arm64'), { ...index([entry('linux/amd64')]), name: 'oci:out' });
    expect(diagnostics[0]?.args).toMatchObject({
      says: 'failed to pull and unpack image "<image>": no match for platform in manifest: not found',
      elsewhere: 'no image found in image index for architecture "arm64", variant "v8", OS "linux"',
    });
  });

  it('does not refute on a machine that emulates what is wrong', () => {
    const wrong = { verdict: 'refuted', failure: { code: 'proof/start-wrong-cpu', stage: 'start' } } as const;
    const lies = (...runsAs: string[]) =>
      single(entry('linux/arm64', { ...wrong, runsAs: runsAs.map((one) => parsePlatform(one)!) }));
    expect(judge('mac', lies('linux/amd64'))).toBe('undecided emulation-hides');
    expect(judge('mac', lies())).toBe('refuted !image-refuted');
    expect(judge('mac', lies('linux/s390x'))).toBe('refuted !image-refuted');
    expect(judge('ec2:m7g.large', lies('linux/amd64'))).toBe('refuted !image-refuted');
  });
});

describe('which entry is taken', () => {
  const bad = (platform: string, more: Partial<JudgedEntry> = {}) =>
    entry(platform, { verdict: 'refuted', digest: digest('c'), ...more });
  const unlisted = (platform: string, more: Partial<JudgedEntry> = {}) =>
    entry(platform, { listed: undefined, ...more });

  it.each(['kubernetes:amd64', 'eks:amd64', 'fargate:amd64', 'ec2:amd64'])(
    'an entry that the index gives no platform comes last: %s',
    (text) => {
      expect(judge(text, index([unlisted('linux/amd64'), bad('linux/amd64')]))).toContain('refuted');
    },
  );

  it('of entries without a platform the one whose config fits is taken by containerd', () => {
    const image = index([
      unlisted('linux/arm64'),
      unlisted('linux/amd64', { verdict: 'refuted', digest: digest('c') }),
    ]);
    expect(judge('gke:amd64', image)).toContain('refuted');
  });

  it.each<[string, readonly JudgedEntry[], string]>([
    ['a better one that fails', [entry('linux/amd64'), bad('linux/amd64/v3')], 'undecided'],
    ['a better one that starts', [entry('linux/amd64'), entry('linux/amd64/v3', { digest: digest('c') })], 'proven'],
    ['only a better one', [entry('linux/amd64/v3')], 'undecided'],
  ])('Docker goes by the CPU of its machine: %s', (_, entries, verdict) => {
    const answer = judge('ec2:amd64', index(entries));
    expect(answer.split(' ')[0]).toBe(verdict);
    if (verdict === 'undecided') expect(answer).toContain('selection-differs');
  });

  it('containerd does not: an entry with a level is not there for it', () => {
    expect(judge('gke:amd64', index([entry('linux/amd64'), bad('linux/amd64/v3')]))).not.toContain('selection-differs');
    expect(judge('gke:amd64', index([entry('linux/amd64/v3')]))).toContain('platform-missing');
  });
});

describe('os.features, which containerd heeds since 2.3', () => {
  const withErofs = (verdict: 'proven' | 'undecided' = 'undecided'): JudgedEntry => {
    const one = { ...entry('linux/amd64'), verdict };
    return { ...one, listed: { ...one.listed!, osFeatures: ['erofs'] } };
  };

  it.each(['gke:amd64', 'fargate:amd64', 'docker-desktop-intel', 'kubernetes:amd64', 'lambda:amd64'])(
    '%s: what a node takes depends on its version where the plain entry is not first',
    (name) => {
      expect(judge(name, index([withErofs(), entry('linux/amd64')]))).toContain('selection-differs');
      expect(judge(name, index([withErofs('proven')]))).toContain('selection-differs');
      expect(judge(name, index([entry('linux/amd64'), withErofs()]))).not.toContain('selection-differs');
    },
  );
});

it.each([
  ['ec2:m7i.large', 'linux/amd64/v2'],
  ['fargate:amd64', 'linux/amd64/v3'],
  ['eks:arm64', 'linux/arm64/v9'],
  ['gke:arm64', 'linux/arm64/v8.2'],
])('a single image for a better CPU is open on %s: nobody compares it', (text, platform) => {
  const answer = judge(text, single(entry(platform)));
  expect(answer).toMatch(/^undecided .*level-unknown/);
});
