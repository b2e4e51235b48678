import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elfBytes, startRegistry } from '../../packages/rightarch/src/testing/index.ts';

const BIN = join(import.meta.dirname, '..', '..', 'packages', 'rightarch', 'bin', 'rightarch.js');
const directory = mkdtempSync(join(tmpdir(), 'rightarch-kill-'));
const context = join(directory, 'context');
const small = join(directory, 'small');

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** The command line as a user has it, ended by a signal after so many milliseconds where one is given. */
async function rightarch(
  args: readonly string[],
  how: { readonly cache?: string; readonly signal?: 'SIGINT' | 'SIGKILL'; readonly afterMs?: number } = {},
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
    .filter((name) => name.endsWith('.tmp'));

beforeAll(() => {
  mkdirSync(context);
  mkdirSync(small);
  writeFileSync(join(context, 'app'), elfBytes({ machine: 'amd64' }));
  chmodSync(join(context, 'app'), 0o755);
  // Random bytes: nothing compresses them, so that the build is long enough to be met in its middle.
  writeFileSync(join(context, 'data'), randomBytes(48_000_000));
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY data /data\nCOPY app /app\nENTRYPOINT ["/app"]\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each([
  ['SIGINT', 400],
  ['SIGINT', 900],
  ['SIGINT', 1500],
  ['SIGKILL', 400],
  ['SIGKILL', 900],
  ['SIGKILL', 1500],
] as const)('a build that gets %s after %i ms', (signal, afterMs) => {
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

describe('a full disk', () => {
  beforeAll(() => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]);
  });
  afterAll(() => {
    execFileSync('umount', [small]);
  });

  it.each([
    ['under the layout', ['-o', `oci:${join(small, 'out')}`], undefined],
    ['under the archive', ['-o', `archive:${join(small, 'out.tar')}`], undefined],
    ['under the cache', ['--no-cache'], join(small, 'cache')],
  ] as const)('%s is one diagnostic, and nothing half-written stays', async (_where, flags, cache) => {
    const { code, out } = await rightarch(['build', ...flags, '.'], cache === undefined ? {} : { cache });
    expect(code, out).toBe(3);
    expect(out.match(/^error\[/gm)).toHaveLength(1);
    expect(out).toContain('ENOSPC');
    expect(out).not.toMatch(/^ {4}at /m);
    expect(unfinished(small)).toEqual([]);
    expect(existsSync(join(small, 'out.tar'))).toBe(false);
  });

  it('under a result file leaves no result file', async () => {
    try {
      writeFileSync(join(small, 'fill'), Buffer.alloc(8_000_000));
    } catch {
      // That it does not fit is the point.
    }
    const { code, out } = await rightarch(['build', '-q', '--iidfile', join(small, 'iid'), '.']);
    expect(code, out).toBe(3);
    expect(out).toContain(`error[cli/write-failed]: \`${join(small, 'iid')}\``);
    expect(existsSync(join(small, 'iid'))).toBe(false);
  });
});

it('a reader that leaves changes neither what is done nor its status', () => {
  const command = `set -o pipefail; node '${BIN}' verify oci:out --for lambda:arm64 | head -1; echo "status $?"`;
  const out = execFileSync('bash', ['-c', command], { cwd: context, encoding: 'utf8' });
  expect(out).toContain('OCI layout');
  expect(out).toContain('status 1');
});
