import {
  type Diagnostic,
  Failure,
  formatPlatform,
  type Location,
  normalizePlatform,
  type Platform,
  samePlatform,
} from '../core/index.ts';
import { diagnostic, failure } from '../messages/index.ts';
import { documentForm, parseConfig, parseIndex, parseJson, parseManifest } from './documents.ts';
import {
  type CallOptions,
  type Descriptor,
  type HistoryEntry,
  type Image,
  type ImageConfig,
  type ImageSource,
  type ImageTree,
  type Layer,
  type Manifest,
  mediaTypes,
} from './types.ts';
import { documentLimits, readVerified, type VerifiedOptions } from './verified.ts';

/** True for the two media types of an index. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList;
}

/** True for the two media types of an image manifest. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociManifest || mediaType === mediaTypes.dockerManifest;
}

const SCHEMA1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;
const IN_TOTO = 'application/vnd.in-toto+json';

/** True for what runtimes unpack: tars, plain or compressed, of OCI or Docker, foreign ones included. */
export function isLayerType(mediaType: string): boolean {
  return (
    /^application\/vnd\.oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+(gzip|zstd))?$/.test(mediaType) ||
    /^application\/vnd\.docker\.image\.rootfs\.(foreign\.)?diff\.tar(\.(gzip|zstd))?$/.test(mediaType)
  );
}

/** True for a layer that stays behind an address of its maker (Windows bases). */
export function isForeignLayer(layer: Descriptor): boolean {
  return /nondistributable|foreign/.test(layer.mediaType) || (layer.urls !== undefined && layer.urls.length > 0);
}

/**
 * Reads everything behind a descriptor but the layers: the index, the manifests, the configs, each verified. Faults
 * of structure become `problems`; what makes the whole unreadable is thrown, and so is a source that stops answering.
 */
export async function openTree(source: ImageSource, root: Descriptor, options: CallOptions = {}): Promise<ImageTree> {
  const at: Location = { in: 'image', image: source.name };
  const read = reader(source, root, options);
  const rawRoot = await read(root, { at, limit: documentLimits.manifest });
  const place = { document: isIndexType(root.mediaType) ? 'index' : 'manifest', digest: root.digest, at } as const;
  const json = parseJson(rawRoot, place);
  const { form, mediaType } = documentForm(json);
  if (form === 'schema1' || SCHEMA1.test(root.mediaType)) {
    throw failure('image/schema-1', { digest: root.digest }, at, 'request');
  }
  const problems: Diagnostic[] = [];
  checkMediaType(root, mediaType, at, problems);
  const isIndex = isIndexType(root.mediaType) || (!isManifestType(root.mediaType) && form === 'index');
  const tree = { source, root, rawRoot, problems };
  if (!isIndex) {
    const image = await readImage(root, { rawManifest: rawRoot, json, at, problems, read });
    if (image === undefined) return { ...tree, form: 'manifest', images: [], attestations: [], others: [root] };
    return { ...tree, form: 'manifest', images: [image], attestations: [], others: [] };
  }
  const index = parseIndex(json, { ...place, document: 'index' });
  const entries = await readEntries(index.manifests, at, read);
  const images: Image[] = [];
  const attestations: Descriptor[] = [];
  const others: Descriptor[] = [];
  for (const entry of entries) {
    problems.push(...entry.problems);
    if (entry.kind === 'image') images.push(entry.image);
    else (entry.kind === 'attestation' ? attestations : others).push(entry.descriptor);
  }
  if (index.manifests.length === 0) problems.push(diagnostic('image/empty', { source: source.name }, at));
  problems.push(...duplicates(images, at));
  return { ...tree, form: 'index', images, attestations, others };
}

/** The annotations of an index itself; of a manifest none. */
export function indexAnnotations({ form, rawRoot, root, source }: ImageTree): Readonly<Record<string, string>> {
  if (form !== 'index') return {};
  const place = { document: 'index', digest: root.digest, at: { in: 'image', image: source.name } } as const;
  return parseIndex(parseJson(rawRoot, place), place).annotations ?? {};
}

