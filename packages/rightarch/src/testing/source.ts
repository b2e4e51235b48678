import type { Digest } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import type { Descriptor, ImageSource } from '../oci/index.ts';

/** A source in memory that counts what is asked of it. */
export interface TestSource extends ImageSource {
  /** Digests that were read, in order, once for each time. */
  readonly reads: readonly Digest[];
  readonly closed: boolean;
}

export interface TestSourceParts {
  readonly name?: string;
  readonly kind?: ImageSource['kind'];
  readonly root: Descriptor;
  /** More names than the one that no name means. */
  readonly names?: Readonly<Record<string, Descriptor>>;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** Bytes of one chunk. 64 KiB unless told. */
  readonly chunk?: number;
  /** Told of each range that is read. */
  readonly onPart?: (digest: Digest, offset: number, length: number) => void;
  /** Fails with this error instead of the read of that number, counted from 1. */
  readonly failRead?: { readonly number: number; readonly error: unknown };
}

/** Serves blobs from memory as any source would: unverified, in chunks, from an offset. */
export function testSource(parts: TestSourceParts): TestSource {
  const name = parts.name ?? 'test:image';
  const at = { in: 'image', image: name } as const;
  const reads: Digest[] = [];
  let closed = false;
  return {
    name,
    kind: parts.kind ?? 'layout',
    reads,
    get closed() {
      return closed;
    },
    async resolve(wanted) {
      if (wanted === undefined || wanted === parts.root.digest) return parts.root;
      const found = parts.names?.[wanted];
      if (found === undefined) {
        const known = Object.keys(parts.names ?? {});
        throw failure('image/name-unknown', { source: name, name: wanted, known }, at, 'request');
      }
      return found;
    },
    async *blob(descriptor, { offset = 0, signal } = {}) {
      reads.push(descriptor.digest);
      if (parts.failRead?.number === reads.length) throw parts.failRead.error;
      const bytes = parts.blobs.get(descriptor.digest);
      if (bytes === undefined) {
        throw failure('image/blob-missing', { source: name, digest: descriptor.digest }, at, 'request');
      }
      const step = parts.chunk ?? 64 * 1024;
      for (let i = offset; i < bytes.length; i += step) {
        signal?.throwIfAborted();
        yield bytes.subarray(i, i + step);
      }
    },
    async part({ digest }, { offset, length }) {
      parts.onPart?.(digest, offset, length);
      const bytes = parts.blobs.get(digest)?.subarray(offset, offset + length);
      return bytes?.length === length ? Uint8Array.from(bytes) : undefined;
    },
    async close() {
      closed = true;
    },
  };
}
