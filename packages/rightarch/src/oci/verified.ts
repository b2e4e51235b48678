import { createHash } from 'node:crypto';
import { type Location, splitDigest } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import type { CallOptions, Descriptor, ImageSource } from './types.ts';

export interface VerifiedOptions extends CallOptions {
  /** Where a finding is shown; the image of the source unless told more precisely. */
  readonly at?: Location | undefined;
}

/** image-spec manifest.md asks registries for at least 4 MiB; containerd reads at most 8 MiB of a manifest or config. */
export const documentLimits = {
  manifest: 4 << 20,
  config: 8 << 20,
  /** What an attestation states: BuildKit's provenance has the whole graph of the build. */
  statement: 16 << 20,
  /** All documents of one image with all its platforms, which are held at once. Real ones have some hundred KiB. */
  tree: 64 << 20,
} as const;

/**
 * The bytes behind a descriptor as they come. They are verified only when the iteration has ended without
 * `image/digest-wrong`, which is thrown as soon as more bytes come than the descriptor says, else at the end.
 */
export async function* streamVerified(
  source: ImageSource,
  descriptor: Descriptor,
  options: VerifiedOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* verifyBytes(source.blob(descriptor, options), descriptor, options.at ?? { in: 'image', image: source.name });
}

/** Holds any stream to a descriptor, as `streamVerified` does. */
export async function* verifyBytes(
  bytes: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  at: Location,
): AsyncGenerator<Uint8Array, void, undefined> {
  const [algorithm, want] = splitDigest(descriptor.digest);
  const hash = createHash(algorithm);
  let size = 0;
  const wrong = (got?: string) =>
    failure(
      'image/digest-wrong',
      {
        want: descriptor.digest,
        wantSize: descriptor.size,
        ...(got !== undefined ? { got: `${algorithm}:${got}` } : {}),
        gotSize: size,
      },
      at,
      'outside',
    );
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > descriptor.size) throw wrong();
    hash.update(chunk);
    yield chunk;
  }
  if (size !== descriptor.size) throw wrong();
  const got = hash.digest('hex');
  if (got !== want) throw wrong(got);
}

/** A whole small document, verified before it is handed over. Larger than `limit` is refused before a byte is read. */
export async function readVerified(
  source: ImageSource,
  descriptor: Descriptor,
  options: VerifiedOptions & { readonly limit?: number } = {},
): Promise<Uint8Array> {
  const limit = options.limit ?? documentLimits.manifest;
  if (descriptor.size > limit) {
    throw failure(
      'image/document-too-large',
      { digest: descriptor.digest, size: descriptor.size, limit },
      options.at ?? { in: 'image', image: source.name },
      'request',
    );
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamVerified(source, descriptor, options)) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
