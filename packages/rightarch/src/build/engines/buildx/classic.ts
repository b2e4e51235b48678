import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, type Failure, formatPlatform, type Platform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { atInput, failure } from '../../../messages/index.ts';
import {
  type CallOptions,
  type Descriptor,
  type Image,
  type ImageSource,
  makeManifest,
  mediaTypes,
  openArchive,
  openTree,
  streamVerified,
  writeArchive,
} from '../../../oci/index.ts';
import { ownerOf, ownName } from '../../../oci/own-name.ts';
import { gzip } from '../../../tar/index.ts';
import { BlobStore } from '../../files/blob-store.ts';
import type { BaseImage } from '../../stage/bases.ts';
import { buildFlags } from '../../stage/docker-command.ts';
import type { PreparedPlatform, PreparedStage } from '../../stage/prepare.ts';
import type { BuildEvent, BuildPlan, BuildRequest, BuildResult, Engine, RunProgram } from '../../types.ts';
import { carryOut } from '../buildkit/carry-out.ts';
import { absolute, argsOf } from '../buildkit/hand-over.ts';
import type { BuildxNode } from '../buildkit/node.ts';
import { annotationsFor, type BuiltImage, writeOutput } from '../embedded/write-output.ts';
import { unattested } from './command.ts';

/** Names of our own in Docker's store: `.invalid` is nobody's registry (RFC 6761). */
const OURS = 'rightarch.invalid/build';
/** Those that this process is at; where the engine died it could not take its others away. */
const making = new Set<string>();

interface Parts {
  readonly run: RunProgram;
  readonly node: BuildxNode;
  readonly scratch: string;
  readonly request: BuildRequest;
  readonly plan: BuildPlan;
  readonly prepared: readonly PreparedPlatform[];
  readonly output: Parameters<Engine['build']>[2];
}

type Call = CallOptions & { readonly onEvent?: (event: BuildEvent) => void };

/**
 * With Docker's older image store, which gives nothing away while it builds: one build a platform, under a name of our
 * own, and out of the store by `docker save`. It has every layer unpacked only, so that those of the base are taken from
 * the base again and the others are compressed here. Seen with Docker 20.10, 2026-11-29.
 */
export async function buildAndSave(parts: Parts, call: Call): Promise<BuildResult> {
  const { run, scratch, request, prepared, output } = parts;
  const store = new BlobStore(join(scratch, 'blobs'));
  const made = new Set<string>();
  const reserve = (): string => {
    const name = `${OURS}:${ownName()}`;
    made.add(name);
    making.add(name);
    return name;
  };
  await removeAbandonedNames(run, call);
  try {
    const images: BuiltImage[] = [];
    for (const one of prepared) {
      const image = await buildOne(parts, one, { store, reserve }, call);
      call.onEvent?.({ kind: 'built', platform: one.platform, descriptor: image.descriptor });
      images.push(image);
    }
    const { annotations } = request;
    return await writeOutput(images, { ...output, name: output.name ?? 'latest' }, { store, annotations, ...call });
  } finally {
    // Whatever stopped the build: what other names have stays.
    if (made.size > 0) await run('docker', ['image', 'rm', ...made]);
    for (const name of made) making.delete(name);
  }
}

async function removeAbandonedNames(run: RunProgram, { signal }: CallOptions): Promise<void> {
  const { out } = await run('docker', ['image', 'ls', '--format', '{{.Tag}}', OURS], { signal });
  const left = out.split('\n').filter((tag) => {
    const owner = ownerOf(tag);
    return owner !== undefined && (owner.isDead || (owner.isThis && !making.has(`${OURS}:${tag}`)));
  });
  if (left.length > 0) await run('docker', ['image', 'rm', ...left.map((tag) => `${OURS}:${tag}`)], { signal });
}

