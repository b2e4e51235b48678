import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ImageTree, openLayout, openTree } from '../../../oci/index.ts';
import { type LayerFacts, openScanCache, scanImage } from '../../../scan/index.ts';
import { elfBytes, testIndex } from '../../../testing/index.ts';
import { debianLike, engineIn, request, workspace } from './test-workspace.ts';

const base = testIndex({ images: [debianLike('linux/amd64'), debianLike('linux/arm64')] });
const dockerfile = `FROM base
COPY . /app
RUN mkdir -p /data/x && echo '#!/bin/sh' > /entry.sh
COPY --from=base /etc/passwd /copy
`;

async function built(directory: string, more: { readonly limit?: number; readonly now?: () => number } = {}) {
  const scans = openScanCache({ directory: join(directory, 'scan'), now: more.now ?? (() => 0) });
  const options = { scans, ...(more.now ? { now: more.now } : {}), ...(more.limit ? { cacheLimit: more.limit } : {}) };
  const engine = engineIn(directory, { 'base:latest': base }, options);
  const plan = await engine.plan(request(directory));
  const out = join(directory, 'out');
  const result = await engine.build(request(directory), plan, { directory: out, name: 'app' });
  const source = openLayout(out);
  return { scans, result, tree: await openTree(source, await source.resolve('app')) };
}

/** Facts of all layers, and how many compressed bytes were unpacked for them. */
async function scanned(tree: ImageTree, cache: ReturnType<typeof openScanCache> | undefined) {
  let unpacked = 0;
  const onBytes = (count: number) => {
    unpacked += count;
  };
  const facts: LayerFacts[] = [];
  for (const image of tree.images) facts.push(...(await scanImage(tree, image, { cache, onBytes })));
  return { unpacked, facts };
}

test('a proof right after the build unpacks no layer, and gets what it would have read', async () => {
  const elf = elfBytes({ machine: 183, interpreter: '/lib/ld-linux-aarch64.so.1' });
  const directory = await workspace({ Dockerfile: dockerfile, 'bin/tool': elf, 'etc/passwd': 'none' });
  const { scans, tree } = await built(directory);
  const known = await scanned(tree, scans);
  expect(known.unpacked).toBe(0);
  expect(known.facts.map(({ earlier }) => earlier)).toEqual(known.facts.map(() => true));
  const fresh = await scanned(tree, undefined);
  expect(fresh.unpacked).toBeGreaterThan(1000);
  const facts = known.facts.map(({ earlier: _, ...one }) => one);
  expect(facts).toEqual(fresh.facts);
});

test('a layer that another build needs, and that only a proof has read, is not read again', async () => {
  const directory = await workspace({ Dockerfile: dockerfile });
  const first = await built(directory);
  await rm(join(directory, 'cache'), { recursive: true });
  await rm(join(directory, 'out'), { recursive: true });
  const second = await built(directory);
  expect(second.result).toEqual(first.result);
  // With the facts at hand no content was unpacked before somebody asked for one.
  const spots = await readdir(join(directory, 'cache/build/layer-spots'));
  expect(spots.filter((name) => name.includes('likely'))).toEqual([]);
  expect(spots.filter((name) => name.endsWith('.data'))).not.toEqual([]);
});

test('a build over a cache that is far too small is the same build', async () => {
  let time = 1_700_000_000_000;
  const now = () => time;
  const directory = await workspace({ Dockerfile: dockerfile, a: 'a'.repeat(10_000) });
  const first = await built(directory, { now });
  time += 2 * 60 * 60 * 1000;
  await writeFile(join(directory, 'context/b'), 'b');
  await built(directory, { now, limit: 1 });
  await rm(join(directory, 'context/b'));
  await rm(join(directory, 'out'), { recursive: true });
  time += 2 * 60 * 60 * 1000;
  const third = await built(directory, { now, limit: 1 });
  expect(third.result).toEqual(first.result);
  expect(third.tree.problems).toEqual([]);
});
