import type { Location } from './diagnostic.ts';
import type { Platform } from './platform.ts';

/** A BuildKit that the configuration names for a platform: a builder of `docker buildx`, or an address for `buildctl`. */
export interface ConfiguredBuilder {
  readonly platform: Platform;
  readonly engine: 'buildx' | 'buildkit';
  /** The builder's name, or the address. */
  readonly name: string;
  /** Absolute files, for an address that wants to know who asks. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly at: Location;
}
