import { type Digest, Failure } from '../core/index.ts';
import type { CallOptions, Descriptor, ImageSource, ImageTree } from '../oci/index.ts';

/** Bytes of several places as if they were one, and documents that lie in none of them yet. */
export function joinedSource(
  trees: readonly ImageTree[],
  name: string,
  own: ReadonlyMap<Digest, Uint8Array>,
): ImageSource {
  const places = new Map<string, readonly ImageSource[]>();
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
  const beside = new Set<string>(
    trees.flatMap(({ attestations, others }) => [...attestations, ...others]).map(({ digest }) => digest),
  );
  const of = (digest: string): readonly ImageSource[] => places.get(digest) ?? [];
  /** What a document beside the images names is known once it was read, and lies where the document does. */
  async function* learning(document: Descriptor, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const whole: Uint8Array[] = [];
    for await (const chunk of bytes) {
      whole.push(Uint8Array.from(chunk));
      yield chunk;
    }
    const { blobs, documents } = namedBy(Buffer.concat(whole));
    for (const digest of documents) beside.add(digest);
    for (const digest of [...blobs, ...documents]) if (!places.has(digest)) places.set(digest, of(document.digest));
  }
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
      if (bytes !== undefined) return once(bytes, options?.offset);
      const read = firstOf(of(descriptor.digest), descriptor, options);
      const isWhole = beside.has(descriptor.digest) && (options?.offset ?? 0) === 0;
      return isWhole ? learning(descriptor, read) : read;
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

/** Digests that a manifest or an index names; none where it is neither. */
function namedBy(document: Buffer): { readonly blobs: readonly string[]; readonly documents: readonly string[] } {
  let json: unknown;
  try {
    json = JSON.parse(document.toString('utf8'));
  } catch {
    json = null;
  }
  const { config, layers, manifests } = (json ?? {}) as Readonly<Record<string, unknown>>;
  const digests = (all: unknown): readonly string[] =>
    [all].flat().flatMap((one) => {
      const digest = (one as { digest?: unknown } | null | undefined)?.digest;
      return typeof digest === 'string' ? [digest] : [];
    });
  return { blobs: [...digests(config), ...digests(layers)], documents: digests(manifests) };
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
