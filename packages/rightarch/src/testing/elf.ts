/** What an ELF file of a test says about itself. */
export interface ElfParts {
  /** e_machine, or the CPU's name in Go's spelling. `amd64` unless told. */
  readonly machine?: number | keyof typeof elfMachines;
  readonly bits?: 32 | 64;
  readonly endian?: 'little' | 'big';
  /** 1 relocatable, 2 executable, 3 shared object or PIE, 4 core. */
  readonly type?: number;
  readonly osAbi?: number;
  readonly flags?: number;
  /** PT_INTERP. */
  readonly interpreter?: string;
  /** DT_NEEDED, in order. */
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  /** Symbol versions needed, by library (DT_VERNEED). */
  readonly needs?: Readonly<Record<string, readonly string[]>>;
  /** Of those, the ones marked weak. */
  readonly weak?: readonly string[];
  /** Symbol versions defined (DT_VERDEF), as the linker writes them: the file's own name first. */
  readonly defines?: readonly string[];
  /** DT_FLAGS_1: `0x08000000` for a position independent program, `0x800` to keep out of the loader's own directories. */
  readonly flags1?: number;
  /** The x86-64 level that its GNU property note demands. */
  readonly level?: 'v2' | 'v3' | 'v4';
  /** The largest page of a kernel by which it can be mapped, in bytes: as a linker for 4 KiB pages leaves it. */
  readonly pages?: number;
  /** Bytes behind everything, to give the file a size. */
  readonly padding?: number;
  /** As patchelf leaves a file: so many bytes, then the dynamic section, then the strings that it names. */
  readonly patched?: number;
  /** Bytes of names of symbols, on both sides of the strings that the dynamic section names. */
  readonly names?: number;
  /** Program headers behind everything else (e_phoff at the file's end), as some post-link tools leave them. */
  readonly tableLast?: boolean;
}

/** e_machine, width, byte order and flags as toolchains write them for each CPU (elf.h; gABI e_machine registry). */
export const elfMachines = {
  amd64: { machine: 62, bits: 64, endian: 'little', flags: 0 },
  arm64: { machine: 183, bits: 64, endian: 'little', flags: 0 },
  // EABI5 with hard float, as armhf and arm/v7 distributions have it.
  arm: { machine: 40, bits: 32, endian: 'little', flags: 0x05000400 },
  '386': { machine: 3, bits: 32, endian: 'little', flags: 0 },
  // RVC and double float ABI.
  riscv64: { machine: 243, bits: 64, endian: 'little', flags: 0x5 },
  // ELFv2.
  ppc64le: { machine: 21, bits: 64, endian: 'little', flags: 2 },
  s390x: { machine: 22, bits: 64, endian: 'big', flags: 0 },
  loong64: { machine: 258, bits: 64, endian: 'little', flags: 0x43 },
} as const;

/** exit(0) for the CPUs that tests can meet: so that a made program really runs where the bytes say it does. */
const EXIT: Readonly<Record<number, readonly number[]>> = {
  // mov eax,60; xor edi,edi; syscall
  62: [0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05],
  // mov x8,#93; mov x0,#0; svc #0
  183: [0xa8, 0x0b, 0x80, 0xd2, 0x00, 0x00, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4],
};

const BASE = 0x400000;

/**
 * A structurally valid ELF file: header, program headers, interpreter, dynamic section and strings, one segment that
 * maps all of it. Static amd64 and arm64 executables exit with 0 when they are run.
 */
