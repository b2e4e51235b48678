import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownName } from '../../oci/own-name.ts';
import { boundPackages } from './bound-packages.ts';
import { parseIntegrity } from './integrity.ts';
import { openPackage, sweepPackages } from './package-store.ts';
import { startRegistry, type TestRegistry } from './test-registry.ts';

let cache: string;
let registry: TestRegistry;
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'rightarch-packages-'));
  const names = ['a', 'b', 'c', 'd'];
  registry = await startRegistry(names.map((name) => ({ name, version: '1.0.0', files: { text: name.repeat(5000) } })));
});
afterEach(async () => {
  await registry.close();
  rmSync(cache, { recursive: true, force: true });
});

/** Gives the file that says when it was last used. */
async function use(name: string): Promise<string> {
  const integrity = parseIntegrity(registry.integrity(name, '1.0.0'))!;
  const url = `${registry.url}${name}/-/${name}-1.0.0.tgz`;
  const { files, content } = await openPackage({ name, url, integrity }, { cacheDirectory: cache });
  for (const file of files) for await (const _ of content(file).open());
  return join(cache, 'npm/3/sha512', integrity.hex.slice(0, 2), `${integrity.hex}.json`);
}

const HOUR = 60 * 60 * 1000;
const fetched = (name: string) => registry.asked.filter(({ path }) => path.includes(`/${name}-`)).length;

test('the packages used least recently go where there are too many, whole, and come again when they are asked for', async () => {
  const files = new Map<string, string>();
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    const file = await use(name);
    files.set(name, file);
    const then = (Date.now() - (10 - index) * HOUR) / 1000;
    for (const one of [file, file.replace(/json$/, 'tar')]) utimesSync(one, then, then);
  }
  await use('a');
  await use('d');
  const whole = [files.get('a')!, files.get('a')!.replace(/json$/, 'tar')].reduce(
    (sum, one) => sum + statSync(one).size,
    0,
  );
  // Room for three: a was used longest ago but for now, so b goes.
  await boundPackages(cache, { limit: whole * 3.5, now: Date.now() });
  const left = readdirSync(join(cache, 'npm/3/sha512'), { recursive: true }).filter((name) => /\./.test(String(name)));
  expect(left).toHaveLength(6);
  for (const name of ['a', 'b', 'c', 'd']) await use(name);
  expect(['a', 'b', 'c', 'd'].map(fetched)).toEqual([1, 2, 1, 1]);
});

test('what was used within the hour stays, and where nothing came nothing is looked at', async () => {
  const file = await use('a');
  await boundPackages(cache, { limit: 1, now: Date.now() });
  await boundPackages(cache, { limit: 1, now: Date.now() + 2 * HOUR });
  expect(statSync(file).isFile()).toBe(true);
  await use('b');
  await boundPackages(cache, { limit: 1, now: Date.now() + 2 * HOUR });
  expect(() => statSync(file)).toThrow('ENOENT');
});

test('what killed runs left of packages goes, with its index', async () => {
  const tmp = join(cache, 'npm', 'tmp');
  mkdirSync(tmp, { recursive: true });
  const dead = ownName().replace(/^\d+/, `${spawnSync(process.execPath, ['-e', '']).pid}`);
  const mine = ownName();
  for (const name of [dead, mine]) for (const end of ['', '.json']) writeFileSync(join(tmp, `${name}${end}`), '');
  await sweepPackages(cache);
  expect(readdirSync(tmp).sort()).toEqual([mine, `${mine}.json`]);
});
