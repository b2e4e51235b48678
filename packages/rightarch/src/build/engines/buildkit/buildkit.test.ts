import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConfiguredBuilder, parsePlatform } from '../../../core/index.ts';
import { inWords } from '../../../messages/index.ts';
import { requestFor } from '../../test-request.ts';
import type { BuildEvent, RunProgram } from '../../types.ts';
import { findBuilder, inContext, inspectBuilder, parseInspect, parseNames } from '../buildx/builder.ts';
import { bytesOf } from './buildctl.ts';
import { createBuildKitEngine } from './engine.ts';
import { buildFailure } from './failure.ts';
import { ownCache } from './hand-over.ts';
import { insideOf, parseWorkers } from './node.ts';
import { type NodeOptions, Nodes } from './nodes.ts';
import { BuildKitProgress, plainFailure } from './progress.ts';

// What buildx 0.13.1 wrote to stderr under --progress=rawjson, of Docker 26.1 with containerd's image store, 2026-11-29.
const recorded = (name: string): string =>
  readFileSync(new URL(`../../../../testdata/buildx/${name}.txt`, import.meta.url), 'utf8');

function read(text: string, size = text.length) {
  const events: BuildEvent[] = [];
  const progress = new BuildKitProgress((event) => events.push(event));
  for (let at = 0; at < text.length; at += size) progress.write(text.slice(at, at + size));
  return { progress, events };
}

const failed = (name: string, ...platforms: readonly string[]) => {
  const { progress } = read(recorded(name));
  const builder = { platforms: ['linux/amd64', 'linux/386'] };
  return buildFailure(requestFor(...platforms), builder, { step: progress.failed, text: progress.text }).diagnostic;
};

describe('what BuildKit says of a build', () => {
  test('the steps of the Dockerfile are told, each once when it begins and once when it is done', () => {
    const { events } = read(recorded('built'));
    const told = events.flatMap((event) => (event.kind === 'told' ? [`${event.state} ${event.text}`] : []));
    expect(told.filter((line) => /\[\d\/3\]/.test(line))).toEqual([
      'cached [1/3] COPY D1 /x',
      'cached [2/3] RUN echo one',
    ]);
    expect(told.filter((line) => line.includes('exporting'))).toEqual([
      'started exporting to oci image format',
      'done exporting to oci image format',
    ]);
    expect(told.some((line) => line.includes('[internal]'))).toBe(false);
  });

  test('is the same however it comes', () => {
    const text = recorded('no-emulation');
    const whole = read(text);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (size) => {
        const parts = read(text, size);
        expect(parts.events).toEqual(whole.events);
        expect(parts.progress.failed).toEqual(whole.progress.failed);
        expect(parts.progress.text).toBe(whole.progress.text);
      }),
      { numRuns: 20 },
    );
  });

  test('no text makes it fail', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json(), fc.constant('{"vertexes":[{"name":1}]}\n'))), (parts) => {
        const { progress } = read(parts.join('\n'), 7);
        expect(progress.failed === undefined || typeof progress.failed.name === 'string').toBe(true);
      }),
    );
  });
});

