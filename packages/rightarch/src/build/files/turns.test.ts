import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { takingTurns } from './turns.ts';

test('never more at once, all in the order they came, failures too', async () => {
  const turn = takingTurns(3);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      turn(async () => {
        begun.push(i);
        most = Math.max(most, ++running);
        await sleep(i % 3);
        running--;
        if (i % 4 === 0) throw new Error(`${i}`);
        return i;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(begun).toEqual(begun.toSorted((one, other) => one - other));
  expect(results.map(({ status }) => status)).toEqual(
    Array.from({ length: 20 }, (_, i) => (i % 4 === 0 ? 'rejected' : 'fulfilled')),
  );
});
