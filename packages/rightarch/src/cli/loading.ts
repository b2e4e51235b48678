import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerVersions, imageName, isContainerdStore, type RunProgram } from '../build/index.ts';
import type { ResolvedProject } from '../config/index.ts';
import {
  type Digest,
  familiarReference,
  formatPlatform,
  formatReference,
  type ImageReference,
  type Platform,
  parsePlatform,
  samePlatform,
} from '../core/index.ts';
import { atInput, failure, printable } from '../messages/index.ts';
import { buildTexts } from '../messages/phrases/build.ts';
import {
  chooseImages,
  type Descriptor,
  type Image,
  type ImageTree,
  makeDirectory,
  openLayout,
  openTree,
  writeArchive,
} from '../oci/index.ts';
import { ownName, removeAbandoned } from '../oci/own-name.ts';
import type { ImageProof } from '../proof/index.ts';
import { sayProof } from './commands/verify.ts';
import { type Job, readTag } from './jobs.ts';
import { dockerOutput, wantsLoading } from './output.ts';
import { failsOn, prove, statedByFlags } from './proving.ts';
import type { Session } from './session.ts';
import { cacheDirectory } from './shell.ts';
import type { Flags } from './specs.ts';

/** The engine that `docker` on this machine talks to. */
export interface LocalDocker {
  readonly run: RunProgram;
  readonly platform: Platform | undefined;
  /** containerd's keeps all platforms of an image under one name, the older one a single platform. */
  readonly store: 'containerd' | 'classic';
}

/** What Docker has now. */
export interface Loaded {
  readonly names: readonly string[];
  readonly platforms: readonly string[];
  /** Platforms of the image that this Docker cannot hold beside. */
  readonly left: readonly string[];
  readonly store: LocalDocker['store'];
}

/** Asks `docker`, before anything is built that it would not take. Seen with Docker 20.10 and 26.1, 2026-11-29. */
export async function findDocker({ shell }: Session): Promise<LocalDocker> {
  const { runProgram: run } = shell;
  const call = { signal: shell.signal };
  const asked = await run?.('docker', ['version', '--format', '{{json .}}'], call);
  if (run === undefined || asked?.status === undefined) throw notLoaded('program', '');
  if (asked.status !== 0) throw notLoaded('daemon', asked.err.trim());
  const store = await run('docker', ['info', '--format', '{{json .DriverStatus}}'], call);
  return {
    run,
    platform: dockerVersions(asked.out).platform,
    store: isContainerdStore(store.out) ? 'containerd' : 'classic',
  };
}

/**
 * Loads a proven image: all platforms where the store holds them, else the engine's own one. What Docker has
 * afterwards under each name is held to the digests that were given to it.
 */
