import { Fields, PT_LOAD, type Segment } from './elf-fields.ts';

const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_RELA = 7;
const DT_RELASZ = 8;
const PT_DYNAMIC = 2;
const PF_W = 2;
/** R_X86_64_RELATIVE and R_AARCH64_RELATIVE, by e_machine: a word that is set to an address of the file itself. */
const RELATIVE: Readonly<Record<number, number>> = { 62: 8, 183: 1027 };
/** R_X86_64_64 and R_AARCH64_ABS64: a word that is set to the address of a symbol. */
const ABSOLUTE: Readonly<Record<number, number>> = { 62: 1, 183: 257 };
const RELOCATIONS = 200_000;
/** Linkers write one or two segments that can be written to; each is held to all the relocations. */
const WRITABLE = 16;

/** `struct node_module` of node.h on 64 bits: version, flags, handle, file name, two functions, module name, private, link. */
const FILE_NAME = 16;
const FUNCTIONS = [24, 32];
const MODULE_NAME = 40;
const SIZE = 64;

/**
 * The NODE_MODULE_VERSION of a module that registers itself from a constructor (`NODE_MODULE` of node.h), which no symbol
 * names: the first word of the structure that it hands over. Found by what the loader must write into it; undefined
 * where there is no such structure, or several that differ.
 */
export function registeredVersion(file: Buffer): number | undefined {
  // 64 bits, little-endian: what Node's own addons for amd64 and arm64 are.
  if (file.length < 64 || file[4] !== 2 || file[5] !== 1) return undefined;
  const fields = new Fields(file, { wide: true, little: true });
  const machine = fields.u16(18);
  const segments = segmentsOf(file, fields);
  const words = relocated(file, fields, segments, machine);
  if (words === undefined) return undefined;
  const versions = new Set<number>();
  const writable = segments.filter(({ type, flags }) => type === PT_LOAD && (flags & PF_W) !== 0);
  if (writable.length > WRITABLE) return undefined;
  for (const { offset, address, size } of writable) {
    for (const word of words) {
      const at = word - FILE_NAME - address + offset;
      const start = at - offset + address;
      if (word < address + FILE_NAME || at + SIZE > Math.min(offset + size, file.length)) continue;
      const isSet = (inside: number) => words.has(start + inside);
      const isStructure =
        isSet(MODULE_NAME) && FUNCTIONS.some(isSet) && [0, 8, 48, 56].every((inside) => !isSet(inside));
      const version = fields.u32(at);
      // Flags are NM_F_BUILTIN, NM_F_LINKED …; everything else is for Node to fill in.
      if (!isStructure || version < 1 || version > 9999 || fields.u32(at + 4) > 0xff || fields.word(at + 8) !== 0)
        continue;
      if (fields.word(at + 48) === 0 && fields.word(at + 56) === 0) versions.add(version);
    }
  }
  return versions.size === 1 ? [...versions][0] : undefined;
}

/**
 * Whether a name is one that the loader binds, and not one of the file's own that a linker left in its other table: lmdb
 * has a function of its own that is called `node_module_register`. Undefined where that could not be read.
 */
export function isBound(file: Buffer, name: Buffer): boolean | undefined {
  if (file.length < 64 || file[4] !== 2 || file[5] !== 1) return undefined;
  const fields = new Fields(file, { wide: true, little: true });
  const segments = segmentsOf(file, fields);
  const tags = dynamicOf(file, fields, segments);
  const start = tags && fileOffset(tags.get(DT_STRTAB), segments);
  const size = tags?.get(DT_STRSZ);
  if (start === undefined || size === undefined || start + size > file.length) return undefined;
  return file.subarray(start, start + size).includes(name);
}

function segmentsOf(file: Buffer, fields: Fields): readonly Segment[] {
  const table = fields.word(32);
  const count = fields.u16(56);
  if (fields.u16(54) !== 56 || table + count * 56 > file.length) return [];
  return Array.from({ length: count }, (_, i) => {
    const at = table + i * 56;
    return {
      type: fields.u32(at),
      flags: fields.u32(at + 4),
      offset: fields.word(at + 8),
      address: fields.word(at + 16),
      size: fields.word(at + 32),
      align: fields.word(at + 48),
    };
  });
}

/** Addresses of the words that the loader fills with an address. */
function relocated(
  file: Buffer,
  fields: Fields,
  segments: readonly Segment[],
  machine: number,
): ReadonlySet<number> | undefined {
  const kinds = [RELATIVE[machine], ABSOLUTE[machine]];
  const tags = dynamicOf(file, fields, segments);
  if (tags === undefined || kinds[0] === undefined) return undefined;
  const size = tags.get(DT_RELASZ) ?? 0;
  const start = fileOffset(tags.get(DT_RELA), segments);
  if (start === undefined || size > RELOCATIONS * 24) return undefined;
  const words = new Set<number>();
  for (let at = start; at + 24 <= Math.min(start + size, file.length); at += 24) {
    if (kinds.includes(fields.u32(at + 8))) words.add(fields.word(at));
  }
  return words;
}

function dynamicOf(
  file: Buffer,
  fields: Fields,
  segments: readonly Segment[],
): ReadonlyMap<number, number> | undefined {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return undefined;
  const tags = new Map<number, number>();
  for (let at = dynamic.offset; at + 16 <= Math.min(dynamic.offset + dynamic.size, file.length); at += 16) {
    tags.set(fields.word(at), fields.word(at + 8));
    if (fields.word(at) === 0) break;
  }
  return tags;
}

/** Where in the file an address lies; undefined where no segment holds it. */
function fileOffset(address: number | undefined, segments: readonly Segment[]): number | undefined {
  if (address === undefined) return undefined;
  const load = segments.find((s) => s.type === PT_LOAD && s.address <= address && address < s.address + s.size);
  return load && address - load.address + load.offset;
}
