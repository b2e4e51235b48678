import type { Image } from '../oci/index.ts';
import { canRefuse, type TargetAsk } from '../target/index.ts';
import type { Start } from './types.ts';

/** What a target sets over the image's own start. */
export interface StartOverride extends Pick<TargetAsk, 'command' | 'entrypoint' | 'env' | 'user' | 'workdir'> {
  /** The runtime that runs it as a user of its own, where it does. */
  readonly ownUser?: { readonly of: string; readonly is: NonNullable<Start['ownUser']> };
}

/** The part of a target that changes the start; empty where it leaves the image's as it is. */
export function overrideOf(ask: TargetAsk, today?: string): StartOverride {
  const { command, entrypoint, env, user, workdir, target } = ask;
  const own = target.ownUser?.value === true ? target.ownUser : undefined;
  return {
    ...(own && { ownUser: { of: target.title, is: canRefuse(own, today) ? 'unprivileged' : 'anybody' } }),
    ...(command !== undefined ? { command } : {}),
    ...(entrypoint !== undefined ? { entrypoint } : {}),
    ...(env !== undefined && Object.keys(env).length > 0 ? { env } : {}),
    ...(user !== undefined ? { user } : {}),
    ...(workdir !== undefined ? { workdir } : {}),
  };
}

/**
 * The start that the runtime makes: the image's, with what the target sets over it. A new entrypoint drops the image's
 * CMD, as in Docker and Kubernetes; a variable replaces the one of its name. Undefined where nothing names a program.
 */
export function effectiveStart({ config }: Image, override: StartOverride = {}): Start | undefined {
  const own = config.config ?? {};
  const { entrypoint, command, env = {}, user, workdir, ownUser } = override;
  const head = entrypoint ?? own.Entrypoint ?? [];
  const tail = command ?? (entrypoint !== undefined ? [] : (own.Cmd ?? []));
  const argv = [...head, ...tail];
  if (argv.length === 0) return undefined;
  const cwd = workdir || own.WorkingDir || '/';
  const kept = (own.Env ?? []).filter((line) => !Object.hasOwn(env, line.slice(0, line.indexOf('='))));
  return {
    argv,
    env: [...kept, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
    cwd: cwd.startsWith('/') ? cwd : `/${cwd}`,
    // No name of an account has a parenthesis: this one is for readers.
    user: ownUser !== undefined ? `(${ownUser.of})` : (user ?? own.User ?? ''),
    ...(ownUser !== undefined ? { ownUser: ownUser.is } : {}),
    from: Object.keys(override).length > 0 ? 'target' : 'image',
  };
}
