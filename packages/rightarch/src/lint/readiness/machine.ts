import { listFits, nodeCpu, normalizePlatform, type Platform } from '../../core/index.ts';
import { type PlatformPackage, parsePlatformPackage } from '../../proof/index.ts';

export type Libc = 'glibc' | 'musl';

/** What packages are asked for: a platform with one of the two libraries that Linux programs are linked to. */
export interface Machine {
  readonly platform: Platform;
  readonly libc: Libc;
}

interface Limits {
  readonly os: readonly string[] | undefined;
  readonly cpu: readonly string[] | undefined;
  readonly libc: readonly string[] | undefined;
}

/** Whether the lists of a package leave it to be installed there. */
export function limitsFit({ os, cpu, libc }: Limits, { platform, libc: own }: Machine): boolean {
  return listFits('linux', os) && listFits(nodeCpu(platform), cpu) && listFits(own, libc);
}

/** The platform that the name of a package tells; of one that names none, undefined. */
export function platformOfPackage(name: string): PlatformPackage | undefined {
  return parsePlatformPackage(name.replace(/-baseline$/, ''));
}

/** Whether a name stands for the CPU of a machine, on Linux. */
export function isForCpu(found: PlatformPackage, { platform }: Machine): boolean {
  return found.os === 'linux' && found.architecture === normalizePlatform(platform).architecture;
}
