import { expect, test } from 'vitest';
import { decompress } from '../tar/index.ts';
import { elfBytes, testImage, testIndex, zstdStored } from './index.ts';

test('equal parts give equal bytes', () => {
  const parts = { platform: 'linux/arm64', files: [{ path: 'a', content: 'x' }] };
  expect(testImage(parts).descriptor).toEqual(testImage(parts).descriptor);
});

test('an index holds its images and their attestations', async () => {
  const index = testIndex({ images: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }], attestations: true });
  const tree = await index.tree();
  expect(tree.problems).toEqual([]);
  expect(tree.images.map((image) => image.declared?.architecture)).toEqual(['amd64', 'arm64']);
  expect(tree.attestations).toHaveLength(2);
});

test.each([0, 1, 131072, 131073, 400000])('stored zstd of %d bytes decompresses', async (size) => {
  const plain = Buffer.alloc(size, 'abc');
  const out: Uint8Array[] = [];
  const packed = (async function* () {
    yield zstdStored(plain);
  })();
  for await (const chunk of decompress(packed, 'zstd')) out.push(chunk);
  expect(Buffer.concat(out).equals(plain)).toBe(true);
});

test('an ELF file holds its strings where its headers point', () => {
  const file = Buffer.from(
    elfBytes({ machine: 'arm64', interpreter: '/lib/ld-linux-aarch64.so.1', needed: ['libc.so.6'] }),
  );
  expect(file.readUInt16LE(18)).toBe(183);
  const headers = Number(file.readBigUInt64LE(32));
  expect(file.readUInt32LE(headers)).toBe(3);
  const at = Number(file.readBigUInt64LE(headers + 8));
  const length = Number(file.readBigUInt64LE(headers + 32));
  expect(file.toString('latin1', at, at + length)).toBe('/lib/ld-linux-aarch64.so.1\0');
  expect([...elfBytes({ machine: 's390x' }).subarray(18, 20)]).toEqual([0, 22]);
  // What exits with 0 begins where the entry point says.
  const program = Buffer.from(elfBytes({ machine: 'amd64' }));
  const entry = Number(program.readBigUInt64LE(24)) - 0x400000;
  expect(program.subarray(entry, entry + 9).toString('hex')).toBe('b83c00000031ff0f05');
});
