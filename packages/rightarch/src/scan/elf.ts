import { decodeName } from '../tar/index.ts';
import type { EntrySink } from '../tar/types.ts';
import {
  type Dynamic,
  readDynamic,
  readVersionDefinitions,
  readVersionNeeds,
  type VersionSource,
} from './elf-dynamic.ts';
import { HEADER_SIZE, type Header, PT_DYNAMIC, PT_LOAD, readHeader, readSegments, type Segment } from './elf-fields.ts';
import { readPropertyLevel } from './elf-level.ts';
import { GoSearch, goLevel } from './go-build-info.ts';
import type { ElfFacts } from './types.ts';
import { type Scratch, Window } from './window.ts';

/** Enough for the header and, nearly always, the program headers and PT_INTERP. */
const FIRST = 64 << 10;
/**
 * How much of the front of a file is kept until its dynamic section comes by, which stands behind the string table
 * that it names. Only programs with a dynamic section keep more than `FIRST`.
 */
const HEAD_LIMIT = 16 << 20;
/**
 * Where that ends inside a table of strings, as much again is kept, and once more behind the table for what linkers put
 * there: pandoc of Debian exports a symbol for everything, and has up to 49 MB of their names in front of its code.
 */
const HEAD_MOST = 80 << 20;
const STRINGS_SAMPLE = 4096;
/** Kept before the dynamic section as well: patchelf puts a new string table there. */
const BEFORE_DYNAMIC = 1 << 20;
/** Kept before program headers that come late: the tool that put them there put there what it changed as well. */
const BEFORE_TABLE = 4 << 20;
const DYNAMIC_LIMIT = 64 << 10;
const STRINGS_LIMIT = 4 << 20;
/** The kernel refuses longer interpreters (fs/binfmt_elf.c). */
const PATH_MAX = 4096;

const EM_AARCH64 = 183;
const PT_INTERP = 3;
const PT_GNU_PROPERTY = 0x6474e553;
const PF_W = 2;
const DF_1_NODEFLIB = 0x800;
const DF_1_PIE = 0x08000000;
const EM_X86_64 = 62;

/** True for bytes that begin as an ELF file does. */
export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

/**
 * Reads the ELF headers of one file from its chunks, in order, in one pass and bounded memory. Never throws: what
 * the bytes do not say, or what was out of reach, is absent from the facts; headers that point outside the file set
 * `damaged`, and program headers out of reach set `partial`.
 */
export class ElfReader implements EntrySink {
  readonly #size: number;
  readonly #window: Window;
  #planned = false;
  /** What has to be here before anything behind it may pass: it says which of that is worth keeping. */
  #waitingFor: { readonly what: 'table' | 'dynamic'; readonly end: number } | undefined;
  /** Where the head ends that is kept while the dynamic section is waited for; whether names were seen there. */
  #head: { readonly end: number; readonly names: boolean } | undefined;
  #go: GoSearch | undefined;
  #complete = true;
  #isCut = false;

  /** `size` is that of the file, as the archive says. With a scratch, ask for the facts before it serves another file. */
  constructor(size: number, scratch?: Scratch) {
    this.#size = size;
    this.#window = new Window(Math.min(FIRST, Math.max(size, 0)), scratch);
  }

