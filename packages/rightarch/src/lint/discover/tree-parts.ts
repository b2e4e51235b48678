import { posix } from 'node:path';
import type { Extent, Tree } from '../../definition/index.ts';
import type { Place } from '../found.ts';

/** The place of a value. */
export type PlaceOf = (at: Extent) => Place;

/** Members of a map. */
export type Named = readonly (readonly [string, Tree])[];

/** A path that a file says, from the root of the repository; `.` where it is the root. */
export const pathBeside = (file: string, ...written: readonly string[]): string =>
  posix.join(posix.dirname(file), ...written).replace(/(?<=.)\/$/, '');
