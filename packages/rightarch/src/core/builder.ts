import type { Location } from './diagnostic.ts';
import type { Platform } from './platform.ts';

/** Pods of Kubernetes, which `docker buildx` starts and finds again by a name. */
export interface BuilderPool {
  /** The name of its Deployment there. */
  readonly node: string;
  /** Of the machines that it may be on. */
  readonly runsOn: Platform;
  /** The arguments of buildx's driver, completed. */
  readonly options: Readonly<Record<string, string>>;
}

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
  readonly pool?: BuilderPool;
  readonly at: Location;
}
