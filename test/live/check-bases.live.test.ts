import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedCredential, secret } from '../../packages/rightarch/src/oci/credentials.ts';
import { openRegistry } from '../../packages/rightarch/src/oci/registry/index.ts';
import { publishTree } from '../../packages/rightarch/src/publish/index.ts';
import { testImage, testIndex } from '../../packages/rightarch/src/testing/index.ts';
import { typeLine } from '../support/command-line.ts';
import { type LiveRegistry, serveRegistry } from '../support/docker-registry.ts';

/** `check --online` against Debian's docker-registry, open and behind a password. */
let directory = '';
let open: LiveRegistry;
let guarded: LiveRegistry;
const amd64 = testImage({ platform: 'linux/amd64' });
const both = testIndex({ images: [amd64, testImage({ platform: 'linux/arm64' })], attestations: true });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'live-bases-'));
  const users = join(directory, 'htpasswd');
  // bcrypt of "correct-horse", cost 5.
  await writeFile(users, 'me:$2b$05$aHU1LFusWmODk1chjDY8iup2h7nPUQ2bCRcJxsKi4h3XzpbbZ3h.q\n');
  open = await serveRegistry(directory, { name: 'open' });
  guarded = await serveRegistry(directory, {
    name: 'guarded',
    auth: [`auth: { htpasswd: { realm: here, path: ${users} } }`],
  });
  for (const [registry, name, image] of [
    [open, 'both', both],
    [open, 'one', amd64],
    [guarded, 'both', both],
  ] as const) {
    const credentials = fixedCredential(registry.host, {
      kind: 'password',
      username: 'me',
      secret: secret('correct-horse'),
      from: 'test',
    });
    const reference = { registry: registry.host, repository: name };
    const sink = openRegistry(reference, registry === guarded ? { credentials } : {});
    await publishTree({ tree: await image.tree(), destinations: [{ repository: sink, tags: ['1'] }] });
    await sink.close();
  }
});
afterAll(async () => {
  for (const registry of [open, guarded]) await registry?.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Told {
  readonly bases: readonly unknown[];
  readonly diagnostics: readonly { readonly code: string; readonly args: Readonly<Record<string, unknown>> }[];
  readonly undecided: readonly { readonly code: string; readonly args: Readonly<Record<string, unknown>> }[];
}

async function check(
  name: string,
  dockerfile: string,
  env: Readonly<Record<string, string>> = {},
  more: string[] = [],
) {
  const work = join(directory, name);
  await mkdir(work, { recursive: true });
  await writeFile(join(work, 'Dockerfile'), dockerfile);
  const args = ['check', '--online', '--json', '--platform', 'linux/amd64,linux/arm64', ...more];
  const { status, out } = await typeLine(work, args, { env });
  return { status, told: JSON.parse(out) as Told, text: await readFile(join(work, 'Dockerfile'), 'utf8') };
}

describe('check --online', () => {
  test('an index that has all is silent, an image of one platform is not', async () => {
    const clean = await check('clean', `FROM ${open.host}/both:1\nRUN x\n`);
    expect([clean.status, clean.told.diagnostics, clean.told.undecided]).toEqual([0, [], []]);
    expect(clean.told.bases).toEqual([
      {
        reference: `${open.host}/both:1`,
        form: 'index',
        digest: both.descriptor.digest,
        platforms: ['linux/amd64', 'linux/arm64'],
      },
    ]);
    const one = await check('one', `FROM ${open.host}/one:1\nRUN x\n`);
    expect([one.status, one.told.diagnostics.map(({ code, args }) => [code, args['platform']])]).toEqual([
      1,
      [['plan/base-platform-missing', 'linux/arm64']],
    ]);
  });

  test('the digest of one platform becomes that of its index', async () => {
    const pinned = `FROM ${open.host}/both:1@${amd64.descriptor.digest}\nRUN x\n`;
    const found = await check('pinned', pinned);
    expect(found.told.diagnostics.map(({ code }) => code)).toEqual(['dockerfile/base-digest-of-one-platform']);
    const mended = await check('pinned', pinned, {}, ['--fix']);
    expect([mended.status, mended.told.diagnostics]).toEqual([0, []]);
    expect(mended.text).toBe(`FROM ${open.host}/both:1@${both.descriptor.digest}\nRUN x\n`);
  });

  test('what is not there, and what asks for a password, is undecided; with the credentials of docker login it is not', async () => {
    const absent = await check('absent', `FROM ${open.host}/other:1\nRUN x\n`);
    expect([absent.status, absent.told.undecided.map(({ code, args }) => [code, args['why']])]).toEqual([
      0,
      [['dockerfile/base-unknown', 'absent']],
    ]);
    const text = `FROM ${guarded.host}/both:1\nRUN x\n`;
    const stranger = await check('stranger', text);
    expect(stranger.told.undecided.map(({ args }) => args['why'])).toEqual(['absent']);
    const config = join(directory, 'docker');
    await mkdir(config);
    const auth = Buffer.from('me:correct-horse').toString('base64');
    await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [guarded.host]: { auth } } }));
    const known = await check('known', text, { DOCKER_CONFIG: config });
    expect([known.status, known.told.undecided, known.told.diagnostics]).toEqual([0, [], []]);
    expect(JSON.stringify(known.told)).not.toContain('horse');
  });

  test('a registry that is gone is said once', async () => {
    const gone = await serveRegistry(directory, { name: 'gone' });
    await gone.stop();
    const text = `FROM ${gone.host}/a:1 AS a\nFROM ${gone.host}/b:1\nCOPY --from=a /x /x\n`;
    const { status, told } = await check('gone', text);
    expect([status, told.diagnostics, told.undecided.map(({ args }) => [args['why'], args['images']])]).toEqual([
      0,
      [],
      [['no-answer', [`${gone.host}/a:1`, `${gone.host}/b:1`]]],
    ]);
  });
});
