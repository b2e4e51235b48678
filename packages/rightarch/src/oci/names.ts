import { digestOf, formatReference, isDigest, parseReference, withDefaultTag } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { type Descriptor, type Index, mediaTypes } from './types.ts';

/** image-spec annotations.md: the name of a manifest in a layout's index. */
export const REF_NAME = 'org.opencontainers.image.ref.name';
/** What containerd and `docker load` read first (containerd core/images/annotations.go). */
export const CONTAINERD_NAME = 'io.containerd.image.name';

/** One image of a layout or archive, with every name it goes by. */
export interface NamedImage {
  readonly names: readonly string[];
  readonly descriptor: Descriptor;
}

/** The names that an entry of `index.json` carries. */
export function namesOf({ annotations }: Descriptor): string[] {
  const names = [annotations?.[REF_NAME], annotations?.[CONTAINERD_NAME]].filter((name) => name !== undefined);
  return [...new Set(names)];
}

/** The annotations for a name: a full reference is written for containerd too, in its canonical form. */
export function nameAnnotations(name: string): Readonly<Record<string, string>> {
  const parsed = /[/:]/.test(name) ? parseReference(name) : undefined;
  return {
    ...(parsed?.ok ? { [CONTAINERD_NAME]: formatReference(withDefaultTag(parsed.value)) } : {}),
    [REF_NAME]: name,
  };
}

/**
 * The images of an `index.json`. Where no entry has a name and each has a platform of its own, the file is itself the
 * index of one image (apko and others write it so) and stands for it under its own digest.
 */
export function imagesOf(index: Index, raw: Uint8Array): NamedImage[] {
  const images = new Map<string, { names: Set<string>; descriptor: Descriptor }>();
  for (const entry of index.manifests) {
    const known = images.get(entry.digest) ?? { names: new Set<string>(), descriptor: withoutNames(entry) };
    for (const name of namesOf(entry)) known.names.add(name);
    images.set(entry.digest, known);
  }
  const found = [...images.values()].map(({ names, descriptor }) => ({ names: [...names], descriptor }));
  const platforms = new Set(found.map(({ descriptor }) => JSON.stringify(descriptor.platform)));
  const isWhole =
    found.length > 1 &&
    platforms.size === found.length &&
    found.every(({ names, descriptor }) => names.length === 0 && descriptor.platform !== undefined);
  if (!isWhole) return found;
  return [{ names: [], descriptor: { mediaType: mediaTypes.ociIndex, digest: digestOf(raw), size: raw.length } }];
}

function withoutNames(entry: Descriptor): Descriptor {
  const { annotations, ...rest } = entry;
  if (annotations === undefined) return rest;
  const kept = Object.fromEntries(
    Object.entries(annotations).filter(([key]) => key !== REF_NAME && key !== CONTAINERD_NAME),
  );
  return Object.keys(kept).length > 0 ? { ...rest, annotations: kept } : rest;
}

/** The image with a name, a digest, or the only one there is. Throws the failure that says which names there are. */
export function chooseImage(images: readonly NamedImage[], name: string | undefined, source: string): Descriptor {
  const at = { in: 'image', image: source } as const;
  const known = [...new Set(images.flatMap((image) => image.names))].sort();
  if (name === undefined) {
    if (images.length === 0) throw failure('image/empty', { source }, at, 'request');
    if (images.length === 1) return images[0]!.descriptor;
    const names = known.length > 0 ? known : images.map(({ descriptor }) => descriptor.digest);
    throw failure('image/name-needed', { source, known: names }, at, 'request');
  }
  const found = images.filter((image) => matches(image, name));
  if (found.length === 0) throw failure('image/name-unknown', { source, name, known }, at, 'request');
  if (found.length > 1) {
    const digests = found.map(({ descriptor }) => descriptor.digest);
    throw failure('image/name-ambiguous', { source, name, digests }, at, 'request');
  }
  return found[0]!.descriptor;
}

function matches({ names, descriptor }: NamedImage, name: string): boolean {
  if (isDigest(name)) return descriptor.digest === name;
  if (names.includes(name)) return true;
  // `app` and `app:latest` are what Docker would call the canonical name beside them.
  const wanted = canonical(name);
  return wanted !== undefined && names.some((one) => /[/:]/.test(one) && canonical(one) === wanted);
}

function canonical(name: string): string | undefined {
  const parsed = parseReference(name);
  return parsed.ok ? formatReference(withDefaultTag(parsed.value)) : undefined;
}
