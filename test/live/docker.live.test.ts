import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elfBytes } from '../../packages/rightarch/src/testing/index.ts';
import { typeLine } from '../support/command-line.ts';
import { DEBIANS, startDocker } from '../support/reference-builders.ts';

// `docker:` against a real Docker Engine of its own: what `docker load` made of an archive of ours has the verdict and
// the contents that the layout has, and what the command line says about loading is what happens.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-docker-'));
let engine: Awaited<ReturnType<typeof startDocker>>;

beforeAll(async () => {
  engine = await startDocker(join(directory, 'engine'), DEBIANS, false);
  for (const [folder, machine] of [
    ['right', 'amd64'],
    ['wrong', 'arm64'],
  ] as const) {
    mkdirSync(join(directory, folder));
    const program = join(directory, folder, 'app');
    writeFileSync(program, elfBytes({ machine }));
    chmodSync(program, 0o755);
    writeFileSync(join(directory, folder, 'Dockerfile'), 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n');
  }
});

afterAll(async () => {
  await engine?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { env: engine.env, encoding: 'utf8', stdio: 'pipe' });
}

async function rightarch(folder: string, ...args: readonly string[]): Promise<{ status: number; out: string }> {
  const env = { DOCKER_HOST: engine.env.DOCKER_HOST, RIGHTARCH_CACHE: join(directory, 'cache') };
  const { status, all } = await typeLine(join(directory, folder), args, { env, home: directory, temporary: directory });
  return { status, out: all };
}

interface Proof {
  readonly digest: string;
  readonly platforms: readonly { readonly platform: string; readonly verdict: string }[];
  readonly diagnostics: readonly { readonly code: string; readonly at: { readonly path?: string } }[];
}

async function verify(folder: string, image: string): Promise<{ status: number; proof: Proof }> {
  const { status, out } = await rightarch(folder, 'verify', image, '--json');
  return { status, proof: JSON.parse(out) as Proof };
}

/** What may not differ between an image and what an engine holds of it; engines pack layers and manifests anew. */
function judged({ platforms, diagnostics }: Proof) {
  return {
    platforms: platforms.map(({ platform, verdict }) => [platform, verdict]),
    findings: diagnostics.map(({ code, at }) => [code, at.path]),
  };
}

describe('an image of ours in a Docker Engine', () => {
  it.each([
    ['right', 'app-right:1', 0, 'proven'],
    ['wrong', 'app-wrong:1', 1, 'refuted'],
  ] as const)('%s: is judged like its layout, by any name', async (folder, name, status, verdict) => {
    const built = await rightarch(
      folder,
      'build',
      '--platform',
      'linux/amd64',
      '-t',
      name,
      '-o',
      'archive:app.tar',
      '.',
    );
    expect(existsSync(join(directory, folder, 'app.tar')), built.out).toBe(true);
    expect(docker('load', '-i', join(directory, folder, 'app.tar'))).toContain(`Loaded image: ${name}`);

    const layout = await verify(folder, 'archive:app.tar');
    expect(layout.status).toBe(status);
    expect(layout.proof.platforms.map((one) => one.verdict)).toEqual([verdict]);
    const id = docker('image', 'inspect', '--format', '{{.Id}}', name).trim();
    for (const word of [`docker:${name}`, name, `docker:${id}`]) {
      const held = await verify(folder, word);
      expect(held.status, word).toBe(status);
      expect(judged(held.proof), word).toEqual(judged(layout.proof));
    }
    // The engine keeps the config as it is, and its id is the digest of that.
    const inspected = JSON.parse((await rightarch(folder, 'inspect', 'archive:app.tar', '--json')).out) as unknown;
    expect(JSON.stringify(inspected)).toContain(id);
  });

  it('says so where the engine has no such image', async () => {
    const { status, out } = await rightarch('right', 'verify', 'docker:nowhere:1');
    expect(status).toBe(2);
    expect(out).toContain('error[image/docker-missing]: The local Docker has no image `nowhere:1`');
    expect(out).toContain('because: ');
  });
});
