import type { EntrySink } from '../tar/types.ts';
import { ElfReader, isElf } from './elf.ts';
import type { ProgramFacts, ScriptFacts } from './types.ts';
import type { Scratch } from './window.ts';

/** BINPRM_BUF_SIZE since Linux 5.1 (include/uapi/linux/binfmts.h). */
const KERNEL_BUFFER = 256;
/** Enough to find the PE header behind the DOS stub. */
const HEAD = 1024;

/** Learns from the first bytes what kind of program a file is, and from an ELF file's headers the rest. */
export class ProgramReader implements EntrySink {
  readonly #size: number;
  readonly #scratch: Scratch | undefined;
  #head: Buffer = Buffer.allocUnsafe(0);
  #elf: ElfReader | undefined;
  #started = false;

  /** `size` is that of the file, as the archive says. With a scratch, ask for the facts before it serves another file. */
  constructor(size: number, scratch?: Scratch) {
    this.#size = size;
    this.#scratch = scratch;
  }

  write(chunk: Uint8Array): void {
    if (this.#elf !== undefined) {
      this.#elf.write(chunk);
      return;
    }
    if (this.#head.length >= HEAD) return;
    // Most files are decided by their first four bytes; only those that come in crumbs are gathered.
    if (!this.#started && this.#head.length === 0 && chunk.length >= 4) {
      this.#started = true;
      if (isElf(chunk)) {
        this.#elf = new ElfReader(this.#size, this.#scratch);
        this.#elf.write(chunk);
        return;
      }
    }
    const more = chunk.subarray(0, HEAD - this.#head.length);
    this.#head = Buffer.concat([this.#head, more]);
    if (!this.#started && this.#head.length >= 4) {
      this.#started = true;
      if (isElf(this.#head)) {
        this.#elf = new ElfReader(this.#size, this.#scratch);
        this.#elf.write(this.#head);
        this.#elf.write(chunk.subarray(more.length));
      }
    }
  }

  end(complete: boolean): void {
    this.#elf?.end(complete);
  }

  /** What the file is. Ask after `end`. */
  facts(): ProgramFacts {
    if (this.#elf !== undefined) return this.#elf.facts();
    return this.#size === 0 ? { kind: 'empty' } : readHead(this.#head);
  }
}

function readHead(head: Buffer): ProgramFacts {
  if (head[0] === 0x23 && head[1] === 0x21) return parseScript(head);
  const magic = head.length >= 4 ? head.readUInt32BE(0) : 0;
  const machO = readMachO(head, magic);
  if (machO !== undefined) return machO;
  if (magic === 0x0061736d) return { kind: 'wasm' };
  if (head[0] === 0x4d && head[1] === 0x5a) return readPe(head);
  if (/^!<(arch|thin)>\n/.test(head.toString('latin1', 0, 8))) return { kind: 'archive' };
  const bom = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf && head[3] === 0x23 && head[4] === 0x21;
  const text = !head.subarray(0, KERNEL_BUFFER).includes(0);
  return { kind: 'other', ...(text ? { text } : {}), ...(bom ? { bom } : {}) };
}

/** cputype of Mach-O (mach/machine.h). */
const MACH_CPUS: Readonly<Record<number, string>> = {
  7: 'i386',
  16777223: 'x86_64',
  12: 'arm',
  16777228: 'arm64',
  18: 'ppc',
};

function readMachO(head: Buffer, magic: number): ProgramFacts | undefined {
  if (head.length < 8) return undefined;
  if (magic === 0xfeedface || magic === 0xfeedfacf) {
    return { kind: 'macho', machine: MACH_CPUS[head.readUInt32BE(4)] ?? 'unknown' };
  }
  if (magic === 0xcefaedfe || magic === 0xcffaedfe) {
    return { kind: 'macho', machine: MACH_CPUS[head.readUInt32LE(4)] ?? 'unknown' };
  }
  // A Java class begins alike; there the next word is a version of at least 45, here a small count of slices.
  if (magic !== 0xcafebabe || head.readUInt32BE(4) >= 45) return undefined;
  const count = head.readUInt32BE(4);
  const names: string[] = [];
  for (let at = 8; names.length < count && at + 20 <= head.length; at += 20) {
    names.push(MACH_CPUS[head.readUInt32BE(at)] ?? 'unknown');
  }
  return { kind: 'macho', machine: names.join(' + ') };
}

/** Machine of the COFF header (Microsoft PE format). */
const PE_MACHINES: Readonly<Record<number, string>> = {
  332: 'i386',
  34404: 'x86_64',
  43620: 'arm64',
  452: 'arm',
};

function readPe(head: Buffer): ProgramFacts {
  const at = head.length >= 0x40 ? head.readUInt32LE(0x3c) : 0;
  if (at === 0 || at + 6 > head.length || head.toString('latin1', at, at + 4) !== 'PE\0\0') return { kind: 'pe' };
  return { kind: 'pe', machine: PE_MACHINES[head.readUInt16LE(at + 4)] ?? 'unknown' };
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
  const text = (from: number, to: number) => Buffer.from(buffer.subarray(from, to)).toString('utf8');
  return {
    kind: 'script',
    interpreter: text(start, stop),
    ...(rest < end ? { argument: text(rest, end) } : {}),
    ...(buffer[end - 1] === 0x0d ? { crlf: true } : {}),
  };
}
