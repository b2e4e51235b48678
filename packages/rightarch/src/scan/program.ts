import { decodeName } from '../tar/index.ts';
import type { EntrySink } from '../tar/types.ts';
import { ArReader, isArchive } from './ar.ts';
import { ElfReader, isElf } from './elf.ts';
import { readMachO } from './macho.ts';
import { PeReader } from './pe.ts';
import type { ProgramFacts, ScriptFacts } from './types.ts';
import { isWasm, readWasm } from './wasm.ts';
import type { Scratch } from './window.ts';
import { type InflateBudget, ZipReader } from './zip.ts';

/** BINPRM_BUF_SIZE since Linux 5.1 (include/uapi/linux/binfmts.h). */
const KERNEL_BUFFER = 256;
/** Enough for the slices of a fat Mach-O file and for what tells text from data. */
const HEAD = 2048;
/** Enough to tell which reader a file needs; `!<arch>\n` is the longest mark. */
const MARK = 8;
/** What the archives, and the libraries, inside the archives of one layer may inflate to: a minute of work at most. */
const INFLATABLE = 2 ** 32;
/** Characters of the names that libraries in archives may ask for: a thousand jars of them. */
const NAMES = 16 << 20;

type Reader = EntrySink & { facts(): ProgramFacts };

/** Learns from the first bytes what kind of program a file is, and from what follows the rest. */
export class ProgramReader implements EntrySink {
  readonly #size: number;
  readonly #scratch: Scratch | undefined;
  #head: Buffer = Buffer.allocUnsafe(0);
  #reader: Reader | undefined;
  /** The archive that may follow a `#!` line. */
  #zip: ZipReader | undefined;
  #isStarted = false;
  #isOpaque = false;

  /** `size` is that of the file, as the archive says. With a scratch, ask for the facts before it serves another file. */
  constructor(size: number, scratch?: Scratch) {
    this.#size = size;
    this.#scratch = scratch;
  }

  write(chunk: Uint8Array): void {
    if (this.#reader !== undefined) {
      this.#reader.write(chunk);
      return;
    }
    if (this.#isStarted) {
      this.#zip?.write(chunk);
      this.#gather(chunk);
      return;
    }
    // Most files are decided by the first bytes of their first chunk; only those that come in crumbs are gathered.
    const isCrumb = this.#head.length > 0 || chunk.length < MARK;
    const first = isCrumb ? Buffer.concat([this.#head, chunk]) : chunk;
    if (first.length < Math.min(MARK, this.#size)) {
      this.#head = Buffer.from(first);
      return;
    }
    this.#isStarted = true;
    this.#reader = this.#readerOf(first);
    if (this.#reader !== undefined) {
      this.#reader.write(first);
      return;
    }
    this.#zip?.write(first);
    this.#head = Buffer.allocUnsafe(0);
    this.#gather(first);
  }

  end(complete: boolean): void {
    this.#reader?.end(complete);
    this.#zip?.end(complete);
  }

  /** Instead of `end`, where only the beginning was asked for. Archives have their directories at their ends. */
  cut(): void {
    if (this.#reader instanceof ElfReader) this.#reader.cut();
    else if (this.#reader !== undefined) this.#isOpaque = true;
  }

  /** What the file is. Ask after `end`. */
  facts(): ProgramFacts {
    if (this.#isOpaque) return { kind: 'other' };
    if (this.#reader !== undefined) return this.#reader.facts();
    if (this.#size === 0) return { kind: 'empty' };
    const facts = readHead(this.#head, this.#size);
    // The name of a script may stand before anything: only an archive that ends where the file ends is one.
    return facts.kind === 'script' && this.#zip?.isEnded ? { ...facts, zip: this.#zip.facts() } : facts;
  }

  #gather(bytes: Uint8Array): void {
    if (this.#head.length >= HEAD) return;
    this.#head = Buffer.concat([this.#head, bytes.subarray(0, HEAD - this.#head.length)]);
  }

  #readerOf(head: Uint8Array): Reader | undefined {
    if (isElf(head)) return new ElfReader(this.#size, this.#scratch);
    if (head[0] === 0x4d && head[1] === 0x5a) return new PeReader(this.#size, this.#scratch);
    if (isArchive(head)) return new ArReader(this.#size);
    // An archive without members is nothing but its end record.
    const isZip =
      head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 ? head[3] === 4 : head[2] === 5 && head[3] === 6);
    if (isZip) return new ZipReader(this.#size, budgetOf(this.#scratch));
    if (head[0] === 0x23 && head[1] === 0x21) this.#zip = new ZipReader(this.#size, budgetOf(this.#scratch));
    return undefined;
  }
}

const budgets = new WeakMap<Scratch, InflateBudget>();

/** One budget for all files that share a scratch: those of one layer. */
function budgetOf(scratch: Scratch | undefined): InflateBudget {
  const known = scratch && budgets.get(scratch);
  if (known !== undefined) return known;
  const budget = { inflatable: INFLATABLE, libraries: INFLATABLE, names: NAMES };
  if (scratch !== undefined) budgets.set(scratch, budget);
  return budget;
}

function readHead(head: Buffer, size: number): ProgramFacts {
  if (head[0] === 0x23 && head[1] === 0x21) return parseScript(head);
  const machO = readMachO(head, size);
  if (machO !== undefined) return machO;
  if (isWasm(head)) return readWasm(head);
  const bom = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf && head[3] === 0x23 && head[4] === 0x21;
  const text = !head.subarray(0, KERNEL_BUFFER).includes(0);
  return { kind: 'other', ...(text ? { text } : {}), ...(bom ? { bom } : {}) };
}

const NUL = 0;
const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const blank = (byte: number): boolean => byte === SPACE || byte === TAB;

/** Splits a `#!` line exactly as fs/binfmt_script.c does: 256 bytes, one argument, no quoting. */
export function parseScript(head: Uint8Array): ScriptFacts {
  const buffer = new Uint8Array(KERNEL_BUFFER);
  buffer.set(head.subarray(0, KERNEL_BUFFER));
  const none: ScriptFacts = { kind: 'script', interpreter: '' };
  const last = KERNEL_BUFFER - 1;
  let end = 2;
  while (end < KERNEL_BUFFER && buffer[end] !== NEWLINE && buffer[end] !== NUL) end++;
  if (end >= KERNEL_BUFFER || buffer[end] !== NEWLINE) {
    // Without a newline the name must be seen to end, or it may have been cut.
    let start = 2;
    while (start <= last && blank(buffer[start]!)) start++;
    if (start > last) return none;
    let stop = start;
    while (stop <= last && !blank(buffer[stop]!) && buffer[stop] !== NUL) stop++;
    if (stop > last) return none;
    end = last;
    const nul = buffer.indexOf(NUL, start);
    if (nul >= 0) end = Math.min(end, nul);
  }
  while (end > 2 && blank(buffer[end - 1]!)) end--;
  let start = 2;
  while (start < end && blank(buffer[start]!)) start++;
  if (start === end) return none;
  let stop = start;
  while (stop < end && !blank(buffer[stop]!)) stop++;
  let rest = stop;
  while (rest < end && blank(buffer[rest]!)) rest++;
  const text = (from: number, to: number) => decodeName(Buffer.from(buffer.subarray(from, to)));
  return {
    kind: 'script',
    interpreter: text(start, stop),
    ...(rest < end ? { argument: text(rest, end) } : {}),
    ...(buffer[end - 1] === 0x0d ? { crlf: true } : {}),
  };
}
