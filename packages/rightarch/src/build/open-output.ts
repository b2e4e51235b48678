import { readdir, stat } from 'node:fs/promises';
import { atInput, failure } from '../messages/index.ts';
import { type CallOptions, createLayoutSink, leaseToWrite } from '../oci/index.ts';
import { isLayoutName } from '../oci/layout-sink.ts';

/** The layout that a build writes into. Nothing is written into a directory that holds something else. */
export async function openOutput(
  { directory, newestOnly = false }: { readonly directory: string; readonly newestOnly?: boolean | undefined },
  options: CallOptions,
): Promise<ReturnType<typeof createLayoutSink>> {
  await refuseForeign(directory);
  // From here on what lies there is counted on.
  await leaseToWrite(directory, options);
  return createLayoutSink(directory, { newestOnly });
}

/** Asked before a long build too, which would otherwise end for nothing. */
export async function refuseForeign(directory: string): Promise<void> {
  const names = await readdir(directory).catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [] as string[];
    // A file of that name, as against one somewhere above.
    if (cause.code === 'ENOTDIR' && (await stat(directory).catch(() => undefined)) !== undefined) return undefined;
    throw failure('engine/write-failed', { directory, detail: cause.message }, atInput(directory), 'outside', {
      cause,
    });
  });
  if (names !== undefined && (names.includes('oci-layout') || names.every(isLayoutName))) return;
  throw failure('engine/output-not-layout', { directory }, atInput('--output'), 'request');
}