async function buildOne(
  { run, node, scratch, request, plan }: Parts,
  { platform, stages, target }: PreparedPlatform,
  { store, reserve }: { readonly store: BlobStore; readonly reserve: () => string },
  call: Call,
): Promise<BuiltImage> {
  const named = async (base: BaseImage, reference: string): Promise<string> => {
    const pin = plan.bases.find((one) => one.reference === reference);
    const place = /^docker-image:\/\/(.*)$/s.exec(pin?.place ?? '')?.[1];
    if (pin !== undefined && place !== undefined) return `${place}@${pin.root.digest}`;
    // What is in no registry that Docker could ask is handed to it.
    const name = reserve();
    const file = join(scratch, 'base.tar');
    const tree = await openTree(base.source, base.image.descriptor, call);
    await writeArchive(tree, file, { names: [name], ...call });
    await must(run, ['load', '--quiet', '--input', file], call);
    return name;
  };
  const dockerfile = join(scratch, 'Dockerfile');
  const text = request.dockerfileText ?? (await readFile(request.dockerfile, 'utf8'));
  await writeFile(dockerfile, await withBases(text, stages, named));
  // BuildKit looks for it beside the Dockerfile that it is given.
  if (request.dockerfileText === undefined)
    await copyFile(`${request.dockerfile}.dockerignore`, `${dockerfile}.dockerignore`).catch(() => {});
  const name = reserve();
  const idFile = join(scratch, 'id');
  const pinned = new Set(plan.bases.map(({ reference }) => reference));
  const contexts = Object.fromEntries(Object.entries(request.contexts).filter(([key]) => !pinned.has(key)));
  const words = [
    ...(node.classic === 'docker build'
      ? ['build', '--progress', 'plain']
      : ['buildx', 'build', '--builder', node.name, '--progress', 'rawjson', '--output', 'type=docker']),
    ...(node.classic === 'docker build' ? [] : unattested(request)),
    ...['--platform', formatPlatform(platform), '--tag', name, '--iidfile', idFile, '--file', dockerfile],
    ...buildFlags({ ...request, annotations: {}, contexts }, argsOf(request), absolute(request)),
    request.context,
  ];
  await carryOut(
    run,
    words,
    { request: { ...request, platforms: [{ platform, because: { kind: 'flag' } }] }, node },
    call,
  );
  const file = join(scratch, 'image.tar');
  await must(run, ['save', '--output', file, name], call);
  const source = await openArchive(file, call);
  try {
    const tree = await openTree(source, await source.resolve(undefined, call), call);
    const [image] = tree.images;
    const id = (await readFile(idFile, 'utf8')).trim();
    if (image === undefined || (image.manifest.config.digest !== id && image.descriptor.digest !== id))
      throw lost(`docker save: ${image?.manifest.config.digest ?? '-'}, docker build: ${id}`);
    return await takeOut(image, { source, base: baseOf(target), platform, request, store }, call);
  } finally {
    await source.close();
  }
}

/** A saved image as it is published: the base's layers as the base has them, the others compressed. */
async function takeOut(
  image: Image,
  parts: {
    readonly source: ImageSource;
    readonly base: BaseImage | undefined;
    readonly platform: Platform;
    readonly request: BuildRequest;
    readonly store: BlobStore;
  },
  call: CallOptions,
): Promise<BuiltImage> {
  const { source, base, platform, request, store } = parts;
  const layers: Descriptor[] = [];
  for (const [index, { descriptor, diffId }] of image.layers.entries()) {
    const known = base?.image.layers[index];
    const isBase = diffId !== undefined && known?.diffId === diffId;
    const from = isBase ? { source: base!.source, descriptor: known!.descriptor } : { source, descriptor };
    const bytes = streamVerified(from.source, from.descriptor, call);
    const isPlain = /\.(?:tar|diff\.tar)$/.test(from.descriptor.mediaType);
    const { digest, size } = await store.write(isPlain ? gzip(bytes) : bytes, call);
    const mediaType = /zstd$/.test(from.descriptor.mediaType) ? from.descriptor.mediaType : mediaTypes.ociLayerGzip;
    layers.push({ mediaType, digest, size });
  }
  const config = { ...image.manifest.config, mediaType: mediaTypes.ociConfig };
  const annotations = annotationsFor('manifest', request.annotations);
  const manifest = makeManifest({ config, layers, ...(annotations ? { annotations } : {}) });
  return {
    platform,
    descriptor: { ...manifest.descriptor, platform },
    layers,
    documents: [
      { descriptor: config, bytes: image.rawConfig },
      { descriptor: manifest.descriptor, bytes: manifest.bytes },
    ],
  };
}

/** The image that the layers of a stage begin with. */
function baseOf({ base }: PreparedStage): BaseImage | undefined {
  return base.kind === 'stage' ? baseOf(base.stage) : base.kind === 'image' ? base : undefined;
}

/** A Dockerfile with every base of these stages under the name that `named` gives it. Its lines stay where they are. */
async function withBases(
  text: string,
  stages: readonly PreparedStage[],
  named: (base: BaseImage, reference: string) => Promise<string>,
): Promise<string> {
  const names = new Map<Digest, string>();
  const found: { readonly span: Span; readonly name: string }[] = [];
  const put = async (span: Span, base: BaseImage & { readonly reference: string }) => {
    const key = base.image.descriptor.digest;
    const name = names.get(key) ?? (await named(base, base.reference));
    names.set(key, name);
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

async function must(run: RunProgram, words: readonly string[], { signal }: CallOptions): Promise<void> {
  const { status, out, err } = await run('docker', words, { signal });
  if (status !== 0) throw lost((err || out).trim());
}

/** Docker has built, and does not give what it built. */
function lost(detail: string): Failure {
  const args = { engine: 'docker', instruction: '', detail: detail.split('\n')[0] ?? '' };
  return failure('engine/build-failed', args, atInput('--engine'), 'outside', { because: detail.split('\n').slice(1) });
}
