import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf, type Failure, type Platform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { atInput, failure } from '../../../messages/index.ts';
import {
  type CallOptions,
  type Descriptor,
  type Image,
  type ImageSource,
  linkLayers,
  makeManifest,
  mediaTypes,
  openTree,
  streamVerified,
  writeArchive,
} from '../../../oci/index.ts';
import { ownerOf, ownName } from '../../../oci/own-name.ts';
import { gzip } from '../../../tar/index.ts';
import { BlobStore } from '../../files/blob-store.ts';
import { together } from '../../first-failure.ts';
import type { BaseImage } from '../../stage/bases.ts';
import type { PreparedPlatform, PreparedStage } from '../../stage/prepare.ts';
import type { BuildEvent, BuildPlan, BuildRequest, BuildResult, Engine, RunProgram } from '../../types.ts';
import { toldAs } from '../buildkit/carry-out.ts';
import { withPlatforms } from '../buildkit/hand-over.ts';
import { annotationsFor, type BuiltImage, makeImage, writeOutput } from '../embedded/write-output.ts';
import { KeptBases, type KeptParts } from './kept-bases.ts';
import { historyOf, NOTHING, onlyFiles } from './own-config.ts';
import { type SpelledOut, spellOut } from './spell-out.ts';

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
  remove(names: readonly string[]): Promise<void>;
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
}

/**
 * One build a platform, all at once, each under a name of our own, and out of the store again: the layers of the base are
 * taken from the base, and the others are compressed where the store does not.
 */
export async function buildInStore(parts: Parts, call: Call): Promise<BuildResult> {
  const { store, scratch, request, prepared, output } = parts;
  const blobs = new BlobStore(join(scratch, 'layers'));
  const made = new Set<string>();
  const reserve = (): string => {
    const name = `${OURS}:${ownName()}`;
    made.add(name);
    making.add(name);
    return name;
  };
  await removeAbandonedNames(store, call);
  const kept = parts.kept && (await KeptBases.open(store, parts.kept, call));
  const { signal, all } = together(call);
  try {
    const named = nameBases(parts, { kept, reserve }, { ...call, signal });
    // Mostly the base's: what the last build left is neither fetched nor read again.
    await linkLayers(output.directory, blobs.directory);
    const images = await all(
      prepared.map(async (one, index) => {
        const { platform } = one;
        const told = prepared.length > 1 ? toldAs([platform], call) : {};
        const own = { ...parts, scratch: join(scratch, String(index)) };
        const image = await buildOne(own, one, { blobs, reserve, named }, { ...call, ...told, signal });
        call.onEvent?.({ kind: 'built', platform, descriptor: image.descriptor });
        return image;
      }),
    );
    const { annotations } = request;
    const as = { ...output, name: output.name ?? 'latest' };
    return await writeOutput(images, as, { store: blobs, annotations, ...call });
  } finally {
    // Whatever stopped the build: what other names have stays.
    if (made.size > 0) await store.remove([...made]);
    for (const name of made) making.delete(name);
    await kept?.removeUnused();
  }
}

