import type { Digest } from '../../../core/index.ts';
import type { PreparedPlatform, PreparedStage } from '../../stage/prepare.ts';

/**
 * What several platforms have in common and executes something (a stage of `$BUILDPLATFORM` without a word of the target) is
 * built once, as BuildKit does: an image of its own, which is there until the end.
 */
export class SharedStages {
  readonly #counts = new Map<Digest, number>();
  readonly #images = new Map<Digest, Promise<string>>();

  constructor(prepared: readonly PreparedPlatform[]) {
    for (const { identity } of prepared.flatMap(({ stages }) => stages))
      this.#counts.set(identity, (this.#counts.get(identity) ?? 0) + 1);
  }

  /** The image of a stage, which `make` makes where nobody has yet; undefined where each platform makes it by itself. */
  image(stage: PreparedStage, make: () => Promise<string>): Promise<string> | undefined {
    const { identity, operations } = stage;
    if ((this.#counts.get(identity) ?? 0) < 2 || !operations.some(({ kind }) => kind === 'run')) return undefined;
    const image = this.#images.get(identity) ?? make();
    this.#images.set(identity, image);
    // Several are begun at once, and asked for one after the other.
    image.catch(() => {});
    return image;
  }

  /** After a failure some may be on their way still. */
  async atRest(): Promise<void> {
    await Promise.allSettled(this.#images.values());
  }
}
