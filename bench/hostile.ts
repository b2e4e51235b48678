import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { layoutOf, namesLayer } from './fixtures.ts';
import type { Row } from './measure.ts';
import { builtLibrary, peakMemory, rightarch, workplace } from './workspace.ts';

/** What a layer that nobody needs may cost whoever reads it: it is undecided, in bounded time and memory. */
export async function benchHostile(): Promise<readonly Row[]> {
  await builtLibrary();
  const layer = await namesLayer();
  const directory = layoutOf(layer);
  const cache = join(workplace, 'hostile-cache');
  rmSync(cache, { recursive: true, force: true });
  const said = JSON.parse(await rightarch(['verify', '--json', `oci:${directory}`], { cache, accept: [1] }));
  if (said.verdict !== 'undecided') throw new Error(`10,000,000 entries are ${said.verdict}`);
  const begin = performance.now();
  const memory = await peakMemory(['verify', '--no-cache', `oci:${directory}`], cache);
  return [
    {
      part: 'hostile',
      what: `\`rightarch verify\` of a layer of 10,000,000 entries (${(layer.unpackedSize / 1e9).toFixed(1)} GB, ${Math.round(layer.size / 1e6)} MB packed), undecided`,
      ms: performance.now() - begin,
      note: `peak memory ${Math.round(memory / 1e6)} MB`,
      bytes: memory,
      bar: { mostBytes: 512e6 },
    },
  ];
}
