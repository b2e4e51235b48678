import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../core/index.ts';
import { tarEnd, tarHeader } from '../tar/index.ts';

/** One entry of a tar, cut where its content begins. */
export interface TarPiece {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly link?: string | undefined;
  readonly header: Uint8Array;
  /** Empty but for regular files. */
  readonly content: Uint8Array;
}

/**
 * A layer as stargz-snapshotter docs/estargz.md has it: the content of each file is a gzip member of its own, and the
 * table of them is the last file of the tar. Nothing is compressed, so that what is large stays large. `called` has
 * the names by which the table calls files that the tar calls otherwise.
 */
export function estargzLayer(
  pieces: readonly TarPiece[],
  called: Readonly<Record<string, string>> = {},
): {
  readonly bytes: Buffer;
  readonly tar: Buffer;
  readonly toc: Digest;
} {
  const members: Buffer[] = [];
  const plain: Uint8Array[] = [];
  let offset = 0;
  let waiting: Uint8Array[] = [];
  const member = (parts: readonly Uint8Array[]): number => {
    const bytes = Buffer.concat(parts);
    const packed = gzipSync(bytes, { level: 0 });
    packed[9] = 255;
    const at = offset;
    members.push(packed);
    plain.push(bytes);
    offset += packed.length;
    return at;
  };
  const entries = pieces.map(({ path, type, mode, link, header, content }) => {
    const shared = { name: called[path] ?? path, mode, modtime: '1970-01-01T00:00:00Z' };
    waiting.push(header);
    if (type !== 'file') return { ...shared, type: type === 'directory' ? 'dir' : type, linkName: link };
    if (content.length === 0) return { ...shared, type: 'reg' };
    member(waiting);
    const at = member([content]);
    waiting = [Buffer.alloc((512 - (content.length % 512)) % 512)];
    const digest = digestOf(content);
    return { ...shared, type: 'reg', size: content.length, offset: at, digest, chunkDigest: digest };
  });
  if (waiting.length > 0) member(waiting);
  const json = Buffer.from(JSON.stringify({ version: 1, entries }));
  const head = tarHeader({ path: 'stargz.index.json', type: 'file', size: json.length });
  const toc = member([head, json, Buffer.alloc((512 - (json.length % 512)) % 512), tarEnd()]);
  return { bytes: Buffer.concat([...members, footerOf(toc)]), tar: Buffer.concat(plain), toc: digestOf(json) };
}

/** An empty gzip member whose extra field says where the table begins. */
function footerOf(toc: number): Buffer {
  const extra = Buffer.from(`SG\x16\x00${toc.toString(16).padStart(16, '0')}STARGZ`, 'latin1');
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, extra.length, 0]);
  return Buffer.concat([head, extra, Buffer.from([1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0])]);
}
