import { gunzip } from 'node:zlib';
import { digestOf } from '../core/index.ts';
import type { Descriptor } from '../oci/types.ts';
import { createTarReader, decompress } from '../tar/index.ts';
import { parseToc, type Toc, tocLimits } from './toc.ts';

/** Bytes of the layer; undefined where they are not to be had in parts. */
export type ReadPart = (offset: number, length: number) => Promise<Uint8Array | undefined>;

const STARGZ_DIGEST = 'containerd.io/snapshot/stargz/toc.digest';
const CHUNKED_POSITION = 'io.github.containers.zstd-chunked.manifest-position';
const CHUNKED_DIGEST = 'io.github.containers.zstd-chunked.manifest-checksum';

/** True where the manifest names the digest of a table of contents. One that nobody vouches for is not looked at. */
export function mayHaveToc({ annotations = {} }: Descriptor): boolean {
  return annotations[STARGZ_DIGEST] !== undefined || annotations[CHUNKED_DIGEST] !== undefined;
}

/** The table of contents of a layer, held to the digest in its manifest; undefined where it is not all as it should be. */
export async function findToc(descriptor: Descriptor, read: ReadPart): Promise<Toc | undefined> {
  const { annotations = {}, size } = descriptor;
  const stargz = annotations[STARGZ_DIGEST];
  if (stargz !== undefined) return findStargz(size, stargz, read);
  const [position, digest] = [annotations[CHUNKED_POSITION], annotations[CHUNKED_DIGEST]];
  return position === undefined || digest === undefined ? undefined : findChunked(size, position, digest, read);
}

/** stargz-snapshotter docs/estargz.md, "Footer": an empty gzip member; before v0.6 four bytes shorter. */
const FOOTER = 51;
const OLD_FOOTER = 47;

/** Where the table begins, by the last 51 bytes of a layer, and how long the footer is. */
export function readStargzFooter(tail: Uint8Array): { readonly toc: number; readonly footer: number } | undefined {
  for (const footer of [FOOTER, OLD_FOOTER]) {
    if (tail.length < footer) continue;
    const bytes = Buffer.from(tail.subarray(tail.length - footer));
    const extra = bytes.readUInt16LE(10);
    if (bytes.readUInt32BE(0) !== 0x1f8b0804 || extra !== footer - 25) continue;
    const field = bytes.subarray(12, 12 + extra);
    // RFC 1952, 2.3.1.1: a subfield has two letters and its length; the old footer had none.
    if (footer === FOOTER && (field.toString('latin1', 0, 2) !== 'SG' || field.readUInt16LE(2) !== 22)) continue;
    const place = /^([0-9a-f]{16})STARGZ$/.exec(field.subarray(-22).toString('latin1'))?.[1];
    const toc = Number.parseInt(place ?? '', 16);
    if (Number.isSafeInteger(toc)) return { toc, footer };
  }
  return undefined;
}

async function findStargz(size: number, digest: string, read: ReadPart): Promise<Toc | undefined> {
  if (size < FOOTER) return undefined;
  const tail = await read(size - FOOTER, FOOTER);
  const place = tail && readStargzFooter(tail);
  if (place === undefined) return undefined;
  const length = size - place.footer - place.toc;
  if (length <= 0 || length > tocLimits.compressed) return undefined;
  const packed = await read(place.toc, length);
  const tar = packed && (await inflate(packed));
  const json = tar && fileOf(tar, 'stargz.index.json');
  return json !== undefined && digestOf(json) === digest ? parseToc(json, 'estargz', place.toc) : undefined;
}

function inflate(packed: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    gunzip(packed, { maxOutputLength: tocLimits.unpacked }, (error, bytes) => resolve(error ? undefined : bytes));
  });
}

function fileOf(tar: Uint8Array, name: string): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  const reader = createTarReader({
    onEntry(entry) {
      if (entry.path !== name || found !== undefined) return undefined;
      const chunks: Uint8Array[] = [];
      return {
        write: (chunk) => void chunks.push(Uint8Array.from(chunk)),
        end: (complete) => {
          if (complete) found = Buffer.concat(chunks);
        },
      };
    },
  });
  reader.write(tar);
  reader.end();
  return found;
}

/** containers/storage docs/containers-storage-zstd-chunked.md: `offset:compressed:uncompressed:type`, type 1. */
async function findChunked(size: number, position: string, digest: string, read: ReadPart): Promise<Toc | undefined> {
  const match = /^(\d{1,15}):(\d{1,15}):(\d{1,15}):1$/.exec(position);
  if (match === null) return undefined;
  const [offset = 0, length = 0, unpacked = 0] = match.slice(1).map(Number);
  if (length === 0 || length > tocLimits.compressed || unpacked > tocLimits.unpacked || offset + length > size) {
    return undefined;
  }
  const packed = await read(offset, length);
  if (packed === undefined || digestOf(packed) !== digest) return undefined;
  const json = await unpackStart([packed], 'zstd', unpacked);
  return json && parseToc(json, 'zstd:chunked', offset);
}

/** The first `length` bytes that come out, and no more work than that; undefined where they do not. */
export async function unpackStart(
  packed: Iterable<Uint8Array>,
  compression: Toc['compression'],
  length: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let have = 0;
  async function* stream() {
    yield* packed;
  }
  try {
    for await (const chunk of decompress(stream(), compression)) {
      chunks.push(chunk.subarray(0, length - have));
      have += chunk.length;
      if (have >= length) return Buffer.concat(chunks, length);
    }
  } catch {
    // What does not unpack here is read with the whole layer, which says what is wrong with it.
  }
  return undefined;
}
