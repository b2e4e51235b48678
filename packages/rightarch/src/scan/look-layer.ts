import { createHash } from 'node:crypto';
import { splitDigest } from '../core/index.ts';
import type { ImageSource, Layer } from '../oci/types.ts';
import { findToc, mayHaveToc, type ReadPart, unpackStart } from './find-toc.ts';
import type { KeepRule } from './keep.ts';
import { Collector } from './read-layer.ts';
import type { TocChunk, TocFile } from './toc.ts';
import type { LayerFacts } from './types.ts';

export interface LookOptions {
  readonly keep: KeepRule;
  readonly signal?: AbortSignal | undefined;
  /** Compressed bytes, as they are read. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** A file that takes no more compressed bytes than this is read whole; of others the beginning. */
const WHOLE = 512 << 10;
/** What comes out of a file that is read whole; holes cost no compressed bytes. */
const WHOLE_UNPACKED = 64 << 20;
/** Enough for the headers of every program (scan/program.ts). */
const HEAD = 4096;
/** Bytes that nobody asked for are cheaper than another request. */
const GAP = 64 << 10;
const SPAN = 8 << 20;
/** More than this, and reading the layer in one stream is as quick. */
const MOST_REQUESTS = 256;
const MOST_OF_LAYER = 0.75;
/** What may be unpacked of one layer: files that all name the same bytes cost nothing to ask for. */
const MOST_WORK = 2 ** 32;
const AT_ONCE = 4;
const KEPT_LIMIT = 64 << 20;

/**
 * What a layer's own table of contents says of it, and the programs in it, by a few requests for parts. Undefined where
 * it has none, where anything about it is odd, or where it saves nothing: then the layer is read, which decides.
 */
export async function lookAtLayer(
  source: ImageSource,
  { descriptor, diffId }: Layer,
  options: LookOptions,
): Promise<LayerFacts | undefined> {
  if (source.part === undefined || !mayHaveToc(descriptor)) return undefined;
  let size = 0;
  const read: ReadPart = async (offset, length) => {
    const bytes = await source.part?.(descriptor, { offset, length }, { signal: options.signal });
    size += bytes?.length ?? 0;
    if (bytes !== undefined) options.onBytes?.(bytes.length);
    return bytes?.length === length ? bytes : undefined;
  };
  const toc = await findToc(descriptor, read);
  if (toc === undefined) return undefined;
  const collector = new Collector(options.keep, KEPT_LIMIT);
  const wanted: Wanted[] = [];
  for (const file of toc.files) {
    const sink = collector.take(file.entry);
    if (sink !== undefined && mayMatter(file, options.keep)) wanted.push({ ...extentOf(file, options.keep), sink });
  }
  const spans = spansOf(wanted);
  const cost = spans.reduce((sum, { start, end }) => sum + end - start, size);
  const work = wanted.flatMap(({ chunks }) => chunks).reduce((sum, { inner, size }) => sum + inner + size, 0);
  if (work > MOST_WORK) return undefined;
  if (spans.length > MOST_REQUESTS || cost > descriptor.size * MOST_OF_LAYER) return undefined;
  for (let i = 0; i < spans.length; i += AT_ONCE) {
    const some = spans.slice(i, i + AT_ONCE);
    const parts = await Promise.all(
      some.map(({ start, end }) => (end > start ? read(start, end - start) : new Uint8Array(0))),
    );
    for (const [j, { start, wanted: files }] of some.entries()) {
      const bytes = parts[j];
      if (bytes === undefined) return undefined;
      for (const file of files) {
        if (!(await tell(file, { bytes, start, compression: toc.compression }))) return undefined;
      }
    }
  }
  const { digest } = descriptor;
  return {
    digest,
    diffId: diffId ?? digest,
    size,
    unpackedSize: toc.files.reduce((sum, { entry }) => sum + entry.size, 0),
    files: collector.files,
    problems: [],
    complete: false,
    lookedAt: toc.kind,
  };
}

interface Extent {
  readonly chunks: readonly TocChunk[];
  readonly isWhole: boolean;
  readonly start: number;
  readonly end: number;
}

interface Wanted extends Extent {
  readonly sink: NonNullable<ReturnType<Collector['take']>>;
}

/** What the kernel executes, what a runtime loads, and what the proof reads the content of. */
function mayMatter({ entry }: TocFile, keep: KeepRule): boolean {
  const { path, size, mode } = entry;
  return (mode & 0o111) !== 0 || /\.(so|node)(\.[^/]*)?$/.test(path) || keep.wants(path, size);
}

/** Which pieces of a file are read, and where in the layer these are. */
function extentOf({ entry, chunks }: TocFile, keep: KeepRule): Extent {
  const whole = placeOf(chunks);
  const isSmall = whole.end - whole.start <= WHOLE || keep.wants(entry.path, entry.size);
  if (isSmall && entry.size <= WHOLE_UNPACKED) return { chunks, isWhole: true, ...whole };
  let have = 0;
  const head = chunks.filter(({ size }) => {
    const isWanted = have < HEAD;
    have += size;
    return isWanted;
  });
  return { chunks: head, isWhole: false, ...placeOf(head) };
}

function placeOf(chunks: readonly TocChunk[]): { readonly start: number; readonly end: number } {
  const real = chunks.filter(({ digest }) => digest !== undefined);
  if (real.length === 0) return { start: 0, end: 0 };
  const start = real.reduce((least, { offset }) => Math.min(least, offset), Number.POSITIVE_INFINITY);
  return { start, end: real.reduce((most, { end }) => Math.max(most, end), start) };
}

interface Span {
  readonly start: number;
  end: number;
  readonly wanted: Wanted[];
}

/** Neighbours are asked for together. */
function spansOf(wanted: readonly Wanted[]): readonly Span[] {
  const spans: Span[] = [];
  for (const one of [...wanted].sort((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    if (last !== undefined && one.start - last.end <= GAP && one.end - last.start <= SPAN) {
      last.end = Math.max(last.end, one.end);
      last.wanted.push(one);
    } else spans.push({ start: one.start, end: one.end, wanted: [one] });
  }
  return spans;
}

/** Unpacks the pieces of one file, holds each to its digest and hands them on; false where one is not what it should be. */
async function tell(
  { chunks, isWhole, sink }: Wanted,
  span: { readonly bytes: Uint8Array; readonly start: number; readonly compression: 'gzip' | 'zstd' },
): Promise<boolean> {
  for (const { offset, end, inner, size, digest } of chunks) {
    if (digest === undefined) {
      // Of a hole at the beginning of a file that is not read whole, no more than tells what it is.
      sink.write(Buffer.alloc(isWhole ? size : Math.min(size, HEAD)));
      continue;
    }
    if (inner + size > WHOLE_UNPACKED) return false;
    const packed = span.bytes.subarray(offset - span.start, end - span.start);
    const bytes = await unpackStart([packed], span.compression, inner + size);
    const content = bytes?.subarray(inner);
    const [algorithm, want] = splitDigest(digest);
    if (content === undefined || createHash(algorithm).update(content).digest('hex') !== want) return false;
    sink.write(content);
  }
  if (isWhole) sink.end(true);
  else sink.cut();
  return true;
}
