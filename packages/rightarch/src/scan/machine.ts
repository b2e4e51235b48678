import { normalizePlatform, type Platform } from '../core/index.ts';
import type { ElfFacts, ProgramFacts } from './types.ts';

/** Names of e_machine for evidence (gABI and the Linux kernel's include/uapi/linux/elf-em.h). */
const NAMES: Readonly<Record<number, string>> = {
  2: 'SPARC',
  3: 'Intel 80386',
  6: 'Intel 80486',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC64',
  22: 'IBM S/390',
  40: 'ARM',
  42: 'SuperH',
  43: 'SPARC V9',
  50: 'Itanium',
  62: 'x86-64',
  94: 'Xtensa',
  183: 'AArch64',
  190: 'NVIDIA CUDA',
  224: 'AMD GPU',
  243: 'RISC-V',
  247: 'Linux BPF',
  258: 'LoongArch',
};

const EF_ARM_EABI_MASK = 0xff000000;
const EF_ARM_EABI_VER5 = 0x05000000;
const EF_ARM_ABI_FLOAT_SOFT = 0x200;
const EF_ARM_ABI_FLOAT_HARD = 0x400;
const EF_MIPS_ABI2 = 0x20;

/** EI_OSABI of systems whose programs Linux does not start: HP-UX, NetBSD, Solaris, FreeBSD, OpenBSD … (gABI). */
const OTHER_SYSTEMS: Readonly<Record<number, string>> = {
  1: 'HP-UX',
  2: 'NetBSD',
  6: 'Solaris',
  7: 'AIX',
  8: 'IRIX',
  9: 'FreeBSD',
  12: 'OpenBSD',
};

/** The system that the file says it is for, where that is not Linux; System V (0) and GNU/Linux (3) say nothing else. */
export function otherSystem(facts: ElfFacts): string | undefined {
  return OTHER_SYSTEMS[facts.osAbi];
}

/** True for code of processors that no container runs on: GPUs and the kernel's BPF machine. */
export function isDeviceCode({ machine }: ElfFacts): boolean {
  return machine === 190 || machine === 224 || machine === 247;
}

/** What the headers of a program say about its CPU, for evidence: `x86-64 (e_machine 62)`. Never translated. */
export function machineText(facts: Exclude<ProgramFacts, { readonly kind: 'script' | 'empty' | 'other' }>): string {
  switch (facts.kind) {
    case 'elf':
      return elfText(facts);
    case 'macho':
      return `Mach-O ${facts.architectures.join(' + ')}`.trimEnd();
    case 'pe':
      if (facts.managed === 'any') return '.NET assembly for any CPU';
      if (facts.managed !== undefined) return `.NET assembly ${facts.machine ?? ''}`.trimEnd();
      return `Windows PE ${facts.machine ?? ''}`.trimEnd();
    case 'wasm':
      return facts.form === 'unknown' ? 'WebAssembly' : `WebAssembly ${facts.form}`;
    case 'archive':
      return facts.machines.length === 0 ? 'ar archive' : `ar archive of ${facts.machines.map(elfText).join(', ')}`;
    case 'zip':
      return 'zip archive';
  }
}

function elfText(facts: ElfFacts): string {
  const name = NAMES[facts.machine] ?? 'unknown machine';
  const parts = [`e_machine ${facts.machine}`];
  if (facts.machine === 62 && facts.bits === 32) parts.push('x32');
  if (facts.machine === 40) {
    if (facts.flags & EF_ARM_ABI_FLOAT_HARD) parts.push('hard float');
    else if (facts.flags & EF_ARM_ABI_FLOAT_SOFT) parts.push('soft float');
    if ((facts.flags & EF_ARM_EABI_MASK) === 0) parts.push('no EABI');
  }
  if (facts.machine === 8) parts.push(facts.bits === 32 && facts.flags & EF_MIPS_ABI2 ? 'n32' : `${facts.bits}-bit`);
  if ([8, 20, 21, 40, 183].includes(facts.machine)) {
    parts.push(facts.endian === 'little' ? 'little endian' : 'big endian');
  }
  if ([22, 243, 258].includes(facts.machine)) parts.push(`${facts.bits}-bit`);
  const abi = facts.machine === 40 ? undefined : loaderAbi(facts);
  if (abi !== undefined) parts.push(abi);
  if (facts.level !== undefined) parts.push(`states ${facts.level}`);
  const system = otherSystem(facts);
  if (system !== undefined) parts.push(`for ${system}`);
  return `${name} (${parts.join(', ')})`;
}

