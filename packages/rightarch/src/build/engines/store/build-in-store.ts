import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Failure, Platform } from '../../../core/index.ts';
import { atInput, failure } from '../../../messages/index.ts';
import { type CallOptions, type ImageSource, linkLayers, openTree, writeArchive } from '../../../oci/index.ts';
import { ownerOf, ownName } from '../../../oci/own-name.ts';
import { BlobStore } from '../../files/blob-store.ts';
import { together } from '../../first-failure.ts';
import type { BaseImage } from '../../stage/bases.ts';
import type { PreparedPlatform, PreparedStage } from '../../stage/prepare.ts';
import type { BuildEvent, BuildPlan, BuildRequest, BuildResult, Engine, RunProgram } from '../../types.ts';
import { toldAs } from '../buildkit/carry-out.ts';
import { withPlatforms } from '../buildkit/hand-over.ts';
import { type BuiltImage, writeOutput } from '../embedded/write-output.ts';
import { KeptBases, type KeptParts } from './kept-bases.ts';
import { onlyFiles } from './own-config.ts';
import { SharedStages } from './shared-stages.ts';
import { type SpelledOut, spellOut } from './spell-out.ts';
import { baseOf, takeOut } from './take-out.ts';
import { type Named, withBases } from './with-bases.ts';

/** Names of our own in somebody's store: `.invalid` is nobody's registry (RFC 6761). */
const OURS = 'rightarch.invalid/build';
/** Those that this process is at; where the engine died it could not take its others away. */
const making = new Set<string>();

type Call = CallOptions & { readonly onEvent?: (event: BuildEvent) => void };

/** The image store of a program that gives nothing away while it builds, through that program. */
export interface ImageStore {
  /** Gets a base from its registry by itself, by digest; else every base is handed to it. */
  readonly pulls: boolean;
  /** Reads a Dockerfile in a way of its own: it gets each step spelled out, and what the image says of itself is put together here. */
  readonly spellsOut: boolean;
  /** Takes in an archive of one image, under the name that it has in there. */
  load(archive: string, call: Call): Promise<void>;
  build(what: StoreBuild, call: Call): Promise<void>;
  /** Leaves an image in a directory of its own, and opens it there. The bytes of layers that are known may be missing. */
  save(
    name: string,
    place: { readonly directory: string; readonly known: readonly Digest[] },
    call: Call,
  ): Promise<ImageSource>;
  /** The tags that a repository has in it. */
  tags(repository: string, call: Call): Promise<readonly string[]>;
  /** Gives an image one more name, where what stands on an image is found by that. */
  tag?(name: string, more: string, call: Call): Promise<void>;
  remove(names: readonly string[]): Promise<void>;
  /** Takes away what builds that were stopped had not done with, where it is made on one of our names or marked with one. */
  removeUnfinished?(isLeft: (name: string) => boolean): Promise<void>;
}

/** One image to be made in a store. */
export interface StoreBuild {
  readonly platform: Platform;
  /** Under this name in the store. */
  readonly name: string;
  /** Absolute; where the id of the image is to stand. */
  readonly idFile: string;
  /** Absolute; every base in it under the name that the store has for it. */
  readonly dockerfile: string;
  /** For one platform, without annotations, which come with the manifest that is made here. */
  readonly request: BuildRequest;
  readonly spelledOut?: SpelledOut;
}

interface Parts {
  readonly store: ImageStore;
  readonly scratch: string;
  /** Where the bases that are handed over stay for the next build. */
  readonly kept?: KeptParts | undefined;
  readonly request: BuildRequest;
  readonly plan: BuildPlan;
  readonly prepared: readonly PreparedPlatform[];
  readonly output: Parameters<Engine['build']>[2];
}

interface Making {
  readonly blobs: BlobStore;
  /** A new name in the store, which is taken away in the end. */
  readonly reserve: () => string;
  /** The name that a base has in the store. */
  readonly named: Named;
  /** The name of a stage that is the same for several platforms, once it is an image of its own; undefined for others. */
  readonly made: (stage: PreparedStage) => Promise<string> | undefined;
}

