import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elfBytes, startRegistry, type TestRegistry } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

const directory = mkdtempSync(join(tmpdir(), 'rightarch-unwritten-'));
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  mkdirSync(join(directory, 'context'));
  mkdirSync(join(directory, 'elsewhere'));
  // Nothing can be written below a file, not even by root.
  writeFileSync(join(directory, 'file'), '');
  writeFileSync(join(directory, 'elsewhere', '.rightarch'), '');
  writeFileSync(join(directory, 'context', 'app'), elfBytes({ machine: 'amd64' }));
  chmodSync(join(directory, 'context', 'app'), 0o755);
  writeFileSync(join(directory, 'context', 'Dockerfile'), 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n');
  expect((await typeLine(directory, ['build', '-o', 'oci:out', 'context'])).status).toBe(0);
});
afterAll(async () => {
  await registry.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('a place that cannot be written is one diagnostic with its path', () => {
  it.each([
    ['the layout', ['build', '-o', 'oci:file/out', 'context']],
    ['the archive', ['build', '-o', 'archive:file/out.tar', 'context']],
    ['--metadata-file', ['build', '--metadata-file', 'file/meta.json', 'context']],
    ['--iidfile', ['build', '--iidfile', 'file/id', 'context']],
    ['--sarif', ['verify', 'oci:out', '--sarif', 'file/a.sarif']],
    ['--html', ['verify', 'oci:out', '--html', 'file/a.html']],
  ] as const)('%s', async (_what, args) => {
    const { status, all } = await typeLine(directory, args);
    expect(status, all).toBe(3);
    expect(all.match(/^error\[/gm), all).toHaveLength(1);
    expect(all).toMatch(/^error\[.*`file/m);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    ['.rightarch of a build', ['build', '../context']],
    ['.rightarch of a plan', ['plan', '../context']],
    ['.rightarch of a shipment', ['ship', '-t', 'REGISTRY/app:1', '../context']],
  ])('%s', async (_what, args) => {
    const line = args.map((word) => word.replace('REGISTRY', registry.host));
    const { status, all } = await typeLine(join(directory, 'elsewhere'), line);
    expect(status, all).toBe(3);
    expect(all.match(/^error\[/gm), all).toHaveLength(1);
    expect(all).toMatch(/^error\[.*`\.rightarch/m);
    expect([...registry.repository('app').tags.keys()]).toEqual([]);
  });
});

/** What is only kept to save time next time decides nothing. */
describe('a cache that cannot be written', () => {
  const env = { RIGHTARCH_CACHE: join(directory, 'file', 'cache') };

  it('changes nothing of a proof, and is not spoken of', async () => {
    const with_ = await typeLine(directory, ['verify', 'oci:out']);
    expect(await typeLine(directory, ['verify', 'oci:out'], { env })).toEqual(with_);
    expect(with_).toMatchObject({ status: 0, err: '' });
  });

  it('stops no push', async () => {
    const { status, all } = await typeLine(directory, ['push', 'oci:out', `${registry.host}/pushed:1`], { env });
    expect(status, all).toBe(0);
    expect([...registry.repository('pushed').tags.keys()]).toEqual(['1']);
  });

  it('is where a build puts its layers, and ends it', async () => {
    const { status, all } = await typeLine(directory, ['build', '-o', 'oci:other', 'context'], { env });
    expect(status, all).toBe(3);
    expect(all.match(/^error\[/gm)).toHaveLength(1);
    expect(all).toContain('error[engine/write-failed]: `file/cache/build` cannot be written');
    expect(existsSync(join(directory, 'other', 'oci-layout'))).toBe(false);
  });
});

describe('an answer that was not taken to its end', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });

  it.each([
    ['text', ['verify', 'oci:out']],
    ['JSON', ['verify', 'oci:out', '--json']],
    ['help', ['help', 'verify']],
  ] as const)('of %s is no answer: status 3, and why on stderr', async (_what, args) => {
    const { status, err } = await typeLine(directory, args, { outFailure: () => full });
    expect(status).toBe(3);
    expect(err.match(/^error\[/gm)).toHaveLength(1);
    expect(err).toContain('error[cli/write-failed]: `stdout` cannot be written: the disk is full');
  });
});
