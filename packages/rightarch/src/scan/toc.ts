import type { Digest } from '../core/index.ts';
import { isDigest } from '../core/index.ts';
import type { TarEntry } from '../tar/types.ts';

/** A piece of a file's content, which can be unpacked without what stands before it. */
export interface TocChunk {
  /** Where its compressed bytes begin, and a place at which they have ended. */
  readonly offset: number;
  readonly end: number;
  /** Bytes that come out before it: small files may share one gzip member (estargz, `innerOffset`). */
  readonly inner: number;
  /** Bytes of content. */
  readonly size: number;
  /** Undefined for a hole: zeros that have no bytes in the layer (zstd:chunked, `chunkType`). */
  readonly digest: Digest | undefined;
}

export interface TocFile {
  readonly entry: TarEntry;
  /** Of regular files with content, in order, without gaps. */
  readonly chunks: readonly TocChunk[];
}

/** What a layer says of itself at its end. Its runtime's unpacker need not look at it, and the tar may say otherwise. */
export interface Toc {
  readonly kind: 'estargz' | 'zstd:chunked';
  readonly compression: 'gzip' | 'zstd';
  readonly files: readonly TocFile[];
}

export const tocLimits = { compressed: 32 << 20, unpacked: 64 << 20, entries: 500_000 } as const;

const TYPES: ReadonlyMap<unknown, TarEntry['type']> = new Map([
  ['reg', 'file'],
  ['dir', 'directory'],
  ['symlink', 'symlink'],
  ['hardlink', 'hardlink'],
  ['char', 'character'],
  ['block', 'block'],
  ['fifo', 'fifo'],
]);

/**
 * Reads the JSON that both formats share (stargz-snapshotter docs/estargz.md, "TOC"; containers/storage
 * pkg/chunked/internal/minimal, FileMetadata; both seen 2026-11). `limit` is where the table begins: no content lies
 * behind it. Undefined where one thing about it is not as it should be, for then the layer is read instead.
 */
export function parseToc(json: Uint8Array, kind: Toc['kind'], limit: number): Toc | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  const { version, entries } = (raw ?? {}) as { version?: unknown; entries?: unknown };
  if (version !== 1 || !Array.isArray(entries) || entries.length > tocLimits.entries) return undefined;
  const ends = endsOf(entries, limit);
  if (ends === undefined) return undefined;
  const files: TocFile[] = [];
  for (let i = 0; i < entries.length; ) {
    const first: unknown = entries[i++];
    const parts = [first];
    while (i < entries.length && member(entries[i], 'type') === 'chunk') parts.push(entries[i++]);
    const entry = entryOf(first);
    if (entry === undefined) return undefined;
    const hasContent = entry.type === 'file' && entry.size > 0;
    if (!hasContent && parts.length > 1) return undefined;
    const chunks = hasContent ? chunksOf(entry, parts, ends) : [];
    if (chunks === undefined) return undefined;
    files.push({ entry, chunks });
  }
  return { kind, compression: kind === 'estargz' ? 'gzip' : 'zstd', files };
}

/** For each place at which something begins, the next place at which something does. */
function endsOf(entries: readonly unknown[], limit: number): ReadonlyMap<number, number> | undefined {
  const places = new Set<number>([limit]);
  for (const entry of entries) {
    for (const key of ['offset', 'endOffset']) {
      const place = member(entry, key);
      if (place === undefined || place === 0) continue;
      if (!isCount(place) || place > limit) return undefined;
      places.add(place);
    }
    if (member(entry, 'offset') === undefined) places.add(0);
  }
  const sorted = [...places].sort((a, b) => a - b);
  return new Map(sorted.slice(0, -1).map((place, i) => [place, sorted[i + 1]!]));
}

function chunksOf(
  entry: TarEntry,
  parts: readonly unknown[],
  ends: ReadonlyMap<number, number>,
): readonly TocChunk[] | undefined {
  const chunks: TocChunk[] = [];
  for (const [i, part] of parts.entries()) {
    const starts = (one: unknown) => member(one, 'chunkOffset') ?? 0;
    const start = starts(part);
    const stop = i + 1 < parts.length ? starts(parts[i + 1]) : entry.size;
    const offset = member(part, 'offset') ?? 0;
    const inner = member(part, 'innerOffset') ?? 0;
    const own = member(part, 'chunkDigest') ?? (parts.length === 1 ? member(part, 'digest') : undefined);
    const isHole = member(part, 'chunkType') === 'zeros';
    if (!isHole && !isDigest(own)) return undefined;
    if (i > 0 && pathOf(member(part, 'name')) !== entry.path) return undefined;
    if (!isCount(start) || !isCount(stop) || !isCount(offset) || !isCount(inner)) return undefined;
    const end = isHole ? offset : ends.get(offset);
    if (end === undefined || stop <= start || stop > entry.size || (i === 0 && start !== 0)) return undefined;
    chunks.push({ offset, end, inner, size: stop - start, digest: isHole ? undefined : (own as Digest) });
  }
  return chunks;
}

function entryOf(raw: unknown): TarEntry | undefined {
  const type = TYPES.get(member(raw, 'type'));
  const path = pathOf(member(raw, 'name'));
  const size = member(raw, 'size') ?? 0;
  const mode = member(raw, 'mode') ?? 0;
  const uid = member(raw, 'uid') ?? 0;
  const gid = member(raw, 'gid') ?? 0;
  const link = member(raw, 'linkName') ?? '';
  if (type === undefined || path === undefined || typeof link !== 'string') return undefined;
  if (!isCount(size) || !isCount(mode) || !isCount(uid) || !isCount(gid)) return undefined;
  const [major, minor] = [member(raw, 'devMajor') ?? 0, member(raw, 'devMinor') ?? 0];
  const isDevice = type === 'character' || type === 'block';
  if (isDevice && !(isCount(major) && isCount(minor))) return undefined;
  const mtime = Date.parse(String(member(raw, 'modtime') ?? '')) / 1000;
  const xattrs = xattrsOf(member(raw, 'xattrs'));
  return {
    path,
    type,
    mode: mode & 0o7777,
    uid,
    gid,
    uname: text(member(raw, 'userName')),
    gname: text(member(raw, 'groupName')),
    size: type === 'file' ? size : 0,
    mtime: Number.isFinite(mtime) ? mtime : 0,
    link,
    ...(isDevice ? { device: [Number(major), Number(minor)] as const } : {}),
    ...(xattrs === undefined ? {} : { xattrs }),
  };
}

/** As `TarEntry.path` has it. */
function pathOf(name: unknown): string | undefined {
  return typeof name === 'string' ? name.replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '') : undefined;
}

function xattrsOf(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const pairs = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return Object.fromEntries(pairs.map(([name, base64]) => [name, Buffer.from(base64, 'base64').toString('latin1')]));
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