export function elfBytes(parts: ElfParts = {}): Uint8Array {
  const named = typeof parts.machine === 'number' ? undefined : elfMachines[parts.machine ?? 'amd64'];
  const machine = typeof parts.machine === 'number' ? parts.machine : named!.machine;
  const bits = parts.bits ?? named?.bits ?? 64;
  const little = (parts.endian ?? named?.endian ?? 'little') === 'little';
  const wide = bits === 64;
  const isDynamic =
    parts.needed !== undefined ||
    parts.soname !== undefined ||
    parts.rpath !== undefined ||
    parts.runpath !== undefined ||
    parts.needs !== undefined ||
    parts.defines !== undefined ||
    parts.flags1 !== undefined ||
    parts.interpreter !== undefined;
  const type = parts.type ?? (parts.soname !== undefined ? 3 : 2);

  const headerSize = wide ? 64 : 52;
  const entrySize = wide ? 56 : 32;
  const isLoaded = type === 2 || type === 3;
  const base = BASE + (parts.pages ?? 0);
  const optional = [parts.interpreter !== undefined, isDynamic, parts.level !== undefined];
  const count = (isLoaded ? 1 : 0) + optional.filter(Boolean).length;

  const interpreter = parts.interpreter === undefined ? Buffer.alloc(0) : Buffer.from(`${parts.interpreter}\0`);
  const strings = new StringTable();
  const tags: (readonly [tag: number, value: number])[] = [];
  const names = 'base_GHCziBase_zdwlvl_closure\0'.repeat(Math.ceil((parts.names ?? 0) / 30));
  if (names !== '') strings.add(names);
  for (const name of parts.needed ?? []) tags.push([1, strings.add(name)]);
  if (parts.soname !== undefined) tags.push([14, strings.add(parts.soname)]);
  if (parts.rpath !== undefined) tags.push([15, strings.add(parts.rpath)]);
  if (parts.runpath !== undefined) tags.push([29, strings.add(parts.runpath)]);
  if (parts.flags1 !== undefined) tags.push([0x6ffffffb, parts.flags1]);

  const needed = versionNeeds(parts, strings, little);
  const defined = versionDefinitions(parts.defines ?? [], strings, little);
  if (names !== '') strings.add(names);

  const interpreterAt = headerSize + (parts.tableLast === true ? 0 : count * entrySize);
  const tablesAt = interpreterAt + interpreter.length;
  const neededAt = align(tablesAt + (parts.patched === undefined ? strings.bytes.length : 0), 8);
  const definedAt = neededAt + needed.length;
  const dynamicAt = align(definedAt + defined.length + (parts.patched ?? 0), 8);
  if (needed.length > 0) tags.push([0x6ffffffe, base + neededAt], [0x6fffffff, Object.keys(parts.needs ?? {}).length]);
  if (defined.length > 0) tags.push([0x6ffffffc, base + definedAt], [0x6ffffffd, parts.defines?.length ?? 0]);
  const word = wide ? 8 : 4;
  const dynamicSize = isDynamic ? (tags.length + 3) * 2 * word : 0;
  const stringsAt = parts.patched === undefined ? tablesAt : dynamicAt + dynamicSize;
  const codeAt = align(dynamicAt + dynamicSize + (parts.patched === undefined ? 0 : strings.bytes.length), 16);
  const code = Buffer.from(EXIT[machine] ?? []);
  const noteAt = align(codeAt + code.length, 8);
  const note = parts.level === undefined ? undefined : levelNote(parts.level);
  const codeEnd = note === undefined ? codeAt + code.length : noteAt + note.length;
  const contentEnd = align(codeEnd + (parts.padding ?? 0), parts.tableLast === true ? 8 : 1);
  const tableAt = parts.tableLast === true ? contentEnd : headerSize;
  const size = contentEnd + (parts.tableLast === true ? count * entrySize : 0);

  const file = Buffer.alloc(size);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const half = (at: number, value: number) => view.setUint16(at, value, little);
  const long = (at: number, value: number) => view.setUint32(at, value, little);
  const address = (at: number, value: number) =>
    wide ? view.setBigUint64(at, BigInt(value), little) : long(at, value);

  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1, parts.osAbi ?? 0]);
  half(16, type);
  half(18, machine);
  long(20, 1);
  let at = 24;
  for (const value of [isLoaded ? base + codeAt : 0, count > 0 ? tableAt : 0, 0]) {
    address(at, value);
    at += word;
  }
  long(at, parts.flags ?? named?.flags ?? 0);
  half(at + 4, headerSize);
  half(at + 6, count > 0 ? entrySize : 0);
  half(at + 8, count);
  half(at + 10, 0);

  let header = tableAt;
  const segment = (kind: number, flags: number, from: number, length: number, alignment: number) => {
    long(header, kind);
    if (wide) {
      long(header + 4, flags);
      for (const [i, value] of [from, base + from, base + from, length, length, alignment].entries()) {
        address(header + 8 + 8 * i, value);
      }
    } else {
      for (const [i, value] of [from, base + from, base + from, length, length, flags, alignment].entries()) {
        long(header + 4 + 4 * i, value);
      }
    }
    header += entrySize;
  };
  if (parts.interpreter !== undefined) segment(3, 4, interpreterAt, interpreter.length, 1);
  if (isLoaded) segment(1, 5, 0, size, parts.pages ?? 0x1000);
  if (isDynamic) segment(2, 4, dynamicAt, dynamicSize, word);

  if (note !== undefined) segment(0x6474e553, 4, noteAt, note.length, 8);

  interpreter.copy(file, interpreterAt);
  strings.bytes.copy(file, stringsAt);
  needed.copy(file, neededAt);
  defined.copy(file, definedAt);
  if (isDynamic) {
    const all = [...tags, [5, base + stringsAt], [10, strings.bytes.length], [0, 0]] as const;
    for (const [i, [tag, value]] of all.entries()) {
      address(dynamicAt + 2 * word * i, tag);
      address(dynamicAt + 2 * word * i + word, value);
    }
  }
  code.copy(file, codeAt);
  note?.copy(file, noteAt);
  return file;
}

