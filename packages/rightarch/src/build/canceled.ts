import { Failure } from '../core/index.ts';
import { atInput, failure } from '../messages/index.ts';
import type { CallOptions } from '../oci/index.ts';
import type { BuildRequest } from './types.ts';

/** A stop that was asked for is one clear sentence, not an AbortError from somewhere. */
export async function canceled<T>(request: BuildRequest, call: CallOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (call.signal?.aborted !== true || cause instanceof Failure) throw cause;
    throw failure('engine/canceled', { image: request.name }, atInput(request.name), 'outside', { cause });
  }
}
