import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { generatedLayer, type LayerFiles, layoutOf, realLayer } from './fixtures.ts';
import { compare, type Row, race } from './measure.ts';
import { bases, builtLibrary, type Library, needBases, peakMemory, rightarch, workplace } from './workspace.ts';

const cache = join(workplace, 'verify-cache');

/** The least that reading a layer costs, measured in `least.mjs`. */
function openLeast() {
  const thread = new Worker(new URL('./least.mjs', import.meta.url));
  const run = async (what: 'inflate' | 'sha256', file: string): Promise<void> => {
    thread.postMessage({ what, file });
    await once(thread, 'message');
  };
  return { run, close: () => thread.terminate() };
}

async function verify(library: Library, directory: string) {
  const source = library.openLayout(directory);
  try {
    return await library.verifyTree(await library.openTree(source, await source.resolve(undefined)));
  } finally {
    await source.close();
  }
}

/** The codes of everything that was found in the one image of a layout. */
async function codesOf(library: Library, directory: string): Promise<readonly string[]> {
  const { platforms } = await verify(library, directory);
  return platforms.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
}

async function measureLayer(library: Library, layer: LayerFiles, rounds: number): Promise<readonly Row[]> {
  const directory = layoutOf(layer);
  const lying = layoutOf(layer, { lie: true });
  // A verify that does not check diffIDs would be fast, and worthless.
  const proof = await verify(library, lying);
  const refuted = proof.platforms.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
  if (proof.verdict !== 'refuted' || !refuted.includes('proof/diff-id-mismatch')) {
    throw new Error(`the false diffID of ${layer.name} was not refuted: ${proof.verdict}, ${refuted.join(' ')}`);
  }
  const honest = await codesOf(library, directory);
  if (honest.some((code) => code.startsWith('proof/diff-id') || code.startsWith('proof/layer'))) {
    throw new Error(`the true layer ${layer.name} was not read as it is: ${honest.join(' ')}`);
  }
  const least = openLeast();
  const [verified, inflated, hashed] = await race(
    [
      { name: 'verify', run: async () => void (await verify(library, directory)) },
      { name: 'inflate', run: () => least.run('inflate', layer.packed) },
      { name: 'sha256', run: () => least.run('sha256', layer.unpacked) },
    ],
    // Our code is compiled by V8 as it runs; Node's inflate is compiled already.
    { rounds, warmUp: 3 },
  );
  await least.close();
  const slower = inflated!.median >= hashed!.median ? inflated! : hashed!;
  const size = `${Math.round(layer.size / 1e6)} MB, ${Math.round(layer.unpackedSize / 1e6)} MB unpacked`;
  const memory = await peakMemory(['verify', '--no-cache', `oci:${directory}`], cache);
  const started = await race(
    [
      {
        name: 'rightarch verify',
        run: async () =>
          void (await rightarch(['verify', '--no-cache', `oci:${directory}`], { cache, accept: [0, 1] })),
      },
    ],
    { rounds: 3 },
  );
  return [
    compare('verify', `${layer.name} layer (${size}), its twin with a false diffID refuted`, verified!, slower, {
      bar: { most: 1.15 },
      note: `inflate ${Math.round(inflated!.median)} ms, sha256 ${Math.round(hashed!.median)} ms`,
    }),
    {
      part: 'verify',
      what: `\`rightarch verify --no-cache\` of it, from start to exit`,
      ms: started[0]!.median,
      note: `peak memory ${Math.round(memory / 1e6)} MB`,
    },
  ];
}

/** The whole index of node:22-slim, both platforms, as typed; with nothing known, and with everything known. */
async function measureIndex(rounds: number): Promise<readonly Row[]> {
  const image = `oci:${bases}:docker.io/library/node:22-slim`;
  const go = async () => void (await rightarch(['verify', image], { cache, accept: [0, 1] }));
  const [cold, warm] = await race(
    [
      { name: 'nothing known', prepare: () => rmSync(cache, { recursive: true, force: true }), run: go },
      { name: 'everything known', prepare: go, run: go },
    ],
    { rounds },
  );
  return [
    { part: 'verify', what: 'node:22-slim, two platforms, nothing known', ms: cold!.median },
    compare('verify', 'node:22-slim, two platforms, every layer known', warm!, cold!),
  ];
}

/** Issue 2, piece 12: `verify` of real layers against the least that reading them costs. */
export async function benchVerify({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  await needBases();
  const library = await builtLibrary();
  const rows: Row[] = [];
  for (const layer of [await realLayer('debian', 0), await realLayer('node', 2), await generatedLayer()]) {
    rows.push(...(await measureLayer(library, layer, rounds)));
  }
  rows.push(...(await measureIndex(Math.min(rounds, 5))));
  return rows;
}
