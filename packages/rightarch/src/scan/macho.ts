import type { MachOFacts } from './file-types.ts';

/** cputype (mach/machine.h); 0x01000000 marks 64 bits, 0x02000000 arm64 with 32-bit pointers. */
const CPUS: Readonly<Record<number, string>> = {
  6: 'm68k',
  7: 'i386',
  16777223: 'x86_64',
  11: 'hppa',
  12: 'arm',
  16777228: 'arm64',
  33554444: 'arm64_32',
  14: 'sparc',
  18: 'ppc',
  16777234: 'ppc64',
};
const X86_64_H = 8;
const ARM64E = 2;

/** Slices of a fat file that we look at: more than there are CPUs, and enough to fit the head that is kept. */
const SLICES_LIMIT = 44;

function nameOf(type: number, subtype: number): string {
  const name = CPUS[type];
  // The upper byte of the subtype holds capabilities.
  const kind = subtype & 0xffffff;
  if (name === 'x86_64' && kind === X86_64_H) return 'x86_64h';
  if (name === 'arm64' && kind === ARM64E) return 'arm64e';
  return name ?? `unknown-${type}`;
}

/** Reads the headers of a Mach-O file (mach-o/loader.h, mach-o/fat.h) from its first 2 KiB; undefined for other files. */
export function readMachO(head: Buffer, size: number): MachOFacts | undefined {
  const magic = head.length >= 4 ? head.readUInt32BE(0) : 0;
  const big = magic === 0xfeedface || magic === 0xfeedfacf;
  const little = magic === 0xcefaedfe || magic === 0xcffaedfe;
  if (big || little) {
    if (head.length < 12) return { kind: 'macho', architectures: [], damaged: true };
    const word = (at: number) => (big ? head.readUInt32BE(at) : head.readUInt32LE(at));
    const header = magic === 0xfeedfacf || magic === 0xcffaedfe ? 32 : 28;
    const commands = head.length >= 24 ? word(20) : 0;
    const architectures = [nameOf(word(4), word(8))];
    return { kind: 'macho', architectures, ...(header + commands > size ? { damaged: true } : {}) };
  }
  if (magic !== 0xcafebabe && magic !== 0xcafebabf) return undefined;
  const count = head.length >= 8 ? head.readUInt32BE(4) : 0;
  // A Java class begins alike; there the next word is a version of at least 45, here a small count of slices.
  if (magic === 0xcafebabe && (count >= 45 || count === 0)) return undefined;
  const wide = magic === 0xcafebabf;
  const step = wide ? 32 : 20;
  const architectures: string[] = [];
  let damaged = count > SLICES_LIMIT || count === 0;
  for (let i = 0; i < Math.min(count, SLICES_LIMIT); i++) {
    const at = 8 + i * step;
    if (at + step > head.length) {
      damaged = true;
      break;
    }
    architectures.push(nameOf(head.readUInt32BE(at), head.readUInt32BE(at + 4)));
    const u64 = (from: number) => head.readUInt32BE(from) * 2 ** 32 + head.readUInt32BE(from + 4);
    const offset = wide ? u64(at + 8) : head.readUInt32BE(at + 8);
    const length = wide ? u64(at + 16) : head.readUInt32BE(at + 12);
    if (offset + length > size) damaged = true;
  }
  return { kind: 'macho', architectures, ...(damaged ? { damaged } : {}) };
}
