import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { npmHere } from '../../../../../test/support/npm-here.ts';
import { runSimulated } from '../run/run-simulated.ts';
import { contextOf, PATH, shellRun, shown, textIn } from '../run/test-image.ts';
import type { RunContext } from '../stage-files.ts';
import { npmReleases } from './npm-releases.ts';
import { nodeImage, startRegistry, type TestRegistry } from './test-registry.ts';

const { cli, version: npm } = npmHere();

let registry: TestRegistry;
let cache: string;

beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'rightarch-npm-test-'));
  registry = await startRegistry([
    { name: 'tool', version: '1.0.0', manifest: { dependencies: { left: '^2.0.0' } } },
    { name: 'tool', version: '1.2.0', manifest: { dependencies: { left: '^2.0.0' }, engines: { node: '>=90' } } },
    { name: 'left', version: '2.1.0' },
    { name: 'gits', version: '1.0.0', manifest: { dependencies: { left: 'git+https://example.com/left.git' } } },
    { name: 'afar', version: '1.0.0', manifest: { dependencies: { left: 'https://example.com/left.tgz' } } },
  ]);
});

afterAll(async () => {
  await registry.close();
  rmSync(cache, { recursive: true, force: true });
});

function app(manifest: Record<string, unknown>, more: Record<string, string> = {}) {
  const files = { 'package.json': `${JSON.stringify({ name: 'app', version: '1.0.0', ...manifest }, null, 4)}\n` };
  return nodeImage({ ...files, '.npmrc': `registry=${registry.url}\n`, ...more }, { npm });
}

async function install(files: ReturnType<typeof app>, text = 'npm install', more: Partial<RunContext> = {}) {
  const context = contextOf(files, { cwd: '/app', cacheDirectory: cache, packages: { hostNpm: () => cli }, ...more });
  return runSimulated(shellRun(text), context).then(
    (done) => done.notReproducible.map(({ code, args }) => `${code} ${JSON.stringify(args)}`).join(' '),
    (failure) => `${failure.diagnostic?.code ?? failure} ${Object.values(failure.diagnostic?.args ?? {})[0] ?? ''}`,
  );
}

/** Processes of this one that run a program, by their command lines. */
function childrenLike(program: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const parent = /^\d+ \(.*\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
        return parent === String(process.pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(program));
}

const wantsTool = { dependencies: { tool: '^1.0.0' } };

describe('npm install without a lockfile', () => {
  test('chooses by the Node of the image, leaves the lockfile, and says that it is not reproducible', async () => {
    const files = app(wantsTool);
    expect(await install(files)).toBe('npm/not-reproducible {"directory":"/app"}');
    const lock = await textIn(files, '/app/package-lock.json');
    const { packages } = JSON.parse(lock);
    expect(packages['node_modules/tool']).toMatchObject({
      version: '1.0.0',
      resolved: `${registry.url}tool/-/tool-1.0.0.tgz`,
      integrity: registry.integrity('tool', '1.0.0'),
    });
    // Laid out as package.json is, both of them.
    expect(lock.split('\n')[1]).toBe('    "name": "app",');
    expect((await textIn(files, '/app/node_modules/.package-lock.json')).split('\n')[1]).toBe('    "name": "app",');
    expect(shown(files, '/app/node_modules/left/package.json')).toBe('-644 0:0');
    expect(readdirSync(join(cache, 'npm', 'tmp'))).toEqual([]);
  }, 60_000);

  test('is resolved once for all platforms of a build', async () => {
    const resolved: NonNullable<RunContext['resolved']> = new Map();
    registry.asked.length = 0;
    for (const architecture of ['amd64', 'arm64'])
      await install(app(wantsTool), 'npm install --no-save', { resolved, platform: { os: 'linux', architecture } });
    expect(registry.asked.filter(({ path }) => path === '/tool')).toHaveLength(1);
  }, 60_000);

  test('a token stays with us, and npm says what the registry said', async () => {
    const { host } = new URL(registry.url);
    const files = app(
      { dependencies: { nope: '1' } },
      { '.npmrc': `registry=${registry.url}\n//${host}/:_authToken=\${T}\n` },
    );
    expect(await install(files, 'npm install', { env: { PATH, T: 's3cret' } })).toBe('run/command-failed npm install');
    expect(registry.asked.at(-1)).toEqual({ path: '/nope', authorization: 'Bearer s3cret' });
  }, 60_000);

  test.each([
    ['git', { left: 'github:a/b' }, 'npm/source-refused left'],
    ['a path', { left: 'file:../left' }, 'npm/source-refused left'],
    ['git, of a dependency', { gits: '1.0.0' }, `npm/resolve-failed ${npm}`],
    ['another address, of a dependency', { afar: '1.0.0' }, 'npm/source-refused example.com'],
  ])(
    '%s is refused',
    async (_, dependencies, expected) => {
      expect(await install(app({ dependencies }))).toBe(expected);
    },
    60_000,
  );

  test('Ctrl-C ends the npm that was started, and nothing of it stays', async () => {
    const stop = new AbortController();
    registry.faults.set('/tool', { hang: true, times: 1 });
    const asked = setInterval(() => {
      if (registry.asked.at(-1)?.path === '/tool') stop.abort(new Error('Ctrl-C'));
    }, 10);
    registry.asked.length = 0;
    const files = app(wantsTool);
    try {
      expect(await install(files, 'npm install', { signal: stop.signal })).toContain('Ctrl-C');
    } finally {
      clearInterval(asked);
      registry.faults.clear();
    }
    expect(files.tree.resolve('/app/node_modules').found).toBe(false);
    expect(readdirSync(join(cache, 'npm', 'tmp'))).toEqual([]);
    expect(childrenLike(cli)).toEqual([]);
  }, 60_000);

  test('another release of npm than is known or here is refused', async () => {
    const files = nodeImage({ 'package.json': '{}', '.npmrc': `registry=${registry.url}\n` }, { npm: '11.999.0' });
    expect(await install(files)).toBe('npm/resolver-unknown 11.999.0');
  });

  test('the table of releases has whole hashes', () => {
    for (const [version, hash] of npmReleases)
      expect([version, Buffer.from(hash, 'base64').length]).toEqual([version, 64]);
  });
});
