import type { EntrySink } from '../tar/types.ts';
import type { PeFacts } from './file-types.ts';
import { type Scratch, Window } from './window.ts';

/** Enough for the DOS stub, the headers and the table of sections, behind which the CLR header nearly always is. */
const FIRST = 8 << 10;
/** Not reached by what loads a program: the loader maps no more sections (Microsoft PE format). */
const SECTIONS_LIMIT = 96;
const CLR_DIRECTORY = 14;
const CLR_HEADER = 72;

const IL_ONLY = 1;
const REQUIRES_32_BIT = 2;

/** IMAGE_FILE_MACHINE (Microsoft PE format). */
const MACHINES: Readonly<Record<number, string>> = {
  332: 'i386',
  34404: 'x86_64',
  448: 'arm',
  450: 'arm',
  452: 'arm',
  43620: 'arm64',
  42561: 'arm64ec',
  512: 'ia64',
  3772: 'efi-bytecode',
  20530: 'riscv32',
  20580: 'riscv64',
  25138: 'loongarch32',
  25188: 'loongarch64',
};

/** ReadyToRun code for other systems than Windows has its machine number changed by one of these (dotnet/runtime, pedecoder.h). */
const SYSTEMS = [
  [0, 'windows'],
  [0x7b79, 'linux'],
  [0x4644, 'macos'],
  [0xadc4, 'freebsd'],
  [0x1993, 'netbsd'],
  [0x1992, 'sunos'],
] as const;

interface Headers {
  readonly machine: number;
  /** Where the CLR header lies in the file; undefined for native programs, -1 where no section holds it. */
  readonly clr: number | undefined;
}

/** Reads the headers of a PE file from its chunks, in one pass and bounded memory. Never throws. */
export class PeReader implements EntrySink {
  readonly #size: number;
  readonly #window: Window;
  #isPlanned = false;
  #isWhole = true;

  /** `size` is that of the file. With a scratch, ask for the facts before it serves another file. */
  constructor(size: number, scratch?: Scratch) {
    this.#size = size;
    this.#window = new Window(Math.min(FIRST, size), scratch);
  }

  write(chunk: Uint8Array): void {
    const first = chunk.subarray(0, Math.max(0, Math.min(FIRST, this.#size) - this.#window.position));
    this.#window.push(first);
    if (!this.#isPlanned && this.#window.position >= Math.min(FIRST, this.#size)) {
      this.#isPlanned = true;
      const clr = this.#headers()?.clr;
      if (clr !== undefined && clr >= 0 && clr + CLR_HEADER <= this.#size) this.#window.want(clr, CLR_HEADER);
    }
    if (first.length < chunk.length) this.#window.push(chunk.subarray(first.length));
  }

  end(complete: boolean): void {
    this.#isWhole = complete && this.#window.position === this.#size;
  }

  /** What the headers say. Ask after `end`. */
  facts(): PeFacts {
    const headers = this.#headers();
    if (headers === undefined || !this.#isWhole) {
      // A DOS program has no second header; where one is pointed at and is not there, the file is damaged.
      return { kind: 'pe', ...(this.#isWhole && this.#isDos() ? {} : { damaged: true }) };
    }
    const { machine, clr } = headers;
    if (clr === undefined) return { kind: 'pe', machine: nameOf(machine) };
    const header = clr < 0 ? undefined : this.#window.get(clr, CLR_HEADER);
    if (header === undefined) return { kind: 'pe', machine: nameOf(machine), managed: 'unknown' };
    const flags = header.readUInt32LE(16);
    // ManagedNativeHeader: code compiled ahead (ReadyToRun) beside the IL. The runtime refuses it on another CPU.
    const isPrecompiled = header.readUInt32LE(64) !== 0;
    const found = isPrecompiled ? systemOf(machine) : undefined;
    const isNeutral =
      !isPrecompiled && (flags & IL_ONLY) !== 0 && (flags & REQUIRES_32_BIT) === 0 && nameOf(machine) === 'i386';
    return {
      kind: 'pe',
      machine: nameOf(found?.machine ?? machine),
      managed: isNeutral ? 'any' : 'bound',
      ...(found !== undefined ? { system: found.system } : {}),
    };
  }

  #isDos(): boolean {
    const head = this.#window.get(0, Math.min(0x40, this.#size));
    if (head === undefined || head.length < 0x40) return true;
    const at = head.readUInt32LE(0x3c);
    // What is not a plausible place for headers is no pointer but DOS code.
    return at === 0 || at % 4 !== 0 || at + 4 > this.#size;
  }

  #headers(): Headers | undefined {
    const head = this.#window.get(0, Math.min(FIRST, this.#size), true);
    if (head === undefined || head.length < 0x40) return undefined;
    const at = head.readUInt32LE(0x3c);
    if (at === 0 || at + 24 > head.length || head.readUInt32LE(at) !== 0x00004550) return undefined;
    const machine = head.readUInt16LE(at + 4);
    const sections = head.readUInt16LE(at + 6);
    const optionalSize = head.readUInt16LE(at + 20);
    const optional = at + 24;
    if (optionalSize < 2 || optional + optionalSize > head.length) {
      return { machine, clr: optionalSize < 2 ? undefined : -1 };
    }
    const magic = head.readUInt16LE(optional);
    const directories = magic === 0x20b ? 112 : magic === 0x10b ? 96 : undefined;
    if (directories === undefined) return { machine, clr: undefined };
    const count = optionalSize >= directories ? head.readUInt32LE(optional + directories - 4) : 0;
    const entry = directories + 8 * CLR_DIRECTORY;
    if (count <= CLR_DIRECTORY || entry + 8 > optionalSize) return { machine, clr: undefined };
    const address = head.readUInt32LE(optional + entry);
    if (address === 0) return { machine, clr: undefined };
    for (let i = 0; i < Math.min(sections, SECTIONS_LIMIT); i++) {
      const section = optional + optionalSize + 40 * i;
      if (section + 40 > head.length) break;
      const start = head.readUInt32LE(section + 12);
      const raw = head.readUInt32LE(section + 16);
      if (address >= start && address - start + CLR_HEADER <= raw) {
        return { machine, clr: head.readUInt32LE(section + 20) + (address - start) };
      }
    }
    return { machine, clr: -1 };
  }
}

function nameOf(machine: number): string {
  return MACHINES[machine] ?? `unknown-${machine}`;
}

function systemOf(machine: number): { machine: number; system: NonNullable<PeFacts['system']> } | undefined {
  for (const [mark, system] of SYSTEMS) {
    if (MACHINES[machine ^ mark] !== undefined) return { machine: machine ^ mark, system };
  }
  return undefined;
}