/**
 * One build a platform, all at once, each under a name of our own, and out of the store again: the layers of the base are
 * taken from the base, and the others are compressed where the store does not.
 */
export async function buildInStore(parts: Parts, call: Call): Promise<BuildResult> {
  const { store, scratch, request, prepared, output } = parts;
  const blobs = new BlobStore(join(scratch, 'layers'));
  const names = new Set<string>();
  const reserve = (): string => {
    const name = `${OURS}:${ownName()}`;
    names.add(name);
    making.add(name);
    return name;
  };
  await removeAbandonedNames(store, call);
  let isWhole = false;
  const kept = parts.kept && (await KeptBases.open(store, parts.kept, call));
  const { signal, all } = together(call);
  const shared = new SharedStages(store.spellsOut ? prepared : []);
  try {
    const named = nameBases(parts, { kept, reserve }, { ...call, signal });
    // Mostly the base's: what the last build left is not fetched again.
    await linkLayers(output.directory, blobs.directory);
    const made: Making['made'] = (stage) =>
      shared.image(stage, async () => {
        const what = { end: stage, platform: stage.platform };
        return (await buildStage(parts, what, { reserve, named, made }, { ...call, signal })).name;
      });
    const images = await all(
      prepared.map(async (one) => {
        const { platform } = one;
        const told = store.spellsOut || prepared.length === 1 ? {} : toldAs([platform], call);
        const image = await buildOne(parts, one, { blobs, reserve, named, made }, { ...call, ...told, signal });
        call.onEvent?.({ kind: 'built', platform, descriptor: image.descriptor });
        return image;
      }),
    );
    const { annotations } = request;
    const as = { ...output, name: output.name ?? 'latest' };
    isWhole = true;
    return await writeOutput(images, as, { store: blobs, annotations, ...call });
  } finally {
    await shared.atRest();
    // Whatever stopped the build: what other names have stays.
    if (!isWhole) await store.removeUnfinished?.((name) => names.has(name));
    if (names.size > 0) await store.remove([...names]);
    for (const name of names) making.delete(name);
    await kept?.removeUnused();
  }
}

async function removeAbandonedNames(store: ImageStore, call: Call): Promise<void> {
  const isLeft = (name: string): boolean => {
    const owner = name.startsWith(`${OURS}:`) ? ownerOf(name.slice(OURS.length + 1)) : undefined;
    return owner !== undefined && (owner.isDead || (owner.isThis && !making.has(name)));
  };
  const left = (await store.tags(OURS, call)).map((tag) => `${OURS}:${tag}`).filter(isLeft);
  if (left.length === 0) return;
  await store.removeUnfinished?.(isLeft);
  await store.remove(left);
}

/** Has every base in the store under one name, however often it is asked for. */
function nameBases(
  { store, scratch, plan }: Parts,
  { kept, reserve }: { readonly kept: KeptBases | undefined; readonly reserve: () => string },
  call: Call,
): Named {
  const load = async ({ source, image }: BaseImage): Promise<string> => {
    const whole = await openTree(source, image.descriptor, call);
    const tree = store.spellsOut ? onlyFiles(whole) : whole;
    const { name, isThere } = (await kept?.use(tree.root.digest)) ?? { name: reserve(), isThere: false };
    if (!isThere) {
      const file = join(scratch, `${ownName()}.tar`);
      await writeArchive(tree, file, { names: [name], ...call });
      await store.load(file, call);
      await rm(file);
    }
    if (kept === undefined || store.tag === undefined) return name;
    // What stands on it says by that whose it is.
    const own = reserve();
    await store.tag(name, own, call);
    return own;
  };
  const names = new Map<Digest, Promise<string>>();
  return async ({ reference, ...base }) => {
    const pin = plan.bases.find((one) => one.reference === reference);
    const place = store.pulls ? /^docker-image:\/\/(.*)$/s.exec(pin?.place ?? '')?.[1] : undefined;
    if (pin !== undefined && place !== undefined) return `${place}@${pin.root.digest}`;
    const key = base.image.descriptor.digest;
    const name = names.get(key) ?? load(base);
    names.set(key, name);
    return name;
  };
}

