import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbeddedEngine, type EmbeddedEngine } from '../../packages/rightarch/src/build/index.ts';
import { Failure, parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { type ImageTree, openLayout, openTree, writeArchive } from '../../packages/rightarch/src/oci/index.ts';
import { type BuildCase, buildCases } from '../support/build-cases.ts';
import { differences, listImage } from '../support/image-listing.ts';
import { permitted } from '../support/permitted-differences.ts';
import { type ReferenceBuilder, startBuildah, startBuildKit } from '../support/reference-builders.ts';

// The same Dockerfiles, built by us without running anything and by BuildKit and buildah that run every RUN. Each
// difference of the merged files or of the config is a bug, or has a name in permitted-differences.ts.

const REPOSITORY = join(import.meta.dirname, '..', '..');
const BASES = join(REPOSITORY, '.cache', 'bases');
const amd64 = parsePlatform('linux/amd64')!;
const directory = mkdtempSync(join(tmpdir(), 'rightarch-differential-'));
let engine: EmbeddedEngine;
const builders: ReferenceBuilder[] = [];

/** `debian:base` for everybody: the one image of this CPU, out of the bases. */
async function baseTree(name: string): Promise<ImageTree> {
  const source = openLayout(BASES);
  const tree = await openTree(source, await source.resolve(name));
  const image = tree.images.find(({ declared }) => declared?.architecture === 'amd64')!;
  return openTree(source, image.descriptor);
}

beforeAll(async () => {
  if (!existsSync(join(BASES, 'index.json')))
    execFileSync('npm', ['run', 'bases'], { cwd: REPOSITORY, stdio: 'inherit' });
  engine = createEmbeddedEngine({
    cacheDirectory: join(directory, 'cache'),
    buildPlatform: amd64,
    openBase: () => baseTree('docker.io/library/debian:bookworm-slim'),
  });
  builders.push(await startBuildKit(join(directory, 'buildkit'), join(REPOSITORY, '.cache', 'buildkit')));
  builders.push(await startBuildah(join(directory, 'buildah')));
  const archive = join(directory, 'debian.tar');
  const tree = await baseTree('docker.io/library/debian:bookworm-slim');
  await writeArchive(tree, archive, { names: ['docker.io/library/debian:base'], dockerPlatform: amd64 });
  for (const builder of builders) await builder.load(archive);
});

afterAll(async () => {
  for (const builder of builders) await builder.close();
  rmSync(directory, { recursive: true, force: true });
});

function writeContext({ dockerfile, context = {} }: BuildCase, place: string): string {
  mkdirSync(place, { recursive: true });
  const files: NonNullable<BuildCase['context']> = { Dockerfile: dockerfile, ...context };
  for (const [path, file] of Object.entries(files)) {
    const full = join(place, path);
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true });
    if (path.endsWith('/')) continue;
    if (typeof file === 'object' && 'link' in file) symlinkSync(file.link, full);
    else {
      const { text, mode } = typeof file === 'object' && 'text' in file ? file : { text: file, mode: 0o644 };
      writeFileSync(full, text);
      chmodSync(full, mode);
    }
  }
  return place;
}

async function buildOurs(one: BuildCase, context: string, layout: string): Promise<string | undefined> {
  const request = {
    name: 'app',
    context,
    dockerfile: join(context, 'Dockerfile'),
    args: one.args ?? {},
    labels: {},
    annotations: {},
    secrets: [],
    contexts: {},
    platforms: [{ platform: amd64, because: { kind: 'flag' } as const }],
    noCache: false,
    scriptsNotNeeded: [],
    ...(one.target === undefined ? {} : { stage: one.target }),
  };
  try {
    await engine.build(request, await engine.plan(request), { directory: layout, name: 'app' });
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.diagnostic.code;
  }
}

describe.each(buildCases.map((one, index) => ({ ...one, tag: `case-${index}` })))('$name', (one) => {
  const place = join(directory, one.tag);
  const layout = join(place, 'ours');
  let refused: string | undefined;

  beforeAll(async () => {
    refused = await buildOurs(one, writeContext(one, join(place, 'context')), layout);
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it('ends as it should', () => {
    expect(refused).toBe(one.fails ?? one.refused);
  });

  it.each(['buildkit', 'buildah'] as const)('as %s builds it', async (name) => {
    if (name === 'buildah' && one.not !== undefined) return;
    const builder = builders.find((other) => other.name === name)!;
    const tag = `docker.io/library/${one.tag}:latest`;
    const { failed } = await builder.build({
      context: join(place, 'context'),
      tag,
      ...(one.args === undefined ? {} : { args: one.args }),
      ...(one.target === undefined ? {} : { target: one.target }),
    });
    if (one.fails !== undefined) return expect(failed).toBeDefined();
    expect(failed).toBeUndefined();
    if (refused !== undefined) return;
    const archive = join(place, `${name}.tar`);
    await builder.save(tag, archive);
    const found = differences(await listImage({ layout, name: 'app' }), await listImage({ archive }));
    rmSync(archive);
    expect(found.filter((line) => !permitted.some((rule) => rule.covers(line, name)))).toEqual([]);
  });
});
