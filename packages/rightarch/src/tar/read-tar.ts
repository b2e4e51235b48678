import { cleanPath, typeOf } from './entry-name.ts';
import { BLOCK, field, type HeaderBlock, isZeroBlock, number, parseHeader, TarDamage } from './header.ts';
import { decodeName } from './name-bytes.ts';
import { type PaxRecords, parsePax, paxInteger, paxText, paxTime, paxXattrs } from './pax.ts';
import { checkParts, gnuParts, partsOf, paxSparse, type SparsePart } from './sparse.ts';
import { SparseContent } from './sparse-content.ts';
import type { EntrySink, TarEntry, TarSummary } from './types.ts';

/** What hostile input may cost. Reaching one is `damage` of kind `limit`. */
export interface TarLimits {
  /** Entries of one archive. */
  readonly entries: number;
  /** Bytes of one PAX header, long name or sparse map; Go's reader stops at the same size (maxSpecialFileSize). */
  readonly header: number;
  /** Bytes of all paths, links and attributes together, which consumers tend to keep. */
  readonly names: number;
  /** Bytes of zeros that holes of sparse files are expanded to, in the whole archive. */
  readonly holes: number;
}

export const tarLimits: TarLimits = {
  entries: 4_000_000,
  header: 1 << 20,
  names: 512 << 20,
  holes: 8 * 2 ** 30,
};

export interface TarHandlers {
  /**
   * Called for each entry in order. Return a sink to be given its content, nothing to skip it. `offset` is where the
   * stored content begins in the archive.
   */
  onEntry(entry: TarEntry, offset: number): EntrySink | undefined;
  readonly limits?: Partial<TarLimits>;
  /**
   * Whether global PAX headers count for the entries behind them. Docker and containerd ignore them (createTarFile:
   * "PAX Global Extended Headers found and ignored"), GNU tar and node-tar apply them. `ignore` unless told.
   */
  readonly globalHeaders?: 'ignore' | 'apply';
  /** `written`: paths as they stand in the archive, with `./` or `/` in front. */
  readonly paths?: 'clean' | 'written';
}

export interface TarReader {
  /** Takes the next bytes. The chunk is not kept; sinks are given views of it. Never throws for what the bytes are. */
  write(chunk: Uint8Array): void;
  /** Bytes that come next and that nobody asked for. Who can seek may jump over any number of them with `skip`. */
  readonly skippable: number;
  skip(count: number): void;
  /** Says that there are no more, and what the archive was. */
  end(): TarSummary;
}

const ZEROS = Buffer.alloc(1 << 16);

type State = 'header' | 'extension' | 'map' | 'meta' | 'content' | 'padding' | 'done' | 'damaged';

/**
 * A push parser for tar: synchronous, in constant memory, as Go's archive/tar understands the bytes, because Docker,
 * containerd and Podman unpack layers with that. So links, directories and devices have no content whatever their
 * size says, and after the end marker nothing exists.
 */
export function createTarReader(handlers: TarHandlers): TarReader {
  return new Parser(handlers);
}

/** Reads a whole stream through `createTarReader`. Errors of the stream are thrown on. */
export async function readTar(stream: AsyncIterable<Uint8Array>, handlers: TarHandlers): Promise<TarSummary> {
  const reader = createTarReader(handlers);
  for await (const chunk of stream) reader.write(chunk);
  return reader.end();
}

class Parser implements TarReader {
  readonly #handlers: TarHandlers;
  readonly #limits: TarLimits;
  readonly #block = Buffer.alloc(BLOCK);
  #filled = 0;
  #state: State = 'header';
  #offset = 0;
  /** Where the block in hand ends in the archive. */
  #blockEnd = 0;
  #bytes = 0;
  #entries = 0;
  #names = 0;
  #holes = 0;
  #trailing = 0;
  #zeroBlocks = 0;
  #damage: TarSummary['damage'];

  // What waits for the entry it describes.
  #global: PaxRecords = new Map();
  #pax: PaxRecords | undefined;
  #longName: Buffer | undefined;
  #longLink: Buffer | undefined;
  #metaType = '';
  #meta = Buffer.alloc(0);

  // The entry in progress.
  #sink: EntrySink | undefined;
  #remaining = 0;
  #padding = 0;
  #sparse: SparseContent | undefined;
  #waiting: { readonly entry: TarEntry; readonly stored: number; parts: SparsePart[]; blocks: number } | undefined;
  #mapText = '';
  #mapNumbers: string[] = [];

