import { createHash } from 'node:crypto';
import { type ImageSource, type Layer, streamVerified } from '../oci/index.ts';
import { createTarReader, decompress, sniffCompression } from '../tar/index.ts';
import { withHead } from './read-layer.ts';
import { pathParts } from './tree.ts';

/**
 * What the regular files of a layer hold, each by the sha256 of its content; a hard link has what it names. For what
 * has to be known to the byte: reading for a proof needs no content. Throws what reading the layer throws.
 */
export async function contentDigests(
  source: ImageSource,
  { descriptor }: Layer,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  const place = (path: string): string => `/${[...pathParts(path)].join('/')}`;
  const reader = createTarReader({
    onEntry: ({ path, type, link }) => {
      if (type === 'hardlink') {
        const named = digests.get(place(link));
        if (named !== undefined) digests.set(place(path), named);
      }
      if (type !== 'file') return undefined;
      const hash = createHash('sha256');
      return {
        write: (chunk) => void hash.update(chunk),
        end: () => void digests.set(place(path), hash.digest('hex')),
      };
    },
  });
  const { head, stream } = await withHead(streamVerified(source, descriptor, { signal }));
  for await (const chunk of decompress(stream, sniffCompression(head))) reader.write(chunk);
  const { damage } = reader.end();
  if (damage !== undefined) throw new Error(`${descriptor.digest}: ${damage.detail}`);
  return digests;
}
