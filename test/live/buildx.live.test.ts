import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { startRegistry } from '../../packages/rightarch/src/testing/index.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { typeLine } from '../support/command-line.ts';
import { listImage } from '../support/image-listing.ts';
import { type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';
import { isFull } from '../support/sampled.ts';

// `--engine auto` and `--engine buildx` with a real BuildKit inside a real Docker, on bases out of `npm run bases`. The
// kernel has no emulator. This Docker has no bridge, so every RUN here asks for no network.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-buildx-'));
let docker: ReferenceBuilder;
let run: RunProgram;
let work: string;
let count = 0;

beforeAll(async () => {
  needBases();
  docker = await startBuildKit(join(directory, 'docker'), join(REPOSITORY, '.cache', 'buildkit'));
  run = programRunner(docker.env);
}, 300_000);
afterAll(async () => {
  await docker?.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  work = join(directory, `work-${count++}`);
  mkdirSync(work);
});

const CACHE = join(directory, 'cache');
const leftovers = (): readonly string[] =>
  existsSync(join(CACHE, 'buildx')) ? readdirSync(join(CACHE, 'buildx')) : [];

/** Builds a Dockerfile in `work`, or does something else there. */
async function type(
  words: readonly string[],
  { program = run, signal }: { program?: RunProgram; signal?: AbortSignal } = {},
) {
  const env = { RIGHTARCH_CACHE: CACHE };
  const own = { env, runProgram: program, ...(signal === undefined ? {} : { signal }) };
  return typeLine(work, [...words, '--mirror', `docker.io=oci:${BASES}`], own);
}
const file = (text: string): void => writeFileSync(join(work, 'Dockerfile'), text);

test('what the embedded engine does not run goes to Docker, by itself, and is proven', {
  timeout: 120_000,
}, async () => {
  file('FROM debian:bookworm-slim\nRUN --network=none uname -m | tr a-z A-Z > /cpu\nCMD ["/bin/cat", "/cpu"]\n');
  const planned = await type(['plan', '--json']);
  expect(planned.status).toBe(0);
  expect(JSON.parse(planned.out)).toMatchObject({
    engine: 'buildx',
    platforms: [{ platform: 'linux/amd64', how: 'native' }],
    bases: [{ reference: 'debian:bookworm-slim', root: { digest: expect.stringMatching(/^sha256:/) } }],
    diagnostics: [{ code: 'plan/engine-chosen', severity: 'note', at: { start: { line: 2 } } }],
  });
  const built = await type(['build', '-t', 'app', '.']);
  expect(built.status, built.all).toBe(0);
  expect(built.err).toContain('note[plan/engine-chosen]');
  expect(built.err).not.toContain('error[');
  const proof = await type(['verify', '--json']);
  expect(JSON.parse(proof.out).verdict, proof.all).toBe('proven');
  const { files } = await listImage({ layout: join(work, '.rightarch', 'app') });
  expect(files.get('/cpu')).toContain('X86_64');
  expect(leftovers()).toEqual([]);
});

test('another CPU is a cross build where only the builder runs programs', { timeout: 120_000 }, async () => {
  file(
    [
      'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS make',
      'ARG TARGETARCH',
      'RUN --network=none echo "for $TARGETARCH" | rev | rev > /made',
      'FROM debian:bookworm-slim',
      'COPY --from=make /made /made',
      'CMD ["/bin/cat", "/made"]',
      '',
    ].join('\n'),
  );
  const platforms = ['--platform', 'linux/amd64,linux/arm64'];
  const planned = await type(['plan', '--json', ...platforms]);
  expect(JSON.parse(planned.out).platforms).toMatchObject([{ how: 'native' }, { how: 'cross' }]);
  const built = await type(['build', '-t', 'app', ...platforms, '.']);
  expect(built.status, built.all).toBe(0);
  const proof = await type(['verify', '--json']);
  expect(JSON.parse(proof.out)).toMatchObject({
    verdict: 'proven',
    platforms: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
  });
  for (const cpu of ['amd64', 'arm64']) {
    const { files } = await listImage({ layout: join(work, '.rightarch', 'app') }, cpu);
    expect(files.get('/made')).toContain(`for ${cpu}`);
  }
});

describe('what fails', () => {
  test('a step for a CPU that the builder cannot run says so, with its line', { timeout: 60_000 }, async () => {
    file('FROM debian:bookworm-slim\nRUN --network=none uname -m | rev > /cpu\n');
    const platforms = ['--platform', 'linux/arm64'];
    expect(JSON.parse((await type(['plan', '--json', ...platforms])).out).platforms).toMatchObject([
      { how: 'emulate' },
    ]);
    const built = await type(['build', '-t', 'app', ...platforms, '.']);
    expect(built.status).toBe(3);
    expect(built.err).toContain('error[engine/no-emulation]');
    expect(built.err).toContain('Dockerfile:2:1');
    expect(built.err).toContain('because: exec /bin/sh: exec format error');
  });

  test('a step that fails is told by its own words, and the layout stays as it was', { timeout: 60_000 }, async () => {
    file('FROM scratch\nCOPY Dockerfile /before\n');
    expect((await type(['build', '-t', 'app', '.'])).status).toBe(0);
    const before = await listImage({ layout: join(work, '.rightarch', 'app') });
    file('FROM debian:bookworm-slim\n\nRUN --network=none echo so far so good | rev && exit 7\n');
    const built = await type(['build', '-t', 'app', '.', '--json']);
    expect(built.status).toBe(2);
    expect(JSON.parse(built.out).diagnostics).toMatchObject([
      { code: 'engine/build-failed', at: { start: { line: 3 } }, because: ['doog os raf os'] },
    ]);
    expect(await listImage({ layout: join(work, '.rightarch', 'app') })).toEqual(before);
    expect(leftovers()).toEqual([]);
  });

  test('Ctrl-C ends the program too, and leaves nothing', { timeout: 60_000 }, async () => {
    file('FROM debian:bookworm-slim\nRUN --network=none true | sleep 50\n');
    const stop = new AbortController();
    const begun: RunProgram = (command, args, options) => {
      if (args[1] === 'build') setTimeout(() => stop.abort(new Error('interrupted')), 3000);
      return run(command, args, options);
    };
    const start = performance.now();
    const built = await type(['build', '-t', 'app', '.'], { program: begun, signal: stop.signal });
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(built.err).toContain('error[cli/interrupted]');
    expect(built.status).toBe(3);
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(work, '.rightarch', 'app'))).toBe(false);
  });

  test('a Docker that is gone, and nobody else: auto refuses as if there were none, buildx says what is missing', async () => {
    file('FROM debian:bookworm-slim\nRUN --network=none uname -m | rev > /cpu\n');
    const start = programRunner({ ...docker.env, DOCKER_HOST: 'unix:///nowhere.sock' });
    const gone: RunProgram = async (command, ...rest) =>
      command === 'docker' ? start(command, ...rest) : { status: undefined, out: '', err: '' };
    const auto = await type(['build', '.'], { program: gone });
    expect(auto.status).toBe(2);
    expect(auto.err).toContain('error[run/syntax]');
    const asked = await type(['build', '--engine', 'buildx', '.'], { program: gone });
    expect(asked.status).toBe(3);
    expect(asked.err).toContain('error[engine/unavailable]');
    expect(asked.err).toContain('Cannot connect to the Docker daemon');
  });
});

