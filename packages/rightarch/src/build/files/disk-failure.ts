import { atInput, failure } from '../../messages/index.ts';
import { isSystemError } from '../../oci/files.ts';

/** An error of the disk under a directory of the cache in our words; every other error as it is. */
export function diskFailure(cause: unknown, directory: string): unknown {
  if (!(cause instanceof Error) || !isSystemError(cause)) return cause;
  return failure('engine/write-failed', { directory, detail: cause.message }, atInput(directory), 'outside', { cause });
}
