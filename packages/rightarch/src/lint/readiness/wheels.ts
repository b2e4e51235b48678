import { formatPlatform, normalizePlatform } from '../../core/index.ts';
import type { Machine } from './machine.ts';

/** The name of a wheel (packaging.python.org, binary distribution format): what it may be installed on. */
export interface Wheel {
  readonly version: string;
  readonly pythons: readonly string[];
  readonly abis: readonly string[];
  readonly platforms: readonly string[];
}

export function parseWheel(file: string): Wheel | undefined {
  const parts = file.replace(/\.whl$/i, '').split('-');
  if (!/\.whl$/i.test(file) || parts.length < 5 || parts.length > 6) return undefined;
  const [platforms, abis, pythons] = parts.reverse();
  return {
    version: parts.at(-2)!,
    pythons: pythons!.split('.'),
    abis: abis!.split('.'),
    platforms: platforms!.toLowerCase().split('.'),
  };
}

/** How wheels call a CPU: `uname -m`. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  amd64: ['x86_64'],
  arm64: ['aarch64'],
  arm: ['armv7l', 'armv6l'],
  '386': ['i686', 'i386'],
  ppc64le: ['ppc64le'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
  loong64: ['loongarch64'],
};

/** The libc and the CPU of a Linux tag: PEP 513, 571, 599, 600 and 656; `linux_*` says no libc. */
const LINUX = /^(?:(manylinux)(?:1|2010|2014|_\d+_\d+)|(musllinux)_\d+_\d+|linux)_(\w+)$/;

function fitsPlatform(tag: string, { platform, libc }: Machine): boolean {
  if (tag === 'any') return true;
  const [, many, musl, cpu = ''] = LINUX.exec(tag) ?? [];
  const known = normalizePlatform(platform).architecture;
  if (cpu === '' || !(MACHINES[known] ?? [known]).includes(cpu)) return false;
  return (many === undefined || libc === 'glibc') && (musl === undefined || libc === 'musl');
}

/** Whether some platform tag of a wheel is for a machine. */
export const wheelFits = (wheel: Wheel, machine: Machine): boolean =>
  wheel.platforms.some((tag) => fitsPlatform(tag, machine));

/** Whether CPython of a version, `3.11`, takes a wheel: `cp311`, `cp38` with `abi3`, `py3`. */
export function wheelTakes({ pythons, abis }: Wheel, python: string): boolean {
  const minor = Number(python.split('.')[1]);
  return pythons.some((tag) => {
    const [, name = '', major = '', own = ''] = /^(py|cp)(\d)(\d*)$/.exec(tag) ?? [];
    if (major !== '3') return false;
    if (name === 'py') return own === '' || Number(own) <= minor;
    if (own === '') return abis.includes('none') || abis.includes('abi3');
    // One for free threading, `cp313t`, is for another interpreter.
    if (abis.every((abi) => /^cp\d+t$/.test(abi))) return false;
    return Number(own) === minor || (Number(own) < minor && (abis.includes('abi3') || abis.includes('none')));
  });
}

/** `linux/amd64`, `linux/arm64 (musl)`, `macOS`, `Windows`: what wheels are for, each once. */
export function wheelPlatforms(wheels: readonly Wheel[]): readonly string[] {
  const found = new Set<string>();
  for (const tag of wheels.flatMap(({ platforms }) => platforms)) {
    const [, , musl, cpu = ''] = LINUX.exec(tag) ?? [];
    const architecture = Object.keys(MACHINES).find((key) => MACHINES[key]!.includes(cpu));
    if (architecture !== undefined) {
      const platform = formatPlatform({ os: 'linux', architecture });
      found.add(musl === undefined ? platform : `${platform} (musl)`);
    } else if (tag.startsWith('macosx')) found.add('macOS');
    else if (tag.startsWith('win')) found.add('Windows');
    else found.add(tag);
  }
  return [...found].sort();
}

export const isForLinux = (wheel: Wheel): boolean => wheel.platforms.some((tag) => LINUX.test(tag));
