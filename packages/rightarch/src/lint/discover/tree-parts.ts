import type { Extent, Tree } from '../../definition/index.ts';
import type { Place } from '../found.ts';

/** The place of a value. */
export type PlaceOf = (at: Extent) => Place;

/** Members of a map. */
export type Named = readonly (readonly [string, Tree])[];

/** The folder of a file, with a slash behind it; empty at the root. */
export const folderOf = (file: string): string =>
  file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/` : '';
