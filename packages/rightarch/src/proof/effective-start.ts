import type { Image } from '../oci/index.ts';
import { canRefuse, type OpenSetting, type StartSettings, type TargetAsk } from '../target/index.ts';
import { LAMBDA_API } from './entry-scripts.ts';
import { narrowed } from './open-start.ts';
import type { Start } from './types.ts';

/** What a target sets over the image's own start. */
export interface StartOverride extends Omit<StartSettings, 'readOnly' | 'nonRoot' | 'setAt'> {
  /** The runtime that runs it as a user of its own, where it does. */
  readonly ownUser?: { readonly of: string; readonly is: NonNullable<Start['ownUser']> };
  /** Variables that the runtime itself sets. */
  readonly ownEnv?: readonly string[];
}

const FIELDS = ['command', 'entrypoint', 'user', 'group', 'workdir'] as const;
const LISTS = ['groups', 'mounts', 'open'] as const;

/** The part of a target that changes the start; empty where it leaves the image's as it is. */
export function overrideOf(ask: TargetAsk, today?: string): StartOverride {
  const { env, target } = ask;
  const own = target.ownUser?.value === true ? target.ownUser : undefined;
  return {
    ...(own && { ownUser: { of: target.title, is: canRefuse(own, today) ? 'unprivileged' : 'anybody' } }),
    // To which address nobody knows, and that it is one is enough.
    ...(target.requires?.some(({ value }) => value === 'lambda-runtime-api') && {
      ownEnv: [`${LAMBDA_API}=127.0.0.1:9001`],
    }),
    ...Object.fromEntries(FIELDS.flatMap((key) => (ask[key] === undefined ? [] : [[key, ask[key]]]))),
    ...(env !== undefined && Object.keys(env).length > 0 ? { env } : {}),
    ...Object.fromEntries(LISTS.flatMap((key) => ((ask[key]?.length ?? 0) === 0 ? [] : [[key, ask[key]]]))),
  };
}

/** The settings of a target that are about the start, by the words of its configuration; what is open counts. */
export function settingsOf(ask: TargetAsk): readonly string[] {
  const { command, entrypoint, env = {}, user, group, workdir, readOnly, mounts = [], open = [] } = ask;
  const isOpen = (field: OpenSetting['field']): boolean => open.some((one) => one.field === field);
  const set: Readonly<Record<string, boolean>> = {
    entrypoint: entrypoint !== undefined || isOpen('entrypoint'),
    command: command !== undefined || isOpen('command'),
    user: user !== undefined || group !== undefined || ask.nonRoot === true || isOpen('user') || isOpen('group'),
    workdir: workdir !== undefined || isOpen('workdir'),
    env: Object.keys(env).length > 0 || isOpen('env'),
    'read-only': readOnly !== undefined && ask.target.readOnlyRoot === undefined,
    mounts: mounts.length > 0,
  };
  return Object.keys(set).filter((key) => set[key]);
}

/**
 * An entrypoint of one empty word is none, and still drops the image's CMD where a target sets it (moby, daemon/create.go,
 * mergeAndVerifyConfig; of an image also containerd, internal/cri/opts/spec_opts.go, WithProcessArgs; read 2026-11-29).
 */
const withoutEmpty = (words: readonly string[] | undefined | null): readonly string[] | undefined =>
  words?.length === 1 && words[0] === '' ? [] : (words ?? undefined);

/**
 * The start that the runtime makes: the image's, with what the target sets over it. A new entrypoint drops the image's
 * CMD, as in Docker and Kubernetes, an empty one does not (moby, daemon/commit.go, merge, read 2026-11-29); a variable
 * replaces the one of its name. Undefined where nothing names a program.
 */
export function effectiveStart({ config }: Image, override: StartOverride = {}): Start | undefined {
  const own = config.config ?? {};
  const { entrypoint, command, env = {}, user, group, groups, workdir, ownUser, ownEnv = [], mounts } = override;
  const open = narrowed(override.open ?? [], env);
  const head = withoutEmpty(entrypoint ?? own.Entrypoint) ?? [];
  const tail = command ?? ((entrypoint?.length ?? 0) > 0 ? [] : (own.Cmd ?? []));
  const argv = [...head, ...tail];
  if (argv.length === 0 && !open.some(({ field }) => field === 'command' || field === 'entrypoint')) return undefined;
  const cwd = workdir || own.WorkingDir || '/';
  const kept = (own.Env ?? []).filter((line) => !Object.hasOwn(env, line.slice(0, line.indexOf('='))));
  const name = user ?? own.User ?? '';
  const { mounts: _, groups: __, open: ___, ...changes } = override;
  return {
    argv,
    env: [...kept, ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...ownEnv],
    cwd: cwd.startsWith('/') ? cwd : `/${cwd}`,
    // No name of an account has a parenthesis: this one is for readers.
    user:
      ownUser !== undefined ? `(${ownUser.of})` : group === undefined ? name : `${name.split(':')[0] || '0'}:${group}`,
    ...(ownUser !== undefined ? { ownUser: ownUser.is } : {}),
    ...(groups !== undefined ? { groups } : {}),
    ...(mounts !== undefined ? { mounts } : {}),
    ...(open.length > 0 ? { open } : {}),
    from: Object.keys(changes).length > 0 || open.length > 0 ? 'target' : 'image',
  };
}