test('what a build is given reaches BuildKit: arguments, labels, a stage, a context, a secret, stdin', {
  timeout: 60_000,
}, async () => {
  mkdirSync(join(work, 'more'));
  writeFileSync(join(work, 'more', 'one'), 'from the context');
  writeFileSync(join(work, 'token'), 's3cret');
  const text = [
    'FROM debian:bookworm-slim AS wanted',
    'ARG NAME',
    'RUN --network=none --mount=type=secret,id=token echo "$NAME $(wc -c < /run/secrets/token)" | rev | rev > /told',
    'COPY --from=more one /one',
    'FROM scratch',
    '',
  ].join('\n');
  const flags = ['--build-arg', 'NAME=Kim', '--label', 'a=b', '--target', 'wanted', '--build-context', 'more=more'];
  const input = async () => text;
  const built = await typeLine(
    work,
    [
      'build',
      '-t',
      'app',
      ...flags,
      '--secret',
      'id=token,src=token',
      '-f',
      '-',
      '.',
      '--mirror',
      `docker.io=oci:${BASES}`,
    ],
    { env: { RIGHTARCH_CACHE: CACHE }, runProgram: run, input },
  );
  expect(built.status, built.all).toBe(0);
  const { files, config } = await listImage({ layout: join(work, '.rightarch', 'app') });
  expect(files.get('/told')).toContain('Kim 6');
  expect(files.get('/one')).toContain('from the context');
  expect([...config].join('\n')).toContain('"a":"b"');
  expect(built.all).not.toContain('s3cret');
});

