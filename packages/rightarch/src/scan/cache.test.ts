import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../core/index.ts';
import { ownName } from '../oci/own-name.ts';
import { decodeName } from '../tar/index.ts';
import { openScanCache, type ScanKey } from './cache.ts';
import type { LayerFacts } from './types.ts';

let directory: string;
let time = 1_700_000_000_000;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scan-cache-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));
const cache = (limit?: number) => openScanCache({ directory, limit, now: () => (time += 1000) });

const keyOf = (name: string): ScanKey => ({ digest: digestOf(name), diffId: digestOf(`${name} tar`), keep: 'k' });
function factsOf({ digest, diffId }: { digest: Digest; diffId: Digest }, path = 'a'): LayerFacts {
  const common = { mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', mtime: 1.5, link: '' };
  const files = [
    {
      ...common,
      path,
      type: 'file' as const,
      size: 3,
      program: { kind: 'other' as const },
      content: Buffer.from([0, 255, 10]),
    },
    { ...common, path: decodeName(Buffer.from([0xe9])), type: 'symlink' as const, size: 0 },
  ];
  return { digest, diffId, size: 10, unpackedSize: 20, files, problems: [], complete: true };
}
/** One directory for each version of what is kept; a test sees only its own. */
const place = async () => join(directory, (await readdir(directory))[0]!);
const entries = async () => (await readdir(await place())).sort();
const fileOf = async () => join(await place(), (await entries())[0]!);

describe('the scan cache', () => {
  it('gives back what was put, bytes included', async () => {
    const key = keyOf('one');
    await cache().put(key, factsOf(key));
    expect(await cache().get(key)).toEqual(factsOf(key));
    expect(await cache().get({ ...key, keep: 'other' })).toBeUndefined();
    expect(await cache().get({ ...key, diffId: digestOf('other') })).toBeUndefined();
  });

  it('remembers nothing that is incomplete or not what its key says', async () => {
    const key = keyOf('one');
    await cache().put(key, { ...factsOf(key), complete: false });
    await cache().put(key, factsOf(keyOf('two')));
    expect(await cache().get(key)).toBeUndefined();
  });

  it('an entry that is damaged anywhere is a miss and is removed', async () => {
    const key = keyOf('one');
    await cache().put(key, factsOf(key));
    const whole = await readFile(await fileOf());
    for (let at = 0; at < whole.length; at += 7) {
      const hostile = Buffer.from(whole);
      hostile[at] = hostile[at]! ^ 0x20;
      await writeFile(await fileOf().catch(() => ''), hostile).catch(() => undefined);
      expect(await cache().get(key), `byte ${at}`).toBeUndefined();
      await cache().put(key, factsOf(key));
    }
    await truncate(await fileOf(), 40);
    expect(await cache().get(key)).toBeUndefined();
    expect(await entries()).toEqual([]);
  });

  it('an entry under the name of another is a miss', async () => {
    const [one, two] = [keyOf('one'), keyOf('two')];
    await cache().put(one, factsOf(one));
    const bytes = await readFile(await fileOf());
    await rm(await fileOf());
    await cache().put(two, factsOf(two));
    await writeFile(await fileOf(), bytes);
    expect(await cache().get(two)).toBeUndefined();
  });

  it('the least recently used go first', async () => {
    const [a, b, c] = [keyOf('a'), keyOf('b'), keyOf('c')];
    await cache().put(a, factsOf(a));
    const { size } = await stat(await fileOf());
    const bounded = cache(size * 2 + 20);
    await bounded.put(b, factsOf(b));
    expect(await bounded.get(a)).toBeDefined();
    await bounded.put(c, factsOf(c));
    expect(await bounded.get(b)).toBeUndefined();
    expect(await bounded.get(a)).toBeDefined();
    expect(await bounded.get(c)).toBeDefined();
  });

  it('concurrent runs end with one whole entry and no leftovers', async () => {
    const key = keyOf('one');
    await Promise.all(Array.from({ length: 20 }, () => cache().put(key, factsOf(key))));
    expect(await entries()).toHaveLength(1);
    expect(await cache().get(key)).toBeDefined();
  });

  it('what a killed run left is removed, what another one writes is not', async () => {
    const [one, two] = [keyOf('one'), keyOf('two')];
    await cache().put(one, factsOf(one));
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const [mine, dead] = [ownName(), ownName().replace(/^\d+/, `${pid}`)].map((name) => `x.entry.${name}.tmp`);
    for (const name of [mine!, dead!]) await writeFile(join(await place(), name), 'half');
    await cache().put(two, factsOf(two));
    expect((await entries()).filter((name) => name.endsWith('.tmp'))).toEqual([mine]);
  });

  it('entries of another version count, and go like the rest', async () => {
    const before = join(directory, 'scan-v1', 'old.entry');
    await mkdir(join(directory, 'scan-v1'));
    await writeFile(before, Buffer.alloc(5000));
    await utimes(before, 1, 1);
    const key = keyOf('one');
    const openWith = (limit: number) => openScanCache({ directory, limit, now: () => time });
    await openWith(10_000).put(key, factsOf(key));
    expect((await stat(before)).size).toBe(5000);
    await openWith(5000).put(key, factsOf(key));
    await expect(stat(before)).rejects.toThrow('ENOENT');
    expect(await openWith(5000).get(key)).toBeDefined();
  });

  it('a directory that cannot be made is a miss, not an error', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const broken = openScanCache({ directory: file, now: () => time });
    const key = keyOf('one');
    await broken.put(key, factsOf(key));
    expect(await broken.get(key)).toBeUndefined();
  });
});
