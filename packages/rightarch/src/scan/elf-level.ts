const GNU_PROPERTY_X86_ISA_1_NEEDED = 0xc0008002;
const NT_GNU_PROPERTY_TYPE_0 = 5;

/**
 * The x86-64 level that a `.note.gnu.property` demands, as a platform variant (x86-64 psABI, GNU_PROPERTY_X86_ISA_1_NEEDED:
 * bit 0 baseline, 1 v2, 2 v3, 3 v4). glibc's loader refuses the file on a lesser CPU. Its absence proves nothing:
 * `-march=x86-64-v3` alone does not set it.
 */
export function readPropertyLevel(note: Buffer): string | undefined {
  if (note.length < 16) return undefined;
  const nameSize = note.readUInt32LE(0);
  const size = note.readUInt32LE(4);
  if (nameSize !== 4 || note.readUInt32LE(8) !== NT_GNU_PROPERTY_TYPE_0) return undefined;
  if (note.toString('latin1', 12, 16) !== 'GNU\0') return undefined;
  const end = Math.min(note.length, 16 + size);
  for (let at = 16; at + 8 <= end; ) {
    const type = note.readUInt32LE(at);
    const length = note.readUInt32LE(at + 4);
    if (type === GNU_PROPERTY_X86_ISA_1_NEEDED && length >= 4 && at + 12 <= end) {
      const bits = note.readUInt32LE(at + 8);
      if (bits & 8) return 'v4';
      if (bits & 4) return 'v3';
      return bits & 2 ? 'v2' : undefined;
    }
    // Properties are padded to eight bytes in 64-bit files.
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return undefined;
}
