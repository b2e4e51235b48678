import { type Failure, formatPlatform, type Platform } from '../../../core/index.ts';
import { atInput, diagnostic } from '../../../messages/index.ts';
import type { CallOptions } from '../../../oci/index.ts';
import { patient } from '../../patient.ts';
import type { BuildEvent, BuildRequest, RunProgram } from '../../types.ts';
import { buildFailure, isHalfFetched, lostBuilder, noBuilder } from './failure.ts';
import { forgetHalf, isSilent, type Node } from './node.ts';
import { BuildKitProgress, plainFailure } from './progress.ts';
import { type Patience, whileHeard } from './silence.ts';

type Call = CallOptions & { readonly onEvent?: (event: BuildEvent) => void };

interface Parts {
  readonly request: BuildRequest;
  readonly node: Node;
  readonly patience?: Patience | undefined;
}

/** Starts the program of a node, tells how it goes, and why it ended where it did not end well. */
export async function carryOut(run: RunProgram, words: readonly string[], parts: Parts, call: Call): Promise<void> {
  const failed = await attempt(run, words, parts, call);
  if (failed === undefined) return;
  if (!isHalfFetched(failed)) throw failed;
  const { command, args } = forgetHalf(parts.node);
  await patient(run)(command, args, { signal: call.signal });
  const again = await attempt(run, words, parts, call);
  if (again !== undefined) throw again;
}

async function attempt(
  run: RunProgram,
  words: readonly string[],
  { request, node, patience }: Parts,
  { signal, onEvent = () => {} }: Call,
): Promise<Failure | undefined> {
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
  if (status === 0) return undefined;
  return buildFailure(request, node, { step: progress.failed ?? plainFailure(progress.text), text: progress.text });
}

/** Of one platform alone BuildKit says none, and here others go on beside it. */
export function toldAs([platform, ...more]: readonly Platform[], { onEvent }: Call): Pick<Call, 'onEvent'> {
  if (onEvent === undefined || platform === undefined || more.length > 0) return {};
  const name = formatPlatform(platform);
  return {
    onEvent: (event) => {
      if (event.kind !== 'told' || event.text.startsWith(`[${name} `)) onEvent(event);
      else
        onEvent({ ...event, text: event.text.replace(/^\[?/, (start) => (start === '' ? `[${name}] ` : `[${name} `)) });
    },
  };
}