describe('why a build ended', () => {
  test('a step that fails: its line, its words, what it printed', () => {
    expect(failed('run-fails', 'linux/amd64')).toMatchObject({
      code: 'engine/build-failed',
      args: { instruction: 'RUN echo one && echo two >&2 &&   false', detail: expect.stringContaining('exit code: 1') },
      at: { file: '/src/Dockerfile', start: { line: 2 } },
      because: ['two', 'one'],
    });
  });

  test('programs of a CPU that the builder has no emulator for', () => {
    expect(failed('no-emulation', 'linux/amd64', 'linux/arm64')).toMatchObject({
      code: 'engine/no-emulation',
      args: { platform: 'linux/arm64', architecture: 'arm64', instruction: 'RUN echo one' },
      at: { start: { line: 3 } },
    });
  });

  test('but a file of another CPU in an image that the builder can run is a step that fails', () => {
    const { progress } = read(recorded('no-emulation'));
    const both = { platforms: ['linux/amd64', 'linux/arm64'] };
    const found = buildFailure(requestFor('linux/arm64'), both, { step: progress.failed, text: progress.text });
    expect(found.diagnostic.code).toBe('engine/build-failed');
  });

  test('without the plugin, as Docker 20.10 writes it', () => {
    const text = recorded('plain-no-emulation');
    const step = plainFailure(text);
    expect(step).toEqual({
      name: '[2/2] RUN echo hi | rev',
      error: 'executor failed running [/bin/sh -c echo hi | rev]: exit code: 1',
      said: ['exec /bin/sh: exec format error'],
    });
    const builder = { platforms: ['linux/amd64'], classic: 'docker build' } as const;
    expect(buildFailure(requestFor('linux/arm64'), builder, { step, text }).diagnostic).toMatchObject({
      code: 'engine/no-emulation',
      args: { instruction: 'RUN echo hi | rev' },
    });
    const native = buildFailure(requestFor('linux/amd64'), builder, { step, text }).diagnostic;
    expect(native).toMatchObject({ code: 'engine/build-failed', args: { engine: 'docker build' } });
  });

  test.each([
    'failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
    'cannot write /c/id because server did not provide an image ID',
  ])('an engine that went away: %s', (error) => {
    const found = buildFailure(
      requestFor('linux/amd64'),
      { platforms: [] },
      { step: undefined, text: `ERROR: ${error}\n` },
    );
    expect(found).toMatchObject({
      blame: 'outside',
      diagnostic: { code: 'engine/unavailable', args: { lack: 'daemon' }, because: [error] },
    });
  });

  test('a full disk is not mended in the Dockerfile', () => {
    const text = 'ERROR: failed to solve: write /c/layout/blobs/sha256/ab: no space left on device\n';
    const found = buildFailure(requestFor('linux/amd64'), { platforms: [] }, { step: undefined, text });
    expect(found).toMatchObject({ blame: 'outside', diagnostic: { code: 'engine/build-failed' } });
  });

  test('a right that the daemon does not give is named in the fix', () => {
    const text =
      'error: failed to solve: granting entitlement network.host is not allowed by build daemon configuration\n';
    const found = buildFailure(requestFor('linux/amd64'), { platforms: [] }, { step: undefined, text }).diagnostic;
    expect(inWords(found, 'en').fix).toContain('--allow-insecure-entitlement network.host');
  });

  test('a part of a base that stays in the way is told with what removes it', () => {
    const text = 'ERROR: failed to solve: failed to compute cache key: failed to copy: unsupported offset\n';
    const at = { in: 'input', name: 'builders' } as const;
    const near = {
      engine: 'buildkit',
      name: 'tcp://one:1',
      reach: ['--addr', 'tcp://one:1'],
      platforms: [],
      at,
    } as const;
    const half = (teller: Parameters<typeof buildFailure>[1]) => {
      const { blame, diagnostic } = buildFailure(requestFor('linux/arm64'), teller, { step: undefined, text });
      return [blame, inWords(diagnostic, 'en').fix];
    };
    expect(half(near)).toEqual([
      'outside',
      expect.stringContaining('run `buildctl --addr tcp://one:1 prune --filter id==rightarch-none`, which'),
    ]);
    expect(half({ engine: 'buildx', name: 'far', platforms: [] })[1]).toContain(
      'run `docker buildx prune --builder far --force --filter id=rightarch-none`, which',
    );
    // A program may say the same.
    const own = { name: 'RUN x', error: 'process "x unsupported offset" did not complete successfully', said: [] };
    expect(buildFailure(requestFor('linux/arm64'), near, { step: own, text: '' }).diagnostic.args).not.toHaveProperty(
      'half',
    );
  });

  test('a base that cannot be reached', () => {
    expect(failed('base-not-reached', 'linux/amd64')).toMatchObject({
      code: 'engine/build-failed',
      args: { detail: expect.stringContaining('no such host') },
      at: { start: { line: 1 } },
    });
  });
});

