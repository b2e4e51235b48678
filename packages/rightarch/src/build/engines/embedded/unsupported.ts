import type { Diagnostic } from '../../../core/index.ts';
import type { Mount } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { recognizeRun } from '../../run/index.ts';
import type { PreparedOperation } from '../../stage/prepare.ts';
import type { CopyOperation, RunOperation } from '../../stage/resolve-stage.ts';
import type { Step } from '../../types.ts';

export type Verdict = { readonly how: Exclude<Step['how'], 'refused'> } | { readonly refused: Diagnostic };

/**
 * What the embedded engine does with an operation, from the Dockerfile alone. `docker` builds the same with Docker:
 * engines that do the rest come with a later version, and a refusal has to help today.
 */
export function judge(operation: PreparedOperation, docker: string): Verdict {
  if (operation.kind === 'copy') return judgeCopy(operation, docker);
  if (operation.kind === 'run') return judgeRun(operation, docker);
  return { how: 'metadata' };
}

function judgeCopy(operation: CopyOperation, docker: string): Verdict {
  const refuse = (what: string): Verdict => refused(operation, operation.add ? 'ADD' : 'COPY', what, docker);
  if (operation.add) {
    const [special] = operation.special;
    if (special !== undefined) return refuse(special);
    const remote = operation.sources.find((source) => /^(?:https?|git|ssh|ftp):\/\/|^git@/.test(source));
    if (remote !== undefined) return refuse(remote);
  }
  if (operation.chmod !== '' && !/^[0-7]{1,4}$/.test(operation.chmod)) return refuse(`--chmod=${operation.chmod}`);
  return { how: 'copy' };
}

function judgeRun(operation: RunOperation, docker: string): Verdict {
  const refuse = (what: string): Verdict => refused(operation, 'RUN', what, docker);
  const recognized = recognizeRun(operation.input, { shell: operation.shell, docker });
  for (const { name, value } of operation.flags) {
    if (name === 'network') {
      // Without a network an install would fail in Docker; file work does not ask.
      const installs = 'how' in recognized && recognized.how === 'install';
      if (value === 'default' || value === 'host' || (value === 'none' && !installs)) continue;
      return refuse(`--network=${value}`);
    }
    if (name === 'security' && value === 'sandbox') continue;
    if (name === 'mount' && operation.mounts.every((mount) => ignorableMount(mount) !== undefined)) continue;
    return refuse(`--${name}=${value}`);
  }
  return 'how' in recognized ? recognized : { refused: recognized.refused };
}

/**
 * The target of a mount that cannot be seen in the result: an empty cache or tmpfs. The builder holds it to that:
 * nothing may be at the target before, and nothing may be left there.
 */
export function ignorableMount({ type, fields }: Mount): string | undefined {
  if (type !== 'cache' && type !== 'tmpfs') return undefined;
  if (fields.has('from') || fields.has('source') || fields.has('src')) return undefined;
  return fields.get('target') ?? fields.get('dst') ?? fields.get('destination');
}

function refused(operation: PreparedOperation, instruction: string, what: string, docker: string): Verdict {
  return { refused: diagnostic('plan/not-embedded', { instruction, what, docker }, operation.at) };
}
