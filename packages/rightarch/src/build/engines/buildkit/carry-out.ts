import type { CallOptions } from '../../../oci/index.ts';
import type { BuildEvent, BuildRequest, RunProgram } from '../../types.ts';
import { buildFailure, noBuilder } from './failure.ts';
import type { Node } from './node.ts';
import { BuildKitProgress, plainFailure } from './progress.ts';

/** Starts the program of a node, tells how it goes, and why it ended where it did not end well. */
export async function carryOut(
  run: RunProgram,
  words: readonly string[],
  { request, node }: { readonly request: BuildRequest; readonly node: Node },
  { signal, onEvent = () => {} }: CallOptions & { readonly onEvent?: (event: BuildEvent) => void },
): Promise<void> {
  const progress = new BuildKitProgress(onEvent);
  const isDocker = node.engine === 'buildx';
  const env = isDocker && node.classic === 'docker build' ? { DOCKER_BUILDKIT: '1' } : {};
  const onError = (text: string) => progress.write(text);
  const { status } = await run(isDocker ? 'docker' : 'buildctl', words, { signal, env, onError });
  if (status === undefined) throw noBuilder({ lack: isDocker ? 'program' : 'buildctl', detail: '' });
  if (status !== 0)
    throw buildFailure(request, node, { step: progress.failed ?? plainFailure(progress.text), text: progress.text });
}
