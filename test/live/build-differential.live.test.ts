import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBuildKitEngine, createEmbeddedEngine, type Engine } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import {
  copyTree,
  createLayoutSink,
  type ImageTree,
  openLayout,
  openTree,
  writeArchive,
} from '../../packages/rightarch/src/oci/index.ts';
import { testImage } from '../../packages/rightarch/src/testing/index.ts';
import { buildHere, readSecret, secretsOf, writeContext } from '../support/build-case-here.ts';
import { smallBases } from '../support/build-cases/small-bases.ts';
import { buildCases } from '../support/build-cases.ts';
import { differences, listImage } from '../support/image-listing.ts';
import { permitted } from '../support/permitted-differences.ts';
import { type ReferenceBuilder, startBuildah, startBuildKit } from '../support/reference-builders.ts';
import { sampled } from '../support/sampled.ts';

// The same Dockerfiles, built by us without running anything and by BuildKit and buildah that run every RUN. Each
// difference of the merged files or of the config is a bug, or has a name in permitted-differences.ts. What BuildKit
// builds for us, on bases that we resolved, is what it builds alone.

const REPOSITORY = join(import.meta.dirname, '..', '..');
const BASES = join(REPOSITORY, '.cache', 'bases');
const amd64 = parsePlatform('linux/amd64')!;
const directory = mkdtempSync(join(tmpdir(), 'rightarch-differential-'));
let engine: Engine;
let buildx: Engine;
const builders: ReferenceBuilder[] = [];

/** The bases by the names that the cases have for them: Debian's is the one image of this CPU, out of `npm run bases`. */
const bases: Readonly<Record<string, () => Promise<ImageTree>>> = {
  'debian:base': async () => {
    const source = openLayout(BASES);
    const tree = await openTree(source, await source.resolve('docker.io/library/debian:bookworm-slim'));
    const image = tree.images.find(({ declared }) => declared?.architecture === 'amd64')!;
    return openTree(source, image.descriptor);
  },
  ...Object.fromEntries(Object.entries(smallBases).map(([name, parts]) => [name, () => testImage(parts).tree()])),
};

beforeAll(async () => {
  if (!existsSync(join(BASES, 'index.json')))
    execFileSync('npm', ['run', 'bases'], { cwd: REPOSITORY, stdio: 'inherit' });
  engine = createEmbeddedEngine({
    cacheDirectory: join(directory, 'cache'),
    buildPlatform: amd64,
    readSecret,
    openBase: ({ repository, tag }) => bases[`${repository.replace('library/', '')}:${tag}`]!(),
  });
  builders.push(await startBuildKit(join(directory, 'buildkit'), join(REPOSITORY, '.cache', 'buildkit')));
  builders.push(await startBuildah(join(directory, 'buildah')));
  const layout = join(directory, 'bases');
  const sink = createLayoutSink(layout);
  for (const [name, open] of Object.entries(bases)) {
    const tree = await open();
    await sink.tag(name, await copyTree(tree, sink));
    const archive = join(directory, 'base.tar');
    await writeArchive(await open(), archive, { names: [`docker.io/library/${name}`], dockerPlatform: amd64 });
    for (const builder of builders) await builder.load(archive);
    rmSync(archive);
  }
  await sink.close();
  const start = programRunner(builders[0]!.env);
  buildx = createBuildKitEngine({
    use: 'buildx',
    cacheDirectory: join(directory, 'cache'),
    buildPlatform: amd64,
    // This Docker has no bridge.
    run: (command, [first = '', second = '', ...rest], options) =>
      start(command, [first, second, ...(second === 'build' ? ['--network=host'] : []), ...rest], options),
    openBase: async ({ repository, tag }) => {
      const source = openLayout(layout);
      return openTree(source, await source.resolve(`${repository.replace('library/', '')}:${tag}`));
    },
  });
});

afterAll(async () => {
  for (const builder of builders) await builder.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

describe.each(sampled(buildCases, 3).map((one, index) => ({ ...one, tag: `case-${index}` })))('$name', (one) => {
  const place = join(directory, one.tag);
  const layout = join(place, 'ours');
  let refused: string | undefined;

  beforeAll(async () => {
    refused = await buildHere(engine, one, { context: writeContext(one, join(place, 'context')), layout });
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it('ends as it should', () => {
    expect(refused).toBe(one.fails ?? one.refused);
  });

  it.each(['buildkit', 'buildah'] as const)('as %s builds it', async (name) => {
    if (one.not?.[name] !== undefined) return;
    const builder = builders.find((other) => other.name === name)!;
    const tag = `docker.io/library/${one.tag}:latest`;
    const { failed } = await builder.build({
      context: join(place, 'context'),
      tag,
      ...(one.args === undefined ? {} : { args: one.args }),
      ...(one.target === undefined ? {} : { target: one.target }),
      secrets: secretsOf(one, join(place, 'context')),
    });
    if (one.fails !== undefined) return expect(failed).toBeDefined();
    expect(failed).toBeUndefined();
    if (refused !== undefined && name !== 'buildkit') return;
    const archive = join(place, `${name}.tar`);
    await builder.save(tag, archive);
    if (name === 'buildkit') {
      const through = join(place, 'through');
      expect(await buildHere(buildx, one, { context: join(place, 'context'), layout: through })).toBeUndefined();
      const found = differences(await listImage({ layout: through, name: 'app' }), await listImage({ archive }));
      expect(found).toEqual([]);
    }
    if (refused !== undefined) return;
    const found = differences(await listImage({ layout, name: 'app' }), await listImage({ archive }));
    rmSync(archive);
    expect(found.filter((line) => !permitted.some((rule) => rule.covers(line, name)))).toEqual([]);
  });
});
