import { formatPlatform } from '../../../core/index.ts';
import { atInput, diagnostic } from '../../../messages/index.ts';
import type { CallOptions } from '../../../oci/index.ts';
import type { BuildEvent, BuildRequest, RunProgram } from '../../types.ts';
import { buildFailure, lostBuilder, noBuilder } from './failure.ts';
import { isSilent, type Node } from './node.ts';
import { BuildKitProgress, plainFailure } from './progress.ts';
import { type Patience, whileHeard } from './silence.ts';

/** Starts the program of a node, tells how it goes, and why it ended where it did not end well. */
export async function carryOut(
  run: RunProgram,
  words: readonly string[],
  parts: { readonly request: BuildRequest; readonly node: Node; readonly patience?: Patience | undefined },
  { signal, onEvent = () => {} }: CallOptions & { readonly onEvent?: (event: BuildEvent) => void },
): Promise<void> {
  const { request, node, patience } = parts;
  const progress = new BuildKitProgress(onEvent);
  const isDocker = node.engine === 'buildx';
  const env = isDocker && node.classic === 'docker build' ? { DOCKER_BUILDKIT: '1' } : {};
  const onSilent = (seconds: number): void => {
    const args = {
      builder: node.name,
      platforms: request.platforms.map((one) => formatPlatform(one.platform)),
      seconds,
    };
    const at = node.at ?? atInput('--engine');
    onEvent({ kind: 'diagnostic', diagnostic: diagnostic('engine/builder-silent', args, at) });
  };
  const lost = (seconds: number) => lostBuilder(request, node, `no word for ${seconds} s, and no answer`);
  const ask = async (asked: AbortSignal) => !(await isSilent(run, node, asked));
  const { status } = await whileHeard({ patience, ask, onSilent, lost, signal }, ({ heard, ...call }) => {
    const onError = (text: string): void => {
      heard();
      progress.write(text);
    };
    return run(isDocker ? 'docker' : 'buildctl', words, { ...call, env, onError });
  });
  if (status === undefined) throw noBuilder({ lack: isDocker ? 'program' : 'buildctl', detail: '' });
  if (status !== 0)
    throw buildFailure(request, node, { step: progress.failed ?? plainFailure(progress.text), text: progress.text });
}
