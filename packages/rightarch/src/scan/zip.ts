import type { EntrySink } from '../tar/types.ts';
import { ELF_HEADER } from './elf-identity.ts';
import type { JarManifest, NativeMember, ZipFacts, ZipUnread } from './file-types.ts';
import {
  GATHERED_LIMIT,
  type LibraryBudget,
  MEMBER_HEAD,
  type MemberFound,
  NativeReader,
  programOf,
} from './native-member.ts';
import { inflateHead, RawInflate } from './raw-inflate.ts';
import * as directory from './zip-directory.ts';
import { MANIFEST, MANIFEST_LIMIT, ManifestReader } from './zip-manifest.ts';

/** Bytes of a member as it is stored, in which its head nearly always is. */
const STORED_HEAD = 1536;
/** An archive in an archive in an archive, as a jar in a war in an ear. */
const DEPTH_LIMIT = 3;
/** Members that are not passed over by their name. The widest jar known to us has a thousand. */
const MEMBERS_LIMIT = 100_000;
const NATIVES_LIMIT = 4096;
/** What deflated archives inside one file may inflate to. */
const NESTED_LIMIT = 256 << 20;

/** With less left, a library is told by its first bytes. */
const INFLATABLE_LEAST = 1 << 16;

const STORED = 0;
const DEFLATED = 8;

/** Names whose content no loader of machine code opens: not looked at, because there are tens of thousands. */
const PASSED =
  /(?:\/|\.(?:class|java|kt|kts|kotlin_\w+|scala|tasty|sjsir|clj|groovy|properties|xml|xsd|dtd|html?|txt|json|ya?ml|js|mjs|css|map|md|mf|sf|rsa|dsa|ec|png|gif|jpe?g|svg|ico|ttf|woff2?|proto|sql|csv|py|pyi|pyc|pyx|pxd|h|hpp|c|cc|cpp))$/i;
const NESTED = /\.(?:jar|war|ear|whl|egg)$/i;
/** What a JVM opens: `libx.so`, `libx.so.1`, and DuckDB's `libx.so_linux_amd64`. Those are read to their ends. */
const LIBRARY = /\.so(?:[._-][^/]*)?$/;
/** Where a jar has what is for later releases of Java alone. */
const VERSIONS = 'META-INF/versions/';
const MARK = Buffer.from('PK');

/** What archives inside archives may still inflate to, for all files that share it. */
export interface InflateBudget extends LibraryBudget {
  inflatable: number;
}

/** A member by its local header. */
interface Local {
  readonly at: number;
  readonly name: string;
  readonly method: number;
}

/** What stood there: what its first bytes told, or who reads it, or why nobody does. */
type Found = MemberFound | 'too-deep' | 'too-large' | Reader;
type Reader = ZipReader | NativeReader | ManifestReader;

interface Member extends Local {
  readonly found: Found;
}

interface Listed extends directory.CentralHeader {
  readonly name: string;
}

interface Run {
  readonly start: number;
  readonly listed: Listed[];
  members: number;
  /** Where manifests lie, and whether the class that the last one names is a member. */
  readonly manifests: number[];
  holdsMain: boolean;
  end64: Buffer | undefined;
}

/** The first bytes of a member, gathered while the reader goes on. */
interface Tap {
  readonly local: Local;
  readonly start: number;
  readonly bytes: Buffer;
  filled: number;
}

/**
 * Finds the machine code in a zip archive while its bytes pass: the content of members comes first and is looked at
 * by its local header, the central directory at the end says which of these members exist. Where the two do not meet
 * the answer says `unread`. Memory is bounded; archives inside archives are read in the same pass. Never throws.
 */
export class ZipReader implements EntrySink {
  readonly #size: number | undefined;
  readonly #depth: number;
  readonly #budget: InflateBudget;
  #position = 0;
  /** Bytes that wait until `#needed` of them are here. */
  #waiting: Uint8Array[] = [];
  #waitingSize = 0;
  #needed = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #state: 'scan' | 'directory' | 'skip' | 'stored' | 'deflated' = 'scan';
  #left = 0;
  #isZip = false;
  #taps: Tap[] = [];
  readonly #members = new Map<number, Member>();
  #tooMany = false;
  /** The member that is read as it passes. */
  #inside: { readonly reader: Reader; readonly local: Local; readonly isKnown: boolean } | undefined;
  #inflate: RawInflate | undefined;
  #run: Run | undefined;
  #end: { readonly run: Run; readonly end: Buffer; readonly at: number } | undefined;
  #isWhole = true;
  #manifest: { readonly at: number; readonly reader: ManifestReader } | undefined;

