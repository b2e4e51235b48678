import { describe, expect, it } from 'vitest';
import { parsePlatform } from '../core/index.ts';
import { machineFit, machinePlatform, machineText } from './machine.ts';
import type { ElfFacts } from './types.ts';

const facts = (machine: number, more: Partial<ElfFacts> = {}): ElfFacts => ({
  kind: 'elf',
  machine,
  type: 2,
  bits: 64,
  endian: 'little',
  osAbi: 0,
  flags: 0,
  ...more,
});
const armhf = facts(40, { bits: 32, flags: 0x05000400 });
const files: Readonly<Record<string, ElfFacts>> = {
  amd64: facts(62),
  'amd64 stating v3': facts(62, { level: 'v3' }),
  x32: facts(62, { bits: 32 }),
  i386: facts(3, { bits: 32 }),
  arm64: facts(183),
  'arm64 stating v8.1': facts(183, { level: 'v8.1' }),
  'arm64 big endian': facts(183, { endian: 'big' }),
  armhf,
  'armhf stating v7': { ...armhf, level: 'v7' },
  'arm without EABI': facts(40, { bits: 32 }),
  ppc64le: facts(21),
  ppc64: facts(21, { endian: 'big' }),
  s390x: facts(22, { endian: 'big' }),
  s390: facts(22, { endian: 'big', bits: 32 }),
  riscv64: facts(243),
  riscv32: facts(243, { bits: 32 }),
  loong64: facts(258),
  'FreeBSD amd64': facts(62, { osAbi: 9 }),
};

/** Every file against every platform: what matches, what depends on one fact. All else must mismatch. */
const fits: Readonly<
  Record<string, { readonly match: readonly string[]; readonly depends: Readonly<Record<string, string>> }>
> = {
  'linux/amd64': {
    match: ['amd64'],
    depends: {
      'amd64 stating v3': 'cpu-level',
      x32: 'kernel-x32',
      i386: 'kernel-ia32',
      'FreeBSD amd64': 'kernel-compat',
    },
  },
  'linux/amd64/v3': {
    match: ['amd64', 'amd64 stating v3'],
    depends: { x32: 'kernel-x32', i386: 'kernel-ia32', 'FreeBSD amd64': 'kernel-compat' },
  },
  'linux/arm64': {
    match: ['arm64'],
    depends: {
      'arm64 stating v8.1': 'cpu-level',
      armhf: 'cpu-aarch32',
      'armhf stating v7': 'cpu-aarch32',
      'arm without EABI': 'cpu-aarch32',
    },
  },
  'linux/arm/v7': { match: ['armhf', 'armhf stating v7'], depends: { 'arm without EABI': 'kernel-compat' } },
  'linux/arm/v6': { match: [], depends: { armhf: 'arm-version', 'arm without EABI': 'kernel-compat' } },
  'linux/386': { match: ['i386'], depends: {} },
  'linux/ppc64le': { match: ['ppc64le'], depends: {} },
  'linux/s390x': { match: ['s390x'], depends: { s390: 'kernel-compat' } },
  'linux/riscv64': { match: ['riscv64'], depends: {} },
  'linux/loong64': { match: ['loong64'], depends: {} },
};

describe('machineFit', () => {
  for (const [platform, { match, depends }] of Object.entries(fits)) {
    it.each(Object.keys(files))(`${platform}: %s`, (name) => {
      const fit = machineFit(files[name]!, parsePlatform(platform)!);
      if (match.includes(name)) expect(fit).toEqual({ fit: 'match' });
      else if (name in depends) expect(fit).toMatchObject({ fit: 'depends', needs: depends[name] });
      else expect(fit).toEqual({ fit: 'mismatch' });
    });
  }

  it('an architecture that is not known is never judged', () => {
    expect(machineFit(facts(62), { os: 'linux', architecture: 'sw64' }).fit).toBe('depends');
  });
});

describe('machinePlatform', () => {
  it('is honest about 32-bit ARM: headers tell no version', () => {
    expect(machinePlatform(armhf)).toEqual({ os: 'linux', architecture: 'arm' });
    expect(machinePlatform(files['armhf stating v7']!)).toEqual({ os: 'linux', architecture: 'arm', variant: 'v7' });
  });
  it.each(['x32', 'riscv32', 's390', 'arm without EABI', 'arm64 big endian', 'FreeBSD amd64'])('%s is none', (name) => {
    expect(machinePlatform(files[name]!)).toBeUndefined();
  });
});

it('evidence names the number', () => {
  expect(machineText(facts(62))).toBe('x86-64 (e_machine 62)');
  expect(machineText(armhf)).toBe('ARM (e_machine 40, hard float, little endian)');
  expect(machineText(facts(9999))).toBe('unknown machine (e_machine 9999)');
});
