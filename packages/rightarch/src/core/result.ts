import { type Blame, type Diagnostic, Failure } from './diagnostic.ts';

/** A value, or the one diagnostic that says why there is none. Nothing is thrown. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: Diagnostic };

/** Wraps a value as a successful result. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Wraps a diagnostic as a failed result. */
export function no(why: Diagnostic): Result<never> {
  return { ok: false, why };
}

/** The value, or the diagnostic thrown as a failure that `blame` has to act on. */
export function orThrow<T>(result: Result<T>, blame: Blame): T {
  if (result.ok) return result.value;
  throw new Failure(result.why, blame);
}
