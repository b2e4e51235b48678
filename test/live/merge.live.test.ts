import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { elfBytes } from '../../packages/rightarch/src/testing/index.ts';
import { typeLine } from '../support/command-line.ts';
import { type LiveRegistry, serveRegistry } from '../support/docker-registry.ts';
import { type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';

// `merge` over what BuildKit builds and pushes for one platform each, with its provenance, against what
// `docker buildx imagetools create` makes of the same: a real BuildKit and a real registry.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-merge-'));
const context = join(directory, 'context');
let registry: LiveRegistry;
let docker: ReferenceBuilder;

const command = async (name: string, ...words: readonly string[]): Promise<string> =>
  (await promisify(execFile)(name, words, { env: docker.env, maxBuffer: 1 << 26 })).stdout;
const raw = async (tag: string): Promise<{ readonly mediaType: string; readonly manifests: readonly Entry[] }> =>
  JSON.parse(await command('skopeo', 'inspect', '--raw', '--tls-verify=false', `docker://${registry.host}/${tag}`));
const merge = (...words: readonly string[]) =>
  typeLine(directory, ['merge', ...words, '--allow-http', registry.host], { runProgram: programRunner(docker.env) });

interface Entry {
  readonly digest: string;
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What an entry says, whatever the order of its members. */
const told = ({ digest, platform, annotations = {} }: Entry): string =>
  JSON.stringify([
    digest,
    platform.os,
    platform.architecture,
    platform.variant ?? '',
    Object.entries(annotations).sort(),
  ]);

beforeAll(async () => {
  docker = await startBuildKit(join(directory, 'docker'), join(import.meta.dirname, '..', '..', '.cache', 'buildkit'));
  registry = await serveRegistry(directory, { name: 'registry' });
  mkdirSync(context);
  for (const machine of ['amd64', 'arm64', 'riscv64'] as const) {
    writeFileSync(join(context, machine), elfBytes({ machine }));
    chmodSync(join(context, machine), 0o755);
  }
  writeFileSync(
    join(context, 'Dockerfile'),
    'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /app\nENTRYPOINT ["/app"]\n',
  );
  for (const cpu of ['amd64', 'arm64', 'riscv64'])
    await command(
      'docker',
      ...['buildx', 'build', '--platform', `linux/${cpu}`, '--provenance=mode=max', '--push'],
      ...['-t', `${registry.host}/app:${cpu}`, context],
    );
}, 300_000);
afterAll(async () => {
  await registry?.stop();
  await docker?.close();
  rmSync(directory, { recursive: true, force: true });
});

test('has the entries that imagetools has, attestations too, and is proven', { timeout: 120_000 }, async () => {
  const sources = ['amd64', 'arm64'].map((cpu) => `${registry.host}/app:${cpu}`);
  await command('docker', 'buildx', 'imagetools', 'create', '-t', `${registry.host}/app:theirs`, ...sources);
  const merged = await merge('-t', `${registry.host}/app:ours`, ...sources);
  expect(merged.status, merged.all).toBe(0);
  const [theirs, ours] = [await raw('app:theirs'), await raw('app:ours')];
  expect(ours.mediaType).toBe(theirs.mediaType);
  expect(ours.manifests.map(told).sort()).toEqual(theirs.manifests.map(told).sort());
  expect(ours.manifests).toHaveLength(4);
});

test('every byte of it is there for whoever copies or pulls it', { timeout: 120_000 }, async () => {
  const from = `docker://${registry.host}/app:ours`;
  await command('skopeo', 'copy', '--all', '--src-tls-verify=false', from, `dir:${join(directory, 'copied')}`);
  const flags = ['inspect', '--config', '--tls-verify=false', '--override-arch'];
  for (const cpu of ['amd64', 'arm64'])
    expect(JSON.parse(await command('skopeo', ...flags, cpu, from))).toMatchObject({ architecture: cpu });
});

test('a platform that comes late joins another repository, and its layers are mounted there', {
  timeout: 120_000,
}, async () => {
  const added = await merge('--add', `${registry.host}/app:ours`, `${registry.host}/app:riscv64`);
  expect(added.status, added.all).toBe(0);
  const names = (await raw('app:ours')).manifests.map(({ platform }) => platform.architecture);
  expect(names.filter((name) => name !== 'unknown')).toEqual(['amd64', 'arm64', 'riscv64']);
  const copied = await merge(
    '-t',
    `${registry.host}/other:1`,
    '--no-attestations',
    `${registry.host}/app:ours`,
    '--json',
  );
  expect(copied.status, copied.all).toBe(0);
  const { published } = JSON.parse(copied.out) as {
    readonly published: { readonly repositories: readonly { readonly blobs: unknown; readonly bytes: number }[] };
  };
  expect(published.repositories).toMatchObject([{ blobs: { mounted: 6, uploaded: 0 }, bytes: 0 }]);
  expect((await raw('other:1')).manifests).toHaveLength(3);
});