const EF_RISCV_FLOAT_ABI = ['soft float', 'single float', 'double float', 'quad float'] as const;
const EF_PPC64_ABI = [undefined, 'ELFv1', 'ELFv2', undefined] as const;

/**
 * The calling convention that e_flags state and that glibc's loader compares, beside e_machine: RISC-V's float ABI,
 * PowerPC64's ELF ABI (sysdeps/riscv/dl-machine.h, sysdeps/powerpc/powerpc64/dl-machine.h, elf_machine_matches_host) and
 * 32-bit ARM's float ABI (sysdeps/unix/sysv/linux/arm/ldsodefs.h, VALID_FLOAT_ABI; read 2026-11-29, and seen with 2.36
 * under qemu-arm). A file of ARM that states neither fits both.
 */
export function loaderAbi({ machine, flags }: ElfFacts): string | undefined {
  if (machine === 40 && (flags & EF_ARM_EABI_MASK) === EF_ARM_EABI_VER5)
    return flags & EF_ARM_ABI_FLOAT_HARD ? 'hard float' : flags & EF_ARM_ABI_FLOAT_SOFT ? 'soft float' : undefined;
  if (machine === 243) return EF_RISCV_FLOAT_ABI[(flags >> 1) & 3];
  return machine === 21 ? EF_PPC64_ABI[flags & 3] : undefined;
}

const linux = (architecture: string, variant?: string): Platform =>
  normalizePlatform({ os: 'linux', architecture, ...(variant ? { variant } : {}) });

/**
 * The Linux platform that an ELF file is for, as far as its headers tell; undefined where they name none that we
 * know. For 32-bit ARM the variant is there only where the file states it: the float ABI tells neither v6 nor v7,
 * so compare with `machineFit`, which knows that.
 */
export function machinePlatform(facts: ElfFacts): Platform | undefined {
  const { machine, bits, endian, flags } = facts;
  if (otherSystem(facts) !== undefined) return undefined;
  const little = endian === 'little';
  const level = facts.level;
  if (machine === 62) return bits === 64 && little ? linux('amd64', level) : undefined;
  // A version of ARMv8 that a file asks for is not the variant of any platform that images declare.
  if (machine === 183) return bits === 64 && little ? linux('arm64') : undefined;
  if (machine === 3 || machine === 6) return bits === 32 && little ? linux('386') : undefined;
  if (machine === 40) {
    if (bits !== 32 || !little || (flags & EF_ARM_EABI_MASK) === 0) return undefined;
    return level !== undefined ? linux('arm', level) : { os: 'linux', architecture: 'arm' };
  }
  if (machine === 21) return bits === 64 ? linux(little ? 'ppc64le' : 'ppc64') : undefined;
  if (machine === 22) return bits === 64 && !little ? linux('s390x') : undefined;
  if (machine === 243) return bits === 64 && little ? linux('riscv64') : undefined;
  if (machine === 258) return bits === 64 && little ? linux('loong64') : undefined;
  if (machine === 8) {
    if (bits === 32 && flags & EF_MIPS_ABI2) return undefined;
    return linux(`mips${bits === 64 ? '64' : ''}${little ? 'le' : ''}`);
  }
  return undefined;
}

