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
