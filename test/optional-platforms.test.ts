import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { elfBytes, startRegistry, type TestRegistry } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

let directory: string;
let registry: TestRegistry;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-optional-'));
  registry = await startRegistry();
});
afterEach(async () => {
  await registry.close();
  rmSync(directory, { recursive: true, force: true });
});

/** An image that has a program for each of these CPUs, and for the other one a program of amd64. */
function writeProject(own: readonly ('amd64' | 'arm64' | 'riscv64')[], keys: string): void {
  for (const cpu of ['amd64', 'arm64', 'riscv64'] as const) {
    writeFileSync(join(directory, `app-${cpu}`), elfBytes({ machine: own.includes(cpu) ? cpu : 'amd64' }));
    chmodSync(join(directory, `app-${cpu}`), 0o755);
  }
  writeFileSync(
    join(directory, 'Dockerfile'),
    'FROM scratch\nARG TARGETARCH\nCOPY app-$TARGETARCH /app\nENTRYPOINT ["/app"]\n',
  );
  writeFileSync(
    join(directory, 'rightarch.yaml'),
    `images: { api: { ${keys}, repository: ${registry.host}/api, tags: [latest], child-tags: ["{arch}"] } }\n`,
  );
}

const ship = async (command = 'ship', ...flags: readonly string[]) => {
  const { status, out, all } = await typeLine(directory, [command, ...flags, '--json']);
  const value = JSON.parse(out) as {
    readonly platforms?: readonly { readonly platform: string }[];
    readonly published?: {
      readonly platforms: readonly { readonly platform: string }[];
      readonly diagnostics: readonly { readonly code: string; readonly args: { readonly step?: string } }[];
    } | null;
  };
  return {
    status,
    all,
    published: value.published?.platforms.map(({ platform }) => platform),
    leftOut: value.published?.diagnostics.map(({ code, args }) => `${code} ${args.step}`),
  };
};

test('an optional platform that is proven is published like the others', async () => {
  writeProject(['amd64', 'arm64', 'riscv64'], 'platforms: [amd64, arm64], optional-platforms: riscv64');
  expect((await ship()).published).toEqual(['linux/amd64', 'linux/arm64', 'linux/riscv64']);
});

test('one that is refuted is left out, the others go, and a tag that had it loses it', async () => {
  writeProject(['amd64', 'arm64', 'riscv64'], 'platforms: [amd64, arm64], optional-platforms: riscv64');
  await ship();
  writeProject(['amd64', 'arm64'], 'platforms: [amd64, arm64], optional-platforms: riscv64');
  const { status, all, published } = await ship();
  expect(status, all).toBe(0);
  expect(published).toEqual(['linux/amd64', 'linux/arm64']);
  const { status: proven, all: said } = await typeLine(directory, ['verify']);
  expect(proven, said).toBe(0);
});

test('what was built is not built again without the one that is refuted, and is the last build', async () => {
  writeProject(['amd64', 'arm64'], 'platforms: [amd64, arm64], optional-platforms: riscv64');
  const { status, out, all } = await typeLine(directory, ['ship']);
  expect(status, all).toBe(0);
  expect(out.match(/^built api in /gm)).toHaveLength(1);
  const [entry, ...others] = JSON.parse(readFileSync(join(directory, '.rightarch/api/index.json'), 'utf8')).manifests;
  expect(others).toEqual([]);
  expect(JSON.parse(readFileSync(join(directory, '.rightarch/last.json'), 'utf8')).images).toMatchObject([
    { digest: entry.digest },
  ]);
});

test('of one platform that is left, the manifest alone is published', async () => {
  writeProject(['amd64'], 'platforms: amd64, optional-platforms: [arm64, riscv64]');
  expect(await ship()).toMatchObject({ status: 0, published: ['linux/amd64'] });
});

test('a network that is down is a failure of all, not of the optional platform', async () => {
  writeProject(['amd64', 'arm64', 'riscv64'], 'platforms: amd64, optional-platforms: arm64');
  writeFileSync(
    join(directory, 'Dockerfile'),
    'ARG TARGETARCH\nFROM scratch AS amd64\nFROM 127.0.0.1:1/base AS arm64\nFROM $TARGETARCH\nCOPY app-amd64 /app\nENTRYPOINT ["/app"]\n',
  );
  const { status, all } = await typeLine(directory, ['build']);
  expect(status, all).toBe(3);
  expect(all).not.toContain('optional-left-out');
});

test('an image that is not there for that platform alone is a failure of that platform', async () => {
  writeProject(['amd64', 'arm64', 'riscv64'], 'platforms: amd64, optional-platforms: arm64');
  writeFileSync(
    join(directory, 'Dockerfile'),
    `ARG TARGETARCH\nFROM scratch AS amd64\nFROM ${registry.host}/base AS arm64\nFROM $TARGETARCH\nCOPY app-amd64 /app\nENTRYPOINT ["/app"]\n`,
  );
  const { status, all } = await typeLine(directory, ['build']);
  expect(status, all).toBe(0);
  expect(all).toContain('warning[plan/optional-left-out]: `api` goes without linux/arm64');
});