test('a directory is a base, and a comma in the path of the cache or of a secret is no field', {
  timeout: 60_000,
}, async () => {
  mkdirSync(join(work, 'root'));
  writeFileSync(join(work, 'root', 'one'), 'from the directory');
  writeFileSync(join(work, 'a,b'), 's3cret');
  file('FROM given\nCOPY Dockerfile /two\n');
  const words = ['build', '-t', 'app', '--build-context', 'given=root', '--secret', 'id=x,"src=a,b"', '.'];
  const cache = join(directory, 'cache, "of" 1');
  const built = await typeLine(work, words, { env: { RIGHTARCH_CACHE: cache }, runProgram: run });
  expect(built.status, built.all).toBe(0);
  expect(built.err).toContain('note[plan/engine-chosen]');
  const { files } = await listImage({ layout: join(work, '.rightarch', 'app') });
  expect(files.get('/one')).toContain('from the directory');
  expect(files.has('/two')).toBe(true);
});

if (isFull)
  test('the same again has the same digest: out of the cache, and with SOURCE_DATE_EPOCH without it', {
    timeout: 120_000,
  }, async () => {
    file('FROM debian:bookworm-slim\nCOPY Dockerfile /d\nRUN --network=none echo one | rev > /a\n');
    const digest = async (...words: readonly string[]) => {
      const { all, out, status } = await type(['build', '-t', 'app', '--json', ...words, '.']);
      expect(status, all).toBe(0);
      return (JSON.parse(out) as { digest: string }).digest;
    };
    const first = await digest();
    expect(await digest()).toBe(first);
    expect(await digest('--no-cache')).not.toBe(first);
    const epoch = { env: { RIGHTARCH_CACHE: CACHE, SOURCE_DATE_EPOCH: '1700000000' }, runProgram: run };
    const fixed = async () => {
      const words = ['build', '-t', 'app', '--json', '--no-cache', '.', '--mirror', `docker.io=oci:${BASES}`];
      const { all, out, status } = await typeLine(work, words, epoch);
      expect(status, all).toBe(0);
      return (JSON.parse(out) as { digest: string }).digest;
    };
    const set = await fixed();
    expect(await fixed()).toBe(set);
  });

test("docker's flags for a RUN reach it, and a cache goes out and comes in", { timeout: 60_000 }, async () => {
  const text =
    'FROM debian:bookworm-slim\nRUN (ls /sys/class/net; cat /etc/hosts; df -k /dev/shm; ulimit -n) > /seen\n';
  file(text);
  const flags = ['--network', 'none', '--add-host', 'a.b:1.2.3.4', '--shm-size', '1m', '--ulimit', 'nofile=99:99'];
  const built = await type(['build', '-t', 'app', ...flags, '--cache-to', 'type=local,dest=my cache', '.']);
  expect(built.status, built.all).toBe(0);
  const { files } = await listImage({ layout: join(work, '.rightarch', 'app') });
  expect(files.get('/seen')).toMatch(/"lo.n127.*1\.2\.3\.4.ta\.b.n.* 1024 .*.n99.n"/);
  expect(existsSync(join(work, 'my cache', 'index.json'))).toBe(true);
  const from = ['--cache-from', 'type=local,src=my cache', '--progress', 'plain'];
  const again = await type(['build', '-t', 'app', ...flags, ...from, '.']);
  expect(again.status, again.all).toBe(0);
  expect(again.err).toContain('importing cache manifest from local');
});

