import type { Platform } from '../../core/index.ts';
import { type TargetId, targets } from '../../target/index.ts';
import type { FoundRuntime, Place } from '../found.ts';

/** A runtime as a file shows it: with the CPU that it declares, else the one that the runtime's facts give. */
export function runtimeAt(
  runtime: TargetId,
  at: Place,
  seen: {
    readonly name?: string | undefined;
    readonly declared?: readonly Platform[] | undefined;
    /** A CPU is declared, by something that is not read here. */
    readonly open?: boolean;
  },
): FoundRuntime {
  const target = targets[runtime];
  const base = { runtime, name: seen.name, at };
  if (seen.declared !== undefined && seen.declared.length > 0)
    return { ...base, platforms: seen.declared, how: 'declared' };
  if (target.platforms.value.length === 1) return { ...base, platforms: target.platforms.value, how: 'only' };
  if (seen.open === true) return { ...base, platforms: [], how: 'open' };
  const fallback = target.fallback === 'unknown' ? undefined : target.fallback.value;
  const platform = target.platforms.value.find(({ architecture }) => architecture === fallback);
  return platform === undefined
    ? { ...base, platforms: [], how: 'node' }
    : { ...base, platforms: [platform], how: 'default' };
}
