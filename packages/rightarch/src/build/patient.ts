import type { RunProgram } from './types.ts';

/** Longer than any engine takes that is awake. */
export const PATIENCE_MS = 10_000;
export const SILENT = `no answer for ${PATIENCE_MS / 1000} s`;

/** A program that does not answer is one that said nothing, and is not asked again. */
export function patient(run: RunProgram): RunProgram {
  const silent = { status: 1, out: '', err: SILENT };
  let isSilent = false;
  return async (command, args, options = {}) => {
    if (isSilent) return silent;
    const limit = AbortSignal.timeout(PATIENCE_MS);
    const { signal } = options;
    try {
      const both = signal === undefined ? limit : AbortSignal.any([signal, limit]);
      return await run(command, args, { ...options, signal: both });
    } catch (error) {
      if (signal?.aborted === true || !limit.aborted) throw error;
      isSilent = true;
      return silent;
    }
  };
}
