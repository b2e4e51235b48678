import { type Digest, isDigest, type Location, type Platform } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { jsonFault } from './json-fault.ts';
import { duplicateKey } from './json-keys.ts';
import type { Descriptor, ImageConfig, Index, Manifest } from './types.ts';

/** What is being read, for messages: its kind, its digest where it has one, and the image it belongs to. */
export interface DocumentPlace {
  readonly document: 'index' | 'manifest' | 'config' | 'layout' | 'docker-manifest';
  readonly digest?: Digest | undefined;
  readonly at: Location;
}

type Shape =
  | 'object'
  | 'list'
  | 'text'
  | 'texts'
  | 'textMap'
  | 'number'
  | 'digest'
  | 'schema2'
  | 'one'
  | 'exact'
  | 'once';
type Json = Readonly<Record<string, unknown>>;

/** More entries than any image has; containerd and registries set no number, memory does. */
const MAX_ENTRIES = 10_000;

/** Parses JSON as strictly as Go does: UTF-8, no byte order mark; and no member twice. The error says where. */
export function parseJson(bytes: Uint8Array, place: DocumentPlace): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw invalid(place, '1:1', 'json', error);
  }
  let value: unknown;
  try {
    value = LONE.test(text) ? JSON.parse(text, (_, part: unknown) => wellFormed(part)) : JSON.parse(text);
  } catch (error) {
    throw invalid(place, jsonFault(text), 'json', error);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw invalid(place, twice, 'once');
  return value;
}

/** An escape that may be half of a pair. */
const LONE = /\\u[dD][89a-fA-F]/;

/** Half a pair is no text: Go decodes it as U+FFFD (encoding/json, unquote), and what is run is what Go decodes. */
const wellFormed = (part: unknown): unknown =>
  typeof part === 'string' ? part.replace(/\p{Surrogate}/gu, '\ufffd') : part;

function invalid(place: DocumentPlace, where: string, wanted: Shape | 'json', cause?: unknown) {
  return failure(
    'image/json-invalid',
    { document: place.document, ...(place.digest !== undefined ? { digest: place.digest } : {}), place: where, wanted },
    place.at,
    'request',
    // Not its message: V8 quotes the text there, and a hostile layout can link to any file of ours.
    cause instanceof Error ? { cause } : {},
  );
}

/** Reads members of JSON values and refuses those of the wrong kind, with their path. */
class Reader {
  readonly #place: DocumentPlace;

  constructor(place: DocumentPlace) {
    this.#place = place;
  }

  fail(path: string, wanted: Shape): never {
    throw invalid(this.#place, path === '' ? '.' : path, wanted);
  }

  object(value: unknown, path: string, known: readonly string[] = []): Json {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.fail(path, 'object');
    // encoding/json takes `Layers` for `layers`, so Go and we would read two different images from the same bytes.
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const lower = key.toLowerCase();
      if (known.some((name) => name.toLowerCase() === lower)) this.fail(join(path, key), 'exact');
    }
    return value as Json;
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (!Array.isArray(value)) this.fail(path, 'list');
    if (value.length > MAX_ENTRIES) {
      const { document, digest } = this.#place;
      throw failure(
        'image/too-many-entries',
        { document, digest, count: value.length, limit: MAX_ENTRIES },
        this.#place.at,
        'request',
      );
    }
    return value;
  }

