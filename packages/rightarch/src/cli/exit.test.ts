import { expect, test } from 'vitest';
import { exitOfBlame, worstExit } from './exit.ts';

test.each([
  ['request', 2],
  ['outside', 3],
  ['bug', 70],
] as const)('who must act: %s is %d', (blame, status) => expect(exitOfBlame(blame)).toBe(status));

test.each([
  [[], 0],
  [[0, 0], 0],
  [[0, 1], 1],
  [[1, 3], 3],
  [[3, 2, 1], 2],
  [[0, 2, 70, 3], 70],
] as const)('of %j the worst is %d', (statuses, worst) => {
  expect(worstExit(statuses)).toBe(worst);
  expect(worstExit([...statuses].reverse())).toBe(worst);
});