/** Facts outside the image that would decide whether a CPU takes a file. Stable words for `needs`. */
export type MachineNeed = 'kernel-ia32' | 'kernel-x32' | 'cpu-aarch32' | 'kernel-compat' | 'cpu-level' | 'arm-version';

/** How machine code fits a declared platform: certain, certainly not, or decided by one named fact. */
export type MachineFit =
  | { readonly fit: 'match' }
  | { readonly fit: 'mismatch' }
  | { readonly fit: 'depends'; readonly needs: MachineNeed; readonly level?: string };

const rank = (level: string | undefined): number => Number(/^v(\d+)$/.exec(level ?? '')?.[1] ?? Number.NaN);

/**
 * Whether the kernel of a machine of the declared platform, and nothing better, executes this file. `match` and
 * `mismatch` hold on every such machine; what a kernel option or an optional CPU mode decides is `depends`.
 */
export function machineFit(facts: ElfFacts, declared: Platform): MachineFit {
  const { architecture, variant } = normalizePlatform(declared);
  const found = machinePlatform(facts);
  if (found?.architecture === architecture) {
    if (architecture === 'arm') return armFit(facts, variant ?? 'v7');
    const level = rank(facts.level);
    if (!Number.isNaN(level) && architecture === 'amd64' && level > (rank(variant) || 1)) {
      return { fit: 'depends', needs: 'cpu-level', ...(facts.level !== undefined ? { level: facts.level } : {}) };
    }
    if (architecture === 'arm64' && facts.level !== undefined) {
      return { fit: 'depends', needs: 'cpu-level' };
    }
    return { fit: 'match' };
  }
  const { machine, bits } = facts;
  if (architecture === 'amd64' && (machine === 3 || machine === 6)) return { fit: 'depends', needs: 'kernel-ia32' };
  if (architecture === 'amd64' && machine === 62 && bits === 32) return { fit: 'depends', needs: 'kernel-x32' };
  if (architecture === 'arm64' && machine === 40 && facts.endian === 'little') {
    return { fit: 'depends', needs: 'cpu-aarch32' };
  }
  if (architecture === 's390x' && machine === 22) return { fit: 'depends', needs: 'kernel-compat' };
  if (architecture === 'ppc64' && machine === 20) return { fit: 'depends', needs: 'kernel-compat' };
  if (architecture === 'arm' && machine === 40) return { fit: 'depends', needs: 'kernel-compat' };
  if (architecture.startsWith('mips64') && machine === 8) return { fit: 'depends', needs: 'kernel-compat' };
  // The same CPU under another system's name: Linux does not look at EI_OSABI, so nobody can say.
  if (otherSystem(facts) !== undefined && machine === machineOf(architecture)) {
    return { fit: 'depends', needs: 'kernel-compat' };
  }
  // An architecture that this table does not know is never judged as wrong.
  return machineOf(architecture) === undefined ? { fit: 'depends', needs: 'kernel-compat' } : { fit: 'mismatch' };
}

/** armhf and armel are one machine number; a v7 or v8 CPU runs both, an older one only what states its version. */
function armFit(facts: ElfFacts, variant: string): MachineFit {
  const have = rank(variant);
  if (facts.level !== undefined) {
    return rank(facts.level) <= have ? { fit: 'match' } : { fit: 'mismatch' };
  }
  return have >= 7 ? { fit: 'match' } : { fit: 'depends', needs: 'arm-version' };
}

const MACHINES: Readonly<Record<string, number>> = {
  '386': 3,
  amd64: 62,
  arm: 40,
  arm64: 183,
  ppc64: 21,
  ppc64le: 21,
  s390x: 22,
  riscv64: 243,
  loong64: 258,
  mips: 8,
  mipsle: 8,
  mips64: 8,
  mips64le: 8,
};

function machineOf(architecture: string): number | undefined {
  return Object.hasOwn(MACHINES, architecture) ? MACHINES[architecture] : undefined;
}
