import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  lockOf,
  startRegistry as startNpm,
  type TestRegistry as TestNpm,
} from '../../packages/rightarch/src/build/npm/test-registry.ts';
import { elfBytes, startRegistry, type TestRegistry } from '../../packages/rightarch/src/testing/index.ts';
import { startPlaces } from '../support/places.ts';
import { sampled } from '../support/sampled.ts';

/** A disk of a known size that is really full, under whoever writes: needs root, for mount(8). */
const BIN = join(import.meta.dirname, '..', '..', 'packages', 'rightarch', 'bin', 'rightarch.js');
const directory = mkdtempSync(join(tmpdir(), 'rightarch-full-'));
const [context, packages, small] = ['context', 'packages', 'small'].map((name) => join(directory, name)) as [
  string,
  string,
  string,
];
const places = startPlaces(directory);
let registry: TestRegistry;
let npm: TestNpm;

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

interface Where {
  readonly cwd?: string;
  readonly cache?: string;
  readonly temporary?: string;
  readonly stdout?: string;
}

function rightarch(args: readonly string[], where: Where = {}): Promise<Ended> {
  const { cwd = context, cache = join(directory, 'cache'), temporary, stdout } = where;
  const env = {
    ...process.env,
    LANG: 'en',
    RIGHTARCH_CACHE: cache,
    ...(temporary === undefined ? {} : { TMPDIR: temporary }),
  };
  const line = ['-c', `exec "$0" "$@"${stdout === undefined ? '' : ` > '${stdout}'`}`, process.execPath, BIN, ...args];
  const child = spawn('sh', line, { cwd, env });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
}

beforeAll(async () => {
  for (const made of [context, packages, small]) mkdirSync(made);
  registry = await startRegistry();
  await places.makeImage('base', { name: 'node:22-slim', like: 'node' });
  npm = await startNpm([
    { name: 'tool', version: '1.0.0', files: { 'index.js': randomBytes(30_000).toString('base64') } },
  ]);
  writeFileSync(join(context, 'app'), elfBytes({ machine: 'amd64' }));
  chmodSync(join(context, 'app'), 0o755);
  // Random bytes, which nothing makes smaller.
  writeFileSync(join(context, 'data'), randomBytes(40_000));
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY data /data\nCOPY app /app\nENTRYPOINT ["/app"]\n');
  const root = { name: 'app', version: '1.0.0', dependencies: { tool: '1.0.0' } };
  const files = {
    '.npmrc': `registry=${npm.url}\n`,
    'package.json': JSON.stringify(root),
    'package-lock.json': lockOf(npm, root, { 'node_modules/tool': { version: '1.0.0' } }),
    Dockerfile: 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(packages, path), text);
  const made = await rightarch(['build', '-o', `oci:${directory}/out`, '-o', `archive:${directory}/out.tar`, '.']);
  expect(made.code, made.out).toBe(0);
  execFileSync('gzip', ['-k', join(directory, 'out.tar')]);
});
afterAll(async () => {
  await registry.close();
  await npm.close();
  await places.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs `work` on a disk with so many KiB left. */
async function withRoom<T>(kibibytes: number, work: () => Promise<T>): Promise<T> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]);
  try {
    if (kibibytes < 4096) writeFileSync(join(small, 'fill'), Buffer.alloc((4096 - kibibytes) * 1024));
    return await work();
  } finally {
    execFileSync('umount', [small]);
  }
}

/** What only a write under way has: none of it may stay. */
const unfinished = (): string[] =>
  readdirSync(small, { recursive: true })
    .map(String)
    .filter((name) => /\.tmp$|(^|\/)(tmp|ingest)\/|\.lock\.|(^|\/)rightarch-/.test(name));

const IN = (name: string) => join(small, name);
const to = (tag: string) => `${registry.host}/app:${tag}`;
const BASE = () => ['--mirror', `docker.io=oci:${directory}/base`];

/** One row a writer: the room that is left goes from nothing to enough, so that each of its writes is the one that fails. */
const rows: readonly [what: string, args: () => readonly string[], where?: Where][] = [
  ['the layer cache', () => ['build', '-o', `oci:${directory}/one`, '.'], { cache: IN('cache') }],
  [
    'the base and package cache',
    () => ['build', ...BASE(), '-o', `oci:${directory}/two`, '-t', 'x', '.'],
    { cache: IN('cache'), cwd: packages },
  ],
  ['the layer cache of a shipment', () => ['ship', '-t', to('cache'), '.'], { cache: IN('cache') }],
  ['the layout of -o', () => ['build', '-o', `oci:${IN('out')}`, '.']],
  ['.rightarch of a build', () => ['build', '-t', 'out', context], { cwd: small }],
  ['.rightarch of a shipment', () => ['ship', '-t', to('project'), context], { cwd: small }],
  ['.rightarch of a plan', () => ['plan', '-t', 'out', context], { cwd: small }],
  ['-o archive:', () => ['build', '-o', `archive:${IN('out.tar')}`, '.']],
  ['--metadata-file', () => ['build', '--metadata-file', IN('result'), '.']],
  ['--iidfile', () => ['build', '--iidfile', IN('result'), '.']],
  ['--metadata-file of a shipment', () => ['ship', '-t', to('meta'), '--metadata-file', IN('result'), '.']],
  ['--sarif', () => ['verify', `oci:${directory}/out`, '--sarif', IN('result')]],
  ['--html', () => ['verify', `oci:${directory}/out`, '--html', IN('result')]],
  ['what an archive is unpacked to', () => ['verify', `archive:${directory}/out.tar.gz`], { temporary: small }],
  ['stdout of verify', () => ['verify', `oci:${directory}/out`], { stdout: IN('stdout') }],
  // Several pages long: the disk takes a part of what one write brings.
  ['stdout of --json', () => ['targets', '--json'], { stdout: IN('stdout') }],
];