  text(value: unknown, path: string): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') this.fail(path, 'text');
    return value;
  }

  texts(value: unknown, path: string): void {
    if (value === undefined || value === null) return;
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) this.fail(path, 'texts');
  }

  textMap(value: unknown, path: string): Readonly<Record<string, string>> | undefined {
    if (value === undefined || value === null) return undefined;
    const map = this.object(value, path);
    if (!Object.values(map).every((one) => typeof one === 'string')) this.fail(path, 'textMap');
    return map as Readonly<Record<string, string>>;
  }

  digest(value: unknown, path: string): Digest {
    if (!isDigest(value)) this.fail(path, 'digest');
    return value;
  }

  descriptor(value: unknown, path: string): Descriptor {
    const json = this.object(value, path, DESCRIPTOR);
    const size = json['size'];
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) this.fail(join(path, 'size'), 'number');
    const platform = this.#platform(json['platform'], join(path, 'platform'));
    const annotations = this.textMap(json['annotations'], join(path, 'annotations'));
    const artifactType = this.text(json['artifactType'], join(path, 'artifactType'));
    this.texts(json['urls'], join(path, 'urls'));
    const urls = (json['urls'] ?? undefined) as readonly string[] | undefined;
    return {
      mediaType: this.text(json['mediaType'], join(path, 'mediaType')) ?? '',
      digest: this.digest(json['digest'], join(path, 'digest')),
      size,
      ...(platform !== undefined ? { platform } : {}),
      ...(annotations !== undefined ? { annotations } : {}),
      ...(artifactType !== undefined ? { artifactType } : {}),
      ...(urls !== undefined ? { urls } : {}),
    };
  }

  /** As written; undefined where os or architecture is missing or empty, because half a platform is a guess. */
  #platform(value: unknown, path: string): Platform | undefined {
    if (value === undefined || value === null) return undefined;
    const json = this.object(value, path, PLATFORM);
    const os = this.text(json['os'], join(path, 'os'));
    const architecture = this.text(json['architecture'], join(path, 'architecture'));
    const variant = this.text(json['variant'], join(path, 'variant'));
    const osVersion = this.text(json['os.version'], join(path, 'os.version'));
    this.texts(json['os.features'], join(path, 'os.features'));
    const osFeatures = (json['os.features'] ?? []) as readonly string[];
    if (!os || !architecture) return undefined;
    return {
      os,
      architecture,
      ...(variant ? { variant } : {}),
      ...(osVersion ? { osVersion } : {}),
      ...(osFeatures.length > 0 ? { osFeatures } : {}),
    };
  }
}

const PLATFORM = ['os', 'architecture', 'variant', 'os.version', 'os.features'];

const DESCRIPTOR = ['mediaType', 'digest', 'size', 'platform', 'annotations', 'artifactType', 'urls', 'data'];

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** What a parsed document is by its own members, before anything else of it is read. */
export function documentForm(json: unknown): {
  readonly form: 'index' | 'manifest' | 'schema1' | 'both' | 'neither';
  readonly mediaType: string | undefined;
} {
  const object = typeof json === 'object' && json !== null ? (json as Json) : {};
  const mediaType = typeof object['mediaType'] === 'string' ? object['mediaType'] : undefined;
  // CVE-2021-41190: a document that is an index and a manifest means something else to each reader.
  const index = object['manifests'] !== undefined;
  const manifest = object['config'] !== undefined || object['layers'] !== undefined;
  const form =
    object['schemaVersion'] === 1
      ? 'schema1'
      : index && manifest
        ? 'both'
        : index
          ? 'index'
          : manifest
            ? 'manifest'
            : 'neither';
  return { form, mediaType };
}

/** An index, its entries checked. Throws `image/json-invalid`. */
export function parseIndex(json: unknown, place: DocumentPlace): Index {
  const read = new Reader(place);
  const object = read.object(json, '', ['schemaVersion', 'mediaType', 'manifests', 'config', 'layers', 'annotations']);
  if (object['config'] !== undefined || object['layers'] !== undefined) read.fail('manifests', 'one');
  if (object['schemaVersion'] !== 2) read.fail('schemaVersion', 'schema2');
  const mediaType = read.text(object['mediaType'], 'mediaType');
  const annotations = read.textMap(object['annotations'], 'annotations');
  return {
    schemaVersion: 2,
    ...(mediaType !== undefined ? { mediaType } : {}),
    manifests: read
      .list(object['manifests'] ?? [], 'manifests')
      .map((entry, i) => read.descriptor(entry, `manifests[${i}]`)),
    ...(annotations !== undefined ? { annotations } : {}),
  };
}

