import type { EntrySink } from '../tar/types.ts';
import { isElf } from './elf.ts';
import { ELF_HEADER, elfIdentity } from './elf-identity.ts';
import type { ArchiveFacts } from './file-types.ts';
import type { ElfFacts } from './types.ts';

const MAGIC = 8;
const HEADER = 60;
/** More different machines than one archive can have in earnest. */
const MACHINES_LIMIT = 16;

/** True for bytes that begin an `ar` archive, thin or not. */
export function isArchive(head: Uint8Array): boolean {
  return /^!<(arch|thin)>\n/.test(Buffer.from(head.subarray(0, MAGIC)).toString('latin1'));
}

/** Reads which machines the ELF members of an `ar` archive are for (ar.h, GNU and BSD names). Never throws. */
export class ArReader implements EntrySink {
  readonly #size: number;
  readonly #machines = new Map<string, ElfFacts>();
  #reading: 'magic' | 'header' | 'member' | 'over' = 'magic';
  /** Bytes to pass over, then bytes to gather. */
  #skip = 0;
  #want = Buffer.alloc(MAGIC);
  #have = 0;
  /** Bytes of the member behind the gathered ones, padding included. */
  #rest = 0;
  #position = 0;
  #members = 0;
  #thin = false;
  #damaged = false;
  #isWhole = true;

  constructor(size: number) {
    this.#size = size;
  }

  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && this.#reading !== 'over') {
      const skipped = Math.min(this.#skip, chunk.length - at);
      this.#skip -= skipped;
      const part = chunk.subarray(at + skipped, at + skipped + this.#want.length - this.#have);
      this.#want.set(part, this.#have);
      this.#have += part.length;
      at += skipped + part.length;
      this.#position += skipped + part.length;
      if (this.#have === this.#want.length) this.#gathered(this.#want);
    }
    this.#position += chunk.length - at;
  }

  end(complete: boolean): void {
    // The padding of the last member may be missing.
    const isBetween = this.#reading === 'header' && this.#have === 0 && this.#skip <= 1;
    this.#isWhole = complete && this.#position === this.#size && isBetween;
  }

  /** What its members are for. Ask after `end`. */
  facts(): ArchiveFacts {
    return {
      kind: 'archive',
      machines: [...this.#machines.values()],
      members: this.#members,
      ...(this.#thin ? { thin: true } : {}),
      ...(this.#damaged || !this.#isWhole ? { damaged: true } : {}),
    };
  }

  #next(reading: 'header' | 'member' | 'over', length: number, skip: number): void {
    this.#reading = reading;
    this.#want = Buffer.alloc(length);
    this.#have = 0;
    this.#skip = skip;
  }

  #gathered(bytes: Buffer): void {
    if (this.#reading === 'magic') {
      this.#thin = bytes[2] === 0x74;
      this.#next('header', HEADER, 0);
    } else if (this.#reading === 'header') {
      this.#header(bytes);
    } else {
      const facts = isElf(bytes) ? elfIdentity(bytes) : undefined;
      if (isElf(bytes) && facts === undefined) this.#damaged = true;
      if (facts !== undefined && this.#machines.size < MACHINES_LIMIT) this.#machines.set(JSON.stringify(facts), facts);
      this.#next('header', HEADER, this.#rest);
    }
  }

  #header(bytes: Buffer): void {
    const name = bytes.toString('latin1', 0, 16).trimEnd();
    const digits = bytes.toString('latin1', 48, 58).trimEnd();
    const size = /^\d{1,10}$/.test(digits) && bytes[58] === 0x60 && bytes[59] === 0x0a ? Number(digits) : -1;
    // The tables of symbols and of long names are no members.
    const isTable = name === '/' || name === '//' || name === '/SYM64/' || name.startsWith('__.SYMDEF');
    // BSD: `#1/20` says that the name is the first 20 bytes of the content.
    const named = Number(/^#1\/(\d{1,10})$/.exec(name)?.[1] ?? 0);
    const isInside = this.#thin && !isTable ? size >= 0 : size >= named && this.#position + size <= this.#size;
    if (!isInside) {
      this.#damaged = true;
      this.#next('over', 0, 0);
      return;
    }
    if (!isTable) this.#members++;
    if (this.#thin && !isTable) {
      this.#next('header', HEADER, 0);
      return;
    }
    // Contents begin at even offsets.
    const padding = size % 2;
    const head = isTable ? 0 : Math.min(ELF_HEADER, size - named);
    if (head === 0) {
      this.#next('header', HEADER, size + padding);
      return;
    }
    this.#rest = size - named - head + padding;
    this.#next('member', head, named);
  }
}
