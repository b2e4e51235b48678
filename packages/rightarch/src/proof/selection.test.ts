import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentsOf, type Shape, writtenPlatform } from '../../../../tools/selection/shapes.ts';
import { type Digest, digestOf, normalizePlatform, type Platform } from '../core/index.ts';
import { mediaTypes, openTree } from '../oci/index.ts';
import { findTarget, type Target } from '../target/index.ts';
import { testSource } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

/** What was recorded by running the runtimes' own code (tools/selection): which entry of an index they take, -1 none. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../testdata/selection/recorded.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly (Shape & {
    readonly takes: Readonly<Record<'containerd' | 'containerd-2.2' | 'cri-o', number>>;
  })[];
};

function hostOf(text: string): Platform {
  const { 'os.features': osFeatures, ...platform } = writtenPlatform(text);
  return normalizePlatform({ ...platform, ...(osFeatures === undefined ? {} : { osFeatures }) });
}

async function takenBy(selection: Target['selection'], shape: Shape): Promise<Digest | undefined> {
  const { index, blobs } = documentsOf(shape);
  const root = { mediaType: mediaTypes.ociIndex, digest: digestOf(index), size: index.length };
  const source = testSource({ name: 'test:shape', root, blobs: new Map([...blobs, [root.digest, index]]) });
  const target = { ...findTarget('kubernetes')!, selection };
  const ask = { name: 'host', target, platforms: [hostOf(shape.host)], decidedBy: 'declared' as const };
  const { targets } = await verifyTree(await openTree(source, root), { targets: [ask] });
  return targets[0]?.entries[0]?.selected?.digest;
}

/** Which containerd a node has is not known: what is taken before and since it heeds os.features must be one. */
const TAKEN = {
  containerd: ({ containerd, 'containerd-2.2': before }) => (containerd === before ? containerd : -1),
  'cri-o': (takes) => takes['cri-o'],
} as const satisfies Record<string, (takes: (typeof cases)[number]['takes']) => number>;

test.each(['containerd', 'cri-o'] as const)(
  'what %s takes from an index is what its own code takes',
  async (selection) => {
    const wrong: unknown[] = [];
    for (const { takes, ...shape } of cases) {
      const ours = await takenBy(selection, shape);
      const theirs = documentsOf(shape).digests[TAKEN[selection](takes)];
      if (ours !== theirs)
        wrong.push({ ...shape, ours: documentsOf(shape).digests.indexOf(ours!), theirs: TAKEN[selection](takes) });
    }
    expect(wrong).toEqual([]);
  },
);

test('the record holds indexes of which the versions of containerd take different entries, and such where they agree', () => {
  const withFeatures = cases.filter(({ entries }) => entries.some(({ platform }) => platform?.includes('+')));
  const apart = withFeatures.filter(({ takes }) => takes.containerd !== takes['containerd-2.2']);
  expect(apart.length).toBeGreaterThan(20);
  expect(withFeatures.filter(({ takes }) => takes.containerd >= 0).length).toBeGreaterThan(apart.length / 2);
});
