import { expect, test } from 'vitest';
import { firstFailure } from './first-failure.ts';

test('the first failure is told when all others have come to rest', async () => {
  let isAtRest = false;
  let finish = (): void => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  }).then(() => {
    isAtRest = true;
  });
  const later = slow.then(() => Promise.reject(new Error('second')));
  const told = firstFailure([later, Promise.reject(new Error('first')), slow]).catch((error: unknown) => {
    expect(isAtRest).toBe(true);
    return error;
  });
  setTimeout(finish, 5);
  expect(await told).toEqual(new Error('first'));
});

test('results stay in their order', async () => {
  expect(await firstFailure([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
});
