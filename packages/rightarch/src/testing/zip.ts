import { crc32, deflateRawSync } from 'node:zlib';

/** One member of a zip archive of a test. */
export interface ZipPart {
  readonly name: string;
  readonly content: Uint8Array;
  /** Kept as it is instead of deflated. */
  readonly stored?: boolean;
  /** Sizes behind the content, as Java's `jar` and streams write them. */
  readonly descriptor?: boolean;
  /** The bit that says so; the content is not encrypted. */
  readonly encrypted?: boolean;
  /** The number of another compression. */
  readonly method?: number;
}

export interface ZipParts {
  readonly members: readonly ZipPart[];
  /** What stands before the archive: `#!/usr/bin/env python3\n`. */
  readonly prefix?: string;
  readonly comment?: string;
  /** End records of zip64, as for more than 65,535 members. */
  readonly wide?: boolean;
}

/** A zip archive as tools write it: local headers and contents, the central directory, the end record. */
export function zipBytes({ members, prefix = '', comment = '', wide = false }: ZipParts): Uint8Array {
  const out: Buffer[] = [];
  let position = 0;
  const put = (...pieces: readonly Uint8Array[]) => {
    for (const piece of pieces) {
      out.push(Buffer.from(piece));
      position += piece.length;
    }
  };
  const central: Buffer[] = [];
  for (const part of members) {
    const name = Buffer.from(part.name);
    const data = part.stored ? Buffer.from(part.content) : deflateRawSync(part.content);
    const flags = (part.descriptor ? 8 : 0) | (part.encrypted ? 1 : 0) | 0x800;
    const method = part.method ?? (part.stored ? 0 : 8);
    const crc = crc32(part.content);
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(flags, 2);
    header.writeUInt16LE(method, 4);
    header.writeUInt32LE(crc, 10);
    header.writeUInt32LE(data.length, 14);
    header.writeUInt32LE(part.content.length, 18);
    header.writeUInt16LE(name.length, 22);
    const local = Buffer.from(header);
    if (part.descriptor) local.fill(0, 10, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(position, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), header, tail, name);
    put(Buffer.from('PK\x03\x04', 'latin1'), local, name, data);
    if (part.descriptor) put(Buffer.from('PK\x07\x08', 'latin1'), header.subarray(10, 22));
  }
  const start = position;
  put(...central);
  const size = position - start;
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  if (wide) {
    const record = Buffer.alloc(56);
    record.write('PK\x06\x06', 'latin1');
    record.writeBigUInt64LE(44n, 4);
    for (const at of [24, 32]) record.writeBigUInt64LE(BigInt(members.length), at);
    record.writeBigUInt64LE(BigInt(size), 40);
    record.writeBigUInt64LE(BigInt(start), 48);
    const locator = Buffer.alloc(20);
    locator.write('PK\x06\x07', 'latin1');
    locator.writeBigUInt64LE(BigInt(position), 8);
    locator.writeUInt32LE(1, 16);
    put(record, locator);
  }
  const count = wide ? 0xffff : members.length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(start, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  put(end, Buffer.from(comment));
  return Buffer.concat([Buffer.from(prefix), ...out]);
}
