import { number, TarDamage } from './header.ts';
import type { PaxRecords } from './pax.ts';
import { paxInteger } from './pax.ts';

/** Where data lies in a file with holes. */
export interface SparsePart {
  readonly offset: number;
  readonly length: number;
}

/** Reads up to `count` pairs of an old GNU sparse header; an empty offset ends the list. */
export function gnuParts(bytes: Buffer, at: number, count: number): SparsePart[] {
  const parts: SparsePart[] = [];
  for (let i = 0; i < count && bytes[at + 24 * i] !== 0; i++) {
    const offset = sparseNumber(bytes, at + 24 * i);
    parts.push({ offset, length: sparseNumber(bytes, at + 24 * i + 12) });
  }
  return parts;
}

function sparseNumber(bytes: Buffer, at: number): number {
  try {
    return number(bytes, at, 12, 'sparse');
  } catch {
    throw new TarDamage('sparse', 'the sparse map is not made of numbers');
  }
}

/** The pairs of a list of decimal numbers, as PAX formats 0.1 (commas) and 1.0 (lines) write them. */
export function partsOf(numbers: readonly string[]): SparsePart[] {
  if (numbers.length % 2 !== 0) throw new TarDamage('sparse', 'the sparse map has an odd number of values');
  const values = numbers.map((text) => (/^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN));
  if (!values.every(Number.isSafeInteger)) throw new TarDamage('sparse', 'the sparse map is not made of numbers');
  const parts: SparsePart[] = [];
  for (let i = 0; i < values.length; i += 2) parts.push({ offset: values[i]!, length: values[i + 1]! });
  return parts;
}

/** Holds the parts to order, to the size of the file and to the bytes that are stored (Go: validateSparseEntries). */
export function checkParts(parts: readonly SparsePart[], size: number, stored: number): void {
  let end = 0;
  let sum = 0;
  for (const { offset, length } of parts) {
    if (offset < end || length < 0 || offset + length > size) {
      throw new TarDamage('sparse', 'the sparse map overlaps or leaves the file');
    }
    end = offset + length;
    sum += length;
  }
  if (sum !== stored) throw new TarDamage('sparse', `the sparse map names ${sum} bytes and ${stored} are stored`);
}

/** What PAX says about holes: where the map is, and the size of the file with them. */
export function paxSparse(
  records: PaxRecords,
):
  | { readonly map: 'records'; readonly parts: readonly SparsePart[]; readonly size: number | undefined }
  | { readonly map: 'content'; readonly size: number | undefined }
  | undefined {
  const major = records.get('GNU.sparse.major')?.toString('latin1');
  const minor = records.get('GNU.sparse.minor')?.toString('latin1');
  const size = paxInteger(records, 'GNU.sparse.size') ?? paxInteger(records, 'GNU.sparse.realsize');
  if (major === '1' && minor === '0') return { map: 'content', size };
  const map = records.get('GNU.sparse.map');
  const old = (major === undefined || major === '0') && (minor === undefined || minor === '0' || minor === '1');
  if (map === undefined || !old) return undefined;
  const text = map.toString('latin1');
  return { map: 'records', parts: text === '' ? [] : partsOf(text.split(',')), size };
}
