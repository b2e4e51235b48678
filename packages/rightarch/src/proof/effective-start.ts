import type { Image } from '../oci/index.ts';
import type { TargetAsk } from '../target/index.ts';
import type { Start } from './types.ts';

/** What a target starts instead of the image's own. */
export type StartOverride = Pick<TargetAsk, 'command' | 'entrypoint'>;

/**
 * The start that the runtime makes: the image's, with the target's entrypoint and command over it. A new entrypoint
 * drops the image's CMD, as in Docker and Kubernetes. Undefined where nothing names a program.
 */
export function effectiveStart({ config }: Image, override: StartOverride = {}): Start | undefined {
  const own = config.config ?? {};
  const { entrypoint, command } = override;
  const overridden = entrypoint !== undefined || command !== undefined;
  const head = entrypoint ?? own.Entrypoint ?? [];
  const tail = command ?? (entrypoint !== undefined ? [] : (own.Cmd ?? []));
  const argv = [...head, ...tail];
  if (argv.length === 0) return undefined;
  const cwd = own.WorkingDir || '/';
  return {
    argv,
    env: own.Env ?? [],
    cwd: cwd.startsWith('/') ? cwd : `/${cwd}`,
    user: own.User ?? '',
    from: overridden ? 'target' : 'image',
  };
}
