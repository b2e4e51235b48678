import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { elfBytes, startRegistry, type TestRegistry } from '../../packages/rightarch/src/testing/index.ts';
import { typeLine } from '../support/command-line.ts';
import { DEBIANS, startDocker } from '../support/reference-builders.ts';

// What `dockerfile/unused-stage-pinned` and `workflow/buildkit-off` say of a builder without BuildKit, by Debian's own Docker (20.10).

const directory = mkdtempSync(join(tmpdir(), 'rightarch-legacy-'));
let env: Awaited<ReturnType<typeof startDocker>>['env'] & { readonly DOCKER_BUILDKIT: string };

let registry: TestRegistry;
let engine: Awaited<ReturnType<typeof startDocker>>;

const TWO_STAGES = (base: string) =>
  `FROM --platform=linux/arm64 ${base} AS build-arm64\nCOPY x /x\nFROM --platform=linux/amd64 ${base}\nCOPY x /x\n`;

beforeAll(async () => {
  registry = await startRegistry();
  engine = await startDocker(join(directory, 'engine'), DEBIANS, false);
  env = { ...engine.env, DOCKER_BUILDKIT: '0' };
  const base = join(directory, 'base');
  mkdirSync(base);
  for (const cpu of ['amd64', 'arm64']) writeFileSync(join(base, cpu), cpu);
  writeFileSync(join(base, 'Dockerfile'), 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /cpu\n');
  const words = [
    'build',
    '--platform',
    'linux/amd64,linux/arm64',
    '-o',
    `archive:${join(directory, 'base.tar')}`,
    base,
  ];
  expect((await typeLine(directory, words)).status).toBe(0);
  const to = `docker://${registry.host}/base:1`;
  // Not in this process's time: the registry answers in it.
  await run('skopeo', ['copy', '--all', '--dest-tls-verify=false', `oci-archive:${join(directory, 'base.tar')}`, to]);
}, 300_000);

afterAll(async () => {
  await engine?.close();
  await registry?.close();
  rmSync(directory, { recursive: true, force: true });
});

const run = (command: string, words: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    child.on('error', reject).on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(said))));
  });

async function build(name: string): Promise<{ readonly said: string; readonly architecture: string }> {
  const context = join(directory, name);
  mkdirSync(context);
  writeFileSync(join(context, 'x'), name);
  writeFileSync(join(context, 'Dockerfile'), TWO_STAGES(`${registry.host}/base:1`));
  const said = await run('docker', ['build', '-t', name, context]);
  const inspected = await run('docker', ['image', 'inspect', name, '--format', '{{.Architecture}}']);
  return { said, architecture: inspected.trim() };
}

test('a stage that nothing needs is carried out, and the next one has its CPU', { timeout: 300_000 }, async () => {
  expect((await run('docker', ['version', '--format', '{{.Server.Version}}'])).startsWith('20.10')).toBe(true);
  const { said, architecture } = await build('fresh');
  expect(said).toContain('AS build-arm64');
  expect(architecture).toBe('arm64');
});

test('what the tag means on that machine wins over --platform', { timeout: 300_000 }, async () => {
  await run('docker', ['image', 'rm', '-f', 'fresh', `${registry.host}/base:1`]);
  await run('docker', ['pull', '--platform', 'linux/amd64', `${registry.host}/base:1`]);
  expect((await build('there-already')).architecture).toBe('amd64');
});

test('what BuildKit sets is empty: a variable, and the platform of a stage', { timeout: 300_000 }, async () => {
  const base = `${registry.host}/base:1`;
  const own = (name: string, text: string): string => {
    const context = join(directory, name);
    mkdirSync(context);
    writeFileSync(join(context, 'Dockerfile'), text);
    return context;
  };
  const variable = own('variable', `FROM ${base}\nARG TARGETARCH\nLABEL cpu=for-$TARGETARCH\n`);
  await run('docker', ['build', '-t', 'variable', variable]);
  const label = await run('docker', ['image', 'inspect', 'variable', '--format', '{{index .Config.Labels "cpu"}}']);
  expect(label.trim()).toBe('for-');
  const platform = own('platform', `FROM --platform=$BUILDPLATFORM ${base}\n`);
  await expect(run('docker', ['build', platform])).rejects.toThrow('failed to parse platform');
  // And check says both before.
  writeFileSync(join(variable, 'Dockerfile'), `FROM ${base}\nARG TARGETARCH\nRUN echo $TARGETARCH\n`);
  for (const context of [variable, platform]) {
    writeFileSync(join(context, 'Makefile'), 'image:\n\tDOCKER_BUILDKIT=0 docker build -t x .\n');
    expect((await typeLine(context, ['check'])).out).toContain('workflow/buildkit-off');
  }
});

test('check says so before', async () => {
  const context = join(directory, 'checked');
  mkdirSync(context);
  writeFileSync(join(context, 'Dockerfile'), TWO_STAGES('python:3.9'));
  const { out } = await typeLine(context, ['check', '--for', 'lambda']);
  expect(out).toContain('dockerfile/unused-stage-pinned');
});

test('doctor says which builder `docker build` takes here, and why', async () => {
  const asked = async (own: Readonly<Record<string, string | undefined>>): Promise<readonly unknown[]> => {
    const { out } = await typeLine(directory, ['doctor', '--json'], {
      env: { DOCKER_HOST: env.DOCKER_HOST, DOCKER_CONFIG: env.DOCKER_CONFIG, ...own },
      runProgram: programRunner({ ...env, DOCKER_BUILDKIT: own['DOCKER_BUILDKIT'] }),
    });
    const { diagnostics } = JSON.parse(out) as { diagnostics: readonly { code: string; args: { why?: string } }[] };
    return diagnostics.filter(({ code }) => code === 'machine/legacy-builder').map(({ args }) => args.why);
  };
  expect(await asked({ DOCKER_BUILDKIT: '0' })).toEqual(['variable']);
  expect(await asked({})).toEqual(['default']);
  expect(await asked({ DOCKER_BUILDKIT: '1' })).toEqual([]);
});

test('--load gives this Docker its own platform of several, under the digest that it goes by there', {
  timeout: 60_000,
}, async () => {
  const context = join(directory, 'loaded');
  mkdirSync(context);
  for (const machine of ['amd64', 'arm64'] as const) writeFileSync(join(context, machine), elfBytes({ machine }));
  writeFileSync(
    join(context, 'Dockerfile'),
    'FROM scratch\nARG TARGETARCH\nCOPY --chmod=755 $TARGETARCH /app\nCMD ["/app"]\n',
  );
  const load = (platforms: string) =>
    typeLine(context, ['build', '--load', '-t', 'loaded:1', '--platform', platforms, '.'], {
      runProgram: programRunner(env),
    });
  for (let times = 0; times < 2; times++) {
    const { status, all } = await load('linux/amd64,linux/arm64');
    expect(status, all).toBe(0);
    expect(all).toContain('loaded linux/amd64 into Docker as loaded:1; its image store holds one platform');
  }
  const platform = async () =>
    (await run('docker', ['image', 'inspect', 'loaded:1', '--format', '{{.Architecture}}'])).trim();
  expect(await platform()).toBe('amd64');
  expect((await load('linux/arm64')).status).toBe(0);
  expect(await platform()).toBe('arm64');
  const neither = await load('linux/arm64,linux/riscv64');
  expect(neither.err).toContain('error[engine/not-loaded]');
  expect(neither.status).toBe(2);
});
