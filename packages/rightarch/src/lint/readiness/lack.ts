import type { Position } from '../../core/index.ts';

/** A package, and where the lockfile has it. */
export interface Placed {
  readonly name: string;
  readonly version: string;
  readonly at: () => Position;
}

/** A package that cannot be had for a machine. */
export interface Lack extends Placed {
  /** `family`: none of the packages that hold its code is for there; `refused`: its own limits; `wheel`; what it `downloads` or is `linked` to. */
  readonly how: 'family' | 'refused' | 'wheel' | 'download' | 'linked';
  /** What it is for. */
  readonly has: readonly string[];
  readonly dev: boolean;
  readonly direct: boolean;
  /** What would have to be known for it to matter: undefined where it does. */
  readonly unless: 'extra' | 'marker' | 'install-script' | undefined;
  /** A release that has it, of which the catalogue knows. */
  readonly since?: string | undefined;
  readonly source?: string | undefined;
  readonly checked?: string | undefined;
}