type Read = (descriptor: Descriptor, options: VerifiedOptions & { readonly limit: number }) => Promise<Uint8Array>;

/** Reads documents until all of them together are too much: an index of 10,000 large ones would fill any memory. */
function reader(source: ImageSource, root: Descriptor, call: CallOptions): Read {
  let total = 0;
  return (descriptor, options) => {
    // A single document that is too large is told by `readVerified`, before a byte is read.
    if (descriptor.size <= options.limit) total += descriptor.size;
    if (total <= documentLimits.tree) return readVerified(source, descriptor, { ...call, ...options });
    const args = { digest: root.digest, size: total, limit: documentLimits.tree };
    throw new TooMuch(failure('image/document-too-large', args, options.at!, 'request'));
  };
}

/** Ends the whole reading, where a document too large of one entry ends only that entry. */
class TooMuch extends Error {
  readonly failure: Failure;

  constructor(problem: Failure) {
    super(problem.message);
    this.failure = problem;
  }
}

type Entry =
  | { readonly kind: 'image'; readonly image: Image; readonly problems: readonly Diagnostic[] }
  | {
      readonly kind: 'attestation' | 'other';
      readonly descriptor: Descriptor;
      readonly problems: readonly Diagnostic[];
    };

/** Registries answer slowly and in parallel; the order of the index is kept. */
const READ_AT_ONCE = 6;

async function readEntries(manifests: readonly Descriptor[], at: Location, read: Read): Promise<Entry[]> {
  const entries: Entry[] = new Array(manifests.length);
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < manifests.length && !failed) {
      const i = next++;
      try {
        entries[i] = await readEntry(manifests[i]!, at, read);
      } catch (error) {
        failed = true;
        throw error instanceof TooMuch ? error.failure : error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(READ_AT_ONCE, manifests.length) }, worker));
  return entries;
}

async function readEntry(descriptor: Descriptor, whole: Location, read: Read): Promise<Entry> {
  const at: Location = entryPlace(whole, descriptor.platform);
  const other = (problem: Diagnostic): Entry => ({ kind: 'other', descriptor, problems: [problem] });
  const { digest, mediaType } = descriptor;
  if (isAttestation(descriptor)) return { kind: 'attestation', descriptor, problems: [] };
  if (isIndexType(mediaType)) return other(diagnostic('image/nested-index', { digest }, at));
  if (SCHEMA1.test(mediaType)) return other(diagnostic('image/schema-1', { digest }, at));
  if (!isManifestType(mediaType)) return other(diagnostic('image/media-type-unknown', { digest, mediaType }, at));
  const problems: Diagnostic[] = [];
  try {
    const rawManifest = await read(descriptor, { at, limit: documentLimits.manifest });
    const json = parseJson(rawManifest, { document: 'manifest', digest, at });
    checkMediaType(descriptor, documentForm(json).mediaType, at, problems);
    const image = await readImage(descriptor, { rawManifest, json, at, problems, read, inIndex: true });
    if (image === undefined) {
      const isStatement = problems.length === 0;
      return { kind: isStatement ? 'attestation' : 'other', descriptor, problems };
    }
    if (descriptor.platform === undefined) problems.push(diagnostic('image/entry-no-platform', { digest }, at));
    return { kind: 'image', image, problems };
  } catch (error) {
    if (!(error instanceof Failure) || !isFaultOfBytes(error)) throw error;
    const platform = descriptor.platform === undefined ? '?' : formatPlatform(descriptor.platform);
    return {
      kind: 'other',
      descriptor,
      problems: [...problems, diagnostic('image/entry-unreadable', { digest, platform }, at), error.diagnostic],
    };
  }
}

/** A fault of this one entry, as against a network or a disk that would fail for every entry. */
function isFaultOfBytes({ diagnostic: { code } }: Failure): boolean {
  return (
    (code.startsWith('image/') && code !== 'image/unreadable' && code !== 'image/not-found') ||
    code === 'registry/not-found' ||
    code === 'registry/wrong-digest' ||
    code === 'registry/too-large'
  );
}

