import {
  type Digest,
  formatPlatform,
  type ImageReference,
  type Location,
  type Platform,
  parseReference,
  samePlatform,
  withDefaultTag,
} from '../../core/index.ts';
import { failure } from '../../messages/index.ts';
import {
  type CallOptions,
  type Image,
  type ImageSource,
  type ImageTree,
  openLayout,
  openTree,
} from '../../oci/index.ts';
import type { BasePin } from '../types.ts';

/** Gives everything behind a reference: from a registry or the mirror that stands in. Throws Failure. */
export type OpenBase = (reference: ImageReference, options?: CallOptions) => Promise<ImageTree>;

/** One image of a base, with the place that its layers are read from. */
export interface BaseImage {
  readonly image: Image;
  readonly source: ImageSource;
}

/** The images that one build starts from: each reference is resolved once, for all platforms and stages. */
export class Bases {
  readonly #open: OpenBase;
  readonly #locked: readonly BasePin[] | undefined;
  readonly #pins: readonly BasePin[] | undefined;
  readonly #contexts: Readonly<Record<string, string>>;
  readonly #trees = new Map<string, Promise<ImageTree>>();
  readonly #used = new Map<string, Map<string, Digest>>();

  constructor(parts: {
    readonly open: OpenBase;
    readonly contexts: Readonly<Record<string, string>>;
    /** `--locked`: a reference that points elsewhere now is refused. */
    readonly locked?: readonly BasePin[] | undefined;
    /** A plan that is carried out: its digests are opened, wherever the tags point by now. */
    readonly pins?: readonly BasePin[] | undefined;
  }) {
    this.#open = parts.open;
    this.#contexts = parts.contexts;
    this.#locked = parts.locked;
    this.#pins = parts.pins;
  }

  /** The image of a reference for exactly this platform. A runtime's generosity (arm for arm64) is no use for a base. */
  async image(text: string, platform: Platform, at: Location, options: CallOptions = {}): Promise<BaseImage> {
    const tree = await this.tree(text, at, options);
    const has: string[] = [];
    for (const image of tree.images) {
      const listed = image.entryPlatform ?? image.declared;
      if (listed === undefined) continue;
      has.push(formatPlatform(listed));
      if (!samePlatform(listed, platform)) continue;
      if (image.declared !== undefined && !samePlatform(image.declared, platform)) {
        const declared = formatPlatform(image.declared);
        const args = { reference: text, listed: formatPlatform(listed), declared };
        throw failure('plan/base-mislabeled', args, at, 'request');
      }
      const used = this.#used.get(text) ?? new Map<string, Digest>();
      this.#used.set(text, used.set(formatPlatform(platform), image.descriptor.digest));
      return { image, source: tree.source };
    }
    const args = { reference: text, platform: formatPlatform(platform), has: [...new Set(has)].sort() };
    throw failure('plan/base-platform-missing', args, at, 'request');
  }

  /** Begins to open what will be asked for; whether that can be had is said then. */
  begin(text: string, at: Location, options: CallOptions): void {
    this.tree(text, at, options).catch(() => {});
  }

  tree(text: string, at: Location, options: CallOptions = {}): Promise<ImageTree> {
    const known = this.#trees.get(text);
    if (known !== undefined) return known;
    const opened = this.#resolve(text, at, options);
    this.#trees.set(text, opened);
    return opened;
  }

  async #resolve(text: string, at: Location, options: CallOptions): Promise<ImageTree> {
    const locked = this.#locked?.find(({ reference }) => reference === text);
    if (this.#locked !== undefined && locked === undefined)
      throw failure('plan/base-unlocked', { reference: text }, at, 'request');
    const planned = this.#pins?.find(({ reference }) => reference === text);
    const tree = await this.#openNamed(text, planned?.root.digest, at, options);
    const pin = locked ?? planned;
    if (pin !== undefined && pin.root.digest !== tree.root.digest) {
      const args = { reference: text, was: pin.root.digest, is: tree.root.digest };
      throw failure('plan/base-moved', args, at, 'request');
    }
    return tree;
  }

  async #openNamed(text: string, digest: Digest | undefined, at: Location, options: CallOptions): Promise<ImageTree> {
    const given = Object.hasOwn(this.#contexts, text) ? this.#contexts[text]! : text;
    if (given.startsWith('oci:') || given.startsWith('oci-layout://')) {
      const [directory = '', name] = splitLayout(given.replace(/^oci(-layout:\/\/|:)/, ''));
      const source = openLayout(directory);
      return openTree(source, await source.resolve(name, options), options);
    }
    const written = given.replace(/^docker-image:\/\//, '');
    const parsed = parseReference(written);
    if (!parsed.ok)
      throw failure('platform/reference-malformed', { text: written, problem: parsed.problem }, at, 'request');
    const reference = withDefaultTag(parsed.value);
    return this.#open(digest === undefined ? reference : { ...reference, digest }, options);
  }

  /** What was used, for the plan: in the order of the references. */
  async pins(): Promise<BasePin[]> {
    const pins: BasePin[] = [];
    for (const reference of [...this.#used.keys()].sort()) {
      const tree = await this.#trees.get(reference)!;
      const manifests = [...this.#used.get(reference)!].sort(([one], [other]) => (one < other ? -1 : 1));
      const { mediaType, digest, size } = tree.root;
      const { place } = tree.source;
      pins.push({
        reference,
        source: tree.source.name,
        ...(place === undefined ? {} : { place }),
        root: { mediaType, digest, size },
        manifests: manifests.map(([platform, image]) => {
          const [os = '', architecture = '', variant] = platform.split('/');
          return { platform: { os, architecture, ...(variant ? { variant } : {}) }, digest: image };
        }),
      });
    }
    return pins;
  }

  /** Closes what was opened. */
  async close(): Promise<void> {
    for (const tree of this.#trees.values()) await tree.then((open) => open.source.close()).catch(() => {});
  }
}

/** `DIR`, `DIR:name` or `DIR@sha256:…`. */
function splitLayout(text: string): [string, string | undefined] {
  const digest = text.indexOf('@sha256:');
  if (digest >= 0) return [text.slice(0, digest), text.slice(digest + 1)];
  const colon = text.lastIndexOf(':');
  return colon > text.lastIndexOf('/') && colon > 1 ? [text.slice(0, colon), text.slice(colon + 1)] : [text, undefined];
}