test('what Docker Hub says of a repository that is not there is an answer too', async () => {
  writeProject(['amd64'], 'platforms: amd64, optional-platforms: arm64');
  writeFileSync(
    join(directory, 'Dockerfile'),
    `ARG TARGETARCH\nFROM scratch AS amd64\nFROM ${registry.host}/base AS arm64\nFROM $TARGETARCH\nCOPY app-amd64 /app\nENTRYPOINT ["/app"]\n`,
  );
  registry.inject({ path: /\/base\//, fault: { kind: 'status', status: 401 } });
  try {
    const { status, all } = await typeLine(directory, ['build']);
    expect(status, all).toBe(0);
    expect(all).toContain('warning[plan/optional-left-out]: `api` goes without linux/arm64');
  } finally {
    registry.calm();
  }
});

test('push leaves out what is refuted, and what was not built', async () => {
  writeProject(['amd64', 'arm64', 'riscv64'], 'platforms: amd64, optional-platforms: [arm64, riscv64]');
  await ship();
  writeProject(['amd64', 'arm64'], 'platforms: amd64, optional-platforms: [arm64, riscv64]');
  expect((await typeLine(directory, ['build'])).status).toBe(0);
  expect(await ship('push')).toMatchObject({ status: 0, published: ['linux/amd64', 'linux/arm64'] });
  rmSync(join(directory, 'app-arm64'));
  expect((await typeLine(directory, ['build'])).status).toBe(0);
  expect(await ship('push')).toMatchObject({ status: 0, published: ['linux/amd64'] });
  writeProject([], 'platforms: [amd64, arm64], optional-platforms: riscv64');
  expect((await typeLine(directory, ['build'])).status).toBe(0);
  expect(await ship('push')).toMatchObject({ status: 1, published: undefined });
});

test('a platform that was not asked for is not left out: a tag that has it keeps it', async () => {
  writeProject(['amd64', 'arm64', 'riscv64'], 'platforms: amd64, optional-platforms: arm64');
  expect((await ship()).published).toEqual(['linux/amd64', 'linux/arm64']);
  const before = new Map(registry.repository('api').tags);
  expect((await typeLine(directory, ['build', '--platform', 'linux/amd64'])).status).toBe(0);
  for (const words of [['push'], ['push', 'oci:.rightarch/api']]) {
    const { status, all } = await typeLine(directory, words);
    expect(status, all).toBe(2);
    expect(all).toContain('registry/platform-lost');
    expect(all).not.toContain('optional-left-out');
  }
  expect(registry.repository('api').tags).toEqual(before);
  expect(await ship('push', '--drop', 'linux/arm64')).toMatchObject({ status: 0, published: ['linux/amd64'] });
});

test('JSON says what ship and push left out, and after which step', async () => {
  writeProject(['amd64', 'arm64'], 'platforms: amd64, optional-platforms: [arm64, riscv64]');
  rmSync(join(directory, 'app-arm64'));
  const both = ['plan/optional-left-out build', 'plan/optional-left-out proof'];
  expect((await typeLine(directory, ['build'])).status).toBe(0);
  expect(await ship('push')).toMatchObject({ status: 0, published: ['linux/amd64'], leftOut: both });
  const { status, all, published, leftOut } = await ship();
  expect(status, all).toBe(0);
  expect(published).toEqual(['linux/amd64']);
  expect(leftOut).toEqual(both);
  // What ship left out stays known to a push of the same build.
  expect(await ship('push')).toMatchObject({ status: 0, published: ['linux/amd64'], leftOut: both });
});

test('push knows the optional platforms whatever its own flags ask', async () => {
  writeProject(['amd64'], 'platforms: amd64, optional-platforms: arm64');
  expect((await typeLine(directory, ['build'])).status).toBe(0);
  expect(await ship('push', '--for', 'cloud-run')).toMatchObject({ status: 0, published: ['linux/amd64'] });
});

test('one that must be there is never left out', async () => {
  writeProject(['amd64', 'riscv64'], 'platforms: [amd64, arm64], optional-platforms: riscv64');
  const { status, published } = await ship();
  expect(status).toBe(1);
  expect(published).toBeUndefined();
});

test('one that is refuted beside one that must be there and is refuted too changes nothing', async () => {
  writeProject(['amd64'], 'platforms: [amd64, arm64], optional-platforms: riscv64');
  expect((await ship()).status).toBe(1);
});

test('where every platform is optional, one at least must be had', async () => {
  writeProject([], 'optional-platforms: [arm64, riscv64]');
  expect((await ship()).status).toBe(1);
});

test('one that cannot be built is left out, and the next optional one is not', async () => {
  writeProject(['amd64', 'arm64', 'riscv64'], 'platforms: amd64, optional-platforms: [arm64, riscv64]');
  rmSync(join(directory, 'app-arm64'));
  const { status, all } = await typeLine(directory, ['build']);
  expect(status, all).toBe(0);
  expect(all).toContain('warning[plan/optional-left-out]: `api` goes without linux/arm64, which is optional');
  expect(all).toMatch(/linux\/amd64 {2}sha256.*\n {2}linux\/riscv64 {2}sha256/);
});

test('a platform of the command line is never optional', async () => {
  writeProject(['amd64'], 'platforms: amd64, optional-platforms: arm64');
  rmSync(join(directory, 'app-arm64'));
  expect((await typeLine(directory, ['build', '--platform', 'linux/amd64,linux/arm64'])).status).not.toBe(0);
});
