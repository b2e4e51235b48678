import { setMaxListeners } from 'node:events';
import type { CallOptions } from '../oci/index.ts';

/** All results, or the first failure that happened, after everything has come to rest: nothing is left writing behind it. */
export async function firstFailure<T>(work: readonly Promise<T>[]): Promise<T[]> {
  let first: { readonly cause: unknown } | undefined;
  const noted = work.map((one) =>
    one.catch((cause: unknown) => {
      first ??= { cause };
      throw cause;
    }),
  );
  await Promise.allSettled(noted);
  if (first !== undefined) throw first.cause;
  return Promise.all(noted);
}

/** Work that stands or falls as one: the first failure stops the rest of it before it is told. */
export function together({ signal }: CallOptions): {
  /** What the work has to listen to. */
  readonly signal: AbortSignal;
  all<T>(work: readonly Promise<T>[]): Promise<T[]>;
} {
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  // Every stream of every part listens to it.
  setMaxListeners(0, both);
  const stopping = (cause: unknown): never => {
    stop.abort(cause);
    throw cause;
  };
  return { signal: both, all: (work) => firstFailure(work.map((one) => one.catch(stopping))) };
}