  constructor(handlers: TarHandlers) {
    this.#handlers = handlers;
    this.#limits = { ...tarLimits, ...handlers.limits };
  }

  write(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#state === 'damaged') return;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    try {
      while (at < bytes.length) {
        const next = this.#step(bytes, at);
        this.#offset += next - at;
        at = next;
      }
    } catch (error) {
      if (!(error instanceof TarDamage)) throw error;
      this.#stop(error.kind, error.message);
    }
  }

  get skippable(): number {
    return this.#state === 'content' && this.#sink === undefined ? this.#remaining : 0;
  }

  skip(count: number): void {
    if (count > this.skippable) throw new RangeError(`${count} bytes cannot be skipped`);
    this.#bytes += count;
    this.#offset += count;
    this.#remaining -= count;
    if (this.#state === 'content' && this.#remaining === 0) this.#finishContent();
  }

  end(): TarSummary {
    const { complete, what } = this.#atEnd();
    if (!complete && this.#damage === undefined) this.#stop('truncated', `the archive ends inside ${what}`);
    return {
      entries: this.#entries,
      bytes: this.#bytes,
      ended: this.#damage === undefined,
      trailing: this.#trailing,
      ...(this.#damage !== undefined ? { damage: this.#damage } : {}),
    };
  }

  #atEnd(): { complete: boolean; what: string } {
    switch (this.#state) {
      // Go takes an archive without end marker, or without its last padding, as whole.
      case 'done':
      case 'padding':
        return { complete: true, what: '' };
      case 'header':
        if (this.#filled > 0) return { complete: false, what: 'a header' };
        return this.#pax === undefined && this.#longName === undefined && this.#longLink === undefined
          ? { complete: true, what: '' }
          : { complete: false, what: 'an entry: its long name has no header behind it' };
      case 'content':
        return { complete: false, what: `the content of an entry: ${this.#remaining} bytes are missing` };
      default:
        return { complete: false, what: 'an extended header' };
    }
  }

  #stop(kind: NonNullable<TarSummary['damage']>['kind'], detail: string): void {
    this.#damage = { kind, offset: this.#offset, detail };
    this.#state = 'damaged';
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.end(false);
  }

  /** Takes what it can of `bytes` from `at` on, and says how far it came: always at least one byte. */
  #step(bytes: Buffer, at: number): number {
    const available = bytes.length - at;
    switch (this.#state) {
      case 'content': {
        const count = Math.min(this.#remaining, available);
        if (this.#sink !== undefined) {
          const view = bytes.subarray(at, at + count);
          if (this.#sparse !== undefined) this.#sparse.write(view);
          else this.#sink.write(view);
        }
        this.#remaining -= count;
        if (this.#remaining === 0) this.#finishContent();
        return at + count;
      }
      case 'padding': {
        const count = Math.min(this.#padding, available);
        this.#padding -= count;
        if (this.#padding === 0) this.#state = 'header';
        return at + count;
      }
      case 'meta': {
        const count = Math.min(this.#meta.length - this.#filled, available);
        bytes.copy(this.#meta, this.#filled, at, at + count);
        this.#filled += count;
        if (this.#filled === this.#meta.length) {
          this.#filled = 0;
          this.#finishMeta();
        }
        return at + count;
      }
      case 'done':
        this.#trailing += countNonZero(bytes, at);
        return bytes.length;
      default: {
        if (this.#filled === 0 && available >= BLOCK) {
          this.#onBlock(bytes, at);
          return at + BLOCK;
        }
        const count = Math.min(BLOCK - this.#filled, available);
        bytes.copy(this.#block, this.#filled, at, at + count);
        this.#filled += count;
        if (this.#filled === BLOCK) {
          this.#filled = 0;
          this.#onBlock(this.#block, 0, count);
        }
        return at + count;
      }
    }
  }

  #onBlock(bytes: Buffer, at: number, used = BLOCK): void {
    this.#blockEnd = this.#offset + used;
    if (this.#state === 'extension') this.#onExtension(bytes, at);
    else if (this.#state === 'map') this.#onMap(bytes, at);
    else this.#onHeader(bytes, at);
  }

  #onHeader(bytes: Buffer, at: number): void {
    if (isZeroBlock(bytes, at)) {
      if (++this.#zeroBlocks === 2) this.#state = 'done';
      return;
    }
    if (this.#zeroBlocks > 0) throw new TarDamage('checksum', 'a single block of zeros stands between entries');
    const header = parseHeader(bytes, at);
    if (header === undefined) throw new TarDamage('checksum', 'the checksum of a header does not hold');
    if (header.size < 0) throw new TarDamage('size', 'the size of an entry is negative');
    if (header.type === 'x' || header.type === 'g' || header.type === 'L' || header.type === 'K') {
      if (header.size > this.#limits.header) {
        throw new TarDamage('limit', `an extended header has ${header.size} bytes, more than ${this.#limits.header}`);
      }
      this.#metaType = header.type;
      this.#meta = Buffer.alloc(header.size);
      this.#padding = paddingOf(header.size);
      this.#state = 'meta';
      if (header.size === 0) this.#finishMeta();
      return;
    }
    this.#begin(header, bytes, at);
  }

  #finishMeta(): void {
    const meta = this.#meta;
    this.#meta = Buffer.alloc(0);
    if (this.#metaType === 'L') this.#longName = field(meta, 0, meta.length);
    else if (this.#metaType === 'K') this.#longLink = field(meta, 0, meta.length);
    else if (this.#metaType === 'x') this.#pax = parsePax(meta);
    else {
      const records = parsePax(meta);
      if (this.#handlers.globalHeaders === 'apply') this.#global = new Map([...this.#global, ...records]);
    }
    this.#state = this.#padding > 0 ? 'padding' : 'header';
  }

  #begin(header: HeaderBlock, bytes: Buffer, at: number): void {
    const own = this.#pax;
    const pax = this.#global.size === 0 ? own : own === undefined ? this.#global : new Map([...this.#global, ...own]);
    const name =
      (this.#longName?.length ?? 0) > 0 ? decodeName(this.#longName!) : (pax && paxText(pax, 'path')) || header.name;
    const link =
      (this.#longLink?.length ?? 0) > 0
        ? decodeName(this.#longLink!)
        : (pax && paxText(pax, 'linkpath')) || header.link;
    this.#pax = undefined;
    this.#longName = undefined;
    this.#longLink = undefined;

    const stored = (pax && paxInteger(pax, 'size')) ?? header.size;
    if (stored < 0) throw new TarDamage('size', 'the size of an entry is negative');
    const type = typeOf(header.type, name);
    const hasContent = type === 'file' || type === 'other';
    const holes = type === 'file' && pax !== undefined ? paxSparse(pax) : undefined;
    const gnu = header.type === 'S';
    const realName = holes !== undefined && pax !== undefined ? paxText(pax, 'GNU.sparse.name') : undefined;
    const shown = realName ?? name;
    const xattrs = pax && paxXattrs(pax);
    const size = gnu ? number(bytes, at + 483, 12, 'size') : (holes?.size ?? stored);
    const entry: TarEntry = {
      path: this.#handlers.paths === 'written' ? shown : cleanPath(shown),
      type,
      mode: header.mode,
      uid: (pax && paxInteger(pax, 'uid')) ?? header.uid,
      gid: (pax && paxInteger(pax, 'gid')) ?? header.gid,
      uname: (pax && paxText(pax, 'uname')) || header.uname,
      gname: (pax && paxText(pax, 'gname')) || header.gname,
      size: hasContent ? size : 0,
      mtime: (pax && paxTime(pax, 'mtime')) ?? header.mtime,
      link,
      ...(type === 'character' || type === 'block' ? { device: [header.devMajor, header.devMinor] as const } : {}),
      ...(xattrs !== undefined ? { xattrs } : {}),
      ...(gnu || holes !== undefined ? { sparse: gnu ? ('gnu' as const) : ('pax' as const) } : {}),
    };
    this.#remaining = hasContent ? stored : 0;
    this.#padding = hasContent ? paddingOf(stored) : 0;
    this.#countEntry(entry);

    if (gnu || holes !== undefined) {
      this.#waiting = { entry, stored, parts: gnu ? gnuParts(bytes, at + 386, 4) : [], blocks: 0 };
      if (gnu && bytes[at + 482] !== 0) {
        this.#state = 'extension';
        return;
      }
      if (holes?.map === 'content') {
        this.#mapText = '';
        this.#mapNumbers = [];
        this.#state = 'map';
        if (stored < BLOCK) throw new TarDamage('sparse', 'the sparse map is missing');
        return;
      }
      if (holes?.map === 'records') this.#waiting.parts = [...holes.parts];
      this.#beginSparse();
      return;
    }
    this.#open(entry);
  }

  #countEntry(entry: TarEntry): void {
    if (this.#entries >= this.#limits.entries) {
      throw new TarDamage('limit', `there are more than ${this.#limits.entries} entries`);
    }
    this.#entries++;
    this.#names += entry.path.length + entry.link.length;
    if (entry.xattrs !== undefined)
      for (const key in entry.xattrs) this.#names += key.length + entry.xattrs[key]!.length;
    if (this.#names > this.#limits.names) {
      throw new TarDamage('limit', `names and attributes have more than ${this.#limits.names} bytes`);
    }
  }

  #onExtension(bytes: Buffer, at: number): void {
    const waiting = this.#waiting!;
    waiting.parts.push(...gnuParts(bytes, at, 21));
    if (++waiting.blocks * BLOCK > this.#limits.header) throw new TarDamage('limit', 'a sparse map is too long');
    if (bytes[at + 504] === 0) this.#beginSparse();
  }

  /** Sparse format 1.0: the map stands before the content, in decimal lines: how many parts, then their pairs. */
  #onMap(bytes: Buffer, at: number): void {
    const waiting = this.#waiting!;
    if (++waiting.blocks * BLOCK > this.#limits.header) throw new TarDamage('limit', 'a sparse map is too long');
    this.#remaining -= BLOCK;
    const lines = (this.#mapText + bytes.toString('latin1', at, at + BLOCK)).split('\n');
    this.#mapText = lines.pop() ?? '';
    if (this.#mapText.length > BLOCK) throw new TarDamage('sparse', 'the sparse map is not made of lines');
    for (const line of lines) this.#mapNumbers.push(line);
    const first = this.#mapNumbers[0];
    if (first !== undefined && !/^[0-9]{1,9}$/.test(first))
      throw new TarDamage('sparse', 'the sparse map has no count');
    const wanted = first === undefined ? Number.POSITIVE_INFINITY : 1 + 2 * Number(first);
    if (this.#mapNumbers.length >= wanted) {
      waiting.parts = partsOf(this.#mapNumbers.slice(1, wanted));
      this.#mapNumbers = [];
      this.#mapText = '';
      this.#beginSparse();
    } else if (this.#remaining < BLOCK) throw new TarDamage('sparse', 'the sparse map does not end');
  }

  #beginSparse(): void {
    const { entry, parts } = this.#waiting!;
    this.#waiting = undefined;
    checkParts(parts, entry.size, this.#remaining);
    const sink = this.#handlers.onEntry(entry, this.#blockEnd);
    this.#sink = sink;
    if (sink !== undefined) {
      this.#holes += entry.size - this.#remaining;
      if (this.#holes > this.#limits.holes) {
        throw new TarDamage('limit', `the holes of sparse files have more than ${this.#limits.holes} bytes`);
      }
      this.#sparse = new SparseContent(sink, parts, entry.size);
    }
    if (this.#remaining === 0) this.#finishContent();
    else this.#state = 'content';
  }

  #open(entry: TarEntry): void {
    this.#sink = this.#handlers.onEntry(entry, this.#blockEnd);
    if (this.#remaining === 0) this.#finishContent();
    else this.#state = 'content';
  }

  #finishContent(): void {
    const sink = this.#sink;
    this.#sparse?.finish();
    this.#sparse = undefined;
    this.#sink = undefined;
    this.#state = this.#padding > 0 ? 'padding' : 'header';
    sink?.end(true);
  }
}

function paddingOf(size: number): number {
  const over = size % BLOCK;
  return over === 0 ? 0 : BLOCK - over;
}

function countNonZero(bytes: Buffer, from: number): number {
  let at = from;
  let count = 0;
  while (at < bytes.length) {
    const end = Math.min(at + ZEROS.length, bytes.length);
    if (bytes.compare(ZEROS, 0, end - at, at, end) !== 0) {
      for (let i = at; i < end; i++) if (bytes[i] !== 0) count++;
    }
    at = end;
  }
  return count;
}
