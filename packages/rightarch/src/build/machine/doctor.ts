import { type Diagnostic, formatPlatform, type Platform, parsePlatform, samePlatform } from '../../core/index.ts';
import { atInput, diagnostic } from '../../messages/index.ts';
import type { BuildahTool } from '../engines/buildah/tool.ts';
import { lists, ownPlatform } from '../engines/buildkit/node.ts';
import type { BuilderHere } from './builders.ts';
import type { DockerHere } from './docker.ts';
import type { Emulator } from './emulators.ts';

/** What a machine can do about images, read from it and not guessed. */
export interface Machine {
  /** What containers run as here without an emulator; of an engine elsewhere, what they run as there. */
  readonly host: Platform;
  /** Undefined where nobody can tell. */
  readonly emulators: readonly Emulator[] | undefined;
  readonly docker: DockerHere;
  /** Docker's engine is on another machine. */
  readonly elsewhere?: boolean;
  /** Those of the configuration and of BUILDKIT_HOST, and where `buildctl` looks by itself if somebody is there. */
  readonly builders?: readonly BuilderHere[];
  /** Without a daemon; absent where neither of them is there. */
  readonly buildah?: BuildahTool | undefined;
}

/** How programs of a platform run here. */
export interface Runs {
  readonly platform: Platform;
  readonly how: 'native' | 'emulated' | 'not' | 'unknown';
  /** The emulator of the kernel, or the builder that says it can; undefined where that is neither. */
  readonly by: string | undefined;
}

export function howEachRuns(
  { host, emulators, docker, builders = [] }: Machine,
  wanted: readonly Platform[],
): readonly Runs[] {
  const { builder } = docker;
  return wanted.map((platform): Runs => {
    if (isOwn(platform, host)) return { platform, how: 'native', by: undefined };
    // Linux in Windows containers ended with Docker 23 (docs.docker.com/engine/deprecated, LCOW; 2026-11-30).
    const isOther = host.os === 'windows' && platform.os === 'linux';
    const up = builders.flatMap(({ name, answer }) => ('platforms' in answer ? [{ name, ...answer }] : []));
    const own = up.find((one) => isSame(ownPlatform(one), platform));
    if (own !== undefined) return { platform, how: 'native', by: own.name };
    const emulator = emulators?.find((one) => one.fault === undefined && isOneCpu(one.platform, platform));
    if (emulator !== undefined) return { platform, how: 'emulated', by: emulator.name };
    if (!('lack' in builder) && mayRun(builder, platform))
      return { platform, how: 'emulated', by: `docker buildx (${builder.name})` };
    const other = up.find((one) => lists(one.platforms, platform));
    if (other !== undefined) return { platform, how: 'emulated', by: other.name };
    // Whether a CPU of 64 bits runs those of 32, and which level it has, is not asked of it.
    const isKin =
      platform.architecture === host.architecture || (platform.architecture === 'arm' && host.architecture === 'arm64');
    const isOpen = !isOther && (emulators === undefined || isKin || platform.os !== 'linux');
    return { platform, how: isOpen ? 'unknown' : 'not', by: undefined };
  });
}

/** Programs that no emulator must ever be registered for here: the kernel would hand it its own. */
const isOwn = (platform: Platform, host: Platform): boolean =>
  samePlatform(platform, host) ||
  (platform.os === host.os && platform.architecture === '386' && host.architecture === 'amd64');

const isSame = (one: Platform | undefined, other: Platform): boolean => one !== undefined && samePlatform(one, other);

/** One emulator runs every variant. */
const isOneCpu = (one: Platform, other: Platform): boolean =>
  one.os === other.os && one.architecture === other.architecture;

/** What the image of BuildKit has emulators for, whatever it lists (moby/buildkit, Dockerfile, binfmt-filter; read 2026-11-29). */
const IN_BUILDKIT: ReadonlySet<string> = new Set(['amd64', 'arm64', 'arm', '386', 'riscv64', 's390x', 'ppc64le']);

const mayRun = (
  { driver, platforms }: { readonly driver: string; readonly platforms: readonly string[] },
  platform: Platform,
): boolean =>
  (driver === 'docker-container' && platform.os === 'linux' && IN_BUILDKIT.has(platform.architecture)) ||
  platforms.some((text) => {
    const listed = parsePlatform(text);
    return listed !== undefined && samePlatform(listed, platform);
  });

/** What is missing here for these platforms, each with what mends it. */
export function judgeMachine(machine: Machine, wanted: readonly Platform[]): readonly Diagnostic[] {
  const { emulators = [], docker, host, builders = [] } = machine;
  const runs = howEachRuns(machine, wanted);
  const at = atInput('binfmt_misc');
  const found: Diagnostic[] = [];
  if (host.os === 'windows')
    found.push(diagnostic('machine/windows-containers', { platform: formatPlatform(host) }, atInput('docker')));
  for (const { platform, how } of runs) {
    if (how !== 'not' || host.os === 'windows') continue;
    const broken = emulators.find((one) => isOneCpu(one.platform, platform));
    const text = formatPlatform(platform);
    if (broken?.fault === undefined) {
      const args = { platform: text, architecture: platform.architecture, host: formatPlatform(host) };
      found.push(diagnostic('machine/no-emulator', args, at));
    } else {
      const { name, interpreter, fault } = broken;
      const args = { platform: text, architecture: platform.architecture, name, interpreter, why: fault };
      found.push(diagnostic('machine/emulator-unusable', args, at));
    }
  }
  if (docker.legacy !== undefined) {
    const args = { version: docker.client ?? '', why: docker.legacy };
    found.push(diagnostic('machine/legacy-builder', args, atInput('docker')));
  }
  // A machine without Docker lacks nothing that the embedded engine does.
  // That buildx is missing was said already where it is the reason of something worse.
  const isSaid = (lack: string): boolean =>
    host.os === 'windows' || (docker.legacy === 'no-buildx' && lack === 'buildx');
  if ('lack' in docker.builder && docker.builder.lack !== 'program' && !isSaid(docker.builder.lack)) {
    const args = { engine: 'buildx', lack: docker.builder.lack };
    found.push(
      diagnostic('engine/unavailable', args, atInput('docker'), {
        severity: 'warning',
        because: docker.builder.detail === '' ? [] : [docker.builder.detail],
      }),
    );
  }
  for (const { name, of, at: place, answer } of builders) {
    if ('down' in answer) {
      const because = answer.down.split('\n').filter(Boolean);
      const args = { builder: name, platforms: of, during: false };
      found.push(diagnostic('engine/builder-down', args, place, { because }));
    } else if ('lack' in answer) found.push(diagnostic('engine/unavailable', { engine: 'buildctl', ...answer }, place));
  }
  return found;
}