/**
 * buildx marks provenance and SBOM manifests so, with the platform `unknown/unknown` (BuildKit, attestation storage). No
 * runtime looks at the mark: with another platform, or none, it is an entry like any other.
 */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] !== undefined && platform?.os === 'unknown';
}

function checkMediaType(descriptor: Descriptor, written: string | undefined, at: Location, problems: Diagnostic[]) {
  if (written === undefined || written === descriptor.mediaType || descriptor.mediaType === '') return;
  const { digest, mediaType: listed } = descriptor;
  problems.push(diagnostic('image/media-type-differs', { digest, listed, written }, at));
}

function entryPlace(at: Location, platform: Platform | undefined): Location {
  return at.in === 'image' && platform !== undefined ? { ...at, platform } : at;
}

interface Reading {
  readonly rawManifest: Uint8Array;
  readonly json: unknown;
  readonly at: Location;
  readonly problems: Diagnostic[];
  readonly read: Read;
  readonly inIndex?: boolean;
}

/** The image behind a manifest; undefined where the manifest is of something else, which `problems` then says. */
async function readImage(descriptor: Descriptor, reading: Reading): Promise<Image | undefined> {
  const { problems, rawManifest, json, read } = reading;
  const manifest = parseManifest(json, { document: 'manifest', digest: descriptor.digest, at: reading.at });
  if (manifest.layers.length > 0 && manifest.layers.every((layer) => layer.mediaType === IN_TOTO)) {
    // Statements without buildx's annotation. Alone, outside an index, they are no image either.
    if (reading.inIndex !== true) problems.push(unknownType(manifest.layers[0]!, reading.at));
    return undefined;
  }
  if (!isConfigType(manifest.config.mediaType)) {
    problems.push(unknownType(manifest.config, reading.at));
    return undefined;
  }
  const rawConfig = await read(manifest.config, { at: reading.at, limit: documentLimits.config });
  const place = { document: 'config', digest: manifest.config.digest, at: reading.at } as const;
  const config = parseConfig(parseJson(rawConfig, place), place);
  const declared = declaredPlatform(config);
  const entryPlatform = reading.inIndex === true ? descriptor.platform : undefined;
  const at = entryPlace(reading.at, declared ?? entryPlatform);
  problems.push(...configProblems({ manifest, config, declared, entryPlatform, at }));
  const layers = layersOf(manifest, config);
  for (const layer of layers) problems.push(...layerProblems(layer, at));
  return { descriptor, entryPlatform, declared, rawManifest, manifest, rawConfig, config, layers };
}

function unknownType({ digest, mediaType }: Descriptor, at: Location): Diagnostic {
  return diagnostic('image/media-type-unknown', { digest, mediaType }, at);
}

function isConfigType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig;
}

/** What the config says, normalized. Where os or architecture is missing there is no platform. */
function declaredPlatform(config: ImageConfig): Platform | undefined {
  if (!config.os || !config.architecture) return undefined;
  return normalizePlatform({
    os: config.os,
    architecture: config.architecture,
    ...(config.variant ? { variant: config.variant } : {}),
    ...(config['os.version'] ? { osVersion: config['os.version'] } : {}),
    ...(config['os.features']?.length ? { osFeatures: config['os.features'] } : {}),
  });
}

function configProblems(found: {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  readonly declared: Platform | undefined;
  readonly entryPlatform: Platform | undefined;
  readonly at: Location;
}): Diagnostic[] {
  const { manifest, config, declared, entryPlatform, at } = found;
  const problems: Diagnostic[] = [];
  if (declared === undefined) {
    const missing = (['os', 'architecture'] as const).filter((key) => !config[key]);
    problems.push(diagnostic('image/platform-missing', { digest: manifest.config.digest, missing }, at));
  } else if (entryPlatform !== undefined && !samePlatform(entryPlatform, declared)) {
    problems.push(
      diagnostic(
        'image/entry-config-differ',
        { entry: platformText(entryPlatform), config: platformText(declared) },
        entryPlace(at, entryPlatform),
      ),
    );
  }
  const diffIds = config.rootfs?.diff_ids?.length ?? 0;
  if (diffIds !== manifest.layers.length) {
    problems.push(diagnostic('image/layers-differ', { layers: manifest.layers.length, diffIds }, at));
  }
  return problems;
}

