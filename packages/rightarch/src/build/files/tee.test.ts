import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tee } from './tee.ts';

async function* counting(count: number, made: number[] = []) {
  for (let i = 0; i < count; i++) {
    made.push(i);
    yield Uint8Array.of(i);
  }
}

async function read(stream: AsyncIterable<Uint8Array>, slow: boolean): Promise<number[]> {
  const out: number[] = [];
  for await (const chunk of stream) {
    out.push(chunk[0]!);
    if (slow) await sleep(0);
  }
  return out;
}

test('both read everything in order, whoever is slow', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.boolean(), fc.boolean(), async (count, one, other) => {
      const { source, copy } = tee(counting(count));
      const [first, second] = await Promise.all([read(source, one), read(copy, other)]);
      expect(first).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(second).toEqual(first);
    }),
    { numRuns: 20 },
  );
});

test('a slow second reader holds the first back: memory is bounded', async () => {
  const made: number[] = [];
  const { source, copy } = tee(counting(100, made));
  const reading = read(source, false);
  await sleep(5);
  expect(made.length).toBeLessThan(12);
  await copy.return?.();
  expect(await reading).toHaveLength(100);
});

test('a first reader that fails, leaves or never begins ends the second', async () => {
  const failing = async function* () {
    yield Uint8Array.of(1);
    throw new Error('disk');
  };
  const one = tee(failing());
  const both = await Promise.allSettled([read(one.source, false), read(one.copy, false)]);
  expect(both.map((result) => (result.status === 'rejected' ? result.reason.message : ''))).toEqual(['disk', 'disk']);

  const two = tee(counting(5));
  const second = read(two.copy, false);
  for await (const _ of two.source) break;
  await expect(second).rejects.toThrow('has left');

  const three = tee(counting(5));
  const waiting = read(three.copy, false);
  three.stop(new Error('no file to write to'));
  await expect(waiting).rejects.toThrow('no file to write to');
});
