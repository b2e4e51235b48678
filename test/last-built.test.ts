import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { elfBytes, startRegistry } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

// What the commands without an IMAGE mean: everything that the last build left, and nothing that an older one did.

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-last-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const type = (...args: readonly string[]) => typeLine(directory, args);

function writeContext(folder: string, note: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'app'), elfBytes({ machine: 'amd64' }));
  chmodSync(join(folder, 'app'), 0o755);
  writeFileSync(join(folder, 'note'), note);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY app note /\nENTRYPOINT ["/app"]\n');
}

const digestOf = (json: string): string => (JSON.parse(json) as { digest: string }).digest;

test('a second -t leaves one image in the default layout: the newest', async () => {
  writeContext(directory, 'one');
  const first = digestOf((await type('build', '-t', 'app:1', '--json', '.')).out);
  writeContext(directory, 'two');
  const second = digestOf((await type('build', '-t', 'app:2', '--json', '.')).out);
  expect(second).not.toBe(first);
  for (const words of [[], ['oci:.rightarch/app']]) {
    const { status, out, all } = await type('verify', '--json', ...words);
    expect(status, all).toBe(0);
    expect(digestOf(out)).toBe(second);
  }
  writeContext(directory, 'three');
  const third = await type('build', '-t', 'app:3', '-o', 'archive:a.tar', '.');
  expect(third.status, third.all).toBe(0);
  expect(existsSync(join(directory, 'a.tar'))).toBe(true);
  const index = JSON.parse(readFileSync(join(directory, '.rightarch/app/index.json'), 'utf8')) as {
    manifests: readonly unknown[];
  };
  expect(index.manifests).toHaveLength(1);
});

test('a layout of -o keeps its other images, and the last one is opened by its digest', async () => {
  writeContext(directory, 'one');
  await type('build', '-t', 'app:1', '-o', 'oci:out', '.');
  writeContext(directory, 'two');
  const second = await type('build', '-t', 'app:2', '-o', 'oci:out', '--json', '.');
  const { status, out, all } = await type('verify', '--json');
  expect(status, all).toBe(0);
  expect(digestOf(out)).toBe(digestOf(second.out));
  expect((await type('verify', 'oci:out:app:1')).status).toBe(0);
});

test('what changed since it was built and proven is not pushed', async () => {
  writeContext(directory, 'one');
  const registry = await startRegistry();
  try {
    const name = `${registry.host}/team/app:1`;
    await type('build', '-t', name, '.');
    const verified = await type('verify', '--json');
    expect(verified.status, verified.all).toBe(0);
    const blobs = join(directory, '.rightarch/app/blobs/sha256');
    const layer = readdirSync(blobs).find((blob) => readFileSync(join(blobs, blob)).readUInt16BE(0) === 0x1f8b)!;
    const bytes = readFileSync(join(blobs, layer));
    bytes[bytes.length - 1]! ^= 1;
    chmodSync(join(blobs, layer), 0o644);
    writeFileSync(join(blobs, layer), bytes);
    const pushed = await type('push');
    expect(pushed.status, pushed.all).toBe(1);
    expect(pushed.all).toContain('image/digest-wrong');
    expect(registry.repository('team/app').tags.size).toBe(0);
  } finally {
    await registry.close();
  }
});

test('every image of the last build is judged, each for the targets that run it, and pushed', async () => {
  writeContext(join(directory, 'api'), 'api');
  writeContext(join(directory, 'job'), 'job');
  const registry = await startRegistry();
  try {
    writeFileSync(
      join(directory, 'rightarch.yaml'),
      `images:
  api: { context: api, platforms: [linux/amd64], repository: ${registry.host}/api, tags: [v1] }
  job: { context: job, platforms: [linux/amd64], repository: ${registry.host}/job, tags: [v1] }
targets:
  web: { runtime: cloud-run, image: api }
  batch: { runtime: railway, image: job }
`,
    );
    const built = await type('build');
    expect(built.status, built.all).toBe(0);
    const verified = await type('verify', '--json');
    const proofs = JSON.parse(verified.out) as { image: string; targets: { id: string }[] }[];
    expect(proofs.map(({ image }) => image)).toEqual(['oci:.rightarch/api', 'oci:.rightarch/job']);
    const judged = proofs.map((proof) => JSON.stringify(proof.targets));
    expect(judged[0]).toContain('cloud-run');
    expect(judged[0]).not.toContain('railway');
    expect(judged[1]).toContain('railway');
    expect(judged[1]).not.toContain('cloud-run');
    const pushed = await type('push', '--json');
    expect(pushed.status, pushed.all).toBe(0);
    expect(pushed.out).toContain(`${registry.host}/api`);
    expect(pushed.out).toContain(`${registry.host}/job`);
    expect((await type('inspect')).out).toMatch(/rightarch\/api[\s\S]*rightarch\/job/);
  } finally {
    await registry.close();
  }
});

test('a push that has its own names asks nothing of other images, nor for a Dockerfile', async () => {
  writeContext(join(directory, 'app'), 'app');
  const registry = await startRegistry();
  try {
    writeFileSync(join(directory, 'rightarch.yaml'), 'mirrors: {}\n');
    expect((await type('build', '-t', `${registry.host}/x/y:1`, './app')).status).toBe(0);
    const bare = await type('push');
    expect(bare.status, bare.all).toBe(0);
    expect([...registry.repository('x/y').tags.keys()]).toEqual(['1']);

    // The stage of a sibling is named after a runtime and is not there.
    writeFileSync(
      join(directory, 'rightarch.yaml'),
      'images:\n  api: { context: app }\n  job: { context: app, target: lambda }\n',
    );
    expect((await type('build', '-t', `${registry.host}/z:1`, 'api')).status).toBe(0);
    for (const words of [[], ['oci:.rightarch/api']]) {
      const pushed = await type('push', ...words);
      expect(pushed.status, pushed.all).toBe(0);
    }
    expect([...registry.repository('z').tags.keys()]).toEqual(['1']);
  } finally {
    await registry.close();
  }
});
