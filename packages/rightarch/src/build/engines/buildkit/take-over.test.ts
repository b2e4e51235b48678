import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parsePlatform } from '../../../core/index.ts';
import { copyTree, createLayoutSink, openLayout, openTree } from '../../../oci/index.ts';
import { testIndex } from '../../../testing/index.ts';
import type { BuildRequest } from '../../types.ts';
import { takeOver } from './take-over.ts';

const directory = mkdtempSync(join(tmpdir(), 'rightarch-take-over-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const PLATFORMS = ['linux/amd64', 'linux/arm64'].map((text) => parsePlatform(text)!);
const REQUEST = { name: 'app', annotations: {} } as unknown as BuildRequest;

/** What a builder of one platform leaves: its image, and what it states of it. */
async function leave(architecture: string) {
  const layout = join(directory, architecture);
  const made = testIndex({
    images: [{ platform: `linux/${architecture}`, files: [{ path: 'app', content: architecture }] }],
    attestations: { provenance: { of: architecture } },
  });
  const sink = createLayoutSink(layout);
  await sink.tag('latest', await copyTree(await openTree(made.source('oci:made'), made.descriptor), sink));
  await sink.close();
  return { layout, platforms: PLATFORMS.filter((one) => one.architecture === architecture) };
}

test('whichever builder is done first, the index is the same: images, then what is stated of each', async () => {
  const left = [await leave('amd64'), await leave('arm64')];
  const taken = async (name: string, parts: typeof left) =>
    takeOver(parts, REQUEST, { directory: join(directory, name) }, {});
  const [one, other] = [await taken('one', left), await taken('other', left.toReversed())];
  expect(other.root.digest).toBe(one.root.digest);
  const source = openLayout(join(directory, 'one'));
  const { images, attestations } = await openTree(source, one.root);
  await source.close();
  expect(attestations.map(({ annotations }) => annotations?.['vnd.docker.reference.digest'])).toEqual(
    images.map(({ descriptor }) => descriptor.digest),
  );
});