/** A manifest, its descriptors checked. Throws `image/json-invalid`. */
export function parseManifest(json: unknown, place: DocumentPlace): Manifest {
  const read = new Reader(place);
  const known = [
    'schemaVersion',
    'mediaType',
    'config',
    'layers',
    'manifests',
    'annotations',
    'subject',
    'artifactType',
  ];
  const object = read.object(json, '', known);
  if (object['manifests'] !== undefined) read.fail('layers', 'one');
  if (object['schemaVersion'] !== 2) read.fail('schemaVersion', 'schema2');
  const mediaType = read.text(object['mediaType'], 'mediaType');
  const annotations = read.textMap(object['annotations'], 'annotations');
  return {
    schemaVersion: 2,
    ...(mediaType !== undefined ? { mediaType } : {}),
    config: read.descriptor(object['config'], 'config'),
    layers: read.list(object['layers'] ?? [], 'layers').map((layer, i) => read.descriptor(layer, `layers[${i}]`)),
    ...(annotations !== undefined ? { annotations } : {}),
    ...(object['subject'] != null ? { subject: read.descriptor(object['subject'], 'subject') } : {}),
  };
}

/** A config, held to the kinds that Go's structures have: what containerd cannot unmarshal is refused here too. */
export function parseConfig(json: unknown, place: DocumentPlace): ImageConfig {
  const read = new Reader(place);
  const object = read.object(json, '', [...PLATFORM, 'config', 'rootfs', 'history']);
  for (const key of ['os', 'architecture', 'variant', 'os.version', 'created', 'author']) read.text(object[key], key);
  read.texts(object['os.features'], 'os.features');
  if (object['rootfs'] != null) {
    const rootfs = read.object(object['rootfs'], 'rootfs', ['type', 'diff_ids']);
    read.text(rootfs['type'], 'rootfs.type');
    for (const [i, id] of read.list(rootfs['diff_ids'] ?? [], 'rootfs.diff_ids').entries()) {
      read.digest(id, `rootfs.diff_ids[${i}]`);
    }
  }
  if (object['history'] != null) {
    for (const [i, value] of read.list(object['history'], 'history').entries()) {
      const entry = read.object(value, `history[${i}]`);
      for (const key of ['created', 'created_by', 'author', 'comment']) read.text(entry[key], `history[${i}].${key}`);
    }
  }
  if (object['config'] != null) checkRuntime(read, object['config']);
  const history = (list: unknown) => (list as readonly unknown[]).map((entry) => present(entry));
  return present(object, { config: present, rootfs: present, history }) as ImageConfig;
}

/** Without the members that are null: to Go that is a member that is not there, and Docker writes `"Cmd": null`. */
function present(value: unknown, inner: Readonly<Record<string, (value: unknown) => unknown>> = {}): Json {
  const members = Object.entries(value as Json).filter(([, one]) => one !== null);
  return Object.fromEntries(members.map(([key, one]) => [key, Object.hasOwn(inner, key) ? inner[key]!(one) : one]));
}

function checkRuntime(read: Reader, value: unknown): void {
  const config = read.object(value, 'config', [
    'User',
    'Env',
    'Entrypoint',
    'Cmd',
    'WorkingDir',
    'Labels',
    'Shell',
    'StopSignal',
    'OnBuild',
    'Volumes',
    'ExposedPorts',
  ]);
  for (const key of ['User', 'WorkingDir', 'StopSignal']) read.text(config[key], `config.${key}`);
  for (const key of ['Env', 'Entrypoint', 'Cmd', 'Shell', 'OnBuild']) read.texts(config[key], `config.${key}`);
  read.textMap(config['Labels'], 'config.Labels');
  for (const key of ['Volumes', 'ExposedPorts']) if (config[key] != null) read.object(config[key], `config.${key}`);
}
