import { Fields, type Layout, PT_LOAD, type Segment } from './elf-fields.ts';
import type { VersionNeed } from './types.ts';

const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_RELA = 7;
const DT_RELASZ = 8;
const DT_STRSZ = 10;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const DT_FLAGS_1 = 0x6ffffffb;
const DT_VERDEF = 0x6ffffffc;
const DT_VERNEED = 0x6ffffffe;

/** More than any library has (libc.so.6 defines about fifty, libicu one): ends what a hostile file could make of it. */
const MAX_VERSIONS = 4096;
/** What is kept of a table of versions that is still to come: it names no length of its own. */
const VERSIONS_LIMIT = 256 << 10;
const VER_FLG_WEAK = 2;

/** Where in the file a table begins, and the most that it can take there. */
export interface Range {
  readonly offset: number;
  readonly size: number;
}

/** The dynamic section, with tables as offsets in the file. */
export interface Dynamic {
  readonly strings: Range | undefined;
  /** .rela.dyn. */
  readonly relocations: Range | undefined;
  /** Offsets into the strings. */
  readonly needed: readonly number[];
  readonly soname: number | undefined;
  readonly rpath: number | undefined;
  readonly runpath: number | undefined;
  /** DT_FLAGS_1. */
  readonly flags: number;
  /** .gnu.version_r; `nowhere` where it is named and lies in no segment. */
  readonly versionsNeeded: Range | 'nowhere' | undefined;
  /** .gnu.version_d. */
  readonly versionsDefined: Range | 'nowhere' | undefined;
  /** The table of strings is named but lies in no segment. */
  readonly missing: boolean;
}

/** Reads the bytes of PT_DYNAMIC. */
export function readDynamic(bytes: Buffer, layout: Layout, segments: readonly Segment[]): Dynamic {
  const fields = new Fields(bytes, layout);
  const step = layout.wide ? 16 : 8;
  const single = new Map<number, number>();
  const needed: number[] = [];
  for (let at = 0; at + step <= bytes.length; at += step) {
    const tag = fields.word(at);
    const value = fields.word(at + step / 2);
    if (tag === 0) break;
    if (tag === DT_NEEDED) needed.push(value);
    // Of several the last counts (glibc's get-dynamic-info.h, musl's decode_vec).
    else single.set(tag, value);
  }
  /** A table whose size another entry says. */
  const table = (tag: number, sizeTag: number): Range | undefined => {
    const from = locate(segments, single.get(tag));
    const size = single.get(sizeTag);
    return from === undefined || size === undefined ? undefined : { offset: from.offset, size };
  };
  const strings = table(DT_STRTAB, DT_STRSZ);
  const versions = (tag: number): Range | 'nowhere' | undefined => {
    const address = single.get(tag);
    if (address === undefined) return undefined;
    const range = locate(segments, address);
    return range === undefined ? 'nowhere' : { ...range, size: Math.min(range.size, VERSIONS_LIMIT) };
  };
  return {
    strings,
    relocations: table(DT_RELA, DT_RELASZ),
    needed,
    soname: single.get(DT_SONAME),
    rpath: single.get(DT_RPATH),
    runpath: single.get(DT_RUNPATH),
    flags: single.get(DT_FLAGS_1) ?? 0,
    versionsNeeded: versions(DT_VERNEED),
    versionsDefined: versions(DT_VERDEF),
    missing: strings === undefined && needed.length > 0,
  };
}

/** An address as a place in the file, with what is left of its segment there. */
function locate(segments: readonly Segment[], address: number | undefined): Range | undefined {
  if (address === undefined) return undefined;
  const load = segments.find((s) => s.type === PT_LOAD && s.address <= address && address < s.address + s.size);
  if (load === undefined) return undefined;
  const inside = address - load.address;
  return { offset: load.offset + inside, size: load.size - inside };
}

/** The rest of a table from an offset on, as far as it is kept; the text at an offset of the strings. */
export interface VersionSource extends Layout {
  bytes(offset: number, size: number): Buffer | undefined;
  text(offset: number): string | undefined;
}

/** Thrown inside this file only: something lies out of reach or is damaged, so nothing of it is said. */
class Unreadable extends Error {}

/** .gnu.version_r (Verneed and Vernaux, elf.h; the same layout in both classes). Undefined where a part is out of reach. */
export function readVersionNeeds(source: VersionSource, table: Range): readonly VersionNeed[] | undefined {
  return guarded(() => {
    const needs: VersionNeed[] = [];
    let count = 0;
    for (let at = 0; ; ) {
      const entry = take(source, table, at, 16);
      const names = { firm: [] as string[], weak: [] as string[] };
      let aux = at + entry.u32(8);
      for (let i = entry.u16(2); i > 0; i--) {
        if (++count > MAX_VERSIONS) throw new Unreadable();
        const version = take(source, table, aux, 16);
        const name = text(source, version.u32(8));
        (version.u16(4) & VER_FLG_WEAK ? names.weak : names.firm).push(name);
        const next = version.u32(12);
        if (next === 0) break;
        aux += next;
      }
      const file = text(source, entry.u32(4));
      needs.push({ file, versions: names.firm, ...(names.weak.length > 0 ? { weak: names.weak } : {}) });
      const next = entry.u32(12);
      if (next === 0) return needs;
      if (needs.length > MAX_VERSIONS) throw new Unreadable();
      at += next;
    }
  });
}

/** .gnu.version_d (Verdef and Verdaux): the name of each, that of the file itself included. */
export function readVersionDefinitions(source: VersionSource, table: Range): readonly string[] | undefined {
  return guarded(() => {
    const defines: string[] = [];
    for (let at = 0; ; ) {
      const entry = take(source, table, at, 20);
      const name = take(source, table, at + entry.u32(12), 8);
      defines.push(text(source, name.u32(0)));
      const next = entry.u32(16);
      if (next === 0) return defines;
      if (defines.length > MAX_VERSIONS) throw new Unreadable();
      at += next;
    }
  });
}

function guarded<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function take(source: VersionSource, table: Range, at: number, size: number): Fields {
  const bytes = at + size > table.size ? undefined : source.bytes(table.offset + at, size);
  if (bytes === undefined) throw new Unreadable();
  return new Fields(bytes, source);
}

function text(source: VersionSource, offset: number): string {
  const found = source.text(offset);
  if (found === undefined) throw new Unreadable();
  return found;
}