  /** `size` is that of the archive, where it is known before its end. */
  constructor(size: number | undefined, budget: InflateBudget, depth = 0) {
    this.#size = size;
    this.#budget = budget;
    this.#depth = depth;
  }

  write(chunk: Uint8Array): void {
    for (const tap of this.#taps) this.#fill(tap, chunk, this.#position);
    this.#position += chunk.length;
    if (this.#waitingSize > 0) {
      this.#waiting.push(Uint8Array.from(chunk));
      this.#waitingSize += chunk.length;
      if (this.#waitingSize < this.#needed) return;
      this.#bytes = Buffer.concat(this.#waiting, this.#waitingSize);
      this.#waiting = [];
      this.#waitingSize = 0;
    } else this.#bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#at = 0;
    while (this.#at < this.#bytes.length && this.#step());
    if (this.#at < this.#bytes.length) {
      this.#waiting.push(Uint8Array.from(this.#bytes.subarray(this.#at)));
      this.#waitingSize = this.#bytes.length - this.#at;
    }
    this.#taps = this.#taps.filter((tap) => {
      if (tap.filled < tap.bytes.length) return true;
      this.#probe(tap);
      return false;
    });
  }

  end(complete: boolean): void {
    this.#isWhole = complete && (this.#size === undefined || this.#position === this.#size);
    for (const tap of this.#taps) this.#probe(tap);
    this.#taps = [];
    if (this.#state === 'deflated' && this.#inside !== undefined) this.#charge(this.#inside.reader);
  }

  /** True where the first bytes were those of a zip archive. */
  get isZip(): boolean {
    return this.#isZip;
  }

  /** True where the last bytes are the end of a central directory. Ask after `end`. */
  get isEnded(): boolean {
    return this.#isWhole && this.#end?.at === this.#position;
  }

  /** What its directory names. Ask after `end`. */
  facts(): ZipFacts {
    const natives: NativeMember[] = [];
    const last = this.#end;
    if (last === undefined || !this.isEnded) return { kind: 'zip', members: 0, natives, unread: 'damaged' };
    const { run, end } = last;
    let unread: ZipUnread | undefined = this.#tooMany ? 'too-many-members' : undefined;
    const stop = (why: ZipUnread) => {
      unread ??= why;
    };
    const said = directory.readEnd(end, run.end64);
    if (typeof said === 'string') return { kind: 'zip', members: run.members, natives, unread: said };
    // What precedes the archive (a `#!` line, a launcher) moves all offsets, as every reader allows.
    const base = run.start - said.offset;
    const isSame = said.members === run.members && said.size === this.#sizeOf(run, last.at - end.length);
    // A comment may hold another end record, which readers that come from the end would take.
    if (base < 0 || !isSame || end.indexOf('PK\x05\x06', 1, 'latin1') > 0) stop('layout');
    const names = new Set<string>();
    const add = (native: NativeMember) => {
      if (names.has(native.path)) stop('layout');
      else if (natives.length >= NATIVES_LIMIT) stop('too-many-members');
      else natives.push(native);
      names.add(native.path);
    };
    for (const { name, method, isEncrypted, offset } of run.listed) {
      const member = this.#members.get(base + offset);
      if (isEncrypted) stop('encrypted');
      else if (method !== STORED && method !== DEFLATED) stop('compression');
      else if (member?.method !== method || member.name !== name) stop('layout');
      else if (member.found === 'too-deep' || member.found === 'too-large') stop(member.found);
      else if (member.found instanceof ZipReader) {
        if (!member.found.isZip) continue;
        const inner = member.found.facts();
        for (const native of inner.natives) add({ ...native, path: `${name}!/${native.path}` });
        if (inner.unread !== undefined) stop(inner.unread);
      } else if (!(member.found instanceof ManifestReader)) {
        const program = member.found instanceof NativeReader ? member.found.found : member.found;
        if (program === 'odd') stop('damaged');
        else if (program !== 'plain') add({ path: name, program });
      }
    }
    const manifest = unread === undefined ? this.#manifestOf(run, base) : undefined;
    return {
      kind: 'zip',
      members: run.members,
      natives,
      ...(unread !== undefined ? { unread } : {}),
      ...(manifest !== undefined ? { manifest } : {}),
    };
  }

  /** What was read has to be what the directory names, and that once. */
  #manifestOf({ manifests, holdsMain }: Run, base: number): JarManifest | undefined {
    const [at, ...more] = manifests;
    const found = this.#manifest?.reader.found;
    if (at === undefined || more.length > 0 || this.#manifest?.at !== base + at || found === undefined)
      return undefined;
    return { ...found, holdsMain };
  }

  /** Bytes of the directory itself: what stands between it and the end record are the zip64 records. */
  #sizeOf(run: Run, end: number): number {
    return (run.end64 === undefined ? end : this.#directoryEnd) - run.start;
  }

  #directoryEnd = 0;

  /** The position of the byte that is looked at. */
  get #here(): number {
    return this.#position - this.#bytes.length + this.#at;
  }

  /** True where that many bytes are at hand; else the reader waits for them. */
  #has(count: number): boolean {
    if (this.#bytes.length - this.#at >= count) return true;
    this.#needed = count;
    return false;
  }

  /** One step; false where more bytes are needed. */
  #step(): boolean {
    if (this.#state === 'skip') {
      const count = Math.min(this.#left, this.#bytes.length - this.#at);
      this.#at += count;
      this.#left -= count;
      if (this.#left === 0) this.#state = 'scan';
      return true;
    }
    if (this.#state === 'stored') return this.#feedStored();
    if (this.#state === 'deflated') return this.#feedDeflated();
    return this.#state === 'directory' ? this.#stepDirectory() : this.#scan();
  }

  #scan(): boolean {
    const bytes = this.#bytes;
    const at = bytes.indexOf(MARK, this.#at);
    if (at < 0) {
      this.#at = bytes.at(-1) === MARK[0] ? bytes.length - 1 : bytes.length;
      return this.#has(4);
    }
    this.#at = at;
    if (!this.#has(4)) return false;
    const signature = bytes.readUInt32LE(at);
    if (this.#here === 0) this.#isZip = signature === directory.LOCAL || signature === directory.END;
    if (signature === directory.LOCAL) return this.#local();
    if (signature === directory.CENTRAL || signature === directory.END) {
      this.#run = { start: this.#here, listed: [], members: 0, manifests: [], holdsMain: false, end64: undefined };
      this.#state = 'directory';
      return true;
    }
    this.#at += 2;
    return true;
  }

  #local(): boolean {
    if (!this.#has(directory.LOCAL_SIZE)) return false;
    const header = directory.readLocal(this.#bytes.subarray(this.#at));
    if (header === undefined) {
      this.#at += 4;
      return true;
    }
    const { method, nameSize, extraSize, isEncrypted } = header;
    const length = directory.LOCAL_SIZE + nameSize + extraSize;
    if (this.#size !== undefined && this.#here + length > this.#size) {
      this.#at += 4;
      return true;
    }
    if (!this.#has(length)) return false;
    const from = this.#at + directory.LOCAL_SIZE;
    const name = this.#bytes.toString('utf8', from, from + nameSize);
    const at = this.#here;
    this.#at += length;
    const isInside = this.#size === undefined || this.#here + (header.compressedSize ?? 0) <= this.#size;
    const size = isInside ? header.compressedSize : undefined;
    this.#left = size ?? 0;
    this.#state = this.#left > 0 ? 'skip' : 'scan';
    if (name === MANIFEST && this.#depth === 0 && !isEncrypted && this.#readManifest({ at, name, method }, size))
      return true;
    if (PASSED.test(name) || isEncrypted || (method !== STORED && method !== DEFLATED)) return true;
    if (this.#members.size >= MEMBERS_LIMIT) {
      this.#tooMany = true;
      return true;
    }
    const local = { at, name, method };
    if (NESTED.test(name) && size !== 0) this.#openNested(local, size);
    else if (LIBRARY.test(name) && size !== 0 && this.#isReadable(local, size))
      this.#read(local, size, new NativeReader(this.#budget));
    else this.#tap(local, size);
    return true;
  }

  /** False where it cannot be read as it passes. */
  #readManifest(local: Local, size: number | undefined): boolean {
    this.#manifest = undefined;
    const { method } = local;
    if ((method === STORED && size === undefined) || (method !== STORED && method !== DEFLATED) || size === 0)
      return false;
    this.#manifest = { at: local.at, reader: new ManifestReader() };
    this.#read(local, size, this.#manifest.reader);
    return true;
  }

  /** Whether a library can be read to its end, and not by its first bytes alone. */
  #isReadable({ method }: Local, size: number | undefined): boolean {
    // Stored without a size: nothing says where it ends but the directory of the whole.
    return method === STORED ? size !== undefined : this.#budget.libraries >= INFLATABLE_LEAST;
  }

  #note(local: Local, found: Found): void {
    this.#members.set(local.at, { ...local, found });
  }

  #openNested(local: Local, size: number | undefined): void {
    const { method } = local;
    if (this.#depth >= DEPTH_LIMIT) {
      this.#note(local, 'too-deep');
      return;
    }
    // Stored without a size: nothing says where it ends but the directory of the whole.
    if (method === STORED && size === undefined) {
      this.#note(local, 'odd');
      return;
    }
    this.#read(local, size, new ZipReader(method === STORED ? size : undefined, this.#budget, this.#depth + 1));
  }

  /** Has what follows read as it comes out. */
  #read(local: Local, size: number | undefined, reader: Reader): void {
    const { method } = local;
    this.#note(local, reader);
    this.#inside = { reader, local, isKnown: size !== undefined };
    this.#state = method === STORED ? 'stored' : 'deflated';
    if (method === STORED) return;
    this.#inflate ??= new RawInflate((piece) => this.#inside?.reader.write(piece));
    const { libraries, inflatable } = this.#budget;
    // Of a library that is larger the first bytes tell enough.
    const limit =
      reader instanceof NativeReader
        ? Math.min(GATHERED_LIMIT + 1, libraries)
        : Math.min(reader instanceof ManifestReader ? MANIFEST_LIMIT + 1 : NESTED_LIMIT, inflatable);
    this.#inflate.reset(limit);
  }

  /** Libraries and archives have purses of their own: neither keeps the other from being read. */
  #charge(reader: Reader): void {
    const cost = this.#inflate?.cost ?? 0;
    if (reader instanceof NativeReader) this.#budget.libraries -= cost;
    else this.#budget.inflatable -= cost;
  }

  #feedStored(): boolean {
    const part = this.#bytes.subarray(this.#at, this.#at + this.#left);
    this.#inside?.reader.write(part);
    this.#at += part.length;
    this.#left -= part.length;
    if (this.#left === 0) {
      this.#inside?.reader.end(true);
      this.#inside = undefined;
      this.#state = 'scan';
    }
    return true;
  }

  #feedDeflated(): boolean {
    const engine = this.#inflate;
    const inside = this.#inside;
    if (engine === undefined || inside === undefined) return true;
    const { reader, local, isKnown } = inside;
    const part = isKnown ? this.#bytes.subarray(this.#at, this.#at + this.#left) : this.#bytes.subarray(this.#at);
    if (isKnown) this.#left -= part.length;
    const state = engine.push(part, isKnown && this.#left === 0);
    this.#at += part.length;
    if (state === 'more') return true;
    this.#charge(reader);
    this.#inside = undefined;
    this.#state = this.#left > 0 ? 'skip' : 'scan';
    if (state === 'done') reader.end(true);
    // Of a library the first bytes tell enough.
    else if (reader instanceof NativeReader) reader.end(false);
    else this.#note(local, state === 'limit' ? 'too-large' : 'odd');
    // Where the size was not known, what is behind the stream is still to be read.
    if (!isKnown) {
      this.#bytes = Buffer.concat([engine.rest, this.#bytes.subarray(this.#at)]);
      this.#at = 0;
    }
    return true;
  }

  #tap(local: Local, size: number | undefined): void {
    const length = Math.min(size ?? STORED_HEAD, STORED_HEAD);
    if (length === 0) {
      this.#note(local, 'plain');
      return;
    }
    const tap = { local, start: this.#here, bytes: Buffer.allocUnsafe(length), filled: 0 };
    this.#fill(tap, this.#bytes, this.#position - this.#bytes.length);
    if (tap.filled === length) this.#probe(tap);
    else {
      this.#note(local, 'odd');
      this.#taps.push(tap);
    }
  }

  #fill(tap: Tap, chunk: Uint8Array, position: number): void {
    const from = tap.start + tap.filled - position;
    if (from < 0 || from >= chunk.length) return;
    const part = chunk.subarray(from, from + tap.bytes.length - tap.filled);
    tap.bytes.set(part, tap.filled);
    tap.filled += part.length;
  }

  #probe({ local, bytes, filled }: Tap): void {
    const stored = bytes.subarray(0, filled);
    const head =
      local.method === STORED
        ? stored.subarray(0, MEMBER_HEAD)
        : inflateHead(stored, { least: ELF_HEADER, length: MEMBER_HEAD });
    this.#note(local, head === undefined ? 'odd' : programOf(head));
  }

  #stepDirectory(): boolean {
    const run = this.#run;
    if (run === undefined || !this.#has(4)) return false;
    const at = this.#at;
    const signature = this.#bytes.readUInt32LE(at);
    if (signature === directory.CENTRAL) return this.#central(run);
    if (signature === directory.SIGNATURE) {
      if (!this.#has(6)) return false;
      return this.#pass(6 + this.#bytes.readUInt16LE(at + 4));
    }
    if (signature === directory.END_64) {
      if (!this.#has(directory.END_64_SIZE)) return false;
      run.end64 = Buffer.from(this.#bytes.subarray(at, at + directory.END_64_SIZE));
      this.#directoryEnd = this.#here;
      // Longer ones, which may hold encryption of the directory, are of no use to a JVM or to Python.
      const isPlain = run.end64.readUInt32LE(4) === directory.END_64_SIZE - 12 && run.end64.readUInt32LE(8) === 0;
      return isPlain ? this.#pass(directory.END_64_SIZE) : this.#drop();
    }
    if (signature === directory.LOCATOR_64) return this.#pass(20);
    if (signature !== directory.END) return this.#drop();
    if (!this.#has(directory.END_SIZE)) return false;
    const length = directory.END_SIZE + this.#bytes.readUInt16LE(at + 20);
    if (!this.#has(length)) return false;
    const end = Buffer.from(this.#bytes.subarray(at, at + length));
    this.#end = { run, end, at: this.#here + length };
    this.#run = undefined;
    this.#state = 'scan';
    this.#at += length;
    return true;
  }

  #central(run: Run): boolean {
    if (!this.#has(directory.CENTRAL_SIZE)) return false;
    const fixed = this.#bytes.subarray(this.#at, this.#at + directory.CENTRAL_SIZE);
    const header = directory.readCentral(fixed);
    const { nameSize, extraSize, commentSize } = header;
    const length = directory.CENTRAL_SIZE + nameSize + extraSize + commentSize;
    if (!this.#has(length)) return false;
    const from = this.#at + directory.CENTRAL_SIZE;
    const name = this.#bytes.toString('utf8', from, from + nameSize);
    const extra = this.#bytes.subarray(from + nameSize, from + nameSize + extraSize);
    run.members++;
    const main = this.#manifest?.reader.mainMember;
    if (main !== undefined && (name === main || (name.startsWith(VERSIONS) && name.endsWith(`/${main}`))))
      run.holdsMain = true;
    if (name === MANIFEST) run.manifests.push(header.offset);
    if (!PASSED.test(name)) {
      const offset = header.offset >= 0 ? header.offset : (directory.offset64(fixed, extra) ?? -1);
      if (run.listed.length < MEMBERS_LIMIT) run.listed.push({ ...header, name, offset });
      else this.#tooMany = true;
    }
    this.#at += length;
    return true;
  }

  /** What looked like a directory was something else. */
  #drop(): boolean {
    this.#run = undefined;
    this.#state = 'scan';
    return true;
  }

  #pass(length: number): boolean {
    if (!this.#has(length)) return false;
    this.#at += length;
    return true;
  }
}
