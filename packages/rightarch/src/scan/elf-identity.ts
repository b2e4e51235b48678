import type { ElfFacts } from './types.ts';

/** The length of the longer ELF header: with these bytes `elfIdentity` says all it can. */
export const ELF_HEADER = 64;

/** What the header alone says of an ELF file whose rest is not looked at; undefined where even that is cut off. */
export function elfIdentity(head: Buffer): ElfFacts | undefined {
  const wide = head[4] === 2;
  if (head.length < (wide ? ELF_HEADER : 52) || (!wide && head[4] !== 1)) return undefined;
  if (head[5] !== 1 && head[5] !== 2) return undefined;
  const little = head[5] === 1;
  const u16 = (at: number) => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const flags = wide ? 48 : 36;
  return {
    kind: 'elf',
    machine: u16(18),
    type: u16(16),
    bits: wide ? 64 : 32,
    endian: little ? 'little' : 'big',
    osAbi: head[7]!,
    flags: little ? head.readUInt32LE(flags) : head.readUInt32BE(flags),
    partial: true,
  };
}