interface InStore {
  readonly name: string;
  /** The id of its config or its manifest. */
  readonly id: string;
  /** A directory of its own. */
  readonly scratch: string;
}

interface WhatToBuild {
  readonly end: PreparedStage;
  readonly platform: Platform;
  /** Those in front of it, for a Dockerfile that stays as it is. */
  readonly stages?: readonly PreparedStage[];
}

/** Has a stage built, and those that it needs, under a name of our own. */
async function buildStage(
  { store, request, plan, ...parts }: Parts,
  { end, platform, stages = [] }: WhatToBuild,
  { reserve, named, made }: Omit<Making, 'blobs'>,
  call: Call,
): Promise<InStore> {
  const scratch = join(parts.scratch, ownName());
  await mkdir(scratch);
  const dockerfile = join(scratch, 'Dockerfile');
  const [name, idFile] = [reserve(), join(scratch, 'id')];
  const spelledOut = store.spellsOut ? await spellOut(end, { named, made, scratch, mark: name }) : undefined;
  const text = spelledOut?.text ?? (await withBases(await textOf(request), stages, named));
  await writeFile(dockerfile, text);
  // It is looked for beside the Dockerfile that is given.
  if (request.dockerfileText === undefined)
    await copyFile(`${request.dockerfile}.dockerignore`, `${dockerfile}.dockerignore`).catch(() => {});
  const pinned = new Set(plan.bases.map(({ reference }) => reference));
  const contexts = Object.fromEntries(Object.entries(request.contexts).filter(([key]) => !pinned.has(key)));
  const own = { ...withPlatforms(request, [platform]), annotations: {}, contexts };
  await store.build(
    { platform, name, idFile, dockerfile, request: own, ...(spelledOut === undefined ? {} : { spelledOut }) },
    call,
  );
  return { name, id: (await readFile(idFile, 'utf8')).trim(), scratch };
}

async function buildOne(
  parts: Parts,
  { platform, stages, target }: PreparedPlatform,
  { blobs, ...making }: Making,
  call: Call,
): Promise<BuiltImage> {
  const { store, request } = parts;
  const { name, id, scratch } = await buildStage(parts, { end: target, platform, stages }, making, call);
  const base = baseOf(target);
  const known = base?.image.layers.flatMap(({ diffId }) => diffId ?? []) ?? [];
  const source = await store.save(name, { directory: join(scratch, 'image'), known }, call);
  try {
    const tree = await openTree(source, await source.resolve(undefined, call), call);
    const [image] = tree.images;
    if (image === undefined || (image.manifest.config.digest !== id && image.descriptor.digest !== id))
      throw lost(request.name, `saved: ${image?.manifest.config.digest ?? '-'}, built: ${id}`);
    const from = { source, base, platform, request, blobs };
    return await takeOut(image, { ...from, ...(store.spellsOut ? { target } : {}) }, call);
  } finally {
    await source.close();
  }
}

/** A program that must end well; it has built, and does not give what it built. */
export async function must(
  run: RunProgram,
  [command = '', ...words]: readonly string[],
  { signal }: CallOptions,
): Promise<string> {
  const { status, out, err } = await run(command, words, { signal });
  if (status !== 0) throw lost(command, (err || out).trim());
  return out;
}

function lost(engine: string, detail: string): Failure {
  const args = { engine, instruction: '', detail: detail.split('\n')[0] ?? '' };
  return failure('engine/build-failed', args, atInput('--engine'), 'outside', { because: detail.split('\n').slice(1) });
}

const textOf = async ({ dockerfile, dockerfileText }: BuildRequest): Promise<string> =>
  dockerfileText ?? readFile(dockerfile, 'utf8');