describe('a full disk under', () => {
  it.each(sampled(rows, 4).map(([what, args, where = {}]) => ({ what, args, where })))(
    '$what is one diagnostic, and nothing half-written stays',
    async ({ what, args, where }) => {
      let refused = 0;
      for (const room of [0, 4, 8, 16, 28, 40, 48, 56, 64, 80, 128, 160, 256, 4096]) {
        const { code, out } = await withRoom(room, async () => {
          const ended = await rightarch(args(), where);
          expect(unfinished(), ended.out).toEqual([]);
          if (ended.code === 0) return ended;
          for (const result of ['result', 'out.tar', 'rightarch.yaml'])
            expect(existsSync(IN(result)), result).toBe(false);
          // A layout is there and holds an image, or there is none.
          for (const layout of [IN('out'), IN('.rightarch/out')].filter(existsSync)) {
            const inspected = await rightarch(['inspect', `oci:${layout}`]);
            if (inspected.code !== 0) expect(inspected.out).toContain('error[image/not-found]');
          }
          return ended;
        });
        if (code === 0) break;
        refused++;
        expect(code, `${what}, ${room} KiB: ${out}`).toBe(3);
        expect(out.match(/^error\[/gm), out).toHaveLength(1);
        expect(out).toMatch(/ENOSPC|disk is full/);
        expect(out).toMatch(where.stdout === undefined ? /small|\.rightarch/ : /`stdout`/);
        expect(out).toContain('\n  fix: ');
        expect(out).not.toMatch(/^ {4}at /m);
      }
      expect(refused).toBeGreaterThan(0);
    },
  );

  it.each([0, 8, 64])('the scan cache changes nothing of a proof or a push (%i KiB)', async (room) => {
    const cache = IN('cache');
    const here = await rightarch(['verify', `oci:${directory}/out`]);
    expect(await withRoom(room, () => rightarch(['verify', `oci:${directory}/out`], { cache }))).toEqual(here);
    const pushed = await withRoom(room, () =>
      rightarch(['push', `oci:${directory}/out`, to(`scan-${room}`)], { cache }),
    );
    expect(pushed.code, pushed.out).toBe(0);
    expect(registry.repository('app').tags.has(`scan-${room}`)).toBe(true);
  });

  it('rightarch.yaml leaves the one that was there', async () => {
    await withRoom(4096, async () => {
      writeFileSync(IN('Dockerfile'), 'FROM node:22\n');
      writeFileSync(IN('rightarch.yaml'), 'before');
      // To the last page, whatever a file system keeps for itself.
      execFileSync('sh', ['-c', 'cat /dev/zero > fill; true'], { cwd: small, stdio: 'ignore' });
      const { code, out } = await rightarch(['init', '--yes', '--force'], { cwd: small });
      expect(code, out).toBe(3);
      expect(out).toContain('error[cli/write-failed]: `rightarch.yaml` cannot be written: the disk is full');
      expect(readFileSync(IN('rightarch.yaml'), 'utf8')).toBe('before');
      expect(unfinished()).toEqual([]);
    });
  });
});

it.each([
  ['/dev/full', ['verify', `oci:${directory}/out`], 3],
  ['/dev/full', ['--version'], 3],
] as const)('stdout on %s is one diagnostic: %j', async (stdout, args, status) => {
  const { code, out } = await rightarch(args, { stdout });
  expect(code, out).toBe(status);
  expect(out.match(/^error\[cli\/write-failed\]: `stdout`/gm)).toHaveLength(1);
  expect(out).not.toMatch(/^ {4}at /m);
});

it('a report for a device is written to it: it stays one', async () => {
  const device = join(directory, 'full');
  execFileSync('mknod', [device, 'c', '1', '7']);
  const { code, out } = await rightarch(['verify', `oci:${directory}/out`, '--sarif', device]);
  expect(code, out).toBe(3);
  expect(out).toContain('error[cli/write-failed]');
  expect(execFileSync('stat', ['-c', '%F', device], { encoding: 'utf8' })).toContain('character special file');
});
