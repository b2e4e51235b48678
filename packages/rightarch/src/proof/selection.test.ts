import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentsOf, type Shape } from '../../../../tools/selection/shapes.ts';
import { type Digest, digestOf, parsePlatform } from '../core/index.ts';
import { mediaTypes, openTree } from '../oci/index.ts';
import { findTarget, type Target } from '../target/index.ts';
import { testSource } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

/** What was recorded by running the runtimes' own code (tools/selection): which entry of an index they take, -1 none. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../testdata/selection/recorded.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly (Shape & { readonly takes: Readonly<Record<'containerd' | 'cri-o', number>> })[];
};

async function takenBy(selection: Target['selection'], shape: Shape): Promise<Digest | undefined> {
  const { index, blobs } = documentsOf(shape);
  const root = { mediaType: mediaTypes.ociIndex, digest: digestOf(index), size: index.length };
  const source = testSource({ name: 'test:shape', root, blobs: new Map([...blobs, [root.digest, index]]) });
  const target = { ...findTarget('kubernetes')!, selection };
  const ask = { name: 'host', target, platforms: [parsePlatform(shape.host)!], decidedBy: 'declared' as const };
  const { targets } = await verifyTree(await openTree(source, root), { targets: [ask] });
  return targets[0]?.entries[0]?.selected?.digest;
}

test.each(['containerd', 'cri-o'] as const)(
  'what %s takes from an index is what its own code takes',
  async (selection) => {
    const wrong: unknown[] = [];
    for (const { takes, ...shape } of cases) {
      const ours = await takenBy(selection, shape);
      const theirs = documentsOf(shape).digests[takes[selection]];
      if (ours !== theirs)
        wrong.push({ ...shape, ours: documentsOf(shape).digests.indexOf(ours!), theirs: takes[selection] });
    }
    expect(wrong).toEqual([]);
  },
);
