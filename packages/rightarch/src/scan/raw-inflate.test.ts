import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflateHead, RawInflate } from './raw-inflate.ts';

function inflate(bytes: Uint8Array, chunk = bytes.length || 1, limit = 1 << 24) {
  const parts: Buffer[] = [];
  const engine = new RawInflate((piece) => parts.push(Buffer.from(piece)));
  engine.reset(limit);
  let state = engine.push(new Uint8Array(0));
  let at = 0;
  for (; at < bytes.length && state === 'more'; at += chunk) state = engine.push(bytes.subarray(at, at + chunk));
  const unused = engine.rest.length + Math.max(0, bytes.length - at);
  if (state === 'more') state = engine.push(new Uint8Array(0), true);
  return { state, bytes: Buffer.concat(parts), unused };
}

/** Text-like, so that matches, literals and all three kinds of blocks occur. */
const content = fc
  .tuple(
    fc.array(fc.constantFrom('META-INF/', 'native', 'x86_64', '\0', 'é', 'lib')),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([words, tail]) => Buffer.concat([Buffer.from(words.join('').repeat(40)), Buffer.from(tail)]));

describe('inflates what zlib deflates', () => {
  it('at every level, in chunks of any size', () => {
    fc.assert(
      fc.property(
        content,
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY),
        fc.integer({ min: 1, max: 700 }),
        (bytes, level, strategy, chunk) => {
          const deflated = deflateRawSync(bytes, { level, strategy });
          const { state, bytes: back } = inflate(deflated, chunk);
          expect(state).toBe('done');
          expect(back.equals(bytes)).toBe(true);
        },
      ),
    );
  });

  it('more than its window, and says what it did not use', () => {
    const bytes = Buffer.concat([randomBytes(40_000), Buffer.alloc(150_000, 'abcdefg'), randomBytes(10_000)]);
    const deflated = Buffer.concat([deflateRawSync(bytes), Buffer.from('PK\x07\x08 and more')]);
    for (const chunk of [1, 7, 511, 65_536, deflated.length]) {
      const out = inflate(deflated, chunk);
      expect(out.state).toBe('done');
      expect(out.bytes.equals(bytes)).toBe(true);
      expect(out.unused).toBe(13);
    }
  });
});

describe('hostile streams', () => {
  const bytes = Buffer.concat([Buffer.from('hello hello hello '.repeat(50)), randomBytes(64)]);
  const deflated = deflateRawSync(bytes);

  it('cut anywhere: bad, never done', () => {
    for (let length = 0; length < deflated.length; length++) {
      expect(inflate(deflated.subarray(0, length)).state, `cut at ${length}`).toBe('bad');
    }
  });

  it('with any bit flipped it says what zlib says', () => {
    for (let at = 0; at < deflated.length; at++) {
      for (const mask of [1, 16, 128]) {
        const hostile = Buffer.from(deflated);
        hostile[at] = hostile[at]! ^ mask;
        const ours = inflate(hostile);
        let theirs: Buffer | undefined;
        try {
          theirs = inflateRawSync(hostile);
        } catch {
          theirs = undefined;
        }
        // zlib refuses codes that leave bits unused even where no such bit comes; to refuse fewer streams is no harm.
        if (theirs !== undefined) {
          expect(ours.state).toBe('done');
          expect(ours.bytes.equals(theirs)).toBe(true);
        }
      }
    }
  });

  it('any bytes: an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 99 }), (any, chunk) => {
        const whole = inflate(any);
        const parts = inflate(any, chunk);
        expect(parts.state).toBe(whole.state);
        if (whole.state === 'done') expect(parts.bytes.equals(whole.bytes)).toBe(true);
      }),
    );
  });

  it('a bomb stops at its limit', () => {
    const bomb = deflateRawSync(Buffer.alloc(16 << 20));
    const { state, bytes: out } = inflate(bomb, 65_536, 100_000);
    expect(state).toBe('limit');
    expect(out.length).toBeLessThanOrEqual(100_000 + 258);
  });

  it('a million blocks that hold nothing stop as well', () => {
    // Stored blocks of length 0: five bytes each.
    const empty = Buffer.alloc(5 << 18);
    for (let at = 0; at < empty.length; at += 5) empty.writeUInt16LE(0xffff, at + 3);
    expect(inflate(empty, 65_536, 1 << 20).state).toBe('limit');
  });
});

describe('inflateHead', () => {
  const bytes = Buffer.concat([Buffer.from('\x7fELF'), randomBytes(50_000)]);
  const wanted = { least: 64, length: 128 };
  it('needs only the beginning', () => {
    const deflated = deflateRawSync(bytes);
    expect(inflateHead(deflated.subarray(0, 1024), wanted)).toEqual(bytes.subarray(0, 128));
    expect(inflateHead(deflated.subarray(0, 90), wanted)).toEqual(
      bytes.subarray(0, inflateHead(deflated.subarray(0, 90), wanted)!.length),
    );
  });
  it('a short file is whole', () => {
    expect(inflateHead(deflateRawSync(Buffer.from('ab')), wanted)?.toString()).toBe('ab');
  });
  it('what does not reach that far is no answer', () => {
    expect(inflateHead(deflateRawSync(bytes).subarray(0, 20), wanted)).toBeUndefined();
  });
});