function platformText(platform: Platform): string {
  const text = formatPlatform(platform);
  return platform.osVersion === undefined ? text : `${text} (${platform.osVersion})`;
}

/** history has entries for instructions that made no layer; only where the rest counts up is it mapped. */
function layersOf(manifest: Manifest, config: ImageConfig): Layer[] {
  const made: readonly HistoryEntry[] = (config.history ?? []).filter((entry) => entry.empty_layer !== true);
  const history = made.length === manifest.layers.length ? made : [];
  const total = manifest.layers.length;
  return manifest.layers.map((descriptor, i) => ({
    descriptor,
    diffId: config.rootfs?.diff_ids?.[i],
    position: [i + 1, total] as const,
    history: history[i],
  }));
}

function layerProblems({ descriptor, position }: Layer, at: Location): Diagnostic[] {
  const { digest, mediaType, urls } = descriptor;
  const here: Location = at.in === 'image' ? { ...at, layer: digest, layerIndex: position } : at;
  if (isForeignLayer(descriptor)) return [diagnostic('image/foreign-layer', { digest, urls: urls ?? [] }, here)];
  if (!isLayerType(mediaType)) return [diagnostic('image/media-type-unknown', { digest, mediaType }, here)];
  return [];
}

/** How containers/image marks an instance whose layers are zstd (internal/manifest/oci_index.go). */
const ZSTD_ANNOTATION = 'io.github.containers.compression.zstd';

/** Whether an entry of an index says of itself that its layers are zstd: CRI-O and podman prefer it to its twin. */
export function isZstdInstance({ annotations }: Descriptor): boolean {
  return annotations?.[ZSTD_ANNOTATION] === 'true';
}

/** The same image a second time, compressed otherwise: each runtime takes the one that it prefers, and no choice is wrong. */
function isTwin(one: Image, other: Image): boolean {
  const content = ({ layers }: Image) => layers.map(({ diffId }) => diffId ?? '?').join();
  return (
    isZstdInstance(one.descriptor) !== isZstdInstance(other.descriptor) &&
    content(one) === content(other) &&
    !content(one).includes('?')
  );
}

/** Entries of one platform: the first stands, as it does for a runtime. Linear, because an index can be long. */
function duplicates(images: readonly Image[], at: Location): Diagnostic[] {
  const problems: Diagnostic[] = [];
  /** The first of a platform, with any version of Windows, with none, and with each. */
  const firsts = new Map<string, number>();
  for (const [i, { descriptor, entryPlatform }] of images.entries()) {
    if (entryPlatform === undefined) continue;
    const { osVersion, osFeatures = [] } = entryPlatform;
    // Entries that ask for something else of the system are no equals: which is taken is the runtime's question.
    const name = [formatPlatform(entryPlatform), ...[...new Set(osFeatures)].sort()].join('+');
    const [any, none, own] = [`${name} any`, `${name} none`, `${name} = ${osVersion}`];
    const same = (osVersion === undefined ? [any] : [none, own]).flatMap((key) => firsts.get(key) ?? []);
    for (const key of [any, osVersion === undefined ? none : own]) if (!firsts.has(key)) firsts.set(key, i);
    if (same.length === 0) continue;
    const first = images[Math.min(...same)]!;
    if (isTwin(first, images[i]!)) continue;
    const platform = platformText(entryPlatform);
    const args = { platform, first: first.descriptor.digest, second: descriptor.digest };
    problems.push(diagnostic('image/entry-duplicate', args, entryPlace(at, entryPlatform)));
  }
  return problems;
}
