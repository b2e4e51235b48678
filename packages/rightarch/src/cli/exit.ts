import type { Blame } from '../core/index.ts';

/** 0 done and clean, 1 findings or not proven, 2 bad request, 3 could not be carried out, 70 a bug of ours. */
export type ExitStatus = 0 | 1 | 2 | 3 | 70;

/** The status of a failure by who must act. */
export function exitOfBlame(blame: Blame): ExitStatus {
  return blame === 'request' ? 2 : blame === 'outside' ? 3 : 70;
}

/** The status of several outcomes: 70, 3 and 2 win over 1. */
export function worstExit(statuses: readonly ExitStatus[]): ExitStatus {
  const order: readonly ExitStatus[] = [70, 2, 3, 1];
  return order.find((status) => statuses.includes(status)) ?? 0;
}
