import { type Digest, Failure } from '../core/index.ts';
import type { CallOptions, Descriptor, ImageSource, ImageTree } from '../oci/index.ts';

/** Bytes of several places as if they were one, and documents that lie in none of them yet. */
export function joinedSource(
  trees: readonly ImageTree[],
  name: string,
  own: ReadonlyMap<Digest, Uint8Array>,
): ImageSource {
  const places = new Map<string, ImageSource[]>();
  for (const { source, images, attestations, others } of trees) {
    const known = [
      ...attestations,
      ...others,
      ...images.flatMap(({ descriptor, manifest }) => [descriptor, manifest.config, ...manifest.layers]),
    ];
    for (const digest of new Set(known.map((one) => one.digest)))
      places.set(digest, [...(places.get(digest) ?? []), source]);
  }
  const sources = [...new Set(trees.map(({ source }) => source))];
  // The statements behind an attestation are known by their own place alone: each that has any is asked.
  const asked = trees.filter(({ attestations, others }) => attestations.length + others.length > 0);
  const unlisted = [...new Set(asked.map(({ source }) => source))];
  const of = (digest: string): readonly ImageSource[] => places.get(digest) ?? unlisted;
  const [first] = sources;
  return {
    name,
    kind: first?.kind ?? 'layout',
    ownChunks: sources.every(({ ownChunks }) => ownChunks === true),
    resolve: async (asked, options) => {
      if (first === undefined) throw new Error('nothing was joined');
      return first.resolve(asked, options);
    },
    placeOf: ({ digest }) => places.get(digest)?.[0],
    blob: (descriptor, options) => {
      const bytes = own.get(descriptor.digest);
      return bytes === undefined ? firstOf(of(descriptor.digest), descriptor, options) : once(bytes, options?.offset);
    },
    part: async (descriptor, range, options) => {
      const [place] = of(descriptor.digest);
      return place?.part?.(descriptor, range, options);
    },
    referrers: async (subject, options) => (await of(subject)[0]?.referrers?.(subject, options)) ?? [],
    // Whoever opened them closes them.
    close: async () => {},
  };
}

async function* once(bytes: Uint8Array, offset = 0): AsyncIterable<Uint8Array> {
  // A copy: whoever reads may give the memory of a chunk back.
  yield Uint8Array.from(bytes.subarray(offset));
}

/** A layer that several have comes from the next one where the first has lost it. */
async function* firstOf(
  sources: readonly ImageSource[],
  descriptor: Descriptor,
  options: (CallOptions & { readonly offset?: number }) | undefined,
): AsyncIterable<Uint8Array> {
  let failed: Failure | undefined;
  for (const source of sources) {
    let given = false;
    try {
      for await (const chunk of source.blob(descriptor, options)) {
        given = true;
        yield chunk;
      }
      return;
    } catch (error) {
      if (given || !(error instanceof Failure)) throw error;
      failed ??= error;
    }
  }
  throw failed ?? new Error('nothing was joined');
}
