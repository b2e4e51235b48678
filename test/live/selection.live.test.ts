import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { digestOf, parsePlatform, selectEntry } from '../../packages/rightarch/src/core/index.ts';
import { documentsOf, makeShapes, type Shape, writtenPlatform } from '../../tools/selection/shapes.ts';

// The skopeo of this machine is asked by its command line, as a person would. What containerd takes has no command line
// without a daemon: its own code was recorded (tools/selection).

const directory = mkdtempSync(join(tmpdir(), 'rightarch-selection-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A layout whose one name is the index of a shape. */
function layoutOf(shape: Shape, at: string): void {
  const { index, blobs } = documentsOf(shape);
  mkdirSync(join(at, 'blobs/sha256'), { recursive: true });
  const digest = digestOf(index);
  for (const [name, bytes] of new Map([...blobs, [digest, index]]))
    writeFileSync(join(at, 'blobs', name.replace(':', '/')), bytes);
  const entry = {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest,
    size: index.length,
    annotations: { 'org.opencontainers.image.ref.name': 'x' },
  };
  writeFileSync(join(at, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(at, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
}

/** The number of the entry that a tool took, by the label of its config. */
function skopeo({ host }: Shape, at: string): number {
  const { os, architecture, variant = architecture === 'arm64' ? 'v8' : undefined } = writtenPlatform(host);
  const override = ['--override-os', os, '--override-arch', architecture];
  if (variant !== undefined) override.push('--override-variant', variant);
  const { status, stdout, stderr } = spawnSync('skopeo', [...override, 'inspect', '--config', `oci:${at}:x`], {
    encoding: 'utf8',
  });
  if (status === 0)
    return Number((JSON.parse(stdout) as { config: { Labels: { entry: string } } }).config.Labels.entry);
  expect(stderr).toMatch(/no image found/);
  return -1;
}

test(`skopeo takes from an index what is said that it takes`, () => {
  execFileSync('skopeo', ['--version']);
  const wrong: unknown[] = [];
  // skopeo prefers the twin that is marked as zstd from containers/image 5.29 on; Debian 12 has 5.23.
  const shapes = makeShapes(11, 200)
    .filter(({ entries }) => entries.every(({ mark }) => mark !== 'zstd'))
    .slice(0, 120);
  for (const [i, shape] of shapes.entries()) {
    const at = join(directory, `${i}`);
    layoutOf(shape, at);
    const entries = shape.entries.map(({ platform }) =>
      platform === null ? {} : { platform: writtenPlatform(platform) },
    );
    const found = selectEntry(entries, { host: parsePlatform(shape.host)!, rule: 'cri-o' });
    const [ours, theirs] = [found === undefined ? -1 : entries.indexOf(found), skopeo(shape, at)];
    if (ours !== theirs) wrong.push({ ...shape, ours, theirs });
  }
  expect(wrong).toEqual([]);
});
