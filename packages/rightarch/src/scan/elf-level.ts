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

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
/** The flag in byte 15: strings stand inline behind the 32-byte header (Go 1.18 and later, debug/buildinfo). */
const INLINE_STRINGS = 2;

/**
 * The CPU level that a Go program was built for, as a platform variant: `GOAMD64=v3` is `v3`, `GOARM=7` is `v7`.
 * Go programs check it when they start. Undefined for older Go, other languages and the baseline.
 */
export function readGoLevel(data: Buffer, variable: 'GOAMD64' | 'GOARM'): string | undefined {
  const at = data.indexOf(MAGIC);
  if (at < 0 || at + 32 > data.length || ((data[at + 15] ?? 0) & INLINE_STRINGS) === 0) return undefined;
  const version = readString(data, at + 32);
  const info = version && readString(data, version.end);
  if (info === undefined) return undefined;
  const match = new RegExp(`^build\t${variable}=v?([0-9]+)`, 'm').exec(info.text);
  if (match === null) return undefined;
  return variable === 'GOAMD64' && match[1] === '1' ? undefined : `v${match[1]}`;
}

function readString(data: Buffer, start: number): { readonly text: string; readonly end: number } | undefined {
  let length = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = data[at++];
    if (byte === undefined || shift > 28) return undefined;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return { text: data.toString('latin1', at, Math.min(at + length, data.length)), end: at + length };
}
