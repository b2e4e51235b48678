import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parsePlatform } from '../../../core/index.ts';
import { copyTree, createLayoutSink, openLayout, openTree } from '../../../oci/index.ts';
import { testIndex } from '../../../testing/index.ts';
import { requestFor } from '../../test-request.ts';
import type { BuildRequest, RunProgram } from '../../types.ts';
import { createBuildKitEngine } from './engine.ts';
import { takeOver } from './take-over.ts';

const directory = mkdtempSync(join(tmpdir(), 'rightarch-take-over-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const PLATFORMS = ['linux/amd64', 'linux/arm64'].map((text) => parsePlatform(text)!);
const REQUEST = { name: 'app', annotations: {} } as unknown as BuildRequest;

const REMOTE = 'Name:   far\nDriver: remote\n\nNodes:\nName:   far0\nStatus: running\nPlatforms: linux/amd64\n';

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

test('what the layout of the last build has lies there already when BuildKit is told where to put the next', async () => {
  const { layout } = await leave('amd64');
  const output = join(directory, 'again', 'layout');
  cpSync(layout, output, { recursive: true });
  const source = openLayout(output);
  const tree = await openTree(source, await source.resolve(undefined));
  const [layer] = tree.images[0]!.manifest.layers;
  await source.close();
  let sent: readonly string[] = [];
  const run: RunProgram = async (_command, [, verb, ...words]) => {
    if (verb === 'inspect') return { status: 0, out: REMOTE, err: '' };
    if (verb !== 'build') return { status: 1, out: '', err: '' };
    const to = /dest=([^,]+)/.exec(words.join(' '))![1]!;
    const there = readdirSync(join(to, 'blobs', 'sha256'));
    sent = readdirSync(join(layout, 'blobs', 'sha256')).filter((one) => !there.includes(one));
    for (const one of sent) cpSync(join(layout, 'blobs', 'sha256', one), join(to, 'blobs', 'sha256', one));
    for (const one of ['index.json', 'oci-layout']) cpSync(join(layout, one), join(to, one));
    return { status: 0, out: '', err: '' };
  };
  const engine = createBuildKitEngine({
    use: 'buildx',
    run,
    cacheDirectory: join(directory, 'again', 'cache'),
    buildPlatform: PLATFORMS[0]!,
    openBase: () => Promise.reject(new Error('no base is read')),
  });
  const asked = { ...requestFor('linux/amd64'), dockerfileText: 'FROM scratch\n' };
  const { root } = await engine.build(asked, await engine.plan(asked), { directory: output });
  expect(root.digest).toBe(tree.root.digest);
  expect(sent.length).toBeGreaterThan(0);
  expect(sent).not.toContain(layer!.digest.slice('sha256:'.length));
});
