import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { largeLayer, layoutOf, type PackedLayer, smallFilesLayer } from './fixtures.ts';
import type { Row } from './measure.ts';
import { builtLibrary, peakMemory, workplace } from './workspace.ts';

const cache = join(workplace, 'large-cache');

async function measure(layer: PackedLayer, what: string): Promise<readonly Row[]> {
  const directory = layoutOf(layer);
  const one = async (how: string, ...flags: string[]): Promise<Row> => {
    const begin = performance.now();
    const memory = await peakMemory(['verify', ...flags, `oci:${directory}`], cache);
    const note = `${how}: peak memory ${Math.round(memory / 1e6)} MB`;
    return {
      part: 'large',
      what: `\`rightarch verify\` of ${what}`,
      ms: performance.now() - begin,
      note,
      bytes: memory,
      bar: { mostBytes: 300e6 },
    };
  };
  rmSync(cache, { recursive: true, force: true });
  return [await one('nothing known'), await one('its layer known')];
}

/** What the size of an image does to memory: its bytes, and the number of its files. */
export async function benchLarge(): Promise<readonly Row[]> {
  await builtLibrary();
  const large = await largeLayer();
  const size = `${(large.unpackedSize / 1e9).toFixed(1)} GB in 42,000 files (${(large.size / 1e9).toFixed(1)} GB packed)`;
  return [...(await measure(large, size)), ...(await measure(await smallFilesLayer(), '300,000 small files'))];
}
