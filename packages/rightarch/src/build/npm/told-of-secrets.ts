import type { Call } from '../run/commands/command.ts';
import { Refusal } from '../run/refusal.ts';
import type { RunSecrets } from '../stage-files.ts';
import type { NpmConfig } from './npmrc.ts';

/**
 * What a registry's no has to do with the secrets of the RUN: one that nobody gave, or one that is where this npm does
 * not look, or that its user may not read.
 */
export function toldOfSecrets(
  thrown: unknown,
  secrets: RunSecrets | undefined,
  { call, config }: { readonly call: Call; readonly config: NpmConfig },
): unknown {
  if (secrets === undefined || !(thrown instanceof Refusal) || thrown.code !== 'npm/fetch-failed') return thrown;
  const args = thrown.args as { readonly url: string; readonly why: string };
  if (!/^HTTP 40[134]$/.test(args.why)) return thrown;
  const { offset, because } = thrown;
  const [absent] = secrets.absent;
  const [unread] = secrets.files.values();
  const told =
    absent !== undefined
      ? { absent: { id: absent[0], source: absent[1] } }
      : unread !== undefined && !config.mounted
        ? { unread: { id: unread.id, file: config.userFile, uid: call.kernel.who.uid } }
        : {};
  return new Refusal(
    'npm/fetch-failed',
    { ...args, ...told },
    offset === undefined ? { because } : { offset, because },
  );
}
