import { type Digest, digestOf } from '../../packages/rightarch/src/core/index.ts';
import { makeManifest, mediaTypes } from '../../packages/rightarch/src/oci/index.ts';

/**
 * An entry as its index and its config have it. Platforms exactly as written: `linux/arm64/v8`, `windows/amd64@10.0.1`,
 * `linux/amd64+erofs` with that os.features.
 */
export interface ShapeEntry {
  /** In the index; null where the entry has no platform. */
  readonly platform: string | null;
  /** In the config, where that says something else. */
  readonly config?: string;
  /** Marked as containers/image marks the zstd twin, or as BuildKit marks an attestation. */
  readonly mark?: 'zstd' | 'attestation';
}

/** An index, and the machine that takes something from it. */
export interface Shape {
  readonly host: string;
  readonly entries: readonly ShapeEntry[];
}

/** A platform as a document has it, nothing normalized. */
export function writtenPlatform(text: string): {
  os: string;
  architecture: string;
  variant?: string;
  'os.version'?: string;
  'os.features'?: readonly string[];
} {
  const [plain = '', ...features] = text.split('+');
  const [cpu = '', version] = plain.split('@');
  const [os = '', architecture = '', variant] = cpu.split('/');
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(version === undefined ? {} : { 'os.version': version }),
    ...(features.length === 0 ? {} : { 'os.features': features }),
  };
}

/** The documents of a shape. No two manifests are the same; an entry is known by the digest at its place. */
export function documentsOf({ entries }: Shape): {
  readonly index: Uint8Array;
  readonly digests: readonly Digest[];
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
} {
  const blobs = new Map<Digest, Uint8Array>();
  const manifests = entries.map((entry, i) => {
    const said = writtenPlatform(entry.config ?? entry.platform ?? '');
    const config = Buffer.from(JSON.stringify({ ...said, config: { Labels: { entry: `${i}` } }, rootfs: EMPTY }));
    const { descriptor, bytes } = makeManifest({
      config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
      layers: [],
    });
    blobs.set(digestOf(config), config).set(descriptor.digest, bytes);
    const annotations = {
      ...(entry.mark === 'zstd' ? { 'io.github.containers.compression.zstd': 'true' } : {}),
      ...(entry.mark === 'attestation' ? { 'vnd.docker.reference.type': 'attestation-manifest' } : {}),
    };
    return {
      ...descriptor,
      ...(entry.platform === null ? {} : { platform: writtenPlatform(entry.platform) }),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    };
  });
  // Not by our own writer, which knows what a platform is.
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  return { index, digests: manifests.map(({ digest }) => digest), blobs };
}

const EMPTY = { type: 'layers', diff_ids: [] };

const HOSTS =
  'linux/amd64 linux/amd64 linux/amd64/v2 linux/amd64/v3 linux/arm64 linux/arm64 linux/arm64/v8 linux/arm64/v9 \
linux/arm64/v8.2 linux/arm64/v9.2 linux/arm/v7 linux/arm/v7 linux/arm/v6 linux/arm/v5 linux/386 linux/riscv64 linux/s390x linux/ppc64le'.split(
    /\s+/,
  );

const CPUS =
  'amd64 amd64 amd64/v1 amd64/v2 amd64/v3 amd64/v4 x86_64 AMD64 arm64 arm64 arm64/v8 arm64/v9 arm64/v8.0 arm64/v8.2 \
arm64/v9.0 arm64/8 aarch64 arm arm/v5 arm/v6 arm/v7 arm/v7 arm/v8 arm/7 armhf armel 386 i386 riscv64 s390x ppc64le'.split(
    /\s+/,
  );

const FEATURES = ['', '', '', '+erofs', '+erofs', '+other', '+erofs+other', '+other+erofs', '+erofs+erofs'];

/** Shapes from a seed, the same everywhere; with `os.features`, entries ask for such, and some hosts have them. */
export function makeShapes(seed: number, count: number, withFeatures?: 'os.features'): Shape[] {
  let state = seed >>> 0;
  // mulberry32: small, and the same on every engine.
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const feature = (): string => (withFeatures === undefined ? '' : pick(FEATURES));
  const entry = (host: string): ShapeEntry => {
    const chance = random();
    const [, architecture = ''] = host.split('/');
    const near = CPUS.filter((cpu) => cpu.startsWith(architecture.slice(0, 3)));
    const config = `linux/${random() < 0.6 && near.length > 0 ? pick(near) : pick(CPUS)}${feature()}`;
    if (chance < 0.08) return { platform: 'unknown/unknown', mark: 'attestation' };
    if (chance < 0.1) return { platform: 'unknown/unknown', config };
    if (chance < 0.18) return { platform: null, config };
    if (chance < 0.2) return { platform: null, config, mark: 'attestation' };
    if (chance < 0.21) return { platform: config, mark: 'attestation' };
    if (chance < 0.23) return { platform: config.replace(/^linux(\/[^+]*)/, 'windows$1@10.0.20348.1') };
    if (chance < 0.26) return { platform: config.replace(/[^+]*/, '$&@6.1') };
    if (chance < 0.28) return { platform: config.replace('linux', 'Linux') };
    if (chance < 0.34) return { platform: config, mark: 'zstd' };
    if (chance < 0.37) return { platform: `linux/${pick(CPUS)}`, config };
    return { platform: config };
  };
  return Array.from({ length: count }, () => {
    const host = `${pick(HOSTS)}${withFeatures === undefined ? '' : pick(['', '', '+erofs', '+erofs+other'])}`;
    const entries = Array.from({ length: 1 + Math.floor(random() * 5) }, () => entry(host));
    if (random() < 0.15) entries.push(pick(entries));
    return { host, entries };
  });
}
