import { posix } from 'node:path';
import type { DockerfileView } from './documents/dockerfile.ts';
import type { Output } from './native-output.ts';
import type { RuleContext } from './rule.ts';

/** The native packages that an install of a stage brings. Undefined where no lockfile tells. */
export interface LockedNatives {
  readonly natives: readonly string[] | undefined;
  /** The file that tells, or would. */
  readonly lockfile: string;
}

interface LockEntry {
  readonly cpu?: unknown;
  readonly libc?: unknown;
  readonly hasInstallScript?: unknown;
  readonly dev?: unknown;
  readonly optional?: unknown;
  readonly link?: unknown;
}

/**
 * Reads package-lock.json beside the Dockerfile: a package that names CPUs is native, and one with an install script
 * builds or fetches for the CPU it runs on. Whether the image is given the development packages, the command says.
 */
export function lockedNatives(view: DockerfileView, { command, step }: Output, { read }: RuleContext): LockedNatives {
  const lockfile = posix.join(posix.dirname(view.file), 'package-lock.json');
  const text = /^npm\b/.test(command) ? read(lockfile) : undefined;
  const packages = text === undefined ? undefined : packagesOf(text);
  if (packages === undefined) return { natives: undefined, lockfile };
  const noDev = step.script?.commands.some(({ words }) =>
    words.some(({ text: word }) => /^(?:--omit=dev|--production|--only=prod(?:uction)?)$/.test(word)),
  );
  const natives = Object.entries(packages).flatMap(([path, entry]) => {
    if (path === '' || entry.link === true || (noDev === true && entry.dev === true)) return [];
    const native = Array.isArray(entry.cpu) || entry.hasInstallScript === true;
    return native ? [path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)] : [];
  });
  return { natives: [...new Set(natives.map(familyOf))].sort(), lockfile };
}

/** `sharp` of `@img/sharp-linux-x64`: the package that people install and know. */
export function familyOf(name: string): string {
  return name
    .replace(/^@(?:img|esbuild|swc|rollup|next|napi-rs)\//, '')
    .replace(/[-.](?:linux|darwin|win32|freebsd|android|openbsd|netbsd|sunos|aix|wasm)\b.*/, '');
}

function packagesOf(text: string): Readonly<Record<string, LockEntry>> | undefined {
  try {
    const { packages } = JSON.parse(text) as { packages?: Record<string, LockEntry> };
    return typeof packages === 'object' && packages !== null ? packages : undefined;
  } catch {
    return undefined;
  }
}
