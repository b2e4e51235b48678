import type { Platform } from './platform.ts';

/** `process.arch` of Node on a platform (nodejs.org/api/process.html), which npm, pnpm, Yarn and bun compare with a package's `cpu`. */
const CPUS: Readonly<Record<string, string>> = {
  amd64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  '386': 'ia32',
  ppc64le: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loong64',
};

/** Undefined where there is no Node. */
export const nodeCpu = ({ architecture }: Platform): string | undefined =>
  Object.hasOwn(CPUS, architecture) ? CPUS[architecture] : undefined;

/** npm-install-checks' rule for `os`, `cpu` and `libc` lists. */
export function listFits(value: string | undefined, list: readonly string[] | undefined): boolean {
  if (list === undefined) return true;
  if (list.length === 1 && list[0] === 'any') return true;
  let negated = 0;
  let match = false;
  for (const entry of list) {
    if (entry.startsWith('!')) {
      negated++;
      if (value === entry.slice(1)) return false;
    } else match ||= value === entry;
  }
  return match || negated === list.length;
}