  write(chunk: Uint8Array): void {
    let rest = chunk;
    if (!this.#planned) {
      // The plan says how much of what follows is kept, so nothing may pass before it is made.
      const first = chunk.subarray(0, Math.min(FIRST, this.#size) - this.#window.position);
      this.#window.push(first);
      if (this.#window.position >= Math.min(FIRST, this.#size)) this.#plan();
      rest = chunk.subarray(first.length);
    }
    while (rest.length > 0) rest = this.#pass(rest);
  }

  /** Lets bytes pass, but none behind what is waited for. */
  #pass(bytes: Uint8Array): Uint8Array {
    const stops = [this.#waitingFor?.end ?? 0, this.#head?.end ?? 0].filter((end) => end > this.#window.position);
    const part = stops.length > 0 ? bytes.subarray(0, Math.min(...stops) - this.#window.position) : bytes;
    this.#go?.push(this.#window.position, part);
    this.#window.push(part);
    this.#settle();
    if (this.#head?.end === this.#window.position) this.#keepMore(this.#head);
    return bytes.subarray(part.length);
  }

  /** The head is full, and the dynamic section that says what of it counts is still to come. */
  #keepMore({ end, names }: { readonly end: number; readonly names: boolean }): void {
    this.#head = undefined;
    const last = this.#window.get(end - STRINGS_SAMPLE, STRINGS_SAMPLE);
    const isNames = last !== undefined && areNames(last);
    if (this.#waitingFor?.what !== 'dynamic' || end >= HEAD_MOST || !(isNames || names)) return;
    this.#window.extend(end + HEAD_LIMIT);
    this.#head = { end: end + HEAD_LIMIT, names: isNames };
  }

  /** Plans on as soon as what was waited for is here. */
  #settle(): void {
    while (this.#waitingFor !== undefined && this.#waitingFor.end <= this.#window.position) {
      const { what } = this.#waitingFor;
      this.#waitingFor = undefined;
      if (what === 'table') this.#planSegments();
      else this.#planStrings();
    }
  }

  end(complete: boolean): void {
    this.#complete = complete && this.#window.position === this.#size;
  }

  /** Instead of `end`, where only the beginning was asked for: what lies behind it is out of reach, not damaged. */
  cut(): void {
    this.#isCut = true;
  }

  /** What the headers say. Ask after `end`. */
  facts(): ElfFacts {
    const header = this.#header();
    const base = {
      kind: 'elf',
      machine: header.machine,
      type: header.type,
      bits: header.wide ? 64 : 32,
      endian: header.little ? 'little' : 'big',
      osAbi: header.osAbi,
      flags: header.flags,
    } as const;
    if (header.damaged || !(this.#complete || this.#isCut)) return { ...base, damaged: true };
    if (this.#isCut) return { ...base, partial: true };
    if (header.table.size === 0) return base;
    const segments = this.#segments(header);
    if (segments === undefined) return { ...base, partial: true };
    const loads = segments.filter(({ type }) => type === PT_LOAD);
    const mapped = pagesOf(loads);
    const kept = header.machine === EM_AARCH64 ? keptBelow(mapped, loads) : mapped;
    const outside = segments.some(
      ({ type, offset, size }) =>
        (type === PT_LOAD || type === PT_DYNAMIC || type === PT_INTERP) && size > 0 && !this.#inside(offset, size),
    );
    const interpreter = this.#interpreter(segments);
    const go = this.#go?.facts();
    const level = this.#level(header, segments) ?? (go && goLevel(go));
    return {
      ...base,
      ...interpreter.facts,
      ...this.#dynamic(header, segments),
      ...(kept < LARGEST_PAGE ? { pages: kept } : {}),
      ...(kept < mapped ? { sharesPages: true } : {}),
      ...(level !== undefined ? { level } : {}),
      ...(go !== undefined ? { go } : {}),
      ...(outside || interpreter.damaged ? { damaged: true } : {}),
    };
  }

  #inside(offset: number, size: number): boolean {
    return offset + size <= this.#size;
  }

  #header(): Header {
    return readHeader(this.#window.get(0, Math.min(HEADER_SIZE, this.#size), true), this.#size);
  }

  #segments(header: Header): readonly Segment[] | undefined {
    const bytes = this.#window.get(header.table.offset, header.table.size);
    return bytes && readSegments(bytes, header);
  }

  /** Once the header is here: asks for the program headers, wherever they are. */
  #plan(): void {
    this.#planned = true;
    const header = this.#header();
    if (header.damaged || header.table.size === 0) return;
    const { offset, size } = header.table;
    const end = offset + size;
    if (end > this.#window.position) {
      // Program headers at the end of the file (some post-link tools): until they come, everything may be worth keeping.
      this.#window.extend(HEAD_LIMIT);
      const from = Math.min(offset, Math.max(offset - BEFORE_TABLE, this.#window.position));
      this.#window.want(from, end - from);
      this.#searchGo([{ start: 0, end: this.#size }]);
    }
    this.#waitingFor = { what: 'table', end };
    this.#settle();
  }

  /** Once the program headers are here: asks for the ranges that they name, before these pass. */
  #planSegments(): void {
    const segments = this.#segments(this.#header());
    if (segments === undefined) return;
    const want = (start: number, length: number) => {
      if (this.#inside(start, length)) this.#window.want(start, length);
    };
    for (const segment of segments) {
      if (segment.type === PT_INTERP && segment.size <= PATH_MAX) want(segment.offset, segment.size);
      if (segment.type === PT_GNU_PROPERTY && segment.size <= PATH_MAX) want(segment.offset, segment.size);
    }
    const writable = segments.filter(({ type, flags, size }) => type === PT_LOAD && (flags & PF_W) !== 0 && size > 0);
    const ranges = writable.map(({ offset, size }) => ({ start: offset, end: offset + size }));
    const mark = this.#go?.at;
    if (this.#go === undefined) this.#searchGo(ranges);
    // Before the program headers were here the whole file was searched: a mark elsewhere is somebody's text.
    else if (mark === undefined || !ranges.some(({ start, end }) => start <= mark && mark < end)) {
      this.#go = new GoSearch(ranges);
    }
    const dynamic = dynamicOf(segments);
    if (dynamic === undefined || !this.#inside(dynamic.offset, dynamic.size)) return;
    this.#window.extend(Math.min(HEAD_LIMIT, dynamic.offset + dynamic.size));
    if (this.#window.position < HEAD_LIMIT) this.#head = { end: HEAD_LIMIT, names: false };
    const load = segments.find((segment) => segment.type === PT_LOAD && holds(segment, dynamic.offset, dynamic.size));
    const from = Math.max(load?.offset ?? dynamic.offset, dynamic.offset - BEFORE_DYNAMIC, this.#window.position);
    if (from <= dynamic.offset) want(from, dynamic.offset + dynamic.size - from);
    else want(dynamic.offset, dynamic.size);
    this.#waitingFor = { what: 'dynamic', end: dynamic.offset + dynamic.size };
  }

  #searchGo(ranges: ConstructorParameters<typeof GoSearch>[0]): void {
    this.#go = new GoSearch(ranges);
    const head = this.#window.get(0, this.#window.position);
    if (head !== undefined) this.#go.push(0, head);
  }

  /** Once the dynamic section is here: asks for the string table, where that is still to come. */
  #planStrings(): void {
    const header = this.#header();
    const segments = this.#segments(header);
    const dynamic = segments && dynamicOf(segments);
    const bytes = dynamic && this.#window.get(dynamic.offset, dynamic.size);
    if (segments === undefined || bytes === undefined) return;
    const { strings, versionsNeeded, versionsDefined } = readDynamic(bytes, header, segments);
    for (const range of [strings, versionsNeeded, versionsDefined]) {
      if (range === undefined || range === 'nowhere' || range.offset + range.size <= this.#window.position) continue;
      if (range.size <= STRINGS_LIMIT && this.#inside(range.offset, range.size)) {
        this.#window.want(range.offset, range.size);
      }
    }
  }

  #interpreter(segments: readonly Segment[]): { facts: { interpreter?: string; partial?: true }; damaged: boolean } {
    const segment = segments.find(({ type }) => type === PT_INTERP);
    if (segment === undefined) return { facts: {}, damaged: false };
    if (segment.size < 2 || segment.size > PATH_MAX || !this.#inside(segment.offset, segment.size)) {
      return { facts: {}, damaged: true };
    }
    const bytes = this.#window.get(segment.offset, segment.size);
    if (bytes === undefined) return { facts: { partial: true }, damaged: false };
    // The kernel wants a NUL at the very end and reads up to the first one.
    const damaged = bytes.at(-1) !== 0;
    const nul = bytes.indexOf(0);
    return { facts: { interpreter: decodeName(bytes.subarray(0, nul < 0 ? bytes.length : nul)) }, damaged };
  }

  #dynamic(header: Header, segments: readonly Segment[]) {
    const dynamic = dynamicOf(segments);
    if (dynamic === undefined) {
      return segments.some(({ type, size }) => type === PT_DYNAMIC && size > 0) ? { unread: true } : {};
    }
    const bytes = this.#window.get(dynamic.offset, dynamic.size);
    if (bytes === undefined) return { unread: true };
    const { strings, needed, soname, rpath, runpath, flags, missing, ...versions } = readDynamic(
      bytes,
      header,
      segments,
    );
    const text = (offset: number | undefined): string | undefined => {
      if (offset === undefined || strings === undefined || offset >= strings.size) return undefined;
      const found = this.#window.get(strings.offset + offset, Math.min(PATH_MAX, strings.size - offset), true);
      const nul = found?.indexOf(0) ?? -1;
      return found === undefined || nul < 0 ? undefined : decodeName(found.subarray(0, nul));
    };
    const names = needed.map(text);
    const named = { soname: text(soname), rpath: text(rpath), runpath: text(runpath) };
    return {
      // All of them or none: a list with holes would read as a shorter list.
      ...(!missing && names.every((name) => name !== undefined) ? { needed: names as string[] } : { unread: true }),
      ...(named.soname !== undefined ? { soname: named.soname } : {}),
      ...(named.rpath !== undefined ? { rpath: named.rpath } : {}),
      ...(named.runpath !== undefined ? { runpath: named.runpath } : {}),
      ...((flags & DF_1_PIE) !== 0 ? { pie: true as const } : {}),
      ...((flags & DF_1_NODEFLIB) !== 0 ? { noDefaults: true as const } : {}),
      ...((rpath !== undefined && named.rpath === undefined) || (runpath !== undefined && named.runpath === undefined)
        ? { unread: true }
        : {}),
      ...this.#versions({ ...header, bytes: (at, size) => this.#window.get(at, size), text }, versions),
    };
  }

  #versions(
    source: VersionSource,
    { versionsNeeded, versionsDefined }: Pick<Dynamic, 'versionsNeeded' | 'versionsDefined'>,
  ) {
    const needs =
      versionsNeeded === undefined || versionsNeeded === 'nowhere'
        ? undefined
        : readVersionNeeds(source, versionsNeeded);
    const defines =
      versionsDefined === undefined || versionsDefined === 'nowhere'
        ? undefined
        : readVersionDefinitions(source, versionsDefined);
    const unread =
      (versionsNeeded !== undefined && needs === undefined) || (versionsDefined !== undefined && defines === undefined);
    return {
      ...(needs !== undefined ? { needs } : {}),
      ...(defines !== undefined ? { defines } : {}),
      ...(unread ? { versionsUnread: true as const } : {}),
    };
  }

  #level({ machine }: Header, segments: readonly Segment[]): string | undefined {
    const note = segments.find(({ type }) => type === PT_GNU_PROPERTY);
    const property = note && note.size <= PATH_MAX ? this.#window.get(note.offset, note.size) : undefined;
    return machine === EM_X86_64 && property !== undefined ? readPropertyLevel(property) : undefined;
  }
}

/** True of a part of a table of strings: printable characters with ends between them. */
function areNames(bytes: Uint8Array): boolean {
  return bytes.includes(0) && bytes.every((byte) => byte === 0 || (byte >= 0x20 && byte < 0x7f));
}

function dynamicOf(segments: readonly Segment[]): Segment | undefined {
  return segments.find(({ type, size }) => type === PT_DYNAMIC && size > 0 && size <= DYNAMIC_LIMIT);
}

function holds({ offset, size }: Segment, from: number, length: number): boolean {
  return offset <= from && from + length <= offset + size;
}

/** 64 KiB: what arm64 and ppc64le kernels may be built with (arch/arm64/Kconfig, ARM64_64K_PAGES). */
const LARGEST_PAGE = 65_536;

/**
 * The largest page by which segments can be mapped: offset and address have to be equal within it. The kernel's mmap
 * refuses anything else, and so does glibc (elf/dl-load.c, "not page-aligned"; before 2.35 it compared p_align as well).
 */
function pagesOf(loads: readonly Segment[]): number {
  const fits = (page: number) => loads.every(({ offset, address }) => offset % page === address % page);
  let page = LARGEST_PAGE;
  while (page > 1 && !fits(page)) page /= 2;
  return page;
}

/**
 * The largest page in which no segment takes from the one before it what that one may: where two lie in one page, it is
 * mapped for the last of them, and code that ends beside data cannot be executed. Of 4 KiB pages linkers take care.
 */
function keptBelow(mapped: number, loads: readonly Segment[]): number {
  const filled = loads.filter(({ size }) => size > 0);
  const isLost = (page: number) =>
    filled.some(({ flags, address }, i) => {
      const before = filled[i - 1];
      if (before === undefined || (before.flags & ~flags & 7) === 0) return false;
      return Math.floor((before.address + before.size - 1) / page) >= Math.floor(address / page);
    });
  let page = mapped;
  while (page > 4096 && isLost(page)) page /= 2;
  return page;
}
