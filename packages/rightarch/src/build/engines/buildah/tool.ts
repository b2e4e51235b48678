import { type Platform, parsePlatform } from '../../../core/index.ts';
import { atInput, failure } from '../../../messages/index.ts';
import { patient } from '../../patient.ts';
import type { RunProgram } from '../../types.ts';

/** A program that builds without a daemon. */
export interface BuildahTool {
  readonly command: 'buildah' | 'podman';
  /** Of the buildah that is in it. */
  readonly version: readonly [major: number, minor: number];
  /** Of the machine that it builds on: for podman on macOS and Windows that is a virtual one. */
  readonly platform: Platform;
}

/** buildah itself, else podman, which has it in it. Undefined where neither is there or answers. */
export async function findBuildah(run: RunProgram, signal?: AbortSignal): Promise<BuildahTool | undefined> {
  for (const command of ['buildah', 'podman'] as const) {
    const { status, out } = await patient(run)(command, ['info'], { signal });
    if (status !== 0) continue;
    const found = parseInfo(out);
    if (found === undefined) continue;
    const said = found.version ?? (await patient(run)(command, ['--version'], { signal })).out;
    const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? [];
    return { command, version: [Number(major ?? 0), Number(minor ?? 0)], platform: found.platform };
  }
  return undefined;
}

/** `buildah info` is JSON, `podman info` YAML; both have `arch` of the host, and podman the buildah in it. */
export function parseInfo(text: string): { readonly platform: Platform; readonly version?: string } | undefined {
  const value = (key: string) => new RegExp(`^\\s*"?${key}"?:\\s*"?([\\w.-]+)`, 'm').exec(text)?.[1];
  const platform = parsePlatform(`linux/${value('arch') ?? ''}`);
  const version = value('buildahVersion');
  if (platform === undefined) return undefined;
  return { platform, ...(version === undefined ? {} : { version }) };
}

/** There is nobody. */
export const noBuildah = () =>
  failure('engine/unavailable', { engine: 'buildah', lack: 'buildah' }, atInput('--engine'), 'outside');
