import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runImage } from '../../tools/oracle/run-image.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { isFull } from '../support/sampled.ts';

const directory = mkdtempSync(join(tmpdir(), 'rightarch-hono-'));
const layout = join(directory, 'hono-app');

/** The command line as a user has it, built, in the example's own directory. */
function rightarch(...args: string[]): string {
  const bin = join(REPOSITORY, 'packages', 'rightarch', 'bin', 'rightarch.js');
  const env = { ...process.env, RIGHTARCH_CACHE: join(directory, 'cache') };
  const cwd = join(REPOSITORY, 'examples', 'hono-app');
  return execFileSync(process.execPath, [bin, ...args], { cwd, encoding: 'utf8', env });
}

beforeAll(() => {
  needBases();
  rightarch('build', '--mirror', `docker.io=oci:${BASES}`, '-o', `oci:${layout}`);
}, 600_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each([
  ['linux/amd64', 'x64'],
  ['linux/arm64', 'arm64'],
] as const)('hono-app, built for two platforms, on %s', (platform, architecture) => {
  it.concurrent('starts as its Dockerfile says and draws with sharp', async () => {
    const result = await runImage({ layout, platform, http: { port: 8080, path: '/img' }, timeoutMs: 300_000 });
    expect(result.http, result.output).toMatchObject({ status: 200 });
    expect(result.output).toContain(`listening on 8080, ${architecture}`);
    const body = result.http!.body;
    expect(body.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect([body.readUInt32BE(16), body.readUInt32BE(20)]).toEqual([320, 160]);
    expect(result.http!.headers).toContain('Content-Length:');
  });

  if (isFull || platform === 'linux/amd64')
    it.concurrent('tells which CPU it runs on', async () => {
      const result = await runImage({ layout, platform, http: { port: 8080, path: '/' }, timeoutMs: 300_000 });
      expect(JSON.parse(result.http?.body.toString() ?? 'null')).toMatchObject({ architecture, node: 'v22.23.3' });
    });
});
