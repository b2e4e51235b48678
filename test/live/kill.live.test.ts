import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elfBytes, startRegistry, type TestRegistry } from '../../packages/rightarch/src/testing/index.ts';
import { sampled } from '../support/sampled.ts';

const BIN = join(import.meta.dirname, '..', '..', 'packages', 'rightarch', 'bin', 'rightarch.js');
const directory = mkdtempSync(join(tmpdir(), 'rightarch-kill-'));
const context = join(directory, 'context');

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** The command line as a user has it, ended by a signal after so many milliseconds where one is given. */
async function rightarch(
  args: readonly string[],
  how: { readonly cache?: string; readonly signal?: 'SIGINT' | 'SIGTERM' | 'SIGKILL'; readonly afterMs?: number } = {},
): Promise<Ended> {
  const env = { ...process.env, LANG: 'en', RIGHTARCH_CACHE: how.cache ?? join(directory, 'cache') };
  const child = spawn(process.execPath, [BIN, ...args], { cwd: context, env });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out })));
  if (how.signal !== undefined) {
    await Promise.race([wait(how.afterMs), ended]);
    child.kill(how.signal);
  }
  return ended;
}

/** Names of files that only a write under way has. */
const unfinished = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /\.tmp$|(^|\/)(tmp|ingest)\/|\.lock\./.test(name));

beforeAll(() => {
  mkdirSync(context);
  writeFileSync(join(context, 'app'), elfBytes({ machine: 'amd64' }));
  chmodSync(join(context, 'app'), 0o755);
  // Random bytes: nothing compresses them, so that the build is long enough to be met in its middle.
  writeFileSync(join(context, 'data'), randomBytes(48_000_000));
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY data /data\nCOPY app /app\nENTRYPOINT ["/app"]\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const moments = [
  ['SIGINT', 400],
  ['SIGKILL', 400],
  ['SIGINT', 900],
  ['SIGINT', 1500],
  ['SIGKILL', 900],
  ['SIGKILL', 1500],
] as const;

describe.each(sampled(moments, 4))('a build that gets %s after %i ms', (signal, afterMs) => {
  it('leaves nothing that the next one takes for whole', async () => {
    const layout = join(directory, `${signal}-${afterMs}`);
    const cache = `${layout}.cache`;
    const args = ['build', '-o', `oci:${layout}`, '-o', `archive:${layout}.tar`, '.'];
    const { code, out } = await rightarch(args, { signal, afterMs, cache });
    if (code === 3) expect(out).toContain('error[cli/interrupted]');
    expect(out).not.toMatch(/^ {4}at /m);
    if (signal === 'SIGINT' && code === 3 && existsSync(layout)) expect(unfinished(layout)).toEqual([]);
    expect(await rightarch(args, { cache })).toMatchObject({ code: 0 });
    expect(await rightarch(['verify', `oci:${layout}`, `archive:${layout}.tar`], { cache })).toMatchObject({ code: 0 });
    expect(unfinished(layout)).toEqual([]);
  });
});

it('two builds at once into one place both end well, and what is there is whole', async () => {
  const args = ['build', '--no-cache', '.'];
  const both = await Promise.all([rightarch(args), rightarch(args)]);
  // One may find the layout locked by the other and say so; neither may damage it.
  for (const { code, out } of both) expect([0, 3], out).toContain(code);
  expect(both.some(({ code }) => code === 0)).toBe(true);
  expect(await rightarch(['verify'])).toMatchObject({ code: 0 });
});

/** As many moments as there are rounds, from the loading of the program to its last line. */
const ROUNDS = 4;

describe('Ctrl-C or the SIGTERM of a CI, at any moment of', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
    expect(await rightarch(['build', '-o', 'oci:held', '.'])).toMatchObject({ code: 0 });
    expect(await rightarch(['push', 'oci:held', `${registry.host}/there:1`])).toMatchObject({ code: 0 });
    // Long enough to be met in the middle of a transfer.
    registry.inject({ path: /./, fault: { kind: 'slow', ms: 60 } });
  });
  afterAll(() => registry.close());

  const commands: readonly [what: string, words: readonly string[]][] = [
    ['build', ['build', '-o', 'oci:signals/out', '-o', 'archive:signals/out.tar', '.']],
    ['plan', ['plan', '.']],
    ['push', ['push', 'oci:held', 'REGISTRY/pushed:1']],
    ['verify', ['verify', 'REGISTRY/there:1', '--sarif', 'signals/report']],
    ['ship', ['ship', '-t', 'REGISTRY/pushed:1', '--iidfile', 'signals/report', '.']],
    ['inspect', ['inspect', 'REGISTRY/there:1']],
  ];
  it.each(sampled(commands, 4))('%s, nothing stays half done', async (_what, words) => {
    const args = words.map((word) => word.replace('REGISTRY', registry.host));
    const signals = join(context, 'signals');
    const fresh = () => {
      rmSync(signals, { recursive: true, force: true });
      mkdirSync(signals);
      const { tags, blobs, manifests } = registry.repository('pushed');
      for (const kept of [tags, blobs, manifests]) kept.clear();
      return { cache: join(signals, 'cache') };
    };
    const begin = performance.now();
    expect(await rightarch(args, fresh())).toMatchObject({ code: 0 });
    const whole = performance.now() - begin;
    for (let round = 0; round < ROUNDS; round++) {
      const how = fresh();
      const signal = round % 2 === 0 ? 'SIGINT' : 'SIGTERM';
      const { code, out } = await rightarch(args, { ...how, signal, afterMs: (whole * (round + 0.5)) / ROUNDS });
      // Before the program is loaded the signal ends it as it ends any; after its last line it is done.
      expect([null, 0, 3], out).toContain(code);
      expect(out.match(/^error\[.*$/gm) ?? []).toEqual(
        code === 3 ? [expect.stringMatching(/^error\[cli\/interrupted\]/)] : [],
      );
      expect(out).not.toMatch(/^ {4}at /m);
      expect(unfinished(signals)).toEqual([]);
      expect(registry.repository('pushed').tags.size, out).toBe(
        code === 0 && ['push', 'ship'].includes(words[0]!) ? 1 : 0,
      );
      if (existsSync(join(signals, 'out', 'oci-layout')))
        expect(await rightarch(['inspect', 'oci:signals/out'])).toMatchObject({ code: 0 });
      // With all that the interrupted one kept.
      expect(await rightarch(args, how)).toMatchObject({ code: 0 });
    }
  });
});

it('a push that is interrupted moves no tag, and the next one does', async () => {
  const registry = await startRegistry();
  try {
    registry.inject({ path: /\/blobs\/uploads\//, fault: { kind: 'slow', ms: 1500 } });
    expect(await rightarch(['build', '-o', 'oci:out', '.'])).toMatchObject({ code: 0 });
    const push = ['push', 'oci:out', `${registry.host}/app:1`];
    const { code, out } = await rightarch(push, { signal: 'SIGINT', afterMs: 2500 });
    expect(code, out).toBe(3);
    expect([...registry.repository('app').tags.keys()]).toEqual([]);
    registry.calm();
    expect(await rightarch(push)).toMatchObject({ code: 0 });
    expect([...registry.repository('app').tags.keys()]).toEqual(['1']);
  } finally {
    await registry.close();
  }
});

it('a reader that leaves changes neither what is done nor its status', () => {
  const command = `set -o pipefail; node '${BIN}' verify oci:out --for lambda:arm64 | head -1; echo "status $?"`;
  const out = execFileSync('bash', ['-c', command], { cwd: context, encoding: 'utf8' });
  expect(out).toContain('OCI layout');
  expect(out).toContain('status 1');
});
