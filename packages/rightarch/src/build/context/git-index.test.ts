import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGitIndex } from './git-index.ts';

interface Row {
  readonly path: string;
  readonly mode: number;
  readonly flags?: number;
}

/** An index as gitformat-index(5) describes it; the checksum is not read, so it is zeros. */
function index(version: 2 | 3 | 4, rows: readonly Row[], extension = ''): Buffer {
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(rows.length, 8);
  const parts: Buffer[] = [head];
  let previous = '';
  for (const { path, mode, flags = 0 } of rows) {
    const stat = Buffer.alloc(62);
    stat.writeUInt32BE(mode, 24);
    stat.writeUInt16BE(flags | Math.min(0xfff, path.length), 60);
    parts.push(stat);
    if (flags & 0x4000) parts.push(Buffer.alloc(2));
    const length = 62 + (flags & 0x4000 ? 2 : 0);
    if (version === 4) {
      let same = 0;
      while (same < previous.length && previous[same] === path[same]) same++;
      parts.push(offset(previous.length - same), Buffer.from(`${path.slice(same)}\0`));
      previous = path;
    } else {
      const size = Buffer.byteLength(path);
      parts.push(Buffer.from(path), Buffer.alloc(8 - ((length + size) % 8)));
    }
  }
  return Buffer.concat([...parts, Buffer.from(extension, 'latin1'), Buffer.alloc(20)]);
}

/** The offset encoding of packs. */
function offset(value: number): Buffer {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest = (rest - 1) >> 7) bytes.unshift(0x80 | ((rest - 1) & 0x7f));
  return Buffer.from(bytes);
}

const rows = [
  { path: 'Dockerfile', mode: 0o100644 },
  { path: 'bin/run', mode: 0o100755 },
  { path: 'bin/run.link', mode: 0o120000 },
  { path: 'vendor', mode: 0o160000 },
];
const pairs = rows.map(({ path, mode }) => [path, mode]);

test.each([2, 3, 4] as const)('version %s', (version) => {
  expect(parseGitIndex(index(version, rows))).toEqual(pairs);
});

test('entries with extended flags, and those of a conflict', () => {
  const more = [{ path: 'a', mode: 0o100644, flags: 0x4000 }, { path: 'b', mode: 0o100755, flags: 0x2000 }, rows[3]!];
  expect(parseGitIndex(index(3, more))).toEqual([
    ['a', 0o100644],
    ['vendor', 0o160000],
  ]);
});

test('long common beginnings in version 4', () => {
  const long = 'x/'.repeat(300);
  const many = [`${long}a`, `${long}b`, 'y'].map((path) => ({ path, mode: 0o100644 }));
  expect(parseGitIndex(index(4, many))?.map(([path]) => path)).toEqual(many.map(({ path }) => path));
});

test('a split index is no answer', () => {
  expect(parseGitIndex(index(2, rows, 'TREE\0\0\0\0'))).toEqual(pairs);
  expect(parseGitIndex(index(2, rows, 'link\0\0\0\0'))).toBeUndefined();
});

test('never throws', () => {
  const whole = index(4, rows);
  for (let end = 0; end < whole.length; end++) parseGitIndex(whole.subarray(0, end));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(2, 3, 4), (bytes, version) => {
      parseGitIndex(Buffer.concat([index(version as 2, rows).subarray(0, 12), bytes]));
    }),
  );
});