export async function loadTree(
  session: Session,
  tree: ImageTree,
  { docker, names }: { readonly docker: LocalDocker; readonly names: readonly ImageReference[] },
): Promise<Loaded> {
  const { shell } = session;
  const call = { signal: shell.signal };
  const has = tree.images.flatMap(platformText);
  const own = loadable(docker, has, shell.hostPlatform);
  const chosen = own === undefined ? tree.images : chooseImages(tree, [own]);
  const parent = join(cacheDirectory(shell), 'load');
  await makeDirectory(parent);
  await removeAbandoned(parent);
  const scratch = join(parent, ownName());
  try {
    await mkdir(scratch);
    const file = join(scratch, 'image.tar');
    const written = names.map(formatReference);
    // The older store refuses an archive whose `manifest.json` names none, as that of several platforms.
    const part = own === undefined ? tree : await openTree(tree.source, chosen[0]!.descriptor, call);
    await writeArchive(part, file, { ...call, names: written });
    const { status, out, err } = await docker.run('docker', ['load', '--input', file], call);
    if (status !== 0) throw notLoaded('refused', (err || out).trim());
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
  for (const name of names) await holdToDigests(tree, formatReference(name), docker, call);
  const platforms = chosen.flatMap(platformText);
  return {
    names: names.map(familiarReference),
    platforms,
    left: has.filter((one) => !platforms.includes(one)),
    store: docker.store,
  };
}

const platformText = ({ entryPlatform, declared }: Image): readonly string[] => {
  const platform = declared ?? entryPlatform;
  return platform === undefined ? [] : [formatPlatform(platform)];
};

/**
 * Which of several platforms the engine's store holds; undefined where it holds all of them. Throws where it would have
 * to be one that the image has not.
 */
export function loadable(
  { platform, store }: LocalDocker,
  has: readonly string[],
  hostPlatform: string,
): Platform | undefined {
  if (store === 'containerd' || has.length === 1) return undefined;
  const wanted = platform ?? parsePlatform(hostPlatform)!;
  const found = has.find((text) => samePlatform(parsePlatform(text)!, wanted));
  if (found !== undefined) return wanted;
  const args = { lack: 'platform', engine: formatPlatform(wanted), has } as const;
  throw failure('engine/not-loaded', args, atInput('--load'), 'request');
}

/** An image is to Docker what its configuration has for a digest, in containerd's store its manifest or index. */
async function holdToDigests(
  tree: ImageTree,
  name: string,
  { run }: LocalDocker,
  call: { readonly signal: AbortSignal },
): Promise<void> {
  const { status, out, err } = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', name], call);
  const id = out.trim();
  if (status !== 0) throw notLoaded('refused', (err || out).trim());
  const given: readonly Digest[] = [
    tree.root.digest,
    ...tree.images.flatMap(({ descriptor, manifest }) => [descriptor.digest, manifest.config.digest]),
  ];
  // Podman writes no algorithm.
  if (!given.some((digest) => digest === id || digest === `sha256:${id}`))
    throw notLoaded('refused', `${name} = ${id}`);
}

function notLoaded(lack: 'program' | 'daemon' | 'refused', detail: string): Error {
  const because = detail === '' ? [] : detail.split('\n');
  return failure('engine/not-loaded', { lack, engine: '', has: [] }, atInput('--load'), 'outside', { because });
}

/** What Docker has now, in one line. */
export function sayLoaded({ language, json, print }: Session, { names, platforms, left }: Loaded): void {
  if (json) return;
  const texts = { names: names.map(printable).join(', '), platforms: platforms.join(', '), left: left.join(', ') };
  print(buildTexts.loaded[language](texts));
}

/** What a command line wants loaded, and the engine that takes it. */
export interface Loading {
  readonly docker: LocalDocker;
  readonly name: string | undefined;
}

/** Undefined where nothing is to be loaded. Refuses what cannot be loaded before it is built. */
export async function openLoading(session: Session, jobs: readonly Job[], flags: Flags): Promise<Loading | undefined> {
  if (!wantsLoading(flags)) return undefined;
  const output = dockerOutput(flags);
  const docker = await findDocker(session);
  for (const { request } of jobs) {
    const platforms = request.platforms.map(({ platform }) => formatPlatform(platform));
    loadable(docker, platforms, session.shell.hostPlatform);
  }
  return { docker, name: output?.name };
}

/** Proves what a job left, and loads it when it is proven; where it is not, the proof is said. */
export async function proveAndLoad(
  session: Session,
  { docker, name }: Loading,
  {
    job,
    directory,
    root,
    names,
    flags,
    project,
  }: {
    readonly job: Job;
    readonly directory: string;
    readonly root: Descriptor;
    readonly names: readonly ImageReference[] | undefined;
    readonly flags: Flags;
    readonly project: ResolvedProject | undefined;
  },
): Promise<{ readonly loaded: Loaded | null; readonly proof: ImageProof }> {
  const source = openLayout(directory);
  try {
    const tree = await openTree(source, root, { signal: session.shell.signal });
    const { proof } = await prove(session, tree, job.request.name, {
      platforms: job.request.platforms.map(({ platform }) => platform),
      targets: [],
      foreign: [...statedByFlags(flags), ...(job.image?.foreign ?? [])],
      project,
      images: job.image === undefined ? [] : [job.image],
    });
    if (proof.platforms.some(failsOn(flags))) {
      if (!session.json) {
        sayProof(session, proof);
        session.print(buildTexts.notLoaded[session.language]({ image: printable(job.request.name) }));
      }
      return { loaded: null, proof };
    }
    const given = name === undefined ? (names ?? [readTag(imageName(job.request.name))]) : [readTag(name)];
    return { loaded: await loadTree(session, tree, { docker, names: given }), proof };
  } finally {
    await source.close();
  }
}
