import { Failure } from '../core/index.ts';
import type { CallOptions, Descriptor, ImageSource, ImageTree } from '../oci/index.ts';

/** Bytes of several places as if they were one: each digest is asked for where it is known to be. */
export function joinedSource(trees: readonly ImageTree[], name: string): ImageSource {
  const places = new Map<string, ImageSource>();
  for (const { source, images, attestations } of trees) {
    const known = [
      ...attestations,
      ...images.flatMap(({ descriptor, manifest }) => [descriptor, manifest.config, ...manifest.layers]),
    ];
    // What several have is asked of the first: a layer of a shared base lies in each.
    for (const { digest } of known) if (!places.has(digest)) places.set(digest, source);
  }
  const sources = [...new Set(trees.map(({ source }) => source))];
  const of = (digest: string): readonly ImageSource[] => {
    const place = places.get(digest);
    return place === undefined ? sources : [place];
  };
  const [first] = sources;
  return {
    name,
    kind: first?.kind ?? 'layout',
    ownChunks: sources.every(({ ownChunks }) => ownChunks === true),
    resolve: async (asked, options) => {
      if (first === undefined) throw new Error('nothing was joined');
      return first.resolve(asked, options);
    },
    placeOf: ({ digest }) => places.get(digest),
    blob: (descriptor, options) => firstOf(of(descriptor.digest), descriptor, options),
    part: async (descriptor, range, options) => {
      const [place] = of(descriptor.digest);
      return place?.part?.(descriptor, range, options);
    },
    referrers: async (subject, options) => (await of(subject)[0]?.referrers?.(subject, options)) ?? [],
    // Whoever opened them closes them.
    close: async () => {},
  };
}

/** The statements behind an attestation are known by their own place alone: the others say that they have none. */
async function* firstOf(
  sources: readonly ImageSource[],
  descriptor: Descriptor,
  options: (CallOptions & { readonly offset?: number }) | undefined,
): AsyncIterable<Uint8Array> {
  for (const [i, source] of sources.entries()) {
    let given = false;
    try {
      for await (const chunk of source.blob(descriptor, options)) {
        given = true;
        yield chunk;
      }
      return;
    } catch (error) {
      if (given || i === sources.length - 1 || !(error instanceof Failure)) throw error;
    }
  }
}