test('a directory that holds something else is refused before anything is built', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rightarch-buildx-'));
  try {
    writeFileSync(join(directory, 'precious'), '');
    const engine = createBuildKitEngine({
      use: 'buildx',
      run: answering([VERSION, ['buildx inspect', 0, CONTAINER]]),
      cacheDirectory: join(directory, 'cache'),
      buildPlatform: parsePlatform('linux/amd64')!,
      openBase: () => Promise.reject(new Error('no base is read')),
    });
    const asked = { ...requestFor('linux/amd64'), dockerfileText: 'FROM scratch\n' };
    await expect(engine.build(asked, await engine.plan(asked), { directory })).rejects.toMatchObject({
      diagnostic: { code: 'engine/output-not-layout' },
    });
    expect(readdirSync(directory)).toEqual(['precious']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

/** Answers as programs did that were asked; the first that fits. */
const answering =
  (answers: readonly (readonly [string, number | undefined, string])[]): RunProgram =>
  async (_command, args) => {
    const found = answers.find(([line]) => args.join(' ') === line);
    // Asked beside the builder, whatever that answers.
    if (found === undefined && args[0] === 'info') return { status: 1, out: '', err: '' };
    if (found === undefined) throw new Error(`nobody recorded docker ${args.join(' ')}`);
    const [, status, text] = found;
    return { status, out: status === 0 ? text : '', err: status === 0 ? '' : text };
  };

const VERSION = ['buildx version', 0, 'github.com/docker/buildx 0.13.1+ds1 0.13.1+ds1-3\n'] as const;
const INSPECT =
  'Name:   default\nDriver: docker\n\nNodes:\nName:             default\nEndpoint:         default\nStatus:           running\nBuildKit version: v0.0.0+unknown\nPlatforms:        linux/amd64, linux/amd64/v2, linux/amd64/v3, linux/amd64/v4\nLabels:\n org.mobyproject.buildkit.worker.hostname: vm\n';
const CONTAINER =
  'Name:          rightarch\nDriver:        docker-container\nLast Activity: 2026-11-29 17:24:29 +0000 UTC\n\nNodes:\nName:      rightarch0\nEndpoint:  unix:///var/run/docker.sock\nStatus:    inactive\nPlatforms: \n';
const LIST =
  'NAME/NODE       DRIVER/ENDPOINT                STATUS     BUILDKIT         PLATFORMS\nrightarch       docker-container                           \n \\_ rightarch0    \\_ unix:///var/run/docker.sock inactive                    \ndefault*        docker                                     \n \\_ default       \\_ default                     running    v0.0.0+unknown   linux/amd64\n';
const UNKNOWN = "docker: 'buildx' is not a docker command.\nSee 'docker --help'";
const NO_PLUGIN = [
  ['buildx inspect', 1, UNKNOWN],
  ['buildx version', 1, UNKNOWN],
] as const;
const VERSIONS = ['version --format {{json .}}', 0] as const;
const GONE = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
const STORE = ['info --format {{json .DriverStatus}}', 0] as const;

describe('the stages of a plan', () => {
  test('each says on whose CPU it is made, and which line of it decided', async () => {
    const file = [
      'FROM scratch AS gives',
      'COPY a /a',
      'RUN ["/a"]',
      'RUN ["/a", "again"]',
      'FROM scratch AS unused',
      'FROM scratch',
      'COPY --from=gives /a /',
    ].join('\n');
    const run = answering([VERSION, ['buildx inspect', 0, INSPECT.replace('Driver: docker', 'Driver: remote')]]);
    const engine = createBuildKitEngine({
      use: 'buildx',
      run,
      cacheDirectory: '/nowhere',
      openBase: async () => Promise.reject(new Error('no base is needed')),
      buildPlatform: parsePlatform('linux/arm64')!,
    });
    const plan = await engine.plan({ ...requestFor('linux/amd64', 'linux/arm64'), dockerfileText: file });
    const brief = plan.platforms.map(({ how, stages }) => [
      how,
      ...stages.map((one) => [one.stage, one.name, one.how, one.because, one.faster]),
    ]);
    expect(brief).toEqual([
      ['native', [0, 'gives', 'native', { kind: 'own' }, undefined], [2, null, 'native', { kind: 'own' }, undefined]],
      [
        'emulate',
        [0, 'gives', 'emulate', { kind: 'runs', line: 3, instruction: 'RUN ["/a"]' }, ['builder']],
        [2, null, 'cross', { kind: 'files' }, undefined],
      ],
    ]);
  });
});

describe('the builder', () => {
  test.each([
    [
      'in a Docker with the image store of containerd',
      [
        ['buildx inspect', 0, INSPECT],
        [...STORE, '[["driver-type","io.containerd.snapshotter.v1"]]'],
      ],
      {
        name: 'default',
        driver: 'docker',
        platforms: ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v3', 'linux/amd64/v4'],
      },
    ],
    [
      'of a kind of its own, beside a Docker with the old store',
      [
        ['buildx inspect', 0, INSPECT],
        [...STORE, '[["Backing Filesystem","extfs"]]'],
        ['buildx ls', 0, LIST],
        ['buildx inspect rightarch', 0, CONTAINER],
      ],
      { name: 'rightarch', driver: 'docker-container', platforms: [] },
    ],
    [
      'that is the only one, in a Docker with the old store',
      [
        ['buildx inspect', 0, INSPECT],
        [...STORE, '[["Backing Filesystem","extfs"]]'],
        [
          'buildx ls',
          0,
          LIST.split('\n')
            .filter((line) => !line.includes('rightarch'))
            .join('\n'),
        ],
      ],
      {
        name: 'default',
        driver: 'docker',
        platforms: ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v3', 'linux/amd64/v4'],
        classic: 'buildx',
      },
    ],
    ['without a docker', [['buildx inspect', undefined, '']], { lack: 'program', detail: '' }],
    [
      "in Debian 12's docker.io alone",
      [...NO_PLUGIN, [...VERSIONS, '{"Client":{"Version":"20.10.24+dfsg1"},"Server":{"Os":"linux","Arch":"arm64"}}\n']],
      { name: 'default', driver: 'docker', platforms: ['linux/arm64'], classic: 'docker build' },
    ],
    [
      'of a newer client without its plugin, which has no BuildKit',
      [...NO_PLUGIN, [...VERSIONS, '{"Client":{"Version":"23.0.6"},"Server":{"Os":"linux","Arch":"amd64"}}\n']],
      { lack: 'buildx', detail: "docker: 'buildx' is not a docker command.\nSee 'docker --help'" },
    ],
    [
      'of a client alone whose Docker is not running',
      [...NO_PLUGIN, [VERSIONS[0], 1, GONE]],
      { lack: 'daemon', detail: GONE },
    ],
    [
      'of podman',
      [
        ['buildx inspect', 125, 'Error: unrecognized command `podman buildx inspect`'],
        ['buildx version', 0, 'buildah 1.28.2\n'],
        [...VERSIONS, '{"Client":{"Version":"4.3.1","OsArch":"linux/amd64"}}\n'],
      ],
      { lack: 'buildx', detail: 'buildah 1.28.2' },
    ],
    [
      'of what prints no end of anything',
      [
        ['buildx inspect', 1, ''],
        ['buildx version', 0, 'x'.repeat(70_000)],
        [...VERSIONS, 'x'],
      ],
      { lack: 'buildx', detail: 'x'.repeat(1_000) },
    ],
    [
      'of a Docker that is not running',
      [
        VERSION,
        [
          'buildx inspect',
          0,
          'Name:          default\nDriver:        \nError:         Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
        ],
      ],
      {
        lack: 'daemon',
        detail: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      },
    ],
  ] as const)('%s', async (_name, answers, found) => {
    expect(await findBuilder(answering(answers))).toEqual(found);
  });

  test('that is named and inside an engine goes by its context, whichever store that has', async () => {
    const far = INSPECT.replace(/default/g, 'far');
    const named = (status: string) =>
      inspectBuilder(
        answering([
          ['buildx inspect far', 0, far],
          ['--context far info --format {{json .DriverStatus}}', 0, status],
        ]),
        'far',
      );
    expect(await named('[["driver-type","io.containerd.snapshotter.v1"]]')).toMatchObject({ context: 'far' });
    expect(await named('[["Backing Filesystem","extfs"]]')).toMatchObject({ context: 'far', classic: 'buildx' });
    const words: (readonly string[])[] = [];
    const run: RunProgram = async (_command, args) => {
      words.push(args);
      return { status: 0, out: '', err: '' };
    };
    await inContext(run, { context: 'far' })('docker', ['buildx', 'build']);
    await inContext(run, {})('docker', ['buildx', 'build']);
    expect(words).toEqual([
      ['--context', 'far', 'buildx', 'build'],
      ['buildx', 'build'],
    ]);
  });

  test('no text makes its readers fail', () => {
    fc.assert(fc.property(fc.string(), (text) => void [parseInspect(text), parseNames(text)]));
  });
});

/** What `buildctl debug workers --format '{{json .}}'` of BuildKit 0.13.2 printed, shortened, 2026-11-29. */
const WORKERS = (platforms: string): string =>
  `[{"id":"kv89","labels":{"org.mobyproject.buildkit.worker.executor":"oci"},"platforms":[${platforms}],"gcPolicy":[]}]\n`;
const AMD64 = '{"architecture":"amd64","os":"linux"},{"architecture":"amd64","os":"linux","variant":"v2"}';
const ARM64 = '{"architecture":"arm64","os":"linux"}';
const REFUSED = 'error: failed to list workers: Unavailable: connection error: desc = "dial tcp: connection refused"\n';

const builder = (platform: string, name: string): ConfiguredBuilder => ({
  platform: parsePlatform(platform)!,
  engine: name.includes('://') ? 'buildkit' : 'buildx',
  name,
  at: { in: 'input', name },
});

/** Builders by their addresses; what they say of their workers, or nothing where they do not answer. */
function network(says: Readonly<Record<string, string | undefined>>): RunProgram {
  return async (command, args) => {
    if (command !== 'buildctl') throw new Error(`nobody asks ${command}`);
    const said = says[args[0] === '--addr' ? (args[1] ?? '') : ''];
    return said === undefined ? { status: 1, out: '', err: REFUSED } : { status: 0, out: said, err: '' };
  };
}

describe('several builders', () => {
  const [one, two] = ['tcp://one:1', 'tcp://two:1'];
  const both = [builder('linux/amd64', one), builder('linux/arm64', two)];
  const wanted = ['linux/amd64', 'linux/arm64'].map((text) => parsePlatform(text)!);
  const chosenBy = async (options: Partial<NodeOptions> & Pick<NodeOptions, 'run'>) =>
    (await new Nodes({ use: 'any', builders: both, ...options }).choose(wanted)).map(({ node, insteadOf }) => [
      node.name,
      insteadOf,
    ]);

  test('each platform is its own', async () => {
    const run = network({ [one]: WORKERS(AMD64), [two]: WORKERS(ARM64) });
    expect(await chosenBy({ run })).toEqual([
      [one, undefined],
      [two, undefined],
    ]);
  });

  test('one that does not answer is named, or replaced where that is asked for', async () => {
    const run = network({ [one]: WORKERS(`${AMD64},${ARM64}`) });
    await expect(chosenBy({ run })).rejects.toMatchObject({
      blame: 'outside',
      diagnostic: { code: 'engine/builder-down', args: { builder: two, platforms: ['linux/arm64'], during: false } },
    });
    expect(await chosenBy({ run, fallback: 'emulate' })).toEqual([
      [one, undefined],
      [one, two],
    ]);
  });

  test('a platform without one goes to who has that CPU, before who emulates it', async () => {
    const builders = [builder('linux/amd64', one), builder('linux/riscv64', two)];
    const run = network({ [one]: WORKERS(`${AMD64},${ARM64}`), [two]: WORKERS(ARM64) });
    expect(await chosenBy({ run, builders })).toEqual([
      [one, undefined],
      [two, undefined],
    ]);
  });

  test('an engine that is named takes those of its kind', async () => {
    const run = network({ [one]: WORKERS(AMD64), '': WORKERS(ARM64) });
    expect(await chosenBy({ run, builders: [builder('linux/arm64', 'pool')], use: 'buildkit' })).toEqual([
      ['unix:///run/buildkit/buildkitd.sock', undefined],
      ['unix:///run/buildkit/buildkitd.sock', undefined],
    ]);
  });

  test('a plan says who does what, natively by what each answers', async () => {
    const engine = createBuildKitEngine({
      use: 'any',
      run: network({ [one]: WORKERS(AMD64), [two]: WORKERS(`${ARM64},${AMD64}`) }),
      builders: both,
      cacheDirectory: '/nowhere',
      openBase: async () => Promise.reject(new Error('no base is needed')),
      buildPlatform: parsePlatform('linux/riscv64')!,
    });
    const asked = { ...requestFor('linux/amd64', 'linux/arm64'), dockerfileText: 'FROM scratch\nRUN ["/a"]\n' };
    const { platforms, engine: of } = await engine.plan(asked);
    expect([of, ...platforms.map(({ platform, how, engine: by, node }) => [platform, how, by, node])]).toEqual([
      'buildkit',
      ['linux/amd64', 'native', 'buildkit', one],
      ['linux/arm64', 'native', 'buildkit', two],
    ]);
  });
});

describe('a pool of pods', () => {
  const name = 'rightarch-arm64-1';
  const arm64 = parsePlatform('linux/arm64')!;
  const options = { replicas: '2', nodeselector: 'disk=ssd,kubernetes.io/arch=arm64' };
  const pool = (runsOn: string): ConfiguredBuilder => ({
    ...builder('linux/arm64', name),
    pool: { node: name, runsOn: parsePlatform(runsOn)!, options },
  });
  const chosenBy = async (
    said: { readonly status: number; readonly out?: string; readonly err?: string },
    on: string,
  ) => {
    const run: RunProgram = async () => ({ out: '', err: '', ...said });
    const [chosen] = await new Nodes({ use: 'any', builders: [pool(on)], run }).choose([arm64]);
    return chosen!.node;
  };

  test('that docker does not have is one that the build makes', async () => {
    const node = await chosenBy({ status: 1, err: 'ERROR: no builder "rightarch-arm64-1" found\n' }, 'linux/arm64');
    expect(node).toMatchObject({ name, driver: 'kubernetes', platforms: ['linux/arm64'] });
    expect(node).toHaveProperty('madeBy', [
      ...['buildx', 'create', '--name', name, '--node', name, '--driver', 'kubernetes', '--platform', 'linux/arm64'],
      ...['--driver-opt', 'replicas=2', '--driver-opt', '"nodeselector=disk=ssd,kubernetes.io/arch=arm64"'],
    ]);
  });

  test('runs as the machines that it may be on, whatever buildx puts first', async () => {
    const out = `Name: ${name}\nDriver: kubernetes\n\nNodes:\nName: ${name}\nPlatforms: linux/arm64*, linux/amd64\n`;
    const node = await chosenBy({ status: 0, out }, 'linux/amd64');
    expect(node.platforms).toEqual(['linux/amd64', 'linux/arm64']);
    expect(node).not.toHaveProperty('madeBy');
  });

  test.each([
    [{ status: 1, err: 'Cannot load' }, 'Cannot load'],
    [{ status: 0, out: `Name: ${name}\nDriver: remote\n` }, `${name}: a builder of the driver remote`],
  ])('%j is nobody to build with', async (said, detail) => {
    await expect(chosenBy(said, 'linux/arm64')).rejects.toMatchObject({
      diagnostic: { code: 'engine/builder-down', because: [detail] },
    });
  });

  test.each(['[internal] booting buildkit', 'waiting for 2 pods to be ready, timeout: 2 minutes'])(
    'whose step `%s` fails did not answer',
    (step) => {
      const failed = { step: { name: step, error: 'forbidden', said: [] }, text: 'ERROR: forbidden' };
      const teller = { engine: 'buildx', name, platforms: [], at: { in: 'input', name } } as const;
      expect(buildFailure(requestFor('linux/arm64'), teller, failed).diagnostic).toMatchObject({
        code: 'engine/builder-down',
        args: { builder: name, during: false },
      });
    },
  );
});

test('the words of a builder with two nodes tell which of them does a platform, as docker gives it out', () => {
  const text = [
    'Name:   pool\nDriver: kubernetes\n\nNodes:',
    'Name: pool0\nPlatforms: linux/amd64, linux/386',
    'Name: pool1\nPlatforms: linux/arm64*, linux/amd64, linux/arm/v7\n',
  ].join('\n');
  const { nodes } = parseInspect(text);
  const node = { engine: 'buildx', name: 'pool', driver: 'kubernetes', platforms: [], nodes } as const;
  const inside = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x'].map(
    (one) => insideOf(node, parsePlatform(one)!).name,
  );
  expect(inside).toEqual(['pool0', 'pool1', 'pool1', 'pool0']);
});

test('no text makes the reader of workers fail', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseWorkers(text)));
});

describe('the words of buildctl', () => {
  test.each([
    ['64m', '67108864'],
    ['1.5GiB', '1610612736'],
    ['10', '10'],
    ['2 kb', '2048'],
    ['much', 'much'],
  ])('%s is %s bytes', (text, bytes) => expect(bytesOf(text)).toBe(bytes));

  test.each([
    ['r.example.com/app', 'r.example.com/app:latest-linux-arm64'],
    ['r.example.com:5000/app:cache', 'r.example.com:5000/app:cache-linux-arm64'],
    ['type=registry,ref=team/app:c,mode=max', 'type=registry,ref=team/app:c-linux-arm64,mode=max'],
    ['type=local,dest=a dir', 'type=local,dest=a dir/linux-arm64'],
    ['type=gha,mode=max', 'type=gha,mode=max,scope=buildkit-linux-arm64'],
    ['type=gha,scope=main', 'type=gha,scope=main-linux-arm64'],
    ['type=s3,bucket=b,name=n', 'type=s3,bucket=b,name=n-linux-arm64'],
    ['type=inline', 'type=inline'],
  ])('the cache %s of several builders is %s of one of them', (text, own) =>
    expect(ownCache(text, 'linux-arm64')).toBe(own),
  );
});
