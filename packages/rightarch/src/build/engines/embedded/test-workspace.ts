import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Failure, formatReference, parsePlatform } from '../../../core/index.ts';
import { failure } from '../../../messages/index.ts';
import { type ImageTree, openLayout, openTree } from '../../../oci/index.ts';
import { openScanCache } from '../../../scan/index.ts';
import { type TestFile, type TestImageParts, testIndex } from '../../../testing/index.ts';
import type { BuildEvent, BuildRequest } from '../../types.ts';
import { createEmbeddedEngine, type EmbeddedOptions } from './engine.ts';

/** What the tests of the engine stand on: contexts in temporary directories, bases in memory. Not part of the product. */
export const amd64 = parsePlatform('amd64')!;
/** The second platform. */
export const arm64 = parsePlatform('arm64')!;

/** Until the test that asks for it is over: a directory with `context/` in it; a name that ends in `/` is an empty directory. */
export async function workspace(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rightarch-build-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, 'context', path);
    await mkdir(path.endsWith('/') ? file : dirname(file), { recursive: true });
    if (path.endsWith('/')) continue;
    await writeFile(file, content);
    await chmod(file, 0o644);
  }
  return directory;
}

/** A request for both platforms. */
export function request(directory: string, more: Partial<BuildRequest> = {}): BuildRequest {
  return {
    name: 'app',
    context: join(directory, 'context'),
    dockerfile: join(directory, 'context', 'Dockerfile'),
    args: {},
    labels: {},
    annotations: {},
    secrets: [],
    contexts: {},
    platforms: [amd64, arm64].map((platform) => ({ platform, because: { kind: 'flag' } as const })),
    noCache: false,
    pull: false,
    ssh: [],
    scriptsNotNeeded: [],
    ...more,
  };
}

/** The files of the base. */
export const rootfs: readonly TestFile[] = [
  { path: 'usr/', mode: 0o755 },
  { path: 'usr/bin/', mode: 0o755 },
  { path: 'usr/bin/sh', content: '#!', mode: 0o755 },
  { path: 'bin', link: 'usr/bin' },
  { path: 'tmp/', mode: 0o1777 },
  { path: 'root/', mode: 0o700 },
  { path: 'etc/', mode: 0o755 },
  { path: 'etc/passwd', content: 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\n', mode: 0o644 },
  { path: 'etc/group', content: 'root:x:0:\nnode:x:1001:\nstaff:x:50:\n', mode: 0o644 },
];

/** `base`: two platforms, each with a usrmerge link, a sticky directory and a user. */
export function baseImage(more: TestImageParts = {}) {
  const one = (platform: string): TestImageParts => ({
    platform,
    files: rootfs,
    config: { Env: ['PATH=/usr/bin', 'KEPT=base'], Cmd: ['sh'], Labels: { from: 'base' } },
    ...more,
  });
  return testIndex({ images: [one('linux/amd64'), one('linux/arm64')] });
}

/** Images by name and tag. */
export type Bases = Readonly<Record<string, { tree(): Promise<ImageTree> }>>;

/** An engine whose cache is in the directory. */
export function engineIn(directory: string, bases: Bases = {}, more: Partial<EmbeddedOptions> = {}) {
  return createEmbeddedEngine({
    cacheDirectory: join(directory, 'cache'),
    openBase: async ({ digest, ...reference }) => {
      const found = bases[formatReference(reference).replace(/^docker\.io\/library\//, '')];
      if (found === undefined) {
        const name = formatReference(reference);
        const args = { host: 'docker.io', kind: 'manifest', name, credentials: 'none' } as const;
        throw failure('registry/not-found', args, { in: 'image', image: name }, 'outside');
      }
      return found.tree();
    },
    buildPlatform: amd64,
    created: 1_700_000_000,
    scans: openScanCache({ directory: join(directory, 'cache/scan'), now: () => 0 }),
    ...more,
  });
}

/** Plans, builds, and reads the layout. */
export async function build(
  directory: string,
  more: Partial<BuildRequest> = {},
  bases: Bases = { 'base:latest': baseImage() },
) {
  const engine = engineIn(directory, bases);
  const asked = request(directory, more);
  const plan = await engine.plan(asked);
  const events: BuildEvent[] = [];
  const output = { directory: join(directory, 'out'), name: 'app' };
  const result = await engine.build(asked, plan, output, { onEvent: (event) => events.push(event) });
  const source = openLayout(join(directory, 'out'));
  const tree = await openTree(source, await source.resolve('app'));
  return { engine, plan, result, tree, events, config: tree.images[0]!.config };
}

/** The files that a Dockerfile leads to: `mode uid:gid type path`, without those of the base. */
export async function files(
  contents: Readonly<Record<string, string | Uint8Array>>,
  bases: Bases = { 'base:latest': baseImage() },
) {
  return filesIn(await workspace(contents), bases);
}

/** The same in a workspace that is there. */
export async function filesIn(
  directory: string,
  bases: Bases = { 'base:latest': baseImage() },
  more: Partial<BuildRequest> = {},
) {
  const tree = await engineIn(directory, bases).readTree(request(directory, more), amd64);
  const known = new Set(rootfs.map(({ path }) => path.replace(/\/$/, '')));
  const out: string[] = [];
  for (const [path, { entry }] of tree.walk()) {
    if (known.has(path.slice(1))) continue;
    const arrow = entry.type === 'symlink' ? ` -> ${entry.link}` : '';
    out.push(`${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${path}${entry.type === 'directory' ? '/' : arrow}`);
  }
  return out;
}

/** The diagnostic that something ends with. */
export async function refusal(work: Promise<unknown>) {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Failure)) throw thrown ?? new Error('it was done');
  return thrown.diagnostic;
}

/** A platform's base on which a RUN of dash and coreutils is understood: programs are known by the words in them. */
export function debianLike(platform: string): TestImageParts {
  const elf = '\x7fELF';
  return {
    platform,
    files: [
      ...rootfs.filter(({ path }) => path !== 'usr/bin/sh'),
      { path: 'usr/bin/dash', content: `${elf} Bad substitution`, mode: 0o755 },
      { path: 'usr/bin/sh', link: 'dash' },
      { path: 'usr/bin/mkdir', content: `${elf} mkdir (GNU coreutils)`, mode: 0o755 },
    ],
    config: { Env: ['PATH=/usr/bin:/bin'] },
  };
}
