/** cputype and cpusubtype of Mach-O (mach/machine.h). */
const MACH_CPUS = {
  x86_64: [0x01000007, 3],
  x86_64h: [0x01000007, 8],
  arm64: [0x0100000c, 0],
  arm64e: [0x0100000c, 0x80000002],
  i386: [7, 3],
} as const;

/** A Mach-O executable without commands for one CPU, or a fat file with one slice for each. */
export function machOBytes(
  cpus: readonly [keyof typeof MACH_CPUS, ...(keyof typeof MACH_CPUS)[]],
  form: 'thin' | 'fat' | 'fat64' = cpus.length > 1 ? 'fat' : 'thin',
): Uint8Array {
  const thin = cpus.map((cpu) => {
    const bytes = Buffer.alloc(32);
    const [type, subtype] = MACH_CPUS[cpu];
    bytes.writeUInt32LE(cpu === 'i386' ? 0xfeedface : 0xfeedfacf, 0);
    bytes.writeUInt32LE(type, 4);
    bytes.writeUInt32LE(subtype, 8);
    bytes.writeUInt32LE(2, 12);
    return bytes;
  });
  if (form === 'thin') return thin[0]!;
  const step = form === 'fat64' ? 32 : 20;
  const head = Buffer.alloc(8 + step * cpus.length);
  head.writeUInt32BE(form === 'fat64' ? 0xcafebabf : 0xcafebabe, 0);
  head.writeUInt32BE(cpus.length, 4);
  for (const [i, cpu] of cpus.entries()) {
    const at = 8 + step * i;
    const [type, subtype] = MACH_CPUS[cpu];
    head.writeUInt32BE(type, at);
    head.writeUInt32BE(subtype, at + 4);
    const offset = head.length + 32 * i;
    if (form === 'fat64') {
      head.writeBigUInt64BE(BigInt(offset), at + 8);
      head.writeBigUInt64BE(32n, at + 16);
    } else {
      head.writeUInt32BE(offset, at + 8);
      head.writeUInt32BE(32, at + 12);
    }
  }
  return Buffer.concat([head, ...thin]);
}

export interface PeParts {
  /** IMAGE_FILE_MACHINE: 0x8664 unless told. */
  readonly machine?: number;
  /** Flags of a CLR header: 1 IL only, 2 asks for 32 bits. Without it the program is native. */
  readonly clr?: number;
  /** Code compiled ahead beside the IL. */
  readonly precompiled?: boolean;
  /** Bytes between the headers and the CLR header. */
  readonly distance?: number;
}

/** A PE file of one section, PE32+ unless its machine is the i386. */
export function peBytes({ machine = 0x8664, clr, precompiled = false, distance = 0x200 }: PeParts = {}): Uint8Array {
  const wide = machine !== 0x14c;
  const optionalSize = wide ? 240 : 224;
  const optional = 0x80 + 24;
  const section = optional + optionalSize;
  const raw = section + 40;
  const bytes = Buffer.alloc(raw + distance + 0x80);
  bytes.write('MZ');
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  bytes.writeUInt16LE(machine, 0x84);
  bytes.writeUInt16LE(1, 0x86);
  bytes.writeUInt16LE(optionalSize, 0x94);
  bytes.writeUInt16LE(wide ? 0x20b : 0x10b, optional);
  const directories = optional + (wide ? 112 : 96);
  bytes.writeUInt32LE(16, directories - 4);
  bytes.write('.text', section);
  bytes.writeUInt32LE(distance + 0x80, section + 8);
  bytes.writeUInt32LE(0x2000, section + 12);
  bytes.writeUInt32LE(distance + 0x80, section + 16);
  bytes.writeUInt32LE(raw, section + 20);
  if (clr !== undefined) {
    bytes.writeUInt32LE(0x2000 + distance, directories + 8 * 14);
    bytes.writeUInt32LE(72, directories + 8 * 14 + 4);
    bytes.writeUInt32LE(72, raw + distance);
    bytes.writeUInt32LE(clr, raw + distance + 16);
    if (precompiled) bytes.writeUInt32LE(0x2000, raw + distance + 64);
  }
  return bytes;
}

/** An `ar` archive; names longer than 15 bytes are written as BSD does. */
export function arBytes(members: readonly (readonly [name: string, content: Uint8Array])[], thin = false): Uint8Array {
  const parts = [Buffer.from(thin ? '!<thin>\n' : '!<arch>\n')];
  for (const [name, content] of members) {
    const long = name.length > 15 ? Buffer.from(name) : Buffer.alloc(0);
    const size = long.length + content.length;
    const shown = long.length > 0 ? `#1/${long.length}` : name;
    parts.push(Buffer.from(`${shown.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}`));
    parts.push(Buffer.from(`${String(size).padEnd(10)}\`\n`));
    if (!thin) parts.push(long, Buffer.from(content), Buffer.alloc(size % 2, '\n'));
  }
  return Buffer.concat(parts);
}

/** What Go writes at the start of a program's data (debug/buildinfo, inline strings): version and module information. */
export function goInfoBytes(version: string, lines: readonly string[]): Uint8Array {
  const string = (text: string | Buffer) => {
    const bytes = Buffer.from(text);
    const length: number[] = [];
    for (let left = bytes.length; ; left >>= 7) {
      length.push(left > 0x7f ? (left & 0x7f) | 0x80 : left);
      if (left <= 0x7f) break;
    }
    return Buffer.concat([Buffer.from(length), bytes]);
  };
  const head = Buffer.alloc(32);
  head.write('\xff Go buildinf:', 'latin1');
  head[14] = 8;
  head[15] = 2;
  // 16 bytes before and behind the text mark it inside a program.
  const mark = Buffer.alloc(16, 0x30);
  return Buffer.concat([
    head,
    string(version),
    string(Buffer.concat([mark, Buffer.from(`${lines.join('\n')}\n`), mark])),
  ]);
}
