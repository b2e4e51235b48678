import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEmbeddedEngine } from '../packages/rightarch/src/build/index.ts';
import { parsePlatform } from '../packages/rightarch/src/core/index.ts';
import { testImage } from '../packages/rightarch/src/testing/index.ts';
import { buildHere, writeContext } from './support/build-case-here.ts';
import { smallBases } from './support/build-cases/small-bases.ts';
import { buildCases } from './support/build-cases.ts';
import { differences, type ImageListing, listImage } from './support/image-listing.ts';
import { isPermitted } from './support/permitted-differences.ts';

// What a BuildKit of this year made of the cases that need no program in their base. The live test asks the one that
// Debian has, which is two years older: it lacks --parents and --exclude and makes directories in another way.

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'support', 'build-cases', 'recorded.json'), 'utf8'),
) as { readonly cases: Readonly<Record<string, readonly string[] | 'fails'>> };

const directory = mkdtempSync(join(tmpdir(), 'rightarch-recorded-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const engine = createEmbeddedEngine({
  cacheDirectory: join(directory, 'cache'),
  buildPlatform: parsePlatform('linux/amd64')!,
  openBase: ({ repository, tag }) => testImage(smallBases[`${repository.replace('library/', '')}:${tag}`]!).tree(),
});

/** The listing of the base with the recorded lines in it. */
async function theirs(lines: readonly string[]): Promise<ImageListing> {
  const layout = join(directory, 'base');
  await testImage(smallBases['small:base']!).writeLayout(layout, 'base');
  const base = await listImage({ layout, name: 'base' });
  const [files, config] = [new Map(base.files), new Map(base.config)];
  for (const line of lines) {
    const end = line.indexOf(': ');
    const [key, value] = [line.slice(0, end), line.slice(end + 2)];
    const kind = key.startsWith('/') ? files : config;
    if (value === 'absent') kind.delete(key);
    else kind.set(key, value);
  }
  return { files, config };
}

const cases = Object.entries(recorded.cases).map(([name, result], index) => ({ name, result, tag: `case-${index}` }));

describe('as a BuildKit of 2026 builds it', () => {
  it.each(cases)('$name', async ({ name, result, tag }) => {
    const one = buildCases.find((other) => other.name === name)!;
    const place = join(directory, tag);
    const layout = join(place, 'ours');
    const refused = await buildHere(engine, one, { context: writeContext(one, join(place, 'context')), layout });
    expect(refused).toBe(one.fails ?? one.refused);
    if (result === 'fails') return expect(refused).toBeDefined();
    if (refused !== undefined) return expect(one.refused).toBeDefined();
    const found = differences(await listImage({ layout, name: 'app' }), await theirs(result));
    expect(found.filter((line) => !isPermitted(line, 'embedded'))).toEqual([]);
  });
});
