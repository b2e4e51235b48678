import { TarDamage } from './header.ts';
import { decodeName } from './name-bytes.ts';

/** The records of a PAX header, values as bytes. A `Map`, because names are the archive's to choose. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

/**
 * Reads `<length> <key>=<value>\n` records as Go does (archive/tar strconv.go, parsePAXRecord). The repeated
 * `GNU.sparse.offset` and `numbytes` of sparse format 0.0 are gathered into one `GNU.sparse.map`.
 */
export function parsePax(bytes: Buffer): PaxRecords {
  const records = new Map<string, Buffer>();
  const sparse: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 ? '' : bytes.toString('latin1', at, space);
    const length = /^[0-9]{1,10}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    if (length < 5 || end > bytes.length || bytes[end - 1] !== 0x0a || equals < 0 || equals >= end - 1) {
      throw new TarDamage('pax', 'a PAX record is malformed');
    }
    const key = bytes.toString('utf8', space + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    const isText = key === 'path' || key === 'linkpath' || key === 'uname' || key === 'gname';
    if (key === '' || key.includes('\0') || (isText && value.includes(0))) {
      throw new TarDamage('pax', `the PAX record ${JSON.stringify(key)} holds a NUL or has no name`);
    }
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') {
      if ((sparse.length % 2 === 0) !== (key === 'GNU.sparse.offset') || value.includes(0x2c)) {
        throw new TarDamage('sparse', 'offsets and lengths of a sparse map do not alternate');
      }
      sparse.push(value.toString('latin1'));
    } else records.set(key, value);
    at = end;
  }
  if (sparse.length > 0) records.set('GNU.sparse.map', Buffer.from(sparse.join(',')));
  return records;
}

/** A whole number of a PAX record; undefined where the record is absent or empty (which deletes it). */
export function paxInteger(records: PaxRecords, key: string): number | undefined {
  const value = records.get(key);
  if (value === undefined || value.length === 0) return undefined;
  const text = value.toString('latin1');
  const result = /^-?[0-9]{1,19}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(result)) throw new TarDamage('pax', `the PAX record ${key} is not a number`);
  return result;
}

/** Seconds with their fraction. */
export function paxTime(records: PaxRecords, key: string): number | undefined {
  const value = records.get(key);
  if (value === undefined || value.length === 0) return undefined;
  const text = value.toString('latin1');
  if (!/^-?[0-9]{1,15}(\.[0-9]*)?$/.test(text)) throw new TarDamage('pax', `the PAX record ${key} is not a time`);
  return Number(text);
}

const XATTR = 'SCHILY.xattr.';

/** The extended attributes among the records, values as latin1; undefined where there are none. */
export function paxXattrs(records: PaxRecords): Readonly<Record<string, string>> | undefined {
  let found: Record<string, string> | undefined;
  for (const [key, value] of records) {
    if (!key.startsWith(XATTR)) continue;
    found ??= Object.create(null) as Record<string, string>;
    found[key.slice(XATTR.length)] = value.toString('latin1');
  }
  return found;
}

/** A text record, decoded; undefined where absent or empty. */
export function paxText(records: PaxRecords, key: string): string | undefined {
  const value = records.get(key);
  return value === undefined || value.length === 0 ? undefined : decodeName(value);
}

/** One record with its own length in front: the length counts itself. */
export function paxRecord(key: string, value: Uint8Array | string): Buffer {
  const body = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value as Uint8Array), Buffer.from('\n')]);
  let length = body.length + 1;
  while (String(length).length + body.length !== length) length = String(length).length + body.length;
  return Buffer.concat([Buffer.from(String(length)), body]);
}
