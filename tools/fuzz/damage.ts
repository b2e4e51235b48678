/** A number from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** Small numbers by a linear congruence: a seed repeats a run on every machine. */
export function numbers(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function oneOf<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)]!;
}

/** A few bytes that are not what they were, and one time in four an end too early. */
export function damaged(original: Uint8Array, random: Random): Buffer {
  const bytes = Buffer.from(original);
  for (let left = 1 + random(4); left > 0; left--) {
    // Most of what is interpreted stands at the two ends.
    const near = Math.min(bytes.length, 4096);
    const at = [random(near), bytes.length - 1 - random(near), random(bytes.length)][random(3)]!;
    const value = [0, 0xff, 0x7f, 0x80, random(256), bytes[at]! ^ (1 << random(8))][random(6)]!;
    bytes.fill(value, at, Math.min(at + [1, 1, 2, 4, 8][random(5)]!, bytes.length));
  }
  return random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** Sizes of chunks that end in the middle of things. */
export function chunkSize(random: Random): number {
  return 1 + random(random(2) === 0 ? 97 : 65_536);
}
