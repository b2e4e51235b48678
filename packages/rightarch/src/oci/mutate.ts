import { type Digest, digestOf, type Platform } from '../core/index.ts';
import { type Descriptor, type Index, type Manifest, mediaTypes } from './types.ts';

/** A document ready to be written: its bytes, and the descriptor that names them. */
export interface Encoded<T> {
  readonly value: T;
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
}

/** JSON as we write it: members in the order given, no spaces. Equal values give equal bytes. */
export function encodeJson(value: unknown): {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly size: number;
} {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes), size: bytes.length };
}

/** A descriptor as the specification spells it: `osVersion` is `os.version` there, `osFeatures` `os.features`. */
export function descriptorJson(descriptor: Descriptor): object {
  const { mediaType, digest, size, urls, annotations, platform, artifactType } = descriptor;
  return {
    mediaType,
    digest,
    size,
    ...(urls !== undefined ? { urls } : {}),
    ...(annotations !== undefined && Object.keys(annotations).length > 0 ? { annotations: sorted(annotations) } : {}),
    ...(platform !== undefined ? { platform: platformJson(platform) } : {}),
    ...(artifactType !== undefined ? { artifactType } : {}),
  };
}

function platformJson({ architecture, os, osVersion, osFeatures, variant }: Platform): object {
  return {
    architecture,
    os,
    ...(osVersion !== undefined ? { 'os.version': osVersion } : {}),
    ...(osFeatures !== undefined ? { 'os.features': osFeatures } : {}),
    ...(variant !== undefined ? { variant } : {}),
  };
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** A manifest of a config and layers. OCI unless Docker's media type is asked for. */
export function makeManifest(parts: {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
}): Encoded<Manifest> {
  const mediaType = parts.mediaType ?? mediaTypes.ociManifest;
  const { bytes, digest, size } = encodeJson({
    schemaVersion: 2,
    mediaType,
    config: descriptorJson(parts.config),
    layers: parts.layers.map(descriptorJson),
    ...(parts.annotations !== undefined ? { annotations: sorted(parts.annotations) } : {}),
  });
  const value: Manifest = {
    schemaVersion: 2,
    mediaType,
    config: parts.config,
    layers: parts.layers,
    ...(parts.annotations !== undefined ? { annotations: parts.annotations } : {}),
  };
  return { value, bytes, descriptor: { mediaType, digest, size } };
}

/** An index of manifests, in the order given. OCI unless Docker's media type is asked for. */
export function makeIndex(parts: {
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
}): Encoded<Index> {
  const mediaType = parts.mediaType ?? mediaTypes.ociIndex;
  const { bytes, digest, size } = encodeJson({
    schemaVersion: 2,
    mediaType,
    manifests: parts.manifests.map(descriptorJson),
    ...(parts.annotations !== undefined ? { annotations: sorted(parts.annotations) } : {}),
  });
  const value: Index = {
    schemaVersion: 2,
    mediaType,
    manifests: parts.manifests,
    ...(parts.annotations !== undefined ? { annotations: parts.annotations } : {}),
  };
  return { value, bytes, descriptor: { mediaType, digest, size } };
}