describe('--load', () => {
  const inspect = async (name: string, format: string) =>
    (await run('docker', ['image', 'inspect', '--format', format, name])).out.trim();

  test("gives every platform to containerd's store, and the same again changes nothing", {
    timeout: 60_000,
  }, async () => {
    file('FROM debian:bookworm-slim\nCOPY Dockerfile /d\n');
    const words = ['build', '--load', '-t', 'loaded:1', '--platform', 'linux/amd64,linux/arm64', '--json', '.'];
    for (let times = 0; times < 2; times++) {
      const { status, all, out } = await type(words);
      expect(status, all).toBe(0);
      const { digest, loaded } = JSON.parse(out) as { digest: string; loaded: object };
      expect(loaded).toEqual({
        names: ['loaded:1'],
        platforms: ['linux/amd64', 'linux/arm64'],
        left: [],
        store: 'containerd',
      });
      expect(await inspect('loaded:1', '{{.Id}}')).toBe(digest);
    }
    expect(readdirSync(join(CACHE, 'load'))).toEqual([]);
  });

  test('gives nothing that is not proven', { timeout: 60_000 }, async () => {
    writeFileSync(join(work, 'app'), 'no program');
    file('FROM scratch\nCOPY --chmod=755 app /app\nCMD ["/app"]\n');
    const built = await type(['build', '--load', '-t', 'unproven:1', '.']);
    expect(built.status, built.all).toBe(1);
    expect(built.out).toContain('was not loaded into Docker');
    expect(await inspect('unproven:1', '{{.Id}}')).toBe('');
  });
});

if (isFull)
  test("a base that is in Docker's own store alone is built upon, by both engines, and for its platform only", {
    timeout: 120_000,
  }, async () => {
    const registry = await startRegistry();
    try {
      const base = `${registry.host}/own/base:1`;
      file('FROM debian:bookworm-slim\nCOPY Dockerfile /base\n');
      expect((await type(['build', '--load', '-t', base, '.'])).status).toBe(0);
      const sockets = { DOCKER_HOST: docker.env['DOCKER_HOST'] };
      const build = (...words: readonly string[]) =>
        typeLine(work, ['build', '-t', 'app', ...words, '.'], {
          env: { RIGHTARCH_CACHE: CACHE, ...sockets },
          runProgram: run,
        });
      for (const line of ['COPY Dockerfile /two', 'RUN --network=none echo two | cat > /two']) {
        file(`FROM ${base}\n${line}\n`);
        const built = await build();
        expect(built.status, built.all).toBe(0);
        const { files } = await listImage({ layout: join(work, '.rightarch', 'app') });
        expect([files.has('/base'), files.has('/two')]).toEqual([true, true]);
        const other = await build('--platform', 'linux/arm64');
        expect(other.err).toContain('error[plan/base-platform-missing]');
        const pulled = await build('--pull');
        expect(pulled.err).toContain('error[registry/');
      }
      file(`FROM ${registry.host}/own/nowhere:1\n`);
      expect((await build()).err).toContain('error[registry/');
    } finally {
      await registry.close();
    }
  });

test('provenance that is asked for is published beside the image, except for a runtime that takes none', {
  timeout: 120_000,
}, async () => {
  const registry = await startRegistry();
  try {
    // The embedded engine could do this, and states nothing.
    file('FROM debian:bookworm-slim\nCOPY Dockerfile /here\nCMD ["/bin/cat", "/here"]\n');
    const name = `${registry.host}/app:1`;
    const shipped = await type(['ship', '-t', name, '--provenance', 'mode=max', '.']);
    expect(shipped.status, shipped.all).toBe(0);
    expect(shipped.err).toContain('makes no attestations');
    const { manifests } = JSON.parse(
      Buffer.from(
        registry.repository('app').manifests.get(registry.repository('app').tags.get('1')!)!.bytes,
      ).toString(),
    ) as { manifests: { annotations?: Record<string, string> }[] };
    expect(manifests.map(({ annotations }) => annotations?.['vnd.docker.reference.type'])).toEqual([
      undefined,
      'attestation-manifest',
    ]);
    const shown = await type(['inspect', name]);
    expect(shown.all).toContain('SLSA provenance');
    // BuildKit's provenance has the Dockerfile, by which a finding is traced to its line.
    const proof = await type(['verify', name, '--json']);
    expect(JSON.parse(proof.out).verdict, proof.all).toBe('proven');
    const other = `${registry.host}/app:2`;
    const plain = await type([
      'ship',
      '-t',
      other,
      '--provenance',
      'mode=max',
      '--for',
      'lambda:amd64',
      '--engine',
      'buildx',
      '.',
    ]);
    expect(plain.all).toContain('plan/attestations-left-out');
    const tag = registry.repository('app').tags.get('2');
    expect(tag, plain.all).toBeDefined();
    expect(registry.repository('app').manifests.get(tag!)!.mediaType).toMatch(/image\.manifest|manifest\.v2/);
  } finally {
    await registry.close();
  }
});