/** GNU_PROPERTY_X86_ISA_1_NEEDED in a note of NT_GNU_PROPERTY_TYPE_0 (x86-64 psABI). */
function levelNote(level: 'v2' | 'v3' | 'v4'): Buffer {
  const note = Buffer.alloc(32);
  for (const [i, value] of [4, 16, 5].entries()) note.writeUInt32LE(value, 4 * i);
  note.write('GNU\0', 12, 'latin1');
  for (const [i, value] of [0xc0008002, 4, { v2: 2, v3: 4, v4: 8 }[level], 0].entries())
    note.writeUInt32LE(value, 16 + 4 * i);
  return note;
}

function writer(little: boolean, size: number) {
  const bytes = Buffer.alloc(size);
  return {
    bytes,
    u16: (at: number, value: number) => (little ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at)),
    u32: (at: number, value: number) => (little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at)),
  };
}

/** Verneed and Vernaux records (elf.h): one for each library, each followed by its versions. */
function versionNeeds({ needs = {}, weak = [] }: ElfParts, strings: StringTable, little: boolean): Buffer {
  const libraries = Object.entries(needs);
  const parts = libraries.map(([library, versions], i) => {
    const { bytes, u16, u32 } = writer(little, 16 + 16 * versions.length);
    u16(0, 1);
    u16(2, versions.length);
    u32(4, strings.add(library));
    u32(8, 16);
    u32(12, i + 1 < libraries.length ? bytes.length : 0);
    for (const [n, version] of versions.entries()) {
      const at = 16 + 16 * n;
      u32(at, hash(version));
      u16(at + 4, weak.includes(version) ? 2 : 0);
      u16(at + 6, 2 + n);
      u32(at + 8, strings.add(version));
      u32(at + 12, n + 1 < versions.length ? 16 : 0);
    }
    return bytes;
  });
  return Buffer.concat(parts);
}

/** Verdef and Verdaux records (elf.h). */
function versionDefinitions(defines: readonly string[], strings: StringTable, little: boolean): Buffer {
  const parts = defines.map((version, i) => {
    const { bytes, u16, u32 } = writer(little, 28);
    u16(0, 1);
    u16(2, i === 0 ? 1 : 0);
    u16(4, i + 1);
    u16(6, 1);
    u32(8, hash(version));
    u32(12, 20);
    u32(16, i + 1 < defines.length ? 28 : 0);
    u32(20, strings.add(version));
    return bytes;
  });
  return Buffer.concat(parts);
}

/** The hash of System V's ABI, which glibc compares before the names. */
function hash(text: string): number {
  let value = 0;
  for (const byte of Buffer.from(text)) {
    value = ((value << 4) >>> 0) + byte;
    const high = (value & 0xf0000000) >>> 0;
    value = ((value ^ (high >>> 24)) & ~high) >>> 0;
  }
  return value;
}

class StringTable {
  bytes = Buffer.alloc(1);

  add(text: string): number {
    const at = this.bytes.length;
    this.bytes = Buffer.concat([this.bytes, Buffer.from(`${text}\0`)]);
    return at;
  }
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
