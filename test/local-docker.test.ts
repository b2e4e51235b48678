import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeArchive } from '../packages/rightarch/src/oci/index.ts';
import { elfBytes, startRegistry, type TestRegistry, testImage } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

// An image of the local Docker may be an old one of its name: what is released is what the registry has.

const imageOf = (machine: 'amd64' | 'arm64') =>
  testImage({
    config: { Entrypoint: ['/app'] },
    files: [{ path: 'app', mode: 0o755, content: elfBytes({ machine }) }],
  });

let directory: string;
let registry: TestRegistry;
let engine: Server;
let asked: number;
/** The engine has a right `app:1`; what stands in for Docker Hub has a wrong one under that name. */
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-local-'));
  registry = await startRegistry();
  const file = join(directory, 'saved.tar');
  await writeArchive(await imageOf('amd64').tree(), file, { names: ['app:1'] });
  const saved = readFileSync(file);
  asked = 0;
  engine = createServer((request, response) => {
    asked++;
    if (request.url === '/images/app%3A1/get') response.end(saved);
    else response.writeHead(404).end('{"message":"no such image"}');
  });
  await new Promise<void>((listening) => engine.listen(join(directory, 'docker.sock'), listening));
  await imageOf('arm64').writeLayout(join(directory, 'hub'), 'docker.io/library/app:1');
  writeFileSync(
    join(directory, 'rightarch.yaml'),
    `images: { app: { context: ., platforms: [linux/amd64], repository: ${registry.host}/app, tags: [v1] } }
targets: { web: { runtime: cloud-run, image: app } }
`,
  );
});
afterEach(async () => {
  await new Promise((closed) => engine.close(closed));
  await registry.close();
  rmSync(directory, { recursive: true, force: true });
});

async function type(...words: readonly string[]) {
  const env = { DOCKER_HOST: `unix://${join(directory, 'docker.sock')}` };
  return typeLine(directory, [...words, '--mirror', 'docker.io=oci:hub'], { env });
}

test.each([
  ['by its name: the local one, and it says so', [], 'docker', 'proven', 0],
  ['for a runtime: the local one too', ['--for', 'cloud-run'], 'docker', 'proven', 0],
  ['for a target that is deployed: the one of the registry', ['--for', 'web'], 'layout', 'refuted', 1],
])('verify app:1 %s', async (_, flags, source, verdict, status) => {
  const typed = await type('verify', 'app:1', '--json', ...flags);
  expect(typed.status, typed.all).toBe(status);
  expect(JSON.parse(typed.out)).toMatchObject({ source, digest: expect.stringMatching(/^sha256:/), verdict });
  expect(asked > 0).toBe(source === 'docker');
});

test('push app:1 sends what the registry has, or nothing', async () => {
  const pushed = await type('push', 'app:1', `${registry.host}/team/app:1`);
  expect(pushed.status, pushed.all).toBe(1);
  expect(registry.repository('team/app').tags.size).toBe(0);
  expect(asked).toBe(0);
});
