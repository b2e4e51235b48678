import { type BuilderPool, type ConfiguredBuilder, formatPlatform } from '../../../core/index.ts';
import type { CallOptions } from '../../../oci/index.ts';
import { csvRow } from '../../docker-flags.ts';
import { patient } from '../../patient.ts';
import type { RunProgram } from '../../types.ts';
import { type Builder, inspectBuilder } from './builder.ts';

/** A builder of `docker buildx` that stands for pods. */
export interface PoolBuilder extends Builder {
  /** `docker buildx` does not have it yet: the command that makes it. */
  readonly madeBy?: readonly string[];
}

/** What is known of a pool before it is used. Whether its pods can start only the build meets: buildx says nothing of it. */
export async function askPool(
  run: RunProgram,
  { name, platform, pool }: ConfiguredBuilder & { readonly pool: BuilderPool },
  signal?: AbortSignal,
): Promise<PoolBuilder | { readonly error: string }> {
  const found = await inspectBuilder(patient(run), name, signal);
  const isNew = 'error' in found && /no builder .* found/.test(found.error);
  if ('error' in found && !isNew) return found;
  const { driver, platforms: said } = 'error' in found ? { driver: 'kubernetes', platforms: [] } : found;
  if (driver !== 'kubernetes') return { error: `${name}: a builder of the driver ${driver}` };
  // buildx puts first what its owner named, and the machines are those that the selector has.
  const wanted = formatPlatform(platform);
  const platforms = [...new Set([formatPlatform(pool.runsOn), wanted, ...said])];
  return { name, driver, platforms, ...(isNew ? { madeBy: creation(name, wanted, pool) } : {}) };
}

/** Nothing starts yet: buildx writes it down. What is there under the name already becomes the same. */
const creation = (name: string, platform: string, { node, options }: BuilderPool): readonly string[] => [
  ...['buildx', 'create', '--name', name, '--node', node, '--driver', 'kubernetes', '--platform', platform],
  ...Object.entries(options).flatMap(([key, value]) => ['--driver-opt', csvRow([`${key}=${value}`])]),
];

/** Makes it where it is not there; what docker said where it could not. */
export async function makePool(
  run: RunProgram,
  { madeBy }: PoolBuilder,
  { signal }: CallOptions,
): Promise<string | undefined> {
  if (madeBy === undefined) return undefined;
  const { status, out, err } = await patient(run)('docker', madeBy, { signal });
  return status === 0 ? undefined : status === undefined ? 'docker: not found' : (err || out).trim();
}
