import type { Platform } from '../../core/index.ts';
import { type TargetId, targets } from '../../target/index.ts';
import type { FoundName, FoundRuntime, Place } from '../found.ts';

/** A runtime as a file shows it: with the CPU that it declares, else the one that the runtime's facts give. */
export function runtimeAt(
  runtime: TargetId,
  at: Place,
  seen: {
    readonly name?: string | undefined;
    readonly declared?: readonly Platform[] | undefined;
    /** A CPU is declared, by something that is not read here. */
    readonly open?: boolean;
    /** It has the CPU of machines that stand elsewhere, whatever the runtime has otherwise. */
    readonly onInstances?: boolean | undefined;
    readonly images?: FoundRuntime['images'];
    readonly placement?: FoundRuntime['placement'];
  },
): FoundRuntime {
  const target = targets[runtime];
  const { images, placement } = seen;
  const base = {
    runtime,
    name: seen.name,
    at,
    ...(images === undefined || images.length === 0 ? {} : { images }),
    ...(placement === undefined ? {} : { placement }),
  };
  if (seen.declared !== undefined && seen.declared.length > 0)
    return { ...base, platforms: seen.declared, how: 'declared' };
  if (target.platforms.value.length === 1) return { ...base, platforms: target.platforms.value, how: 'only' };
  if (seen.open === true) return { ...base, platforms: [], how: 'open' };
  if (seen.onInstances === true) return { ...base, platforms: [], how: 'node' };
  const fallback = target.fallback === 'unknown' ? undefined : target.fallback.value;
  const platform = target.platforms.value.find(({ architecture }) => architecture === fallback);
  return platform === undefined
    ? { ...base, platforms: [], how: 'node' }
    : { ...base, platforms: [platform], how: 'default' };
}

/**
 * Registries from which one platform alone runs what is pushed to them
 * (https://devcenter.heroku.com/articles/container-registry-and-runtime, https://fly.io/docs/blueprints/using-the-fly-docker-registry/,
 * read 2026-11-30).
 */
const REGISTRIES: readonly (readonly [host: string, runtime: TargetId])[] = [
  ['registry.heroku.com/', 'heroku'],
  ['registry.fly.io/', 'fly'],
];

/** Runtimes that no file declares, and a name that is pushed does. */
export const runtimesByName = (names: readonly FoundName[], found: readonly FoundRuntime[]): readonly FoundRuntime[] =>
  REGISTRIES.flatMap(([host, runtime]) => {
    const name = names.find(({ how, repository }) => how === 'pushed' && repository.startsWith(host));
    if (name === undefined || found.some((one) => one.runtime === runtime)) return [];
    const app = name.repository.slice(host.length).split('/')[0];
    return [runtimeAt(runtime, name.at, { name: app?.includes('?') === true ? undefined : app })];
  });
