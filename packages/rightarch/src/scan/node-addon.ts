import { type Dynamic, readDynamic } from './elf-dynamic.ts';
import { Fields, HEADER_SIZE, PT_DYNAMIC, PT_LOAD, readHeader, readSegments, type Segment } from './elf-fields.ts';

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

/** A whole module, its headers read. */
interface Addon {
  readonly file: Buffer;
  readonly fields: Fields;
  readonly machine: number;
  readonly segments: readonly Segment[];
  readonly dynamic: Dynamic;
}

/** Reads the headers of a module for amd64 or arm64; undefined where it is none, or has no dynamic section. */
export function readAddon(file: Buffer): Addon | undefined {
  const header = readHeader(file.subarray(0, HEADER_SIZE), file.length);
  const { damaged, wide, little, table, machine } = header;
  if (damaged || !wide || !little || table.offset + table.size > file.length) return undefined;
  const segments = readSegments(file.subarray(table.offset, table.offset + table.size), header);
  const section = segments.find(({ type }) => type === PT_DYNAMIC);
  if (section === undefined) return undefined;
  const dynamic = readDynamic(file.subarray(section.offset, section.offset + section.size), header, segments);
  return { file, fields: new Fields(file, header), machine, segments, dynamic };
}

/**
 * The NODE_MODULE_VERSION of a module that registers itself from a constructor (`NODE_MODULE` of node.h), which no symbol
 * names: the first word of the structure that it hands over. Found by what the loader must write into it; undefined
 * where there is no such structure, or several that differ.
 */
export function registeredVersion(addon: Addon): number | undefined {
  const { file, fields, segments } = addon;
  const words = relocated(addon);
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
export function isBound({ file, dynamic: { strings } }: Addon, name: Buffer): boolean | undefined {
  if (strings === undefined || strings.offset + strings.size > file.length) return undefined;
  return file.subarray(strings.offset, strings.offset + strings.size).includes(name);
}

/** Addresses of the words that the loader fills with an address. */
function relocated({ file, fields, machine, dynamic: { relocations } }: Addon): ReadonlySet<number> | undefined {
  const kinds = [RELATIVE[machine], ABSOLUTE[machine]];
  if (kinds[0] === undefined || relocations === undefined || relocations.size > RELOCATIONS * 24) return undefined;
  const words = new Set<number>();
  const end = Math.min(relocations.offset + relocations.size, file.length);
  for (let at = relocations.offset; at + 24 <= end; at += 24) {
    if (kinds.includes(fields.u32(at + 8))) words.add(fields.word(at));
  }
  return words;
}
