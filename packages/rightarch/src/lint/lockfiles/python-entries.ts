import { type Marker, parseMarker } from '../../proof/index.ts';
import type { TomlTable, TomlValue } from '../documents/toml.ts';

/** A table's value that is a text. */
export function textIn(table: TomlTable | undefined, key: string): string | undefined {
  const value = table?.values.get(key)?.value;
  return typeof value === 'string' ? value : undefined;
}

export function isTable(value: TomlValue | undefined): value is { readonly [key: string]: TomlValue } {
  return typeof value === 'object' && !Array.isArray(value);
}

export const listIn = (value: TomlValue | undefined): readonly TomlValue[] => (Array.isArray(value) ? value : []);

/** A marker, `unread` where it is one and cannot be read. */
export function markerOf(value: TomlValue | undefined): Marker | 'unread' | undefined {
  if (value === undefined || value === '') return undefined;
  return typeof value === 'string' ? (parseMarker(value) ?? 'unread') : 'unread';
}

/** The last part of an address, as a file's name. */
export function fileOf(address: string): string {
  const plain = address.replace(/[?#].*$/s, '');
  const name = plain.slice(plain.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
