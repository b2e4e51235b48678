import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goInfoBytes } from '../testing/index.ts';
import { GoSearch, goLevel, readGoInfo } from './go-build-info.ts';

const LINES = [
  'path\texample.com/hi/cmd/hi',
  'mod\texample.com/hi\tv1.2.3\th1:x',
  'dep\texample.com/other\tv0.1.0',
  'build\t-buildmode=pie',
  'build\t-ldflags="-X main.a=GOARCH=arm64"',
  'build\tCGO_ENABLED=0',
  'build\tGOARCH=amd64',
  'build\tGOOS=linux',
  'build\tGOAMD64=v3',
];
const INFO = Buffer.from(goInfoBytes('go1.26.8', LINES));
const FACTS = {
  version: 'go1.26.8',
  path: 'example.com/hi/cmd/hi',
  module: 'example.com/hi',
  system: 'linux',
  architecture: 'amd64',
  level: 'v3',
  cgo: false,
  mode: 'pie',
};

function search(data: Buffer, ranges: readonly { start: number; end: number }[], chunk: number) {
  const reader = new GoSearch(ranges);
  for (let at = 0; at < data.length; at += chunk) reader.push(at, data.subarray(at, at + chunk));
  return reader.facts();
}

describe("Go's build info", () => {
  it('says how the program was built', () => {
    expect(readGoInfo(INFO)).toEqual(FACTS);
  });

  it('is found wherever it is in a writable segment, in chunks of any size', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(100), fc.integer({ min: 1, max: 200 }), fc.nat(), (steps, behind, chunk, text) => {
        const data = Buffer.concat([Buffer.alloc(steps * 16, 0xff), INFO, Buffer.alloc(behind)]);
        // The mark among the strings of a program that reads such information stands anywhere.
        const copy = text % (steps * 16);
        if (copy % 16 > 0 && copy + 14 <= steps * 16) INFO.copy(data, copy, 0, 14);
        // Another writable segment before it, as in a position independent program.
        const half = steps * 8;
        const ranges = [
          { start: 0, end: half },
          { start: half, end: data.length },
        ];
        expect(search(data, ranges, chunk)).toEqual(FACTS);
      }),
    );
  });

  it('is not looked for elsewhere: the Go toolchain itself has the mark among its strings', () => {
    const data = Buffer.concat([INFO, Buffer.alloc(50)]);
    for (const chunk of [1, 13, 4096])
      expect(search(data, [{ start: INFO.length, end: data.length }], chunk)).toBeUndefined();
    for (const chunk of [1, 13, 4096]) expect(search(data, [{ start: 0, end: 10 }], chunk)).toBeUndefined();
  });

  it('cut off anywhere it says nothing of settings', () => {
    for (let length = 14; length < INFO.length; length++) {
      expect(readGoInfo(INFO.subarray(0, length)), `cut at ${length}`).toEqual({});
    }
  });

  it('of before Go 1.18 is known for what it is', () => {
    const old = Buffer.from(INFO.subarray(0, 32));
    old[15] = 0;
    expect(readGoInfo(old)).toEqual({});
  });

  it('any bytes behind the mark: an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(typeof readGoInfo(Buffer.concat([INFO.subarray(0, 32), any]))).toBe('object');
      }),
    );
  });
});

describe('the level that a Go program asks for', () => {
  it.each([
    ['amd64', 'v1', undefined],
    ['amd64', 'v3', 'v3'],
    ['arm', '7', 'v7'],
    ['arm', '6,softfloat', 'v6'],
    ['arm64', 'v8.0', undefined],
    ['arm64', 'v8.0,crypto', undefined],
    ['arm64', 'v8.0,lse', 'v8.1'],
    ['arm64', 'v8.1', 'v8.1'],
    ['arm64', 'v9.0,crypto', 'v8.1'],
    ['386', 'sse2', undefined],
  ])('%s %s', (architecture, level, expected) => {
    expect(goLevel({ architecture, level })).toBe(expected);
  });
});
