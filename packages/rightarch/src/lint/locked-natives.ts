import { posix } from 'node:path';
import type { DockerfileView } from './documents/dockerfile.ts';
import { readLockfile } from './lockfiles/index.ts';
import type { Output } from './native-output.ts';
import { leavesOutDevelopment } from './readiness/installs.ts';
import type { RuleContext } from './rule.ts';

/** The native packages that an install of a stage brings. Undefined where no lockfile tells. */
export interface LockedNatives {
  readonly natives: readonly string[] | undefined;
  /** The file that tells, or would; undefined where the command reads none. */
  readonly lockfile: string | undefined;
}

/**
 * By package-lock.json beside the Dockerfile: a package that names CPUs is native, and one with an install script
 * builds or fetches for the CPU it runs on. Whether the image is given the development packages, the command says.
 */
export function lockedNatives(view: DockerfileView, { command, step }: Output, { read }: RuleContext): LockedNatives {
  const file = posix.join(posix.dirname(view.file), 'package-lock.json');
  const text = /^npm\b/.test(command) ? read(file) : undefined;
  const found = text === undefined ? undefined : readLockfile(file, text, () => undefined);
  const lockfile = found !== undefined && 'lockfile' in found ? found.lockfile : undefined;
  // Version 1 says neither.
  if (lockfile?.kind !== 'node' || !lockfile.saysPlatforms) return { natives: undefined, lockfile: file };
  const noDev = step.script?.commands.some((one) => leavesOutDevelopment(one, step)) === true;
  const natives = lockfile.packages.filter(
    ({ cpu, hasInstallScript, dev }) => (cpu !== undefined || hasInstallScript === true) && !(noDev && dev),
  );
  return { natives: [...new Set(natives.map(({ name }) => familyOf(name)))].sort(), lockfile: file };
}

/** `sharp` of `@img/sharp-linux-x64`: the package that people install and know. */
export function familyOf(name: string): string {
  return name
    .replace(/^@(?:img|esbuild|swc|rollup|next|napi-rs)\//, '')
    .replace(/[-.](?:linux|darwin|win32|freebsd|android|openbsd|netbsd|sunos|aix|wasm)\b.*/, '');
}
