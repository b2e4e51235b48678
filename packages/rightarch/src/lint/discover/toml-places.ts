import type { Place, PlaceAt } from '../found.ts';

/** The place of a text of TOML, in its quotes: the first behind its key; the key where it is written with escapes. */
export function placeOfText(text: string, written: string, key: number, place: PlaceAt): Place {
  const at = text.indexOf(written, key);
  return at < 1 ? place(key) : place(at - 1, at + written.length + 1);
}
