import { type Platform, parsePlatform } from '../../../core/index.ts';
import { atInput, failure } from '../../../messages/index.ts';
import { patient } from '../../patient.ts';
import type { RunProgram } from '../../types.ts';

/** A program that builds without a daemon. */
export interface BuildahTool {
  readonly command: 'buildah' | 'podman';
  /** Its own: `1.28.2`. */
  readonly version: string;
  /** Of the machine that it builds on: for podman on macOS and Windows that is a virtual one. */
  readonly platform: Platform;
  /** Only a client of podman's, as always on macOS and Windows. */
  readonly isRemote: boolean;
}

/**
 * buildah itself, else podman, which has it in it. Undefined where neither is there or answers. `podman info` would say more,
 * but asks the package manager who each of its helpers is from: 24 s on a busy machine (podman 4.3, 2026-11-30).
 */
export async function findBuildah(run: RunProgram, signal?: AbortSignal): Promise<BuildahTool | undefined> {
  const info = await patient(run)('buildah', ['info'], { signal });
  const platform = info.status === 0 ? parseInfo(info.out) : undefined;
  if (platform !== undefined) {
    const { out } = await patient(run)('buildah', ['--version'], { signal });
    return { command: 'buildah', version: /\d[\w.]*/.exec(out)?.[0] ?? '', platform, isRemote: false };
  }
  const podman = await patient(run)('podman', ['version', '--format', 'json'], { signal });
  const found = podman.status === 0 ? parseVersion(podman.out) : undefined;
  return found && { command: 'podman', ...found };
}

/** `buildah info` is JSON with `arch` of the host. */
export function parseInfo(text: string): Platform | undefined {
  return parsePlatform(`linux/${/^\s*"arch":\s*"(\w+)"/m.exec(text)?.[1] ?? ''}`);
}

/** `podman version`: where it is only a client, the one that builds is its server. */
export function parseVersion(json: string): Omit<BuildahTool, 'command'> | undefined {
  try {
    const { Client, Server } = JSON.parse(json) as Readonly<
      Record<'Client' | 'Server', { readonly Version?: string; readonly OsArch?: string } | null | undefined>
    >;
    const { Version = '', OsArch = '' } = Server ?? Client ?? {};
    const platform = parsePlatform(OsArch);
    return platform?.os === 'linux'
      ? { version: Version, platform, isRemote: Server !== undefined && Server !== null }
      : undefined;
  } catch {
    return undefined;
  }
}

/** There is nobody. */
export const noBuildah = () =>
  failure('engine/unavailable', { engine: 'buildah', lack: 'buildah' }, atInput('--engine'), 'outside');
