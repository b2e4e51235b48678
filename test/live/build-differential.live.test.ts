import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createBuildahEngine,
  createBuildKitEngine,
  createEmbeddedEngine,
  type Engine,
  type EngineId,
  type RunProgram,
} from '../../packages/rightarch/src/build/index.ts';
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
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { buildHere, readSecret, secretsOf, writeContext } from '../support/build-case-here.ts';
import { smallBases } from '../support/build-cases/small-bases.ts';
import { buildCases } from '../support/build-cases.ts';
import { type BuildKitDaemon, buildKitDaemon, buildkitdPrograms } from '../support/buildkit-daemon.ts';
import { differences, listImage } from '../support/image-listing.ts';
import { isPermitted, permitted } from '../support/permitted-differences.ts';
import { type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';
import { sampled } from '../support/sampled.ts';

// One contract for every engine: the same Dockerfiles, built by BuildKit alone and by each of them, on the same bases. Each
// difference of the merged files or of the config is a bug, or has a name in permitted-differences.ts.

const amd64 = parsePlatform('linux/amd64')!;
const directory = mkdtempSync(join(tmpdir(), 'rightarch-differential-'));
const engines = new Map<EngineId, Engine>();
const ENGINES = ['embedded', 'buildx', 'buildkit', 'buildah'] as const;
let reference: ReferenceBuilder;
let daemon: BuildKitDaemon;
let buildah: RunProgram;

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
  needBases();
  reference = await startBuildKit(join(directory, 'buildkit'), join(REPOSITORY, '.cache', 'buildkit'));
  const bin = await buildkitdPrograms(join(REPOSITORY, '.cache', 'buildkitd'));
  daemon = buildKitDaemon(bin, join(directory, 'buildkitd'));
  await daemon.start();
  const layout = join(directory, 'bases');
  const sink = createLayoutSink(layout);
  for (const [name, open] of Object.entries(bases)) {
    await sink.tag(name, await copyTree(await open(), sink));
    const archive = join(directory, 'base.tar');
    await writeArchive(await open(), archive, { names: [`docker.io/library/${name}`], dockerPlatform: amd64 });
    await reference.load(archive);
    rmSync(archive);
  }
  await sink.close();
  const cacheDirectory = join(directory, 'cache');
  const openBase = async ({ repository, tag }: { readonly repository: string; readonly tag?: string | undefined }) => {
    const source = openLayout(layout);
    return openTree(source, await source.resolve(`${repository.replace('library/', '')}:${tag}`));
  };
  const common = { cacheDirectory, buildPlatform: amd64, openBase };
  engines.set('embedded', createEmbeddedEngine({ ...common, readSecret }));
  const start = programRunner(reference.env);
  engines.set(
    'buildx',
    createBuildKitEngine({
      ...common,
      use: 'buildx',
      // This Docker has no bridge.
      run: (command, [first = '', second = '', ...rest], options) =>
        start(command, [first, second, ...(second === 'build' ? ['--network=host'] : []), ...rest], options),
    }),
  );
  engines.set(
    'buildkit',
    createBuildKitEngine({
      ...common,
      use: 'buildkit',
      buildkitHost: daemon.address,
      run: programRunner({ ...process.env, PATH: `${bin}:${process.env['PATH']}` }),
    }),
  );
  const storage = join(directory, 'storage.conf');
  const places = ['graphroot', 'runroot'].map((name) => `${name} = "${join(directory, 'buildah', name)}"`);
  writeFileSync(storage, `[storage]\ndriver = "overlay"\n${places.join('\n')}\n`);
  mkdirSync(join(directory, 'buildah'));
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot', CONTAINERS_STORAGE_CONF: storage };
  const own = programRunner({ ...env, TMPDIR: join(directory, 'buildah') });
  buildah = (command, [first = '', ...rest], options) =>
    command === 'podman'
      ? Promise.resolve({ status: undefined, out: '', err: '' })
      : own(command, [first, ...(first === 'build' ? ['--network=host'] : []), ...rest], options);
  engines.set('buildah', createBuildahEngine({ ...common, run: buildah, now: Date.now }));
});

afterAll(async () => {
  await reference?.close();
  await daemon?.close();
  const left = await buildah?.('buildah', ['containers', '--quiet']);
  await buildah?.('buildah', ['rm', '--all']);
  await buildah?.('buildah', ['rmi', '--all', '--force']);
  // A container that is left is a mount: what removes a directory tries it again and again, in each one above it.
  await rm(directory, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
  expect(left?.out).toBe('');
});

const KINDS = Object.keys(permitted);

it('knows at most eight kinds of differences, over all engines', () => {
  expect(KINDS.length).toBeLessThanOrEqual(8);
});

const cases = [
  ...buildCases.filter(({ starts }) => starts),
  ...sampled(
    buildCases.filter(({ starts }) => !starts),
    12,
  ),
];

describe.each(cases.map((one, index) => ({ ...one, tag: `case-${index}` })))('$name', (one) => {
  const place = join(directory, one.tag);
  const context = join(place, 'context');
  const archive = join(place, 'reference.tar');
  let failed: string | undefined;

  beforeAll(async () => {
    const tag = `docker.io/library/${one.tag}:latest`;
    writeContext(one, context);
    ({ failed } = await reference.build({
      context,
      tag,
      ...(one.args === undefined ? {} : { args: one.args }),
      ...(one.target === undefined ? {} : { target: one.target }),
      secrets: secretsOf(one, context),
    }));
    if (failed === undefined) await reference.save(tag, archive);
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it('as BuildKit alone, ends as it should', () => {
    if (one.not === undefined) expect(failed === undefined, failed).toBe(one.fails === undefined);
  });

  it.each(ENGINES)('by the engine %s', async (name) => {
    const layout = join(place, name);
    const refused = await buildHere(engines.get(name)!, one, { context, layout });
    const kind = one.differs?.[name];
    if (name === 'embedded') expect(refused).toBe(one.fails ?? one.refused);
    else if (one.not !== undefined) return;
    else if (kind === 'buildah-refuses')
      expect(['engine/build-failed', 'plan/not-buildah', one.fails]).toContain(refused);
    // A kind that is not met any more is taken out.
    else expect(refused === undefined, refused).toBe(failed === undefined || kind !== undefined);
    if (refused !== undefined || one.not !== undefined || failed !== undefined) return;
    const found = differences(await listImage({ layout, name: 'app' }), await listImage({ archive }));
    const left = found.filter((line) => !isPermitted(line, name));
    if (kind === undefined) expect(left).toEqual([]);
    else expect(left).not.toEqual([]);
    if (one.starts !== true) return;
    const ours = `docker.io/library/${one.tag}-${name}:latest`;
    const source = openLayout(layout);
    const file = join(place, 'ours.tar');
    const tree = await openTree(source, await source.resolve('app'));
    await writeArchive(tree, file, { names: [ours], dockerPlatform: amd64 });
    await reference.load(file);
    const said = await answer(ours);
    expect(said).toContain('hello world');
    expect(said).toBe(await answer(`docker.io/library/${one.tag}:latest`));
  });
});

/** What an image says when it is started. */
async function answer(image: string): Promise<string> {
  const { status, out, err } = await programRunner(reference.env)('docker', ['run', '--rm', '--network=none', image]);
  expect(status, err).toBe(0);
  return out;
}
