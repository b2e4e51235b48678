import { describe, expect, it } from 'vitest';
import { NodeAbiSearch } from './node-abi.ts';
import { readAddon, registeredVersion } from './node-addon.ts';

const DYNAMIC = 0x200;
const RELOCATIONS = 0x300;
const DATA = 0x400;

/** What a linker makes of `NODE_MODULE(addon, initialize)`: the structure in .data, and what the loader writes into it. */
function addon({
  version = 108,
  machine = 62,
  kind = machine === 62 ? 8 : 1027,
  set = [16, 32, 40],
  flags = 0,
  twice,
  names,
}: {
  readonly version?: number;
  readonly machine?: number;
  readonly kind?: number;
  readonly set?: readonly number[];
  readonly flags?: number;
  readonly twice?: number;
  /** Where the table of the names that the loader binds is said to be, and its size. */
  readonly names?: readonly [address: number, size: number];
} = {}): Buffer {
  const file = Buffer.alloc(0x500);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(machine, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(3, 56);
  const base = 0x10000;
  const segments = [
    [1, 4, 0, 0, DATA],
    [1, 6, DATA, base + DATA, 0x100],
    [2, 6, DYNAMIC, DYNAMIC, 64],
  ] as const;
  for (const [i, [type, permissions, offset, address, size]] of segments.entries()) {
    file.writeUInt32LE(type, 64 + i * 56);
    file.writeUInt32LE(permissions, 68 + i * 56);
    for (const [n, value] of [offset, address, address, size, size, 8].entries()) {
      file.writeBigUInt64LE(BigInt(value), 72 + i * 56 + n * 8);
    }
  }
  const structures = twice === undefined ? [version] : [version, twice];
  const words = structures.flatMap((_, i) => set.map((inside) => base + DATA + i * 64 + inside));
  for (const [i, [tag, value]] of [
    [7, RELOCATIONS],
    [8, words.length * 24],
    ...(names === undefined
      ? []
      : ([
          [5, names[0]],
          [10, names[1]],
        ] as const)),
  ].entries() as ArrayIterator<[number, [number, number]]>) {
    file.writeBigUInt64LE(BigInt(tag), DYNAMIC + i * 16);
    file.writeBigUInt64LE(BigInt(value), DYNAMIC + i * 16 + 8);
  }
  for (const [i, word] of words.entries()) {
    file.writeBigUInt64LE(BigInt(word), RELOCATIONS + i * 24);
    file.writeUInt32LE(kind, RELOCATIONS + i * 24 + 8);
  }
  for (const [i, one] of structures.entries()) {
    file.writeUInt32LE(one, DATA + i * 64);
    file.writeUInt32LE(flags, DATA + i * 64 + 4);
  }
  file.write('\0node_module_register\0', 0x180, 'latin1');
  return file;
}

const versionIn = (file: Buffer) => {
  const read = readAddon(file);
  return read && registeredVersion(read);
};

describe('a module that registers itself from a constructor', () => {
  it.each([
    ['for x86-64', {}],
    ['for AArch64', { machine: 183 }],
    ['with the older of the two functions', { set: [16, 24, 40] }],
  ])('has its version in what it hands over, %s', (_, parts) => {
    expect(versionIn(addon(parts))).toBe(108);
  });

  it.each([
    ['no file name', { set: [32, 40] }],
    ['no function', { set: [16, 40] }],
    ['an address where Node writes', { set: [16, 32, 40, 56] }],
    ['a version that none has', { version: 0 }],
    ['flags that none has', { flags: 0x10000 }],
    ['relocations of another kind', { kind: 6 }],
    ['another machine', { machine: 40 }],
    ['two versions', { twice: 115 }],
  ])('says nothing with %s', (_, parts) => {
    expect(versionIn(addon(parts))).toBeUndefined();
  });

  it('says nothing with more segments than linkers write, however many relocations there are', () => {
    const segments = 60_000;
    const table = 0x500;
    const relocations = table + segments * 56;
    const file = Buffer.concat([addon(), Buffer.alloc(segments * 56), Buffer.alloc(100_000 * 24)]);
    file.writeBigUInt64LE(BigInt(table), 32);
    file.writeUInt16LE(segments, 56);
    addon().copy(file, table, 64, 64 + 3 * 56);
    // The first segment reaches over all of the file.
    for (const at of [32, 40]) file.writeBigUInt64LE(BigInt(file.length), table + at);
    for (let i = 3; i < segments; i++) file.copy(file, table + i * 56, table + 56, table + 112);
    file.writeBigUInt64LE(BigInt(relocations), DYNAMIC + 8);
    file.writeBigUInt64LE(BigInt(100_000 * 24), DYNAMIC + 24);
    for (let i = 0; i < 100_000; i++) {
      file.writeBigUInt64LE(BigInt(0x20000 + i), relocations + i * 24);
      file.writeUInt32LE(8, relocations + i * 24 + 8);
    }
    expect(versionIn(file)).toBeUndefined();
  });

  it('is cut off anywhere without a throw', () => {
    const file = addon();
    for (let size = 0; size < file.length; size += 7) versionIn(file.subarray(0, size));
    for (let at = 0; at < 64 + 3 * 56; at++)
      versionIn(Buffer.from(file.map((byte, i) => (i === at ? byte ^ 0xff : byte))));
  });

  it.each([1, 16, 64, 2000])('is read while its bytes pass, %i at a time', (size) => {
    const file = addon();
    const search = new NodeAbiSearch('a/build/Release/a.node', file.length);
    for (let at = 0; at < file.length; at += size) search.write(Uint8Array.from(file.subarray(at, at + size)));
    expect(search.version).toBe(108);
  });

  it('has one that is unread where the structure is not found', () => {
    const file = addon({ set: [] });
    const search = new NodeAbiSearch('a.node', file.length);
    search.write(file);
    expect(search.version).toBe('unread');
  });

  it.each([
    ['among the names that the loader binds', [0x170, 0x40], 108],
    ['in the other table alone: a function of its own, as lmdb has one', [0x1c0, 0x20], undefined],
    ['where nobody says where those names are', [0x9000, 0x20], 108],
  ] as const)('is one whose call stands %s', (_, names, version) => {
    const file = addon({ names });
    const search = new NodeAbiSearch('a.node', file.length);
    search.write(file);
    expect(search.version).toBe(version);
  });
});
