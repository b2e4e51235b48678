import { isHostWord, parseReference } from '../core/index.ts';
import { type FoundImage, type FoundName, type Place, sameFile } from './found.ts';

/** An image under the name that it gets in rightarch.yaml. */
export interface NamedImage {
  readonly name: string;
  readonly context: string;
  /** Relative to the context; undefined where it is the usual `Dockerfile`. */
  readonly dockerfile: string | undefined;
  readonly source: FoundImage;
}

/** Something as it stands in rightarch.yaml, with the line of the sources that says so; none where a person said it. */
export interface Known {
  readonly text: string;
  readonly at: Place | undefined;
}

/** Where an image is published, as far as the sources say: found, never completed. */
export interface Publication {
  readonly repositories: readonly Known[];
  readonly tags: readonly Known[];
  /** Names of which a part is not in the sources, with `?` for it. */
  readonly partly: readonly (Known & { readonly at: Place })[];
  /** Lines that give a tag that only running them would tell. */
  readonly otherTags: readonly Place[];
  /** A name that another image of the repository gets too. */
  readonly shared:
    | { readonly reference: string; readonly images: readonly string[]; readonly at: Place | undefined }
    | undefined;
}

/** For each image, in order, what pushes it and what runs it by which name. */
export function publicationsOf(
  images: readonly NamedImage[],
  targets: readonly { readonly runtime: string; readonly image: string | undefined }[],
  names: readonly FoundName[],
  folder: string,
): readonly Publication[] {
  const found = images.map((image) => publicationOf(image, images, targets, names, folder));
  return found.map((one) => {
    for (const { text: repository } of one.repositories) {
      for (const { text: tag, at } of one.tags) {
        const owners = images.filter((_, j) => {
          const other = found[j]!;
          return (
            other.repositories.some(({ text }) => text === repository) && other.tags.some(({ text }) => text === tag)
          );
        });
        if (owners.length > 1)
          return { ...one, shared: { reference: `${repository}:${tag}`, images: owners.map(({ name }) => name), at } };
      }
    }
    return one;
  });
}

function publicationOf(
  image: NamedImage,
  images: readonly NamedImage[],
  targets: readonly { readonly runtime: string; readonly image: string | undefined }[],
  names: readonly FoundName[],
  folder: string,
): Publication {
  const built = names.filter((name) => name.how !== 'pulled' && isOf(name, image, images, targets, names));
  // What a runtime pulls is ours only if it is called as something here is: a sidecar is not.
  const own = new Set([image.name, folder.toLowerCase(), ...built.map(({ repository }) => lastPart(repository))]);
  const pulled = names.filter((name) => name.how === 'pulled' && isOf(name, image, images, targets, names));
  const privately = new Set(
    pulled.filter(({ repository }) => isPrivate(repository)).map(({ repository }) => repository),
  );
  const ours = pulled.filter(
    ({ repository }) => own.has(lastPart(repository)) || (privately.size === 1 && privately.has(repository)),
  );
  const classes = [
    built.filter(({ how, repository }) => how === 'pushed' && isPublishable(repository)),
    built.filter(({ how, repository }) => how === 'given' && isPublishable(repository) && hasHost(repository)),
    ours.filter(({ repository }) => isPublishable(repository)),
  ];
  const chosen = sameTags(classes.find((list) => list.length > 0) ?? []);
  const repositories = firstOf(chosen.map(({ repository, at }) => ({ text: repository, at })));
  const partly = [...built.filter(({ how }) => how !== 'given'), ...ours].filter(
    ({ repository }) =>
      repository.includes('?') &&
      repository.includes('/') &&
      !repositories.some(({ text }) => fitsName(repository, text)),
  );
  const tagged = chosen.length > 0 ? chosen : partly;
  return {
    repositories,
    tags: firstOf(tagged.flatMap(({ tag, at }) => (tag === undefined ? [] : [{ text: tag, at }]))),
    partly: firstOf(partly.map(({ repository, at }) => ({ text: repository, at }))),
    otherTags: tagged.flatMap(({ tag, how, at }) => (tag === undefined && how !== 'declared' ? [at] : [])),
    shared: undefined,
  };
}

function isOf(
  name: FoundName,
  image: NamedImage,
  images: readonly NamedImage[],
  targets: readonly { readonly runtime: string; readonly image: string | undefined }[],
  names: readonly FoundName[],
): boolean {
  if (name.dockerfile !== undefined) {
    const file = name.dockerfile.replace(/^\.\//, '');
    const exact = images.filter(({ source }) => source.dockerfile === file);
    const fitting = exact.length > 0 ? exact : images.filter(({ source }) => sameFile(file, source.dockerfile));
    return fitting.length === 1 && fitting[0] === image;
  }
  if (images.length === 1) return true;
  if (name.runtime !== undefined && targets.some((one) => one.runtime === name.runtime && one.image === image.name))
    return true;
  const before = name.before;
  if (before !== undefined)
    return names.some(
      (one) => one.repository === before && one.before === undefined && isOf(one, image, images, targets, []),
    );
  const last = lastPart(name.repository);
  return last === image.name || last.endsWith(`-${image.name}`);
}

const lastPart = (repository: string): string => repository.split('/').at(-1) ?? '';

const hasHost = (repository: string): boolean => {
  const slash = repository.indexOf('/');
  return slash > 0 && isHostWord(repository.slice(0, slash).toLowerCase());
};

/** Registries that only their owner pushes to. */
const isPrivate = (repository: string): boolean =>
  /^[^/]*(?:\.dkr\.ecr\.[^/]+\.amazonaws\.com(?:\.cn)?|-docker\.pkg\.dev|gcr\.io|\.azurecr\.io)\//.test(repository);

/** A name without a slash is one on this machine: nobody but Docker may push to it. */
function isPublishable(repository: string): boolean {
  if (/[?{}]/.test(repository) || !repository.includes('/')) return false;
  const parsed = parseReference(repository);
  return parsed.ok && parsed.value.tag === undefined;
}

/** Whether a name with holes may be a whole one. */
export function fitsName(partly: string, whole: string): boolean {
  const parts = partly.split('?');
  const first = parts.shift() ?? '';
  const last = parts.pop() ?? '';
  if (!whole.startsWith(first) || !whole.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts) {
    const next = whole.indexOf(part, at + 1);
    if (next < 0) return false;
    at = next + part.length;
  }
  return at < whole.length - last.length;
}

/** The names of the first repository, and of those that get the same tags: one list of tags must be true for all. */
function sameTags(names: readonly FoundName[]): readonly FoundName[] {
  const tagsOf = (repository: string): string =>
    [...new Set(names.filter((one) => one.repository === repository).map(({ tag }) => tag ?? '?'))].sort().join(' ');
  const [first] = names;
  return first === undefined ? [] : names.filter(({ repository }) => tagsOf(repository) === tagsOf(first.repository));
}

/** Each text once, at the first line that says it. */
function firstOf<One extends Known>(list: readonly One[]): readonly One[] {
  return list.filter(({ text }, i) => list.findIndex((one) => one.text === text) === i);
}
