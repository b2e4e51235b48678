import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elfBytes } from '../../packages/rightarch/src/testing/index.ts';
import { typeLine } from '../support/command-line.ts';
import { type LiveRegistry, serveRegistry } from '../support/docker-registry.ts';
import { DEBIANS, startDocker } from '../support/reference-builders.ts';

// What `workflow/pushed-again` says: of an index for two platforms that is pulled, tagged and pushed one is left.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-again-'));
let registry: LiveRegistry;

beforeAll(async () => {
  const folder = join(directory, 'app');
  mkdirSync(folder);
  writeFileSync(join(folder, 'app'), elfBytes({ machine: 'amd64' }));
  chmodSync(join(folder, 'app'), 0o755);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n');
  const args = ['build', '--platform', 'linux/amd64,linux/arm64', '-t', 'app:1', '-o', 'oci:layout', '.'];
  const env = { RIGHTARCH_CACHE: join(directory, 'cache') };
  await typeLine(folder, args, { env, home: directory, temporary: directory });
  registry = await serveRegistry(directory, { name: 'registry' });
  const target = `docker://${registry.host}/app:1`;
  execFileSync('skopeo', ['copy', '--all', '--dest-tls-verify=false', `oci:${join(folder, 'layout')}`, target]);
}, 120_000);

afterAll(async () => {
  await registry?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** The platforms under a name; of a single manifest that of its config. */
async function platformsOf(name: string): Promise<readonly string[]> {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ].join(',');
  const get = async (path: string) =>
    (await fetch(`http://${registry.host}/v2/${name}/${path}`, { headers: { accept } })).json() as Promise<{
      manifests?: readonly { readonly platform: { readonly architecture: string } }[];
      config: { readonly digest: string };
      architecture: string;
    }>;
  const { manifests, config } = await get('manifests/1');
  if (manifests !== undefined) return manifests.map(({ platform }) => platform.architecture);
  return [(await get(`blobs/${config.digest}`)).architecture];
}

describe('an index in a registry', () => {
  let engine: Awaited<ReturnType<typeof startDocker>>;
  const docker = (...args: readonly string[]): string =>
    execFileSync('docker', args, { env: engine.env, encoding: 'utf8', stdio: 'pipe' });

  beforeAll(async () => {
    engine = await startDocker(join(directory, 'engine'), DEBIANS, false);
  });
  afterAll(() => engine?.close());

  it('is one platform, the one of the machine, once it is pulled and pushed', async () => {
    expect(await platformsOf('app')).toEqual(['amd64', 'arm64']);
    docker('pull', `${registry.host}/app:1`);
    docker('tag', `${registry.host}/app:1`, `${registry.host}/again:1`);
    docker('push', `${registry.host}/again:1`);
    expect(await platformsOf('again')).toEqual([process.arch === 'arm64' ? 'arm64' : 'amd64']);
  });
});