async function removeAbandonedNames(store: ImageStore, call: Call): Promise<void> {
  const left = (await store.tags(OURS, call)).filter((tag) => {
    const owner = ownerOf(tag);
    return owner !== undefined && (owner.isDead || (owner.isThis && !making.has(`${OURS}:${tag}`)));
  });
  if (left.length > 0) await store.remove(left.map((tag) => `${OURS}:${tag}`));
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
    if (isThere) return name;
    const file = join(scratch, `${ownName()}.tar`);
    await writeArchive(tree, file, { names: [name], ...call });
    await store.load(file, call);
    await rm(file);
    return name;
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

async function buildOne(
  { store, scratch, request, plan }: Parts,
  { platform, stages, target }: PreparedPlatform,
  { blobs, reserve, named }: Making,
  call: Call,
): Promise<BuiltImage> {
  await mkdir(scratch);
  const dockerfile = join(scratch, 'Dockerfile');
  const spelledOut = store.spellsOut ? await spellOut(stages, { named, scratch }) : undefined;
  const text = spelledOut?.text ?? (await withBases(await textOf(request), stages, named));
  await writeFile(dockerfile, text);
  // It is looked for beside the Dockerfile that is given.
  if (request.dockerfileText === undefined)
    await copyFile(`${request.dockerfile}.dockerignore`, `${dockerfile}.dockerignore`).catch(() => {});
  const [name, idFile] = [reserve(), join(scratch, 'id')];
  const pinned = new Set(plan.bases.map(({ reference }) => reference));
  const contexts = Object.fromEntries(Object.entries(request.contexts).filter(([key]) => !pinned.has(key)));
  const own = { ...withPlatforms(request, [platform]), annotations: {}, contexts };
  await store.build(
    { platform, name, idFile, dockerfile, request: own, ...(spelledOut === undefined ? {} : { spelledOut }) },
    call,
  );
  const base = baseOf(target);
  const known = base?.image.layers.flatMap(({ diffId }) => diffId ?? []) ?? [];
  const source = await store.save(name, { directory: join(scratch, 'image'), known }, call);
  try {
    const tree = await openTree(source, await source.resolve(undefined, call), call);
    const [image] = tree.images;
    const id = (await readFile(idFile, 'utf8')).trim();
    if (image === undefined || (image.manifest.config.digest !== id && image.descriptor.digest !== id))
      throw lost(request.name, `saved: ${image?.manifest.config.digest ?? '-'}, built: ${id}`);
    const parts = { source, base, platform, request, blobs };
    return await takeOut(image, { ...parts, ...(store.spellsOut ? { target } : {}) }, call);
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

/** A saved image as it is published: the base's layers as the base has them, the others compressed. */
async function takeOut(
  image: Image,
  parts: {
    readonly source: ImageSource;
    readonly base: BaseImage | undefined;
    readonly platform: Platform;
    readonly request: BuildRequest;
    readonly blobs: BlobStore;
    /** Where the config is what this stage comes to, and not what the store has. */
    readonly target?: PreparedStage;
  },
  call: CallOptions,
): Promise<BuiltImage> {
  const { source, base, platform, request, blobs, target } = parts;
  const bringIn = async (from: ImageSource, descriptor: Descriptor): Promise<Descriptor> => {
    const stream = () => streamVerified(from, descriptor, call);
    const mediaType = /zstd$/.test(descriptor.mediaType) ? descriptor.mediaType : mediaTypes.ociLayerGzip;
    if (/\.(?:tar|diff\.tar)$/.test(descriptor.mediaType))
      return { mediaType, ...(await blobs.write(gzip(stream()), call)) };
    await blobs.fetch(descriptor, stream, request.name);
    return { mediaType, digest: descriptor.digest, size: descriptor.size };
  };
  const layers: { readonly descriptor: Descriptor; readonly diffId: Digest }[] = [];
  const below = base?.image.layers ?? [];
  for (const [index, { descriptor, diffId }] of image.layers.entries()) {
    if (target !== undefined && index >= below.length && diffId === NOTHING) continue;
    // Also where it comes again above the base: a store leaves out whatever is the same as what is known.
    const known = below.find((one) => one.diffId !== undefined && one.diffId === diffId);
    const own = known === undefined ? bringIn(source, descriptor) : bringIn(base!.source, known.descriptor);
    layers.push({ descriptor: await own, diffId: diffId! });
  }
  if (target !== undefined) {
    const created = image.config.created ?? new Date(0).toISOString();
    const history = historyOf(target, layers.length - (base?.image.layers.length ?? 0), created);
    const { config, author } = target.state;
    return makeImage({ config, author, layers, history }, platform, request, created);
  }
  const bytes = image.rawConfig;
  const config = { mediaType: mediaTypes.ociConfig, digest: digestOf(bytes), size: bytes.length };
  const annotations = annotationsFor('manifest', request.annotations);
  const own = layers.map(({ descriptor }) => descriptor);
  const manifest = makeManifest({ config, layers: own, ...(annotations ? { annotations } : {}) });
  return {
    platform,
    descriptor: { ...manifest.descriptor, platform },
    layers: own,
    documents: [
      { descriptor: config, bytes },
      { descriptor: manifest.descriptor, bytes: manifest.bytes },
    ],
  };
}

/** The image that the layers of a stage begin with. */
function baseOf({ base }: PreparedStage): BaseImage | undefined {
  return base.kind === 'stage' ? baseOf(base.stage) : base.kind === 'image' ? base : undefined;
}

const textOf = async ({ dockerfile, dockerfileText }: BuildRequest): Promise<string> =>
  dockerfileText ?? readFile(dockerfile, 'utf8');

type Named = (base: BaseImage & { readonly reference: string }) => Promise<string>;

/** A Dockerfile with every base of these stages under the name that `named` gives it. Its lines stay where they are. */
async function withBases(text: string, stages: readonly PreparedStage[], named: Named): Promise<string> {
  const found: { readonly span: Span; readonly name: string }[] = [];
  const put = async (span: Span, base: BaseImage & { readonly reference: string }) => {
    const name = await named(base);
    // A word over several lines is left as it is.
    if (span.start.line === span.end.line) found.push({ span, name });
  };
  for (const { stage, base, operations } of stages) {
    if (base.kind === 'image') await put(stage.from.image.span, base);
    for (const operation of operations) {
      if (operation.kind !== 'copy' || operation.source?.kind !== 'image') continue;
      const { reference } = operation.source;
      for (const instruction of stage.instructions) {
        const from = 'flags' in instruction ? instruction.flags.find(({ name }) => name === 'from') : undefined;
        if (instruction.span.start.line === operation.line && from?.value.text === reference)
          await put(from.value.span, operation.source);
      }
    }
  }
  const lines = text.split('\n');
  found.sort(
    (one, other) => other.span.start.line - one.span.start.line || other.span.start.column - one.span.start.column,
  );
  for (const { span, name } of found) {
    const line = lines[span.start.line - 1]!;
    lines[span.start.line - 1] = line.slice(0, span.start.column - 1) + name + line.slice(span.end.column - 1);
  }
  return lines.join('\n');
}
